import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { entriesOf, expectWholeLog } from '../support/change-log.ts';
import { expectRefused, stateOf } from '../support/state.ts';
import { closeVerified } from '../support/verified.ts';
import { type Kind, kinds, pathOf, prepareKinds } from './kinds.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
  await prepareKinds(api);
});
afterAll(() => closeVerified(api));

/** Runs with an entry that is deleted afterwards. */
async function withEntry(kind: Kind, fields: Body, use: (entry: Body, url: string) => Promise<void>) {
  const { [kind.key]: key } = await created(api, pathOf(kind), { ...kind.make(), ...fields });
  const url = `${pathOf(kind)}/${key}`;
  try {
    await use((await api.get(url)).body, url);
  } finally {
    await api.delete(url, { 'if-match': '*' });
  }
}

describe.each(kinds.map((kind) => [kind.entity, kind] as const))('%s', (entity, kind) => {
  let path: string;
  beforeAll(() => {
    path = pathOf(kind);
  });

  it('are read as they were created', async () => {
    const body = { ...kind.make(), ...kind.optional };
    const answer = await api.post(path, body);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject(body);
    const url = String(answer.headers.location);
    expect(url).toBe(`${path}/${answer.body[kind.key]}`);
    const read = await api.get(url);
    // What is shown only once.
    const { secret, ...entry } = answer.body;
    expect(read.body).toEqual(entry);
    expect(answer.etag).toBe(secret ? '' : read.etag);
    await api.delete(url);
  });

  it('have null, or an empty list, if nothing was given', async () => {
    await withEntry(kind, {}, async (entry) => {
      for (const field of Object.keys(kind.optional)) expect(entry[field]).toBeNull();
      expect(entry).toMatchObject(kind.empty);
    });
  });

  it.each(Object.keys(kind.optional).filter((field) => field !== 'code'))(
    'lose %s by null and nothing else',
    async (field) => {
      await withEntry(kind, kind.optional, async (entry, url) => {
        const changed = await api.patch(url, { [field]: null });
        expect(changed.status).toBe(200);
        expect(changed.body).toEqual({
          ...entry,
          [field]: null,
          ...(field === 'negotiatingOn' && kind.empty),
        });
      });
    },
  );

  it.each(['application/json', 'application/merge-patch+json'])('are changed by %s', async (type) => {
    await withEntry(kind, kind.optional, async (entry, url) => {
      const headers = { 'if-match': (await api.get(url)).etag, 'content-type': type };
      const changed = await api.request('PATCH', url, JSON.stringify(kind.changed), headers);
      expect(changed).toMatchObject({ status: 200, body: { ...entry, ...kind.changed } });
      expect(changed.etag).toBe((await api.get(url)).etag);
    });
  });

  it('are not logged if a change changes nothing', async () => {
    await withEntry(kind, kind.optional, async (entry, url) => {
      const computed = ['id', 'cluster', 'enterpriseName', 'rankings', 'stage', 'secretChangedAt'];
      const given = Object.entries(entry).filter(([field]) => !computed.includes(field));
      const before = await stateOf(api);
      const answers = [await api.patch(url, {}), await api.patch(url, Object.fromEntries(given))];
      for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: entry });
      expect(await stateOf(api)).toEqual(before);
    });
  });

  it('are gone once deleted', async () => {
    await withEntry(kind, {}, async (entry, url) => {
      expect(await api.delete(url)).toMatchObject({ status: 204, text: '' });
      expectProblem(await api.get(url), 404, `${entity}.not_found`);
      const list = await api.get(`${path}?limit=500`);
      expect(list.body.items.map((one: Body) => one[kind.key])).not.toContain(entry[kind.key]);
      const ifMatch = { 'if-match': '*' };
      await expectRefused(api, () => api.delete(url, ifMatch), 404, `${entity}.not_found`);
      await expectRefused(api, () => api.patch(url, {}, ifMatch), 404, `${entity}.not_found`);
    });
  });

  it('are found by id only if it exists', async () => {
    for (const key of ['nonsense', '0190a1b2-0000-7000-8000-00000000dead', '%F0%9F%9A%80', 'null']) {
      expectProblem(await api.get(`${path}/${key}`), 404, `${entity}.not_found`);
    }
  });

  it('are logged: created, changed, deleted', async () => {
    const headers = { 'x-request-id': 'audit-0002' };
    const given = kind.make();
    const added = await entriesOf(api, () => api.post(path, given, headers));
    const { id, stage: _, enterpriseName: __, secret: ___, ...entry } = added.answer.body;
    const url = `${path}/${added.answer.body[kind.key]}`;
    const about = {
      entity,
      entityId: added.answer.body[kind.key],
      actor: expect.stringMatching(/^tests \([0-9a-f-]{36}\)$/),
      requestId: 'audit-0002',
    };
    expect(added.entries).toMatchObject([{ ...about, action: 'create', at: api.clock.now() }]);
    const kept = Object.entries({ ...(id && { id }), ...entry }).filter(([, value]) => value !== null);
    expect(added.entries[0]?.fields).toEqual(
      Object.fromEntries(kept.map(([name, value]) => [name, { after: value }])),
    );

    const ifMatch = { ...headers, 'if-match': '*' };
    const names = { ...kind.changed, ...('nameEn' in kind.optional && { nameEn: 'New' }) };
    const changed = await entriesOf(api, () => api.patch(url, names, ifMatch));
    expect(changed.entries).toMatchObject([{ ...about, action: 'change' }]);
    expect(changed.entries[0]?.fields).toEqual(
      Object.fromEntries(
        Object.entries(names).map(([name, after]) => [name, { before: given[name] ?? null, after }]),
      ),
    );

    const deleted = await entriesOf(api, () => api.delete(url, ifMatch));
    expect(deleted.entries).toMatchObject([{ ...about, action: 'delete' }]);
    expect(deleted.entries[0]?.fields).toMatchObject(
      Object.fromEntries(Object.entries(names).map(([name, before]) => [name, { before }])),
    );
    expect(Object.values(deleted.entries[0]?.fields ?? {}).some((field) => 'after' in field)).toBe(false);
    await expectWholeLog(api);
  });

  it(`are sorted by ${kind.sortedBy} and by key, in both directions`, async () => {
    await created(api, path, kind.make());
    await created(api, path, { ...kind.make(), ...kind.changed });
    for (const sort of [kind.sortedBy, kind.key]) {
      const ascending = await everyOne(`${path}?sort=${sort}`, sort);
      const descending = await everyOne(`${path}?sort=-${sort}`, sort);
      expect(ascending).toEqual(ascending.toSorted(byBytes));
      expect(descending).toEqual(ascending.toReversed());
    }
  });
});

