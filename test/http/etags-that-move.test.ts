import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
beforeEach(() => api.clock.set('2026-11-22T04:00:00Z'));
afterAll(() => api.close());

const project = async (fields: Parameters<typeof aProject>[0] = {}): Promise<string> =>
  `/v1/projects/${(await created(api, '/v1/projects', aProject(fields))).id}`;

const etagOf = async (url: string): Promise<string> => (await api.get(url)).etag;

describe('the ETag of a project', () => {
  it('changes with the name of an investor, which is not part of its row', async () => {
    const investor = await created(api, '/v1/enterprises', { name: '旧名' });
    const url = await project({ investorIds: [investor.id] });
    const before = await etagOf(url);
    await api.patch(`/v1/enterprises/${investor.id}`, { province: '湖南省' });
    expect(await etagOf(url)).toBe(before);
    await api.patch(`/v1/enterprises/${investor.id}`, { name: '新名' });
    expect(await etagOf(url)).not.toBe(before);
    const late = await api.patch(url, { owner: '商务局' }, { 'if-match': before });
    expectProblem(late, 412, 'request.changed_meanwhile');
    expect((await api.get(url, { 'if-none-match': before })).status).toBe(200);
  });

  it('changes at midnight when a promise becomes overdue', async () => {
    const url = await project({ agreedStartOn: '2026-11-22' });
    const before = await api.get(url);
    expect(before.body.overdue).toEqual([]);
    api.clock.set('2026-11-22T15:59:59.999Z');
    expect((await api.get(url, { 'if-none-match': before.etag })).status).toBe(304);
    api.clock.set('2026-11-22T16:00:00Z');
    const after = await api.get(url, { 'if-none-match': before.etag });
    expect(after).toMatchObject({ status: 200, body: { overdue: ['start'], version: 1 } });
    expect(after.etag).not.toBe(before.etag);
    const late = await api.patch(url, { owner: '商务局' }, { 'if-match': before.etag });
    expectProblem(late, 412, 'request.changed_meanwhile');
    expect(late.etag).toBe(after.etag);
  });

  it('is stable at midnight if nothing depends on the day', async () => {
    const url = await project({ agreedStartOn: '2026-11-23' });
    const before = await etagOf(url);
    api.clock.set('2026-11-22T16:00:00Z');
    expect(await etagOf(url)).toBe(before);
  });

  it('changes with a new funds entry, and so does the version', async () => {
    const url = await project();
    const [before, ledger] = [await api.get(url), await etagOf(`${url}/funds`)];
    api.clock.set('2026-11-22T05:00:00Z');
    await created(api, `${url}/funds`, { receivedOn: '2021-01-01', amountYuan: 5 });
    const after = await api.get(url);
    expect(after.body).toMatchObject({
      version: before.body.version + 1,
      fundsInPlaceYuan: 5,
      updatedAt: '2026-11-22T05:00:00.000Z',
    });
    expect(after.etag).not.toBe(before.etag);
    expect(await etagOf(`${url}/funds`)).not.toBe(ledger);
    const late = await api.patch(url, { owner: '商务局' }, { 'if-match': before.etag });
    expectProblem(late, 412, 'request.changed_meanwhile');
  });

  it('for another day belongs to another response, and cannot be used for changes', async () => {
    const url = await project({ startedOn: '2021-01-01' });
    const [now, then] = [await api.get(url), await api.get(`${url}?asOf=2020-12-31`)];
    expect(then.body.operatingStatus).toBe('signed');
    expect(then.etag).not.toBe(now.etag);
    const late = await api.patch(url, { owner: '商务局' }, { 'if-match': then.etag });
    expectProblem(late, 412, 'request.changed_meanwhile');
  });

  it('changes when it is archived and restored', async () => {
    const url = await project();
    const before = await etagOf(url);
    await api.delete(url);
    const archived = await etagOf(`${url}?archived=true`);
    expect(archived).not.toBe(before);
    await api.post(`${url}/restore`);
    expect(await etagOf(url)).not.toBeOneOf([before, archived]);
  });
});

it('the ETag of an enterprise changes with its rankings', async () => {
  const { id } = await created(api, '/v1/enterprises', { name: '瑶华' });
  const url = `/v1/enterprises/${id}`;
  const before = await etagOf(url);
  await api.patch(url, { rankings: [{ list: 'china_500', year: 2022, rank: 5 }] });
  expect(await etagOf(url)).not.toBe(before);
});

