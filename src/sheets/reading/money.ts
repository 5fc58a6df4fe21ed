/** Amounts of money, by the digits that are written: no binary fraction ever stands for one. */
import { type Unit, units } from '../units.ts';
import { plain, type ReadCell, Unreadable } from './cells.ts';
import type { Rounding } from './mapping.ts';

interface Amount {
  isNegative: boolean;
  whole: string;
  fraction: string;
  /** Said in the cell itself. */
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

/** The largest amount that the service knows; more digits than are exact are no less too many. */
const MOST = 1_000_000_000_000;

function yuan(digits: string, isNegative: boolean): number | Unreadable {
  const number = Number(digits);
  if (!Number.isSafeInteger(number)) return new Unreadable('too_large', { max: MOST });
  return isNegative && number !== 0 ? -number : number;
}

/** Whole yuan of amounts in a unit, unless a cell says another. A fraction of a yuan is none. */
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

/** From hundredths and the like to whole numbers, away from zero or towards it. */
const roundings: Record<Rounding, (amount: bigint, scale: bigint) => bigint> = {
  down: (amount, scale) => amount / scale,
  up: (amount, scale) => (amount + scale - 1n) / scale,
  half_up: (amount, scale) => (2n * amount + scale) / (2n * scale),
};

/** Digits beyond those that any amount has cost time and change nothing. */
const MAX_DIGITS = 60;

/**
 * Whole yuan of amounts times a factor, rounded as is said.
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

/** What Excel keeps of a number; what binary arithmetic leaves behind it is shown nowhere. */
const EXCEL_DIGITS = 15;

/** The digits of a number of a workbook, never with an exponent: `297.88`, `0.0000001`. */
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
