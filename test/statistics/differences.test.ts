/** What a difference consists of: events of projects, whose contributions add up to it. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { day, filter, queryOf, WORLD_TODAY, world } from '../support/arbitraries.ts';
import { type ModelFilter, type ModelProject, type ModelWorld, populationOf } from '../support/model.ts';
import { changeOf } from '../support/model-comparison.ts';
import { addDays, figuresOf, MEASURES, type MeasureName } from '../support/model-figures.ts';
import { runs } from '../support/runs.ts';
import { PROPERTY, replaceWorld, worldApp } from '../support/world.ts';
import { readCsv, readXlsx, tableOf } from '../transfer/support.ts';

const DATES = {
  signed: 'signedOn',
  terminated: 'terminatedOn',
  resumed: 'resumedOn',
  registered: 'registeredOn',
  started: 'startedOn',
  completed: 'completedOn',
  inProduction: 'productionOn',
  suspended: 'suspendedOn',
  agreedStart: 'agreedStartOn',
  agreedProduction: 'agreedProductionOn',
} as const;

interface Question {
  measure: MeasureName;
  filter: ModelFilter;
  from: string;
  to: string;
}

const question: fc.Arbitrary<Question> = fc
  .record({ measure: fc.constantFrom(...MEASURES), filter: filter(undefined, 2), a: day, b: day })
  .map(({ a, b, ...rest }) => ({ ...rest, from: a < b ? a : b, to: a < b ? b : a }));

/** What a project adds to the parts of a measure on a day. */
function partsOf(world: ModelWorld, { measure, filter }: Question, p: ModelProject, day: string): number[] {
  const selected = populationOf({ ...world, projects: [p] }, filter, day);
  const value = figuresOf(selected, day)[measure];
  if (typeof value === 'number') return [value];
  if ('yuan' in value) return [value.yuan];
  // The median of one project is its days.
  return 'ratio' in value ? [value.numerator, value.denominator] : [value.median ?? 0, value.count];
}

const minus = (a: number[], b: number[]): number[] => a.map((value, i) => value - (b[i] as number));
const plus = (a: number[], b: number[]): number[] => a.map((value, i) => value + (b[i] as number));
const isZero = (values: number[]): boolean => values.every((value) => value === 0);

/** The days on which anything happens in a world. */
function daysOf({ projects }: ModelWorld): string[] {
  const dated = projects.flatMap((p) => [
    ...Object.values(DATES).map((name) => p[name]),
    ...p.funds.map(({ receivedOn }) => receivedOn),
  ]);
  const days = dated.filter((on) => on !== null);
  return [...new Set(days.flatMap((on) => [on, addDays(on, 1)]))].sort();
}

/** What each project adds on each day, unless its contributions cancel out. */
function contributionsIn(world: ModelWorld, question: Question): Map<string, number[]> {
  const { from, to } = question;
  const days = daysOf(world).filter((on) => on > from && on <= to);
  const found = new Map<string, number[]>();
  for (const p of world.projects) {
    const on = (day: string) => partsOf(world, question, p, day);
    if (isZero(minus(on(to), on(from)))) continue;
    let before = on(from);
    for (const day of days) {
      const by = minus(on(day), before);
      if (!isZero(by)) found.set(`${p.code} ${day}`, by);
      before = on(day);
    }
  }
  return found;
}

const contributed = ({ contribution, denominatorContribution }: Body): number[] =>
  denominatorContribution === undefined ? [contribution] : [contribution, denominatorContribution];

function byDay(items: Body[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const item of items) {
    const key = `${item.project.code} ${item.on}`;
    const known = found.get(key);
    found.set(key, known ? plus(known, contributed(item)) : contributed(item));
  }
  return new Map([...found].filter(([, by]) => !isZero(by)));
}

const sumOf = (items: Body[], parts: number): number[] =>
  items.reduce<number[]>(
    (sum, item) => plus(sum, contributed(item)),
    Array.from({ length: parts }, () => 0),
  );

