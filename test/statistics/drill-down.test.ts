import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body, TestApp } from '../support/app.ts';
import { asOfDay, filter, queryOf, world } from '../support/arbitraries.ts';
import { DIMENSIONS, FLAGS, type ModelFilter, type ModelWorld, populationOf } from '../support/model.ts';
import { runs } from '../support/runs.ts';
import { PROPERTY, replaceWorld, worldApp } from '../support/world.ts';

/** The count behind a link. */
const countOf = (link: string): string => (link === 'projects' ? 'projectCount' : `${link}Count`);

const COUNTS = ['projects', ...FLAGS];

describe('every count', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await worldApp();
  });
  afterAll(() => api.close());

  /** The number of projects at a URL, cached per world. */
  const totals = new Map<string, Promise<number>>();

  async function ask(link: string): Promise<number> {
    const answer = await api.get(`${link}&limit=1`);
    expect(answer.status, `${link}: ${answer.text}`).toBe(200);
    return answer.body.page.total;
  }

  function totalAt(link: string): Promise<number> {
    const total = totals.get(link) ?? ask(link);
    totals.set(link, total);
    return total;
  }

  async function replace(world: ModelWorld): Promise<void> {
    await replaceWorld(api, world);
    totals.clear();
  }

  /** Follows all links of a set of figures, and expects the number of projects in each figure. */
  async function expectLinks(
    { links: { self: _, permalink, ...links }, ...figures }: Body,
    of: string,
  ): Promise<void> {
    expect(Object.keys(links).sort(), of).toEqual([...COUNTS].sort());
    await Promise.all(
      Object.entries<string>(links).map(async ([name, link]) => {
        expect(await totalAt(link), `${of} → ${name}: ${link}`).toBe(figures[countOf(name)]);
      }),
    );
  }

  it('of a summary leads to exactly that many projects', async () => {
    await fc.assert(
      fc.asyncProperty(world(40), filter(), asOfDay, async (world, filter, asOf) => {
        await replace(world);
        const url = `/v1/statistics/summary?${queryOf(filter, { asOf })}`;
        const { body } = await api.get(url);
        await expectLinks(body, url);
        const again = (await api.get(body.links.self)).body;
        // The same question may be written differently.
        again.links.permalink = body.links.permalink;
        expect(again, url).toEqual(body);
      }),
      { ...PROPERTY, numRuns: runs(30) },
    );
  });

  /** Every group has at least one project, so following its links is meaningful. */
  async function expectGroups(by: string[], filter: ModelFilter, asOf: string | undefined, limit: number) {
    const url = `/v1/statistics/breakdown?${queryOf(filter, { by: by.join(','), asOf, limit: `${limit}` })}`;
    const { status, body, text } = await api.get(url);
    expect(status, `${url}: ${text}`).toBe(200);
    await expectLinks(body.total, url);
    for (const item of body.items) await expectLinks(item, `${url} ${JSON.stringify(item.groups)}`);
  }

  it('of a group leads to exactly that many projects, with any filter', async () => {
    const question = fc
      .uniqueArray(fc.constantFrom(...DIMENSIONS), { minLength: 1, maxLength: 2 })
      .chain((by) =>
        fc.record({
          by: fc.constant(by),
          // In about half of the cases the filter has the dimension's own parameter.
          filter: fc.oneof(filter(undefined, 2), filter(by), filter([...by, ...by, ...FLAGS], 3)),
          asOf: asOfDay,
        }),
      );
    await fc.assert(
      fc.asyncProperty(world(40), question, async (world, { by, filter, asOf }) => {
        await replace(world);
        await expectGroups(by, filter, asOf, 5);
      }),
      { ...PROPERTY, numRuns: runs(30) },
    );
  });

  it.each<[by: string, filter: ModelFilter]>([
    ['region', { region: ['430121'] }],
    ['region', { region: ['430121', '430102', 'none'] }],
    ['region', { region: ['430000', '430198'] }],
    ['region', { region: ['430100', '430121'], county: ['430121', '430198'] }],
    ['region', { county: ['430000', '430100', '110000'] }],
    ['region,county', { region: ['430000'] }],
    ['county,region', { county: ['430198', 'none', '430000'] }],
    ['industry', { industry: ['39', 'A', 'none'] }],
    ['industry,division', { division: ['none', '39'] }],
    ['division', { industry: ['C'] }],
    ['top500', { top500: ['true', 'china_500'] }],
    ['top500', { top500: ['false', 'false', 'false', 'false', 'false'] }],
    ['top500', { top500: ['true', 'true', 'true'] }],
    ['investorCountry,investorOrigin', { investorOrigin: ['none', 'foreign'] }],
    ['investorOrigin', { investorCountry: ['none', 'HK', 'DE'] }],
    ['operatingStatus', { operatingStatus: ['suspended', 'signed', 'terminated'], started: ['true'] }],
    ['level', { started: ['true', 'true'], inProduction: ['false', 'false', 'false', 'false'] }],
    ['signedMonth,signedYear', { signedYear: ['2020'], signedFrom: ['2020-12-30'] }],
    ['investmentBand', { minInvestment: ['100000000'], q: ['a,b&c=%2C'] }],
    ['zone', { q: ['半'], updatedSince: ['2021-03-31T12:00:00+08:00'] }],
  ])('of a group by %s within %j leads to exactly that many', async (by, filter) => {
    await fc.assert(
      fc.asyncProperty(world(), async (world) => {
        await replace(world);
        await expectGroups(by.split(','), filter, undefined, 5);
      }),
      { ...PROPERTY, numRuns: runs(2) },
    );
  });

  it('leads to the right projects', async () => {
    await fc.assert(
      fc.asyncProperty(world(), filter(undefined, 1), asOfDay, async (world, filter, asOf) => {
        await replaceWorld(api, world);
        const { body } = await api.get(`/v1/statistics/summary?${queryOf(filter, { asOf })}`);
        for (const name of COUNTS) {
          const page = await api.get(`${body.links[name]}&limit=500`);
          const flag = name === 'projects' ? {} : { [name]: [...(filter[name] ?? []), 'true'] };
          const expected = populationOf(world, { ...filter, ...flag }, body.asOf);
          expect(page.body.items.map(({ code }: Body) => code).sort(), `${name} of ${page.text}`).toEqual(
            expected.map(({ code }) => code).sort(),
          );
        }
      }),
      { ...PROPERTY, numRuns: runs(10) },
    );
  });
});
