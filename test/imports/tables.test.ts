/** Tables as people lay them out: merged cells, and headings over several rows. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { odsRow, openDocument } from '../support/open-documents.ts';
import { row, workbook } from '../support/workbooks.ts';
import { preview } from './support.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

type Cells = readonly (string | null)[];

const sheet = (rows: readonly Cells[], merges: readonly string[] = []): Buffer =>
  workbook({ sheets: [{ rows: rows.map((cells, i) => row(i + 1, cells)).join(''), merges }] });

/** What a preview says, in both languages. */
async function said(file: string | Buffer, options: Parameters<typeof preview>[2] = {}) {
  const format = typeof file === 'string' ? 'csv' : 'xlsx';
  const answers = await Promise.all(
    ['zh-CN', 'en'].map((language) =>
      preview(api, file, { format, ...options, headers: { 'accept-language': language } }),
    ),
  );
  return answers.map(({ body }) => body) as [Body, Body];
}

const values = (body: Body, field: string) =>
  body.changes.map(({ fields }: Body) => fields[field]?.after ?? null);
const codes = ({ faults }: Body) => faults.map(({ row, column, code }: Body) => [row, column, code]);
const columnsOf = ({ file }: Body) =>
  file.columns.map(({ column, heading, field }: Body) => [column, heading, field]);

const HEADINGS = ['项目编号', '项目名称', '项目级别', '签约日期', '总投资（万元）', '属地'];
const project = (code: string | null, amount: string | null, region: string | null): Cells => [
  code,
  '甲示例项目',
  '省级',
  '2023-05-01',
  amount,
  region,
];

