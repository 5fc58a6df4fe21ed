import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { asOfDay, filter, parameters, queryOf, WORLD_TODAY, world } from '../support/arbitraries.ts';
import { FLAGS, type ModelWorld } from '../support/model.ts';
import { COHORT_MEASURES, type CohortMeasure, cohortsOf, monthsAfter } from '../support/model-cohorts.ts';
import type { Interval } from '../support/model-figures.ts';
import { runs } from '../support/runs.ts';
import { PROPERTY, replaceWorld, worldApp } from '../support/world.ts';

const MOVING = ['operatingStatus', ...FLAGS];
const STEADY = Object.keys(parameters).filter((name) => !MOVING.includes(name));
const MEASURES = Object.keys(COHORT_MEASURES) as CohortMeasure[];

/** Days around month ends, in order. */
const MONTH_ENDS = [
  '2019-08-31',
  '2020-01-30',
  '2020-01-31',
  '2020-02-28',
  '2020-02-29',
  '2020-03-30',
  '2020-03-31',
  '2020-04-30',
  '2020-05-01',
  '2020-11-30',
  '2020-12-31',
  '2021-01-29',
  '2021-01-31',
  '2021-02-28',
  '2021-03-01',
  '2021-03-30',
];
const PROJECT_DAYS = [
  'signedOn',
  'registeredOn',
  'startedOn',
  'completedOn',
  'productionOn',
  'suspendedOn',
  'resumedOn',
  'terminatedOn',
] as const;

/** The world with its days mapped to days around month ends, in the same order. */
function atMonthEnds(world: ModelWorld): ModelWorld {
  const given = new Set(
    world.projects.flatMap((p) => [
      ...PROJECT_DAYS.flatMap((field) => p[field] ?? []),
      ...p.funds.map(({ receivedOn }) => receivedOn),
    ]),
  );
  const moved = new Map([...given].sort().map((day, i) => [day, MONTH_ENDS[i] ?? WORLD_TODAY]));
  const move = <D extends string | null>(day: D) => (day === null ? null : moved.get(day)) as D;
  return {
    ...world,
    projects: world.projects.map((p) => ({
      ...p,
      ...Object.fromEntries(PROJECT_DAYS.map((field) => [field, move(p[field])])),
      funds: p.funds.map((entry) => ({ ...entry, receivedOn: move(entry.receivedOn) })),
    })),
  };
}

const question = fc.record({
  filter: filter(STEADY, 2),
  by: fc.constantFrom('event', 'signedYear'),
  measure: fc.constantFrom(...MEASURES),
  step: fc.constantFrom<Interval>('month', 'month', 'quarter', 'year'),
  asOf: fc.oneof(asOfDay, fc.constantFrom(...MONTH_ENDS.slice(3))),
});

const shown = ({ group, projectCount, totalInvestment, ages }: Body) => ({
  code: group.code,
  projectCount,
  totalInvestment,
  ages,
});

describe('cohorts', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await worldApp();
  });
  afterAll(() => api.close());

  it('equal the model for any projects, filter and day', async () => {
    const questions = fc.array(question, { minLength: 6, maxLength: 6 });
    const worlds = fc.oneof(world(), world().map(atMonthEnds), world().map(atMonthEnds));
    await fc.assert(
      fc.asyncProperty(worlds, questions, async (world, questions) => {
        await replaceWorld(api, world);
        for (const { filter, by, measure, step, asOf } of questions) {
          const url = `/v1/statistics/cohorts?${queryOf(filter, { by, measure, step, asOf })}`;
          const answer = await api.get(url);
          expect(answer.status, `${url}: ${answer.text}`).toBe(200);
          const day = asOf ?? WORLD_TODAY;
          const expected = cohortsOf(world, filter, by, measure, step, day);
          expect(answer.body, url).toMatchObject({
            asOf: day,
            by,
            measure,
            step,
            groupCount: expected.length,
          });
          expect(answer.body.items.map(shown), url).toEqual(expected);
        }
      }),
      { ...PROPERTY, numRuns: runs(30) },
    );
  });

  it('signed on one day have at each age the rates of the summary of that day, and every age is complete', async () => {
    /** Gives all projects the earliest signing day, so that no termination is earlier. */
    const together = (world: ModelWorld): ModelWorld => {
      const [signedOn = ''] = world.projects.map((p) => p.signedOn).sort();
      return { ...world, projects: world.projects.map((p) => ({ ...p, signedOn, event: 'hyrd-2020' })) };
    };
    await fc.assert(
      fc.asyncProperty(world(30).map(atMonthEnds).map(together), async (world) => {
        await replaceWorld(api, world);
        const signedOn = world.projects[0]?.signedOn as string;
        for (const measure of MEASURES) {
          const { items } = (await api.get(`/v1/statistics/cohorts?measure=${measure}`)).body;
          expect(items).toHaveLength(1);
          const { ages } = items[0];
          expect(monthsAfter(signedOn, ages.length) > WORLD_TODAY).toBe(true);
          // Each summary costs as much as all ages, so only two of five are compared.
          for (const { age, reachedCount, complete, ...rate } of ages) {
            if (age % 5 !== 0 && age % 5 !== 1) continue;
            const { body } = await api.get(`/v1/statistics/summary?asOf=${monthsAfter(signedOn, age)}`);
            expect(rate, `${measure} at ${age}`).toEqual(body[measure]);
            expect([reachedCount, complete]).toEqual([body.projectCount, true]);
          }
        }
      }),
      { ...PROPERTY, numRuns: runs(6) },
    );
  });
});

