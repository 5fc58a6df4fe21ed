/** Parses amounts of money from decimal digits, without floating point. */
import { type Decimal, decimalText, divideHalfUp, parseDecimal } from '../../core/decimals.ts';
import { type Unit, units } from '../units.ts';
import { plain, type ReadCell, Unreadable } from './cells.ts';
import type { Currency } from './currencies.ts';
import type { Rounding } from './mapping.ts';
import { cut } from './refusal.ts';

interface Amount {
  isNegative: boolean;
  whole: string;
  fraction: string;
  /** The unit given in the cell itself. */
  unit: Unit | undefined;
}

const WHOLE_YUAN = /^\d{1,15}$/;
const SHORTENED = /^-?\d+(\.\d+)?e[+-]?\d+$/i;

/** How a cell may show an amount, and what the words after it say of its unit. */
interface Writing {
  pattern: RegExp;
  units: (word: string) => Unit | undefined;
  /** The fault of other texts. */
  otherwise: Unreadable;
}

const patternOf = (before: string, after: string): RegExp =>
  new RegExp(
    `^([-−]?)(?:${before})? ?([-−]?)(\\d+|\\d{1,3}(?:,\\d{3})+|(?=\\.\\d))(?:\\.(\\d*))? ?(${after})?$`,
    'i',
  );

const SCALES: Readonly<Record<string, Unit>> = { 亿: 'yi', 万: 'wan' };

const inYuan: Writing = {
  pattern: patternOf('(?:rmb|cny)? ?¥?', '亿元?|万元?|元|yuan|rmb|cny'),
  units: (word) => SCALES[word[0] ?? ''] ?? 'yuan',
  otherwise: new Unreadable('not_money'),
};

/** Amounts of a currency: with a name after them, as with 元, they are in single units; with a sign, in the column's. */
function inCurrency({ code, signs, names }: Currency): Writing {
  const isNamed = new RegExp(`^(?:${names})$`, 'i');
  return {
    pattern: patternOf(signs, `[万亿]?(?:${names}|${signs})|[万亿]`),
    units: (word) => SCALES[word[0] ?? ''] ?? (isNamed.test(word) ? 'yuan' : undefined),
    otherwise: new Unreadable('not_in_currency', { currency: code }),
  };
}

function amountOf(text: string, { pattern, units, otherwise }: Writing): Amount | Unreadable {
  const written = plain(text);
  const parts = pattern.exec(written);
  if (!parts) return SHORTENED.test(written) ? new Unreadable('scientific_notation') : otherwise;
  const [, sign, innerSign, whole = '', fraction = '', unit] = parts;
  if (sign && innerSign) return otherwise;
  return {
    isNegative: Boolean(sign || innerSign),
    whole: whole.replaceAll(',', ''),
    fraction,
    unit: unit ? units(unit) : undefined,
  };
}

/** The service's maximum amount; numbers too large to be exact are above it anyway. */
const MOST = 1_000_000_000_000;

function yuan(digits: string, isNegative: boolean): number | Unreadable {
  const number = Number(digits);
  if (!Number.isSafeInteger(number)) return new Unreadable('too_large', { max: MOST });
  return isNegative && number !== 0 ? -number : number;
}

/**
 * Reads amounts as whole yuan, in a unit unless the cell contains another. Fractions of a yuan are faults.
 */
export function readMoney(unit: Unit): ReadCell {
  return (text) => {
    if (unit === 'yuan' && WHOLE_YUAN.test(text)) return Number(text);
    const amount = amountOf(text, inYuan);
    if (amount instanceof Unreadable) return amount;
    const { zeros } = units[amount.unit ?? unit];
    const { whole, fraction, isNegative } = amount;
    if (/[1-9]/.test(fraction.slice(zeros))) return new Unreadable('fraction_of_yuan');
    return yuan(whole + fraction.slice(0, zeros).padEnd(zeros, '0'), isNegative);
  };
}

