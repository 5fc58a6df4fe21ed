import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, aProject, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { expectRefused } from '../support/state.ts';

let api: TestApp;
const urls: Record<string, string> = {};

const single = ['project', 'event', 'enterprise', 'zone', 'region', 'industry'] as const;
const collections = {
  projects: '/v1/projects',
  'projects of a filter': '/v1/projects?level=provincial&sort=-name&limit=5',
  events: '/v1/events',
  enterprises: '/v1/enterprises',
  zones: '/v1/zones',
  regions: '/v1/regions',
  industries: '/v1/industries',
  summary: '/v1/statistics/summary',
  'summary of a day': '/v1/statistics/summary?asOf=2022-08-31',
  breakdown: '/v1/statistics/breakdown?by=region',
  timeline: '/v1/statistics/timeline?interval=year',
  cohorts: '/v1/statistics/cohorts?step=year',
  comparison: '/v1/statistics/summary?compareWith=previousYear',
  differences: '/v1/statistics/differences?measure=startedCount&from=2020-01-01',
};

beforeAll(async () => {
  api = await testApp();
  const { id } = await created(api, '/v1/enterprises', { name: '瑶华' });
  const project = await created(api, '/v1/projects', aProject({ investorIds: [id] }));
  await created(api, '/v1/events', {
    code: 'fair',
    name: '活动',
    startsOn: '2020-06-29',
    endsOn: '2020-06-30',
  });
  Object.assign(urls, {
    project: `/v1/projects/${project.id}`,
    event: '/v1/events/fair',
    enterprise: `/v1/enterprises/${id}`,
    zone: '/v1/zones/changsha-etdz',
    region: '/v1/regions/430100',
    industry: '/v1/industries/39',
    funds: `/v1/projects/${project.id}/funds`,
    definitions: '/v1/statistics/definitions',
    ...collections,
  });
});
afterAll(() => api.close());

const urlOf = (name: string): string => urls[name] as string;

describe.each([...single, 'funds', 'definitions', ...Object.keys(collections)])('%s', (name) => {
  it('has a strong, stable ETag and must be revalidated', async () => {
    const first = await api.get(urlOf(name));
    expect(first.status).toBe(200);
    expect(first.etag).toMatch(/^"[\x21\x23-\x7e]+"$/);
    expect(first.headers['cache-control']).toBe('private, no-cache');
    const second = await api.get(urlOf(name));
    expect([second.etag, second.text]).toEqual([first.etag, first.text]);
  });

  const fresh: [what: string, header: (etag: string) => string][] = [
    ['its ETag', (etag) => etag],
    ['its ETag, weakly', (etag) => `W/${etag}`],
    ['a list that has it', (etag) => `"a", ${etag}`],
    ['a list that has it first, without blanks', (etag) => `${etag},"b"`],
    ['a list that has it weakly', (etag) => `W/"a", W/${etag} , "c"`],
    ['any', () => '*'],
  ];
  it.each(fresh)('is not sent again to a client that has %s', async (_, header) => {
    const { etag } = await api.get(urlOf(name));
    for (const method of ['GET', 'HEAD']) {
      const answer = await api.request(method, urlOf(name), undefined, { 'if-none-match': header(etag) });
      expect(answer).toMatchObject({ status: 304, text: '', etag });
      expect(answer.headers['cache-control']).toBe('private, no-cache');
      expect(answer.headers['content-type']).toBeUndefined();
    }
  });

  const stale: [what: string, header: (etag: string) => string][] = [
    ['another', () => '"another"'],
    ['a list of others', () => '"a", W/"b"'],
    ['its ETag without quotes', (etag) => etag.replaceAll('"', '')],
    ['a part of its ETag', (etag) => `${etag.slice(0, -3)}"`],
    ['its ETag in capitals', (etag) => etag.toUpperCase()],
    ['nothing', () => ''],
  ];
  it.each(stale)('is sent to a client that has %s', async (_, header) => {
    const { etag, text } = await api.get(urlOf(name));
    const answer = await api.get(urlOf(name), { 'if-none-match': header(etag) });
    expect(answer).toMatchObject({ status: 200, etag, text });
  });
});

describe('If-None-Match', () => {
  it.each([
    ['a project that there is not', '/v1/projects/nonsense', 404],
    ['the funds of a project that there is not', '/v1/projects/nonsense/funds', 404],
    ['an event that there is not', '/v1/events/nonsense', 404],
    ['a list with a parameter that there is not', '/v1/projects?colour=red', 422],
    ['a list after a cursor that is none', '/v1/projects?cursor=nonsense', 422],
    ['a list of regions after a cursor that is none', '/v1/regions?cursor=nonsense', 422],
    ['figures for a day to come', '/v1/statistics/summary?asOf=2030-01-01', 422],
    ['a timeline that cannot be', '/v1/statistics/timeline?started=true', 422],
  ])('does not hide the refusal of %s', async (_, url, status) => {
    expect((await api.get(url, { 'if-none-match': '*' })).status).toBe(status);
  });

  it('is ignored for writes', async () => {
    const answer = await api.post('/v1/projects', aProject(), { 'if-none-match': '*' });
    expect(answer.status).toBe(201);
  });
});

const writes: [what: string, send: (url: string, headers: Record<string, string>) => Promise<Answer>][] = [
  ['PATCH', (url, headers) => api.patch(url, { name: '新名称' }, headers)],
  ['DELETE', (url, headers) => api.delete(url, headers)],
];

describe.each(writes)('%s', (_, send) => {
  it.each(single)('of one %s requires If-Match', async (name) => {
    await expectRefused(api, () => send(urlOf(name), {}), 428, 'request.if_match_required');
  });

  const others: [what: string, header: (etag: string) => string][] = [
    ['another ETag', () => '"another"'],
    ['a list of others', () => '"a", "b"'],
    ['its ETag weakly, which is not enough', (etag) => `W/${etag}`],
    ['its ETag without quotes', (etag) => etag.replaceAll('"', '')],
    ['nothing', () => ''],
  ];
  describe.each(others)('with %s', (_, header) => {
    it.each(single)('does not change the %s, and returns the current ETag', async (name) => {
      const { etag } = await api.get(urlOf(name));
      const stale = () => send(urlOf(name), { 'if-match': header(etag) });
      const answer = await expectRefused(api, stale, 412, 'request.changed_meanwhile');
      expect(answer.etag).toBe(etag);
    });
  });
});

const current: [what: string, header: (etag: string) => string][] = [
  ['its ETag', (etag) => etag],
  ['a list that has its ETag', (etag) => `"a", ${etag}, W/"b"`],
  ['any', () => '*'],
];

describe('If-Match', () => {
  it.each(current)('with %s allows a change', async (what, header) => {
    for (const name of single) {
      const { etag } = await api.get(urlOf(name));
      const answer = await api.patch(urlOf(name), { nameEn: what }, { 'if-match': header(etag) });
      expect(answer).toMatchObject({ status: 200, body: { nameEn: what } });
      expect(answer.etag).not.toBe(etag);
      expect(answer.etag).toBe((await api.get(urlOf(name))).etag);
    }
  });

  it('that fails returns an ETag with which the change can be repeated', async () => {
    const refused = await api.patch(urlOf('zone'), { nameEn: 'again' }, { 'if-match': '"old"' });
    const sent = await api.patch(urlOf('zone'), { nameEn: 'again' }, { 'if-match': refused.etag });
    expect(sent.status).toBe(200);
  });

  it('for a missing resource results in 404', async () => {
    expectProblem(await api.patch('/v1/projects/x', {}, { 'if-match': '*' }), 404, 'projects.not_found');
  });
});
