import { describe, expect, it } from 'vitest';
import { reading, refusal } from '../../support/reading.ts';
import { row, type WorkbookParts, workbook, workbookEntries, worksheet } from '../../support/workbooks.ts';
import { zip } from '../../support/zip.ts';

const STYLES =
  '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="4"/></cellXfs>';

const HEADINGS = ['项目编号', '项目名称', '签约日期', '总投资(亿元)', '投资额为估算', '备注'];

/** A row below the headings; cells given as XML are inserted in their column. */
async function cellsOf(cells: readonly (string | null)[], parts: Omit<WorkbookParts, 'sheets'> = {}) {
  const rows = row(1, HEADINGS) + row(2, ['A-1', ...cells]);
  const read = await reading(workbook({ styles: STYLES, ...parts, sheets: [{ rows }] }));
  return { ...read, fields: read.rows[0]?.fields, faults: read.rows[0]?.faults };
}

describe('a cell of a workbook', () => {
  it.each<[string, string, string | null, string, unknown]>([
    ['a number in a date format', 'C', '<c r="C2" s="1"><v>44011</v></c>', 'signedOn', '2020-06-29'],
    [
      'a number in a format that shows a month',
      'C',
      '<c r="C2" s="2"><v>44011</v></c>',
      'signedOn',
      'only_a_month',
    ],
    ['a day as ISO text', 'C', '<c r="C2" t="d"><v>2020-06-29T00:00:00</v></c>', 'signedOn', '2020-06-29'],
    ['a number without a date format', 'C', '<c r="C2"><v>44011</v></c>', 'signedOn', 'not_a_day'],
    ['a time of day', 'C', '<c r="C2" s="1"><v>44011.5</v></c>', 'signedOn', 'time_of_day'],
    ['a time alone', 'C', '<c r="C2" s="1"><v>0.5</v></c>', 'signedOn', 'not_a_day'],
    ['29 February 1900', 'C', '<c r="C2" s="1"><v>60</v></c>', 'signedOn', 'not_a_day'],
    ['a number', 'D', '<c r="D2"><v>297.88</v></c>', 'investmentYuan', 29_788_000_000],
    [
      'a number with all its binary digits',
      'D',
      '<c r="D2"><v>297.88000000000005</v></c>',
      'investmentYuan',
      29_788_000_000,
    ],
    ['a number with an exponent', 'D', '<c r="D2"><v>1.5E-6</v></c>', 'investmentYuan', 150],
    ['a fraction of a yuan', 'D', '<c r="D2"><v>1.23456789012</v></c>', 'investmentYuan', 'fraction_of_yuan'],
    ['a number as text', 'D', '<c r="D2" t="str"><v>1,234.5</v></c>', 'investmentYuan', 123_450_000_000],
    ['infinity', 'D', '<c r="D2"><v>1E999</v></c>', 'investmentYuan', 'scientific_notation'],
    ['a truth', 'E', '<c r="E2" t="b"><v>1</v></c>', 'investmentEstimated', true],
    ['an untruth', 'E', '<c r="E2" t="b"><v>0</v></c>', 'investmentEstimated', false],
    ['an error', 'D', '<c r="D2" t="e"><v>#N/A</v></c>', 'investmentYuan', 'error_value'],
    ['an error in a text', 'F', '<c r="F2" t="e"><v>#REF!</v></c>', 'note', 'error_value'],
    ['a formula', 'D', '<c r="D2"><f>SUM(A1:A2)</f><v>3</v></c>', 'investmentYuan', 300_000_000],
    ['a formula of text', 'F', '<c r="F2" t="str"><f>A1&amp;"x"</f><v>项目x</v></c>', 'note', '项目x'],
    [
      'a formula without a value',
      'D',
      '<c r="D2"><f>SUM(A1:A2)</f></c>',
      'investmentYuan',
      'formula_without_value',
    ],
    ['a formula of nothing', 'F', '<c r="F2" t="str"><f>IF(1,"")</f><v></v></c>', 'note', undefined],
    [
      'escapes',
      'F',
      '<c r="F2" t="inlineStr"><is><t>a_x000D_b_x005F_x000D_</t></is></c>',
      'note',
      'a\rb_x000D_',
    ],
    [
      'references of XML',
      'F',
      '<c r="F2" t="str"><v>&lt;b&gt; &amp;amp; &#20013;&#x4E2D;&apos;&quot;</v></c>',
      'note',
      '<b> &amp; 中中\'"',
    ],
    ['CDATA', 'F', '<c r="F2" t="str"><v><![CDATA[<b> & ]]>c</v></c>', 'note', '<b> & c'],
    ['line breaks of Windows', 'F', '<c r="F2" t="str"><v>a\r\nb</v></c>', 'note', 'a\nb'],
    [
      'rich text',
      'F',
      '<c r="F2" t="inlineStr"><is><r><rPr><b/></rPr><t xml:space="preserve">粗 </t></r><r><t>细</t></r></is></c>',
      'note',
      '粗 细',
    ],
    [
      'a text with its pronunciation',
      'F',
      '<c r="F2" t="inlineStr"><is><t>长沙</t><rPh sb="0" eb="2"><t>チョウサ</t></rPh></is></c>',
      'note',
      '长沙',
    ],
    ['a truth in a text', 'F', '<c r="F2" t="b"><v>1</v></c>', 'note', 'TRUE'],
    ['a day in a text', 'F', '<c r="F2" s="1"><v>44011</v></c>', 'note', '2020-06-29'],
    ['a moment in a text', 'F', '<c r="F2" s="1"><v>44011.25</v></c>', 'note', '2020-06-29T06:00:00'],
    ['a number in a text', 'B', '<c r="B2"><v>431000</v></c>', 'name', '431000'],
    ['a large number in a text', 'B', '<c r="B2"><v>1E+15</v></c>', 'name', 'too_many_digits'],
    ['a style and nothing else', 'F', '<c r="F2" s="1"/>', 'note', undefined],
    ['white space', 'F', '<c r="F2" t="str"><v>  </v></c>', 'note', undefined],
    ['an apostrophe before a formula', 'F', '<c r="F2" t="str"><v>\'=1</v></c>', 'note', "'=1"],
  ])('that is %s', async (_, column, cell, field, expected) => {
    const at = column.charCodeAt(0) - 66;
    const cells = Array.from({ length: 5 }, (_, i) => (i === at ? cell : null));
    const { fields, faults } = await cellsOf(cells);
    const fault = faults?.find((one) => one.field === field);
    expect(fault?.code ?? fields?.[field]).toEqual(expected);
    if (fault) expect(fault).toMatchObject({ column, heading: HEADINGS[at + 1] });
  });

  it('with an error value reports it', async () => {
    const { faults } = await cellsOf([null, null, '<c r="D2" t="e"><v>#DIV/0!</v></c>']);
    expect(faults).toEqual([
      {
        field: 'investmentYuan',
        column: 'D',
        heading: '总投资(亿元)',
        value: '#DIV/0!',
        code: 'error_value',
      },
    ]);
  });

  it('counts days from 1904 if the workbook does', async () => {
    const { fields } = await cellsOf([null, '<c r="C2" s="1"><v>42549</v></c>'], { is1904: true });
    expect(fields?.signedOn).toBe('2020-06-29');
  });

  it('can share its text with others', async () => {
    const texts =
      '<si><t>甲</t></si><si><r><t xml:space="preserve">乙 </t></r><r><t>丙</t></r><rPh sb="0" eb="1"><t>x</t></rPh></si>';
    const shared = (column: string, index: string) => `<c r="${column}2" t="s"><v>${index}</v></c>`;
    expect((await cellsOf([shared('B', '1')], { texts })).fields?.name).toBe('乙 丙');
    expect((await cellsOf([shared('B', '0')], { texts })).fields?.name).toBe('甲');
    const rows = row(1, HEADINGS) + row(2, ['A-1', shared('B', '2')]);
    expect((await refusal(workbook({ texts, sheets: [{ rows }] }))).kind).toBe('imports.not_a_workbook');
  });

  it('need not have a reference', async () => {
    const cell = (text: string) => `<c t="str"><v>${text}</v></c>`;
    const rows = `<row>${cell('项目编号')}${cell('项目名称')}</row><row>${cell('A-1')}<c/>${cell('x')}</row><row r="7">${cell('A-2')}${cell('乙')}</row>`;
    const read = await reading(workbook({ sheets: [{ rows }] }));
    expect(read.rows.map((one) => [one.row, one.fields])).toEqual([
      [2, { code: 'A-1' }],
      [7, { code: 'A-2', name: '乙' }],
    ]);
  });

  it('with a formula’s value is reported once per column', async () => {
    const formula = (number: number) => `<c r="D${number}"><f>1</f><v>1</v></c>`;
    const rows = [2, 3, 5]
      .map((number) => row(number, [`A-${number}`, null, null, formula(number)]))
      .join('');
    const { head } = await reading(workbook({ sheets: [{ rows: row(1, HEADINGS) + rows }] }));
    expect(head.warnings).toEqual([
      { row: 2, column: 'D', code: 'formula_value_taken', values: { count: 3 } },
    ]);
  });
});

