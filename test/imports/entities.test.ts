/** Imports of catalogues, such as another province's reference data. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, clientOf, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { entriesOf } from '../support/change-log.ts';
import { closeVerified } from '../support/verified.ts';
import { counts, editorOf, linesOf, placesOf, type Row, sheetOf, storedIn } from './rows.ts';
import { commit, preview } from './support.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => closeVerified(api));

interface Kind {
  entity: 'regions' | 'industries' | 'zones' | 'events';
  /** A row with a value in every column, and the corresponding entry in the API, with the given code. */
  row(code: string): Row;
  body(code: string): Body;
  codes: [string, string];
  /** A cell with a change, and a faulty one: heading, text, field, and the value or fault. */
  change: [heading: string, text: string, field: string, value: unknown];
  fault: [heading: string, text: string, field: string, code: string];
}

const kinds: Kind[] = [
  {
    entity: 'regions',
    row: (code) => ({ 行政区划代码: code, 名称: '测试市', 英文名称: 'Test City', 上级代码: '湖南省' }),
    body: (code) => ({ code, name: '测试市', nameEn: 'Test City', parent: '430000' }),
    codes: ['439801', '439802'],
    change: ['上级代码', '110000 北京市', 'parent', '110000'],
    fault: ['上级代码', '999999', 'parent', 'unknown_reference'],
  },
  {
    entity: 'industries',
    row: (code) => ({ 行业代码: code, 名称: '测试业', 英文名称: 'Testing', 上级代码: '制造业' }),
    body: (code) => ({ code, name: '测试业', nameEn: 'Testing', parent: 'C' }),
    codes: ['98', '99'],
    change: ['名称', '检测业', 'name', '检测业'],
    fault: ['名称', '检\n测', 'name', 'not_plain_text'],
  },
  {
    entity: 'zones',
    row: (code) => ({
      园区代码: code,
      园区名称: '测试园',
      英文名称: 'Test Zone',
      园区级别: '国家级',
      行政区划: '长沙县',
    }),
    body: (code) => ({ code, name: '测试园', nameEn: 'Test Zone', level: 'national', region: '430121' }),
    codes: ['zone-a', 'zone-b'],
    change: ['园区级别', 'provincial', 'level', 'provincial'],
    fault: ['园区级别', '县级', 'level', 'not_a_choice'],
  },
  {
    entity: 'events',
    row: (code) => ({
      活动代码: code,
      活动名称: '测试活动',
      英文名称: 'Test Fair',
      系列: 'test',
      届次: '2020',
      举办城市: '上海',
      开始日期: '2020/6/29',
      结束日期: '2020年7月5日',
      备注: '日期未公布',
    }),
    body: (code) => ({
      code,
      name: '测试活动',
      nameEn: 'Test Fair',
      series: 'test',
      edition: 2020,
      hostCity: '上海',
      startsOn: '2020-06-29',
      endsOn: '2020-07-05',
      note: '日期未公布',
    }),
    codes: ['fair-1', 'fair-2'],
    change: ['举办城市', '长沙', 'hostCity', '长沙'],
    fault: ['结束日期', '2020-06-28', 'endsOn', 'ends_before_start'],
  },
];

describe.each(kinds.map((kind) => [kind.entity, kind] as const))('%s', (entity, kind) => {
  const query = { entity };
  const [first, second] = kind.codes;
  const essence = (entries: Body[]) =>
    entries.map(({ action, entity, fields }) => ({ action, entity, fields }));

  it('are created like by the API, including the history', async () => {
    const typed = await entriesOf(api, () => api.post(`/v1/${entity}`, kind.body(first)));
    const sent = await entriesOf(api, () => commit(api, sheetOf([kind.row(second)]), { query }));
    expect(sent.answer.body).toMatchObject({ entity, ...counts({ created: 1 }) });
    expect(sent.answer.body.file.ignored).toEqual([]);
    expect((await api.get(`/v1/${entity}/${second}`)).body).toEqual(kind.body(second));
    const renamed = JSON.parse(
      JSON.stringify(essence(typed.entries)).replaceAll(`"${first}"`, `"${second}"`),
    );
    expect(essence(sent.entries)).toEqual(renamed);
  });

  it('are unchanged if equal, and otherwise changed like by the API', async () => {
    expect((await commit(api, sheetOf([kind.row(second)]), { query })).body).toMatchObject(
      counts({ unchanged: 1 }),
    );
    const [heading, text, field, value] = kind.change;
    const key = Object.keys(kind.row(second))[0] as string;
    const before = kind.body(second)[field];
    const { answer, entries } = await entriesOf(api, () =>
      commit(api, sheetOf([{ [key]: second, [heading]: text }]), { query }),
    );
    const fields = { [field]: { before, after: value } };
    expect(answer.body.changes).toEqual([{ row: 2, key: second, effect: 'change', fields }]);
    expect(essence(entries)).toEqual([{ action: 'change', entity, fields }]);
    expect((await api.get(`/v1/${entity}/${second}`)).body).toEqual({ ...kind.body(second), [field]: value });
  });

  it('are refused with every faulty cell, and with the first row of a repeated code', async () => {
    const [heading, text, field, code] = kind.fault;
    const [key = '', name = ''] = Object.keys(kind.row(first));
    const before = await storedIn(api);
    const file = sheetOf([
      kind.row(first),
      { ...kind.row('!'), [heading]: text },
      { [key]: '', [name]: '无代码' },
      kind.row(first),
    ]);
    const { body } = await preview(api, file, { query });
    expect(body).toMatchObject({ unchanged: 1, refused: 3 });
    const places = placesOf(body.faults);
    expect(places).toContainEqual([3, field, code]);
    expect(places).toContainEqual([3, 'code', expect.stringMatching(/^not_a/)]);
    expect(places).toContainEqual([4, 'code', 'required']);
    expect(places).toContainEqual([5, 'code', 'duplicate_row']);
    expectProblem(await commit(api, file, { query }), 422, 'imports.faulty_rows');
    expect(await storedIn(api)).toEqual(before);
  });
});

