import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { asOfDay, filter, parameters, queryOf, WORLD_TODAY, world } from '../support/arbitraries.ts';
import { FLAGS } from '../support/model.ts';
import { type Interval, timelineOf } from '../support/model-figures.ts';
import { runs } from '../support/runs.ts';
import { PROPERTY, replaceWorld, worldApp } from '../support/world.ts';

const MOVING = ['operatingStatus', ...FLAGS];
const STEADY = Object.keys(parameters).filter((name) => !MOVING.includes(name));
const INTERVALS: Interval[] = ['month', 'quarter', 'year'];

describe('the timeline', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await worldApp();
  });
  afterAll(() => api.close());

  it('equals the model for any projects, filter and day', async () => {
    const question = fc.tuple(filter(STEADY, 2), fc.constantFrom(...INTERVALS), asOfDay);
    const questions = fc.array(question, { minLength: 6, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(world(), questions, async (world, questions) => {
        await replaceWorld(api, world);
        for (const [filter, interval, asOf] of questions) {
          const url = `/v1/statistics/timeline?${queryOf(filter, { interval, asOf })}`;
          const answer = await api.get(url);
          expect(answer.status, `${url}: ${answer.text}`).toBe(200);
          const day = asOf ?? WORLD_TODAY;
          expect(answer.body, url).toMatchObject({ asOf: day, interval });
          expect(answer.body.items, url).toEqual(timelineOf(world, filter, interval, day));
        }
      }),
      { ...PROPERTY, numRuns: runs(30) },
    );
  });

  it('has in each cumulative row the values of the summary of its last day', async () => {
    await fc.assert(
      fc.asyncProperty(world(), fc.constantFrom(...INTERVALS), asOfDay, async (world, interval, asOf) => {
        await replaceWorld(api, world);
        const timeline = (await api.get(`/v1/statistics/timeline?${queryOf({}, { interval, asOf })}`)).body;
        for (const { to, cumulative } of timeline.items) {
          const [until] = [to, timeline.asOf].sort();
          const { body } = await api.get(`/v1/statistics/summary?asOf=${until}`);
          expect(cumulative).toEqual({
            signedCount: body.projectCount,
            investment: body.totalInvestment,
            startedCount: body.startedCount,
            inProductionCount: body.inProductionCount,
            fundsInPlace: body.fundsInPlace,
            operatingRate: body.operatingRate,
            productionRate: body.productionRate,
          });
        }
      }),
      { ...PROPERTY, numRuns: runs(6) },
    );
  });

  it('refuses all parameters whose meaning depends on the day, naming each', async () => {
    const query = MOVING.map((name) => `${name}=${name === 'operatingStatus' ? 'signed' : 'false'}`).join(
      '&',
    );
    expectProblem(
      await api.get(`/v1/statistics/timeline?${query}`),
      422,
      'request.invalid',
      MOVING.map((name) => [name, 'depends_on_day']),
    );
  });

  it.each(MOVING)('refuses %s alone', async (name) => {
    const value = name === 'operatingStatus' ? 'signed' : 'true';
    expectProblem(await api.get(`/v1/statistics/timeline?${name}=${value}`), 422, 'request.invalid', [
      [name, 'depends_on_day'],
    ]);
  });

  it('refuses an unknown interval', async () => {
    expectProblem(await api.get('/v1/statistics/timeline?interval=week'), 422, 'request.invalid', [
      ['interval', 'not_a_choice'],
    ]);
  });
});

describe('a timeline', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp({ today: '2021-02-10' });
    await created(
      api,
      '/v1/projects',
      aProject({ code: 'EARLY', signedOn: '2020-11-30', startedOn: '2020-09-01', event: null }),
    );
    const { id } = await created(
      api,
      '/v1/projects',
      aProject({
        code: 'ENDED',
        signedOn: '2020-12-01',
        startedOn: '2020-12-31',
        terminatedOn: '2021-02-01',
        investmentYuan: 5,
      }),
    );
    await created(api, `/v1/projects/${id}/funds`, { receivedOn: '2020-10-01', amountYuan: 7 });
  });
  afterAll(() => api.close());

  const rows = async (interval: string): Promise<Body[]> =>
    (await api.get(`/v1/statistics/timeline?interval=${interval}`)).body.items;

  it('has no gaps, and ends with the period of the day', async () => {
    expect((await rows('month')).map(({ period, from, to }) => [period, from, to])).toEqual([
      ['2020-11', '2020-11-01', '2020-11-30'],
      ['2020-12', '2020-12-01', '2020-12-31'],
      ['2021-01', '2021-01-01', '2021-01-31'],
      ['2021-02', '2021-02-01', '2021-02-28'],
    ]);
    expect((await rows('quarter')).map(({ period, from, to }) => [period, from, to])).toEqual([
      ['2020-Q4', '2020-10-01', '2020-12-31'],
      ['2021-Q1', '2021-01-01', '2021-03-31'],
    ]);
    expect((await rows('year')).map(({ period, from, to }) => [period, from, to])).toEqual([
      ['2020', '2020-01-01', '2020-12-31'],
      ['2021', '2021-01-01', '2021-12-31'],
    ]);
  });

  it('counts earlier events on the day of signing', async () => {
    const [november, december] = await rows('month');
    expect(november?.during).toMatchObject({ signedCount: 1, startedCount: 1, fundsInPlace: { yuan: 0 } });
    expect(december?.during).toMatchObject({ signedCount: 1, startedCount: 1, fundsInPlace: { yuan: 7 } });
  });

  it('subtracts a terminated project from what it had reached, and keeps its funds', async () => {
    const months = await rows('month');
    expect(months.map(({ cumulative }) => cumulative.startedCount)).toEqual([1, 2, 2, 1]);
    expect(months.map(({ cumulative }) => cumulative.fundsInPlace.yuan)).toEqual([0, 7, 7, 7]);
    expect(months.at(-1)?.cumulative.operatingRate).toMatchObject({
      numerator: 1,
      denominator: 2,
      percent: 50,
    });
  });

  it('without projects is empty', async () => {
    expect((await api.get('/v1/statistics/timeline?signedYear=2019')).body.items).toEqual([]);
  });
});