describe('a cohort', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp({ today: '2022-01-01' });
    for (const code of ['fair', 'week']) {
      const days = { startsOn: '2020-01-01', endsOn: '2020-01-02' };
      await created(api, '/v1/events', { code, name: `活动 ${code}`, nameEn: `the ${code}`, ...days });
    }
    const project = (signedOn: string, fields: object) =>
      created(api, '/v1/projects', aProject({ signedOn, ...fields }));
    const fair = { event: 'fair' };
    const old = await project('2020-12-31', { ...fair, startedOn: '2021-01-31', investmentYuan: 700 });
    const young = await project('2021-01-31', { ...fair, startedOn: '2020-05-01', investmentYuan: 300 });
    for (const [{ id }, receivedOn, amountYuan] of [
      [old, '2020-12-31', 70],
      [old, '2021-02-01', -20],
      [young, '2020-01-01', 30],
      [young, '2021-02-01', 100],
    ]) {
      await created(api, `/v1/projects/${id}/funds`, { receivedOn, amountYuan });
    }
    const week = { event: 'week' };
    await project('2020-10-10', { ...week, startedOn: '2020-11-10', terminatedOn: '2020-12-11' });
    await project('2020-10-10', { ...week, startedOn: '2020-11-11', terminatedOn: '2020-11-11' });
    await project('2020-10-10', { ...week, startedOn: '2021-02-11', registeredOn: '2020-12-10' });
    await project('2021-02-27', {});
  });
  afterAll(() => api.close());

  const cohorts = async (query: string): Promise<Body> =>
    (await api.get(`/v1/statistics/cohorts?${query}`)).body;
  /** The ages of the only cohort. */
  const agesOf = async (query: string): Promise<[number, number, number, boolean][]> => {
    const { items } = await cohorts(query);
    expect(items).toHaveLength(1);
    return items[0].ages.map(({ numerator, denominator, reachedCount, complete }: Body) => [
      numerator,
      denominator,
      reachedCount,
      complete,
    ]);
  };

  it('gives an age that not all have reached over those that have, and marks it', async () => {
    // The younger project, signed on 31 January after its start, is a month old on 28 February.
    expect(await agesOf('event=fair&asOf=2021-02-27')).toEqual([
      [1, 2, 2, true],
      [1, 1, 1, false],
    ]);
    expect(await agesOf('event=fair&asOf=2021-02-28')).toEqual([
      [1, 2, 2, true],
      [2, 2, 2, true],
      [1, 1, 1, false],
    ]);
  });

  it('gives the numerator and denominator at each age', async () => {
    const { items } = await cohorts('event=fair&asOf=2021-02-27');
    expect(items).toEqual([
      {
        group: { code: 'fair', name: '活动 fair', nameEn: 'the fair' },
        projectCount: 2,
        totalInvestment: { yuan: 1000, billionYuan: 0.000001, yiYuan: 0.00001 },
        ages: [
          { age: 0, numerator: 1, denominator: 2, ratio: 0.5, percent: 50, reachedCount: 2, complete: true },
          { age: 1, numerator: 1, denominator: 1, ratio: 1, percent: 100, reachedCount: 1, complete: false },
        ],
        links: { projects: '/v1/projects?event=fair&asOf=2021-02-27' },
      },
    ]);
  });

  it('counts funds before the signing from the start, and subtracts returned ones', async () => {
    const funds = 'event=fair&measure=fundsInPlaceRate';
    expect(await agesOf(`${funds}&asOf=2021-02-27`)).toEqual([
      [100, 1000, 2, true],
      [70, 700, 1, false],
    ]);
    expect(await agesOf(`${funds}&asOf=2021-02-28`)).toEqual([
      [100, 1000, 2, true],
      [200, 1000, 2, true],
      [50, 700, 1, false],
    ]);
  });

  it('removes terminated projects from the numerator, but not from the denominator', async () => {
    const started = async (asOf: string) => (await agesOf(`event=week&asOf=${asOf}`)).map(([count]) => count);
    expect(await started('2021-03-09')).toEqual([0, 1, 1, 0, 0]);
    expect(await started('2021-03-10')).toEqual([0, 1, 1, 0, 0, 1]);
    for (const [, denominator, , complete] of await agesOf('event=week&asOf=2021-03-10')) {
      expect([denominator, complete]).toEqual([3, true]);
    }
  });

  it('in quarters or years has the rates of every third or twelfth month', async () => {
    for (const measure of MEASURES) {
      const at = async (step: string) =>
        (await cohorts(`event=week&measure=${measure}&step=${step}`)).items[0].ages;
      const months: Body[] = await at('month');
      expect(months).toHaveLength(15);
      for (const [step, length] of [
        ['quarter', 3],
        ['year', 12],
      ] as const) {
        const expected = months.filter(({ age }) => age % length === 0);
        expect(await at(step)).toEqual(expected.map((row) => ({ ...row, age: row.age / length })));
      }
    }
  });

  it('is by event, of the operating rate and in months by default', async () => {
    expect(await cohorts('')).toMatchObject({
      asOf: '2022-01-01',
      by: 'event',
      measure: 'operatingRate',
      step: 'month',
      groupCount: 3,
    });
    expect((await cohorts('by=signedYear')).items.map(({ group }: Body) => group)).toEqual([
      { code: '2020', name: '2020', nameEn: null },
      { code: '2021', name: '2021', nameEn: null },
    ]);
  });

  it.each([
    ['', ['fair', 'week', null]],
    ['sort=-code', ['week', 'fair', null]],
    ['sort=projectCount', [null, 'fair', 'week']],
    ['sort=-totalInvestment', ['week', null, 'fair']],
    ['sort=-projectCount&limit=2', ['week', 'fair']],
    ['limit=1', ['fair']],
  ])('is ordered: %s', async (query, codes) => {
    const { items, groupCount } = await cohorts(query);
    expect(items.map(({ group }: Body) => group.code)).toEqual(codes);
    expect(groupCount).toBe(3);
  });

  it.each(['by=event', 'by=signedYear', 'by=event&signedYear=2020', 'by=signedYear&event=fair'])(
    'links to its projects: %s',
    async (query) => {
      const { items } = await cohorts(`${query}&asOf=2021-02-27`);
      expect(items.length).toBeGreaterThan(0);
      for (const { links, projectCount } of items) {
        expect((await api.get(links.projects)).body.page.total).toBe(projectCount);
      }
    },
  );

  it('does not exist if nothing was signed', async () => {
    for (const query of ['signedYear=2019', 'asOf=2020-10-09', 'event=unheard-of']) {
      expect(await cohorts(query)).toMatchObject({ groupCount: 0, items: [] });
    }
  });

  it.each([
    ['by=region', [['by', 'not_a_choice']]],
    ['by=event,signedYear', [['by', 'not_a_choice']]],
    ['measure=projectCount', [['measure', 'not_a_choice']]],
    ['measure=', [['measure', 'not_a_choice']]],
    ['step=week', [['step', 'not_a_choice']]],
    ['step=month&step=year', [['step', 'not_a_choice']]],
    ['sort=operatingRate', [['sort', 'not_sortable']]],
    ['sort=code,-code', [['sort', 'not_sortable']]],
    ['limit=501', [['limit', 'too_large']]],
    ['limit=0', [['limit', 'too_small']]],
    ['asOf=2022-01-02', [['asOf', 'after_today']]],
    [
      'interval=month&step=day',
      [
        ['step', 'not_a_choice'],
        ['interval', 'unknown_parameter'],
      ],
    ],
    [
      MOVING.map((name) => `${name}=${name === 'operatingStatus' ? 'signed' : 'false'}`).join('&'),
      MOVING.map((name) => [name, 'depends_on_day']),
    ],
  ] as [string, [string, string][]][])('cannot be requested with %s', async (query, faults) => {
    expectProblem(await api.get(`/v1/statistics/cohorts?${query}`), 422, 'request.invalid', faults);
  });
});

describe('cohorts of a century', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp({ today: '2026-11-22' });
    for (let year = 1900; year < 1907; year++) {
      await created(api, '/v1/projects', aProject({ signedOn: `${year}-11-22`, startedOn: `${year}-12-22` }));
    }
  });
  afterAll(() => api.close());

  const url = '/v1/statistics/cohorts?by=signedYear';

  it('have all their ages', async () => {
    const { body } = await api.get(`${url}&signedYear=1900`);
    expect(body.items[0].ages).toHaveLength(126 * 12 + 1);
    expect(body.items[0].ages.at(-1)).toMatchObject({ age: 1512, numerator: 1, denominator: 1 });
  });

  it('are refused if there are more ages than the limit', async () => {
    expectProblem(await api.get(url), 422, 'statistics.too_many_ages');
    const inChinese = await api.get(url, { 'accept-language': 'zh-CN' });
    expect(inChinese.body.detail).toMatch(/超过 10000 个/);
    for (const fewer of ['step=quarter', 'limit=6', 'signedYear=1901,1902', 'asOf=2010-01-01']) {
      expect((await api.get(`${url}&${fewer}`)).status, fewer).toBe(200);
    }
  });
});