describe('a tree', () => {
  const query = { entity: 'regions' };
  const row = (code: string, name: string, parent = ''): Row => ({ 代码: code, 名称: name, 上级: parent });

  it('can be in one file, parents before children, by code or by name', async () => {
    const file = sheetOf([
      row('990000', '测试省'),
      row('990100', '测试首府', '990000'),
      row('990101', '测试区', '测试首府'),
      row('990102', '测试县', '990100 测试首府'),
    ]);
    expect((await preview(api, file, { query })).body).toMatchObject(counts({ created: 4 }));
    expect((await commit(api, file, { query })).body).toMatchObject(counts({ created: 4 }));
    expect((await api.get('/v1/regions?parent=990100')).body.items.map(({ code }: Body) => code)).toEqual([
      '990101',
      '990102',
    ]);
    const late = sheetOf([row('990201', '晚到区', '990200'), row('990200', '晚到市', '990000')]);
    expect(placesOf((await preview(api, late, { query })).body.faults)).toEqual([
      [2, 'parent', 'unknown_reference'],
    ]);
  });

  it('never becomes circular, however its rows are distributed', async () => {
    const [a, b, c] = ['991000', '991100', '991200'] as const;
    await commit(api, sheetOf([row(a, '甲省'), row(b, '乙市', a), row(c, '丙市', b)]), { query });
    for (const parent of [a, b, c]) {
      const { body } = await preview(api, sheetOf([row(a, '', parent)]), { query });
      expect([parent, placesOf(body.faults)]).toEqual([parent, [[2, 'parent', 'circular']]]);
    }
    // Two rows that are circular only together.
    await commit(api, sheetOf([row('991400', '戊市'), row('991500', '己市')]), { query });
    const both = sheetOf([row('991400', '', '991500'), row('991500', '', '991400')]);
    for (const send of [preview, commit]) {
      const { body } = await send(api, both, { query: { ...query, partial: true } });
      expect(placesOf(body.faults)).toEqual([[3, 'parent', 'circular']]);
    }
  });

  it('uses names changed by earlier rows', async () => {
    await commit(api, sheetOf([row('992000', '旧名')]), { query });
    const file = sheetOf([
      row('992000', '新名'),
      row('992100', '新区', '新名'),
      row('992200', '旧区', '旧名'),
    ]);
    const { body } = await preview(api, file, { query });
    expect(body).toMatchObject(counts({ changed: 1, created: 1, refused: 1 }));
    expect(placesOf(body.faults)).toEqual([[4, 'parent', 'unknown_reference']]);
  });
});

describe('permission to import', () => {
  const files: Record<string, string> = {
    projects: sheetOf([{ 项目编号: 'none' }]),
    funds: sheetOf([{ 项目编号: 'none', 到位日期: '' }]),
    enterprises: sheetOf([{ 企业名称: '某企业' }]),
    ...Object.fromEntries(kinds.map((kind) => [kind.entity, sheetOf([kind.row(kind.codes[0])])])),
  };
  const editors = ['projects', 'funds', 'enterprises'];

  it.each(Object.keys(files))('%s', async (entity) => {
    const { key } = await created(api, '/v1/keys', { name: `viewer of ${entity}`, role: 'viewer' });
    const query = { entity };
    const file = files[entity] as string;
    expectProblem(await preview(clientOf(api.app, key), file, { query }), 403, 'access.role');
    expectProblem(await preview(clientOf(api.app, null), file, { query }), 401, 'access.key_required');
    const answer = await preview(await editorOf(api), file, { query });
    if (editors.includes(entity)) expect(answer.status).toBe(200);
    else expectProblem(answer, 403, 'access.role');
    expect((await preview(api, file, { query })).status).toBe(200);
  });
});

describe('a line of NDJSON', () => {
  it('can contain any value, and refuses only its own row', async () => {
    const odd = [5, true, [], { a: 1 }, '\u0000', '\ud800', 1e300];
    for (const { entity, body, codes } of kinds) {
      const sound = body(codes[0]);
      const lines = Object.keys(sound).flatMap((field) => odd.map((value) => ({ ...sound, [field]: value })));
      const answer = await preview(api, linesOf(lines), { query: { entity }, format: 'ndjson' });
      expect(answer.body).toMatchObject({ status: 'done', rows: lines.length, refused: lines.length });
    }
  });
});
