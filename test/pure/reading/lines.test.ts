import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { tables } from '../../../src/features/imports/importable.ts';
import { reading, refusal } from '../../support/reading.ts';

const lines = (...objects: unknown[]): string => objects.map((one) => `${JSON.stringify(one)}\n`).join('');

const ID = '0190a1b2-0000-7000-8000-000000000001';

describe('a line of NDJSON', () => {
  it('has the fields of the API with any values', async () => {
    const given = {
      code: 'A-1',
      level: 'county',
      investmentYuan: 5.5,
      startedOn: null,
      note: '',
      region: 430100,
    };
    const { rows, head } = await reading(
      lines({ ...given, id: ID, operatingStatus: 'signed', x: 1, version: 3 }),
    );
    expect(rows).toEqual([{ row: 1, fields: { ...given, version: 3 }, faults: [] }]);
    expect(head).toMatchObject({ format: 'ndjson', encoding: 'utf-8', headingRow: null, sheet: null });
    expect(head.columns.find(({ field }) => field === 'code')).toEqual({
      column: null,
      heading: 'code',
      field: 'code',
    });
    expect(head.ignored.map(({ heading }) => heading)).toEqual(['id', 'operatingStatus', 'x']);
  });

  it.each([
    [{ investors: [{ id: ID, name: '甲' }] }, { investorIds: [ID] }],
    [{ investors: [] }, { investorIds: [] }],
    [{ investors: ['甲', '乙'] }, { investors: ['甲', '乙'] }],
    [{ investors: [{ name: '甲' }] }, { investors: ['甲'] }],
    [{ investors: [{ id: ID }], investorIds: [] }, { investorIds: [] }],
    [{ investorIds: null }, { investorIds: null }],
    [{ investors: null }, { investors: null }],
    [{ investors: [null] }, { investors: [undefined] }],
    [{ investorCodes: ['', 'x'] }, { investorCodes: ['', 'x'] }],
  ])('%j gives %j', async (object, fields) => {
    const { rows } = await reading(lines(object));
    expect(rows[0]?.fields).toEqual(JSON.parse(JSON.stringify(fields)));
  });

  it('of other entities has theirs', async () => {
    const { rows } = await reading(lines({ id: ID, name: '甲', investors: [1], rankings: [] }), {
      table: tables.enterprises,
    });
    expect(rows[0]?.fields).toEqual({ id: ID, name: '甲', rankings: [] });
  });

  it('that is not an object is the only faulty one', async () => {
    const { rows, result } = await reading(
      '{"code":"A-1"}\n{"code":\n\n  \n[1]\nnull\r\n{"code":"A-2"}\r\n{"code":"A-3"}',
    );
    expect(
      rows.map(({ row, fields, faults }) => [row, fields.code, faults[0]?.code, faults[0]?.value]),
    ).toEqual([
      [1, 'A-1', undefined, undefined],
      [2, undefined, 'not_json', '{"code":'],
      [5, undefined, 'not_json', '[1]'],
      [6, undefined, 'not_json', 'null\r'],
      [7, 'A-2', undefined, undefined],
      [8, 'A-3', undefined, undefined],
    ]);
    expect(result).toMatchObject({ rows: 6, refused: 3 });
  });

  it('may have names with a special meaning in JavaScript', async () => {
    const { rows, head } = await reading('{"__proto__":{"code":"X"},"constructor":1,"code":"A-1"}\n');
    expect(rows[0]?.fields).toEqual({ code: 'A-1' });
    expect(head.ignored.map(({ heading }) => heading)).toEqual(['__proto__', 'constructor']);
  });
});

describe('the last line of an export', () => {
  it('is not a row, and its count is correct', async () => {
    const end = { end: true, count: 2, revision: 9 };
    expect((await reading(lines({ code: 'A' }, { code: 'B' }, end))).rows).toHaveLength(2);
    expect(
      (await reading(lines({ code: 'A' }, { code: 'B' }, end, { code: 'C' }, { ...end, count: 1 }))).rows,
    ).toHaveLength(3);
  });

  it('refuses an incomplete file', async () => {
    const { kind, en, zh } = await refusal(lines({ code: 'A' }, { end: true, count: 2, revision: 9 }));
    expect(kind).toBe('imports.incomplete');
    expect(en).toBe('The last line declares 2 rows, but the file has 1: it is incomplete.');
    expect(zh).toContain('2 行');
  });
});

describe('a file of NDJSON', () => {
  it('is UTF-8, with or without a byte order mark', async () => {
    expect((await reading(`\uFEFF${lines({ code: 'A-1', name: '长沙' })}`)).rows[0]?.fields.name).toBe(
      '长沙',
    );
    const gb = iconv.encode(lines({ code: 'A-1', name: '长沙市' }), 'gb18030');
    expect((await refusal(gb)).kind).toBe('imports.wrong_encoding');
  });
});