describe('cells merged over rows', () => {
  it('count for each of the rows, and a warning says so', async () => {
    const rows = [project('M-1', '1', '430100'), project('M-2', '2', null), project('M-3', '3', null)];
    const [zh, en] = await said(sheet([HEADINGS, ...rows, project('M-4', '4', null)], ['F2:F4']));
    expect(en).toMatchObject({ created: 4, refused: 0 });
    expect(values(en, 'region')).toEqual(['430100', '430100', '430100', null]);
    expect(en.file.warnings).toEqual([
      {
        row: 3,
        column: 'F',
        code: 'merged_values_taken',
        message: '2 cells in this column are merged with one above; its value counts for each of their rows',
      },
    ]);
    expect(zh.file.warnings[0].message).toBe('该列有 2 个单元格与上方单元格合并；所合并的内容计入其中每一行');
  });

  it('with days count as days, also where they are merged over columns too', async () => {
    const rows: Cells[] = [
      ['M-1', '甲', '省级', '2023-05-01', '1', null],
      ['M-2', '乙', '省级', null, '2', null],
    ];
    const [, en] = await said(sheet([HEADINGS, ...rows], ['C2:C3', 'D2:D3']));
    expect(values(en, 'signedOn')).toEqual(['2023-05-01', '2023-05-01']);
    const wide = sheet(
      [
        ['项目编号', '项目名称', '备注', '属地'],
        ['M-1', '甲', '老厂', null],
        ['M-2', '乙', null, null],
      ],
      ['C2:D3'],
    );
    const [, both] = await said(wide);
    expect(both.faults.filter(({ field }: Body) => field === 'region')).toEqual([]);
    expect(both.file.warnings.map(({ column }: Body) => column)).toEqual(['C']);
  });

  it('with an amount refuse all these rows', async () => {
    const rows = [project('M-1', '9', null), project('M-2', null, null), project('M-3', '3', null)];
    const [zh, en] = await said(sheet([HEADINGS, ...rows], ['E2:E3']));
    expect(codes(en)).toEqual([
      [2, 'E', 'merged_amount'],
      [3, 'E', 'merged_amount'],
    ]);
    expect(en.faults[1]).toMatchObject({
      field: 'investmentYuan',
      heading: '总投资（万元）',
      value: '9',
      message:
        'E3 is merged with E2:E3, so that the amount would count for several rows; unmerge the cells and give each row its own amount',
    });
    expect(zh.faults[1].message).toBe(
      'E3 属于合并单元格 E2:E3，该金额会重复计入多行；请取消合并，逐行填写各自的金额',
    );
    expect(en).toMatchObject({ created: 1, refused: 2 });
  });

  it('of one record in several rows are read once', async () => {
    const rows = [project('M-1', '9', null), [null, null, null, null, null, null], project('M-2', '3', null)];
    const merges = ['A2:A3', 'B2:B3', 'E2:E3'];
    const [, en] = await said(sheet([HEADINGS, ...rows], merges));
    expect(en).toMatchObject({ rows: 2, created: 2, refused: 0, file: { warnings: [] } });
    expect(values(en, 'investmentYuan')).toEqual([90_000, 30_000]);
  });

  it('with the code give the same code twice', async () => {
    const rows = [project('M-1', '9', null), project(null, '8', null)];
    const [, en] = await said(sheet([HEADINGS, ...rows], ['A2:A3']));
    expect(codes(en)).toContainEqual([3, 'A', 'duplicate_row']);
  });

  it('that hide another value are refused', async () => {
    const rows = [project('M-1', '9', '430100'), project('M-2', '8', '430200')];
    const [zh, en] = await said(sheet([HEADINGS, ...rows], ['F2:F3']));
    expect(codes(en)).toEqual([[3, 'F', 'hidden_by_merge']]);
    expect(en.faults[0].message).toContain('F3 has a value of its own that the merged cells F2:F3 hide');
    expect(zh.faults[0].message).toBe('F3 另有内容被合并单元格 F2:F3 遮盖；请取消合并后核对');
  });

  it('do not make a blank row one with values', async () => {
    const rows = [project('M-1', '9', '430100'), [null], project('M-2', '8', null)];
    const [, en] = await said(sheet([HEADINGS, ...rows], ['F2:F4']));
    expect(values(en, 'region')).toEqual(['430100', '430100']);
    expect(en.rows).toBe(2);
  });

  it('are limited in number', async () => {
    const merges = Array.from({ length: 100_001 }, (_, i) => `B${i + 2}:C${i + 2}`);
    const answer = await preview(api, sheet([HEADINGS, project('M-1', '9', null)], merges), {
      format: 'xlsx',
      headers: { 'accept-language': 'zh-CN' },
    });
    expectProblem(answer, 422, 'imports.too_many_merges');
    expect(answer.body.detail).toBe('工作表的合并区域超过 100000 处；请取消合并单元格。');
  });

  it('are found beyond a piece of the file, under any prefix', async () => {
    const rows = Array.from({ length: 3_000 }, (_, i) =>
      row(i + 2, project(`M-${i}`, '1', i % 2 ? null : '430100')),
    );
    const merges = rows.flatMap((_, i) => (i % 2 ? [] : [`<x:mergeCell ref="F${i + 2}:F${i + 3}"/>`]));
    const prefixed = (xml: string) => xml.replaceAll(/<(\/?)(?=[a-z])/g, '<$1x:');
    const xml = `<x:worksheet xmlns:x="u"><x:sheetData>${prefixed(row(1, HEADINGS) + rows.join(''))}</x:sheetData><x:mergeCells>${merges.join('')}</x:mergeCells></x:worksheet>`;
    const [, en] = await said(workbook({ sheets: [{ xml }] }));
    expect(en).toMatchObject({ created: 3_000, refused: 0 });
    expect(en.file.warnings).toEqual([expect.objectContaining({ code: 'merged_values_taken' })]);
    expect(values(en, 'region').every((region: string) => region === '430100')).toBe(true);
  });
});

