/**
 * Without a key, if only statistics are public, nobody can derive anything about fewer projects than the
 * minimum: an attacker who knows the groups of all projects sends every possible request, and combines the
 * responses.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  type Body,
  type Client,
  clientOf,
  expectProblem,
  type TestApp,
} from '../support/app.ts';
import { WORLD_TODAY, world } from '../support/arbitraries.ts';
import { isolated } from '../support/isolating.ts';
import {
  FLAGS,
  groupsOf,
  isCounted,
  type ModelProject,
  type ModelWorld,
  populationOf,
} from '../support/model.ts';
import { dayBefore } from '../support/model-comparison.ts';
import { figuresOf, MEASURES } from '../support/model-figures.ts';
import { runs } from '../support/runs.ts';
import { PROPERTY, replaceWorld, worldApp } from '../support/world.ts';

const DIMENSIONS = [
  'event',
  'region',
  'level',
  'industry',
  'signedYear',
  'investorOrigin',
  'top500',
  'zone',
  'investmentBand',
];
/** The end of February is the last month end of the worlds, whose today is at the end of March. */
const LATEST = '2021-02-28';
const DAYS = ['2019-12-31', '2020-12-31', '2021-01-31', LATEST];

/** The values of parameters in addition to those of the groups. */
const MORE: Record<string, string[]> = {
  event: ['unheard-of', 'none'],
  region: ['430000', '430102', '430121', '430198', '431025', 'none'],
  industry: ['26', '39', '01', 'none'],
  investorOrigin: ['none'],
  top500: ['fortune_global_500', 'china_500'],
  zone: ['none'],
};

/** A response or part of one, and the projects that it concerns. */
interface Told {
  figures: Body;
  about: ModelProject[];
  day: string;
}

/** Sends every possible request. */
async function ask(client: Client, world: ModelWorld): Promise<Told[]> {
  const told: Told[] = [];
  for (const day of DAYS) {
    const population = populationOf(world, {}, day);
    const get = async (path: string) => (await client.get(`/v1/statistics/${path}asOf=${day}`)).body;
    told.push({ figures: await get('summary?'), about: population, day });
    for (const by of DIMENSIONS) {
      const groups = groupsOf(world, [by], population, day);
      const { items, total } = await get(`breakdown?limit=500&by=${by}&`);
      told.push({ figures: total, about: population, day });
      for (const { groups: named, ...figures } of items) {
        told.push({ figures, about: groups.get(JSON.stringify([named[by].code])) ?? [], day });
      }
      if (by === 'investmentBand') continue;
      const codes = [...groups.keys()].map((key) => (JSON.parse(key) as [string | null])[0]);
      for (const code of new Set([...codes.filter((one) => one !== null), ...(MORE[by] ?? [])])) {
        const figures = await get(`summary?${by}=${code}&`);
        told.push({ figures, about: populationOf(world, { [by]: [code] }, day), day });
      }
    }
  }
  return told;
}

const funded = ({ funds }: ModelProject, day: string) => funds.some(({ receivedOn }) => receivedOn <= day);

/**
 * The sets of projects for which an amount, or a count on a day, is disclosed, and the projects that these
 * can distinguish.
 */
interface Secret {
  tells(told: Told): boolean;
  holds(project: ModelProject): boolean;
}

const secrets: Record<string, Secret> = {
  investment: { tells: ({ figures }) => figures.totalInvestment !== null, holds: () => true },
  'contracted funds': {
    tells: ({ figures }) => figures.contractedFunds !== null,
    holds: (p) => p.contractedFundsYuan !== null,
  },
  ...Object.fromEntries(
    DAYS.flatMap((day) => [
      [
        `funds by ${day}`,
        {
          tells: (told: Told) => told.day === day && told.figures.fundsInPlace !== null,
          holds: (p: ModelProject) => funded(p, day),
        },
      ],
      ...FLAGS.flatMap((flag) =>
        [true, false].map((answer): [string, Secret] => [
          `${flag} by ${day}: ${answer}`,
          {
            tells: (told) => told.day === day && told.figures[`${flag}Count`] !== null,
            holds: (p) => isCounted(flag, p, day) === answer,
          },
        ]),
      ),
    ]),
  ),
};

/** What can be derived about fewer projects than the minimum: which secrets, and the projects. */
function isolatedBy(told: readonly Told[], world: ModelWorld, minimum: number): string[] {
  return Object.entries(secrets).flatMap(([name, { tells, holds }]) => {
    const projects = world.projects.filter(holds);
    const places = new Map(projects.map((project, place) => [project, place]));
    const sets = told.filter(tells).map(({ about }) => about.flatMap((project) => places.get(project) ?? []));
    const few = isolated(sets, projects.length, minimum);
    return few ? [`${name}: ${few.map((place) => projects[place]?.code)}`] : [];
  });
}

