/** What an answer carries: chosen measures, groups without projects, lines of groups, part of the time. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, expectProblem, type TestApp } from '../support/app.ts';
import { asOfDay, EVENTS, filter, parameters, queryOf, world } from '../support/arbitraries.ts';
import { FLAGS } from '../support/model.ts';
import { MEASURES } from '../support/model-figures.ts';
import { runs } from '../support/runs.ts';
import { PROPERTY, replaceWorld, worldApp } from '../support/world.ts';
import { readCsv } from '../transfer/support.ts';

let api: TestApp;
beforeAll(async () => {
  api = await worldApp();
});
afterAll(() => api.close());

const STEADY = Object.keys(parameters).filter((name) => !['operatingStatus', ...FLAGS].includes(name));

const got = async (url: string): Promise<Body> => {
  const { status, body, text } = await api.get(url);
  expect(status, `${url}: ${text}`).toBe(200);
  return body;
};

describe('chosen measures', () => {
  /** The measures of figures, and the links of those that are counts. */
  const only = (figures: Body, names: readonly string[], whole: Body): Body => ({
    ...figures,
    ...Object.fromEntries(MEASURES.map((name) => [name, names.includes(name) ? whole[name] : undefined])),
  });
  const linked = (name: string) => (name === 'projectCount' ? 'projects' : name.replace(/Count$/, ''));

  it('are those of the whole answer, with their links', async () => {
    const chosen = fc.uniqueArray(fc.constantFrom(...MEASURES), { minLength: 1, maxLength: 4 });
    const question = fc.tuple(filter(), asOfDay, chosen);
    await fc.assert(
      fc.asyncProperty(
        world(),
        fc.array(question, { minLength: 4, maxLength: 4 }),
        async (world, questions) => {
          await replaceWorld(api, world);
          for (const [filter, asOf, names] of questions) {
            const query = queryOf(filter, { asOf });
            const summary = await got(`/v1/statistics/summary?${query}`);
            const some = await got(`/v1/statistics/summary?${query}&measures=${names}`);
            expect(some).toEqual({ ...only(some, names, summary), links: some.links });
            const again = await got(some.links.self);
            // The same question may be written differently.
            again.links.permalink = some.links.permalink;
            expect(again).toEqual(some);
            expect(Object.keys(some.links).sort()).toEqual(
              ['permalink', 'self', ...names.filter((name) => name.endsWith('Count')).map(linked)].sort(),
            );
            const groups = await got(`/v1/statistics/breakdown?by=level&${query}`);
            const few = await got(
              `/v1/statistics/breakdown?by=level&${query}&measures=${names.join('&measures=')}`,
            );
            for (const [i, item] of few.items.entries())
              expect(item).toEqual({ ...only(item, names, groups.items[i]), links: item.links });
          }
        },
      ),
      { ...PROPERTY, numRuns: runs(10) },
    );
  });

  it('are the columns of a file', async () => {
    const [row = {}] = readCsv(
      await api.get('/v1/statistics/breakdown.csv?by=level&measures=projectCount,totalInvestment'),
    );
    expect(Object.keys(row)).toEqual(['level', 'level code', 'projects', 'total investment (yuan)']);
  });

  it('are refused if unknown', async () => {
    const answer = await api.get('/v1/statistics/summary?measures=projectCount,weather');
    expectProblem(answer, 422, 'request.invalid', [['measures', 'not_a_choice']]);
  });
});

describe('groups without projects', () => {
  it('are shown with zeros, unless the filter leaves them out', async () => {
    const codes = async (query: string) =>
      (await got(`/v1/statistics/breakdown?sort=event&by=event&${query}`)).items.map((item: Body) => [
        item.groups.event.code,
        item.projectCount,
        item.operatingRate.percent,
      ]);
    const [first, second] = EVENTS.map(({ code }) => code).sort();
    const none = 'region=430124&signedTo=1999-12-31';
    expect(await codes(none)).toEqual([]);
    expect((await codes(`${none}&empty=true`)).map(([code]: string[]) => code)).toEqual(
      EVENTS.map(({ code }) => code).sort(),
    );
    expect(await codes(`${none}&empty=true&event=${first},${second}`)).toEqual([
      [first, 0, null],
      [second, 0, null],
    ]);
    const { total } = await got(`/v1/statistics/breakdown?by=event&${none}&empty=true`);
    expect(total.projectCount).toBe(0);
  });
});