describe('headings over two rows', () => {
  const LOWER: Cells = [null, null, null, null, '总投资', '合同引资额'];
  const upper = (group: string): Cells => ['项目编号', '项目名称', '项目级别', '签约日期', group, null];
  const DOWN = ['A2:A3', 'B2:B3', 'C2:C3', 'D2:D3'];
  const data: Cells[] = [
    ['H-1', '甲', '省级', '2023-05-01', '9', '7'],
    ['H-2', '乙', '省级', '2023-05-01', '8', '6'],
  ];
  const file = (group: string, merges = [...DOWN, 'E2:F2'], lower = LOWER) =>
    sheet([['重点项目表'], upper(group), lower, ...data], ['A1:F1', ...merges]);

  it.each([
    ['merged', [...DOWN, 'E2:F2']],
    ['not merged', []],
  ])('are read where they are %s, with the unit of the upper one', async (_, merges) => {
    const [, en] = await said(file('其中（万元）', merges));
    expect(en).toMatchObject({ created: 2, refused: 0, file: { headingRow: 2, ignored: [] } });
    expect(columnsOf(en).slice(-2)).toEqual([
      ['E', '其中（万元） / 总投资', 'investmentYuan'],
      ['F', '其中（万元） / 合同引资额', 'contractedFundsYuan'],
    ]);
    expect(values(en, 'contractedFundsYuan')).toEqual([70_000, 60_000]);
  });

  it('say the unit below, or in a line above', async () => {
    const [, own] = await said(
      file(
        '其中',
        undefined,
        LOWER.map((text) => text && `${text}（亿元）`),
      ),
    );
    expect(values(own, 'investmentYuan')).toEqual([900_000_000, 800_000_000]);
    const above = sheet([['单位：万元'], upper('其中'), LOWER, ...data], [...DOWN, 'E2:F2']);
    expect(values((await said(above))[1], 'investmentYuan')).toEqual([90_000, 80_000]);
  });

  it('of an unknown unit are not read, and a warning says so', async () => {
    const [, en] = await said(file('其中（万美元）'));
    expect(en.file.warnings.map(({ column, code }: Body) => [column, code])).toEqual([
      ['E', 'unknown_unit'],
      ['F', 'unknown_unit'],
    ]);
    expect(columnsOf(en)).toHaveLength(4);
  });

  it('are read where the lower row has more known headings', async () => {
    const rows: Cells[] = [
      ['项目编号', '基本情况', null, null, '投资情况', null],
      [null, '项目名称', '项目级别', '签约日期', '总投资（万元）', '合同引资额（万元）'],
      ...data,
    ];
    const [, en] = await said(sheet(rows, ['A1:A2', 'B1:D1', 'E1:F1']));
    expect(en).toMatchObject({ created: 2, refused: 0, file: { headingRow: 1 } });
    expect(columnsOf(en)[1]).toEqual(['B', '基本情况 / 项目名称', 'name']);
  });

  it('are read in CSV, where only headings are below', async () => {
    const text = (rows: readonly Cells[]) =>
      rows.map((cells) => cells.map((cell) => cell ?? '').join(',')).join('\n');
    const [, en] = await said(text([upper('其中（万元）'), LOWER, ...data]));
    expect(en).toMatchObject({ created: 2, refused: 0, file: { headingRow: 1 } });
    // A row with values, such as one that is not complete, is none of headings.
    const half: Cells = [null, null, null, null, '5', '6'];
    const [, faulty] = await said(text([upper('总投资（万元）'), half, ...data]));
    expect(faulty).toMatchObject({ rows: 3, file: { headingRow: 1 } });
    expect(columnsOf(faulty).at(-1)).toEqual(['E', '总投资（万元）', 'investmentYuan']);
  });

  it('may have any texts below a merged heading', async () => {
    const [, en] = await said(file('其中', undefined, [null, null, null, null, '2022', '合同引资额']));
    expect(en.file.ignored).toEqual([{ column: 'E', heading: '其中 / 2022' }]);
  });

  it('do not take a title for a heading', async () => {
    const title = sheet([['项目表'], HEADINGS, project('H-1', '1', null)], ['A1:F1']);
    const [, en] = await said(title);
    expect(en).toMatchObject({ created: 1, file: { headingRow: 2 } });
    expect(columnsOf(en)[0]).toEqual(['A', '项目编号', 'code']);
  });

  it('of a data row under merged headings leave the row to the data', async () => {
    const rows = [
      ['项目编号', '项目名称', '备注', null],
      ['H-1', '甲', '老厂', '附注'],
    ];
    const [, en] = await said(sheet(rows, ['C1:D1']));
    expect(en).toMatchObject({ rows: 1, file: { headingRow: 1 } });
  });

  describe('in a mapping', () => {
    const mapping = (from: string, contracted = '合同引资额') => ({
      fields: {
        code: { from: '项目编号' },
        name: { from: '项目名称' },
        level: { from: '项目级别' },
        signedOn: { from: '签约日期' },
        investmentYuan: { from },
        contractedFundsYuan: { from: contracted },
      },
    });
    let stored = 0;
    const mapped = async (content: Buffer, definition: object, language = 'en') => {
      stored += 1;
      const code = `two-rows-${stored}`;
      await api.post('/v1/mappings', { code, name: code, definition });
      return preview(api, content, {
        format: 'xlsx',
        query: { mapping: code },
        headers: { 'accept-language': language },
      });
    };

    it.each(['总投资', '其中（万元） / 总投资', '其中(万元)/总投资'])('are named %s', async (from) => {
      const { body } = await mapped(file('其中（万元）'), mapping(from));
      expect(body).toMatchObject({ created: 2, refused: 0 });
      expect(values(body, 'investmentYuan')).toEqual([90_000, 80_000]);
      expect(body.file.columns.at(-1)).toMatchObject({ unit: 'wan', unitFrom: 'heading' });
    });

    it('must be joined where the lower one is not unique', async () => {
      const lower = LOWER.map((text) => text && '金额');
      const twice = sheet(
        [
          ['项目编号', '项目名称', '项目级别', '签约日期', '计划', null, '实际', null],
          [...lower, '金额', '备注'],
          ...data,
        ],
        [...DOWN.map((range) => range.replace('2', '1').replace('3', '2')), 'E1:F1', 'G1:H1'],
      );
      const answer = await mapped(twice, mapping('金额', '实际 / 金额'), 'zh-CN');
      expectProblem(answer, 422, 'imports.column_twice');
      expect(answer.body.detail).toContain('E “计划 / 金额”, F “计划 / 金额”');
      const { body } = await mapped(twice, mapping('签约日期', '实际 / 金额'));
      expect(body.file.columns.at(-1)).toMatchObject({ column: 'G', heading: '实际 / 金额' });
      expect(body.file.ignored.map(({ heading }: Body) => heading)).toContain('计划 / 金额');
    });

    it('are found in the row that it names, of which either will do', async () => {
      for (const headingRow of [2, 3]) {
        const { body } = await mapped(file('其中（万元）'), { ...mapping('总投资'), headingRow });
        expect(body).toMatchObject({ created: 2, file: { headingRow: 2 } });
      }
    });
  });
});

