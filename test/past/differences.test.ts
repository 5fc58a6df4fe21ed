/** Figures beside what was known earlier, and the corrections that made the difference; after a random history. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { historyIn, roll } from '../support/histories.ts';
import { MEASURES } from '../support/model-figures.ts';
import { runs, THOROUGH } from '../support/runs.ts';
import { readCsv } from '../transfer/support.ts';

const STEPS = 160;
const DAYS = ['2020-02-28', '2020-02-29', '2020-06-30', '2021-01-01', '2026-11-20'];
const FILTERS = [
  '',
  'level=provincial',
  'region=430000',
  'region=none',
  'industry=C',
  'started=true',
  'operatingStatus=in_production,signed',
  'minInvestment=100',
  'estimated=true',
  'top500=true',
  'investorCountry=CN',
  'investor=none',
  'q=甲',
];

/** Those that read names, or what the project refers to. */
const OF_OTHERS = /^(q|top500|investorCountry|region|industry)=/;
/** A timeline refuses these. */
const MOVING: ReadonlySet<string> = new Set(['started=true', 'operatingStatus=in_production,signed']);

let api: TestApp;
let last: number;
const causes = new Set<string>();
beforeAll(async () => {
  api = await testApp();
  const { take } = historyIn(api);
  const [steps = []] = fc.sample(fc.array(roll, { minLength: STEPS, maxLength: STEPS }), 1);
  // What figures depend on, and what they do not.
  for (const [i, step] of steps.entries())
    await take({ ...step, kind: i % 3 > 0 ? 'projects' : i % 2 > 0 ? 'enterprises' : step.kind });
  last = (await api.database.revision()).seq;
});
afterAll(() => api.close());

const got = async (address: string): Promise<Body> => {
  const { status, body, text } = await api.get(address);
  expect(status, `${address}: ${text}`).toBe(200);
  return body;
};

/** Two of some values, in order. */
const pairOf = <T extends number | string>(values: fc.Arbitrary<T>) =>
  fc.tuple(values, values).map(([a, b]): [T, T] => (a < b ? [a, b] : [b, a]));

/** Nothing is known before the first entry; those of a moment ago are as good as any. */
const asking = () =>
  fc.record({
    measure: fc.constantFrom(...MEASURES),
    filter: fc.constantFrom(...FILTERS),
    revisions: pairOf(fc.integer({ min: 1, max: last })),
    days: pairOf(fc.constantFrom(...DAYS)),
  });

const summaryAt = (revision: number, day: string, filter: string) =>
  got(`/v1/statistics/summary?asOf=${day}&revision=${revision}&${filter}`);

/** The parts of a measure; of days only how many. */
function partsIn(value: Body | number): number[] {
  if (typeof value === 'number') return [value];
  if ('yuan' in value) return [value.yuan];
  return 'ratio' in value ? [value.numerator, value.denominator] : [value.count];
}
const contributed = (isDays: boolean, { contribution, denominatorContribution }: Body): number[] =>
  [isDays ? undefined : contribution, denominatorContribution].filter((part) => part !== undefined);
const plus = (a: number[], b: number[]) => a.map((value, i) => value + (b[i] as number));

