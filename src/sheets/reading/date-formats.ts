/** Which number formats of a workbook show a number as a date or a time (ECMA-376, 18.8.30 and 18.8.31). */

/** Of those that have a number and no code, in any language. */
const BUILT_IN: readonly (readonly [number, number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
];

/** Texts, escaped characters, what only takes space, colours and conditions: no part of what is shown of the number. */
const NO_PART = /"[^"]*"|\\.|[_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]/gi;

/** @param code of a format of the workbook's own */
export function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined) return BUILT_IN.some(([first, last]) => id >= first && id <= last);
  return /[ymdhs]/i.test(code.replaceAll(NO_PART, ''));
}
