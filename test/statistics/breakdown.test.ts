import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { asOfDay, filter, queryOf, WORLD_TODAY, world } from '../support/arbitraries.ts';
import { DIMENSIONS, groupsOf, type ModelFilter, type ModelWorld, populationOf } from '../support/model.ts';
import {
  type Figures,
  figuresOf,
  MEASURES,
  type MeasureName,
  sortValueOf,
} from '../support/model-figures.ts';
import { runs } from '../support/runs.ts';
import { PROPERTY, replaceWorld, worldApp } from '../support/world.ts';

interface Question {
  by: string[];
  filter: ModelFilter;
  asOf: string | undefined;
  /** Names of measures and dimensions, with a minus for descending order. */
  sort: string[];
  limit: number | undefined;
}

const dimensions = fc.uniqueArray(fc.constantFrom(...DIMENSIONS), { minLength: 1, maxLength: 3 });

const question: fc.Arbitrary<Question> = dimensions.chain((by) =>
  fc.record({
    by: fc.constant(by),
    filter: filter(undefined, 2),
    asOf: asOfDay,
    sort: fc
      .uniqueArray(fc.constantFrom(...MEASURES, ...by, ...by, ...by), { maxLength: 3 })
      .chain((names) => fc.tuple(...names.map((name) => fc.constantFrom(name, `-${name}`)))),
    limit: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
  }),
);

interface Row {
  codes: (string | null)[];
  figures: Figures;
}

/** Null comes last in both directions; equal rows are ordered by their codes. */
function inOrder(rows: Row[], by: string[], sort: string[]): Row[] {
  const sortedBy = (name: string, { codes, figures }: Row) =>
    by.includes(name) ? (codes[by.indexOf(name)] ?? null) : sortValueOf(figures, name as MeasureName);
  return [...rows].sort((a, b) => {
    for (const part of [...sort, ...by]) {
      const name = part.replace('-', '');
      const [x, y] = [sortedBy(name, a), sortedBy(name, b)];
      if (x === y) continue;
      if (x === null) return 1;
      if (y === null) return -1;
      return (x < y ? -1 : 1) * (part.startsWith('-') ? -1 : 1);
    }
    return 0;
  });
}

function expected(world: ModelWorld, { by, filter, asOf = WORLD_TODAY, sort, limit = 50 }: Question) {
  const population = populationOf(world, filter, asOf);
  const rows = [...groupsOf(world, by, population, asOf)].map(([key, members]) => ({
    codes: JSON.parse(key) as Row['codes'],
    figures: figuresOf(members, asOf),
  }));
  const sorted = inOrder(rows, by, sort.length > 0 ? sort : ['-projectCount']);
  return {
    asOf,
    by,
    groupCount: rows.length,
    items: sorted.slice(0, limit),
    total: figuresOf(population, asOf),
  };
}

const withoutLinks = ({ links: _, ...figures }: Body) => figures;

const shown = ({ asOf, by, groupCount, items, total }: Body) => ({
  asOf,
  by,
  groupCount,
  items: items.map(({ groups, ...item }: Body) => ({
    codes: by.map((name: string) => groups[name].code),
    figures: withoutLinks(item),
  })),
  total: withoutLinks(total),
});

const urlOf = ({ by, filter, asOf, sort, limit }: Question): string =>
  `/v1/statistics/breakdown?${queryOf(filter, {
    by: by.join(','),
    asOf,
    sort: sort.length > 0 ? sort.join(',') : undefined,
    limit: limit?.toString(),
  })}`;

describe('a breakdown', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await worldApp();
  });
  afterAll(() => api.close());

  async function expectModel(world: ModelWorld, question: Question): Promise<void> {
    const url = urlOf(question);
    const answer = await api.get(url);
    expect(answer.status, `${url}: ${answer.text}`).toBe(200);
    expect(shown(answer.body), url).toEqual(expected(world, question));
  }

  it('equals the model for any projects, filter, dimensions and order', async () => {
    const questions = fc.array(question, { minLength: 6, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(world(), questions, async (world, questions) => {
        await replaceWorld(api, world);
        for (const question of questions) await expectModel(world, question);
      }),
      { ...PROPERTY, numRuns: runs(30) },
    );
  });

  it('groups by every dimension and every pair of dimensions', async () => {
    const pairs = DIMENSIONS.flatMap((a) => [[a], ...DIMENSIONS.filter((b) => b !== a).map((b) => [a, b])]);
    await fc.assert(
      fc.asyncProperty(world(), async (world) => {
        await replaceWorld(api, world);
        for (const by of pairs) {
          await expectModel(world, { by, filter: {}, asOf: undefined, sort: [], limit: 500 });
        }
      }),
      { ...PROPERTY, numRuns: runs(1) },
    );
  });

  it('sorts by every measure and by the dimension, in both directions', async () => {
    const orders = [...MEASURES, 'zone'].flatMap((name) => [[name], [`-${name}`]]);
    await fc.assert(
      fc.asyncProperty(world(), async (world) => {
        await replaceWorld(api, world);
        for (const sort of orders) {
          await expectModel(world, {
            by: ['zone', 'event'],
            filter: {},
            asOf: undefined,
            sort,
            limit: 500,
          });
        }
      }),
      { ...PROPERTY, numRuns: runs(3) },
    );
  });
});

