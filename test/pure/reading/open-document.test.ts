import { describe, expect, it } from 'vitest';
import { type OpenDocumentParts, odsRow, openDocument, valued } from '../../support/open-documents.ts';
import { reading, refusal } from '../../support/reading.ts';
import { zip } from '../../support/zip.ts';

const HEADINGS = ['项目编号', '项目名称', '签约日期', '总投资(亿元)', '投资额为估算', '备注'];
const COLUMNS: Readonly<Record<string, number>> = {
  name: 1,
  signedOn: 2,
  investmentYuan: 3,
  investmentEstimated: 4,
  note: 5,
};

const tableWith = (...rows: readonly string[]) =>
  openDocument({ tables: { 表: odsRow(HEADINGS) + rows.join('') } });

const float = (value: string, shown: string) =>
  valued(`office:value-type="float" office:value="${value}"`, shown);
const date = (value: string, shown: string) =>
  valued(`office:value-type="date" office:date-value="${value}"`, shown);
const text = (xml: string) => `<table:table-cell office:value-type="string">${xml}</table:table-cell>`;

describe('a cell of an OpenDocument spreadsheet', () => {
  it.each<[string, keyof typeof COLUMNS, string, unknown]>([
    ['a day', 'signedOn', date('2020-06-29', '29.06.20'), '2020-06-29'],
    ['a day with its midnight', 'signedOn', date('2020-06-29T00:00:00', '2020-06-29'), '2020-06-29'],
    ['a day in words', 'signedOn', date('2020-06-29', 'June 29, 2020'), '2020-06-29'],
    ['a time of day', 'signedOn', date('2020-06-29T12:30:00', '2020-06-29 12:30'), 'time_of_day'],
    ['a month', 'signedOn', date('2020-06-01', '2020年6月'), 'only_a_month'],
    ['a month in words', 'signedOn', date('2020-06-01', 'June 2020'), 'only_a_month'],
    ['a year', 'signedOn', date('2020-06-01', '2020'), 'only_a_year'],
    [
      'a time alone',
      'signedOn',
      valued('office:value-type="time" office:time-value="PT12H"', '12:00'),
      'not_a_day',
    ],
    ['a number', 'investmentYuan', float('297.88', '297.88'), 29_788_000_000],
    ['a rounded number', 'investmentYuan', float('297.88', '298'), 29_788_000_000],
    ['a negative number', 'investmentYuan', float('-1', '-1'), -100_000_000],
    ['a number with its unit', 'investmentYuan', float('2', '2.00 万元'), 20_000],
    ['a number that is shown divided', 'investmentYuan', float('15000', '15'), 'scaled_number'],
    [
      'a number with too many digits',
      'note',
      float('2023010112345678', '2023010112345680'),
      'too_many_digits',
    ],
    ['a number with zeros', 'note', float('123', '000123'), '000123'],
    [
      'a percentage',
      'investmentYuan',
      valued('office:value-type="percentage" office:value="0.5"', '50%'),
      'not_money',
    ],
    [
      'yuan',
      'investmentYuan',
      valued('office:value-type="currency" office:currency="CNY" office:value="2"', '￥2.00'),
      200_000_000,
    ],
    [
      'dollars',
      'investmentYuan',
      valued('office:value-type="currency" office:currency="USD" office:value="2"', '2.00'),
      'not_money',
    ],
    [
      'dollars by their sign',
      'investmentYuan',
      valued('office:value-type="currency" office:value="2"', '$2.00'),
      'not_money',
    ],
    [
      'a truth',
      'investmentEstimated',
      valued('office:value-type="boolean" office:boolean-value="true"', 'WAHR'),
      true,
    ],
    [
      'an untruth',
      'investmentEstimated',
      valued('office:value-type="boolean" office:boolean-value="false"', 'FALSCH'),
      false,
    ],
    [
      'an error',
      'note',
      valued('table:formula="of:=1/0" office:value-type="string" calcext:value-type="error"', '#DIV/0!'),
      'error_value',
    ],
    [
      'a formula',
      'investmentYuan',
      valued('table:formula="of:=1+1" office:value-type="float" office:value="2"', '2'),
      200_000_000,
    ],
    [
      'a formula without a value',
      'note',
      '<table:table-cell table:formula="of:=1+1"/>',
      'formula_without_value',
    ],
    [
      'a text in an attribute',
      'note',
      valued('office:value-type="string" office:string-value="a b"', 'ab'),
      'a b',
    ],
    [
      'lines',
      'note',
      text('<text:p>第一行</text:p><text:p>第<text:span>二</text:span>行</text:p>'),
      '第一行\n第二行',
    ],
    [
      'blanks',
      'note',
      text('<text:p>a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>d</text:p>'),
      'a   b\tc\nd',
    ],
    [
      'a comment',
      'note',
      text('<office:annotation><text:p>nicht dies</text:p></office:annotation><text:p>dies</text:p>'),
      'dies',
    ],
    [
      'a comment alone',
      'note',
      text('<office:annotation><text:p>nicht dies</text:p></office:annotation>'),
      undefined,
    ],
    ['entities', 'note', text('<text:p>a&lt;b&amp;c</text:p>'), 'a<b&c'],
  ])('%s in %s', async (_, field, cell, expected) => {
    const cells: (string | null)[] = ['A-1', null, null, null, null, null];
    cells[COLUMNS[field] as number] = cell;
    const { rows } = await reading(tableWith(odsRow(cells)));
    const [row] = rows;
    const value = row?.faults[0]?.code ?? row?.fields[field];
    expect(value).toEqual(expected);
  });

  it('that is a formula is counted', async () => {
    const formula = valued('table:formula="of:=1+1" office:value-type="float" office:value="2"', '2');
    const { head } = await reading(tableWith(odsRow(['A-1', '甲', null, formula])));
    expect(head.warnings).toEqual([
      { row: 2, column: 'D', code: 'formula_value_taken', values: { count: 1 } },
    ]);
  });
});

