import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { days, type Histogram, money, rate, toOneDecimal } from '../../src/core/numbers.ts';
import { modelDays, modelRate } from '../support/model-figures.ts';

const LARGEST = Number.MAX_SAFE_INTEGER;

describe('a rate', () => {
  it.each([
    ['published for the 2020 edition', 266, 319, 83.4],
    ['published as started at the Lanzhou fair', 907, 1093, 83.0],
    ['published as completed at the Lanzhou fair', 401, 1093, 36.7],
    ['published as funds in place at the Lanzhou fair', 279_449_000_000, 612_909_000_000, 45.6],
    ['of funds in place of the 2020 edition', 136_550_000_000, 297_880_000_000, 45.8],
    ['of half a tenth is rounded up', 1, 2000, 0.1],
    ['just below half a tenth is rounded down', 499_999, 1_000_000_000, 0],
    ['that binary fractions get wrong: 1.005 %', 201, 20_000, 1.0],
    ['that binary fractions get wrong: 4.35 %', 87, 2000, 4.4],
    ['that binary fractions get wrong: 8.25 %', 33, 400, 8.3],
    ['that binary fractions get wrong: 16.35 %', 327, 2000, 16.4],
    ['of nothing', 0, 7, 0],
    ['of everything', 7, 7, 100],
    ['above everything', 3, 2, 150],
    ['of the largest numbers', LARGEST, LARGEST, 100],
    ['of the largest numbers but one', LARGEST - 1, LARGEST, 100],
    ['of half the largest number', (LARGEST - 1) / 2, LARGEST, 50],
    ['of the largest number of one', LARGEST, 1, 900_719_925_474_099_100],
  ])('%s: %i of %i is %d percent', (_, numerator, denominator, percent) => {
    expect(rate(numerator, denominator)).toEqual({
      numerator,
      denominator,
      ratio: numerator / denominator,
      percent,
    });
  });

  it('over nothing is not a number', () => {
    expect(rate(0, 0)).toEqual({ numerator: 0, denominator: 0, ratio: null, percent: null });
    expect(rate(5, 0)).toEqual({ numerator: 5, denominator: 0, ratio: null, percent: null });
  });

  it('is the published ratio of the 2020 edition to the last digit', () => {
    expect(rate(266, 319).ratio).toBe(0.8338557993730408);
  });

  it('is the nearest tenth of a percent, ties upwards', () => {
    const amount = fc.oneof(fc.nat(5000), fc.nat(LARGEST));
    fc.assert(
      fc.property(amount, fc.oneof(fc.nat(5000), fc.nat(LARGEST)), (numerator, denominator) => {
        expect(rate(numerator, denominator)).toEqual(modelRate(numerator, denominator));
        fc.pre(denominator > 0 && numerator < 1_000_000_000);
        const tenths = BigInt(Math.round((rate(numerator, denominator).percent as number) * 10));
        const distance = 2n * (BigInt(numerator) * 1000n - tenths * BigInt(denominator));
        expect(-BigInt(denominator) <= distance && distance < BigInt(denominator)).toBe(true);
      }),
    );
  });
});

describe('rounding half-up to one decimal', () => {
  it.each([
    [5, 2, 2.5],
    [1, 20, 0.1],
    [-1, 20, 0],
    [-3, 20, -0.1],
    [-5, 20, -0.2],
    [-9, 4, -2.2],
    [9, 4, 2.3],
    [-1, 3, -0.3],
    [-2, 3, -0.7],
    [-1, 1000, 0],
    [0, 3, 0],
  ])('%i ÷ %i is %d', (numerator, denominator, expected) => {
    // `toBe` distinguishes 0 from −0, which JSON would hide, but arithmetic would not.
    expect(toOneDecimal(numerator, denominator)).toBe(expected);
  });
});

const histogramOf = (values: number[]): Histogram => {
  const histogram: Histogram = new Map();
  for (const value of values) histogram.set(value, (histogram.get(value) ?? 0) + 1);
  return histogram;
};

describe('median and mean of days', () => {
  it.each<[number[], number | null, number | null]>([
    [[], null, null],
    [[64], 64, 64],
    [[1, 2], 1.5, 1.5],
    [[3, 1, 2], 2, 2],
    [[10, 1, 1, 1], 1, 3.3],
    [[-1, 0], -0.5, -0.5],
    [[-30, -30, 5], -30, -18.3],
    [[-1, -1, -1, 0], -1, -0.7],
    [[1, 1, 1, 0], 1, 0.8],
    [[-5, -4, 0, 0], -2, -2.2],
    [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1], 0, -0.1],
    [Array(1000).fill(2), 2, 2],
  ])('of %j are %d and %d', (values, median, mean) => {
    expect(days(histogramOf(values))).toEqual({ count: values.length, median, mean });
  });

  it('equal those of the values written out', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -400, max: 400 }), { maxLength: 30 }), (values) => {
        expect(days(histogramOf(values))).toEqual(modelDays(values));
      }),
    );
  });
});

describe('money', () => {
  it.each([
    [297_880_000_000, 297.88, 2978.8],
    [136_550_000_000, 136.55, 1365.5],
    [93_588_000_000, 93.588, 935.88],
    [612_909_000_000, 612.909, 6129.09],
    [0, 0, 0],
    [1, 1e-9, 1e-8],
    [LARGEST, 9007199.254740991, 90071992.54740991],
  ])('%i yuan is %d billion and %d 亿元', (yuan, billionYuan, yiYuan) => {
    expect(money(yuan)).toEqual({ yuan, billionYuan, yiYuan });
  });

  it('has the digits of the yuan in every unit', () => {
    fc.assert(
      fc.property(fc.nat(999_999_999_999_999), (yuan) => {
        const { billionYuan, yiYuan } = money(yuan);
        expect(BigInt(billionYuan.toFixed(9).replace('.', ''))).toBe(BigInt(yuan));
        expect(BigInt(yiYuan.toFixed(8).replace('.', ''))).toBe(BigInt(yuan));
      }),
    );
  });
});
