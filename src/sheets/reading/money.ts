/** Parses amounts of money from decimal digits, without floating point. */
import { type Unit, units } from '../units.ts';
import { plain, type ReadCell, Unreadable } from './cells.ts';
import type { Rounding } from './mapping.ts';

interface Amount {
  isNegative: boolean;
  whole: string;
  fraction: string;
  /** The unit given in the cell itself. */
  unit: Unit | undefined;
}

const WHOLE_YUAN = /^\d{1,15}$/;
const AMOUNT =
  /^([-−]?)(?:rmb|cny)? ?[¥]? ?([-−]?)(\d+|\d{1,3}(?:,\d{3})+|(?=\.\d))(?:\.(\d*))? ?(亿元?|万元?|元|yuan|rmb|cny)?$/i;
const SHORTENED = /^-?\d+(\.\d+)?e[+-]?\d+$/i;

const UNITS: Readonly<Record<string, Unit>> = { 亿: 'yi', 亿元: 'yi', 万: 'wan', 万元: 'wan' };

function amountOf(text: string): Amount | Unreadable {
  const written = plain(text);
  const parts = AMOUNT.exec(written);
  if (!parts) return new Unreadable(SHORTENED.test(written) ? 'scientific_notation' : 'not_money');
  const [, sign, innerSign, whole = '', fraction = '', unit] = parts;
  if (sign && innerSign) return new Unreadable('not_money');
  return {
    isNegative: Boolean(sign || innerSign),
    whole: whole.replaceAll(',', ''),
    fraction,
    unit: unit ? (UNITS[unit] ?? 'yuan') : undefined,
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
    const amount = amountOf(text);
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
  half_up: (amount, scale) => (2n * amount + scale) / (2n * scale),
};

/** More digits cost time, and no real amount has them. */
const MAX_DIGITS = 60;

/**
 * Reads amounts multiplied by a factor as whole yuan, rounded as configured.
 * @param factor a positive decimal number as text
 */
export function readMoneyBy(unit: Unit, factor: string, rounding: Rounding | undefined): ReadCell {
  const [factorWhole = '', factorFraction = ''] = factor.split('.');
  const times = BigInt(factorWhole + factorFraction);
  return (text) => {
    const amount = amountOf(text);
    if (amount instanceof Unreadable) return amount;
    const { whole, fraction, isNegative } = amount;
    if (whole.length + fraction.length > MAX_DIGITS) return new Unreadable('not_money');
    const scale = 10n ** BigInt(fraction.length + factorFraction.length);
    const product = BigInt(whole + fraction) * times * 10n ** BigInt(units[amount.unit ?? unit].zeros);
    if (rounding === undefined && product % scale !== 0n) return new Unreadable('fraction_of_yuan');
    return yuan(String(roundings[rounding ?? 'down'](product, scale)), isNegative);
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