describe('cells and rows that are repeated', () => {
  it('without a value only move what follows, however many they are', async () => {
    const far = '<table:table-cell table:number-columns-repeated="16000"/>';
    const rows = [
      odsRow(['A-1', '<table:table-cell table:number-columns-repeated="4"/>', '甲', far]),
      odsRow([far], ' table:number-rows-repeated="500"'),
      odsRow(['A-2', null, null, null, null, '乙']),
      odsRow([far], ' table:number-rows-repeated="1048000"'),
    ];
    const read = await reading(tableWith(...rows));
    expect(read.rows.map(({ row, fields: { code, note } }) => [row, code, note])).toEqual([
      [2, 'A-1', '甲'],
      [503, 'A-2', '乙'],
    ]);
  });

  it('with a value have it each', async () => {
    const twice = valued('office:value-type="string" table:number-columns-repeated="2"', '甲');
    const { rows } = await reading(tableWith(odsRow([twice], ' table:number-rows-repeated="3"')));
    expect(rows.map(({ row, fields: { code, name } }) => [row, code, name])).toEqual([
      [2, '甲', '甲'],
      [3, '甲', '甲'],
      [4, '甲', '甲'],
    ]);
  });

  it('beyond the size of a sheet are refused', async () => {
    const endless = tableWith(odsRow(['A-1'], ' table:number-rows-repeated="1048577"'));
    expect((await refusal(endless)).kind).toBe('imports.not_a_workbook');
    for (const count of ['0', '-1', '1.5', 'x']) {
      const odd = tableWith(odsRow(['A-1'], ` table:number-rows-repeated="${count}"`));
      expect((await refusal(odd)).kind).toBe('imports.not_a_workbook');
    }
    const wide = valued('office:value-type="string" table:number-columns-repeated="1000000"', '甲');
    expect((await refusal(tableWith(odsRow([wide])))).kind).toBe('imports.too_many_columns');
  });
});

describe('merged cells', () => {
  it('over rows count for each of them', async () => {
    const merged = valued('office:value-type="string" table:number-rows-spanned="2"', '甲');
    const rows = [
      odsRow(['A-1', merged, null]),
      odsRow(['A-2', '<table:covered-table-cell/>', null]),
      odsRow(['A-3', '乙', null]),
    ];
    const { rows: read, head } = await reading(tableWith(...rows));
    expect(read.map(({ fields }) => fields.name)).toEqual(['甲', '甲', '乙']);
    expect(head.warnings).toEqual([
      { row: 3, column: 'B', code: 'merged_values_taken', values: { count: 1 } },
    ]);
  });

  it('make headings of two rows', async () => {
    const wide = valued('office:value-type="string" table:number-columns-spanned="2"', '其中（万元）');
    const tall = (heading: string) =>
      valued('office:value-type="string" table:number-rows-spanned="2"', heading);
    const covered = '<table:covered-table-cell/>';
    const rows = [
      odsRow([tall('项目编号'), wide, covered]),
      odsRow([covered, '总投资', '合同引资额']),
      odsRow(['A-1', '1', '2']),
    ];
    const { head } = await reading(openDocument({ tables: { 表: rows.join('') } }));
    expect(head.columns.map(({ heading, unit }) => [heading, unit])).toEqual([
      ['项目编号', undefined],
      ['其中（万元） / 总投资', 'wan'],
      ['其中（万元） / 合同引资额', 'wan'],
    ]);
  });
});

