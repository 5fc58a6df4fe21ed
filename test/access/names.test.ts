/** Deceptive names: they look like another one, like nothing, or like somebody else's. */
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { searchText } from '../../src/database/search-text.ts';
import { reindexText } from '../../src/database/text-index.ts';
import { commit, csv, preview } from '../imports/support.ts';
import { aProject, type Body, clientOf, created, type TestApp, testApp } from '../support/app.ts';
import { expectWholeLog } from '../support/change-log.ts';
import { expectRefused } from '../support/state.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const TWIN = '示例\u200b企业';
let made = 0;

describe('an invisible character', () => {
  it('is reported with its position, in both languages', async () => {
    const send = (language: string) => () =>
      api.post('/v1/enterprises', { name: TWIN }, { 'accept-language': language });
    const faults: [string, string][] = [['/name', 'hidden_character']];
    const english = await expectRefused(api, send('en'), 422, 'request.invalid', faults);
    expect(english.body.errors[0].message).toBe(
      'contains the invisible character U+200B (zero width space) at position 3; remove it',
    );
    const chinese = await expectRefused(api, send('zh-CN'), 422, 'request.invalid', faults);
    expect(chinese.body.errors[0].message).toBe('第 3 个字符是 U+200B（零宽空格），肉眼不可见，请删除');
  });

  const codes: [string, string, () => Body][] = [
    ['/v1/projects', '/code', () => aProject({ code: 'A-1\u200b' })],
    ['/v1/projects', '/region', () => aProject({ region: '430100\u2060' })],
    [
      '/v1/events',
      '/code',
      () => ({ code: 'hyrd\u00ad-2030', name: 'a', startsOn: '2020-01-01', endsOn: '2020-01-02' }),
    ],
    ['/v1/zones', '/code', () => ({ code: 'zone\u200d', name: 'a', level: 'national' })],
    ['/v1/regions', '/code', () => ({ code: '\ufeff990000', name: 'a' })],
    ['/v1/industries', '/code', () => ({ code: 'Z\u{e0041}', name: 'a' })],
    [
      '/v1/enterprises',
      '/socialCreditCode',
      () => ({ name: 'a', socialCreditCode: '91350100M000100Y43\u200b' }),
    ],
    ['/v1/enterprises', '/country', () => ({ name: 'a', country: 'CN\u200f' })],
    ['/v1/keys', '/regions/0', () => ({ name: 'a', role: 'editor', regions: ['\u202d430100'] })],
  ];

  it.each(codes)(
    'is also reported in a code in %s%s, in addition to the invalid format',
    async (path, pointer, body) => {
      const send = () => api.post(path, body());
      await expectRefused(api, send, 422, 'request.invalid', [[pointer, 'hidden_character']]);
    },
  );

  it('is accepted in searches, which are not names', async () => {
    const old = await anOldEnterprise();
    const { body } = await api.get(`/v1/enterprises?limit=500&q=${encodeURIComponent(old.name)}`);
    expect(body.items.map(({ id }: Body) => id)).toContain(old.id);
  });

  it.each(['示例\u0301项目', '\ue000（集团）有限公司', '𠮷野家', 'Sample – project', '示例　项目'])(
    'is not found in %j',
    async (name) => {
      expect((await created(api, '/v1/enterprises', { name })).name).toBe(name);
    },
  );

  it.each(['\u0301', ' \u0301\u0302 ', '\uffff', '\u{1fffe}\u{1ffff}'])(
    'is not the only way for a name to be invisible: %j',
    async (name) => {
      const send = () => api.post('/v1/projects', aProject({ name }));
      await expectRefused(api, send, 422, 'request.invalid', [['/name', 'shows_nothing']]);
    },
  );
});

/** An enterprise from before such names were refused. */
async function anOldEnterprise(): Promise<Body> {
  const { id } = await created(api, '/v1/enterprises', { name: '示例企业' });
  const { enterprises } = api.database.read.tables;
  const name = `${TWIN} ${++made}`;
  await api.database.write(async (tx) => {
    const row = { name, searchText: searchText(name) };
    await tx.update(enterprises).set(row).where(eq(enterprises.id, id));
    await reindexText(tx, 'enterprises', id, { before: searchText('示例企业'), after: row.searchText });
  });
  return (await api.get(`/v1/enterprises/${id}`)).body;
}

describe('an existing name', () => {
  it('is still shown, and other fields can be changed', async () => {
    const { id, name } = await anOldEnterprise();
    expect(name).toContain(TWIN);
    const url = `/v1/enterprises/${id}`;
    expect(await api.patch(url, { nameEn: 'Sample' })).toMatchObject({
      status: 200,
      body: { name, nameEn: 'Sample' },
    });
    const again = () => api.patch(url, { name });
    await expectRefused(api, again, 422, 'request.invalid', [['/name', 'hidden_character']]);
    expect((await api.patch(url, { name: '示例企业' })).body.name).toBe('示例企业');
  });

  it('of a project is unaffected by changes of other fields, and by sheets without it', async () => {
    const { id, code } = await created(api, '/v1/projects', aProject());
    const { projects } = api.database.read.tables;
    await api.database.write(async (tx) => {
      await tx.update(projects).set({ name: TWIN }).where(eq(projects.id, id));
    });
    expect((await api.patch(`/v1/projects/${id}`, { note: '改' })).body).toMatchObject({
      name: TWIN,
      note: '改',
    });
    const { body } = await commit(api, csv(['项目编号', '备注'], [code, '再改']));
    expect(body).toMatchObject({ changed: 1, refused: 0 });
    expect((await api.get(`/v1/projects/${id}`)).body).toMatchObject({ name: TWIN, note: '再改' });
  });

  it('can be used for its enterprise in a sheet of projects', async () => {
    const { id, name } = await anOldEnterprise();
    const { code } = await created(api, '/v1/projects', aProject());
    const { body } = await commit(api, csv(['项目编号', '投资方'], [code, name]));
    expect(body).toMatchObject({ changed: 1 });
    expect((await api.get(`/v1/projects?code=${code}`)).body.items[0].investors).toMatchObject([
      { id, name },
    ]);
  });
});