/** Every disclosed number equals the one with a key, so that the attacker was not merely misled. */
function expectTrue({ figures, about, day }: Told): void {
  const expected: Body = figuresOf(about, day);
  for (const name of MEASURES)
    if (figures[name] !== null) expect(figures[name], name).toEqual(expected[name]);
}

/** No disclosed count, nor its complement, concerns fewer projects than the minimum. */
function expectNoFew({ figures, about }: Told, minimum: number): void {
  const counts = [
    ...FLAGS.map((flag) => figures[`${flag}Count`]),
    figures.contractedFunds?.knownCount ?? null,
  ];
  for (const count of counts.filter((one) => one !== null)) {
    for (const part of [about.length, count, about.length - count]) {
      expect(part === 0 || part >= minimum, JSON.stringify(figures)).toBe(true);
    }
  }
  if (figures.withheld?.reason === 'small_group') {
    expect(about.length).toBeLessThan(minimum);
    for (const name of MEASURES) expect(figures[name]).toBeNull();
  }
}

/** Forty projects with different amounts, distributed as in a small trade week. */
const tradeWeek = (): ModelWorld => ({
  investors: [],
  parents: {
    '430000': null,
    '430100': '430000',
    '431000': '430000',
    '433100': '430000',
    A: null,
    C: null,
    '26': 'C',
  },
  projects: Array.from({ length: 40 }, (_, i) => ({
    code: `p.${i}`,
    name: `示例项目 ${i}`,
    nameEn: null,
    event: i % 4 === 3 ? 'hyrd-2018' : 'hyrd-2020',
    level: i < 31 ? 'provincial' : i < 38 ? 'municipal' : 'county',
    region: i % 13 === 0 ? '433100' : i % 5 === 0 ? '431000' : i % 3 === 0 ? '430000' : '430100',
    zone: null,
    industry: i % 7 === 2 ? 'A' : '26',
    investors: [],
    investmentYuan: 100_000_000 + 7_919 * i * i,
    investmentEstimated: false,
    contractedFundsYuan: i % 3 === 0 ? null : 50_000_000 + 13 * i,
    funds: i % 2 === 0 ? [] : [{ receivedOn: '2020-12-01', amountYuan: 1_000_003 * (i + 1) }],
    signedOn: i < 37 ? '2020-06-29' : '2021-01-15',
    registeredOn: i % 6 === 0 ? null : '2020-07-01',
    startedOn: i % 3 === 1 ? null : '2020-12-15',
    completedOn: null,
    productionOn: null,
    suspendedOn: i === 20 ? '2021-01-01' : null,
    resumedOn: null,
    terminatedOn: null,
    agreedStartOn: null,
    agreedProductionOn: null,
    updatedAt: '2021-03-31T04:00:00.000Z',
    archived: false,
  })),
});

describe('if only statistics are open, without a key', () => {
  let api: TestApp;
  let anyone: Client;
  beforeAll(async () => {
    api = await worldApp({ ANONYMOUS_READ: 'statistics', ANONYMOUS_MIN_GROUP: 3 });
    anyone = clientOf(api.app, null);
  });
  afterAll(() => api.close());

  it('all possible requests about any projects reveal nothing about few of them', async () => {
    await fc.assert(
      fc.asyncProperty(world(40), async (world) => {
        await replaceWorld(api, world);
        const told = await ask(anyone, world);
        for (const one of told) {
          expectTrue(one);
          expectNoFew(one, 3);
          expect(one.figures).not.toHaveProperty('links');
        }
        expect(isolatedBy(told, world, 3)).toEqual([]);
      }),
      { ...PROPERTY, numRuns: runs(15) },
    );
  });
});

/** Each comparison that may be asked for, by the day that it leads to. */
const comparisons = (day: string): [compareWith: string, other: string][] => [
  ...DAYS.map((other): [string, string] => [other, other]),
  ...(['previousMonth', 'previousQuarter', 'previousYear'] as const).map((span): [string, string] => [
    span,
    dayBefore(day, span),
  ]),
];

/** Whether figures are those of another response to the same caller, which they therefore tell nothing beside. */
function expectKnown(figures: Body, known: Body): void {
  for (const name of MEASURES) expect(figures[name], name).toEqual(known[name]);
  expect(figures.withheld).toEqual(known.withheld);
}

