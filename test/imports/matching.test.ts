/** Matching of rows with projects, and permissions for regions. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aProject,
  type Body,
  type Client,
  created,
  expectProblem,
  type TestApp,
  testApp,
} from '../support/app.ts';
import { entriesOf } from '../support/change-log.ts';
import { closeVerified } from '../support/verified.ts';
import { byCode, counts, editorOf, linesOf, placesOf, type Row, sheetOf, storedIn } from './rows.ts';
import { aCode, commit, preview } from './support.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => closeVerified(api));

const aRow = (fields: Row = {}): Row => ({
  项目编号: aCode(),
  项目名称: '示例项目',
  项目级别: '省级',
  签约日期: '2020-06-29',
  '投资总额(元)': '100000000',
  ...fields,
});

describe('a row', () => {
  it('changes and logs only the columns in the file', async () => {
    const project = await created(api, '/v1/projects', aProject({ region: '430100', note: '原注' }));
    const file = sheetOf([{ 项目编号: project.code, 开工日期: '2020-09-15', 备注: '新注' }]);
    const { answer, entries } = await entriesOf(api, () => commit(api, file));
    expect(answer.body).toMatchObject(counts({ changed: 1 }));
    const fields = {
      startedOn: { before: null, after: '2020-09-15' },
      note: { before: '原注', after: '新注' },
    };
    expect(answer.body.changes).toEqual([{ row: 2, key: project.code, effect: 'change', fields }]);
    expect(entries).toMatchObject([{ entity: 'projects', entityId: project.id, action: 'change', fields }]);
    expect(await byCode(api, project.code)).toEqual({
      ...project,
      startedOn: '2020-09-15',
      note: '新注',
      operatingStatus: 'under_construction',
      version: 2,
    });
  });

  it('is unchanged if it has equal values, in any notation', async () => {
    const project = await created(
      api,
      '/v1/projects',
      aProject({ name: '示例项目', region: '430100', industry: 'C', zone: 'changsha-etdz' }),
    );
    const row = {
      ...aRow({ 项目编号: ` ${project.code} `, 签约日期: '2020年6月29日', 项目级别: 'Provincial' }),
      行政区划: '430100 长沙市',
      行业: '制造业',
      园区: 'Changsha Economic and Technological  Development Zone'.replace('  ', ' '),
    };
    expect((await commit(api, sheetOf([row]))).body).toMatchObject(counts({ unchanged: 1 }));
    expect(await byCode(api, project.code)).toEqual(project);
  });

  it('can name a region by code, by either name, or by both, in full or half width', async () => {
    const texts = [
      '430100',
      '４３０１００',
      '长沙市',
      'changsha',
      ' 430100 长沙市 ',
      '430100 Changsha',
      '430100 长沙',
    ];
    const { body } = await preview(api, sheetOf(texts.map((text) => aRow({ 行政区划: text }))));
    const regions = body.changes.map(({ fields }: Body) => fields.region.after);
    expect(regions).toEqual(texts.map(() => '430100'));
  });

  it('with a code in another case is another project', async () => {
    const [upper, lower] = [aCode(), aCode().toLowerCase()];
    const file = sheetOf([
      aRow({ 项目编号: upper }),
      aRow({ 项目编号: upper.toLowerCase() }),
      aRow({ 项目编号: lower }),
    ]);
    expect((await commit(api, file)).body).toMatchObject(counts({ created: 3 }));
  });

  it('with a repeated code is refused, whatever its values', async () => {
    const { code } = await created(api, '/v1/projects', aProject({ name: '示例项目' }));
    const fresh = aCode();
    const file = sheetOf([
      { 项目编号: code, 备注: '一' },
      aRow({ 项目编号: fresh }),
      { 项目编号: code, 备注: '二' },
      aRow({ 项目编号: fresh }),
      aRow({ 项目编号: fresh }),
    ]);
    const { body } = await preview(api, file);
    expect(body).toMatchObject(counts({ changed: 1, created: 1, refused: 3 }));
    expect(placesOf(body.faults)).toEqual([4, 5, 6].map((row) => [row, 'code', 'duplicate_row']));
    expect(body.faults.map(({ message }: Body) => message)).toEqual(
      [2, 3, 3].map((row) => `is already in row ${row}`),
    );
    const answer = await commit(api, file, { query: { partial: true } });
    expect(answer.body).toMatchObject(counts({ changed: 1, created: 1, refused: 3 }));
    expect(await byCode(api, code)).toMatchObject({ note: '一', version: 2 });
  });

  it('with a code repeated from another batch of rows is refused as well', async () => {
    const rows = Array.from({ length: 600 }, () => aRow());
    const file = sheetOf([...rows, { ...rows[0], 备注: '重复' }, { ...rows[299], 备注: '重复' }]);
    const outcome = counts({ created: 600, refused: 2 });
    expect((await preview(api, file)).body).toMatchObject(outcome);
    const answer = await commit(api, file, { query: { partial: true } });
    expect(answer.body).toMatchObject(outcome);
    expect(placesOf(answer.body.faults)).toEqual([
      [602, 'code', 'duplicate_row'],
      [603, 'code', 'duplicate_row'],
    ]);
  });

  it('of an archived project is refused', async () => {
    const project = await created(api, '/v1/projects', aProject());
    await api.delete(`/v1/projects/${project.id}`);
    const { body } = await preview(api, sheetOf([{ 项目编号: project.code, 备注: '新' }]));
    expect(placesOf(body.faults)).toEqual([[2, 'code', 'archived_row']]);
    expect(body.faults[0]).toMatchObject({ column: 'A', value: project.code });
    expect(body.faults[0].message).toContain('restore it first');
  });
});

describe('a version', () => {
  const changedTo = async (name: string) => {
    const project = await created(api, '/v1/projects', aProject());
    const changed = await api.patch(`/v1/projects/${project.id}`, { name });
    return changed.body;
  };

  it('other than the project’s current one is a conflict, reported in both languages', async () => {
    const { code } = await changedTo('别人改的');
    const row = { 项目编号: code, 版本: '1', 备注: '新' };
    for (const [lang, message] of [
      ['zh', '导出之后已被修改（表中版本 1，当前版本 2），请重新导出后再改'],
      ['en', 'has changed since the sheet was exported (version 1, now 2); export again'],
    ] as const) {
      const answer = await commit(api, sheetOf([row]), { query: { lang } });
      expectProblem(answer, 422, 'imports.faulty_rows');
      expect(answer.body.errors).toEqual([
        {
          pointer: '/version',
          sheet: null,
          row: 2,
          column: 'B',
          heading: '版本',
          value: '1',
          code: 'changed_since',
          message,
        },
      ]);
    }
    expect(await byCode(api, code)).toMatchObject({ note: null, version: 2 });
    expect((await preview(api, sheetOf([row]))).body).toMatchObject(counts({ refused: 1, conflicts: 1 }));
  });

  it('that is outdated is ignored if the row changes nothing', async () => {
    const { code } = await changedTo('别人改的');
    const row = { 项目编号: code, 版本: '1', 项目名称: '别人改的' };
    expect((await commit(api, sheetOf([row]))).body).toMatchObject(counts({ unchanged: 1 }));
  });

  it('is reported together with other faults of its row, and counted once', async () => {
    const { code } = await changedTo('别人改的');
    const row = { 项目编号: code, 版本: '1', 开工日期: '去年', 备注: '新' };
    const { body } = await preview(api, sheetOf([row]));
    expect(placesOf(body.faults)).toEqual([
      [2, 'startedOn', 'not_a_day'],
      [2, 'version', 'changed_since'],
    ]);
    expect(body).toMatchObject(counts({ refused: 1, conflicts: 1 }));
  });

  it('that is current, or of a project that does not exist yet, has no effect', async () => {
    const { code } = await changedTo('别人改的');
    const rows = [{ 项目编号: code, 版本: '2', 备注: '新' }, aRow({ 版本: '7' })];
    expect((await commit(api, sheetOf(rows))).body).toMatchObject(counts({ changed: 1, created: 1 }));
    const line = linesOf([{ code, version: null, note: '又新' }]);
    expect((await commit(api, line, { format: 'ndjson' })).body).toMatchObject(counts({ changed: 1 }));
  });
});

describe("an editor's file", () => {
  let editor: Client;
  beforeAll(async () => {
    editor = await editorOf(api, ['430100']);
  });
  const inRegion = (region: string | null) =>
    created(api, '/v1/projects', aProject({ name: '示例项目', ...(region && { region }) }));

  it('writes projects in its regions and their subregions', async () => {
    const [own, county] = [await inRegion('430100'), await inRegion('430121')];
    const file = sheetOf([
      { 项目编号: own.code, 备注: '新' },
      { 项目编号: county.code, 备注: '新' },
      aRow({ 行政区划: '长沙县' }),
      // From one permitted region to another.
      { 项目编号: (await inRegion('430100')).code, 行政区划: '430102' },
    ]);
    expect((await commit(editor, file)).body).toMatchObject(counts({ changed: 3, created: 1 }));
  });

  it('can neither change, take over, give away nor create other projects', async () => {
    const [foreign, none, own] = [await inRegion('430200'), await inRegion(null), await inRegion('430100')];
    const file = sheetOf([
      { 项目编号: foreign.code, 备注: '新' },
      { 项目编号: foreign.code.toLowerCase(), ...aRow({ 项目编号: aCode(), 行政区划: '430200' }) },
      { 项目编号: none.code, 备注: '新' },
      { 项目编号: own.code, 行政区划: '430200' },
      aRow(),
    ]);
    const taking = sheetOf([
      { 项目编号: foreign.code, 行政区划: '430100' },
      { 项目编号: none.code, 行政区划: '430100' },
    ]);
    const before = await storedIn(api);
    const { body } = await preview(editor, file);
    expect(placesOf(body.faults)).toEqual([2, 3, 4, 5, 6].map((row) => [row, 'region', 'other_region']));
    expect(body.faults[3].message).toBe('is outside 430100, the regions this key may write');
    const taken = await commit(editor, taking, { query: { partial: true } });
    expect(taken.body).toMatchObject(counts({ refused: 2 }));
    expectProblem(await commit(editor, file), 422, 'imports.faulty_rows');
    expect(await storedIn(api)).toEqual(before);
  });

  it('can contain unchanged rows of other projects', async () => {
    const [foreign, own] = [await inRegion('430200'), await inRegion('430100')];
    const file = sheetOf([aRow({ 项目编号: foreign.code }), aRow({ 项目编号: own.code, 备注: '新' })]);
    expect((await commit(editor, file)).body).toMatchObject(counts({ unchanged: 1, changed: 1 }));
  });

  it('without regions writes everywhere', async () => {
    const everywhere = await editorOf(api);
    const file = sheetOf([{ 项目编号: (await inRegion('430200')).code, 备注: '新' }, aRow()]);
    expect((await commit(everywhere, file)).body).toMatchObject(counts({ changed: 1, created: 1 }));
  });
});
