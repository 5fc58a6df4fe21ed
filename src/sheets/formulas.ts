/** Texts of CSV that a spreadsheet would run, made harmless and given back. */

/**
 * What a spreadsheet reads as a formula, full-width signs included. An apostrophe before it counts too, so that taking
 * one away gives back exactly what there was.
 */
const FORMULA = /^'*[=+\-@\t\r＝＋－＠]/;

const APOSTROPHE = 0x27;

/** A text that no spreadsheet runs. */
export const neutralised = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

/** What a text was before it was neutralised. */
export const restored = (text: string): string =>
  text.charCodeAt(0) === APOSTROPHE && FORMULA.test(text) ? text.slice(1) : text;