describe('a worksheet', () => {
  const rows = row(1, ['项目编号', '项目名称']) + row(2, ['A-1', '甲']);
  const cover = row(1, ['填报说明']) + row(2, ['请勿修改表头']);

  it('is the first visible one with headings; the others are named', async () => {
    const { head, rows: read } = await reading(
      workbook({
        sheets: [
          { name: '代码', state: 'hidden', rows },
          { name: '机密', state: 'veryHidden', rows },
          { name: '说明', rows: cover },
          { name: '项目', rows },
          { name: '其他', rows },
        ],
      }),
    );
    expect(head).toMatchObject({
      format: 'xlsx',
      sheet: '项目',
      otherSheets: ['说明', '其他'],
      encoding: null,
      headingRow: 1,
    });
    expect(read).toHaveLength(1);
  });

  it('without headings is refused with the content of the first one', async () => {
    const { kind, en } = await refusal(workbook({ sheets: [{ rows: cover }, { rows: '' }] }));
    expect(kind).toBe('imports.no_headings');
    expect(en).toContain('“填报说明”');
  });

  it.each([
    ['hidden ones only', [{ state: 'hidden', rows }] as const],
    ['none', [] as const],
  ])('is missing in a workbook of %s', async (_, sheets) => {
    expect((await refusal(workbook({ sheets }))).kind).toBe('imports.no_sheet');
  });

  it('may be empty, beside others', async () => {
    const empty = worksheet('').replace('<sheetData></sheetData>', '<sheetData/>');
    const { head } = await reading(workbook({ sheets: [{ xml: empty }, { name: '项目', rows }], texts: '' }));
    expect(head.sheet).toBe('项目');
  });

  it('is read with any namespace prefix', async () => {
    const prefixed = worksheet(rows)
      .replaceAll(/<(\/?)(?=\w)/g, '<$1x:')
      .replace('xmlns=', 'xmlns:x=');
    expect(prefixed).toContain('<x:row r="1">');
    expect((await reading(workbook({ sheets: [{ xml: prefixed }] }))).rows).toHaveLength(1);
  });

  it('may have much after its rows, and comments and empty rows between them', async () => {
    const tail = `<hyperlinks>${'<hyperlink ref="A1" display="a &gt; b>"/>'.repeat(500_000)}</hyperlinks>`;
    const empty = Array.from({ length: 5_000 }, (_, i) => `<row r="${i + 3}" ht="15" spans="1:2"/>`).join('');
    const xml = worksheet(`${rows}<!-- <row> --><?pi?>${empty}`).replace(
      '</worksheet>',
      `${tail}</worksheet>`,
    );
    expect((await reading(workbook({ sheets: [{ xml }] }))).rows).toHaveLength(1);
  });

  it('has declared dimensions that are ignored', async () => {
    expect(worksheet(rows)).toContain('XFD1048576');
    expect((await reading(workbook({ sheets: [{ rows }] }))).rows).toHaveLength(1);
  });

  it.each([
    ['a column beyond the last', '<row r="1"><c r="XFE1"><v>1</v></c></row>'],
    ['a column of letters without end', `<row r="1"><c r="${'A'.repeat(50)}1"><v>1</v></c></row>`],
    ['no column', '<row r="1"><c r="1"><v>1</v></c></row>'],
    ['a row beyond the last', '<row r="1048577"><c r="A1048577"><v>1</v></c></row>'],
    ['a row that is no number', '<row r="x"><c r="A1"><v>1</v></c></row>'],
    ['a tag that does not end', '<row r="1"><c r="A1'],
    ['an attribute without quotation marks', '<row r=1></row>'],
    ['an entity of its own', '<row r="1"><c r="A1" t="str"><v>&lol;</v></c></row>'],
    ['a character that there is not', '<row r="1"><c r="A1" t="str"><v>&#x110000;</v></c></row>'],
  ])('with %s is refused', async (_, given) => {
    const { kind, en, zh } = await refusal(workbook({ sheets: [{ rows: row(1, ['项目编号']) + given }] }));
    expect(kind).toBe('imports.not_a_workbook');
    expect(en).toContain('save it as .xlsx');
    expect(zh).toContain('另存为 .xlsx');
  });

  it('may contain elements of any name', async () => {
    const odd = '<__proto__/><constructor><toString/></constructor>';
    expect((await reading(workbook({ sheets: [{ rows: rows + odd }] }))).rows).toHaveLength(1);
  });
});