const urlOf = ({ measure, filter, from, to }: Question): string =>
  `/v1/statistics/differences?${queryOf(filter, { measure, from, to })}`;

describe('differences', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await worldApp();
  });
  afterAll(() => api.close());

  const got = async (url: string): Promise<Body> => {
    const { status, body, text } = await api.get(url);
    expect(status, `${url}: ${text}`).toBe(200);
    return body;
  };

  function expectModel(world: ModelWorld, question: Question, body: Body): void {
    const { measure, filter, from, to } = question;
    const [before, after] = [from, to].map(
      (day) => figuresOf(populationOf(world, filter, day), day)[measure],
    );
    const { previous: _, ...change } = changeOf(after as never, before as never);
    expect(body).toMatchObject({
      measure,
      from: { asOf: from, value: before },
      to: { asOf: to, value: after },
      ...change,
    });
    expect(body.page.total).toBe(body.items.length);
    expect(byDay(body.items)).toEqual(contributionsIn(world, question));

    const [then, now] = [from, to].map((day) =>
      populationOf(world, filter, day)
        .map((p) => partsOf(world, question, p, day))
        .reduce<number[] | null>((sum, parts) => (sum ? plus(sum, parts) : parts), null),
    );
    const all = contributed(body);
    const none = all.map(() => 0);
    expect(all).toEqual(minus(now ?? none, then ?? none));
    expect(sumOf(body.items, all.length)).toEqual(all);
    expect(sumOf(body.causes, all.length)).toEqual(all);
    for (const { cause, events, ...sums } of body.causes) {
      const those = body.items.filter((item: Body) => item.cause === cause);
      expect(those).toHaveLength(events);
      expect(sumOf(those, all.length)).toEqual(contributed(sums));
    }
    for (const { cause, on, project } of body.items) {
      const p = world.projects.find(({ code }) => code === project.code) as ModelProject;
      if (cause === 'funds') expect(p.funds.map(({ receivedOn }) => receivedOn)).toContain(on);
      else {
        const date = p[DATES[cause as keyof typeof DATES]] as string;
        expect(on).toBe(cause.startsWith('agreed') ? addDays(date, 1) : date);
      }
    }
  }

  it('are the contributions of the model, and add up, for any measure, projects, filter and days', async () => {
    await fc.assert(
      fc.asyncProperty(
        world(),
        fc.array(question, { minLength: 8, maxLength: 8 }),
        async (world, questions) => {
          await replaceWorld(api, world);
          for (const question of questions)
            expectModel(world, question, await got(`${urlOf(question)}&limit=500`));
        },
      ),
      { ...PROPERTY, numRuns: runs(40) },
    );
  });

  it('add up for every measure', async () => {
    await fc.assert(
      fc.asyncProperty(world(), filter(undefined, 1), async (world, filter) => {
        await replaceWorld(api, world);
        for (const measure of MEASURES) {
          const question = { measure, filter, from: '2020-06-30', to: WORLD_TODAY };
          expectModel(world, question, await got(`${urlOf(question)}&limit=500`));
        }
      }),
      { ...PROPERTY, numRuns: runs(8) },
    );
  });

  const ORDERS: Record<string, (a: Body, b: Body) => number> = {
    '-contribution,on': (a, b) => b.contribution - a.contribution || compare(a.on, b.on),
    contribution: (a, b) => a.contribution - b.contribution,
    '-on': (a, b) => compare(b.on, a.on),
    'on,contribution': (a, b) => compare(a.on, b.on) || a.contribution - b.contribution,
  };
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

  it('are paged in any order without skipping or repeating any', async () => {
    const sort = fc.constantFrom(...Object.keys(ORDERS));
    await fc.assert(
      fc.asyncProperty(
        world(),
        question,
        sort,
        fc.integer({ min: 1, max: 9 }),
        async (world, question, sort, limit) => {
          await replaceWorld(api, world);
          const url = `${urlOf(question)}&sort=${sort}`;
          const { items, page } = await got(`${url}&limit=500`);
          const order = ORDERS[sort] as (a: Body, b: Body) => number;
          expect(items).toEqual([...items].sort(order));
          const walked: Body[] = [];
          let next: string | null = `${url}&limit=${limit}`;
          while (next) {
            const answer = await api.get(next);
            walked.push(...answer.body.items);
            expect(answer.body.page).toMatchObject({ total: page.total, limit });
            next = /<([^>]*)>; rel="next"/.exec(String(answer.headers.link ?? ''))?.[1] ?? null;
            expect(answer.body.page.nextCursor === null).toBe(next === null);
          }
          expect(walked).toEqual(items);
        },
      ),
      { ...PROPERTY, numRuns: runs(25) },
    );
  });

  it('are in files as a whole, with their sum', async () => {
    await fc.assert(
      fc.asyncProperty(world(30), question, async (world, question) => {
        await replaceWorld(api, world);
        const body = await got(`${urlOf(question)}&limit=500&sort=on`);
        const address = urlOf(question).replace('?', '.csv?');
        const rows = readCsv(await api.get(`${address}&sort=on`));
        const sheet = tableOf(await readXlsx(await api.get(`${address.replace('.csv', '.xlsx')}&sort=on`)));
        const { length } = body.items;
        expect([rows.length, sheet.length]).toEqual([length + 1, length + 1]);
        for (const [i, item] of [...body.items, { ...body, on: '', project: { code: '' } }].entries()) {
          const row = rows[i] ?? {};
          const [name = '', , on, , ...sums] = Object.values(row);
          expect([row['project: code'], on]).toEqual([item.project.code, item.on]);
          expect(sums.map(Number)).toEqual(contributed(item));
          if (i === length) expect(name).toBe('Total');
        }
      }),
      { ...PROPERTY, numRuns: runs(10) },
    );
  });

  it('link to the projects on both days, and to each project', async () => {
    await fc.assert(
      fc.asyncProperty(world(20), day, async (world, from) => {
        await replaceWorld(api, world);
        const body = await got(`/v1/statistics/differences?measure=startedCount&from=${from}`);
        for (const { value, links } of [body.from, body.to])
          expect((await got(links.started)).page.total).toBe(value);
        for (const { links, project } of body.items.slice(0, 3))
          expect((await got(links.project)).code).toBe(project.code);
      }),
      { ...PROPERTY, numRuns: runs(5) },
    );
  });

  it.each([
    ['', [['measure', 'required']]],
    ['measure=weather&from=2020-01-01', [['measure', 'not_a_choice']]],
    ['measure=startedCount&to=1900-12-31', [['from', 'before_1900']]],
    ['measure=startedCount&from=2020-02-30', [['from', 'not_a_day']]],
    ['measure=startedCount&from=1899-12-31', [['from', 'before_1900']]],
    ['measure=startedCount&from=2021-04-01', [['from', 'after_today']]],
    ['measure=startedCount&from=2021-01-01&to=2021-04-01', [['to', 'after_today']]],
    ['measure=startedCount&from=2021-01-02&to=2021-01-01', [['to', 'before_from']]],
    ['measure=startedCount&from=2021-01-01&sort=name', [['sort', 'not_sortable']]],
    ['measure=startedCount&from=2021-01-01&limit=501', [['limit', 'too_large']]],
    ['measure=startedCount&from=2021-01-01&cursor=x', [['cursor', 'not_a_cursor']]],
    ['measure=startedCount&from=2021-01-01&asOf=2021-01-01', [['asOf', 'unknown_parameter']]],
    ['measure=startedCount&from=2021-01-01&format=csv&limit=5', [['limit', 'not_for_format']]],
  ] as [string, [string, string][]][])('are refused: %s', async (query, faults) => {
    expectProblem(await api.get(`/v1/statistics/differences?${query}`), 422, 'request.invalid', faults);
  });
});

