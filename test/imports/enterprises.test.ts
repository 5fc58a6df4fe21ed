/** Imports of enterprises: matched by id, social credit code, or name. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { entriesOf } from '../support/change-log.ts';
import { closeVerified } from '../support/verified.ts';
import {
  counts,
  editorOf,
  enterpriseCalled,
  linesOf,
  placesOf,
  type Row,
  sheetOf,
  socialCreditCode,
  storedIn,
} from './rows.ts';
import { commit, preview } from './support.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => closeVerified(api));

const query = { entity: 'enterprises' };
let made = 0;
const aName = (): string => `企业 ${++made} 号`;
const aCode = (): string => socialCreditCode(++made);
const row = (name: string, code = '', fields: Row = {}): Row => ({
  企业名称: name,
  统一社会信用代码: code,
  ...fields,
});
const read = async (id: string) => (await api.get(`/v1/enterprises/${id}`)).body;
const there = (fields: Body = {}) => created(api, '/v1/enterprises', { name: aName(), ...fields });

describe('a sheet of enterprises', () => {
  it('creates them like the API, including the history', async () => {
    const [one, other] = [aName(), aName()];
    const body = { nameEn: 'Sample', country: 'CN', province: '上海市' };
    const columns = { 英文名称: 'Sample', 国别: 'CN', 省份: '上海市' };
    const [first, second] = [aCode(), aCode()];
    const typed = await entriesOf(api, () =>
      api.post('/v1/enterprises', { name: one, socialCreditCode: first, ...body }),
    );
    const file = sheetOf([row(other, second, columns)]);
    const sent = await entriesOf(api, () => commit(api, file, { query }));
    expect(sent.answer.body).toMatchObject(counts({ created: 1 }));
    expect(sent.answer.body.changes).toMatchObject([{ key: other, effect: 'create' }]);
    const { id, ...stored } = await enterpriseCalled(api, other);
    expect(stored).toEqual({ name: other, socialCreditCode: second, ...body, rankings: [] });
    expect(sent.entries[0]?.entityId).toBe(id);
    const { id: _, name: __, socialCreditCode: ___, ...fields } = typed.entries[0]?.fields ?? {};
    expect(sent.entries[0]?.fields).toEqual({
      id: { after: id },
      name: { after: other },
      socialCreditCode: { after: second },
      ...fields,
    });
  });

  it('matches by id, code or name, and leaves rankings unchanged', async () => {
    const rankings = [{ list: 'china_500', year: 2020, rank: 1 }];
    const all = [
      await there({ rankings }),
      await there({ socialCreditCode: aCode() }),
      await there({ socialCreditCode: aCode() }),
      await there(),
    ];
    const [byId, byCode, byName, unchanged] = all as [Body, Body, Body, Body];
    const rows = [
      row('改名', '', { 系统编号: byId.id.toUpperCase() }),
      row('改名', byCode.socialCreditCode),
      row(byName.name, '', { 省份: '湖南省' }),
      row(` ${unchanged.name} `),
    ];
    const { answer, entries } = await entriesOf(api, () => commit(api, sheetOf(rows), { query }));
    expect(answer.body).toMatchObject(counts({ changed: 3, unchanged: 1 }));
    expect(entries.map(({ fields }) => fields)).toEqual([
      { name: { before: byId.name, after: '改名' } },
      { name: { before: byCode.name, after: '改名' } },
      { province: { before: null, after: '湖南省' } },
    ]);
    expect(await read(byId.id)).toEqual({ ...byId, name: '改名' });
    expect(await read(byName.id)).toEqual({ ...byName, province: '湖南省' });
  });

  it('gives a code to an enterprise of the same name without one, but not to one with another code', async () => {
    const name = aName();
    const without = await there({ name });
    const [first, second] = [aCode(), aCode()];
    expect((await commit(api, sheetOf([row(name, first)]), { query })).body).toMatchObject(
      counts({ changed: 1 }),
    );
    expect(await read(without.id)).toMatchObject({ name, socialCreditCode: first });
    expect((await commit(api, sheetOf([row(name, second)]), { query })).body).toMatchObject(
      counts({ created: 1 }),
    );
    const { body } = await preview(api, sheetOf([row(name)]), { query });
    expect(placesOf(body.faults)).toEqual([[2, 'name', 'ambiguous_enterprise']]);
  });

  it('can have only one row per enterprise, however it is matched', async () => {
    const [one, fresh, code] = [await there({ socialCreditCode: aCode() }), aName(), aCode()];
    const file = sheetOf([
      row(one.name),
      row('别名', one.socialCreditCode),
      row('', '', { 系统编号: one.id, 省份: '湖南省' }),
      row(fresh, code),
      row(fresh),
      row(aName(), code),
      // Another enterprise of the same name.
      row(fresh, aCode()),
    ]);
    for (const send of [preview, commit]) {
      const { body } = await send(api, file, { query: { ...query, partial: true } });
      expect(body).toMatchObject(counts({ unchanged: 1, created: 2, refused: 4 }));
      expect(placesOf(body.faults)).toEqual([
        [3, 'socialCreditCode', 'duplicate_row'],
        [4, 'id', 'duplicate_row'],
        [6, 'name', 'duplicate_row'],
        [7, 'socialCreditCode', 'duplicate_row'],
      ]);
    }
  });

  it('has the same result whether rows are together or far apart', async () => {
    const [fresh, renamed, code] = [aName(), await there(), aCode()];
    const rows = [
      row(fresh),
      row('新名字', code, { 系统编号: renamed.id }),
      ...Array.from({ length: 300 }, () => row(aName())),
      row(fresh),
      // No enterprise has this name any more.
      row(renamed.name),
      row(aName(), code),
    ];
    const outcome = counts({ created: 302, changed: 1, refused: 2 });
    for (const send of [preview, commit]) {
      const { body } = await send(api, sheetOf(rows), { query: { ...query, partial: true } });
      expect(body).toMatchObject(outcome);
      expect(placesOf(body.faults)).toEqual([
        [304, 'name', 'duplicate_row'],
        [306, 'socialCreditCode', 'duplicate_row'],
      ]);
    }
  });

  it('reports each faulty cell', async () => {
    const [owner, other, twin] = [await there({ socialCreditCode: aCode() }), await there(), aName()];
    await there({ name: twin });
    await there({ name: twin });
    const file = sheetOf([
      row('', '', { 省份: '湖南省' }),
      row('名'.repeat(301)),
      row(aName(), '123', { 国别: '中国', 英文名称: 'a\nb' }),
      row(aName(), '', { 系统编号: '0190a1b2-0000-7000-8000-00000000dead' }),
      row(aName(), '', { 系统编号: 'nonsense' }),
      row(other.name, owner.socialCreditCode, { 系统编号: other.id }),
      row(twin),
    ]);
    const before = await storedIn(api);
    const { body } = await preview(api, file, { query });
    expect(placesOf(body.faults).sort()).toEqual([
      [2, 'name', 'required'],
      [3, 'name', 'too_long'],
      [4, 'country', 'not_a_country'],
      [4, 'nameEn', 'not_plain_text'],
      [4, 'socialCreditCode', 'not_a_social_credit_code'],
      [5, 'id', 'unknown_reference'],
      [6, 'id', 'unknown_reference'],
      [7, 'socialCreditCode', 'taken'],
      [8, 'name', 'ambiguous_enterprise'],
    ]);
    expectProblem(await commit(api, file, { query }), 422, 'imports.faulty_rows');
    expect(await storedIn(api)).toEqual(before);
  });

  it('can reuse a code that an earlier row has cleared', async () => {
    const code = aCode();
    const [from, to] = [await there({ socialCreditCode: code }), await there()];
    const give = { id: from.id, socialCreditCode: null };
    const take = { id: to.id, socialCreditCode: code };
    const sent = { query, format: 'ndjson' } as const;
    expect(placesOf((await preview(api, linesOf([take, give]), sent)).body.faults)).toEqual([
      [1, 'socialCreditCode', 'taken'],
    ]);
    expect((await commit(api, linesOf([give, take]), sent)).body).toMatchObject(counts({ changed: 2 }));
    expect(await read(to.id)).toMatchObject({ socialCreditCode: code });
  });

  it('can be sent by an editor of any region', async () => {
    const editor = await editorOf(api, ['430100']);
    const { body } = await commit(editor, sheetOf([row(aName())]), { query });
    expect(body).toMatchObject(counts({ created: 1 }));
  });

  it('can be NDJSON, whose invalid values are faults of their rows', async () => {
    const odd = [5, true, [], { a: 1 }, '\u0000', '\ud800', 1e300];
    const fields = ['id', 'name', 'nameEn', 'socialCreditCode', 'country', 'province'];
    const lines = fields.flatMap((field) => odd.map((value) => ({ name: aName(), [field]: value })));
    const { body } = await preview(api, linesOf(lines), { query, format: 'ndjson' });
    expect(body).toMatchObject({ status: 'done', rows: lines.length, refused: lines.length });
  });
});
