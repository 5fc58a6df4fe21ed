import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Language, say } from '../../../src/core/languages.ts';
import { tables } from '../../../src/features/imports/importable.ts';
import { faults as messages } from '../../../src/http/messages.ts';
import { flagWords } from '../../../src/sheets/columns.ts';
import { neutralised, restored } from '../../../src/sheets/formulas.ts';
import {
  namesOn,
  type ReadCell,
  readWords,
  simpleKinds,
  Unreadable,
} from '../../../src/sheets/reading/cells.ts';
import { readDay, readDayBy, textOfSerial } from '../../../src/sheets/reading/days.ts';
import { decimalOf, readMoney, readMoneyBy } from '../../../src/sheets/reading/money.ts';
import { isDateFormat } from '../../../src/sheets/reading/number-formats.ts';
import { inUnit, type Unit, unitNames } from '../../../src/sheets/units.ts';

/** The value, or the code of the fault. */
const outcome = (read: ReadCell, text: string): unknown => {
  const value = read(text);
  return value instanceof Unreadable ? value.code : value;
};

describe('a day', () => {
  it.each([
    ['2020-06-29', '2020-06-29'],
    ['2020-6-9', '2020-06-09'],
    ['2020/6/29', '2020-06-29'],
    ['2020/06/29', '2020-06-29'],
    ['2020.6.29', '2020-06-29'],
    ['2020年6月29日', '2020-06-29'],
    ['2020年06月29', '2020-06-29'],
    ['2020 年 6 月 29 日', '2020-06-29'],
    ['２０２０年６月２９日', '2020-06-29'],
    ['２０２０／６／２９', '2020-06-29'],
    [' 2020-06-29 ', '2020-06-29'],
    ['20200629', '2020-06-29'],
    ['2020-06-29T00:00:00Z', '2020-06-29'],
    ['2020-06-29T00:00:00.000+08:00', '2020-06-29'],
    ['2020-06-29 00:00:00', '2020-06-29'],
    ['2020/6/29 0:00', '2020-06-29'],
    ['2020/6/29 12:00:00 AM', '2020-06-29'],
    ['2020-02-29', '2020-02-29'],
    ['2000-02-29', '2000-02-29'],
    ['1900-02-29', 'not_a_day'],
    ['2021-02-29', 'not_a_day'],
    ['2020-06-31', 'not_a_day'],
    ['2020-13-01', 'not_a_day'],
    ['2020-00-10', 'not_a_day'],
    ['2020-06-00', 'not_a_day'],
    ['2020/6/29 08:30', 'time_of_day'],
    ['2020-06-29T16:00:00Z', 'time_of_day'],
    ['2020-06-29 12:00:00 PM', 'time_of_day'],
    ['2020-06-29 00:00:01', 'time_of_day'],
    ['06/29/2020', 'ambiguous_day'],
    ['29.6.2020', 'ambiguous_day'],
    ['6-9-20', 'ambiguous_day'],
    ['20/06/29', 'ambiguous_day'],
    ['2020-06', 'not_a_day'],
    ['2020/6.29', 'not_a_day'],
    ['2020-06-290', 'not_a_day'],
    ['2020年6月', 'not_a_day'],
    ['2020', 'not_a_day'],
    ['44011', 'not_a_day'],
    ['明年', 'not_a_day'],
    ['2020-06-29x', 'not_a_day'],
    ['202006291', 'not_a_day'],
  ])('%j is %s', (text, expected) => {
    expect(outcome(readDay, text)).toBe(expected);
  });

  it.each([
    [['MM/DD/YYYY'], '6/29/2020', '2020-06-29'],
    [['MM/DD/YYYY'], '06/09/2020', '2020-06-09'],
    [['MM/DD/YYYY'], '12/31/2015 12:00:00 AM', '2015-12-31'],
    [['MM/DD/YYYY'], '12/31/2015 1:00:00 AM', 'time_of_day'],
    [['MM/DD/YYYY hh:mm'], '12/31/2015 1:00:00 PM', '2015-12-31'],
    [['DD.MM.YYYY'], '9.6.2020', '2020-06-09'],
    [['DD.MM.YYYY'], '9x6x2020', 'not_a_day'],
    [['DD-MM-YYYY', 'MM/DD/YYYY'], '6/29/2020', '2020-06-29'],
    [['DD/MM/YYYY', 'MM/DD/YYYY'], '6/29/2020', '2020-06-29'],
    [['DDMMYYYY'], '29062020', '2020-06-29'],
    [['YYYY/MM/DD hh:mm'], '2020/6/29 17:45', '2020-06-29'],
    [['MM/DD/YYYY'], '2020-06-29', '2020-06-29'],
    [['MM/DD/YYYY'], '29/6/2020', 'not_a_day'],
    [['MM/DD/YYYY'], '6/29/20', 'ambiguous_day'],
    [['MM/DD/YYYY'], '6/29/2020 soon', 'not_a_day'],
  ])('by %j %j is %s', (formats, text, expected) => {
    expect(outcome(readDayBy(formats), text)).toBe(expected);
  });

  it.each([
    [1, false, '1900-01-01'],
    [59, false, '1900-02-28'],
    [60, false, 'not_a_day'],
    [61, false, '1900-03-01'],
    [44011, false, '2020-06-29'],
    [44011.5, false, '2020-06-29T12:00:00'],
    [44010.9999999999, false, '2020-06-29'],
    [2958465, false, '9999-12-31'],
    [2958466, false, 'not_a_day'],
    [-1, false, 'not_a_day'],
    [0.25, false, '06:00:00'],
    [0, true, '1904-01-01'],
    [42549, true, '2020-06-29'],
    [1e300, false, 'not_a_day'],
  ])('of a workbook, %d with 1904 %s is %s', (serial, is1904, expected) => {
    expect(outcome(() => textOfSerial(serial, is1904), '')).toBe(expected);
  });

  it('is the same day in any notation', () => {
    const years = { min: new Date('1900-03-01'), max: new Date('2999-12-31'), noInvalidDate: true };
    fc.assert(
      fc.property(fc.date(years), (date) => {
        const day = date.toISOString().slice(0, 10);
        const [year = '', month = '', d = ''] = day.split('-');
        const [m, n] = [Number(month), Number(d)];
        const forms = [
          `${year}/${m}/${n}`,
          `${year}.${m}.${n}`,
          `${year}年${m}月${n}日`,
          year + month + d,
          `${day}T00:00:00Z`,
        ];
        for (const form of forms) expect(outcome(readDay, form)).toBe(day);
        expect(outcome(readDayBy(['MM/DD/YYYY']), `${m}/${n}/${year}`)).toBe(day);
        const serial = (Date.parse(day) - Date.UTC(1899, 11, 30)) / 86_400_000;
        expect(textOfSerial(serial, false)).toBe(day);
        if (day >= '1904-01-01') expect(textOfSerial(serial - 1462, true)).toBe(day);
      }),
    );
  });
});

