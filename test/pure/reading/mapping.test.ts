import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { Mapping } from '../../../src/features/imports/importable.ts';
import { faultsOfIssues } from '../../../src/http/validation.ts';
import { reading, refusal } from '../../support/reading.ts';
import { row, workbook } from '../../support/workbooks.ts';

type Fields = z.input<typeof Mapping>['fields'];
type Rest = Omit<z.input<typeof Mapping>, 'fields'>;

const mappingOf = (fields: Fields, rest: Rest = {}) => Mapping.parse({ ...rest, fields });

const read = async (text: string, fields: Fields, options: Parameters<typeof reading>[1] = {}) =>
  reading(text, { mapping: mappingOf(fields), ...options });

/** The values of a single field for the texts of a column `A`, with the codes of faults. */
async function outcomes(
  field: string,
  source: Fields[string],
  texts: readonly string[],
  empty: 'keep' | 'clear' = 'keep',
) {
  const lines = texts.map((text, i) => `${i},"${text}"`);
  const { rows } = await read(
    ['No,A', ...lines, ''].join('\n'),
    { name: { from: 'No' }, [field]: source },
    { empty },
  );
  return rows.map(({ fields, faults }) => faults[0]?.code ?? fields[field]);
}

describe('a mapping', () => {
  it('selects the columns, and only these are read', async () => {
    const { head, rows } = await read('名单,,,\nProject  ID,Ｎame,项目名称,备注\nA-1,甲,乙,丙\n', {
      code: { from: 'project id' },
      name: { from: 'NAME' },
      level: { constant: 'county' },
    });
    expect(head).toMatchObject({
      headingRow: 2,
      columns: [
        { column: 'A', heading: 'Project ID', field: 'code' },
        { column: 'B', heading: 'Ｎame', field: 'name' },
      ],
      ignored: [
        { column: 'C', heading: '项目名称' },
        { column: 'D', heading: '备注' },
      ],
    });
    expect(rows).toEqual([{ row: 3, fields: { code: 'A-1', name: '甲', level: 'county' }, faults: [] }]);
  });

  it('can set the row of headings, and the worksheet', async () => {
    const book = workbook({
      sheets: [
        { name: '甲', rows: row(1, ['Id']) + row(2, ['wrong']) },
        { name: '乙', rows: row(1, ['Id']) + row(30, ['Id']) + row(31, ['A-1']) },
        { name: '丙', state: 'hidden', rows: row(1, ['Id']) },
      ],
    });
    const at = (rest: Rest) => mappingOf({ code: { from: 'Id' } }, rest);
    const { head, rows } = await reading(book, { mapping: at({ sheet: '乙', headingRow: 30 }) });
    expect(head).toMatchObject({ sheet: '乙', otherSheets: ['甲'], headingRow: 30 });
    expect(rows.map(({ fields }) => fields.code)).toEqual(['A-1']);
    for (const sheet of ['丙', '丁']) {
      const { kind, values } = await refusal(book, { mapping: at({ sheet }) });
      expect([kind, values]).toEqual(['imports.no_sheet', { sheet, sheets: '甲, 乙' }]);
    }
    expect((await refusal(book, { mapping: at({ headingRow: 500 }) })).kind).toBe('imports.no_headings');
  });

  it('with unknown headings is refused with all of them', async () => {
    const fields = {
      code: { from: 'Id' },
      name: { from: 'Title' },
      note: { from: 'Id', when: { column: 'Kind', in: ['x'] } },
    };
    const { kind, en, zh } = await refusal('Id,Name\nA-1,x\n', { mapping: mappingOf(fields) });
    expect(kind).toBe('imports.missing_headings');
    expect(en).toContain('from row 1: “Title”, “Kind”');
    expect(zh).toContain('“Title”, “Kind”');
    expect((await refusal('x,y\n1,2\n', { mapping: mappingOf(fields) })).kind).toBe('imports.no_headings');
  });

  it('with an ambiguous heading is refused', async () => {
    const mapping = mappingOf({ code: { from: 'Id' } });
    const { kind, en } = await refusal('Id,ＩＤ,x\nA-1,B,\n', { mapping });
    expect(kind).toBe('imports.column_twice');
    expect(en).toContain('A “');
    expect(en).toContain('B “');
  });

  it('allows duplicate headings that it does not use', async () => {
    expect((await read('Id,x,x\nA-1,,\n', { code: { from: 'Id' } })).rows).toHaveLength(1);
  });
});

