/** Progress of clusters, compared with a model over random members and targets with colliding days. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogueService } from '../../src/catalogues/service.ts';
import { clusterMembers } from '../../src/features/clusters/catalogue.ts';
import { type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { asOfDay, day, WORLD_TODAY } from '../support/arbitraries.ts';
import { addDays } from '../support/model-figures.ts';
import { runs, THOROUGH } from '../support/runs.ts';
import { PROPERTY } from '../support/world.ts';
import { clashes, isThere, type ModelMember, type ModelTarget, progressOf } from './model.ts';

const ENTERPRISES = 6;

let api: TestApp;
let leader: Body;
const enterprises: string[] = [];
beforeAll(async () => {
  api = await testApp({ today: WORLD_TODAY });
  leader = await created(api, '/v1/enterprises', { name: '链主' });
  for (let i = 0; i < ENTERPRISES; i++) {
    enterprises.push((await created(api, '/v1/enterprises', { name: `配套 ${i}` })).id);
  }
});
afterAll(() => api.close());

const caller = { actor: 'test', requestId: null, regions: null };
let made = 0;

async function aCluster(members: readonly ModelMember[], targets: readonly ModelTarget[]): Promise<Body> {
  const cluster = await created(api, '/v1/clusters', {
    name: `集群 ${++made}`,
    leader: leader.id,
    targets,
  });
  await api.database.write(async (tx) => {
    const service = catalogueService(api, clusterMembers, cluster.id);
    for (const { enterprise, ...member } of members) {
      await service.insert(tx, caller, { ...member, enterprise: enterprises[enterprise] });
    }
  });
  return cluster;
}

const progress = async (id: string, asOf?: string): Promise<Body> =>
  (await api.get(`/v1/clusters/${id}/progress${asOf === undefined ? '' : `?asOf=${asOf}`}`)).body;

const member = fc
  .record({
    enterprise: fc.nat({ max: ENTERPRISES - 1 }),
    role: fc.constantFrom('upstream' as const, 'downstream' as const, 'supporting' as const),
    introducedOn: day,
    leftOn: fc.option(day, { nil: null }),
  })
  .map(
    (one): ModelMember =>
      one.leftOn !== null && one.leftOn < one.introducedOn
        ? { ...one, introducedOn: one.leftOn, leftOn: one.introducedOn }
        : one,
  );

/** A valid set: members that clash with an earlier one are left out. */
const members = fc
  .array(member, { minLength: 4, maxLength: 18 })
  .map((all) => all.filter((one, i) => !all.slice(0, i).some((other) => clashes(one, other))));

const target = fc
  .record({ count: fc.integer({ min: 1, max: 4 }), from: day, by: day })
  .map((one): ModelTarget => (one.by < one.from ? { ...one, from: one.by, by: one.from } : one));

/** The days on which something changes, and their neighbours. */
const turningDays = (all: readonly ModelMember[], targets: readonly ModelTarget[]): string[] => {
  const days = [
    ...all.flatMap(({ introducedOn, leftOn }) => [introducedOn, leftOn ?? introducedOn]),
    ...targets.flatMap(({ from, by }) => [from, by]),
  ];
  const around = days.flatMap((one) => [addDays(one, -1), one, addDays(one, 1)]);
  return [...new Set(around)].filter((one) => one <= WORLD_TODAY);
};