describe('a cell with such a character', () => {
  const headings = ['项目编号', '项目名称', '项目级别', '签约日期', '投资总额(亿元)', '投资方'];
  const query = { createEnterprises: true, lang: 'zh' };

  it('is refused with row and column, and the character', async () => {
    const good = ['IMP-1', '示例', '省级', '2020-06-29', '1', '示例投资方'];
    const rows = [
      good,
      ['IMP-2', '示\u202e例', ...good.slice(2)],
      ['IMP-3\u200b', ...good.slice(1)],
      ['IMP-4', ...good.slice(1, -1), '另一\u200d投资方'],
    ];
    const { body } = await preview(api, csv(headings, ...rows), { query });
    expect(body).toMatchObject({ created: 1, refused: 3 });
    expect(body.faults.map(({ row, column, code }: Body) => [row, column, code])).toEqual([
      [3, 'B', 'hidden_character'],
      [4, 'A', 'hidden_character'],
      [5, 'F', 'hidden_character'],
    ]);
    expect(body.faults[0].message).toBe('第 2 个字符是 U+202E（文字方向控制符），肉眼不可见，请删除');
    const send = () => commit(api, csv(headings, ...rows), { query });
    const before = await api.database.revision();
    expect((await send()).status).toBe(422);
    expect(await api.database.revision()).toEqual(before);
  });

  it('keeps it if it is not a name', async () => {
    const code = 'IMP-9';
    const note = '说明\u200b，见附件';
    const row = [code, '示例', '省级', '2020-06-29', '1', note];
    expect((await commit(api, csv([...headings.slice(0, 5), '备注'], row))).body).toMatchObject({
      created: 1,
    });
    expect((await api.get(`/v1/projects?code=${code}`)).body.items[0].note).toBe(note);
  });
});

describe('a key', () => {
  const impostors = [
    'admin (luodi_7gK2mQ)',
    'LUODI_7gK2mQ',
    'ｌｕｏｄｉ＿7gK2mQ',
    'admin (0190a1b2-0000-7000-8000-000000000007)',
    'admin 0190A1B2–0000–7000–8000–000000000007',
    '０190a1b2-0000-7000-8000-000000000007',
  ];

  it.each(impostors)('cannot be named %s', async (name) => {
    const send = () => api.post('/v1/keys', { name, role: 'viewer' });
    await expectRefused(api, send, 422, 'request.invalid', [['/name', 'reads_as_a_key']]);
  });

  it.each(['ad\u200bmin', 'admin\u202e)', '\u3164', 'admin\u2800'])('cannot be named %j', async (name) => {
    const send = () => api.post('/v1/keys', { name, role: 'viewer' });
    await expectRefused(api, send, 422, 'request.invalid', [['/name', 'hidden_character']]);
  });

  it.each(['luodi 平台', '长沙市商务局（一处）', 'admin (backup)', 'team-2026-07-30'])(
    'can be named %s',
    async (name) => {
      expect((await created(api, '/v1/keys', { name, role: 'viewer' })).name).toBe(name);
    },
  );

  it('is distinguished from others of the same name by its id, wherever the log is read', async () => {
    const keys = [1, 2].map(() => created(api, '/v1/keys', { name: '同名', role: 'editor' }));
    const seen: string[] = [];
    for (const { id, key } of await Promise.all(keys)) {
      const { seq } = await api.database.revision();
      const client = clientOf(api.app, key);
      const project = await created(client, '/v1/projects', aProject());
      const { body } = await commit(client, csv(['项目编号', '备注'], [project.code, '改']));
      expect((await client.get(`/v1/imports/${body.id}`)).body.actor).toBe(`同名 (${id})`);
      const feed = (await api.get(`/v1/changes?after=${seq}`)).body.items;
      const history = (await api.get(`/v1/projects/${project.id}/history`)).body.items;
      const actors = [...feed, ...history].map(({ actor }: Body) => actor);
      expect(new Set(actors)).toEqual(new Set([`同名 (${id})`]));
      expect(actors).toHaveLength(4);
      seen.push(actors[0]);
    }
    expect(new Set(seen).size).toBe(2);
    await expectWholeLog(api);
  });

  it('from before is also identified by its id', async () => {
    const { id, key } = await created(api, '/v1/keys', { name: 'old', role: 'editor' });
    const { apiKeys } = api.database.read.tables;
    await api.database.write(async (tx) => {
      await tx.update(apiKeys).set({ name: 'admin (luodi_7gK2mQ)' }).where(eq(apiKeys.id, id));
    });
    const project = await created(clientOf(api.app, key), '/v1/projects', aProject());
    const { items } = (await api.get(`/v1/projects/${project.id}/history`)).body;
    expect(items[0].actor).toBe(`admin (luodi_7gK2mQ) (${id})`);
  });
});
