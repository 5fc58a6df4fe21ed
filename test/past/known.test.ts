/** Figures and records as they were known: the parameters, permalinks, and who may see it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permalinkOf } from '../../src/http/known.ts';
import {
  aProject,
  type Body,
  clientOf,
  created,
  expectProblem,
  type TestApp,
  testApp,
} from '../support/app.ts';

const SUMMARY = '/v1/statistics/summary';

let api: TestApp;
let id: string;
/** Before and after the amount was corrected. */
let first: Body;
let second: Body;
beforeAll(async () => {
  api = await testApp();
  ({ id } = await created(api, '/v1/projects', aProject({ investmentYuan: 5 })));
  first = (await api.get(`${SUMMARY}?asOf=2026-11-01`)).body;
  api.clock.set('2026-11-24T01:02:03Z');
  await api.patch(`/v1/projects/${id}`, { investmentYuan: 7 });
  second = (await api.get(`${SUMMARY}?asOf=2026-11-01`)).body;
});
afterAll(() => api.close());

const yuanAt = async (query: string) => (await api.get(`${SUMMARY}?${query}`)).body.totalInvestment.yuan;

describe('a corrected amount', () => {
  it('is told as it was known, and as it is', async () => {
    expect([first.totalInvestment.yuan, second.totalInvestment.yuan]).toEqual([5, 7]);
    expect(await yuanAt(`revision=${first.revision}`)).toBe(5);
    expect(await yuanAt(`revision=${second.revision}`)).toBe(7);
    expect(await yuanAt('knownAt=2026-11-24T01:02:02Z')).toBe(5);
    expect(await yuanAt('knownAt=2026-11-24T09:02:03%2B08:00')).toBe(7);
    expect(await yuanAt('knownAt=2026-11-23')).toBe(5);
    expect(await yuanAt('')).toBe(7);
  });

  it('is told with what is known', async () => {
    expect(second.known).toEqual({ revision: second.revision, at: '2026-11-24T01:02:03.000Z' });
    const then = await api.get(`/v1/projects/${id}?revision=${first.revision}`);
    expect(then.body).toMatchObject({ investmentYuan: 5, known: first.known });
    expect((await api.get(`/v1/projects/${id}`)).body).not.toHaveProperty('known');
  });

  it('has links that stay in that past', async () => {
    const { links } = (await api.get(`${SUMMARY}?revision=${first.revision}`)).body;
    const { body } = await api.get(links.projects);
    expect(body).toMatchObject({
      items: [{ investmentYuan: 5 }],
      revision: first.revision,
      known: first.known,
    });
  });

  it('is in a file as it was known', async () => {
    const file = await api.get(`/v1/projects.ndjson?revision=${first.revision}`);
    expect(JSON.parse(file.text.split('\n')[0] as string)).toMatchObject({ investmentYuan: 5 });
    const head = await api.request('HEAD', `/v1/projects.ndjson?revision=${first.revision}`);
    expect(head.etag).toBe(file.etag);
  });
});

describe('a permalink', () => {
  it('gives the same answer for ever', async () => {
    const { links, known: _, ...figures } = first;
    const answer = await api.get(links.permalink);
    expect(answer.headers['cache-control']).toBe('private, max-age=31536000, immutable');
    const { links: itsLinks, known, ...same } = answer.body;
    expect(same).toEqual(figures);
    expect(itsLinks.permalink).toBe(links.permalink);
    await api.patch(`/v1/projects/${id}`, { note: 'later' });
    const again = await api.get(links.permalink);
    expect([again.text, again.etag]).toEqual([answer.text, answer.etag]);
    expect((await api.get(links.permalink, { 'if-none-match': answer.etag })).status).toBe(304);
  });

  it('of a comparison pins what was known on both sides', async () => {
    const { body } = await api.get(`${SUMMARY}?asOf=2026-11-01&compareWith=known:2026-11-23`);
    expect(body.links.permalink).toContain(`compareWith=revision%3A${first.revision}`);
    expect(body.comparison.totalInvestment.previous.yuan).toBe(5);
    const before = (await api.get(body.links.permalink)).text;
    await api.patch(`/v1/projects/${id}`, { investmentYuan: 9 });
    expect((await api.get(body.links.permalink)).text).toBe(before);
    await api.patch(`/v1/projects/${id}`, { investmentYuan: 7 });
    const projects = await api.get(body.comparison.links.projects);
    expect(projects.body).toMatchObject({ items: [{ investmentYuan: 5 }], known: first.known });
  });

  it('names the day, the revision and the version of the definitions, in one order', () => {
    const fixed = { asOf: '2026-11-01', revision: 3, definitionsVersion: 1 };
    const of = (url: string) => permalinkOf({ url } as never, fixed);
    expect(of('/v1/x?region=430100&event=a&knownAt=2026-11-02&asOf=2020-01-01')).toBe(
      of('/v1/x?event=a&region=430100'),
    );
    expect(of('/v1/x')).toBe('/v1/x?asOf=2026-11-01&revision=3&definitionsVersion=1');
  });

  it('of other definitions is refused', async () => {
    const answer = await api.get(first.links.permalink.replace(/Version=1$/, 'Version=2'));
    expectProblem(answer, 410, 'known.other_definitions');
    const { body } = await api.get('/v1/statistics/definitions');
    expect(body.versions.map(({ version }: Body) => version)).toEqual([body.version]);
  });
});

describe('the parameters', () => {
  it.each([
    ['knownAt=2026-11-24&revision=1', 'knownAt', 'not_with'],
    ['revision=1000000', 'revision', 'beyond_the_end'],
    ['revision=0', 'revision', 'too_small'],
    ['knownAt=2026-11-24T01:02:03', 'knownAt', 'not_an_instant'],
    ['knownAt=2026-02-30', 'knownAt', 'not_a_day'],
    ['knownAt=2026-11-24', 'knownAt', 'not_over'],
    ['knownAt=2027-01-01T00:00:00Z', 'knownAt', 'after_now'],
    ['knownAt=1999-12-31', 'knownAt', 'before_the_log'],
    ['compareWith=known:2026-02-30', 'compareWith', 'not_comparable'],
    ['compareWith=known:2026-11-01T00:00:00', 'compareWith', 'not_comparable'],
    ['compareWith=known:2026-11-24', 'compareWith', 'not_over'],
    ['compareWith=known:1999-12-31', 'compareWith', 'before_the_log'],
    ['compareWith=revision:0', 'compareWith', 'not_comparable'],
    ['compareWith=revision:1000000', 'compareWith', 'beyond_the_end'],
  ])('%s is refused', async (query, parameter, code) => {
    const answer = await api.get(`${SUMMARY}?${query}`);
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.errors).toMatchObject([{ parameter, code }]);
  });

  it('are refused without a key where only statistics are public', async () => {
    const open = await testApp({ config: { ANONYMOUS_READ: 'statistics', ANONYMOUS_MIN_GROUP: 3 } });
    const nobody = clientOf(open.app, null);
    for (const query of [
      'revision=1',
      'knownAt=2026-11-01',
      'compareWith=revision:1',
      'compareWith=known:2026-11-01',
    ])
      expectProblem(await nobody.get(`${SUMMARY}?${query}`), 401, 'access.parameter_needs_key');
    await open.close();
  });

  it('show no permalink to those who could not follow it', async () => {
    const open = await testApp({ config: { ANONYMOUS_READ: 'statistics', ANONYMOUS_MIN_GROUP: 3 } });
    expect((await clientOf(open.app, null).get(SUMMARY)).body.links).toBeUndefined();
    await open.close();
  });
});
