/** Figures beside those of another day. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, expectProblem, type TestApp } from '../support/app.ts';
import { asOfDay, day, filter, parameters, queryOf, WORLD_TODAY, world } from '../support/arbitraries.ts';
import { DIMENSIONS, FLAGS, groupsOf, populationOf } from '../support/model.ts';
import { changesOf, dayBefore, placesOf, SPANS, type Span, shareOf } from '../support/model-comparison.ts';
import {
  figuresOf,
  type Interval,
  MEASURES,
  type MeasureName,
  timelineOf,
} from '../support/model-figures.ts';
import { runs } from '../support/runs.ts';
import { PROPERTY, replaceWorld, worldApp } from '../support/world.ts';
import { readCsv } from '../transfer/support.ts';

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

const isSpan = (text: string): text is Span => text in SPANS;
const sideOf = (asOf: string, compareWith: string) =>
  isSpan(compareWith) ? dayBefore(asOf, compareWith) : compareWith;

const span = fc.constantFrom(...(Object.keys(SPANS) as Span[]));
const compareWith: fc.Arbitrary<string> = fc.oneof(span, day);
/** No span leads to a day before 1900. */
const laterDay = asOfDay.filter((asOf) => asOf !== '1900-01-01');

const withoutLinks = ({ links: _, ...figures }: Body) => figures;

describe('a summary with a comparison', () => {
  it('has what the summary of the other day has, and the changes of the model', async () => {
    const question = fc.tuple(filter(), laterDay, compareWith);
    await fc.assert(
      fc.asyncProperty(
        world(),
        fc.array(question, { minLength: 6, maxLength: 6 }),
        async (world, questions) => {
          await replaceWorld(api, world);
          for (const [filter, asOf, compareWith] of questions) {
            const url = `/v1/statistics/summary?${queryOf(filter, { asOf })}`;
            const plain = await got(url);
            const { comparison, comparedWith, ...rest } = await got(`${url}&compareWith=${compareWith}`);
            expect(rest.links.permalink).toContain(`compareWith=${compareWith}`);
            rest.links.permalink = plain.links.permalink;
            expect(rest).toEqual(plain);
            const today = asOf ?? WORLD_TODAY;
            const other = sideOf(today, compareWith);
            expect(comparedWith).toEqual({ asOf: other });
            const [now, then] = [today, other].map((day) => figuresOf(populationOf(world, filter, day), day));
            expect(withoutLinks(comparison), `${url} ${compareWith}`).toEqual(
              changesOf(now as object, then as object),
            );
            const earlier = await got(`/v1/statistics/summary?${queryOf(filter, { asOf: other })}`);
            const { permalink: _, ...links } = earlier.links;
            expect(comparison.links).toEqual(links);
          }
        },
      ),
      { ...PROPERTY, numRuns: runs(40) },
    );
  });

  it('has the measures that are asked for', async () => {
    const body = await got(
      '/v1/statistics/summary?measures=startedCount,operatingRate&compareWith=previousYear',
    );
    expect(Object.keys(body.comparison)).toEqual(['startedCount', 'operatingRate', 'links']);
    expect(Object.keys(body.comparison.links)).toEqual(['self', 'started']);
  });
});