describe('the progress of a cluster', () => {
  it('equals the model on every day with a change, and on the days around it', async () => {
    const seen = { reached: 0, lost: 0, left: 0, late: 0, early: 0 };
    await fc.assert(
      fc.asyncProperty(
        members,
        fc.array(target, { minLength: 1, maxLength: 4 }),
        fc.array(asOfDay, { minLength: 3, maxLength: 3 }),
        fc.nat(),
        async (members, targets, asked, seed) => {
          const { id } = await aCluster(members, targets);
          const turning = turningDays(members, targets);
          const some = Array.from({ length: 8 }, (_, i) => turning[(seed + i * 7) % turning.length]);
          for (const asOf of [...asked, ...some]) {
            const { revision, cluster, leader, links, known, ...figures } = await progress(id, asOf);
            expect(figures, `asOf ${asOf}`).toEqual(progressOf(members, targets, asOf ?? WORLD_TODAY));
            for (const one of figures.targets) {
              if (one.reached) seen.reached++;
              if (one.left > 0) seen.left++;
              if (one.onCourse === false) seen.late++;
              if (one.onCourse === null) seen.early++;
              if (one.introduced + one.left >= one.count && !one.reached) seen.lost++;
            }
          }
        },
      ),
      { ...PROPERTY, numRuns: runs(25) },
    );
    if (THOROUGH) {
      for (const [what, times] of Object.entries(seen)) expect([what, times > 0]).toEqual([what, true]);
    }
  });

  it('counts exactly the members in its linked list, on any day', async () => {
    await fc.assert(
      fc.asyncProperty(members, asOfDay, async (members, asOf) => {
        const { id } = await aCluster(members, []);
        const { present, links } = await progress(id, asOf);
        const { items, page } = (await api.get(`${links.members}&limit=500`)).body;
        expect(page.total).toBe(present);
        const expected = members.filter((one) => isThere(one, asOf ?? WORLD_TODAY));
        const keyOf = (enterprise: string, from: string) => `${enterprise} ${from}`;
        expect(items.map((one: Body) => keyOf(one.enterprise, one.introducedOn)).sort()).toEqual(
          expected.map((one) => keyOf(enterprises[one.enterprise] as string, one.introducedOn)).sort(),
        );
      }),
      { ...PROPERTY, numRuns: runs(15) },
    );
  });

  it('counts exactly the introduced enterprises in its linked list, each once, including those that have left', async () => {
    const seen = { left: 0, back: 0 };
    await fc.assert(
      fc.asyncProperty(members, asOfDay, async (members, asOf) => {
        const { id } = await aCluster(members, []);
        const { introduced, present, links } = await progress(id, asOf);
        const { items, page } = (await api.get(`${links.introduced}&limit=500`)).body;
        expect(page.total).toBe(introduced);
        const first = new Map<string, string>();
        for (const { enterprise, introducedOn } of members) {
          const key = enterprises[enterprise] as string;
          const before = first.get(key);
          if (introducedOn > (asOf ?? WORLD_TODAY)) continue;
          if (before !== undefined) seen.back++;
          if (before === undefined || introducedOn < before) first.set(key, introducedOn);
        }
        const listed = items.map((one: Body) => [one.enterprise, one.introducedOn]);
        expect(listed.sort()).toEqual([...first].sort());
        if (introduced > present) seen.left++;
      }),
      { ...PROPERTY, numRuns: runs(15) },
    );
    if (THOROUGH) expect(Math.min(seen.left, seen.back)).toBeGreaterThan(0);
  });
});

const came = (enterprise: number, introducedOn: string, leftOn: string | null = null): ModelMember => ({
  enterprise,
  role: 'upstream',
  introducedOn,
  leftOn,
});

describe('a target', () => {
  const target = { count: 2, from: '2020-01-01', by: '2020-12-31' };
  type Figures = [introduced: number, left: number, reachedOn: string | null, onCourse: boolean | null];
  const figuresOf = ({ introduced, left, reachedOn, onCourse }: Body): Figures => [
    introduced,
    left,
    reachedOn,
    onCourse,
  ];
  const cases: [what: string, members: ModelMember[], asOf: string, figures: Figures][] = [
    ['who comes the day before it begins', [came(0, '2019-12-31')], '2020-01-01', [0, 0, null, false]],
    ['who comes on its first day', [came(0, '2020-01-01')], '2020-01-01', [1, 0, null, true]],
    ['nobody, before it begins', [], '2019-12-31', [0, 0, null, null]],
    [
      'who comes on its last day',
      [came(0, '2020-12-31'), came(1, '2020-12-31')],
      '2021-01-01',
      [2, 0, '2020-12-31', true],
    ],
    ['who comes the day after', [came(0, '2021-01-01')], '2021-01-02', [0, 0, null, false]],
    ['half of them at half time', [came(0, '2020-03-01')], '2020-07-01', [1, 0, null, true]],
    ['half of them a day later', [came(0, '2020-03-01')], '2020-07-02', [1, 0, null, false]],
    [
      'who leaves, until the day before',
      [came(0, '2020-02-01', '2020-06-01')],
      '2020-05-31',
      [1, 0, null, true],
    ],
    [
      'who leaves, from that day on',
      [came(0, '2020-02-01', '2020-06-01')],
      '2020-06-01',
      [0, 1, null, false],
    ],
    [
      'who leaves after its last day',
      [came(0, '2020-02-01'), came(1, '2020-03-01', '2021-01-01')],
      '2021-02-01',
      [2, 0, '2020-03-01', true],
    ],
    [
      'who leaves and comes back in time',
      [came(0, '2020-02-01', '2020-03-01'), came(0, '2020-04-01'), came(1, '2020-02-01')],
      '2020-05-01',
      [2, 0, '2020-04-01', true],
    ],
    [
      'who was there before, leaves and comes back',
      [came(0, '2019-06-01', '2020-02-01'), came(0, '2020-03-01')],
      '2020-04-01',
      [0, 0, null, false],
    ],
    [
      'who left on its very first day and came back on it',
      [came(0, '2019-06-01', '2020-01-01'), came(0, '2020-01-01')],
      '2020-01-01',
      [0, 0, null, false],
    ],
    [
      'who had left before it began',
      [came(0, '2019-06-01', '2019-12-31'), came(0, '2020-01-01')],
      '2020-01-01',
      [1, 0, null, true],
    ],
    [
      'who is gone on the day on which it came',
      [came(0, '2020-02-01', '2020-02-01')],
      '2020-02-01',
      [0, 1, null, false],
    ],
  ];
  it.each(cases)('counts %s', async (_, members, asOf, figures) => {
    const { id } = await aCluster(members, [target]);
    expect(figuresOf((await progress(id, asOf)).targets[0])).toEqual(figures);
  });

  it('of a single day is over at its end', async () => {
    const { id } = await aCluster(
      [came(0, '2020-01-01')],
      [{ count: 2, from: '2020-01-01', by: '2020-01-01' }],
    );
    expect((await progress(id, '2020-01-01')).targets).toMatchObject([
      { totalDays: 1, elapsedDays: 1, daysLeft: 0, expectedByNow: 2, introduced: 1, onCourse: false },
    ]);
    expect((await progress(id, '2019-12-30')).targets).toMatchObject([
      { elapsedDays: 0, daysLeft: 2, expectedByNow: 0, onCourse: null },
    ]);
  });

  it('may be exceeded', async () => {
    const { id } = await aCluster(
      [0, 1, 2].map((i) => came(i, '2020-01-02')),
      [target],
    );
    expect((await progress(id, '2020-01-02')).targets[0]).toMatchObject({
      introduced: 3,
      remaining: 0,
      share: { numerator: 3, denominator: 2, ratio: 1.5, percent: 150 },
      reached: true,
    });
  });
});

