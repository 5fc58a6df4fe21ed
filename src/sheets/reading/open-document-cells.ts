/** The values of cells in OpenDocument spreadsheets. */
import { type Cell, Unreadable } from './cells.ts';
import { decimalOf } from './money.ts';
import { PLAIN, relevant, type Shown } from './number-formats.ts';
import { numberAs } from './sheet-rows.ts';
import type { Attributes } from './xml.ts';

/** A number is shown divided, rather than rounded, if what is shown is smaller by as much. */
const SCALED = 100;

/** How a number is shown, by its text: the file says it by styles of many elements. */
function shownBy(text: string, number: number): Shown {
  const [, before = '', digits = '', after = ''] = /^([^\d.]*)([\d.,\s]*)(.*)$/s.exec(text) ?? [];
  const plain = digits.replaceAll(/[,\s]/g, '');
  const shown = Number(plain);
  return {
    ...PLAIN,
    digits: /^0\d+$/.test(plain) && shown === number ? plain.length : 0,
    before: relevant(before.replaceAll('-', '').trim()),
    after: relevant(after.trim()),
    isScaled: shown > 0 && Math.abs(number) / shown > SCALED,
  };
}

/** Characters of a day and its time, of a month, and of a year. */
const [DAY, MONTH, YEAR] = [19, 7, 4];

/** How much of a day is shown: `2023年5月` is no day. */
function partShown(text: string): number {
  const numbers = text.match(/\d+/g) ?? [];
  const hasYear = numbers.some((number) => number.length === 4);
  const parts = numbers.length + (/\p{Script=Latin}/u.test(text) ? 1 : 0);
  if (!hasYear || parts > 2) return DAY;
  return parts === 2 ? MONTH : YEAR;
}

const dayOf = (value: string, text: string): string =>
  value.replace(/T00:00:00(\.0+)?$/, '').slice(0, partShown(text));

const YUAN = /^(CNY|RMB)?$/;

/** The value of a cell, by its type. */
const readers: Readonly<Record<string, (attributes: Attributes, text: string) => Cell>> = {
  float: ({ 'office:value': value = '' }, text) => {
    const number = Number(value);
    return value === '' || !Number.isFinite(number) ? text : numberAs(shownBy(text, number), number);
  },
  percentage: ({ 'office:value': value = '' }) => `${decimalOf(Number(value) * 100)}%`,
  currency: ({ 'office:value': value = '', 'office:currency': currency = '' }, text) => {
    const shown = shownBy(text, Number(value));
    const before = shown.before || (YUAN.test(currency) ? '' : currency);
    return numberAs({ ...shown, before, digits: 0 }, Number(value));
  },
  date: ({ 'office:date-value': value = '' }, text) => dayOf(value, text),
  time: (_, text) => text,
  boolean: ({ 'office:boolean-value': value }) => (value === 'true' ? 'TRUE' : 'FALSE'),
  string: ({ 'office:string-value': value }, text) => value ?? text,
};

/** @param text what the cell shows */
export function cellOf(attributes: Attributes, text: string): Cell {
  const { 'office:value-type': type, 'calcext:value-type': exact, 'table:formula': formula } = attributes;
  if (exact === 'error') return new Unreadable('error_value', undefined, text.slice(0, 100));
  if (type === undefined) {
    return formula === undefined ? text || undefined : new Unreadable('formula_without_value');
  }
  return readers[type]?.(attributes, text) ?? text;
}