describe('a breakdown with a comparison', () => {
  const question = fc.record({
    by: fc.uniqueArray(fc.constantFrom(...DIMENSIONS), { minLength: 1, maxLength: 2 }),
    filter: filter(undefined, 2),
    asOf: laterDay,
    compareWith,
    measure: fc.constantFrom(...MEASURES),
    isDescending: fc.boolean(),
  });

  it('has the groups of both days with their changes, ranks and shares', async () => {
    await fc.assert(
      fc.asyncProperty(
        world(),
        fc.array(question, { minLength: 5, maxLength: 5 }),
        async (world, questions) => {
          await replaceWorld(api, world);
          for (const { by, filter, asOf, compareWith, measure, isDescending } of questions) {
            const query = queryOf(filter, {
              ...{ by: by.join(), asOf, compareWith, limit: '500' },
              sort: `${by[0]},${isDescending ? '-' : ''}${measure}`,
            });
            const body = await got(`/v1/statistics/breakdown?${query}`);
            const today = asOf ?? WORLD_TODAY;
            const side = (day: string) => {
              const population = populationOf(world, filter, day);
              const groups = groupsOf(world, by, population, day);
              const of = (key: string) => figuresOf(groups.get(key) ?? [], day);
              return { of, groups, all: figuresOf(population, day) };
            };
            const [now, then] = [side(today), side(sideOf(today, compareWith))];
            const keys = [...new Set([...now.groups.keys(), ...then.groups.keys()])];
            const ranks = [now, then].map((side) =>
              placesOf(keys.map(side.of), measure as MeasureName, isDescending),
            );
            const expected = keys.map((key, i) => ({
              key,
              figures: now.of(key),
              comparison: changesOf(now.of(key), then.of(key)),
              rank: ranks[0]?.[i],
              previousRank: ranks[1]?.[i],
              share: shareOf(now.of(key), now.all, measure as MeasureName),
            }));
            const shown = body.items.map(
              ({ groups, rank, previousRank, share, comparison, ...item }: Body) => ({
                key: JSON.stringify(by.map((name) => groups[name].code)),
                figures: withoutLinks(item),
                comparison: withoutLinks(comparison),
                ...{ rank, previousRank, share },
              }),
            );
            const inOrder = (a: Body, b: Body) => (a.key < b.key ? -1 : 1);
            expect(shown.sort(inOrder), query).toEqual(expected.sort(inOrder));
            expect(body).toMatchObject({ groupCount: keys.length, rankedBy: measure });
            expect(withoutLinks(body.total.comparison)).toEqual(changesOf(now.all, then.all));
          }
        },
      ),
      { ...PROPERTY, numRuns: runs(30) },
    );
  });

  it('links to exactly the projects of the other day', async () => {
    await fc.assert(
      fc.asyncProperty(
        world(20),
        fc.constantFrom(...DIMENSIONS),
        laterDay,
        compareWith,
        async (world, by, asOf, compareWith) => {
          await replaceWorld(api, world);
          const { items } = await got(
            `/v1/statistics/breakdown?${queryOf({}, { by, asOf, compareWith, limit: '5' })}`,
          );
          for (const { comparison } of items)
            for (const name of ['project', 'started', 'suspended'])
              expect((await got(comparison.links[name === 'project' ? 'projects' : name])).page.total).toBe(
                comparison[`${name}Count`].previous,
              );
        },
      ),
      { ...PROPERTY, numRuns: runs(8) },
    );
  });

  it('is shown with groups without projects, which have no rank', async () => {
    const { items } = await got(
      '/v1/statistics/breakdown?by=event&signedTo=1999-12-31&empty=true&compareWith=previousYear&measures=projectCount',
    );
    expect(items.length).toBeGreaterThan(0);
    for (const item of items)
      expect(item).toMatchObject({
        projectCount: 0,
        ...{ rank: null, previousRank: null },
        share: { numerator: 0, denominator: 0, percent: null },
        comparison: { projectCount: { previous: 0, difference: 0, changePercent: null } },
      });
  });
});