describe('the groups of a breakdown', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp();
    await created(api, '/v1/events', {
      code: 'hyrd-2020',
      name: '沪洽周',
      nameEn: 'the week',
      startsOn: '2020-06-29',
      endsOn: '2020-07-05',
    });
    const investor = await created(api, '/v1/enterprises', { name: '企业', country: 'HK' });
    await created(
      api,
      '/v1/projects',
      aProject({
        event: 'hyrd-2020',
        region: '431025',
        zone: 'changsha-etdz',
        industry: '39',
        investorIds: [investor.id],
        investmentYuan: 100_000_000,
      }),
    );
    await created(api, '/v1/projects', aProject({ level: 'county', investmentYuan: 99_999_999 }));
  });
  afterAll(() => api.close());

  const none = { code: null, name: null, nameEn: null };
  const named = (code: string, name: string, nameEn: unknown = expect.any(String)) => ({
    code,
    name,
    nameEn,
  });

  it.each([
    ['event', named('hyrd-2020', '沪洽周', 'the week'), none],
    ['region', named('431000', '郴州市', 'Chenzhou'), none],
    ['county', named('431025', '临武县', 'Linwu County'), none],
    ['zone', named('changsha-etdz', '长沙经济技术开发区'), none],
    ['industry', named('C', '制造业', 'Manufacturing'), none],
    ['division', named('39', '计算机、通信和其他电子设备制造业'), none],
    ['level', named('provincial', '省级', 'provincial'), named('county', '县级', 'county')],
    ['operatingStatus', named('signed', '已签约', 'signed'), undefined],
    ['investorCountry', named('HK', '中国香港'), none],
    ['investorOrigin', named('hong_kong_macao_taiwan', '港澳台资'), none],
    ['top500', named('false', '非三类500强'), undefined],
    ['investmentBand', named('100m_500m', '1亿—5亿元'), named('under_100m', '1亿元以下')],
    ['signedYear', named('2020', '2020', null), undefined],
    ['signedMonth', named('2020-06', '2020-06', null), undefined],
  ])('are named in both languages: %s', async (dimension, first, second) => {
    const { body } = await api.get(`/v1/statistics/breakdown?by=${dimension}&sort=-totalInvestment`);
    const groups = body.items.map((item: Body) => item.groups[dimension]);
    expect(groups).toEqual(second ? [first, second] : [first]);
  });

  it('have the total of all groups beside them, whatever the limit', async () => {
    const { body } = await api.get('/v1/statistics/breakdown?by=level&limit=1');
    expect(body).toMatchObject({ groupCount: 2, total: { projectCount: 2 } });
    expect(body.items).toHaveLength(1);
  });

  it.each([
    ['by=region,region', [['by', 'duplicate']]],
    ['by=region,zone,level,event', [['by', 'too_many']]],
    ['by=region&empty=true', [['empty', 'no_empty_groups']]],
    ['by=event,level&empty=true', [['empty', 'no_empty_groups']]],
    ['by=region&measures=weather', [['measures', 'not_a_choice']]],
    ['by=weather', [['by', 'not_a_choice']]],
    ['', [['by', 'required']]],
    ['by=region&sort=weather', [['sort', 'not_sortable']]],
    ['by=region&sort=-startedCount,startedCount', [['sort', 'not_sortable']]],
    ['by=region&limit=501', [['limit', 'too_large']]],
    [
      'by=region&limit=0&weather=fine',
      [
        ['limit', 'too_small'],
        ['weather', 'unknown_parameter'],
      ],
    ],
  ] as [string, [string, string][]][])('cannot be requested with %s', async (query, faults) => {
    expectProblem(await api.get(`/v1/statistics/breakdown?${query}`), 422, 'request.invalid', faults);
  });

  it('cannot be sorted by a dimension that is not requested', async () => {
    const answer = await api.get('/v1/statistics/breakdown?by=region&sort=zone');
    expectProblem(answer, 422, 'request.invalid', [['sort', 'not_sortable']]);
  });
});
