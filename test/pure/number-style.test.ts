import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  amountTextBeside,
  countText,
  dayText,
  listText,
  percentText,
  roundedDown,
} from '../../src/features/briefing/number-style.ts';
import { modelAmount, modelDay } from '../support/model-briefing.ts';
import { runs } from '../support/runs.ts';

const amountText = amountTextBeside([]);

const EDGES = [1, 10_000, 1_000_000, 100_000_000, 1_000_000_000, 9_007_199_254_740_991];
const yuan = fc.oneof(
  fc
    .constantFrom(...EDGES)
    .chain((edge) =>
      fc
        .integer({ min: -600_000, max: 600_000 })
        .map((more) => Math.min(Math.max(edge + more, 0), EDGES.at(-1) as number)),
    ),
  fc.maxSafeNat(),
);

describe('an amount', () => {
  it.each([
    [297_880_000_000, '2978.8亿元', '297.88 billion yuan'],
    [93_588_000_000, '935.88亿元', '93.588 billion yuan'],
    [3_000_000_000, '30亿元', '3 billion yuan'],
    [1_000_000_000, '10亿元', '1 billion yuan'],
    [999_999_500, '10亿元', '1 billion yuan'],
    [999_999_499, '10亿元', '999.999 million yuan'],
    [600_000_000, '6亿元', '600 million yuan'],
    [100_000_000, '1亿元', '100 million yuan'],
    [99_999_950, '1亿元', '100 million yuan'],
    [99_999_949, '9999.99万元', '100 million yuan'],
    [99_600_000, '9960万元', '99.6 million yuan'],
    [100_499_999, '1亿元', '100.5 million yuan'],
    [100_500_000, '1.01亿元', '100.5 million yuan'],
    [1_000_000, '100万元', '1 million yuan'],
    [999_999, '100万元', '999,999 yuan'],
    [10_000, '1万元', '10,000 yuan'],
    [9_999, '9999元', '9999 yuan'],
    [1, '1元', '1 yuan'],
    [12_345_600_000_000, '123456亿元', '12,345.6 billion yuan'],
    [9_007_199_254_740_991, '90071992.55亿元', '9,007,199.255 billion yuan'],
  ])('of %i yuan is %s or %s', (yuan, zh, en) => {
    expect([amountText(yuan, 'zh'), amountText(yuan, 'en')]).toEqual([zh, en]);
  });

  it('equals the model for any value', () => {
    fc.assert(
      fc.property(yuan, fc.constantFrom('zh' as const, 'en' as const), (yuan, language) => {
        expect(amountText(yuan, language)).toBe(modelAmount(yuan, language));
      }),
      { numRuns: runs(2_000) },
    );
  });

  it('that is a lower bound is printed exactly, never above it, and never short by a hundredth', () => {
    fc.assert(
      fc.property(yuan, (yuan) => {
        const bound = roundedDown(yuan);
        expect(bound).toBeLessThanOrEqual(yuan);
        expect(yuan - bound).toBeLessThan(Math.max(yuan / 100, 1));
        const units: [RegExp, number][] = [
          [/亿元$/, 100_000_000],
          [/万元$/, 10_000],
          [/元$/, 1],
        ];
        const text = amountText(bound, 'zh');
        const [unit, size] = units.find(([one]) => one.test(text)) as [RegExp, number];
        expect(Math.round(Number(text.replace(unit, '')) * size)).toBe(bound);
      }),
      { numRuns: runs(1_000) },
    );
  });
});

it('an amount close to thresholds is printed on the correct side of each, for any value', () => {
  const bounds = [1_000_000_000, 5_000_000_000, 10_000_000_000];
  const near = fc
    .tuple(fc.constantFrom(...bounds), fc.integer({ min: -600_000, max: 600_000 }))
    .map(([bound, more]) => bound + more);
  const sizes = { zh: 100_000_000, en: 1_000_000_000 };
  fc.assert(
    fc.property(near, fc.constantFrom('zh' as const, 'en' as const), (yuan, language) => {
      const text = amountTextBeside(bounds)(yuan, language);
      const size = / million yuan$/.test(text) ? 1_000_000 : sizes[language];
      const printed = Number.parseFloat(text) * size;
      for (const bound of bounds) {
        expect(Math.sign(Math.round(printed) - bound), text).toBe(Math.sign(yuan - bound));
      }
    }),
    { numRuns: runs(1_000) },
  );
});

it('a number of items has commas in English from ten thousand on', () => {
  expect([9_999, 10_000, 1_234_567].map((count) => countText(count, 'en'))).toEqual([
    '9999',
    '10,000',
    '1,234,567',
  ]);
  expect([9_999, 10_000].map((count) => countText(count, 'zh'))).toEqual(['9999', '10000']);
});

it('a percentage has one decimal, or none if that is zero', () => {
  expect([83.4, 90, 0.1, 100].map(percentText)).toEqual(['83.4%', '90%', '0.1%', '100%']);
});

it('a day is written out', () => {
  expect([dayText('2022-08-31', 'zh'), dayText('2022-08-31', 'en')]).toEqual([
    '2022年8月31日',
    '31 August 2022',
  ]);
  for (let month = 1; month <= 12; month++) {
    const day = `2020-${String(month).padStart(2, '0')}-09`;
    for (const language of ['zh', 'en'] as const)
      expect(dayText(day, language)).toBe(modelDay(day, language));
  }
});

it.each([
  [['A'], 'A', 'A'],
  [['A', 'B'], 'A、B', 'A and B'],
  [['A', 'B', 'C'], 'A、B、C', 'A, B and C'],
])('%j as a list is %s or %s', (items, zh, en) => {
  expect([listText(items, 'zh'), listText(items, 'en')]).toEqual([zh, en]);
});