describe('a timeline with a comparison', () => {
  const STEADY = Object.keys(parameters).filter((name) => !['operatingStatus', ...FLAGS].includes(name));
  const MONTHS = { month: 1, quarter: 3, year: 12 };
  const intervals = Object.keys(MONTHS) as Interval[];
  const question = fc
    .tuple(
      filter(STEADY, 1),
      fc.constantFrom(...intervals),
      laterDay,
      span,
      fc.constantFrom(undefined, 'level', 'region'),
    )
    .filter(([, interval, , span]) => SPANS[span] >= MONTHS[interval]);

  /** The day in the middle of the earlier period. */
  const shifted = (from: string, span: Span) => dayBefore(`${from.slice(0, 8)}15`, span);

  it('has with each period the earlier one, up to the same day', async () => {
    await fc.assert(
      fc.asyncProperty(
        world(30),
        fc.array(question, { minLength: 3, maxLength: 3 }),
        async (world, questions) => {
          await replaceWorld(api, world);
          for (const [filter, interval, asOf, span, by] of questions) {
            const url = `/v1/statistics/timeline?${queryOf(filter, { interval, asOf, by })}`;
            const plain = await got(url);
            const body = await got(`${url}&compareWith=${span}`);
            const other = dayBefore(plain.asOf, span);
            expect(body.comparedWith).toEqual({ asOf: other });
            const expectLine = (items: Body[], plainItems: Body[], narrowed: typeof filter) => {
              expect(items.map(({ comparison: _, ...item }) => item)).toEqual(plainItems);
              const before = timelineOf(world, narrowed, interval, other);
              for (const { comparison, ...item } of items) {
                const middle = shifted(item.from, span);
                const earlier = before.find(({ from, to }) => from <= middle && middle <= to);
                const none = { ...item, during: nothing(item.during), cumulative: nothing(item.cumulative) };
                const { during, cumulative } = earlier ?? none;
                expect(comparison).toMatchObject({
                  during: changesOf(item.during, during),
                  cumulative: changesOf(item.cumulative, cumulative),
                });
                if (earlier) expect(comparison.period).toBe(earlier.period);
              }
            };
            expectLine(body.items, plain.items, filter);
            for (const [i, line] of (body.lines ?? []).entries()) {
              if (by !== 'level') expect(line.items.length).toBe(plain.lines[i].items.length);
              else if (!filter.level)
                expectLine(line.items, plain.lines[i].items, { ...filter, level: [line.group.code] });
            }
          }
        },
      ),
      { ...PROPERTY, numRuns: runs(25) },
    );
  });

  const nothing = (figures: Body): Body =>
    Object.fromEntries(
      Object.entries(figures).map(([name, value]) => [
        name,
        typeof value === 'number'
          ? 0
          : 'yuan' in (value as Body)
            ? { yuan: 0, billionYuan: 0, yiYuan: 0 }
            : { numerator: 0, denominator: 0, ratio: null, percent: null },
      ]),
    );
});

describe('a file with a comparison', () => {
  it('has the columns of the answer', async () => {
    const query = 'by=level&measures=startedCount,operatingRate,totalInvestment&compareWith=previousYear';
    const [first = {}] = readCsv(await api.get(`/v1/statistics/breakdown.csv?${query}`));
    expect(Object.keys(first)).toEqual([
      'level',
      'level code',
      'rank',
      'rank before',
      'share of the total (%)',
      'total investment (yuan)',
      'total investment: before (yuan)',
      'total investment: difference (yuan)',
      'total investment: change (%)',
      'started',
      'started: before',
      'started: difference',
      'started: change (%)',
      'operating rate: numerator',
      'operating rate: denominator',
      'operating rate (%)',
      'operating rate: before: numerator',
      'operating rate: before: denominator',
      'operating rate: before (%)',
      'operating rate: difference (points)',
      'operating rate: change (%)',
    ]);
  });

  it('has its values, with a total, in each table', async () => {
    await fc.assert(
      fc.asyncProperty(world(20), async (world) => {
        await replaceWorld(api, world);
        const query = 'asOf=2021-01-01&compareWith=2020-12-30';
        const { items, total } = await got(`/v1/statistics/breakdown?by=level&${query}`);
        const rows = readCsv(await api.get(`/v1/statistics/breakdown.csv?by=level&${query}`));
        const number = (text: string | undefined) => (text === '' ? null : Number(text));
        for (const [i, item] of [...items, total].entries()) {
          const row = rows[i] ?? {};
          const { startedCount, totalInvestment, operatingRate, daysToStart } = item.comparison;
          expect(number(row.rank)).toBe(item.rank ?? null);
          expect(number(row['rank before'])).toBe(item.previousRank ?? null);
          expect(number(row['share of the total (%)'])).toBe(item.share?.percent ?? null);
          expect(number(row['started: before'])).toBe(startedCount.previous);
          expect(number(row['started: difference'])).toBe(startedCount.difference);
          expect(number(row['started: change (%)'])).toBe(startedCount.changePercent);
          expect(number(row['total investment: difference (yuan)'])).toBe(totalInvestment.difference.yuan);
          expect(number(row['operating rate: before: numerator'])).toBe(operatingRate.previous.numerator);
          expect(number(row['operating rate: difference (points)'])).toBe(operatingRate.difference);
          expect(number(row['days from signing to start: difference'])).toBe(daysToStart.difference);
        }
        const timeline = `interval=month&asOf=2021-01-15&compareWith=previousYear`;
        const { items: periods } = await got(`/v1/statistics/timeline?${timeline}`);
        const lines = readCsv(await api.get(`/v1/statistics/timeline.csv?${timeline}`));
        for (const [i, { comparison }] of periods.entries()) {
          const row = lines[i] ?? {};
          expect(number(row['during: signed: before'])).toBe(comparison.during.signedCount.previous);
          expect(number(row['cumulative: started: difference'])).toBe(
            comparison.cumulative.startedCount.difference,
          );
        }
      }),
      { ...PROPERTY, numRuns: runs(5) },
    );
  });
});