const collections = [
  '/v1/projects',
  '/v1/projects?archived=true',
  '/v1/regions',
  '/v1/enterprises?limit=1',
  '/v1/statistics/summary',
  '/v1/statistics/summary?level=county',
  '/v1/statistics/breakdown?by=level',
  '/v1/statistics/timeline',
  '/v1/statistics/cohorts',
];

describe.each(collections)('the ETag of %s', (url) => {
  const writes: [what: string, write: () => Promise<unknown>][] = [
    ['a new project', () => project()],
    ['a changed zone', () => api.patch('/v1/zones/changsha-etdz', { nameEn: String(Math.random()) })],
    [
      'an entry of funds',
      async () => created(api, `${await project()}/funds`, { receivedOn: '2021-01-01', amountYuan: 5 }),
    ],
    ['an archived project', async () => api.delete(await project())],
  ];
  it.each(writes)('changes with the revision: %s', async (_, write) => {
    const before = await api.get(url);
    await write();
    const after = await api.get(url, { 'if-none-match': before.etag });
    expect(after.status).toBe(200);
    expect(after.etag).not.toBe(before.etag);
    expect(after.body.revision).toBe((await api.database.revision()).seq);
    expect(after.body.revision).toBeGreaterThan(before.body.revision);
  });

  it('is stable while nothing is written', async () => {
    const before = await etagOf(url);
    const one = await project();
    const moved = await etagOf(url);
    expect(moved).not.toBe(before);
    await api.patch(one, {});
    await api.post(`${one}/restore`);
    expectProblem(await api.post('/v1/projects', {}), 422, 'request.invalid');
    expectProblem(await api.patch(one, {}, { 'if-match': '"old"' }), 412, 'request.changed_meanwhile');
    expect((await api.get(url, { 'if-none-match': moved })).status).toBe(304);
  });

  it('changes at midnight, because it means today', async () => {
    const before = await etagOf(url);
    api.clock.set('2026-11-22T16:00:00Z');
    const after = await api.get(url, { 'if-none-match': before });
    expect(after.status).toBe(200);
    expect(after.etag).not.toBe(before);
  });
});

describe('the ETag of a response for a given day', () => {
  it.each(['/v1/projects?asOf=2026-11-22', '/v1/statistics/summary?asOf=2022-08-31'])(
    'is stable at midnight: %s',
    async (url) => {
      const before = await etagOf(url);
      api.clock.set('2026-11-22T16:00:00Z');
      expect((await api.get(url, { 'if-none-match': before })).status).toBe(304);
    },
  );

  it('depends on the query', async () => {
    const queries = [
      '',
      '?limit=5',
      '?limit=6',
      '?sort=code',
      '?sort=-code',
      '?level=county',
      '?asOf=2022-08-31',
    ];
    const etags = await Promise.all(queries.map((query) => etagOf(`/v1/projects${query}`)));
    expect(new Set(etags).size).toBe(queries.length);
  });
});

describe('a cached response', () => {
  it('is returned unchanged, and never after a change', async () => {
    const url = '/v1/statistics/summary?signedYear=1995';
    const counts: number[] = [];
    for (let i = 1; i <= 3; i++) {
      await project({ signedOn: '1995-01-01' });
      const answers: Body[] = [await api.get(url), await api.get(url), await api.get(url)];
      expect(new Set(answers.map(({ text, etag }) => `${etag} ${text}`)).size).toBe(1);
      counts.push(answers[0].body.projectCount);
    }
    expect(counts).toEqual([1, 2, 3]);
  });

  it('is only used for its day', async () => {
    await project({ signedOn: '1996-01-01', agreedStartOn: '2026-11-22' });
    const url = '/v1/statistics/summary?signedYear=1996';
    const overdue = async () => (await api.get(url)).body.overdueStartCount;
    expect(await overdue()).toBe(0);
    api.clock.set('2026-11-22T16:00:00Z');
    expect(await overdue()).toBe(1);
    api.clock.set('2026-11-22T04:00:00Z');
    expect(await overdue()).toBe(0);
  });
});