function expectComparison(now: Body, then: Body): void {
  const previous = Object.fromEntries(MEASURES.map((name) => [name, now.comparison[name].previous]));
  expectKnown({ ...previous, withheld: now.comparison.withheld }, then);
  expect(now.comparison).not.toHaveProperty('links');
  for (const name of MEASURES) {
    const { difference, changePercent } = now.comparison[name];
    if (now[name] !== null && previous[name] !== null) continue;
    expect([difference, changePercent], name).toEqual([null, null]);
  }
}

/** Whether ranks and shares follow from the figures that are told. */
function expectOrderOf(items: Body[], total: Body, measure: string): void {
  const told = (values: unknown[]) => values.filter((value) => value !== null) as number[];
  const shownOf = (figure: Body | number | null) =>
    typeof figure === 'object' ? (figure?.yuan ?? null) : figure;
  const now = items.map((item) => (item.projectCount === 0 ? null : shownOf(item[measure])));
  const then = items.map(({ comparison }) =>
    comparison.projectCount.previous === 0 ? null : shownOf(comparison[measure].previous),
  );
  const rankIn = (values: unknown[], value: number | null) =>
    value === null ? null : 1 + told(values).filter((other) => other > value).length;
  for (const [i, item] of items.entries()) {
    expect(item.rank).toBe(rankIn(now, now[i] ?? null));
    expect(item.previousRank).toBe(rankIn(then, then[i] ?? null));
    const isTold = item[measure] !== null && total[measure] !== null;
    expect(item.share?.numerator ?? null).toBe(isTold ? shownOf(item[measure]) : null);
    expect(item.share?.denominator ?? null).toBe(isTold ? shownOf(total[measure]) : null);
  }
}

describe('a comparison without a key', () => {
  let api: TestApp;
  let anyone: Client;
  beforeAll(async () => {
    api = await worldApp({ ANONYMOUS_READ: 'statistics', ANONYMOUS_MIN_GROUP: 3 });
    anyone = clientOf(api.app, null);
  });
  afterAll(() => api.close());

  const got = async (path: string): Promise<Body> => {
    const { status, body, text } = await anyone.get(`/v1/statistics/${path}`);
    expect(status, `${path}: ${text}`).toBe(200);
    return body;
  };

  it('says what the responses for its two days say, and nothing that does not follow from them', async () => {
    const question = fc.tuple(
      fc.constantFrom(...DIMENSIONS),
      fc.constantFrom(...DAYS),
      fc.nat(DAYS.length + 2),
      fc.constantFrom('projectCount', 'startedCount', 'totalInvestment', 'fundsInPlace'),
    );
    await fc.assert(
      fc.asyncProperty(
        world(40),
        fc.array(question, { minLength: 4, maxLength: 4 }),
        async (world, questions) => {
          await replaceWorld(api, world);
          for (const [by, day, which, measure] of questions) {
            const [compareWith, other] = comparisons(day)[which] as [string, string];
            const summary = await got(`summary?asOf=${day}&compareWith=${compareWith}`);
            expectKnown(summary, await got(`summary?asOf=${day}`));
            expectComparison(summary, await got(`summary?asOf=${other}`));

            const query = `breakdown?by=${by}&limit=500&sort=-${measure}`;
            const whole = await got(`${query}&asOf=${day}&compareWith=${compareWith}`);
            const [now, then] = [await got(`${query}&asOf=${day}`), await got(`${query}&asOf=${other}`)];
            expectKnown(whole.total, now.total);
            expectComparison(whole.total, then.total);
            const none = figuresOf([], day);
            const of = ({ items }: Body, code: string | null): Body =>
              items.find(({ groups }: Body) => groups[by].code === code) ?? none;
            for (const item of whole.items) {
              const { code } = item.groups[by];
              expectKnown(item, of(now, code));
              expectComparison(item, of(then, code));
            }
            expectOrderOf(whole.items, whole.total, measure);
          }
        },
      ),
      { ...PROPERTY, numRuns: runs(25) },
    );
  });
});