describe('the response', () => {
  it('names the cluster and its leader, and links to what it counts', async () => {
    const { id, name } = await aCluster([came(0, '2020-01-01')], []);
    const body = await progress(id, '2020-06-01');
    expect(body).toMatchObject({
      cluster: { id, name, nameEn: null },
      leader: { id: leader.id, name: '链主' },
      introduced: 1,
      targets: [],
      links: { self: `/v1/clusters/${id}/progress?asOf=2020-06-01`, cluster: `/v1/clusters/${id}` },
    });
    const again = (await api.get(body.links.self)).body;
    expect(again).toEqual(body);
    expect((await api.get(body.links.cluster)).body.id).toBe(id);
    const { id: lone } = await created(api, '/v1/clusters', { name: `集群 ${++made}` });
    expect(await progress(lone)).toMatchObject({
      asOf: WORLD_TODAY,
      leader: null,
      introduced: 0,
      present: 0,
    });
  });

  it('is cached until something changes or the day ends', async () => {
    const { id } = await aCluster([], [{ count: 1, from: '2021-01-01', by: '2021-12-31' }]);
    const url = `/v1/clusters/${id}/progress`;
    const { etag } = await api.get(url);
    expect((await api.get(url, { 'if-none-match': etag })).status).toBe(304);
    await created(api, `/v1/clusters/${id}/members`, {
      enterprise: enterprises[0],
      role: 'supporting',
      introducedOn: '2021-01-01',
    });
    const changed = await api.get(url, { 'if-none-match': etag });
    expect(changed).toMatchObject({
      status: 200,
      body: { introduced: 1, byRole: { supporting: { present: 1 } } },
    });
    api.clock.set('2021-04-02T04:00:00Z');
    expect((await api.get(url, { 'if-none-match': changed.etag })).body).toMatchObject({
      asOf: '2021-04-02',
    });
    api.clock.set(`${WORLD_TODAY}T04:00:00Z`);
  });

  it.each(['nonsense', '0190a1b2-0000-7000-8000-00000000dead', '%00'])('of %s does not exist', async (id) => {
    for (const asked of ['progress', 'members', 'members/x', 'members/x/history']) {
      const code = asked.endsWith('history') ? 'cluster_members.not_found' : 'clusters.not_found';
      expectProblem(await api.get(`/v1/clusters/${id}/${asked}`), 404, code);
    }
  });

  it('is not available for future days', async () => {
    const { id } = await aCluster([], []);
    for (const asked of ['progress', 'members']) {
      const answer = await api.get(`/v1/clusters/${id}/${asked}?asOf=${addDays(WORLD_TODAY, 1)}`);
      expectProblem(answer, 422, 'request.invalid', [['asOf', 'after_today']]);
    }
  });
});
