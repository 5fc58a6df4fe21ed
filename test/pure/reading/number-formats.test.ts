import { describe, expect, it } from 'vitest';
import { PLAIN, shownBy } from '../../../src/sheets/reading/number-formats.ts';

describe('a number format', () => {
  it.each([
    ['"$"#,##0.00', { before: '$' }],
    ['[$$-409]#,##0.00', { before: '$' }],
    ['[$€-2]\\ #,##0', { before: '€' }],
    ['[$US$]#,##0', { before: 'US$' }],
    ['[$HKD] #,##0', { before: 'HKD' }],
    ['0.00"万元"', { after: '万元' }],
    ['#,##0.00 "元"', { after: '元' }],
    ['0.00%', { as: 'percent' }],
    ['000000', { digits: 6 }],
    ['#,##0,', { isScaled: true }],
    ['0!.0,"万元"', { after: '万元', isScaled: true }],
    ['0\\.0,"万"', { after: '万', isScaled: true }],
    ['yyyy"年"m"月"', { as: 'month' }],
    ['mmm-yy', { as: 'month' }],
    ['yyyy', { as: 'year' }],
    ['yyyy"年"m"月"d"日"', { as: 'day' }],
    ['yyyy/m/d;@', { as: 'day' }],
    ['h:mm', { as: 'day' }],
  ])('%s shows more than the number', (code, expected) => {
    expect(shownBy(200, code)).toEqual({ ...PLAIN, ...expected });
  });

  it.each([
    ...[
      'General',
      '@',
      '0',
      '0.0000',
      '#,##0_);(#,##0)',
      '_(* #,##0.00_)',
      '[Red]#,##0',
      '0"人"',
      '0 "units"',
    ],
    ...[
      '"¥"#,##0',
      '[$¥-804]#,##0.00',
      '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ',
      '"合计"0',
      '[$-409]0',
      '[$CNY] 0',
    ],
  ])('%s does not', (code) => {
    expect(shownBy(200, code)).toEqual(PLAIN);
  });

  it.each([
    [0, {}],
    [9, { as: 'percent' }],
    [10, { as: 'percent' }],
    [14, { as: 'day' }],
    [17, { as: 'month' }],
    [57, { as: 'month' }],
  ])('that is built in by the number %d is known', (id, expected) => {
    expect(shownBy(id, undefined)).toEqual({ ...PLAIN, ...expected });
  });
});
