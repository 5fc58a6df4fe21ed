import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';

const QUESTIONS = [
  '/v1/statistics/summary?event=none',
  '/v1/statistics/breakdown?by=region,top500',
  '/v1/statistics/timeline?interval=quarter',
  '/v1/statistics/cohorts?by=signedYear',
  '/v1/projects?started=true',
];

describe('a response', () => {
  let api: TestApp;
  let project: Body;
  let investor: Body;
  beforeAll(async () => {
    api = await testApp({ today: '2021-02-10' });
  });
  afterAll(() => api.close());

  beforeEach(async () => {
    investor = await created(api, '/v1/enterprises', { name: '企业' });
    const fields = { startedOn: '2020-07-01', region: '431025', investorIds: [investor.id] };
    project = await created(api, '/v1/projects', aProject({ ...fields, agreedProductionOn: '2021-02-10' }));
  });

  it.each(QUESTIONS)('to %s is the same, with the same ETag, until something changes', async (url) => {
    const first = await api.get(url);
    const second = await api.get(url);
    expect([second.etag, second.text]).toEqual([first.etag, first.text]);
    expect(first.etag).toMatch(/^"[^"]+"$/);
    expect(first.headers['cache-control']).toBe('private, no-cache');

    await created(api, '/v1/projects', aProject({ startedOn: '2020-07-01' }));
    const third = await api.get(url);
    expect(third.etag).not.toBe(first.etag);
    expect(third.body.revision).toBe(first.body.revision + 1);
    expect(third.text).not.toBe(first.text);
  });

  it.each(QUESTIONS)('to %s is not sent to a client that has it', async (url) => {
    const { etag } = await api.get(url);
    for (const had of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await api.get(url, { 'if-none-match': had });
      expect([again.status, again.text, again.etag], had).toEqual([304, '', etag]);
    }
    expect((await api.get(url, { 'if-none-match': '"other"' })).status).toBe(200);

    await api.patch(`/v1/projects/${project.id}`, { investmentYuan: 7 });
    expect((await api.get(url, { 'if-none-match': etag })).status).toBe(200);
  });

  it('has an ETag per query', async () => {
    const urls = [...QUESTIONS, '/v1/statistics/summary?', '/v1/statistics/summary?asOf=2021-02-10'];
    const etags = await Promise.all(urls.map(async (url) => (await api.get(url)).etag));
    expect(new Set(etags).size).toBe(urls.length);
  });

  const summaryUrl = '/v1/statistics/summary?top500=true';
  const changes: [string, () => Promise<unknown>][] = [
    ['a project changes', () => api.patch(`/v1/projects/${project.id}`, { note: 'changed' })],
    [
      'funds arrive',
      () => created(api, `/v1/projects/${project.id}/funds`, { receivedOn: '2021-01-01', amountYuan: 1 }),
    ],
    ['a project is archived', () => api.delete(`/v1/projects/${project.id}`)],
    [
      'an investor is ranked',
      () => api.patch(`/v1/enterprises/${investor.id}`, { rankings: [{ list: 'china_500', year: 2020 }] }),
    ],
    ['a region is renamed', () => api.patch('/v1/regions/430100', { name: '长沙' })],
    [
      'an event is recorded',
      () =>
        created(api, '/v1/events', { code: 'e', name: 'E', startsOn: '2020-01-01', endsOn: '2020-01-02' }),
    ],
  ];

  it.each(changes)('is recomputed when %s', async (_, change) => {
    const before = await api.get(summaryUrl);
    await change();
    const after = await api.get(summaryUrl, { 'if-none-match': before.etag });
    expect(after.status).toBe(200);
    expect(after.body.revision).toBe(before.body.revision + 1);
  });

  it('immediately reflects an investor’s new ranking and new name', async () => {
    const ranked = async () => (await api.get(`${summaryUrl}&investor=${investor.id}`)).body.projectCount;
    const group = async () =>
      (await api.get(`/v1/statistics/breakdown?by=county&investor=${investor.id}`)).body.items[0].groups
        .county;
    expect([await ranked(), (await group()).name]).toEqual([0, '临武县']);

    await api.patch(`/v1/enterprises/${investor.id}`, { rankings: [{ list: 'china_500', year: 2019 }] });
    await api.patch('/v1/regions/431025', { name: '临武' });
    expect([await ranked(), (await group()).name]).toEqual([1, '临武']);
  });

  it('is unchanged after a change without effect', async () => {
    const { etag } = await api.get(summaryUrl);
    await api.patch(`/v1/projects/${project.id}`, { startedOn: '2020-07-01' });
    expect((await api.get(summaryUrl, { 'if-none-match': etag })).status).toBe(304);
  });

  it('for today changes at midnight in Shanghai, one for a given day does not', async () => {
    const today = `/v1/statistics/summary?investor=${investor.id}`;
    const pinned = `${today}&asOf=2021-02-10`;
    const list = `/v1/projects?overdueProduction=true&investor=${investor.id}`;
    api.clock.set('2021-02-10T15:59:59.999Z');
    const [before, pinnedBefore] = [await api.get(today), await api.get(pinned)];
    expect(before.body).toMatchObject({ asOf: '2021-02-10', overdueProductionCount: 0 });
    expect((await api.get(list)).body.page.total).toBe(0);

    api.clock.set('2021-02-10T16:00:00Z');
    const after = await api.get(today, { 'if-none-match': before.etag });
    expect(after.body).toMatchObject({ asOf: '2021-02-11', overdueProductionCount: 1 });
    expect(after.body.links.overdueProduction).toContain('asOf=2021-02-11');
    expect((await api.get(pinned, { 'if-none-match': pinnedBefore.etag })).status).toBe(304);
    expect((await api.get(pinned)).text).toBe(pinnedBefore.text);
    expect((await api.get(list)).body.page.total).toBe(1);
  });

  it('is computed once for many concurrent clients', async () => {
    const url = '/v1/statistics/breakdown?by=region,level';
    const all = await Promise.all(Array.from({ length: 40 }, () => api.get(url)));
    expect(new Set(all.map(({ etag, text }) => etag + text)).size).toBe(1);
  });

  it('belongs to its revision, despite concurrent writes', async () => {
    const known = (await api.get('/v1/statistics/summary')).body;
    const read = (url: string) => async () => {
      // Of so many at once, the service may have some come again.
      for (;;) {
        const { status, body } = await api.get(url);
        if (status !== 503) return body;
      }
    };
    const write = () =>
      created(api, '/v1/projects', aProject({ investmentYuan: 1000, startedOn: '2020-07-01' }));
    const questions = [
      read('/v1/statistics/summary'),
      read('/v1/statistics/breakdown?by=level'),
      read('/v1/projects?limit=1'),
    ];
    const answers: Body[] = [];
    await Promise.all(
      Array.from({ length: 120 }, async (_, i) => {
        if (i % 4 === 3) return void (await write());
        answers.push(await (questions[i % 4] as () => Promise<Body>)());
      }),
    );
    for (const { revision, projectCount, startedCount, totalInvestment, total, page } of answers) {
      const written = revision - known.revision;
      const expected = known.projectCount + written;
      expect(projectCount ?? total?.projectCount ?? page.total).toBe(expected);
      if (projectCount === undefined) continue;
      expect(startedCount).toBe(expected);
      expect(totalInvestment.yuan).toBe(known.totalInvestment.yuan + written * 1000);
    }
    expect((await api.get('/v1/statistics/summary')).body.projectCount).toBe(known.projectCount + 30);
  });
});
