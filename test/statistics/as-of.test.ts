import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, created, expectProblem, type TestApp, testApp } from '../support/app.ts';

const TODAY = '2022-08-31';

describe('asOf', () => {
  let api: TestApp;
  let id: string;
  beforeAll(async () => {
    api = await testApp({ today: TODAY });
    await created(api, '/v1/projects', aProject({ signedOn: '1900-01-01' }));
    ({ id } = await created(api, '/v1/projects', aProject({ signedOn: TODAY })));
  });
  afterAll(() => api.close());

  const paths = () => [
    '/v1/statistics/summary?',
    '/v1/statistics/breakdown?by=level&',
    '/v1/statistics/timeline?',
    '/v1/statistics/cohorts?',
    '/v1/projects?',
    `/v1/projects/${id}?`,
  ];

  it.each([
    ['1899-12-31', 'before_1900'],
    ['2022-09-01', 'after_today'],
    ['9999-12-31', 'after_today'],
    ['2022-02-29', 'not_a_day'],
    ['2022-8-31', 'not_a_day'],
    ['20220831', 'not_a_day'],
    ['2022-08-31T00:00:00Z', 'not_a_day'],
    ['today', 'not_a_day'],
    ['', 'not_a_day'],
  ])('%s is refused everywhere', async (asOf, code) => {
    for (const path of paths()) {
      expectProblem(await api.get(`${path}asOf=${asOf}`), 422, 'request.invalid', [['asOf', code]]);
    }
  });

  it('is refused everywhere together with the other faults of the query', async () => {
    for (const path of paths()) {
      expectProblem(await api.get(`${path}asOf=2022-09-01&weather=fine`), 422, 'request.invalid', [
        ['asOf', 'after_today'],
        ['weather', 'unknown_parameter'],
      ]);
    }
  });

  it('is refused together with the parameters that depend on it', async () => {
    const answer = await api.get('/v1/statistics/timeline?asOf=2022-09-01&started=true');
    expectProblem(answer, 422, 'request.invalid', [
      ['asOf', 'after_today'],
      ['started', 'depends_on_day'],
    ]);
  });

  it('is accepted from the first day of 1900 to today, which is the default', async () => {
    const summary = async (query: string) => (await api.get(`/v1/statistics/summary?${query}`)).body;
    expect(await summary('asOf=1900-01-01')).toMatchObject({ asOf: '1900-01-01', projectCount: 1 });
    expect(await summary('asOf=2022-08-30')).toMatchObject({ asOf: '2022-08-30', projectCount: 1 });
    expect(await summary(`asOf=${TODAY}`)).toMatchObject({ asOf: TODAY, projectCount: 2 });
    expect(await summary('')).toMatchObject({ asOf: TODAY, projectCount: 2 });
  });

  it('before any signing gives zeros, and rates that are null', async () => {
    const { body } = await api.get('/v1/statistics/summary?signedFrom=1950-01-01&asOf=1960-01-01');
    const none = { numerator: 0, denominator: 0, ratio: null, percent: null };
    expect(body).toMatchObject({
      projectCount: 0,
      totalInvestment: { yuan: 0, billionYuan: 0, yiYuan: 0 },
      contractedFunds: { yuan: 0, knownCount: 0 },
      operatingRate: none,
      fundsInPlaceRate: none,
      fundsInPlaceOfContractedRate: none,
      daysToStart: { count: 0, median: null, mean: null },
    });
    const breakdown = await api.get(
      '/v1/statistics/breakdown?by=region&signedFrom=1950-01-01&asOf=1960-01-01',
    );
    expect(breakdown.body).toMatchObject({ groupCount: 0, items: [], total: { projectCount: 0 } });
  });

  it('gives a timeline over a century without gaps', async () => {
    const { items } = (await api.get('/v1/statistics/timeline?interval=month')).body;
    expect(items).toHaveLength(122 * 12 + 8);
    expect([items[0].period, items.at(-1).period]).toEqual(['1900-01', '2022-08']);
    expect(items.find(({ period }: { period: string }) => period === '1900-02').to).toBe('1900-02-28');
    expect(items.find(({ period }: { period: string }) => period === '2000-02').to).toBe('2000-02-29');
  });
});
