/** Files that would be misread without a word: each is read right, or refused with what to do. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { preview } from './support.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const HEADINGS = '项目编号,项目名称,项目级别,签约日期,总投资（万元）,备注';
const row = (...cells: string[]) => `T-1,甲示例项目,省级,2023-05-01,${cells.join(',')}`;
const fileOf = (...lines: string[]) => lines.join('\r\n');

/** What a preview says, in both languages. */
async function said(
  file: string | Buffer,
  options: Parameters<typeof preview>[2] = {},
): Promise<[Body, Body]> {
  const answers = await Promise.all(
    ['zh-CN', 'en'].map((language) =>
      preview(api, file, { ...options, headers: { 'accept-language': language } }),
    ),
  );
  return answers.map(({ body }) => body) as [Body, Body];
}

/** The amounts of the first projects that a file would create. */
const amounts = (body: Body, field = 'investmentYuan') =>
  body.changes.map(({ fields }: Body) => fields[field]?.after);

describe('a row with more cells than headings', () => {
  it('is refused as a whole, with its cells', async () => {
    const [zh, en] = await said(fileOf(HEADINGS, row('12', '500', '老厂搬迁')));
    const fault = { sheet: null, row: 2, column: 'G', heading: null, field: null, value: '老厂搬迁' };
    expect(zh.faults).toEqual([
      {
        ...fault,
        code: 'surplus_cells',
        message: '该行有 7 个单元格，而表头只有 6 个；含分隔符的内容应加引号，如 "12,500"',
      },
    ]);
    expect(en.faults).toEqual([
      {
        ...fault,
        code: 'surplus_cells',
        message:
          'the row has 7 cells for 6 headings; put quotation marks around a value that contains the separator, such as "12,500"',
      },
    ]);
    expect(en).toMatchObject({ rows: 1, refused: 1, created: 0 });
  });

  it('is read where these are empty', async () => {
    const [, en] = await said(fileOf(HEADINGS, row('12', '备注', '', ' ')));
    expect(en).toMatchObject({ refused: 0, created: 1, file: { warnings: [] } });
    expect(amounts(en)).toEqual([120_000]);
  });

  it.each([
    ['funds', '项目编号,到位日期,到位金额（万元）', 'T-1,2023-05-01,1,200'],
    ['regions', '代码,名称', '990000,甲,乙'],
    ['contacts', '企业名称,经贸活动,对接方式,对接日期', '甲,乙,丙,2023-05-01,丁'],
    ['cluster_members', '集群,企业名称,角色,引进日期', '甲,乙,丙,2023-05-01,丁'],
  ])('is refused in a sheet of %s', async (entity, headings, cells) => {
    const [, { faults }] = await said(fileOf(headings, cells), { query: { entity } });
    expect(faults.map(({ code }: Body) => code)).toEqual(['surplus_cells']);
  });

  it('under a column without a heading is a warning', async () => {
    const [zh, en] = await said(fileOf(`${HEADINGS},`, row('12', '备注', '附注'), row('12', '备注', '')));
    expect(en.file.warnings).toEqual([
      {
        row: 2,
        column: 'G',
        code: 'value_outside_table',
        message: '1 cell(s) in this column have a value but no heading; they were not read',
      },
    ]);
    expect(zh.file.warnings[0].message).toBe('该列没有表头，其中 1 个有内容的单元格未读取');
    expect(en.created + en.refused).toBe(2);
  });
});

describe('a line above the headings', () => {
  const file = (line: string, ...cells: string[]) =>
    fileOf('重点项目表', line, '项目编号,项目名称,项目级别,签约日期,总投资', row(...cells));

  it.each([
    ['单位：万元 制表日期：2023-05-01', 'wan', 200_000],
    ['单位（亿元）', 'yi', 2_000_000_000],
    ['单位：千元', 'qian', 20_000],
    ['单位：百万元', 'baiwan', 20_000_000],
    ['"unit: RMB 10,000"', 'wan', 200_000],
    ['"单位：亿元、个"', 'yi', 2_000_000_000],
  ])('%s gives the unit', async (line, unit, yuan) => {
    const [, en] = await said(file(line, '20'));
    expect(amounts(en)).toEqual([yuan]);
    expect(en.file.columns.at(-1)).toMatchObject({ unit, unitFrom: 'above' });
  });

  it('of another currency refuses the file, until a unit is given', async () => {
    const answer = await preview(api, file('单位：万美元', '20'), {
      headers: { 'accept-language': 'zh-CN' },
    });
    expectProblem(answer, 422, 'imports.unknown_unit');
    expect(answer.body.detail).toBe(
      '第 2 行所注金额单位“万美元”无法识别。请用 unit= 指明单位（yuan、qian、wan、baiwan、yi、shiyi）；外币金额须使用映射。',
    );
    const [, given] = await said(file('单位：万美元', '20'), { query: { unit: 'wan' } });
    expect(amounts(given)).toEqual([200_000]);
    expect(given.file.columns.at(-1)).toMatchObject({ unit: 'wan', unitFrom: 'parameter' });
  });

  it('does not matter where headings say the unit, or there is no money', async () => {
    const [, headed] = await said(fileOf('单位：万美元', HEADINGS, row('20', '')));
    expect(amounts(headed)).toEqual([200_000]);
    expect(headed.file.columns.find(({ field }: Body) => field === 'investmentYuan')).toMatchObject({
      unit: 'wan',
      unitFrom: 'heading',
    });
    const [, zones] = await said(fileOf('单位：万美元', '代码,名称', '990000,甲'), {
      query: { entity: 'regions' },
    });
    expect(zones).toMatchObject({ rows: 1 });
  });

  it('that says nothing leaves yuan, and says so', async () => {
    const [, en] = await said(file('单位：长沙市商务局', '20'));
    expect(amounts(en)).toEqual([20]);
    expect(en.file.columns.at(-1)).toMatchObject({ unit: 'yuan', unitFrom: 'default' });
  });
});