/** Divides an amount by its scale and rounds. */
const roundings: Record<Rounding, (amount: bigint, scale: bigint) => bigint> = {
  down: (amount, scale) => amount / scale,
  up: (amount, scale) => (amount + scale - 1n) / scale,
  half_up: divideHalfUp,
};

/** More digits cost time, and no real amount has them. */
const MAX_DIGITS = 60;

const times = (one: Decimal, other: Decimal): Decimal => ({
  units: one.units * other.units,
  places: one.places + other.places,
});

/** Without zeros at the end of its fraction. */
const textOf = (decimal: Decimal): string =>
  decimal.places === 0 ? decimalText(decimal) : decimalText(decimal).replace(/\.?0+$/, '');

/** How a mapping says that amounts are to be read. */
export interface Terms {
  unit: Unit;
  /** A positive decimal number as text. */
  factor: string;
  rounding: Rounding | undefined;
  /** A currency other than the yuan, with the yuan for one unit of it. */
  foreign?: { currency: Currency; rate: string };
}

/** The amount of a cell before conversion, with its sign. */
function scaledBy({ unit, factor, foreign }: Terms) {
  const writing = foreign ? inCurrency(foreign.currency) : inYuan;
  const multiplier = parseDecimal(factor);
  return (text: string): (Decimal & Pick<Amount, 'isNegative'>) | Unreadable => {
    const amount = amountOf(text, writing);
    if (amount instanceof Unreadable) return amount;
    const { whole, fraction, isNegative } = amount;
    if (whole.length + fraction.length > MAX_DIGITS) return writing.otherwise;
    const scale = { units: 10n ** BigInt(units[amount.unit ?? unit].zeros), places: 0 };
    return { ...times(times(parseDecimal(`${whole}.${fraction}`), multiplier), scale), isNegative };
  };
}

/** Reads amounts on the terms of a mapping as whole yuan, rounded as it says. */
export function readMoneyBy(terms: Terms): ReadCell {
  const { rounding, foreign } = terms;
  const scaled = scaledBy(terms);
  const rate = parseDecimal(foreign?.rate ?? '1');
  return (text) => {
    const amount = scaled(text);
    if (amount instanceof Unreadable) return amount;
    const product = times(amount, rate);
    const scale = 10n ** BigInt(product.places);
    if (rounding === undefined && product.units % scale !== 0n) {
      return foreign
        ? new Unreadable('fraction_at_rate', { yuan: cut(textOf(product), 40), rate: foreign.rate })
        : new Unreadable('fraction_of_yuan');
    }
    return yuan(String(roundings[rounding ?? 'down'](product.units, scale)), amount.isNegative);
  };
}

/** Reads the same amounts as decimal text in their own currency. Contracts have no negative ones. */
export function readOwnAmountBy(terms: Terms): ReadCell {
  const scaled = scaledBy(terms);
  return (text) => {
    const amount = scaled(text);
    if (amount instanceof Unreadable) return amount;
    return amount.isNegative ? new Unreadable('not_money') : textOf(amount);
  };
}

/**
 * The precision of numbers in Excel, which never shows the rounding errors of binary arithmetic beyond it.
 */
const EXCEL_DIGITS = 15;

/** The digits of a number in a workbook, without an exponent: `297.88`, `0.0000001`. */
export function decimalOf(number: number): string {
  let text = String(number);
  if (text.length > EXCEL_DIGITS) text = String(Number(number.toPrecision(EXCEL_DIGITS)));
  const [digits = '', exponent] = text.split('e');
  if (exponent === undefined) return text;
  const [whole = '', fraction = ''] = digits.replace('-', '').split('.');
  const sign = number < 0 ? '-' : '';
  const shift = Number(exponent);
  return shift < 0
    ? `${sign}0.${'0'.repeat(-shift - whole.length)}${whole}${fraction}`
    : `${sign}${whole}${fraction.padEnd(shift, '0')}`;
}
