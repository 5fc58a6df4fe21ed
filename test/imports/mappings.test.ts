/** Stored mappings, and files read with them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { changesNothing } from '../support/state.ts';
import { byCode, counts, editorOf, placesOf, sheetOf } from './rows.ts';
import { aCode, commit, preview } from './support.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const definition = {
  entity: 'projects',
  headingRow: 2,
  fields: {
    code: { from: '代号' },
    name: { from: 'Title' },
    level: { from: '层次', codes: { 甲: 'provincial', 乙: 'county' }, otherwise: 'municipal' },
    signedOn: { from: 'Signed', dates: ['MM/DD/YYYY'] },
    investmentYuan: { from: 'Amount in USD', factor: '7.1', rounding: 'half_up' },
    startedOn: { from: 'Date', dates: ['MM/DD/YYYY'], when: { column: 'State', in: ['Open', ''] } },
    region: { constant: '430100' },
  },
} as const;

/** A file for it, with a line above its own headings. */
const fileOf = (...rows: Record<string, string>[]): string => `不是表头\r\n${sheetOf(rows)}`;
const aRow = (fields: Record<string, string> = {}): Record<string, string> => ({
  代号: aCode(),
  Title: '来自别处',
  层次: '甲',
  Signed: '06/29/2020',
  'Amount in USD': '100.50',
  Date: '09/15/2020',
  State: 'Open',
  多余: 'x',
  ...fields,
});

let made = 0;
const stored = async (given: Body = definition): Promise<string> =>
  (await created(api, '/v1/mappings', { code: `map-${++made}`, name: '测试', definition: given })).code;

describe('a stored mapping', () => {
  it('defines how a file is read', async () => {
    const mapping = await stored();
    const rows = [
      aRow(),
      aRow({ 层次: '丙', State: 'Closed' }),
      aRow({ 层次: '乙', 'Amount in USD': '1', State: '' }),
    ];
    const { body } = await commit(api, fileOf(...rows), { query: { mapping } });
    expect(body).toMatchObject({ entity: 'projects', ...counts({ created: 3 }) });
    expect(body.file).toMatchObject({ headingRow: 2, ignored: [{ column: 'H', heading: '多余' }] });
    const read = await Promise.all(rows.map(({ 代号 }) => byCode(api, 代号 as string)));
    const common = { name: '来自别处', signedOn: '2020-06-29', region: '430100' };
    expect(read).toMatchObject([
      // 713.55 yuan are rounded to 714, and 7.1 to 7.
      { ...common, level: 'provincial', investmentYuan: 714, startedOn: '2020-09-15' },
      { ...common, level: 'municipal', investmentYuan: 714, startedOn: null },
      { ...common, level: 'county', investmentYuan: 7, startedOn: '2020-09-15' },
    ]);
  });

  it('preserves the position of faulty cells', async () => {
    const { factor: _, ...exact } = definition.fields.investmentYuan;
    const { rounding: __, ...strict } = exact;
    const { otherwise: ___, ...listed } = definition.fields.level;
    const mapping = await stored({
      ...definition,
      fields: { ...definition.fields, investmentYuan: strict, level: listed },
    });
    const row = aRow({ 层次: '丙', Signed: '13/29/2020', 'Amount in USD': '1.5' });
    const { body } = await preview(api, fileOf(row), { query: { mapping } });
    expect(body.faults).toEqual([
      expect.objectContaining({
        row: 3,
        column: 'C',
        heading: '层次',
        value: '丙',
        field: 'level',
        code: 'not_translated',
      }),
      expect.objectContaining({ column: 'D', heading: 'Signed', value: '13/29/2020', code: 'not_a_day' }),
      expect.objectContaining({
        column: 'E',
        heading: 'Amount in USD',
        value: '1.5',
        code: 'fraction_of_yuan',
      }),
    ]);
  });

  it('sets the kind of rows, unless the request overrides it', async () => {
    const fields = { code: { from: '代号' }, name: { from: 'Title' } };
    const mapping = await stored({ entity: 'regions', fields });
    const file = sheetOf([{ 代号: '998000', Title: '映射市' }]);
    const { body } = await commit(api, file, { query: { mapping } });
    expect(body).toMatchObject({ entity: 'regions', ...counts({ created: 1 }) });
    expect((await preview(api, file, { query: { mapping, entity: 'regions' } })).status).toBe(200);
    const other = await preview(api, file, { query: { mapping, entity: 'zones' } });
    expectProblem(other, 422, 'imports.other_entity');
    expect(other.body.detail).toBe('The mapping is for regions, not for zones.');
    expectProblem(await preview(await editorOf(api), file, { query: { mapping } }), 403, 'access.role');
  });

  it('can be used by an editor, in its state when the file is uploaded', async () => {
    const mapping = await stored();
    const editor = await editorOf(api, ['430100']);
    const row = aRow();
    expect((await commit(editor, fileOf(row), { query: { mapping } })).body).toMatchObject(
      counts({ created: 1 }),
    );
    await api.patch(`/v1/mappings/${mapping}`, { definition: { fields: { code: { from: '代号' } } } });
    const { body } = await preview(editor, fileOf(row), { query: { mapping } });
    expect(body).toMatchObject(counts({ unchanged: 1 }));
    expect(body.file.columns).toEqual([{ column: 'A', heading: '代号', field: 'code' }]);
  });

  it('that does not exist is not found', async () => {
    expectProblem(
      await preview(api, fileOf(aRow()), { query: { mapping: 'nowhere' } }),
      404,
      'mappings.not_found',
    );
    const gone = await stored();
    await api.delete(`/v1/mappings/${gone}`);
    expectProblem(await commit(api, fileOf(aRow()), { query: { mapping: gone } }), 404, 'mappings.not_found');
    expectProblem(await preview(api, fileOf(aRow()), { query: { mapping: 'A B' } }), 422, 'request.invalid', [
      ['mapping', 'not_a_slug'],
    ]);
  });

  it('that does not match the file refuses it, and reports what is missing', async () => {
    const mapping = await stored();
    const { State: _, ...row } = aRow();
    const answer = await preview(api, fileOf(row), { query: { mapping } });
    expectProblem(answer, 422, 'imports.missing_headings');
    expect(answer.body.detail).toContain('State');
  });

  it('reports where the value of a reference is', async () => {
    const fields = { code: { from: '代号' }, region: { from: '地' } };
    const mapping = await stored({ fields });
    const { body } = await preview(api, sheetOf([{ 代号: aCode(), 地: '火星' }]), { query: { mapping } });
    expect(placesOf(body.faults)).toContainEqual([2, 'region', 'unknown_reference']);
    expect(body.faults.find(({ field }: Body) => field === 'region')).toMatchObject({
      column: 'B',
      heading: '地',
      value: '火星',
    });
  });

  it('can only be stored by administrators', async () => {
    const body = { code: 'mine', name: '测试', definition };
    expectProblem(await (await editorOf(api)).post('/v1/mappings', body), 403, 'access.role');
  });
});

