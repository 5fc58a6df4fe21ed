/** Escapes plain text for Markdown, so that no name turns into markup. */

/** Characters that start inline markup, in CommonMark and GitHub's extensions. */
const INLINE = /[\\`*_[\]<>&~|]/g;
/** Starts of lines that would become headings or lists. */
const BLOCK = /^([#+=-]|\d{1,9}(?=[.)]))/;

const escapedStart = (mark: string): string => (/\d/.test(mark) ? `${mark}\\` : `\\${mark}`);

/** @param text one line */
export const markdownOf = (text: string): string =>
  text.replace(INLINE, '\\$&').replace(BLOCK, (mark) => escapedStart(mark));