describe('a source', () => {
  it('of money has a unit, a factor and a rounding', async () => {
    const texts = ['1,234.5', '0.25', '$5', ''];
    expect(await outcomes('investmentYuan', { from: 'A' }, texts)).toEqual([
      'fraction_of_yuan',
      'fraction_of_yuan',
      'not_money',
      undefined,
    ]);
    expect(await outcomes('investmentYuan', { from: 'A', unit: 'wan' }, texts)).toEqual([
      12_345_000,
      2_500,
      'not_money',
      undefined,
    ]);
    expect(await outcomes('investmentYuan', { from: 'A', rounding: 'down' }, texts)).toEqual([
      1234,
      0,
      'not_money',
      undefined,
    ]);
    expect(await outcomes('investmentYuan', { from: 'A', rounding: 'half_up' }, texts)).toEqual([
      1235,
      0,
      'not_money',
      undefined,
    ]);
    expect(await outcomes('investmentYuan', { from: 'A', factor: '7.1', unit: 'wan' }, texts)).toEqual([
      87_649_500,
      17_750,
      'not_money',
      undefined,
    ]);
  });

  it('of money uses the unit in its heading before that of the request', async () => {
    const { rows, head } = await read(
      'Cost (万元),Funds\n5,6\n',
      { investmentYuan: { from: 'Cost (万元)' }, contractedFundsYuan: { from: 'funds' } },
      { unit: 'yi' },
    );
    expect(rows[0]?.fields).toEqual({ investmentYuan: 50_000, contractedFundsYuan: 600_000_000 });
    expect(head.columns.map(({ unit }) => unit)).toEqual(['wan', 'yi']);
  });

  it('of days uses its formats', async () => {
    const texts = ['6/29/2020', '6/29/2020 8:30:00 PM', '2020-06-29', '29.6.2020'];
    expect(await outcomes('signedOn', { from: 'A', dates: ['MM/DD/YYYY'] }, texts)).toEqual([
      '2020-06-29',
      'time_of_day',
      '2020-06-29',
      'ambiguous_day',
    ]);
    expect(
      await outcomes('signedOn', { from: 'A', dates: ['MM/DD/YYYY hh:mm', 'DD.MM.YYYY'] }, texts),
    ).toEqual(texts.map(() => '2020-06-29'));
  });

  it('translates to codes, which are then read by the field', async () => {
    const codes = { 'Top level': 'provincial', low: '县级', none: null };
    const texts = ['Top level', 'ｌｏｗ', 'none', 'other', ''];
    expect(await outcomes('level', { from: 'A', codes }, texts)).toEqual([
      'provincial',
      'county',
      undefined,
      'not_translated',
      undefined,
    ]);
    expect(await outcomes('level', { from: 'A', codes, otherwise: 'municipal' }, texts)).toEqual([
      'provincial',
      'county',
      undefined,
      'municipal',
      undefined,
    ]);
    expect(await outcomes('level', { from: 'A', codes, otherwise: null }, texts, 'clear')).toEqual([
      'provincial',
      'county',
      null,
      null,
      null,
    ]);
    expect(await outcomes('level', { from: 'A', codes: { x: 'nonsense' } }, ['x'])).toEqual(['not_a_choice']);
  });

  it('applies if another column has one of some texts', async () => {
    const text =
      'Id,Status,Date\nA,Active,2020-01-01\nB, Closed ,2020-01-02\nC,Dropped,2020-01-03\nD,,2020-01-04\n';
    const fields: Fields = {
      code: { from: 'Id' },
      startedOn: { from: 'Date', when: { column: 'STATUS', in: ['Active', 'Closed'] } },
      terminatedOn: { from: 'Date', when: { column: 'Status', in: ['Dropped', ''] } },
      level: { constant: 'county', when: { column: 'Status', in: ['Closed'] } },
    };
    const days = (one: Awaited<ReturnType<typeof read>>) =>
      one.rows.map(({ fields }) => [fields.startedOn, fields.terminatedOn, fields.level]);
    expect(days(await read(text, fields))).toEqual([
      ['2020-01-01', undefined, undefined],
      ['2020-01-02', undefined, 'county'],
      [undefined, '2020-01-03', undefined],
      [undefined, '2020-01-04', undefined],
    ]);
    expect(days(await read(text, fields, { empty: 'clear' }))[0]).toEqual(['2020-01-01', null, null]);
  });

  it('can be a constant of any kind', async () => {
    const fields: Fields = {
      code: { from: 'Id' },
      investmentEstimated: { constant: true },
      investmentYuan: { constant: 5 },
      investors: { constant: '甲' },
    };
    const { rows } = await read('Id\nA\n\n', fields);
    expect(rows.map((one) => one.fields)).toEqual([
      { code: 'A', investmentEstimated: true, investmentYuan: 5, investors: ['甲'] },
    ]);
  });
});

