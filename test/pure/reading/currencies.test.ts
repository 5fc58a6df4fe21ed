/** Amounts in other currencies, compared with arithmetic on fractions; and texts of any kind around values. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Unreadable } from '../../../src/sheets/reading/cells.ts';
import { currencyNamedIn, currencyOf } from '../../../src/sheets/reading/currencies.ts';
import { preparation, sourceReader } from '../../../src/sheets/reading/mapped-source.ts';
import { readMoneyBy, readOwnAmountBy } from '../../../src/sheets/reading/money.ts';
import { type Unit, units } from '../../../src/sheets/units.ts';
import { runs } from '../../support/runs.ts';

const digits = (max: number) => fc.bigInt({ min: 1n, max: 10n ** BigInt(max) });
const decimal = fc.record({ digits: digits(8), places: fc.integer({ min: 0, max: 6 }) });
const written = ({ digits, places }: { digits: bigint; places: number }): string => {
  const text = String(digits).padStart(places + 1, '0');
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
};

const CURRENCIES = ['USD', 'EUR', 'HKD', 'JPY', 'GBP', 'KRW', 'CHF', 'SGD', 'TWD', 'AUD', 'CAD', 'RUB'];

describe('an amount in another currency', () => {
  it('is the exact product, rounded once', () => {
    const unit = fc.constantFrom(...(Object.keys(units) as Unit[]));
    fc.assert(
      fc.property(decimal, decimal, decimal, unit, (amount, rate, factor, unit) => {
        const foreign = { currency: currencyOf('USD'), rate: written(rate) };
        const terms = { unit, factor: written(factor), foreign };
        const scale = 10n ** BigInt(amount.places + rate.places + factor.places);
        const product = amount.digits * rate.digits * factor.digits * 10n ** BigInt(units[unit].zeros);
        fc.pre(product / scale < 10n ** 15n);
        const read = (rounding: 'down' | 'up' | undefined) =>
          readMoneyBy({ ...terms, rounding })(written(amount));
        expect(read('down')).toBe(Number(product / scale));
        expect(read('up')).toBe(Number((product + scale - 1n) / scale));
        const exact = read(undefined);
        if (product % scale === 0n) expect(exact).toBe(Number(product / scale));
        else expect(exact).toMatchObject({ code: 'fraction_at_rate' });
        const own = readOwnAmountBy({ ...terms, rounding: undefined })(written(amount)) as string;
        const [whole = '', fraction = ''] = own.split('.');
        expect(BigInt(whole + fraction) * rate.digits * scale).toBe(
          product * 10n ** BigInt(rate.places + fraction.length),
        );
      }),
      { numRuns: runs(300) },
    );
  });

  it('is read with the words of its own currency, and with no other’s', () => {
    const read = (code: string) =>
      readMoneyBy({
        unit: 'yuan',
        factor: '1',
        rounding: undefined,
        foreign: { currency: currencyOf(code), rate: '1' },
      });
    for (const own of CURRENCIES) {
      for (const other of CURRENCIES) {
        const name = new Intl.DisplayNames('zh-CN', { type: 'currency' }).of(other);
        for (const text of [`${other} 12`, `12 ${other}`, `12${name}`, `12万${name}`]) {
          const value = read(own)(text);
          if (own === other) expect(value, `${own}: ${text}`).toBe(text.includes('万') ? 120_000 : 12);
          else expect(value, `${own}: ${text}`).toMatchObject({ code: 'not_in_currency' });
        }
      }
      for (const text of ['12元', '12万元', 'RMB 12', '¥12', '12 yuan', '人民币12']) {
        expect(read(own)(text), `${own}: ${text}`).toBeInstanceOf(Unreadable);
      }
    }
  });
});

describe('a heading', () => {
  it.each([
    ['投资额（万美元）', 'USD', 'wan'],
    ['Amount (million EUR)', 'EUR', 'baiwan'],
    ['HK$ 10,000', 'HKD', 'wan'],
    ['金额：亿日元', 'JPY', 'yi'],
    ['合同外资(美金)', 'USD', 'yuan'],
    ['£', 'GBP', 'yuan'],
  ])('%s names its currency and unit', (heading, currency, unit) => {
    expect(currencyNamedIn(heading)).toEqual({ currency, unit });
  });

  it.each([
    '投资额（万元）',
    '总投资',
    '千万美元',
    'Amount (110,000 USD)',
    'Census',
    'Amount (¥)',
    'Investment (yuan)',
  ])('%s names none', (heading) => {
    expect(currencyNamedIn(heading)).toBeUndefined();
  });
});

describe('texts', () => {
  it('to strip go from both ends in linear time, and nothing else does', () => {
    const strip = preparation({ from: 'x', strip: ['约', '约合', '左右', '()'] }) as (text: string) => string;
    expect(strip('约'.repeat(30_000))).toBe('');
    expect(strip(`${'约 '.repeat(10_000)}5${'左右'.repeat(2_500)}`)).toBe('5');
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('约', '约合', ' ')),
        fc.stringMatching(/^\d{1,5}$/),
        fc.array(fc.constantFrom('左右', '约', ' ')),
        (before, core, after) => {
          expect(strip(before.join('') + core + after.join(''))).toBe(core);
        },
      ),
      { numRuns: runs(200) },
    );
  });

  it('between values are all that splits them', () => {
    // Letters could be a legal form, which belongs to the name before it.
    const name = fc.stringMatching(/^[甲乙丙丁]{1,8}( [0-9]{1,8})?$/);
    const column = { kind: 'list' } as never;
    fc.assert(
      fc.property(
        fc.array(name, { minLength: 1 }),
        fc.constantFrom(',', ' / ', '+', '||'),
        (names, separator) => {
          const read = sourceReader(
            column,
            { from: 'x', separator: ['|', ',', ' / ', '||', '+'] },
            undefined,
            null,
          );
          expect(read?.(names.join(separator))).toEqual(names);
        },
      ),
      { numRuns: runs(200) },
    );
  });
});