describe('an event that changes a figure', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp();
    const project = (code: string, fields: Body) =>
      created(
        api,
        '/v1/projects',
        aProject({ code, signedOn: '2021-01-01', investmentYuan: 1_000, ...fields }),
      );
    await project('ALL-AT-ONCE', {
      ...{
        registeredOn: '2021-03-01',
        startedOn: '2021-03-01',
        completedOn: '2021-03-01',
        productionOn: '2021-03-01',
      },
      signedOn: '2021-03-01',
    });
    await project('ENDED-AT-ONCE', { startedOn: '2021-03-05', terminatedOn: '2021-03-05' });
    await project('SUSPENDED-AT-ONCE', {
      startedOn: '2021-02-01',
      suspendedOn: '2021-03-05',
      resumedOn: '2021-03-05',
    });
    await project('IN-TIME', { agreedStartOn: '2021-03-04', startedOn: '2021-03-05' });
    await project('LATE', { agreedStartOn: '2021-03-31', startedOn: '2021-06-01' });
    await project('ENDED', { startedOn: '2021-02-01', terminatedOn: '2021-03-09' });
    const { id } = await project('FUNDED', {});
    for (const [receivedOn, amountYuan] of [
      ['2021-03-01', 300],
      ['2021-03-01', 200],
      ['2021-03-07', -100],
    ])
      await created(api, `/v1/projects/${id}/funds`, { receivedOn, amountYuan });
  });
  afterAll(() => api.close());

  const caused = async (query: string): Promise<unknown[]> => {
    const { body } = await api.get(`/v1/statistics/differences?sort=on&from=2021-02-28&${query}`);
    return body.items
      .map((item: Body) => [item.project.code, item.on, item.cause, ...contributed(item)])
      .sort();
  };

  it.each([
    ['projectCount', '', [['ALL-AT-ONCE', '2021-03-01', 'signed', 1]]],
    [
      'startedCount',
      '',
      [
        ['ALL-AT-ONCE', '2021-03-01', 'started', 1],
        ['ENDED', '2021-03-09', 'terminated', -1],
        ['IN-TIME', '2021-03-05', 'started', 1],
      ],
    ],
    ['performingCount', '&code=ALL-AT-ONCE', [['ALL-AT-ONCE', '2021-03-01', 'registered', 1]]],
    ['sameYearCount', '', [['ALL-AT-ONCE', '2021-03-01', 'inProduction', 1]]],
    ['suspendedCount', '', []],
    ['overdueStartCount', '', [['LATE', '2021-04-01', 'agreedStart', 1]]],
    [
      'fundsInPlace',
      '',
      [
        ['FUNDED', '2021-03-01', 'funds', 500],
        ['FUNDED', '2021-03-07', 'funds', -100],
      ],
    ],
    [
      'operatingRate',
      '&code=ALL-AT-ONCE,ENDED',
      [
        ['ALL-AT-ONCE', '2021-03-01', 'signed', 0, 1],
        ['ALL-AT-ONCE', '2021-03-01', 'started', 1, 0],
        ['ENDED', '2021-03-09', 'terminated', -1, 0],
      ],
    ],
    [
      'projectCount',
      '&operatingStatus=terminated',
      [
        ['ENDED', '2021-03-09', 'terminated', 1],
        ['ENDED-AT-ONCE', '2021-03-05', 'terminated', 1],
      ],
    ],
  ] as [string, string, unknown[]][])('of %s is the one that does: %s', async (measure, query, items) => {
    expect(await caused(`measure=${measure}&to=2021-04-02${query}`)).toEqual(items);
  });

  it('is left out if another one cancels it out', async () => {
    expect(await caused('measure=overdueStartCount&to=2021-06-01')).toEqual([]);
    const { body } = await api.get(
      '/v1/statistics/differences?measure=overdueStartCount&from=2021-02-28&to=2021-06-01',
    );
    expect(body).toMatchObject({ contribution: 0, causes: [], difference: 0, page: { total: 0 } });
  });
});
