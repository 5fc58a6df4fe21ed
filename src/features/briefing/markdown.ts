/** Escapes plain text for Markdown, so that no name turns into markup. */

/** What begins inline markup, in CommonMark and in what GitHub adds to it. */
const INLINE = /[\\`*_[\]<>&~|]/g;
/** What would make a heading or a list of the line. */
const BLOCK = /^([#+=-]|\d{1,9}(?=[.)]))/;

const escapedStart = (mark: string): string => (/\d/.test(mark) ? `${mark}\\` : `\\${mark}`);

/** @param text one line */
export const markdownOf = (text: string): string =>
  text.replace(INLINE, '\\$&').replace(BLOCK, (mark) => escapedStart(mark));
