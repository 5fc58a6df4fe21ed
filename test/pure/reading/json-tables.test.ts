import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonElements } from '../../../src/sheets/reading/json-elements.ts';
import { reading, refusal } from '../../support/reading.ts';
import { runs } from '../../support/runs.ts';

const MAPPING = {
  entity: 'projects',
  fields: {
    code: { from: 'id' },
    name: { from: 'title.zh' },
    region: { from: 'address.region', codes: { Changsha: '430100' } },
    investmentYuan: { from: 'amounts.total', unit: 'wan' as const },
    signedOn: { from: 'signed', dates: ['DD/MM/YYYY'] },
    investmentEstimated: { from: 'isEstimate' },
    investors: { from: 'partners.name' },
    level: { constant: 'provincial' },
  },
};
const PROJECT = {
  id: 'J-1',
  title: { zh: '甲', en: 'A' },
  address: { region: 'Changsha', street: 'x' },
  amounts: { total: 1.5 },
  signed: '29/06/2020',
  isEstimate: true,
  partners: [{ name: '乙' }, { name: '丙' }, {}],
  extra: 1,
};
const READ = {
  code: 'J-1',
  name: '甲',
  region: '430100',
  investmentYuan: 15_000,
  signedOn: '2020-06-29',
  investmentEstimated: true,
  investors: ['乙', '丙'],
  level: 'provincial',
};

const other = { ...PROJECT, id: 'J-2' };