describe('a number format', () => {
  it.each([
    [14, undefined, true],
    [22, undefined, true],
    [31, undefined, true],
    [57, undefined, true],
    [0, undefined, false],
    [2, undefined, false],
    [49, undefined, false],
    [164, 'yyyy-mm-dd', true],
    [164, 'yyyy"年"m"月"d"日";@', true],
    [164, '[$-F800]dddd, mmmm dd, yyyy', true],
    [164, '[h]:mm', true],
    [164, '[DBNum1][$-804]yyyy"年"', true],
    [164, 'General', false],
    [164, '#,##0.00_);[Red](#,##0.00)', false],
    [164, '#,##0"元 yuan d"', false],
    [164, '0\\d', false],
    [164, '@', false],
    [14, '#,##0', false],
  ])('%d %s shows a date: %s', (id, code, expected) => {
    expect(isDateFormat(id, code)).toBe(expected);
  });
});

describe('an amount', () => {
  it.each<[Unit, string, unknown]>([
    ['yuan', '297880000000', 297_880_000_000],
    ['yuan', '297,880,000,000', 297_880_000_000],
    ['yuan', '２９７，８８０', 297_880],
    ['yuan', '￥ 297,880.00', 297_880],
    ['yuan', '¥297880', 297_880],
    ['yuan', 'RMB 297880', 297_880],
    ['yuan', '297880元', 297_880],
    ['yuan', '29.788万元', 297_880],
    ['yuan', '29.788 万', 297_880],
    ['yuan', '2978.8亿元', 297_880_000_000],
    ['yuan', '2978.8亿', 297_880_000_000],
    ['yi', '297.88', 29_788_000_000],
    ['yi', '2978.8', 297_880_000_000],
    ['yi', '0.00000001', 1],
    ['yi', '.5', 50_000_000],
    ['yi', '5.', 500_000_000],
    ['yi', '300万元', 3_000_000],
    ['yi', '1.10000000000', 110_000_000],
    ['wan', '1,234.5678', 12_345_678],
    ['wan', '-12.5', -125_000],
    ['wan', '－12.5', -125_000],
    ['wan', '−12.5', -125_000],
    ['wan', '-¥12.5', -125_000],
    ['yuan', '-0', 0],
    ['yuan', '0', 0],
    ['yuan', '1.5', 'fraction_of_yuan'],
    ['wan', '1.23456', 'fraction_of_yuan'],
    ['yi', '0.000000001', 'fraction_of_yuan'],
    ['yuan', '2.9788E+11', 'scientific_notation'],
    ['yuan', '1e5', 'scientific_notation'],
    ['yuan', '9007199254740992', 'too_large'],
    ['yi', '99999999999', 'too_large'],
    ['yuan', '1,23', 'not_money'],
    ['yuan', '12,34,567', 'not_money'],
    ['yuan', '1.234,56', 'not_money'],
    ['yuan', '1 234', 'not_money'],
    ['yuan', '约3亿元', 'not_money'],
    ['yuan', '3-5亿', 'not_money'],
    ['yuan', '3万美元', 'not_money'],
    ['yuan', '$300', 'not_money'],
    ['yuan', '--5', 'not_money'],
    ['yuan', '-¥-5', 'not_money'],
    ['yuan', '0x10', 'not_money'],
    ['yuan', '.', 'not_money'],
    ['yuan', '元', 'not_money'],
    ['yuan', '2020-06-29', 'not_money'],
  ])('in %s, %j is %s', (unit, text, expected) => {
    expect(outcome(readMoney(unit), text)).toBe(expected);
  });

  const yuan = fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 });

  it('is exact in every unit, and also as a number in a workbook', () => {
    fc.assert(
      fc.property(yuan, fc.constantFrom(...unitNames), (amount, unit) => {
        const text = inUnit(amount, unit);
        expect(outcome(readMoney(unit), text)).toBe(amount);
        expect(outcome(readMoney(unit), decimalOf(Number(text)))).toBe(amount);
      }),
    );
  });

  it.each([
    [297.88, '297.88'],
    [29788000000, '29788000000'],
    [1e-7, '0.0000001'],
    [-1.5e-8, '-0.000000015'],
    [1e21, '1000000000000000000000'],
    [-1.25e21, '-1250000000000000000000'],
    [0.1 + 0.2, '0.3'],
    [1.1 * 3, '3.3'],
    [123456789012.345, '123456789012.345'],
    [0, '0'],
  ])('stored in a workbook as %d has the digits %s', (number, digits) => {
    expect(decimalOf(number)).toBe(digits);
  });

  it.each<[string, 'down' | 'up' | 'half_up' | undefined, string, unknown]>([
    ['1', 'down', '0.99', 0],
    ['1', 'up', '0.01', 1],
    ['1', 'half_up', '0.5', 1],
    ['1', 'half_up', '0.49', 0],
    ['1', 'down', '-0.99', 0],
    ['1', 'down', '-1.99', -1],
    ['1', 'up', '-1.01', -2],
    ['1', 'half_up', '-1.5', -2],
    ['7.1', 'half_up', '1,000,000.07', 7_100_000],
    ['7.1', undefined, '10', 71],
    ['7.15', undefined, '10', 'fraction_of_yuan'],
    ['0.0001', undefined, '2978.8亿元', 29_788_000],
    ['1', 'down', '1e5', 'scientific_notation'],
    ['1', 'down', '1'.repeat(80), 'not_money'],
    ['1000000', 'down', '99999999999', 'too_large'],
  ])('times %s, rounded %s, %j is %s', (factor, rounding, text, expected) => {
    expect(outcome(readMoneyBy({ unit: 'yuan', factor, rounding }), text)).toBe(expected);
  });
});

