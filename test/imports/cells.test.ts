/** All kinds of faulty cells, reported in both languages with their position. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';
import { amounts, days, sound, texts } from './faulty-cells.ts';
import { CODE, references, rows } from './faulty-references.ts';
import { letterOf, type Row, sheetOf, storedIn } from './rows.ts';
import { aCode, preview } from './support.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
  const existing = { code: 'EXISTING', investmentYuan: 500_000_000, contractedFundsYuan: 400_000_000 };
  await created(api, '/v1/projects', aProject(existing));
  await created(api, '/v1/projects', aProject({ code: 'STARTED', startedOn: '2020-09-01' }));
  for (const code of ['fair-a', 'fair-b']) {
    const days = { startsOn: '2020-06-29', endsOn: '2020-06-30' };
    await created(api, '/v1/events', { code, name: '同名活动', ...days });
  }
  for (const name of ['同名企业', '同名企业', '独家企业']) await created(api, '/v1/enterprises', { name });
  await created(api, '/v1/enterprises', { name: '有码企业', socialCreditCode: CODE });
});
afterAll(() => api.close());

const all = [...texts, ...amounts, ...days, ...references, ...rows];
const repeating: Row = { 项目编号: 'EXISTING' };
const records = [...all.map(([, cells]) => cells), repeating].map(
  (cells): Row => ({ 项目编号: aCode(), ...sound, ...cells }),
);
const file = sheetOf(records);
const columns = [...new Set(records.flatMap(Object.keys))];

/**
 * Several scenarios concern the same existing project; all of their rows except the first are also
 * duplicates.
 */
const firstExisting = records.findIndex((record) => record.项目编号 === 'EXISTING') + 2;

describe.each([
  ['zh', 'by a header', {}, { 'accept-language': 'zh-CN,zh;q=0.9' }],
  ['en', 'by a header', {}, { 'accept-language': 'en' }],
  ['zh', 'by a parameter', { lang: 'zh' }, { 'accept-language': 'en' }],
  ['en', 'by a parameter', { lang: 'en' }, { 'accept-language': 'zh-CN' }],
] as const)('in %s, %s', (language, _, query, headers) => {
  let answer: Body;
  let before: object;
  beforeAll(async () => {
    before = await storedIn(api);
    answer = (await preview(api, file, { query, headers })).body;
  });

  it.each(all.map(([what, , ...faults], i) => [what, faults, i] as const))(
    '%s is reported with its cell',
    (_, faults, i) => {
      const row = i + 2;
      const told = answer.faults.filter((fault: Body) => fault.row === row);
      const expected = faults.map(([heading, value, code, zh, en]) => ({
        sheet: null,
        row,
        column: heading === null ? null : letterOf(columns.indexOf(heading)),
        heading,
        field: expect.any(String),
        value,
        code,
        message: language === 'zh' ? zh : en,
      }));
      expect(told).toHaveLength(expected.length);
      expect(told).toEqual(expect.arrayContaining(expected));
    },
  );

  it('a repeated code is reported with its first row', () => {
    const repeated = answer.faults.filter(({ code }: Body) => code === 'duplicate_row');
    expect(repeated).toEqual([
      expect.objectContaining({
        column: 'A',
        heading: '项目编号',
        value: 'EXISTING',
        message: language === 'zh' ? `与第 ${firstExisting} 行重复` : `is already in row ${firstExisting}`,
      }),
    ]);
  });

  it('nothing is written', async () => {
    expect(await storedIn(api)).toEqual(before);
  });

  it('every row is refused, and every fault counted', () => {
    const { length } = records;
    expect(answer).toMatchObject({ status: 'done', rows: length, refused: length, created: 0 });
    expect(answer.faultCount).toBe(all.flatMap(([, , ...faults]) => faults).length + 1);
    expect(answer.faults).toHaveLength(answer.faultCount);
  });
});