describe('JSON with a mapping', () => {
  it.each<[string, string, object?]>([
    ['lines', `${JSON.stringify(PROJECT)}\n\n${JSON.stringify(other)}\n`],
    ['an array', JSON.stringify([PROJECT, other], null, 2)],
    [
      'an array in an object',
      JSON.stringify({ count: 2, items: [PROJECT, other], next: null }),
      { rows: 'items' },
    ],
    [
      'an array deep in it',
      JSON.stringify({ items: [1], data: { items: [PROJECT, other] } }),
      { rows: 'data.items' },
    ],
  ])('is read from %s, by paths', async (_, content, more = {}) => {
    const { rows, head } = await reading(content, { mapping: { ...MAPPING, ...more } });
    expect(rows.map(({ fields }) => fields)).toEqual([READ, { ...READ, code: 'J-2' }]);
    expect(head).toMatchObject({ sheet: null, headingRow: null, warnings: [] });
    expect(head.columns[1]).toEqual({ column: null, heading: 'title.zh', field: 'name' });
    expect(head.ignored).toEqual([{ column: null, heading: 'extra' }]);
  });

  it('counts lines and elements from 1, and reports faults with the path', async () => {
    const faulty = { ...PROJECT, signed: '31/02/2020' };
    const lines = await reading([PROJECT, faulty].map((one) => JSON.stringify(one)).join('\n'), {
      mapping: MAPPING,
    });
    const array = await reading(JSON.stringify([PROJECT, faulty]), { mapping: MAPPING });
    for (const { rows } of [lines, array]) {
      expect(rows[1]?.row).toBe(2);
      expect(rows[1]?.faults).toEqual([
        { field: 'signedOn', column: null, heading: 'signed', value: '31/02/2020', code: 'not_a_day' },
      ]);
    }
  });

  it.each<[string, unknown, unknown]>([
    ['an object', { a: 1 }, 'not_a_value'],
    ['a list of objects', [{ a: 1 }], 'not_a_value'],
    ['a number with too many digits', 1e15, 'inexact_number'],
    ['a list', ['a', 'b'], 'a\nb'],
    ['a number', 0.1, '0.1'],
    ['a truth', false, 'FALSE'],
    ['nothing', null, undefined],
  ])('reads %s', async (_, id, expected) => {
    const { rows } = await reading(JSON.stringify([{ ...PROJECT, id }]), { mapping: MAPPING });
    expect(rows[0]?.faults[0]?.code ?? rows[0]?.fields.code).toBe(expected);
  });

  it('takes a key with a dot for what it is', async () => {
    const { rows } = await reading(JSON.stringify([{ 'title.zh': '甲', id: 'J-1' }]), { mapping: MAPPING });
    expect(rows[0]?.fields.name).toBe('甲');
  });

  it('warns of a path that no row has', async () => {
    const { head } = await reading(JSON.stringify([{ id: 'J-1', title: { zh: '甲' } }]), {
      mapping: MAPPING,
    });
    expect(head.warnings.map(({ code, column }) => [code, column])).toEqual([
      ['path_not_found', 'address.region'],
      ['path_not_found', 'amounts.total'],
      ['path_not_found', 'signed'],
      ['path_not_found', 'isEstimate'],
      ['path_not_found', 'partners.name'],
    ]);
  });

  it('refuses each element that is no object, or has a key twice', async () => {
    const { rows } = await reading('[{"id":"J-1","id":"J-2"}, 1, {"id": nothing}, {"id":"J-3"}]', {
      mapping: MAPPING,
    });
    expect(rows.map(({ row, faults }) => [row, faults[0]?.code])).toEqual([
      [1, 'duplicate_key'],
      [2, 'not_json'],
      [3, 'not_json'],
      [4, undefined],
    ]);
  });

  it.each<[string, string, string, string?]>([
    ['an array that does not end', '[{"id":"J-1"}', 'imports.invalid_json'],
    ['a text that does not end', '[{"id":"J-1', 'imports.invalid_json'],
    ['brackets that do not match', '[{"id":"J-1"}}', 'imports.invalid_json'],
    ['two arrays', '[{"id":"J-1"}] [{"id":"J-2"}]', 'imports.invalid_json'],
    ['the array twice', '{"items":[{"id":"J-1"}],"items":[]}', 'imports.invalid_json', 'items'],
    ['no array where it should be', '{"items":{"a":[]}}', 'imports.no_rows', 'items'],
    ['an array where there should be an object', '[{"id":"J-1"}]', 'imports.no_rows', 'items'],
  ])('refuses %s', async (_, content, kind, rows) => {
    const mapping = { ...MAPPING, ...(rows !== undefined && { rows }) };
    expect((await refusal(content, { mapping })).kind).toBe(kind);
  });

  it('refuses an element without end', async () => {
    const endless = `[{"id":"${'x'.repeat(2 * 1024 * 1024)}`;
    expect((await refusal(endless, { mapping: MAPPING })).kind).toBe('imports.record_too_large');
  });

  it('leaves out no object, even if it has no value that is read', async () => {
    const { rows } = await reading('[{"id":"J-1"},{},{"other":1}]', { mapping: MAPPING });
    expect(rows.map(({ row, fields }) => [row, fields.code])).toEqual([
      [1, 'J-1'],
      [2, undefined],
      [3, undefined],
    ]);
  });

  it('counts the rows that an export declares', async () => {
    const content = `${JSON.stringify(PROJECT)}\n{"end":true,"count":2}\n`;
    expect((await refusal(content, { mapping: MAPPING })).kind).toBe('imports.incomplete');
  });
});

it('a JSON document without a mapping is refused, with what to do', async () => {
  const { kind, en, zh } = await refusal('[{"code":"A-1"}]');
  expect(kind).toBe('imports.unknown_format');
  expect(en).toContain('a JSON document; send a mapping with it, or write one object per line (NDJSON)');
  expect(zh).toContain('JSON 文档；请同时指定映射');
});

describe('the elements of an array', () => {
  it('are the same as of the whole document, in whatever pieces it comes', () => {
    const document = fc.record({
      before: fc.jsonValue(),
      items: fc.array(fc.jsonValue()),
      after: fc.jsonValue(),
    });
    fc.assert(
      fc.property(document, fc.integer({ min: 1, max: 20 }), fc.boolean(), (value, size, isIndented) => {
        const text = JSON.stringify(
          { before: value.before, items: value.items, after: value.after },
          null,
          isIndented ? 2 : 0,
        );
        const elements = new JsonElements(['items']);
        const found: string[] = [];
        for (let at = 0; at < text.length; at += size)
          found.push(...elements.take(text.slice(at, at + size)));
        elements.end();
        expect(found.map((one) => JSON.parse(one))).toEqual(JSON.parse(JSON.stringify(value.items)));
      }),
      { numRuns: runs(500) },
    );
  });
});
