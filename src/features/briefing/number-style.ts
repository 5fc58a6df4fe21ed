/** Number formats of the Chinese and English press; rounded half-up with integers. */

import { divideHalfUp } from '../../core/decimals.ts';
import type { Language } from '../../core/languages.ts';

interface Unit {
  yuan: bigint;
  decimals: number;
  name: string;
}

/** Descending: an amount is printed in the first unit that it reaches. */
const units: Readonly<Record<Language, readonly Unit[]>> = {
  zh: [
    { yuan: 100_000_000n, decimals: 2, name: '亿元' },
    { yuan: 10_000n, decimals: 2, name: '万元' },
    { yuan: 1n, decimals: 0, name: '元' },
  ],
  en: [
    { yuan: 1_000_000_000n, decimals: 3, name: ' billion yuan' },
    { yuan: 1_000_000n, decimals: 3, name: ' million yuan' },
    { yuan: 1n, decimals: 0, name: ' yuan' },
  ],
};

/** Adds thousands separators in English, from 10,000 on; none in Chinese. */
const grouped = (whole: string, language: Language): string =>
  language === 'en' && whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole;

/** In whole yuan. */
function roundedTo({ yuan: unit, decimals }: Unit, yuan: bigint): bigint {
  const scale = 10n ** BigInt(decimals);
  return (divideHalfUp(yuan * scale, unit) * unit) / scale;
}

/** @param yuan the exact amount */
function textIn({ yuan: unit, name }: Unit, yuan: bigint, language: Language): string {
  const digits = String(unit).length - 1;
  const fraction = String(yuan % unit)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  const whole = grouped(String(yuan / unit), language);
  return `${yuan % unit === 0n ? whole : `${whole}.${fraction}`}${name}`;
}

/**
 * Amounts in 亿元, 万元 or 元, or in billion yuan, million yuan or yuan; with up to two decimals in Chinese and
 * three in English, without trailing zeros. Amounts must be whole yuan and not negative.
 * @param bounds thresholds in the text: an amount that would round to one of them without being equal is
 * printed exactly, 999,999,999 yuan as 9.99999999亿元
 */
export const amountTextBeside =
  (bounds: readonly number[]) =>
  (yuan: number, language: Language): string => {
    const exact = BigInt(yuan);
    const all = units[language];
    const at = all.findIndex((one) => exact >= one.yuan);
    const unit = (all[at] ?? all.at(-1)) as Unit;
    const larger = all[at - 1];
    // 9 999.999 万元 rounds to 1 亿元, which nobody writes as 10 000 万元.
    const told = larger && roundedTo(unit, exact) >= larger.yuan ? larger : unit;
    const rounded = roundedTo(told, exact);
    const misleads = rounded !== exact && bounds.includes(Number(rounded));
    return misleads ? textIn(unit, exact, language) : textIn(told, rounded, language);
  };

/** Rounds an amount down to three significant digits, for printing lower bounds. */
export function roundedDown(yuan: number): number {
  const unit = 10n ** BigInt(Math.max(String(yuan).length - 3, 0));
  return Number((BigInt(yuan) / unit) * unit);
}

/** A number of items. */
export const countText = (count: number, language: Language): string => grouped(String(count), language);

/** @param percent with one decimal, as in a `Rate` */
export const percentText = (percent: number): string => `${percent}%`;

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** @param day like `2022-08-31` */
export function dayText(day: string, language: Language): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return language === 'zh' ? `${year}年${month}月${date}日` : `${date} ${MONTHS[month - 1]} ${year}`;
}

/** A、B、C, or A, B and C. */
export const listText = (items: readonly string[], language: Language): string => {
  if (language === 'zh') return items.join('、');
  return items.length < 2 ? items.join() : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
};