describe('a definition', () => {
  changesNothing(() => api);
  const faulty: [what: string, definition: Body, ...faults: [string, string][]][] = [
    ['without fields', {}, ['/definition/fields', 'required']],
    ['of no entity', { entity: 'cars', fields: {} }, ['/definition/entity', 'not_a_choice']],
    ['of a row before the first', { headingRow: 0, fields: {} }, ['/definition/headingRow', 'too_small']],
    [
      'with a setting that there is not',
      { fields: {}, colour: 'red' },
      ['/definition/colour', 'unknown_field'],
    ],
    [
      'of a field that there is not',
      { fields: { colour: { from: 'x' } } },
      ['/definition/fields/colour', 'not_a_choice'],
    ],
    [
      'of a derived field',
      { fields: { operatingStatus: { from: 'x' } } },
      ['/definition/fields/operatingStatus', 'not_a_choice'],
    ],
    [
      'with neither column nor constant',
      { fields: { code: {} } },
      ['/definition/fields/code', 'from_or_constant'],
    ],
    [
      'with both',
      { fields: { code: { from: 'x', constant: 'y' } } },
      ['/definition/fields/code', 'from_or_constant'],
    ],
    [
      'of a heading that is empty',
      { fields: { code: { from: ' ' } } },
      ['/definition/fields/code/from', 'empty'],
    ],
    [
      'with a unit that there is not',
      { fields: { investmentYuan: { from: 'x', unit: 'k' } } },
      ['/definition/fields/investmentYuan/unit', 'not_a_choice'],
    ],
    [
      'with a factor that is none',
      { fields: { investmentYuan: { from: 'x', factor: '0' } } },
      ['/definition/fields/investmentYuan/factor', 'not_a_factor'],
    ],
    [
      'with dates that are none',
      { fields: { signedOn: { from: 'x', dates: ['D.M.YY'] } } },
      ['/definition/fields/signedOn/dates/0', 'not_a_date_format'],
    ],
    [
      'with settings for other fields',
      { fields: { name: { from: 'x', unit: 'yi', factor: '2', rounding: 'up', dates: ['YYYY-MM-DD'] } } },
      ...['unit', 'factor', 'rounding', 'dates'].map((setting): [string, string] => [
        `/definition/fields/name/${setting}`,
        'not_for_this_field',
      ]),
    ],
    [
      'with a condition on nothing',
      { fields: { startedOn: { from: 'x', when: { column: 'y', in: [] } } } },
      ['/definition/fields/startedOn/when/in', 'too_few'],
    ],
  ];
  it.each(faulty)('%s is refused', async (_, given, ...faults) => {
    const answer = await api.post('/v1/mappings', { code: 'faulty', name: '测试', definition: given });
    expectProblem(answer, 422, 'request.invalid', faults);
    for (const { message } of answer.body.errors) expect(message).not.toMatch(/\{\w+\}|undefined/);
  });
});