describe('a message', () => {
  it('names a character that cannot be seen, with its position', async () => {
    const file = `${HEADINGS.join(',')}\nM-1,甲示例项目 a\u0096b,省级,2023-05-01,1,`;
    const [zh, en] = await said(file);
    expect(en.faults).toEqual([expect.objectContaining({ column: 'B', code: 'not_plain_text' })]);
    expect(en.faults[0].message).toBe('contains U+0096 (control character) at position 8; remove it');
    expect(zh.faults[0].message).toBe('第 8 个字符是 U+0096（控制字符），不能接受，请删除');
  });

  it.each([
    ['a\t', 'U+0009 (tab or line break) at position 2'],
    [`a${'\u0301'.repeat(31)}`, 'U+0301 (more combining marks than a character can have) at position 32'],
  ])('says what is wrong with %j', async (name, found) => {
    const [, en] = await said(`${HEADINGS.join(',')}\nM-1,"${name}b",省级,2023-05-01,1,`);
    expect(en.faults[0].message).toBe(`contains ${found}; remove it`);
  });

  it.each([
    ['no=1', 'The request has 1 fault; see errors.'],
    ['no=1&neither=1', 'The request has 2 faults; see errors.'],
  ])('to %s counts in singular or plural', async (query, detail) => {
    const answer = await api.get(`/v1/projects?${query}`);
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.detail).toBe(detail);
  });
});

