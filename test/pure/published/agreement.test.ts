import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalText, type Quotient, quotientText, rounded } from '../../../src/core/decimals.ts';
import {
  agrees,
  type Comparator,
  comparators,
  differenceOf,
  inSmaller,
  misses,
  type Printed,
  slips,
} from '../../../src/features/published/agreement.ts';
import { runs } from '../../support/runs.ts';

/** A naive fraction: cross-multiplied, never divided. */
type Fraction = [numerator: bigint, denominator: bigint];
const isLess = ([a, b]: Fraction, [c, d]: Fraction): boolean => a * d < c * b;
const isAtMost = (x: Fraction, y: Fraction): boolean => !isLess(y, x);
const add = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d];
const negative = ([a, b]: Fraction): Fraction => [-a, b];
const power = (n: number): Fraction => (n >= 0 ? [10n ** BigInt(n), 1n] : [1n, 10n ** BigInt(-n)]);
const half = ([a, b]: Fraction): Fraction => [a, 2n * b];

/** Parses a decimal text digit by digit. */
function read(text: string): Fraction {
  let value: Fraction = [0n, 1n];
  let place = 0;
  let isBehind = false;
  for (const character of text) {
    if (character === '.') isBehind = true;
    else if (character !== '-') {
      if (isBehind) place++;
      value = isBehind
        ? add(value, [BigInt(character), 10n ** BigInt(place)])
        : add([value[0] * 10n, value[1]], [BigInt(character), 1n]);
    }
  }
  return text.startsWith('-') ? negative(value) : value;
}

const naive: Record<Comparator, (computed: Fraction, value: Fraction, unit: Fraction) => boolean> = {
  exact: (computed, value, unit) =>
    isAtMost(add(value, negative(half(unit))), computed) && isLess(computed, add(value, half(unit))),
  at_least: (computed, value) => isAtMost(value, computed),
  more_than: (computed, value) => isLess(value, computed),
  about: (computed, value, unit) =>
    isAtMost(add(value, negative(unit)), computed) && isAtMost(computed, add(value, unit)),
};

const precision = fc.integer({ min: -3, max: 4 });

/** A printed number, and a computed one at or near the bounds of what it claims. */
const pair = fc
  .record({
    precision,
    units: fc.integer({ min: -2_000, max: 2_000 }),
    steps: fc.integer({ min: -4, max: 4 }),
    nudge: fc.constantFrom(-1n, 0n, 1n),
    fineness: fc.constantFrom(3n, 7n, 1_000n, 319n),
    comparator: fc.constantFrom(...(Object.keys(comparators) as Comparator[])),
  })
  .map(({ precision, units, steps, nudge, fineness, comparator }) => {
    const value = decimalText({ units: BigInt(units), places: precision });
    const unit = power(-precision);
    const edge = add(read(value), [BigInt(steps) * unit[0], 2n * unit[1]]);
    const computed = add(edge, [nudge * unit[0], fineness * unit[1]]);
    return { printed: { value, precision, comparator }, computed, unit };
  });

const quotient = ([numerator, denominator]: Fraction): Quotient => ({ numerator, denominator });
const printed = (value: string, comparator: Comparator = 'exact', decimals?: number): Printed => ({
  value,
  comparator,
  precision: decimals ?? value.split('.')[1]?.length ?? 0,
});

describe('agreement', () => {
  it('equals that of cross-multiplied fractions', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(pair, ({ printed, computed, unit }) => {
        const expected = naive[printed.comparator](computed, read(printed.value), unit);
        expect(agrees(quotient(computed), printed)).toBe(expected);
        seen.add(`${printed.comparator} ${expected}`);
      }),
      { numRuns: runs(3_000) },
    );
    expect(seen.size).toBe(8);
  });

  it('has a difference that leads from the computed value back to the printed one', () => {
    fc.assert(
      fc.property(pair, ({ printed, computed }) => {
        const { numerator, denominator } = differenceOf(quotient(computed), printed);
        const sum = add(read(printed.value), [numerator, denominator]);
        expect(sum[0] * computed[1]).toBe(computed[0] * sum[1]);
      }),
    );
  });

  it('rounds half-up: to the nearest value, ties upwards', () => {
    fc.assert(
      fc.property(pair, ({ computed, unit, printed: { precision } }) => {
        const { units, places } = rounded(quotient(computed), precision);
        expect(places).toBe(precision);
        const value = read(decimalText({ units, places }));
        expect(naive.exact(computed, value, unit)).toBe(true);
      }),
    );
  });

  it('prints a number without an end to ten decimals, and every other exactly', () => {
    const text = (numerator: bigint, denominator: bigint) => quotientText({ numerator, denominator });
    expect(text(26_600n, 319n)).toBe('83.3855799373');
    expect(text(297_880_000_000n, 1_000_000_000n)).toBe('297.88');
    expect(text(300n, 1n)).toBe('300');
    expect(text(-1n, 2n)).toBe('-0.5');
    expect(text(-1n, 100_000_000_000n)).toBe('0');
    expect(text(0n, 7n)).toBe('0');
  });
});