describe('what a comparison compares with', () => {
  it.each([
    ['2022-08-31', 'previousYear', '2021-08-31'],
    ['2022-08-30', 'previousQuarter', '2022-05-30'],
    ['2022-08-31', 'previousQuarter', '2022-05-31'],
    ['2022-04-30', 'previousMonth', '2022-03-31'],
    ['2022-03-30', 'previousMonth', '2022-02-28'],
    ['2022-01-15', 'previousMonth', '2021-12-15'],
    ['2024-02-29', 'previousYear', '2023-02-28'],
    ['2025-02-28', 'previousYear', '2024-02-29'],
    ['2024-02-28', 'previousYear', '2023-02-28'],
    ['2022-08-31', '2030-01-01', null],
  ])('on %s %s is %s', async (asOf, compareWith, other) => {
    api.clock.set('2026-06-01T04:00:00Z');
    const answer = await api.get(`/v1/statistics/summary?asOf=${asOf}&compareWith=${compareWith}`);
    api.clock.set(`${WORLD_TODAY}T04:00:00Z`);
    if (other === null) expectProblem(answer, 422, 'request.invalid', [['compareWith', 'after_today']]);
    else expect(answer.body.comparedWith).toEqual({ asOf: other });
  });

  it.each([
    ['summary?compareWith=lastYear', 'not_comparable'],
    ['summary?compareWith=2021-02-29', 'not_comparable'],
    ['summary?compareWith=', 'not_comparable'],
    ['summary?compareWith=1899-12-31', 'before_1900'],
    ['summary?asOf=1900-05-31&compareWith=previousYear', 'before_1900'],
    [`summary?compareWith=2021-04-01`, 'after_today'],
    ['breakdown?by=level&compareWith=2021-04-01', 'after_today'],
    ['breakdown?by=level&asOf=1900-01-31&compareWith=previousMonth', 'before_1900'],
    ['timeline?compareWith=2020-12-31', 'not_comparable_periods'],
    ['timeline?interval=year&compareWith=previousQuarter', 'shorter_than_interval'],
    ['timeline?interval=quarter&compareWith=previousMonth', 'shorter_than_interval'],
    ['timeline?asOf=1900-03-31&compareWith=previousYear', 'before_1900'],
    ['cohorts?compareWith=previousYear', 'unknown_parameter'],
  ])('is refused: %s', async (path, code) => {
    expectProblem(await api.get(`/v1/statistics/${path}`), 422, 'request.invalid', [['compareWith', code]]);
  });

  it('is refused together with another fault', async () => {
    const url = '/v1/statistics/summary?asOf=yesterday&compareWith=previousYear&weather=fine';
    expectProblem(await api.get(url), 422, 'request.invalid', [
      ['asOf', 'not_a_day'],
      ['weather', 'unknown_parameter'],
    ]);
  });

  it('may be a later day, or the same', async () => {
    const body = await got(
      '/v1/statistics/summary?asOf=2020-12-31&compareWith=2021-03-31&measures=projectCount',
    );
    const { previous, difference } = body.comparison.projectCount;
    expect(difference).toBe(body.projectCount - previous);
    const same = await got(
      '/v1/statistics/summary?asOf=2020-12-31&compareWith=2020-12-31&measures=projectCount',
    );
    expect(same.comparison.projectCount).toMatchObject({ previous: same.projectCount, difference: 0 });
  });
});