describe('for a trade week', () => {
  let api: TestApp;
  let anyone: Client;
  const week = tradeWeek();
  beforeAll(async () => {
    api = await worldApp({ ANONYMOUS_READ: 'statistics' });
    anyone = clientOf(api.app, null);
    await replaceWorld(api, week);
  });
  afterAll(() => api.close());

  it('the attack would identify single projects if nothing were suppressed', async () => {
    const told = await ask(api, week);
    const found = isolatedBy(told, week, 5);
    expect(found).toContainEqual(expect.stringMatching(/^investment: /));
    expect(found).toContainEqual(expect.stringMatching(/^contracted funds: /));
    expect(found).toContainEqual(expect.stringMatching(/^funds by 2021-02-28: /));
  });

  it('it identifies none, although the whole, the events and the large groups are disclosed', async () => {
    const told = await ask(anyone, week);
    for (const one of told) {
      expectTrue(one);
      expectNoFew(one, 5);
    }
    expect(isolatedBy(told, week, 5)).toEqual([]);

    const { total, items } = (await anyone.get('/v1/statistics/breakdown?by=event')).body;
    expect(total).toMatchObject({ projectCount: 40, startedCount: 27, fundsInPlace: { yuan: 420_001_260 } });
    expect(items.map(({ projectCount }: Body) => projectCount)).toEqual([30, 10]);
    expect(items[0].totalInvestment.yuan).toBeGreaterThan(0);
  });

  it('a small group reveals nothing but that it is small, and its neighbour is suppressed too', async () => {
    const { items } = (await anyone.get('/v1/statistics/breakdown?by=level')).body;
    expect(
      items.map(({ groups, projectCount, withheld }: Body) => [groups.level.code, projectCount, withheld]),
    ).toEqual([
      ['provincial', 31, expect.anything()],
      ['county', null, { fewerThan: 5, reason: 'small_group' }],
      ['municipal', null, { fewerThan: 5, reason: 'difference' }],
    ]);
    expect(items[0].totalInvestment).not.toBeNull();
    for (const name of MEASURES) expect(items[1][name], name).toBeNull();
    const one = (await anyone.get('/v1/statistics/summary?level=county')).body;
    expect(one).toMatchObject({
      projectCount: null,
      totalInvestment: null,
      withheld: { reason: 'small_group' },
    });
  });

  it('no order and no limit reveals more', async () => {
    const urls = ['-totalInvestment', 'totalInvestment', 'projectCount', '-contractedFunds,projectCount'];
    for (const sort of urls) {
      const { items } = (await anyone.get(`/v1/statistics/breakdown?by=level&sort=${sort}`)).body;
      expect(items.map(({ groups }: Body) => groups.level.code)).toEqual([
        'provincial',
        'county',
        'municipal',
      ]);
    }
  });

  it('an empty group is not reported as suppressed', async () => {
    const { body } = await anyone.get('/v1/statistics/summary?event=unheard-of');
    expect(body).toMatchObject({ projectCount: 0, startedInvestment: { yuan: 0 } });
    expect(body).not.toHaveProperty('withheld');
  });

  it.each([
    ['zh', '少于5个', '不予公开'],
    ['en', '< 5', 'withheld'],
  ])('files show suppression in words (%s)', async (lang, few, withheld) => {
    const url = `/v1/statistics/breakdown?by=level&format=csv&lang=${lang}`;
    const [, , county, municipal] = (await anyone.get(url)).text.split('\r\n');
    expect(county).toMatch(new RegExp(`,county(,${few})+$`));
    expect(municipal).toMatch(new RegExp(`,municipal(,${withheld})+$`));
    expect((await anyone.get(url.replace('csv', 'xlsx'))).status).toBe(200);
    expect((await api.get(url)).text).not.toMatch(new RegExp(`${few}|${withheld}`));
  });

  it.each([
    ['summary?started=true', 'access.parameter_needs_key'],
    ['summary?operatingStatus=suspended', 'access.parameter_needs_key'],
    ['summary?county=430100', 'access.parameter_needs_key'],
    ['summary?signedFrom=2021-01-01', 'access.parameter_needs_key'],
    ['summary?estimated=true', 'access.parameter_needs_key'],
    ['breakdown?by=operatingStatus', 'access.parameter_needs_key'],
    ['breakdown?by=signedMonth', 'access.parameter_needs_key'],
    ['summary?event=hyrd-2020&level=county', 'access.dimension_needs_key'],
    ['summary?event=hyrd-2020,hyrd-2018', 'access.dimension_needs_key'],
    ['summary?event=hyrd-2020&event=hyrd-2018', 'access.dimension_needs_key'],
    ['summary?%65vent=hyrd-2020&level=county', 'access.dimension_needs_key'],
    ['breakdown?by=region,level', 'access.dimension_needs_key'],
    ['breakdown?by=region&by=level', 'access.dimension_needs_key'],
    ['breakdown?by=region&event=hyrd-2020', 'access.dimension_needs_key'],
    ['summary?asOf=2020-12-30', 'access.day_needs_key'],
    [`summary?asOf=${WORLD_TODAY}`, 'access.day_needs_key'],
    ['summary?compareWith=2020-12-30', 'access.day_needs_key'],
    [`breakdown?by=event&compareWith=${WORLD_TODAY}`, 'access.day_needs_key'],
    ['summary?asOf=2020-12-30&compareWith=previousYear', 'access.day_needs_key'],
    ['timeline', 'access.key_required'],
    ['differences?measure=startedCount&from=2020-12-31&to=2021-02-28', 'access.key_required'],
    ['cohorts', 'access.key_required'],
  ])('%s needs a key', async (path, code) => {
    const url = `/v1/statistics/${path}`;
    // Also when the response has just been cached for a caller with a key.
    const { status, etag } = await api.get(url);
    expect(status).toBe(200);
    for (const headers of [{}, { 'if-none-match': etag }, { 'if-none-match': '*' }]) {
      expectProblem(await anyone.get(url, headers), 401, code);
    }
  });

  it.each(['json', 'csv', 'xlsx'])('no caller receives a cached response of another (%s)', async (format) => {
    const url = `/v1/statistics/breakdown?by=level&asOf=${LATEST}&format=${format}`;
    const asked = async (client: Client, headers = {}) => await client.get(url, headers);
    const answers: Answer[] = [];
    for (const client of [api, anyone, api, anyone]) answers.push(await asked(client));
    const [keyed, anonymous, keyedAgain, anonymousAgain] = answers as [Answer, Answer, Answer, Answer];
    expect([keyedAgain.etag, anonymousAgain.etag]).toEqual([keyed.etag, anonymous.etag]);
    expect(anonymous.etag).not.toBe(keyed.etag);
    expect((await asked(anyone, { 'if-none-match': keyed.etag })).status).toBe(200);
    expect((await asked(api, { 'if-none-match': anonymous.etag })).status).toBe(200);
    expect((await asked(anyone, { 'if-none-match': anonymous.etag })).status).toBe(304);
    // Also concurrently.
    const [a, b] = await Promise.all([asked(api), asked(anyone)]);
    expect([a.etag, b.etag]).toEqual([keyed.etag, anonymous.etag]);
    if (format === 'json')
      expect([keyedAgain.text, anonymousAgain.text]).toEqual([keyed.text, anonymous.text]);
    else expect(b.bytes).not.toEqual(a.bytes);
  });

  it('the day is the last month end; figures disclosed for it are not disclosed later', async () => {
    const url = '/v1/statistics/summary';
    const named = `${url}?asOf=${LATEST}`;
    expect((await anyone.get(url)).body.asOf).toBe(LATEST);
    expect((await api.get(url)).body.asOf).toBe(WORLD_TODAY);
    const before = await anyone.get(named);
    expect(before.body.fundsInPlace).not.toBeNull();

    api.clock.set('2021-04-01T04:00:00Z');
    expect((await anyone.get(url)).body).toMatchObject({
      asOf: '2021-03-31',
      fundsInPlace: expect.anything(),
    });
    expect((await anyone.get(named, { 'if-none-match': before.etag })).body).toMatchObject({
      asOf: LATEST,
      totalInvestment: before.body.totalInvestment,
      fundsInPlace: null,
    });
    api.clock.set(`${WORLD_TODAY}T04:00:00Z`);
    expect((await anyone.get(url)).body.asOf).toBe(LATEST);
  });

  it('a selection is treated as a group only if it is that group', async () => {
    const { items } = (await anyone.get('/v1/statistics/breakdown?by=region')).body;
    const group = items.find(({ groups }: Body) => groups.region.code === '430000');
    // The projects without a prefecture, and all of Hunan.
    expect(group.projectCount).toBe(10);
    const { body } = await anyone.get('/v1/statistics/summary?region=430000');
    expect(body).toMatchObject({ projectCount: null, withheld: { reason: 'difference' } });
  });
});

describe('a minimum of one', () => {
  it('suppresses nothing', async () => {
    const api = await worldApp({ ANONYMOUS_READ: 'statistics', ANONYMOUS_MIN_GROUP: 1 });
    await replaceWorld(api, tradeWeek());
    const anyone = clientOf(api.app, null);
    for (const path of ['summary?started=true', 'breakdown?by=region,level', `summary?asOf=${WORLD_TODAY}`]) {
      const url = `/v1/statistics/${path}`;
      expect((await anyone.get(url)).text).toBe((await api.get(url)).text);
    }
    await api.close();
  });
});