describe('mistakes', () => {
  const of = (computed: Fraction, one: Printed) =>
    Object.fromEntries(
      Object.entries(slips)
        .map(([code, find]) => [code, find(quotient(computed), one)])
        .filter(([, told]) => told),
    );

  it.each([
    // 266 of 319 is 83.3856 %.
    [[26_600n, 319n], printed('83.3'), { truncated: { rounded: '83.4' } }],
    [[29_788n, 100n], printed('279.88'), { transposed_digits: { swapped: '297.88' } }],
    [[319n, 1n], printed('391'), { transposed_digits: { swapped: '319' } }],
    [[136_55n, 100n], printed('135.65'), { transposed_digits: { swapped: '136.55' } }],
    [[297_88n, 100n], printed('2978.8'), { unit_slip: { factor: '0.1' } }],
    [[834n, 10n], printed('0.834'), { unit_slip: { factor: '100' } }],
    // A value with 3 digits is compared after rounding.
    [[26_600n, 319n], printed('8.34'), { unit_slip: { factor: '10' } }],
    // One digit is not conclusive.
    [[27n, 1n], printed('3'), {}],
    [[30n, 1n], printed('3'), { unit_slip: { factor: '10' } }],
    [[88n, 1n], printed('89'), {}],
    // Nobody writes 01 for 10.
    [[1n, 1n], printed('10'), { unit_slip: { factor: '0.1' } }],
    [[0n, 1n], printed('10'), {}],
    [[-26_600n, 319n], printed('-83.3'), { truncated: { rounded: '-83.4' } }],
  ] as [Fraction, Printed, object][])('of %s printed as %o are %o', (computed, one, expected) => {
    expect(of(computed, one)).toEqual(expected);
  });

  it('include every transposition of two different adjacent digits', () => {
    const digits = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(digits, fc.nat(), fc.nat(), (all, at, point) => {
        const i = at % (all.length - 1);
        const swapped = [...all];
        [swapped[i], swapped[i + 1]] = [all[i + 1] as number, all[i] as number];
        const places = point % all.length;
        const text = (digits: number[]) => decimalText({ units: BigInt(digits.join('')), places });
        const told = slips.transposed_digits(quotient(read(text(all))), printed(text(swapped)));
        expect(told).toEqual(all[i] === all[i + 1] ? null : { swapped: text(all) });
      }),
    );
  });
});

describe('parts', () => {
  it.each([
    [['14', '65', '9'], '88', 0, null],
    [['14', '65', '10'], '88', 0, { sum: '89', difference: '1' }],
    [['14', '65'], '88', 0, { sum: '79', difference: '-9' }],
    // Each may be off by half a unit of its last digit.
    [['0.3', '0.3', '0.3'], '1.0', 9, null],
    [['0.33', '0.33', '0.33'], '1.0', 9, null],
    [['0.3', '0.3'], '0.8', 9, { sum: '600000000', difference: '-200000000' }],
  ])('%s of %s', (parts, total, exponent, expected) => {
    const told = misses(
      parts.map((part) => inSmaller(printed(part), exponent)),
      inSmaller(printed(total), exponent),
    );
    expect(told && { sum: quotientText(told.sum), difference: quotientText(told.difference) }).toEqual(
      expected,
    );
  });

  it('that are rounded to integers may differ by their rounding', () => {
    expect(misses([printed('100', 'exact', -2), printed('200', 'exact', -2)], printed('330'))).toBeNull();
    expect(misses([printed('100'), printed('200')], printed('330'))).not.toBeNull();
  });

  it('never differ if they are rounded from a correct sum', () => {
    const amounts = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(amounts, fc.integer({ min: -12, max: -6 }), (amounts, precision) => {
        const shown = (amount: bigint): Printed => ({
          value: decimalText(rounded({ numerator: amount, denominator: 1n }, precision)),
          precision,
          comparator: 'exact',
        });
        const total = amounts.reduce((sum, amount) => sum + amount, 0n);
        expect(misses(amounts.map(shown), shown(total))).toBeNull();
      }),
    );
  });
});