describe('a flag', () => {
  it.each(['是', 'yes', 'Yes', 'TRUE', 'true', '1', '１', 'y', '√', ' 是 '])('%j is true', (text) => {
    expect(outcome(simpleKinds.flag, text)).toBe(true);
  });

  it.each(['否', 'no', 'No', 'FALSE', 'false', '0', 'n', '×'])('%j is false', (text) => {
    expect(outcome(simpleKinds.flag, text)).toBe(false);
  });

  it.each(['maybe', '2', '有', '-'])('%j is neither', (text) => {
    expect(outcome(simpleKinds.flag, text)).toBe('not_a_flag');
  });

  it('is read from the words of exports', () => {
    for (const [code, { name, nameEn }] of flagWords) {
      for (const word of [name, nameEn as string])
        expect(outcome(simpleKinds.flag, word)).toBe(code === 'true');
    }
  });
});

describe('a word for a code', () => {
  const level = tables.projects.columns.find(({ field }) => field === 'level');
  const read = readWords(level?.words as never, level?.otherWords);

  it.each([
    ['省级', 'provincial'],
    ['省级项目', 'provincial'],
    ['provincial', 'provincial'],
    ['Provincial', 'provincial'],
    [' 市级 ', 'municipal'],
    ['县', 'county'],
    ['国家级', 'not_a_choice'],
  ])('%j is %s', (text, expected) => {
    expect(outcome(read, text)).toBe(expected);
  });

  it('that is unknown is reported with the known ones, in both languages', () => {
    const { code, values } = read('国家级') as Unreadable;
    const told = (language: Language) => say(messages[code], language, values);
    expect(told('zh')).toBe('应为以下之一：省级、市级、县级');
    expect(told('en')).toBe('must be one of provincial, municipal, county');
  });
});

