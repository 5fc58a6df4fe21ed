/** Invalid values for each kind of field, with the code of their fault. */

export type BadValue = readonly [what: string, value: unknown, code: string];

/** JSON escapes lone surrogates, so that they reach the service. */
const brokenTexts: BadValue[] = [
  ['NUL', 'a\u0000b', 'not_plain_text'],
  ['a lone high surrogate', 'a\ud800b', 'not_plain_text'],
  ['a lone low surrogate', 'a\udc00', 'not_plain_text'],
  ['surrogates the wrong way round', '\udc00\ud800', 'not_plain_text'],
  ['a bell', 'a\u0007b', 'not_plain_text'],
  ['an escape sequence', '\u001b[31mred', 'not_plain_text'],
  ['DEL', 'a\u007fb', 'not_plain_text'],
  ['a C1 control, which terminals obey', 'a\u009b31mb', 'not_plain_text'],
  ['a form feed', 'a\u000cb', 'not_plain_text'],
  ['a NUL at the end, where trimming might hide it', 'a\u0000', 'not_plain_text'],
];

const notTexts: BadValue[] = [
  ['a number', 5, 'wrong_type'],
  ['true', true, 'wrong_type'],
  ['a list', ['a'], 'wrong_type'],
  ['an object', { a: 1 }, 'wrong_type'],
];

/** For a text of up to `max` characters. */
export const badParagraphs = (max: number): BadValue[] => [
  ...brokenTexts,
  ...notTexts,
  ['the empty text', '', 'empty'],
  ['blanks', ' \u3000\t ', 'empty'],
  ['one character too many', '长'.repeat(max + 1), 'too_long'],
];

export const badLines = (max: number): BadValue[] => [
  ...badParagraphs(max).filter(([what]) => what !== 'blanks'),
  ['blanks', ' \u3000\u00a0 ', 'empty'],
  ['a line break', 'a\nb', 'not_plain_text'],
  ['a tab', 'a\tb', 'not_plain_text'],
];

export const badDays: BadValue[] = [
  ['the 30th of February', '2026-02-30', 'not_a_day'],
  ['the 29th of February of a common year', '2023-02-29', 'not_a_day'],
  ['the 29th of February 1900', '1900-02-29', 'not_a_day'],
  ['the 31st of April', '2026-04-31', 'not_a_day'],
  ['month 13', '2026-13-01', 'not_a_day'],
  ['month 0', '2026-00-10', 'not_a_day'],
  ['day 0', '2026-01-00', 'not_a_day'],
  ['a day without hyphens', '20260101', 'not_a_day'],
  ['a day as a number', 20260101, 'not_a_day'],
  ['one-digit parts', '2026-1-1', 'not_a_day'],
  ['a moment', '2026-01-01T00:00:00Z', 'not_a_day'],
  ['a day with a blank', ' 2026-01-01', 'not_a_day'],
  ['a day with a line break', '2026-01-01\n', 'not_a_day'],
  ['full-width digits', '２０２６-01-01', 'not_a_day'],
  ['a Chinese date', '2026年1月1日', 'not_a_day'],
  ['the empty text', '', 'not_a_day'],
  ['year 0', '0000-01-01', 'before_1900'],
  ['the last day of 1899', '1899-12-31', 'before_1900'],
  ['five digits of a year', '12026-01-01', 'not_a_day'],
  ['a list', ['2026-01-01'], 'not_a_day'],
];

/** For an integer between bounds that are safe integers. */
export const badWholeNumbers = (min: number, max: number): BadValue[] => [
  ['one less than the least', min - 1, 'too_small'],
  ['one more than the most', max + 1, 'too_large'],
  ['2⁵³', 2 ** 53, 'too_large'],
  ['−2⁵³', -(2 ** 53), 'too_small'],
  ['10³⁰⁰', 1e300, 'too_large'],
  ['a fraction', min + 0.5, 'wrong_type'],
  ['a number as text', String(min), 'wrong_type'],
  ['the empty text', '', 'wrong_type'],
  ['true', true, 'wrong_type'],
  ['a list', [min], 'wrong_type'],
  ['an object', {}, 'wrong_type'],
];
