/** Files that would be misread without a word: each is read right, or refused with what to do. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { workbook } from '../support/workbooks.ts';
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
        message: '1 cell in this column has a value but no heading; it was not read',
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

describe('a mark for a value that is not there', () => {
  const HEADED = `${HEADINGS},开工日期,合同引资额（万元）,经贸活动,投资方`;

  it('is an empty cell, and counted', async () => {
    const rows = [
      row('1', '', '未开工', '/', '无', '待定'),
      row('2', '', '2023-06-01', '—', 'N/A', '/').replace('T-1', 'T-2'),
      row('3', '/', 'NA', '-', '', '').replace('T-1', 'T-3'),
    ];
    const [zh, en] = await said(fileOf(HEADED, ...rows), { query: { createEnterprises: true } });
    expect(en).toMatchObject({ created: 3, refused: 0 });
    expect(amounts(en, 'startedOn')).toEqual([undefined, '2023-06-01', undefined]);
    expect(amounts(en, 'investors')).toEqual([[], [], []]);
    // Free text is kept as it is.
    expect(amounts(en, 'note')).toEqual([undefined, undefined, '/']);
    expect(en.file.warnings.map(({ column, code }: Body) => [column, code])).toEqual([
      ['G', 'marks_taken_as_empty'],
      ['H', 'marks_taken_as_empty'],
      ['I', 'marks_taken_as_empty'],
      ['J', 'marks_taken_as_empty'],
    ]);
    expect(en.file.warnings[1]).toMatchObject({
      row: 2,
      message: '3 cells in this column, such as “/”, were taken as empty',
    });
    expect(zh.file.warnings[1].message).toBe('该列有 3 个单元格（如“/”）按空白处理');
  });

  it('in a required cell is a fault with the mark', async () => {
    const [, { faults }] = await said(fileOf(HEADINGS, row('待定', '')));
    expect(faults).toEqual([expect.objectContaining({ column: 'E', code: 'required', value: '待定' })]);
  });

  it('can be named by a mapping, which reads the rest as usual', async () => {
    const mapping = {
      fields: {
        code: { from: '项目编号' },
        name: { from: '项目名称' },
        level: { constant: 'provincial' },
        signedOn: { from: '签约日期' },
        investmentYuan: { from: '总投资（万元）' },
        startedOn: { from: '开工日期', empty: ['筹备中'] },
      },
    };
    const file = fileOf(
      HEADED,
      row('1', '', '筹备中', '', '', ''),
      row('2', '', '2023-06-01').replace('T-1', 'T-2'),
    );
    await created(api, '/v1/mappings', { code: 'marks', name: '空值', definition: mapping });
    const query = { mapping: 'marks' };
    const [, en] = await said(file, { query });
    expect(en).toMatchObject({ created: 2, refused: 0 });
    expect(amounts(en, 'startedOn')).toEqual([undefined, '2023-06-01']);
  });
});

describe('a month or a year in place of a day', () => {
  const file = (day: string) => fileOf(HEADINGS, row('1', '').replace('2023-05-01', day));

  it.each([
    ['2023年5月', '2023-05-01', '2023-05-31'],
    ['2023.05', '2023-05-01', '2023-05-31'],
    ['2023-05', '2023-05-01', '2023-05-31'],
    ['2024/2', '2024-02-01', '2024-02-29'],
    ['May 2023', '2023-05-01', '2023-05-31'],
    ['2023', '2023-01-01', '2023-12-31'],
    ['2023年', '2023-01-01', '2023-12-31'],
  ])('%s is refused, or read on the day that is asked for', async (text, first, last) => {
    const [zh, en] = await said(file(text));
    const isYear = first.endsWith('-01-01');
    expect(en.faults).toEqual([
      expect.objectContaining({ value: text, code: isYear ? 'only_a_year' : 'only_a_month' }),
    ]);
    expect(zh.faults[0].message).toContain('days=first');
    for (const [days, day] of [
      ['first', first],
      ['last', last],
    ] as const) {
      const [, read] = await said(file(text), { query: { days } });
      expect(amounts(read, 'signedOn')).toEqual([day]);
    }
  });

  it.each(['2023-13', '2023年0月', '13'])('%s is no month', async (text) => {
    const [, { faults }] = await said(file(text), { query: { days: 'first' } });
    expect(faults.map(({ code }: Body) => code)).toEqual(['not_a_day']);
  });
});

describe('investors on one line', () => {
  it.each([
    '乙示例、丙示例',
    '乙示例，丙示例',
    '乙示例；丙示例',
    '乙示例;丙示例',
    '"乙示例\n丙示例"',
    '乙示例、/、丙示例',
  ])('%j are two', async (cell) => {
    const file = fileOf(`${HEADINGS},投资方`, row('1', '', cell));
    const [, en] = await said(file, { query: { createEnterprises: true } });
    expect(amounts(en, 'investors')).toEqual([['乙示例', '丙示例']]);
  });
});

describe('a contract amount', () => {
  it('may have separators, and its currency small letters', async () => {
    const file = fileOf(`${HEADINGS},合同金额,合同币种`, row('1', '', '"1,200,000.50"', 'usd'));
    const [, en] = await said(file);
    expect(amounts(en, 'contractAmount')).toEqual(['1200000.50']);
    expect(amounts(en, 'contractCurrency')).toEqual(['USD']);
  });
});

describe('headings of other lists', () => {
  it.each([
    ...['签约总投资额', '项目总投资额', '协议总投资', '投资规模', '总投资（亿元人民币）'],
    ...['签订时间', '项目签约时间', '投资方名称', '投资企业名称', '客商名称'],
  ])('%s is recognised', async (heading) => {
    const [, en] = await said(fileOf(`项目编号,项目名称,${heading}`, 'T-1,甲,'));
    expect(en.file.columns.map((one: Body) => one.heading)).toContain(heading);
  });
});

describe('a key that stands twice', () => {
  it('in a line of NDJSON refuses it', async () => {
    const [zh, en] = await said('{"code":"T-1","name":"甲","name":"乙"}', { format: 'ndjson' });
    expect(en.faults).toEqual([
      expect.objectContaining({ row: 1, code: 'duplicate_key', value: 'name', message: 'is given twice' }),
    ]);
    expect(zh.faults[0].message).toBe('重复出现');
  });

  it('in the body of a request refuses it', async () => {
    const answer = await api.post('/v1/zones', '{"code":"a","name":"甲","name":"乙"}', {
      'content-type': 'application/json',
    });
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.errors).toEqual([
      { pointer: '/name', code: 'duplicate_key', message: 'is given twice' },
    ]);
  });
});

describe('a number in a workbook', () => {
  const styles = [
    ...[
      '"$"#,##0',
      '[$€-2]\\ #,##0.00',
      '0.00%',
      '000000',
      '0.00"万元"',
      '#,##0,',
      '0!.0,"万元"',
      'yyyy"年"m"月"',
    ],
    '[$¥-804]#,##0.00',
  ];
  const STYLES = [
    `<numFmts>${styles.map((code, i) => `<numFmt numFmtId="${164 + i}" formatCode="${code.replaceAll('"', '&quot;')}"/>`).join('')}</numFmts>`,
    `<cellXfs><xf numFmtId="0"/>${styles.map((_, i) => `<xf numFmtId="${164 + i}"/>`).join('')}</cellXfs>`,
  ].join('');
  const text = (at: string, value: string) => `<c r="${at}" t="str"><v>${value}</v></c>`;
  const fileWith = (cells: Readonly<Record<string, string>>, heading = '总投资（万元）') => {
    const headings = ['项目编号', '项目名称', '项目级别', '签约日期', heading];
    const given: Record<string, string> = {
      A: text('A2', 'T-1'),
      B: text('B2', '甲'),
      C: text('C2', '省级'),
      D: text('D2', '2023-05-01'),
      E: '<c r="E2"><v>15000</v></c>',
      ...cells,
    };
    const rows = [
      `<row r="1">${headings.map((one, i) => text(`${'ABCDE'[i]}1`, one)).join('')}</row>`,
      `<row r="2">${Object.values(given).join('')}</row>`,
    ];
    return workbook({ sheets: [{ rows: rows.join('') }], styles: STYLES });
  };
  const styled = (at: string, style: number, value: number | string) =>
    `<c r="${at}" s="${style}"><v>${value}</v></c>`;
  const read = async (cells: Record<string, string>, heading?: string) =>
    (await said(fileWith(cells, heading), { format: 'xlsx' }))[1];

  it.each([
    ['dollars', 1, '$15000', 'not_money'],
    ['euros', 2, '€15000', 'not_money'],
    ['a percentage', 3, '1500000%', 'not_money'],
    ['thousands', 6, '15000', 'scaled_number'],
    ['ten thousands', 7, '15000', 'scaled_number'],
  ])('that is shown as %s is no amount of yuan', async (_, style, value, code) => {
    const { faults } = await read({ E: styled('E2', style, 15_000) });
    expect(faults).toEqual([expect.objectContaining({ column: 'E', value, code })]);
  });

  it('that is shown with its unit has that unit', async () => {
    expect(amounts(await read({ E: styled('E2', 5, 15_000) }, '总投资'))).toEqual([150_000_000]);
    expect(amounts(await read({ E: styled('E2', 9, 15_000) }))).toEqual([150_000_000]);
  });

  it('that is a code keeps the zeros that are shown', async () => {
    const { changes } = await read({ A: styled('A2', 4, 123) });
    expect(changes[0].key).toBe('000123');
  });

  it('of more than 15 digits is refused, since Excel has lost the others', async () => {
    const { faults } = await read({ A: '<c r="A2"><v>2023010112345678</v></c>' });
    expect(faults).toContainEqual(expect.objectContaining({ column: 'A', code: 'too_many_digits' }));
  });

  it('that is shown as a month is no day', async () => {
    const { faults } = await read({ D: styled('D2', 8, 45_047) });
    expect(faults).toEqual([
      expect.objectContaining({ column: 'D', value: '2023-05', code: 'only_a_month' }),
    ]);
  });
});