describe('a difference between two states of the data', () => {
  it('is the sum of the corrections and events that are told', async () => {
    await fc.assert(
      fc.asyncProperty(asking(), async ({ measure, filter, revisions: [r, s], days: [from, to] }) => {
        const body = await got(
          `/v1/statistics/differences?measure=${measure}&fromRevision=${r}&revision=${s}&from=${from}&to=${to}&limit=500&${filter}`,
        );
        const before = (await summaryAt(r, from, filter))[measure];
        const after = (await summaryAt(s, to, filter))[measure];
        expect(body.from).toMatchObject({ asOf: from, known: { revision: r }, value: before });
        expect(body.to).toMatchObject({ asOf: to, value: after });
        const isDays = measure.startsWith('days');
        const sum = (items: Body[]) =>
          items.reduce<number[]>(
            (all, item) => plus(all, contributed(isDays, item)),
            partsIn(before).map(() => 0),
          );
        expect(plus(partsIn(before), sum(body.items))).toEqual(partsIn(after));
        expect(sum(body.causes)).toEqual(sum(body.items));
        for (const { cause, on, entry, project } of body.items) {
          causes.add(cause);
          if (!entry) {
            expect(on > from && on <= to).toBe(true);
            continue;
          }
          expect([on, entry.seq > r && entry.seq <= s]).toEqual([null, true]);
          if (cause !== 'references') expect(entry.entityId).toBe(project.id);
        }
        const keys = body.items.map(
          ({ project, cause, on, entry }: Body) => `${project.id} ${cause} ${on} ${entry?.seq}`,
        );
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { numRuns: runs(150) },
    );
    if (THOROUGH) for (const cause of ['entered', 'corrected', 'started']) expect(causes).toContain(cause);
  });

  it('is told entry by entry, each with what the project was after it', async () => {
    await fc.assert(
      fc.asyncProperty(asking(), async ({ measure, filter, revisions: [r, s], days: [day] }) => {
        const { items } = await got(
          `/v1/statistics/differences?measure=${measure}&fromRevision=${r}&revision=${s}&to=${day}&limit=500&${filter}`,
        );
        for (const [code, its] of Map.groupBy(items as Body[], ({ project }) => project.code)) {
          // Entries count by what is known of others on the second side; what changed of these comes first.
          if (OF_OTHERS.test(filter) || its.some(({ cause }) => cause === 'references')) continue;
          const at = async (revision: number) =>
            partsIn((await summaryAt(revision, day, `${filter}&code=${code}`))[measure]);
          let sum = await at(r);
          for (const item of its.toSorted((a, b) => a.entry.seq - b.entry.seq)) {
            sum = plus(sum, contributed(measure.startsWith('days'), item));
            expect(await at(item.entry.seq), `${code} after ${item.entry.seq}`).toEqual(sum);
          }
        }
      }),
      { numRuns: runs(25) },
    );
  });

  it('names who corrected what, in files too', async () => {
    const code = 'CORRECTED-1';
    const { id } = await created(api, '/v1/projects', aProject({ code, investmentYuan: 7 }));
    const from = (await api.database.revision()).seq;
    await api.patch(`/v1/projects/${id}`, { investmentYuan: 12, note: 'x' });
    const address = `differences?measure=totalInvestment&fromRevision=${from}&to=2026-11-20`;
    const { items } = await got(`/v1/statistics/${address}`);
    expect(items).toMatchObject([
      {
        project: { code },
        on: null,
        cause: 'corrected',
        contribution: 5,
        entry: {
          seq: from + 1,
          action: 'change',
          entity: 'projects',
          fields: { investmentYuan: { before: 7, after: 12 } },
        },
      },
    ]);
    expect(items[0].entry.fields).not.toHaveProperty('note');
    const [row] = readCsv(await api.get(`/v1/statistics/${address.replace('?', '.csv?')}`));
    expect(row).toMatchObject({
      'project: code': code,
      day: '',
      cause: 'corrected',
      change: String(from + 1),
      by: items[0].entry.actor,
      fields: 'investmentYuan: 7 → 12',
    });
  });

  it('tells nothing of what happens to a project that is not counted any more', async () => {
    const { id } = await created(
      api,
      '/v1/projects',
      aProject({ level: 'municipal', signedOn: '2020-02-01' }),
    );
    for (const [receivedOn, amountYuan] of [
      ['2020-02-29', 5],
      ['2020-06-30', 3],
    ])
      await created(api, `/v1/projects/${id}/funds`, { receivedOn, amountYuan });
    const from = (await api.database.revision()).seq;
    const address = `/v1/statistics/differences?measure=fundsInPlace&from=2020-03-01&to=2020-12-31&code=${(await api.get(`/v1/projects/${id}`)).body.code}&fromRevision=${from}`;
    const told = async (filter = '') =>
      (await got(`${address}${filter}`)).items.map(({ cause, contribution }: Body) => [cause, contribution]);
    expect(await told()).toEqual([['funds', 3]]);
    await api.patch(`/v1/projects/${id}`, { level: 'county' });
    expect(await told('&level=municipal')).toEqual([['corrected', -5]]);
    await api.delete(`/v1/projects/${id}`);
    expect(await told()).toEqual([['archived', -5]]);
  });

  it('is told of each investor', async () => {
    const investors: string[] = [];
    for (const name of ['甲方', '乙方', '丙方', '丁方'])
      investors.push((await created(api, '/v1/enterprises', { name })).id);
    const ids: string[] = [];
    for (const investorIds of [investors.slice(0, 2), investors.slice(2)])
      ids.push((await created(api, '/v1/projects', aProject({ investorIds, investmentYuan: 1 }))).id);
    const from = (await api.database.revision()).seq;
    for (const [i, id] of ids.entries()) await api.patch(`/v1/projects/${id}`, { investmentYuan: 2 + i });
    const address = `/v1/statistics/differences?measure=totalInvestment&fromRevision=${from}&to=2026-11-20`;
    const told = async (...some: (string | undefined)[]) =>
      (await got(`${address}&sort=on&investor=${some}`)).items.map((item: Body) => [
        item.project.id,
        item.contribution,
      ]);
    const [first, second] = ids.map((id, i) => [id, 1 + i]);
    expect(await told(investors[0])).toEqual([first]);
    expect(await told(investors[3])).toEqual([second]);
    expect(await told(investors[1], investors[2])).toEqual([first, second]);
  });

  it('names the entry about what projects refer to', async () => {
    const town = { code: '439977', name: '镇', nameEn: null, parent: '430000' };
    await created(api, '/v1/regions', town);
    const investor = await created(api, '/v1/enterprises', { name: '名单企业', country: 'DE' });
    const { id } = await created(
      api,
      '/v1/projects',
      aProject({ name: '戊', region: town.code, investorIds: [investor.id], signedOn: '2020-06-29' }),
    );
    const changes: [path: string, body: Body, entity: string, filter: string, by: number][] = [
      ['/v1/regions/439977', { parent: null }, 'regions', 'region=430000', -1],
      [`/v1/enterprises/${investor.id}`, { country: 'FR' }, 'enterprises', 'investorCountry=FR', 1],
      [
        `/v1/enterprises/${investor.id}`,
        { rankings: [{ list: 'china_500', year: 2020, rank: 1 }] },
        'enterprises',
        'top500=china_500',
        1,
      ],
      [`/v1/projects/${id}`, { name: '己' }, 'projects', 'q=戊', -1],
    ];
    for (const [path, body, entity, filter, contribution] of changes) {
      const from = (await api.database.revision()).seq;
      expect((await api.patch(path, body)).status).toBe(200);
      const { items } = await got(
        `/v1/statistics/differences?measure=projectCount&fromRevision=${from}&to=2026-11-20&${filter}`,
      );
      expect(items, filter).toMatchObject([
        { project: { id }, cause: 'references', contribution, entry: { seq: from + 1, entity } },
      ]);
    }
  });

  it.each([
    ['measure=projectCount&fromKnownAt=2020', 'fromKnownAt not_a_day'],
    ['measure=projectCount&fromKnownAt=2020-01-01', 'fromKnownAt before_the_log'],
    ['measure=projectCount&fromRevision=99999', 'fromRevision beyond_the_end'],
    ['measure=projectCount&fromRevision=3&revision=2', 'fromRevision known_after'],
    ['measure=projectCount&fromRevision=3&fromKnownAt=2026-11-20', 'fromKnownAt not_with'],
    [
      'measure=projectCount&fromRevision=3&updatedSince=2020-01-01T00:00:00Z',
      'updatedSince not_between_states',
    ],
  ])('is refused: %s', async (query, fault) => {
    const answer = await api.get(`/v1/statistics/differences?${query}`);
    expectProblem(answer, 422, 'request.invalid', [fault.split(' ') as [string, string]]);
  });
});

describe('a comparison with what was known', () => {
  it('has the figures of that revision', async () => {
    await fc.assert(
      fc.asyncProperty(asking(), async ({ filter, revisions: [r, s], days: [day] }) => {
        const query = `asOf=${day}&revision=${s}&compareWith=revision:${r}&${filter}`;
        const then = await summaryAt(r, day, filter);
        const now = await summaryAt(s, day, filter);
        const summary = await got(`/v1/statistics/summary?${query}`);
        expect(summary.comparedWith).toMatchObject({ asOf: day, known: then.known });
        for (const measure of MEASURES) {
          expect(summary[measure]).toEqual(now[measure]);
          expect(summary.comparison[measure].previous).toEqual(then[measure]);
        }
        const groups = await got(`/v1/statistics/breakdown?by=region&limit=500&${query}`);
        const before = await got(
          `/v1/statistics/breakdown?by=region&limit=500&asOf=${day}&revision=${r}&${filter}`,
        );
        const byCode = new Map<string, Body>(
          before.items.map((item: Body) => [item.groups.region.code, item]),
        );
        for (const { groups: of, comparison } of groups.items)
          for (const measure of ['projectCount', 'totalInvestment', 'operatingRate'])
            if (byCode.has(of.region.code))
              expect(comparison[measure].previous).toEqual(byCode.get(of.region.code)?.[measure]);
        expect(groups.items.map(({ groups: of }: Body) => of.region.code)).toEqual(
          expect.arrayContaining([...byCode.keys()]),
        );

        if (MOVING.has(filter)) return;
        const timeline = `/v1/statistics/timeline?interval=year&asOf=${day}&${filter}`;
        const { items } = await got(`${timeline}&revision=${s}&compareWith=revision:${r}`);
        const earlier = await got(`${timeline}&revision=${r}`);
        const byPeriod = new Map<string, Body>(earlier.items.map((item: Body) => [item.period, item]));
        for (const { period, comparison } of items) {
          expect(comparison.period).toBe(period);
          for (const part of ['during', 'cumulative'])
            for (const [name, { previous }] of Object.entries(comparison[part]) as [string, Body][])
              if (byPeriod.has(period)) expect(previous).toEqual(byPeriod.get(period)?.[part][name]);
        }
      }),
      { numRuns: runs(25) },
    );
  });
});
