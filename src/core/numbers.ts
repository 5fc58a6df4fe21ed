/** Exact arithmetic for figures: rates, money and days, rounded half-up with integers. */
import { type Quotient, rounded, whole } from './decimals.ts';

/** A rate with its numerator and denominator. `percent` has one decimal. */
export interface Rate {
  numerator: number;
  denominator: number;
  ratio: number | null;
  percent: number | null;
}

/** Money: exact in yuan, and in the units of the press (10⁹ yuan and 亿元, 10⁸ yuan). */
export interface Money {
  yuan: number;
  billionYuan: number;
  yiYuan: number;
}

/** Half-up. */
export const oneDecimal = (value: Quotient): number => Number(rounded(value, 1).units) / 10;

/** `scale` × a quotient of whole numbers, to one decimal, half-up. */
export const toOneDecimal = (numerator: number, denominator: number, scale = 1n): number =>
  oneDecimal(whole(scale * BigInt(numerator), denominator));

export function rate(numerator: number, denominator: number): Rate {
  if (denominator === 0) return { numerator, denominator, ratio: null, percent: null };
  return {
    numerator,
    denominator,
    ratio: numerator / denominator,
    percent: toOneDecimal(numerator, denominator, 100n),
  };
}

export const money = (yuan: number): Money => ({
  yuan,
  billionYuan: yuan / 1_000_000_000,
  yiYuan: yuan / 100_000_000,
});

/** Frequencies by value. */
export type Histogram = Map<number, number>;

/** Median and mean of days, each rounded half-up to one decimal; null without values. */
export interface Days {
  count: number;
  median: number | null;
  mean: number | null;
}

export function days(histogram: Histogram): Days {
  const { count, median, mean } = centresOf(histogram);
  const shown = (quotient: Quotient | null) => quotient && oneDecimal(quotient);
  return { count, median: shown(median), mean: shown(mean) };
}

/** Median and mean before rounding; null without values. */
export function centresOf(histogram: Histogram): {
  count: number;
  median: Quotient | null;
  mean: Quotient | null;
} {
  const values = [...histogram].sort(([a], [b]) => a - b);
  const count = values.reduce((total, [, times]) => total + times, 0);
  if (count === 0) return { count, median: null, mean: null };
  const sum = values.reduce((total, [value, times]) => total + value * times, 0);
  const middle = valueAt(values, Math.floor((count - 1) / 2)) + valueAt(values, Math.floor(count / 2));
  return {
    count,
    median: whole(middle, 2),
    mean: whole(sum, count),
  };
}

/** The value at an index of the sorted values. */
function valueAt(values: readonly (readonly [number, number])[], place: number): number {
  let passed = 0;
  for (const [value, times] of values) {
    passed += times;
    if (place < passed) return value;
  }
  throw new RangeError(`There is no value at ${place}.`);
}
