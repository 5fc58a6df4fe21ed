import { v7 as uuid } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aProject, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { insertCopies } from '../support/world.ts';

const LARGEST = Number.MAX_SAFE_INTEGER;
const MOST = 1_000_000_000_000;
/**
 * The number of projects with the largest amount whose sum is still exact, and the remainder to the largest
 * exact sum.
 */
const FULL = Math.floor(LARGEST / MOST);
const REST = LARGEST - FULL * MOST;

describe('a sum of investments', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp();
    const project = aProject({ investmentYuan: MOST, contractedFundsYuan: MOST, startedOn: '2020-07-01' });
    await created(api, '/v1/projects', project);
    await insertCopies(api, { code: project.code }, FULL - 1);
    const last = { level: 'county', investmentYuan: REST, contractedFundsYuan: REST } as const;
    await created(api, '/v1/projects', aProject({ ...last, startedOn: '2020-07-01' }));
  });
  afterAll(() => api.close());

  it('is exact up to the largest safe integer', async () => {
    const { body } = await api.get('/v1/statistics/summary');
    expect(body.projectCount).toBe(FULL + 1);
    expect(body.totalInvestment.yuan).toBe(9_007_199_254_740_991);
    expect(body.startedInvestment.yuan).toBe(9_007_199_254_740_991);
    expect(body.contractedFunds.yuan).toBe(9_007_199_254_740_991);
    const { items } = (await api.get('/v1/statistics/timeline?interval=year')).body;
    expect(items[0].during.investment.yuan).toBe(9_007_199_254_740_991);
  });

  describe('of one yuan more', () => {
    beforeAll(async () => {
      await created(
        api,
        '/v1/projects',
        aProject({ level: 'municipal', investmentYuan: 1, signedOn: '2021-06-29' }),
      );
    });

    it.each([
      'summary?',
      'summary?asOf=2021-06-29',
      'breakdown?by=level',
      'breakdown?by=level&limit=1&sort=totalInvestment',
      'timeline?',
      'timeline?interval=year',
      'cohorts?',
    ])('is refused rather than rounded: %s', async (path) => {
      expectProblem(await api.get(`/v1/statistics/${path}`), 422, 'statistics.sum_too_large');
    });

    it('is refused in Chinese, too', async () => {
      const answer = await api.get('/v1/statistics/summary', { 'accept-language': 'zh-CN' });
      expect(answer.body.detail).toMatch(/超过 9007199254740991 元/);
    });

    it.each([
      'summary?level=provincial',
      'summary?asOf=2021-06-28',
      'timeline?asOf=2021-06-28',
      'cohorts?asOf=2021-06-28',
      'breakdown?by=event&level=county',
    ])('is returned if the filter or the day makes it small enough: %s', async (path) => {
      expect((await api.get(`/v1/statistics/${path}`)).status).toBe(200);
    });
  });
});

describe('a sum of funds', () => {
  let api: TestApp;
  const ids: string[] = [];
  beforeEach(async () => {
    api = await testApp();
    ids.length = 0;
    for (let i = 0; i < 2; i++) ids.push((await created(api, '/v1/projects', aProject())).id);
    await arrive(0, FULL, MOST);
  });
  afterEach(() => api.close());

  /** Ledger entries as after years of use. */
  async function arrive(project: number, times: number, amountYuan: number): Promise<void> {
    const projectId = ids[project] as string;
    const entry = {
      projectId,
      receivedOn: '2021-01-01',
      amountYuan,
      note: null,
      createdAt: '2021-01-01T00:00:00.000Z',
    };
    await api.database.write(async (tx) => {
      for (let done = 0; done < times; done += 1000) {
        const count = Math.min(1000, times - done);
        await tx
          .insert(tx.tables.fundsEntries)
          .values(Array.from({ length: count }, () => ({ ...entry, id: uuid() })));
      }
    });
  }

  it('is exact up to the largest safe integer', async () => {
    await arrive(1, 1, REST);
    const { body } = await api.get('/v1/statistics/summary');
    expect(body.fundsInPlace.yuan).toBe(9_007_199_254_740_991);
  });

  it('of one yuan more is refused rather than rounded, wherever it is summed', async () => {
    await arrive(1, 1, REST + 1);
    for (const path of ['summary', 'breakdown?by=level', 'timeline', 'cohorts?measure=fundsInPlaceRate']) {
      expectProblem(await api.get(`/v1/statistics/${path}`), 422, 'statistics.sum_too_large');
    }
    expect((await api.get('/v1/statistics/summary?asOf=2020-12-31')).body.fundsInPlace.yuan).toBe(0);
  });

  it('of one project is limited to exact values', async () => {
    const add = (amountYuan: number) =>
      api.post(`/v1/projects/${ids[0]}/funds`, { receivedOn: '2021-01-02', amountYuan });
    expect((await add(REST)).status).toBe(201);
    expect((await add(1)).status).toBe(422);
    expect((await api.get(`/v1/projects/${ids[0]}`)).body.fundsInPlaceYuan).toBe(9_007_199_254_740_991);
  });
});
