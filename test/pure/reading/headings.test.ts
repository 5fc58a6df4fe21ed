import { describe, expect, it } from 'vitest';
import { importEntities, tables } from '../../../src/features/imports/importable.ts';
import { columns } from '../../../src/features/projects/sheet.ts';
import { columnHeadings } from '../../../src/sheets/columns.ts';
import { headingOf, headingsOf, letterOf, unitOf } from '../../../src/sheets/reading/headings.ts';
import { unitIn } from '../../../src/sheets/reading/unit-words.ts';
import { unitNames } from '../../../src/sheets/units.ts';
import { reading, refusal } from '../../support/reading.ts';

const recognise = (heading: string, entity: (typeof importEntities)[number] = 'projects') => {
  const found = headingsOf(tables[entity]).recognise(heading);
  return typeof found === 'object' ? [found.column.field, found.unit].filter(Boolean).join(' ') : found;
};

describe('a heading', () => {
  it.each([
    ['项目编号', 'code'],
    ['项目 名称', 'name'],
    ['项目\n名称', 'name'],
    ['*项目名称', 'name'],
    ['项目名称*', 'name'],
    ['项目名称（必填）', 'name'],
    ['项目名称：', 'name'],
    ['ＮＡＭＥ', 'name'],
    ['project NAME', 'name'],
    ['\uFEFF项目编号', 'code'],
    ['签约时间', 'signedOn'],
    ['签约日期（年月日）', 'signedOn'],
    ['签约日期(YYYY-MM-DD)', 'signedOn'],
    ['开工日期', 'startedOn'],
    ['signedOn', 'signedOn'],
    ['行政区划（代码）', 'region'],
    ['投资额为估算(是/否)', 'investmentEstimated'],
    ['Version', 'version'],
    ['总投资', 'investmentYuan'],
    ['投资总额(亿元)', 'investmentYuan yi'],
    ['总投资（万元）', 'investmentYuan wan'],
    ['总投资 （ 万元 ）', 'investmentYuan wan'],
    ['总投资（万元）（必填）', 'investmentYuan wan'],
    ['总投资(人民币亿元)', 'investmentYuan yi'],
    ['总投资（单位：万元）', 'investmentYuan wan'],
    ['总投资【亿元】', 'investmentYuan yi'],
    ['总投资/亿元', 'investmentYuan yi'],
    ['总投资：亿元', 'investmentYuan yi'],
    ['总投资亿元', 'investmentYuan yi'],
    ['总投资(亿)', 'investmentYuan yi'],
    ['总投资(元)', 'investmentYuan yuan'],
    ['Investment (100 million yuan)', 'investmentYuan yi'],
    ['Investment (10 thousand yuan)', 'investmentYuan wan'],
    ['investment (RMB 10,000 yuan)', 'investmentYuan wan'],
    ['Total investment, yuan', 'investmentYuan yuan'],
    ['investmentYuan', 'investmentYuan yuan'],
    ['合同引资额(亿元)', 'contractedFundsYuan yi'],
    ['总投资（万美元）', 'unit'],
    ['总投资(含流动资金)', 'unit'],
    ['Investment (million yuan)', 'investmentYuan baiwan'],
    ['总投资（千元）', 'investmentYuan qian'],
    ['总投资（亿元人民币）', 'investmentYuan yi'],
    ['Investment (USD)', 'unit'],
    ['开工时间（计划）', undefined],
    ['投产日期(预计)', undefined],
    ['序号', undefined],
    ['', undefined],
  ])('%j of a sheet of projects is %s', (heading, expected) => {
    expect(recognise(heading)).toBe(expected);
  });

  it.each([
    ['funds', '到位金额（万元）', 'amountYuan wan'],
    ['funds', '项目编号', 'project'],
    ['enterprises', '企业名称', 'name'],
    ['enterprises', 'Social credit code', 'socialCreditCode'],
    ['regions', '上级', 'parent'],
    ['zones', '级别', 'level'],
    ['industries', '行业名称', 'name'],
    ['events', '开幕日期', 'startsOn'],
  ] as const)('of a sheet of %s, %j is %s', (entity, heading, expected) => {
    expect(recognise(heading, entity)).toBe(expected);
  });

  it('of an export is recognised in both languages and all units', () => {
    for (const language of ['zh', 'en'] as const) {
      for (const unit of unitNames) {
        const found = columnHeadings(columns, language, unit).map(({ text }) => recognise(text));
        expect(found).toEqual(
          columns.map(({ field, kind }) => (kind === 'money' ? `${field} ${unit}` : field)),
        );
      }
    }
  });

  it.each(importEntities)('means one column only, for %s', (entity) => {
    const owners = new Map<string, string>();
    for (const { field, zh, en, synonyms } of tables[entity].columns) {
      for (const name of [zh, en, ...synonyms, field].map(headingOf)) {
        expect([undefined, field]).toContain(owners.get(name));
        owners.set(name, field);
      }
    }
  });

  it.each([
    ['Cost (100 million yuan)', 'yi'],
    ['Cost [万元]', 'wan'],
    ['Invested in Taiwan', undefined],
    ['Cost', undefined],
  ])('%j has the unit %s for a mapping', (heading, unit) => {
    expect(unitOf(heading)).toBe(unit);
  });

  it.each([
    ['单位：万元', 'wan'],
    ['填报单位：商务局   金额单位：亿元', 'yi'],
    ['（单位：人民币万元）', 'wan'],
    ['Unit: 100 million yuan', 'yi'],
    ['单位：万元 制表日期：2023-05-01', 'wan'],
    ['单位：亿元、个', 'yi'],
    ['单位：个、万元', 'wan'],
    ['单位：亿元人民币', 'yi'],
    ['单位（亿元）', 'yi'],
    ['单位 亿元', 'yi'],
    ['（亿元）', 'yi'],
    ['2020年签约项目表（单位：万元）', 'wan'],
    ['重点项目表(亿元)', 'yi'],
    ['单位：千元', 'qian'],
    ['单位：百万元', 'baiwan'],
    ['单位：元', 'yuan'],
    ['unit: RMB 10,000', 'wan'],
    ['unit: RMB', 'yuan'],
    ['Unit: million yuan', 'baiwan'],
    ['Unit: RMB billion', 'shiyi'],
  ])('%j above the headings says the unit %s', (text, unit) => {
    expect(unitIn(text)).toEqual({ unit });
  });

  it.each([
    ['单位：万美元', '万美元'],
    ['单位：欧元', '欧元'],
    ['（万美元）', '万美元'],
    ['单位：十万元', '十万元'],
    ['单位：万元、亿元', '万元、亿元'],
    ['Unit: USD million', 'usd million'],
  ])('%j above the headings says a unit that is not known', (text, unknown) => {
    expect(unitIn(text)).toEqual({ unknown });
  });

  it.each([
    '填报单位：万元县商务局',
    '单位：长沙市商务局',
    '责任单位',
    '单位：家',
    '单位：万人',
    '表（二）',
    '',
  ])('%j above the headings says nothing of amounts', (text) => {
    expect(unitIn(text)).toBeUndefined();
  });

  it.each([
    [0, 'A'],
    [25, 'Z'],
    [26, 'AA'],
    [701, 'ZZ'],
    [702, 'AAA'],
    [16_383, 'XFD'],
  ])('is in column %d, which is named %s', (index, letter) => {
    expect(letterOf(index)).toBe(letter);
  });
});