describe('a package', () => {
  const rows = row(1, ['项目编号']) + row(2, ['A-1']);
  const entries = workbookEntries({ sheets: [{ rows }] });
  const without = (name: string) => zip(entries.filter((entry) => entry.name !== name));
  const instead = (name: string, content: string) =>
    zip(entries.map((entry) => (entry.name === name ? { name, content } : entry)));

  it.each([
    [
      'another document',
      workbook({
        workbookType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml',
      }),
    ],
    ['an archive of something else', zip([{ name: 'a.txt', content: 'x' }])],
    ['no content types', without('[Content_Types].xml')],
    ['no workbook', without('xl/workbook.xml')],
    ['no worksheet', without('xl/worksheets/sheet1.xml')],
    ['a worksheet that is none', instead('xl/worksheets/sheet1.xml', '<html><row r="1"/></html>')],
    ['a worksheet of bytes', instead('xl/worksheets/sheet1.xml', '\0'.repeat(100_000))],
    [
      'a worksheet that ends between two tags',
      instead('xl/worksheets/sheet1.xml', worksheet(rows).split('</sheetData>')[0] as string),
    ],
    ['a worksheet without end', instead('xl/worksheets/sheet1.xml', worksheet(rows).slice(0, -40))],
  ])('with %s is refused', async (_, bytes) => {
    expect((await refusal(bytes)).kind).toMatch(/^imports\.(not_a_workbook|unknown_format|no_sheet)$/);
  });

  it('with macro types declared for missing parts is read', async () => {
    const name = '[Content_Types].xml';
    const types = String(entries.find((entry) => entry.name === name)?.content).replace(
      '<Override',
      '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/><Override',
    );
    expect((await reading(instead(name, types))).rows).toHaveLength(1);
  });

  it('with parts in other places and absolute targets is read', async () => {
    const moved = entries.map(({ name, content }) => ({
      name: name.replace(/^xl\//, 'data/book/').replace('worksheets/sheet1', 'tables/one'),
      content: String(content)
        .replaceAll('xl/workbook.xml', 'data/book/workbook.xml')
        .replace('Target="worksheets/sheet1.xml"', 'Target="/data/book/tables/one.xml"'),
    }));
    expect((await reading(zip(moved))).rows).toHaveLength(1);
  });
});