describe('an OpenDocument spreadsheet', () => {
  const table = odsRow(HEADINGS) + odsRow(['A-1', '甲']);

  it('is read from its first visible table with headings, or the one of a mapping', async () => {
    const file = openDocument({ tables: { 说明: odsRow(['x']), _隐藏: table, 表: table, 另: table } });
    const { head, rows } = await reading(file);
    expect(head).toMatchObject({ format: 'ods', sheet: '表', otherSheets: ['说明', '另'], headingRow: 1 });
    expect(rows).toHaveLength(1);
    const mapping = { entity: 'projects', fields: { code: { from: '项目编号' } } };
    const named = await reading(file, { mapping: { ...mapping, sheet: '另' } });
    expect(named.head.sheet).toBe('另');
    const { kind, values } = await refusal(file, { mapping: { ...mapping, sheet: '_隐藏' } });
    expect([kind, values.sheets]).toEqual(['imports.no_sheet', '说明, 表, 另']);
  });

  it('may group its rows, and has no rows in tables within cells', async () => {
    const inner = `<table:table-cell><table:table><table:table-row>${'<table:table-cell/>'}</table:table-row></table:table></table:table-cell>`;
    const tables = `<table:tracked-changes><table:table-cell/></table:tracked-changes><table:table table:name="表"><table:table-header-rows>${odsRow(HEADINGS)}</table:table-header-rows><table:table-row-group>${odsRow(['A-1', inner])}</table:table-row-group></table:table>`;
    const { rows } = await reading(openDocument({ tables }));
    expect(rows.map(({ row, fields }) => [row, fields.code])).toEqual([[2, 'A-1']]);
  });

  it.each<[string, Partial<OpenDocumentParts>, string]>([
    [
      'with a password',
      { more: [{ name: 'META-INF/manifest.xml', content: '<m:encryption-data/>' }] },
      'imports.old_or_locked_workbook',
    ],
    ['with macros', { more: [{ name: 'Basic/script-lc.xml', content: '' }] }, 'imports.macro_workbook'],
    ['that is a text', { type: 'application/vnd.oasis.opendocument.text' }, 'imports.unknown_format'],
    ['without tables', { tables: '' }, 'imports.no_sheet'],
  ])('%s is refused', async (_, parts, kind) => {
    expect((await refusal(openDocument({ tables: { 表: table }, ...parts }))).kind).toBe(kind);
  });

  it('without its content is refused', async () => {
    const file = openDocument({ tables: '' });
    const broken = Buffer.from(file.toString('latin1').replaceAll('content.xml', 'other12.xml'), 'latin1');
    expect((await refusal(broken)).kind).toBe('imports.not_a_workbook');
  });
});

describe('a file of another kind', () => {
  it.each<[string, Buffer | string, string, string]>([
    [
      'PDF',
      '%PDF-1.7\n',
      ' PDF 文档；请打开后将表格另存为 .xlsx 文件',
      'a PDF document; open it and save its table as .xlsx',
    ],
    [
      'PNG',
      Buffer.from('89504e470d0a1a0a', 'hex'),
      '图片；请将其中的表格录入电子表格',
      'an image; enter its table in a spreadsheet',
    ],
    [
      'gzip',
      Buffer.from('1f8b0800', 'hex'),
      '压缩包；请解压后发送其中的文件',
      'a compressed archive; unpack it and send the file inside',
    ],
    ['a zip of files', zip([{ name: 'a.csv', content: 'a' }]), '压缩包；', 'a compressed archive; unpack it'],
    [
      'Numbers',
      zip([{ name: 'Index/Document.iwa', content: 'a' }]),
      ' Apple Numbers 文档；请导出为 .xlsx 文件',
      'an Apple Numbers document; export it as .xlsx',
    ],
    [
      'Word',
      zip([{ name: 'word/document.xml', content: 'a' }]),
      '文字文档或演示文稿；',
      'a text document or presentation;',
    ],
    [
      'HTML',
      '<html><table>',
      ' HTML 或 XML（即使扩展名为 .xls）；',
      'HTML or XML, even if it is called .xls;',
    ],
    ['bytes', Buffer.alloc(100), '无法识别的类型；', 'of an unknown kind; save its table'],
  ])('%s is named, with what to do', async (_, content, chinese, english) => {
    const { kind, zh, en } = await refusal(content);
    expect(kind).toBe('imports.unknown_format');
    expect(zh).toContain(`文件为${chinese}`);
    expect(en).toContain(`The file is ${english}`);
  });
});