describe('lines of a timeline', () => {
  it('are the timelines of their groups, in the order of codes', async () => {
    const by = fc.constantFrom('event', 'region', 'level', 'industry', 'signedYear');
    const question = fc.tuple(filter(STEADY, 1), asOfDay, by, fc.constantFrom('month', 'quarter', 'year'));
    await fc.assert(
      fc.asyncProperty(
        world(),
        fc.array(question, { minLength: 3, maxLength: 3 }),
        async (world, questions) => {
          await replaceWorld(api, world);
          for (const [filter, asOf, by, interval] of questions) {
            const query = queryOf(filter, { asOf, interval });
            const whole = await got(`/v1/statistics/timeline?${query}`);
            const body = await got(`/v1/statistics/timeline?${query}&by=${by}`);
            expect(body.items).toEqual(whole.items);
            expect(body.groupCount).toBe(body.lines.length);
            const groups = await got(
              `/v1/statistics/breakdown?by=${by}&sort=${by}&${queryOf(filter, { asOf })}`,
            );
            expect(body.lines.map(({ group }: Body) => group)).toEqual(
              groups.items.map((item: Body) => item.groups[by]),
            );
            for (const { items, links } of body.lines) {
              const [, its] = links.projects.split('?');
              const own = await got(`/v1/statistics/timeline?${its}&interval=${interval}`);
              expect(items.slice(items.length - own.items.length)).toEqual(own.items);
              expect(items).toHaveLength(whole.items.length);
            }
          }
        },
      ),
      { ...PROPERTY, numRuns: runs(10) },
    );
  });

  it('are rows of a file, and those of all projects after them', async () => {
    const whole = await got('/v1/statistics/timeline?by=level&interval=year');
    const rows = readCsv(await api.get('/v1/statistics/timeline.csv?by=level&interval=year&lang=en'));
    const expected = [...whole.lines, { group: { code: '' }, items: whole.items }].flatMap(
      ({ group, items }: Body) => items.map(({ period }: Body) => [group.code, period]),
    );
    expect(rows.map((row) => [row['level code'], row.period])).toEqual(expected);
    expect(rows.at(-1)?.level).toBe('Total');
  });

  it('have only the periods with days between from and to', async () => {
    await created(api, '/v1/projects', aProject({ code: 'EARLY', signedOn: '2019-01-02' }));
    const { items } = await got('/v1/statistics/timeline');
    expect(items.length).toBeGreaterThan(4);
    const [from, to] = [items[1].to, items[3].from];
    expect((await got(`/v1/statistics/timeline?from=${from}&to=${to}`)).items).toEqual(items.slice(1, 4));
    expect((await got(`/v1/statistics/timeline?from=${from}`)).items).toEqual(items.slice(1));
    expect((await got(`/v1/statistics/timeline?to=${to}`)).items).toEqual(items.slice(0, 4));
    const answer = await api.get(`/v1/statistics/timeline?from=${to}&to=${from}`);
    expectProblem(answer, 422, 'request.invalid', [['to', 'before_from']]);
    const moving = await api.get('/v1/statistics/timeline?by=operatingStatus');
    expectProblem(moving, 422, 'request.invalid', [['by', 'not_a_choice']]);
  });
});

describe('several rates of cohorts', () => {
  it('are those that each gives alone', async () => {
    const rates = ['operatingRate', 'fundsInPlaceRate', 'productionRate'];
    for (const by of ['event', 'signedYear']) {
      const several = await got(`/v1/statistics/cohorts?by=${by}&step=quarter&measure=${rates}`);
      expect(several).toMatchObject({ measure: rates[0], measures: rates });
      for (const rate of rates) {
        const alone = await got(`/v1/statistics/cohorts?by=${by}&step=quarter&measure=${rate}`);
        expect(alone.measures).toBeUndefined();
        for (const [i, { ages }] of alone.items.entries())
          for (const [age, { numerator, denominator, ratio, percent }] of ages.entries())
            expect(several.items[i].ages[age].rates[rate]).toEqual({
              numerator,
              denominator,
              ratio,
              percent,
            });
      }
      expect(several.items[0].ages[0]).toMatchObject(several.items[0].ages[0].rates.operatingRate);
    }
    const [row = {}] = readCsv(await api.get(`/v1/statistics/cohorts.csv?measure=${rates}&lang=en`));
    expect(Object.keys(row)).toEqual(expect.arrayContaining(['operating rate (%)', 'production rate (%)']));
  });
});