describe('the row of headings', () => {
  it('is found below titles and blank lines, and defines the columns', async () => {
    const { head, rows } = await reading(
      '2022年沪洽周签约项目表\n\n填报单位：示例,,,,单位：万元\n序号,项目编号,项目名称,备 注,总投资,状态,总投资(美元)\n1,A-1,甲,,5000,在建,7\n',
    );
    expect(head).toMatchObject({
      format: 'csv',
      encoding: 'utf-8',
      sheet: null,
      headingRow: 4,
      columns: [
        { column: 'B', heading: '项目编号', field: 'code' },
        { column: 'C', heading: '项目名称', field: 'name' },
        { column: 'D', heading: '备 注', field: 'note' },
        { column: 'E', heading: '总投资', field: 'investmentYuan', unit: 'wan' },
      ],
      ignored: [
        { column: 'A', heading: '序号' },
        { column: 'F', heading: '状态' },
        { column: 'G', heading: '总投资(美元)' },
      ],
      warnings: [{ row: null, column: 'G', code: 'unknown_unit', values: { heading: '总投资(美元)' } }],
    });
    expect(rows).toEqual([
      {
        row: 5,
        fields: { code: 'A-1', name: '甲', investmentYuan: 50_000_000 },
        texts: { investmentYuan: '5000' },
        faults: [],
      },
    ]);
  });

  it('may have only the key', async () => {
    const { rows } = await reading('项目编号\nA-1\n');
    expect(rows).toEqual([{ row: 2, fields: { code: 'A-1' }, faults: [] }]);
  });

  it('is the one with the most headings', async () => {
    const { head } = await reading('项目,备注\n项目编号,项目名称,级别\nA-1,甲,省级\n');
    expect(head.headingRow).toBe(2);
  });

  it('counts a derived column, which is not read', async () => {
    const { head, rows } = await reading('项目编号,状态,版本,系统编号\nA-1,在建,3,x\n');
    expect(head.ignored.map(({ heading }) => heading)).toEqual(['状态', '系统编号']);
    expect(rows[0]?.fields).toEqual({ code: 'A-1', version: 3 });
  });

  it.each([
    ['name,age\nx,3\n', 'projects', /“name”, “age”/],
    ['one,two\n1,2\n', 'projects', /“one”, “two”/],
    ['\n\n\n', 'projects', /—/],
    [`${'x\n'.repeat(20)}项目编号\nA-1\n`, 'projects', /“x”/],
  ] as const)('is missing in %j', async (text, entity, seen) => {
    const { kind, en, zh } = await refusal(text, { table: tables[entity] });
    expect(kind).toBe('imports.no_headings');
    expect(en).toMatch(seen);
    expect(zh).toMatch(seen);
  });

  it('is refused if two columns match one field', async () => {
    const { kind, en, zh } = await refusal('项目编号,总投资（万元）,备注,投资总额(亿元)\n');
    expect(kind).toBe('imports.column_twice');
    expect(en).toBe(
      'Two columns map to Investment: B “总投资（万元）”, D “投资总额(亿元)”. Remove or rename one.',
    );
    expect(zh).toContain('有两列对应同一字段 投资总额：');
  });

  it('may have a derived column twice', async () => {
    expect((await reading('项目编号,状态,项目状态\nA-1,在建,在建\n')).rows).toHaveLength(1);
  });
});

