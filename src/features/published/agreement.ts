/** Whether a published figure agrees with the computed one, and the likely mistake if not. */

import {
  compare,
  type Decimal,
  decimalText,
  magnitude,
  minus,
  parseDecimal,
  plus,
  type Quotient,
  quotientOf,
  rounded,
  scaled,
  truncated,
  whole,
} from '../../core/decimals.ts';
import type { Message } from '../../core/languages.ts';

/**
 * A number as printed: its value, and the number of decimals to which it is rounded; −2 if rounded to
 * hundreds.
 */
export interface Printed {
  value: string;
  precision: number;
  comparator: Comparator;
}

const printedQuotient = ({ value }: Printed): Quotient => quotientOf(parseDecimal(value));

/** One unit of the last printed digit. */
const unitOfLastPlace = ({ precision }: Pick<Printed, 'precision'>): Quotient => scaled(whole(1), -precision);

/** What a printed number claims about the computed one. */
export const comparators = {
  exact: {
    zh: '等于',
    en: 'is',
    says: 'the computed value, rounded half-up to the printed precision, equals the printed one',
    holds: (computed, printed) =>
      compare(quotientOf(rounded(computed, printed.precision)), printedQuotient(printed)) === 0,
  },
  at_least: {
    zh: '不少于',
    en: 'is at least',
    says: 'the computed value is not below the printed one',
    holds: (computed, printed) => compare(computed, printedQuotient(printed)) >= 0,
  },
  more_than: {
    zh: '超过',
    en: 'is more than',
    says: 'the computed value is above the printed one',
    holds: (computed, printed) => compare(computed, printedQuotient(printed)) > 0,
  },
  about: {
    zh: '约',
    en: 'is about',
    says: 'the computed value differs from the printed one by at most one unit of its last place',
    holds: (computed, printed) =>
      compare(magnitude(minus(computed, printedQuotient(printed))), unitOfLastPlace(printed)) <= 0,
  },
} as const satisfies Record<
  string,
  Message & { says: string; holds(computed: Quotient, printed: Printed): boolean }
>;

export type Comparator = keyof typeof comparators;

export const agrees = (computed: Quotient, printed: Printed): boolean =>
  comparators[printed.comparator].holds(computed, printed);

/** Computed minus printed. */
export const differenceOf = (computed: Quotient, printed: Printed): Quotient =>
  minus(computed, printedQuotient(printed));

/** Values for the message about a mistake. */
export type Told = Readonly<Record<string, string>>;

/**
 * For a printed number that is not a bound and does not agree: mistakes that fully explain the difference.
 */
export const slips: Readonly<
  Record<
    'truncated' | 'transposed_digits' | 'unit_slip',
    (computed: Quotient, printed: Printed) => Told | null
  >
> = {
  truncated: (computed, printed) => {
    const { precision } = printed;
    const cut = compare(quotientOf(truncated(computed, precision)), printedQuotient(printed)) === 0;
    return cut ? { rounded: decimalText(rounded(computed, precision)) } : null;
  },
  transposed_digits: (computed, printed) => {
    const right = quotientOf(rounded(computed, printed.precision));
    const swapped = transpositions(printed.value).find(
      (text) => compare(quotientOf(parseDecimal(text)), right) === 0,
    );
    return swapped === undefined ? null : { swapped };
  },
  unit_slip: (computed, printed) => {
    const value = printedQuotient(printed);
    if (value.numerator === 0n || computed.numerator === 0n) return null;
    for (let exponent = 1; exponent <= MAX_SLIP; exponent++) {
      for (const by of [exponent, -exponent]) {
        if (isSlip(computed, value, by, printed)) return { factor: decimalText(powerOfTen(by)) };
      }
    }
    return null;
  },
};

/** From one yuan to a thousand billion. */
const MAX_SLIP = 12;

/** This many matching digits are not a coincidence. */
const TELLING_DIGITS = 3;

const powerOfTen = (exponent: number): Decimal =>
  exponent >= 0 ? { units: 10n ** BigInt(exponent), places: 0 } : { units: 1n, places: -exponent };

function isSlip(computed: Quotient, value: Quotient, by: number, printed: Printed): boolean {
  const shifted = scaled(computed, -by);
  if (compare(shifted, value) === 0) return true;
  const digits = printed.value.replace(/^-?0*\.?0*|[-.]/g, '').length + Math.min(printed.precision, 0);
  return digits >= TELLING_DIGITS && compare(quotientOf(rounded(shifted, printed.precision)), value) === 0;
}

/** All variants of the number with two adjacent digits swapped, except those that would start with 0. */
function transpositions(value: string): string[] {
  const places = [...value].flatMap((character, i) => (/\d/.test(character) ? [i] : []));
  const texts: string[] = [];
  for (let i = 0; i + 1 < places.length; i++) {
    const [a, b] = [places[i] as number, places[i + 1] as number];
    if (value[a] === value[b]) continue;
    const swapped = [...value];
    [swapped[a], swapped[b]] = [value[b] as string, value[a] as string];
    const text = swapped.join('');
    if (!/^-?0\d/.test(text)) texts.push(text);
  }
  return texts;
}

/** The sum of printed parts compared with the printed whole. */
export interface Addition {
  sum: Quotient;
  /** The sum minus the whole. */
  difference: Quotient;
}

/** The same number and precision in a unit that is smaller by the factor 10^exponent. */
export function inSmaller({ value, precision, comparator }: Printed, exponent: number): Printed {
  const { units, places } = parseDecimal(value);
  return {
    value: decimalText({ units, places: places - exponent }),
    precision: precision - exponent,
    comparator,
  };
}

/**
 * Whether parts certainly do not add up to a whole: by more than rounding explains. Numbers printed to the
 * last integer digit are not rounded.
 * @param parts and the total, in one unit that cannot be divided: items, or yuan
 */
export function misses(parts: readonly Printed[], total: Printed): Addition | null {
  const half = ({ precision }: Printed): Quotient =>
    precision >= 0 ? whole(0) : scaled(whole(5), -precision - 1);
  const sum = parts.map(printedQuotient).reduce(plus, whole(0));
  const slack = [total, ...parts].map(half).reduce(plus, whole(0));
  const difference = minus(sum, printedQuotient(total));
  return compare(magnitude(difference), slack) > 0 ? { sum, difference } : null;
}