describe('an OpenDocument spreadsheet', () => {
  const file = openDocument({
    tables: { 表: odsRow(HEADINGS) + odsRow(project('O-1', '1', '430100')) },
  });

  it('is imported by its media type, its bytes, or the parameter', async () => {
    const octets = { headers: { 'content-type': 'application/octet-stream' } };
    for (const sent of [{ format: 'ods' as const }, octets, { ...octets, query: { format: 'ods' } }]) {
      const { status, body } = await preview(api, file, sent);
      expect(status).toBe(200);
      expect(body).toMatchObject({ created: 1, file: { format: 'ods', sheet: '表' } });
    }
  });

  it('is no workbook of Excel', async () => {
    const answer = await preview(api, file, { format: 'xlsx' });
    expectProblem(answer, 422, 'imports.wrong_format');
    expect(answer.body.detail).toBe('Declared as xlsx, but the content is ods.');
  });
});

describe('JSON of another system', () => {
  const items = ['1', '2'].map((amount) => ({
    no: `J-${amount}`,
    title: '甲',
    day: '2023-05-01',
    money: { total: Number(amount) },
    place: { region: '430100' },
  }));
  const fields = {
    code: { from: 'no' },
    name: { from: 'title' },
    level: { constant: 'provincial' },
    signedOn: { from: 'day' },
    investmentYuan: { from: 'money.total', unit: 'wan' },
    region: { from: 'place.region' },
  };

  it('is imported by a mapping, as a document or as lines', async () => {
    await created(api, '/v1/mappings', { code: 'j-lines', name: 'j', definition: { fields } });
    await created(api, '/v1/mappings', {
      code: 'j-document',
      name: 'j',
      definition: { fields, rows: 'data.items' },
    });
    for (const [format, mapping, file] of [
      ['json', 'j-document', JSON.stringify({ data: { items } })],
      ['json', 'j-lines', JSON.stringify(items)],
      ['ndjson', 'j-lines', items.map((item) => JSON.stringify(item)).join('\n')],
    ] as const) {
      const { status, body } = await preview(api, file, { format, query: { mapping } });
      expect(status).toBe(200);
      expect(body).toMatchObject({
        created: 2,
        refused: 0,
        file: { format, headingRow: null, warnings: [] },
      });
      expect(values(body, 'investmentYuan')).toEqual([10_000, 20_000]);
    }
  });

  it('needs one', async () => {
    const answer = await preview(api, JSON.stringify(items), { format: 'json' });
    expectProblem(answer, 422, 'imports.unknown_format');
  });
});

describe('files that people sent', () => {
  const sent = (name: string) => readFileSync(`test/fixtures/sent/${name}.xlsx`);

  it('with a region merged over two projects', async () => {
    const [, en] = await said(sent('merged-region'));
    expect(values(en, 'region')).toEqual(['430100', '430100', '430200']);
  });

  it('with headings over two rows', async () => {
    const [, en] = await said(sent('two-row-headings'), { query: { days: 'first' } });
    expect(columnsOf(en)).toContainEqual(['H', '其中 / 合同引资额', 'contractedFundsYuan']);
    expect(en.file.ignored).toEqual([
      { column: 'A', heading: '序号' },
      { column: 'G', heading: '其中 / 固定资产投资' },
    ]);
  });
});