/** UTF-8 sorts by code points, unlike JavaScript beyond the BMP. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

async function everyOne(url: string, field: string): Promise<string[]> {
  const values: string[] = [];
  let answer: Answer = await api.get(`${url}&limit=500`);
  for (;;) {
    values.push(...answer.body.items.map((item: Body) => item[field]));
    const { nextCursor } = answer.body.page;
    if (nextCursor === null) return values;
    answer = await api.get(`${url}&limit=500&cursor=${nextCursor}`);
  }
}

const filters: [what: string, url: string, find: (item: Body) => boolean][] = [
  ['regions by parent', '/v1/regions?parent=430000', ({ parent }) => parent === '430000'],
  ['industries by parent', '/v1/industries?parent=C', ({ parent }) => parent === 'C'],
  ['zones by level', '/v1/zones?level=national', ({ level }) => level === 'national'],
  ['zones by region', '/v1/zones?region=430121', ({ region }) => region === '430121'],
];

describe('a filter', () => {
  it.each(filters)('finds %s, all of them and no others', async (_, url, find) => {
    const [path] = url.split('?');
    const all = (await api.get(`${path}?limit=500`)).body.items;
    const found = (await api.get(`${url}&limit=500`)).body;
    expect(found.items.length).toBeGreaterThan(0);
    expect(found.items).toEqual(all.filter(find));
    expect(found.page.total).toBe(found.items.length);
  });

  it('may find nothing', async () => {
    const none = (await api.get('/v1/regions?parent=999999')).body;
    expect(none).toMatchObject({ items: [], page: { total: 0, nextCursor: null } });
  });

  it.each([
    ['/v1/regions?parent=x', 'parent', 'not_a_region'],
    ['/v1/regions?parent=', 'parent', 'not_a_region'],
    ['/v1/industries?parent=c', 'parent', 'not_an_industry'],
    ['/v1/zones?level=county', 'level', 'not_a_choice'],
    ['/v1/zones?region=x', 'region', 'not_a_region'],
    ['/v1/events?series=%00', 'series', 'not_plain_text'],
    ['/v1/events?series=', 'series', 'empty'],
    ['/v1/enterprises?country=XX', 'country', 'not_a_country'],
    ['/v1/enterprises?socialCreditCode=1', 'socialCreditCode', 'not_a_social_credit_code'],
    ['/v1/enterprises?q=', 'q', 'empty'],
    ['/v1/zones?level=national&level=provincial', 'level', 'not_a_choice'],
  ])('%s is refused', async (url, parameter, code) => {
    expectProblem(await api.get(url), 422, 'request.invalid', [[parameter, code]]);
  });
});
