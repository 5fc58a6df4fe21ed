import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, created, type TestApp, testApp } from '../support/app.ts';
import { insertCopies } from '../support/world.ts';

/** Figures from a bulletin: number of projects, of which started, of which completed. */
interface Bulletin {
  signed: number;
  started: number;
  completed: number;
  totalYuan: number;
  fundsYuan: number;
}

describe('the service computes the published figures', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp();
    await record('hyrd-2020', {
      signed: 319,
      started: 266,
      completed: 0,
      totalYuan: 297_880_000_000,
      fundsYuan: 136_550_000_000,
    });
    await record('lanzhou-19', {
      signed: 1093,
      started: 907,
      completed: 401,
      totalYuan: 612_909_000_000,
      fundsYuan: 279_449_000_000,
    });
  });
  afterAll(() => api.close());

  async function record(event: string, bulletin: Bulletin): Promise<void> {
    const { signed, started, completed, totalYuan, fundsYuan } = bulletin;
    await created(api, '/v1/events', {
      code: event,
      name: event,
      startsOn: '2020-06-29',
      endsOn: '2020-07-05',
    });
    const rest = aProject({
      event,
      investmentYuan: totalYuan - (signed - 1) * 100_000_000,
      startedOn: '2020-09-01',
    });
    const { id } = await created(api, '/v1/projects', rest);
    await created(api, `/v1/projects/${id}/funds`, { receivedOn: '2022-08-31', amountYuan: fundsYuan });
    const like = { code: rest.code, investmentYuan: 100_000_000 };
    await insertCopies(api, { ...like, completedOn: '2021-01-01' }, completed);
    await insertCopies(api, like, started - completed - 1);
    await insertCopies(api, { ...like, startedOn: null }, signed - started);
  }

  it('of the 2020 edition', async () => {
    const { body } = await api.get('/v1/statistics/summary?event=hyrd-2020&asOf=2022-08-31');
    expect(body).toMatchObject({
      asOf: '2022-08-31',
      filter: { event: ['hyrd-2020'] },
      projectCount: 319,
      totalInvestment: { yuan: 297_880_000_000, billionYuan: 297.88, yiYuan: 2978.8 },
      startedCount: 266,
      operatingRate: { numerator: 266, denominator: 319, ratio: 0.8338557993730408, percent: 83.4 },
      fundsInPlace: { yuan: 136_550_000_000, billionYuan: 136.55, yiYuan: 1365.5 },
    });
    expect(body.links).toMatchObject({
      self: '/v1/statistics/summary?event=hyrd-2020&asOf=2022-08-31',
      projects: '/v1/projects?event=hyrd-2020&asOf=2022-08-31',
    });
    expect((await api.get(body.links.started)).body.page.total).toBe(266);
  });

  it('of the Lanzhou fair', async () => {
    const { body } = await api.get('/v1/statistics/summary?event=lanzhou-19&asOf=2022-08-31');
    expect(body).toMatchObject({
      projectCount: 1093,
      operatingRate: { numerator: 907, percent: 83.0 },
      completionRate: { numerator: 401, percent: 36.7 },
      fundsInPlaceRate: { numerator: 279_449_000_000, denominator: 612_909_000_000, percent: 45.6 },
      totalInvestment: { yiYuan: 6129.09 },
      fundsInPlace: { yiYuan: 2794.49 },
    });
  });

  it('of the day before the funds arrived, without them', async () => {
    const { body } = await api.get('/v1/statistics/summary?event=lanzhou-19&asOf=2022-08-30');
    expect(body.fundsInPlaceRate).toMatchObject({ numerator: 0, percent: 0 });
  });
});
