/** Numbers as the press of each language prints them: 2978.8亿元, 297.88 billion yuan. */
import { type Language, language } from './language.ts';

interface Unit {
  yuan: number;
  decimals: number;
  zh?: string;
  en?: string;
}

/** Descending: an amount is printed in the first unit that it reaches. */
const units: Record<Language, readonly (Unit & { name: string })[]> = {
  zh: [
    { yuan: 1e8, decimals: 2, name: '亿元' },
    { yuan: 1e4, decimals: 2, name: '万元' },
    { yuan: 1, decimals: 0, name: '元' },
  ],
  en: [
    { yuan: 1e9, decimals: 3, name: 'billion yuan' },
    { yuan: 1e6, decimals: 3, name: 'million yuan' },
    { yuan: 1, decimals: 0, name: 'yuan' },
  ],
};

/** Thousands separators in English, from 10,000 on; none in Chinese. */
function grouped(digits: string): string {
  const [whole = '', fraction] = digits.split('.');
  const separated = language() === 'en' && whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole;
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}

const signed = (value: number, text: string): string => (value < 0 ? `−${text}` : text);

export const countText = (count: number): string => signed(count, grouped(String(Math.abs(count))));

export interface Figure {
  text: string;
  unit: string;
}

/** An amount and its unit, to be set in different sizes. */
export function amount(yuan: number): Figure {
  const size = Math.abs(yuan);
  const roundedIn = ({ yuan: unit, decimals }: Unit) =>
    Math.round((size / unit) * 10 ** decimals) / 10 ** decimals;
  const all = units[language()];
  const unit = all.find((one) => roundedIn(one) >= 1) ?? all[all.length - 1];
  if (!unit) throw new Error('There are no units.');
  return { text: signed(yuan, grouped(String(roundedIn(unit)))), unit: unit.name };
}

export const joined = ({ text, unit }: Figure): string =>
  unit === '' || unit === '%' || language() === 'zh' ? text + unit : `${text} ${unit}`;

export const amountText = (yuan: number): string => joined(amount(yuan));

const SHORT: Readonly<Record<string, string>> = {
  亿元: '亿',
  万元: '万',
  'billion yuan': ' bn',
  'million yuan': ' m',
};

/** Where there is little room. */
export function shortAmount(yuan: number): string {
  const { text, unit } = amount(yuan);
  return yuan === 0 ? '0' : text + (SHORT[unit] ?? '');
}

export const percentText = (percent: number): string => `${signed(percent, percentDigits(percent))}%`;

/** Always one decimal: 83.4, 95.0. */
const percentDigits = (percent: number): string => Math.abs(percent).toFixed(1);

export const percentFigure = (percent: number): Figure => ({
  text: signed(percent, percentDigits(percent)),
  unit: '%',
});

/** A difference, with its sign. */
export const withSign = (value: number, text: string): string => (value > 0 ? `+${text}` : text);
