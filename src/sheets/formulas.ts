/** Neutralises texts that a spreadsheet would evaluate, and restores them. */

/**
 * What a spreadsheet takes for a formula, including full-width signs. Leading apostrophes are included, so
 * that removing one restores exactly the original text.
 */
const FORMULA = /^'*[=+\-@\t\r＝＋－＠]/;

const APOSTROPHE = 0x27;

/** The text with an apostrophe before it if a spreadsheet would evaluate it. */
export const neutralised = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

/** The text before it was neutralised. */
export const restored = (text: string): string =>
  text.charCodeAt(0) === APOSTROPHE && FORMULA.test(text) ? text.slice(1) : text;
