/** What the number format of a cell shows besides the digits that the file stores. */

/** How a style shows its numbers. */
export interface Shown {
  as: 'number' | 'percent' | 'day' | 'month' | 'year';
  /** Digits that a whole number is filled up to with zeros. */
  digits: number;
  /** A currency before the number, or a currency or unit after it. */
  before: string;
  after: string;
  /** Whether the number is shown divided by thousands or ten thousands. */
  isScaled: boolean;
}

export const PLAIN: Shown = { as: 'number', digits: 0, before: '', after: '', isScaled: false };

/** The built-in formats of days and times (ECMA-376 Part 1, 18.8.30). */
const DATES: readonly (readonly [first: number, last: number])[] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
];
/** Those that show a month, in Chinese versions of Excel. */
const MONTHS: ReadonlySet<number> = new Set([17, 27, 36, 50, 52, 57]);
const PERCENTS: ReadonlySet<number> = new Set([9, 10]);

/** Quoted texts, escaped characters, padding, colours and conditions: none of them makes a format one of dates. */
const NO_PART = /"[^"]*"|[\\!].|[_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]/gi;

/** The format of positive numbers. */
const firstSection = (code: string): string => /^(?:"[^"]*"|[\\!_*].|[^;"\\!_*])*/.exec(code)?.[0] ?? '';

const DIGITS = /[0#?][0#?,.]*/;
const CURRENCY = /\[\$([^\]-]*)[^\]]*\]/g;

/** Chinese yuan, which needs no mention. */
const YUAN = /^(?:[¥￥]|cny|rmb|人民币)?$/i;
/** What changes the amount that a number means: a unit, or another currency. */
const MATTERS =
  /[$€£₩₽₹฿]|\b(?:usd|eur|gbp|jpy|hkd|mop|twd|krw|sgd|aud|cad|chf|rub|inr|thb)\b|[元万亿币镑]|法郎|卢布/i;

/** Digits and signs, and words for numbers. */
const COUNTS = /[\p{Nd}\p{Nl}十百千亿%‰+−-]|\b(?:thousand|million|billion)\b/iu;

/** Whether it matters to the amount that it is before or after a number; so does a sole separator of digits. */
export const changesAmounts = (text: string): boolean =>
  MATTERS.test(text) || COUNTS.test(text) || /[¥￥]|^[\s.,，．。]*$|cny|rmb|yuan/i.test(text);

const literal = (text: string): string =>
  text
    .replaceAll(/[_*]./g, '')
    .replaceAll(CURRENCY, '$1')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/[\\!](.)/g, '$1')
    .replaceAll('"', '')
    .trim();

/** The text beside a number, if it changes what the number means. */
export const relevant = (text: string): string => (YUAN.test(text) || !MATTERS.test(text) ? '' : text);

function shownDate(code: string): Shown['as'] {
  const parts = code.replaceAll(NO_PART, '').toLowerCase();
  if (!parts.includes('y') || /[dhs]/.test(parts)) return 'day';
  return parts.includes('m') ? 'month' : 'year';
}

export function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined) return DATES.some(([first, last]) => id >= first && id <= last);
  return /[ymdhs]/i.test(code.replaceAll(NO_PART, ''));
}

/** @param code the format code, for the workbook's custom formats */
export function shownBy(id: number, code: string | undefined): Shown {
  if (isDateFormat(id, code)) {
    const isMonth = code === undefined && MONTHS.has(id);
    return { ...PLAIN, as: isMonth ? 'month' : code === undefined ? 'day' : shownDate(code) };
  }
  if (code === undefined) return PERCENTS.has(id) ? { ...PLAIN, as: 'percent' } : PLAIN;
  const section = firstSection(code);
  if (section.replaceAll(NO_PART, '').includes('%')) return { ...PLAIN, as: 'percent' };
  if (/^0{2,}$/.test(section)) return { ...PLAIN, digits: section.length };
  // Quoted digits and escaped points are no part of the number.
  const bare = section.replaceAll(/"[^"]*"|\[[^\]]*\]/g, (text) => '"'.repeat(text.length));
  const found = DIGITS.exec(bare);
  if (!found) return PLAIN;
  const [start, end] = [found.index, found.index + found[0].length];
  return {
    ...PLAIN,
    before: relevant(literal(section.slice(0, start))),
    after: relevant(literal(section.slice(end).replace(/^(?:[\\!]\.|"\.")?[0#?.,]*/, ''))),
    isScaled: found[0].endsWith(',') || /[0#?](?:[\\!]\.|"\.")[0#?]/.test(section),
  };
}