describe('other kinds', () => {
  it.each([
    ['integer', '2,022', 2022],
    ['integer', '２０２２', 2022],
    ['integer', '-3', -3],
    ['integer', '3.0', 'not_a_whole_number'],
    ['integer', '三', 'not_a_whole_number'],
    ['integer', '1'.repeat(16), 'not_a_whole_number'],
    ['code', ' HYRD-1 ', 'HYRD-1'],
    ['code', '0431', '0431'],
    ['text', ' as it is\r\n ', ' as it is\r\n '],
  ] as const)('%s: %j is %s', (kind, text, expected) => {
    expect(outcome(simpleKinds[kind], text)).toBe(expected);
  });

  it.each([
    ['A', ['A']],
    ['A\nB', ['A', 'B']],
    ['A\r\nB\rC ', ['A', 'B', 'C']],
    ['\n91350100M000100Y43\n', ['', '91350100M000100Y43', '']],
    ['A;B；C', ['A;B；C']],
  ])('a list %j is %j', (text, expected) => {
    expect(outcome(simpleKinds.list, text)).toEqual(expected);
  });

  it.each([
    ['A；B; C', ['A', 'B', 'C']],
    ['A', ['A']],
    ['；', []],
  ])('the names on %j are %j', (line, names) => {
    expect(namesOn(line)).toEqual(names);
  });
});

describe('a text in CSV', () => {
  it('is the same after neutralising and restoring', () => {
    const signs = fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '＝', 'a', ' ', '"');
    fc.assert(
      fc.property(fc.string({ unit: signs, maxLength: 6 }), fc.string(), (start, rest) => {
        expect(restored(neutralised(start + rest))).toBe(start + rest);
      }),
    );
  });
});
