/** Units of money: exact conversion of whole yuan, without floating point. */
import type { Language } from '../core/languages.ts';

export const units = {
  yuan: { zh: '元', en: 'yuan', zeros: 0 },
  qian: { zh: '千元', en: 'thousand yuan', zeros: 3 },
  wan: { zh: '万元', en: '10 thousand yuan', zeros: 4 },
  baiwan: { zh: '百万元', en: 'million yuan', zeros: 6 },
  yi: { zh: '亿元', en: '100 million yuan', zeros: 8 },
  shiyi: { zh: '十亿元', en: 'billion yuan', zeros: 9 },
} as const;

export type Unit = keyof typeof units;
export const unitNames = Object.keys(units) as [Unit, ...Unit[]];

/** A heading with its unit. */
export const inUnitOf = (heading: string, language: Language, unit: Unit): string =>
  language === 'zh' ? `${heading}(${units[unit].zh})` : `${heading} (${units[unit].en})`;

/** 297 880 000 000 yuan in `yi` is `2978.8`. @param yuan a safe integer */
export function inUnit(yuan: number, unit: Unit): string {
  const { zeros } = units[unit];
  if (zeros === 0) return String(yuan);
  const digits = String(Math.abs(yuan)).padStart(zeros + 1, '0');
  const fraction = digits.slice(-zeros).replace(/0+$/, '');
  const amount = digits.slice(0, -zeros) + (fraction && `.${fraction}`);
  return yuan < 0 ? `-${amount}` : amount;
}
