import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';

const REACHED = {
  signedOn: '2020-01-10',
  registeredOn: '2020-02-01',
  startedOn: '2020-03-01',
  completedOn: '2020-04-01',
  productionOn: '2020-05-01',
  suspendedOn: '2020-06-01',
  investmentYuan: 100,
  contractedFundsYuan: 80,
  region: '430100',
};

describe('a terminated project', () => {
  let api: TestApp;
  const on = async (asOf: string): Promise<Body> =>
    (await api.get(`/v1/statistics/summary?asOf=${asOf}`)).body;

  beforeAll(async () => {
    api = await testApp();
    const ended = await created(
      api,
      '/v1/projects',
      aProject({
        ...REACHED,
        agreedStartOn: '2020-02-01',
        agreedProductionOn: '2020-02-01',
        terminatedOn: '2020-07-01',
      }),
    );
    await created(api, '/v1/projects', aProject({ ...REACHED, suspendedOn: null, investmentYuan: 300 }));
    const late = {
      agreedStartOn: '2020-02-01',
      agreedProductionOn: '2020-02-01',
      terminatedOn: '2020-07-01',
    };
    await created(api, '/v1/projects', aProject({ ...late, signedOn: '2020-01-10', investmentYuan: 600 }));
    for (const [receivedOn, amountYuan] of [
      ['2020-03-01', 50],
      ['2020-08-01', -20],
    ]) {
      await created(api, `/v1/projects/${ended.id}/funds`, { receivedOn, amountYuan });
    }
  });
  afterAll(() => api.close());

  it('counts until the day before', async () => {
    expect(await on('2020-06-30')).toMatchObject({
      projectCount: 3,
      registeredCount: 2,
      startedCount: 2,
      startedInvestment: { yuan: 400 },
      completedCount: 2,
      inProductionCount: 2,
      performingCount: 2,
      suspendedCount: 1,
      terminatedCount: 0,
      overdueStartCount: 1,
      overdueProductionCount: 1,
      sameYearCount: 2,
      daysToStart: { count: 2 },
      daysToProduction: { count: 2 },
      operatingRate: { numerator: 2, denominator: 3, percent: 66.7 },
    });
  });

  it('leaves all numerators on the day, but no denominator', async () => {
    expect(await on('2020-07-01')).toMatchObject({
      projectCount: 3,
      totalInvestment: { yuan: 1000 },
      contractedFunds: { yuan: 160, knownCount: 2 },
      registeredCount: 1,
      registrationRate: { numerator: 1, denominator: 3, percent: 33.3 },
      startedCount: 1,
      startedInvestment: { yuan: 300 },
      operatingRate: { numerator: 1, denominator: 3, percent: 33.3 },
      completedCount: 1,
      completionRate: { numerator: 1, denominator: 3 },
      inProductionCount: 1,
      productionRate: { numerator: 1, denominator: 3 },
      performingCount: 1,
      fulfilmentRate: { numerator: 1, denominator: 3 },
      suspendedCount: 0,
      terminatedCount: 2,
      overdueStartCount: 0,
      overdueProductionCount: 0,
      sameYearCount: 1,
      daysToStart: { count: 1, median: 51, mean: 51 },
      daysToProduction: { count: 1, median: 112, mean: 112 },
    });
  });

  it('keeps its funds, and returned ones are subtracted on their own day', async () => {
    expect(await on('2020-07-31')).toMatchObject({
      fundsInPlace: { yuan: 50 },
      fundsInPlaceRate: { numerator: 50, denominator: 1000, percent: 5 },
      fundsInPlaceOfContractedRate: { numerator: 50, denominator: 160, percent: 31.3 },
    });
    expect((await on('2020-08-01')).fundsInPlace.yuan).toBe(30);
  });
});

describe('an archived project', () => {
  let api: TestApp;
  let archived: string;
  const QUESTIONS = [
    '/v1/statistics/summary?',
    '/v1/statistics/breakdown?by=region',
    '/v1/statistics/timeline?interval=month',
    '/v1/statistics/cohorts?measure=fundsInPlaceRate',
    '/v1/projects?sort=code',
  ].flatMap((path) =>
    ['', '&asOf=2020-01-10', '&asOf=2020-07-01', '&asOf=2026-11-22'].map((day) => path + day),
  );
  const answers = async (): Promise<Body[]> => {
    const bodies: Body[] = [];
    for (const url of QUESTIONS) {
      const { revision: _, known, ...body } = (await api.get(url)).body;
      delete body.links?.permalink;
      bodies.push(body);
    }
    return bodies;
  };

  beforeAll(async () => {
    api = await testApp();
    await created(api, '/v1/projects', aProject({ signedOn: '2020-01-05', region: '430100' }));
  });
  afterAll(() => api.close());

  it('is in no figure on any day, until it is restored', async () => {
    const without = await answers();
    const { id } = await created(api, '/v1/projects', aProject({ ...REACHED, suspendedOn: null }));
    await created(api, `/v1/projects/${id}/funds`, { receivedOn: '2020-03-01', amountYuan: 50 });
    const url = `/v1/projects/${id}`;
    const withIt = await answers();
    for (const [i, question] of QUESTIONS.entries()) expect(withIt[i], question).not.toEqual(without[i]);

    await api.delete(url);
    expect(await answers()).toEqual(without);

    await api.post(`${url}/restore`);
    const restored = await answers();
    const unstamped = (bodies: Body[]) =>
      JSON.parse(JSON.stringify(bodies), (key, value) =>
        ['version', 'updatedAt'].includes(key) ? 0 : value,
      );
    expect(unstamped(restored)).toEqual(unstamped(withIt));
    archived = id;
  });

  it('is in the list with `archived=true`, and only there', async () => {
    expect((await api.get('/v1/projects?archived=true')).body.page.total).toBe(0);
    await api.delete(`/v1/projects/${archived}`);
    const { items } = (await api.get('/v1/projects?archived=true')).body;
    expect(items.map(({ id }: Body) => id)).toEqual([archived]);
    expect((await api.get('/v1/projects?archived=false')).body.page.total).toBe(1);
    expect((await api.get('/v1/projects?archived=true&asOf=2020-01-09')).body.page.total).toBe(0);
    expect((await api.get('/v1/projects?archived=true&started=false')).body.page.total).toBe(0);
  });
});