describe('the schema of mappings', () => {
  const faults = (mapping: unknown) => {
    const { error } = Mapping.safeParse(mapping, { reportInput: true });
    return faultsOfIssues(error?.issues ?? []).map(({ pointer, code }) => `${pointer} ${code}`);
  };
  const source = (given: unknown, field = 'code') => ({ fields: { [field]: given } });

  it.each([
    [{}, ['/fields required']],
    [source({}), ['/fields/code from_or_constant']],
    [source({ from: 'a', constant: 1 }), ['/fields/code from_or_constant']],
    [source({ from: '' }), ['/fields/code/from empty']],
    [source({ from: 'a', form: 'b' }), ['/fields/code/form unknown_field']],
    [source({ from: 'a' }, 'status'), ['/fields/status not_a_choice']],
    [source({ from: 'a' }, 'operatingStatus'), ['/fields/operatingStatus not_a_choice']],
    [source({ from: 'a', unit: 'wan' }), ['/fields/code/unit not_for_this_field']],
    [
      source({ from: 'a', dates: ['MM/DD/YYYY'] }, 'investmentYuan'),
      ['/fields/investmentYuan/dates not_for_this_field'],
    ],
    [source({ from: 'a', factor: '-1' }, 'investmentYuan'), ['/fields/investmentYuan/factor not_a_factor']],
    [source({ from: 'a', factor: '0.0' }, 'investmentYuan'), ['/fields/investmentYuan/factor not_a_factor']],
    [source({ from: 'a', factor: 1.5 }, 'investmentYuan'), ['/fields/investmentYuan/factor wrong_type']],
    [
      source({ from: 'a', rounding: 'even' }, 'investmentYuan'),
      ['/fields/investmentYuan/rounding not_a_choice'],
    ],
    [source({ from: 'a', dates: ['MM/DD'] }, 'signedOn'), ['/fields/signedOn/dates/0 not_a_date_format']],
    [
      source({ from: 'a', dates: ['MM/DD-YYYY'] }, 'signedOn'),
      ['/fields/signedOn/dates/0 not_a_date_format'],
    ],
    [source({ from: 'a', when: { column: 'b' } }), ['/fields/code/when/in required']],
    [{ ...source({ from: 'a' }), headingRow: 0 }, ['/headingRow too_small']],
    [source({ from: 'a\u0000' }), ['/fields/code/from not_plain_text']],
    [source({ from: 'a', otherwise: '\ud800' }), ['/fields/code/otherwise not_plain_text']],
    [source({ constant: 'a\u0000' }), ['/fields/code/constant not_plain_text']],
    [{ ...source({ from: 'a' }), entity: 'keys' }, ['/entity not_a_choice']],
  ])('refuses %j', (mapping, expected) => {
    expect(faults(mapping)).toEqual(expected);
  });

  it('accepts its own example', () => {
    const examples = (Mapping.meta()?.examples ?? []) as unknown[];
    expect(examples.map(faults)).toEqual([[]]);
  });
});