describe('rows', () => {
  it('that are blank or explanations are left out, at any position', async () => {
    const { rows } = await reading(
      '项目编号,项目名称,其他\n※必填，唯一,项目全称,\nA-1,甲,\n,,\n  ,\u3000,\n,,only here\nA-2,乙,\n※说明,,\n',
    );
    expect(rows.map(({ row, fields }) => [row, fields.code])).toEqual([
      [3, 'A-1'],
      [7, 'A-2'],
    ]);
  });

  it('clear empty fields if requested', async () => {
    const text = '项目编号,项目名称,签约日期,投资方,版本\nA-1,,,,\n';
    expect((await reading(text)).rows[0]?.fields).toEqual({ code: 'A-1' });
    expect((await reading(text, { empty: 'clear' })).rows[0]?.fields).toEqual({
      code: 'A-1',
      name: null,
      signedOn: null,
      investors: null,
    });
  });

  it('report each unreadable cell, with its text', async () => {
    const long = `约${'很'.repeat(200)}`;
    const { rows, result } = await reading(
      `项目编号,签约日期,总投资(万元)\nA-1,6/29/2020,${long}\nA-2,2020-06-29,1\n`,
    );
    expect(rows[0]).toEqual({
      row: 2,
      fields: { code: 'A-1' },
      faults: [
        { field: 'signedOn', column: 'B', heading: '签约日期', value: '6/29/2020', code: 'ambiguous_day' },
        {
          field: 'investmentYuan',
          column: 'C',
          heading: '总投资(万元)',
          value: `${long.slice(0, 99)}…`,
          code: 'not_money',
        },
      ],
    });
    expect(result).toMatchObject({ rows: 2, refused: 1 });
  });

  it('have texts in addition to values if they differ', async () => {
    const { rows } = await reading(
      '项目编号,级别,签约日期,总投资,投资额为估算,版本\nA-1,省级,2020/6/29,5,是,"1,000"\n',
    );
    expect(rows[0]).toMatchObject({
      fields: {
        level: 'provincial',
        signedOn: '2020-06-29',
        investmentYuan: 5,
        investmentEstimated: true,
        version: 1000,
      },
      texts: { level: '省级', signedOn: '2020/6/29', investmentEstimated: '是', version: '1,000' },
    });
    expect(rows[0]?.texts).not.toHaveProperty('investmentYuan');
  });

  it('refuse a text that is too long for a spreadsheet', async () => {
    const { rows } = await reading(`项目编号,备注\nA-1,${'x'.repeat(32_768)}\nA-2,${'x'.repeat(32_767)}\n`);
    expect(rows[0]?.faults).toMatchObject([{ field: 'note', code: 'too_long', values: { max: 32_767 } }]);
    expect(rows[1]?.faults).toEqual([]);
  });
});
