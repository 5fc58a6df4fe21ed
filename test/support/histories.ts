/** Random histories: writes of any kind through the API. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Body, TestApp } from './app.ts';

/** The random choices of one step, each from a small range. */
export interface Roll {
  kind: string;
  act: 'create' | 'change' | 'remove' | 'more';
  /** Index among existing resources. */
  which: number;
  /** The fields of a change, as bits. */
  fields: number;
  text: string;
  nothing: boolean;
  amount: number;
  days: [string, string, string];
  flag: boolean;
}

type Known = (kind: string) => string | null;

interface Kind {
  path: string;
  key: 'id' | 'code';
  /** A complete body. @param known the key of an existing resource of a kind, null if there is none */
  body(roll: Roll, known: Known): Body;
  /** Other possible actions. */
  more?(roll: Roll): [path: string, body: Body][];
}

const orNull = <T>({ nothing }: Roll, value: T): T | null => (nothing ? null : value);
const list = ({ nothing, days, amount }: Roll) =>
  nothing
    ? []
    : [{ list: 'china_500', year: Number(days[0].slice(0, 4)), rank: amount > 500 ? null : amount }];

const kinds: Record<string, Kind> = {
  regions: {
    path: '/v1/regions',
    key: 'code',
    body: (r) => ({
      code: `43990${r.which % 3}`,
      name: r.text,
      nameEn: orNull(r, 'x'),
      parent: orNull(r, '430000'),
    }),
  },
  industries: {
    path: '/v1/industries',
    key: 'code',
    body: (r) => ({
      code: ['00', '98', '99'][r.which % 3],
      name: r.text,
      nameEn: orNull(r, 'x'),
      parent: orNull(r, 'C'),
    }),
  },
  zones: {
    path: '/v1/zones',
    key: 'code',
    body: (r, known) => ({
      code: `zone-${r.which % 3}`,
      name: r.text,
      level: r.flag ? 'national' : 'provincial',
      region: known('regions'),
    }),
  },
  events: {
    path: '/v1/events',
    key: 'code',
    body: (r) => ({
      code: `event-${r.which % 3}`,
      name: r.text,
      edition: orNull(r, 2020),
      note: orNull(r, '一\n二'),
      startsOn: r.days[0],
      endsOn: r.days[1],
    }),
  },
  enterprises: {
    path: '/v1/enterprises',
    key: 'id',
    body: (r) => ({ name: r.text, nameEn: orNull(r, 'Élan'), country: orNull(r, 'CN'), rankings: list(r) }),
  },
  mappings: {
    path: '/v1/mappings',
    key: 'code',
    body: (r) => ({
      code: `mapping-${r.which % 3}`,
      name: r.text,
      definition: { entity: 'projects', fields: { name: { from: r.text }, code: { from: 'No.' } } },
    }),
  },
  clusters: {
    path: '/v1/clusters',
    key: 'id',
    body: (r, known) => ({
      name: `${r.text} ${r.which % 3}`,
      leader: known('enterprises'),
      industry: known('industries'),
      targets: r.nothing ? [] : [{ count: r.which % 9 || 1, from: r.days[0], by: r.days[2] }],
      note: orNull(r, r.text),
    }),
    more: (r) => [
      [
        'members',
        {
          enterprise: '$enterprises',
          role: r.flag ? 'upstream' : 'supporting',
          introducedOn: r.days[0],
          leftOn: orNull(r, r.days[1]),
        },
      ],
    ],
  },
  delegations: {
    path: '/v1/delegations',
    key: 'id',
    body: (r, known) => ({
      event: known('events'),
      forEvent: null,
      zone: known('zones'),
      sentOn: r.days[0],
      note: orNull(r, r.text),
    }),
  },
  contacts: {
    path: '/v1/contacts',
    key: 'id',
    body: (r, known) => ({
      code: orNull(r, `C-${r.which % 3}`),
      enterprise: known('enterprises'),
      event: known('events'),
      delegation: r.flag ? known('delegations') : null,
      channel: r.flag ? 'visit' : 'referral',
      contactedOn: r.days[0],
      negotiatingOn: orNull(r, r.days[1]),
      signedOn: orNull(r, r.days[2]),
      project: orNull(r, known('projects')),
    }),
  },
  projects: {
    path: '/v1/projects',
    key: 'id',
    body: (r, known) => ({
      code: `P-${r.which}`,
      name: r.text,
      nameEn: orNull(r, 'Line Two'),
      description: orNull(r, r.text),
      event: known('events'),
      level: r.flag ? 'provincial' : 'county',
      region: known('regions'),
      zone: known('zones'),
      industry: known('industries'),
      investorIds: [known('enterprises')].filter(Boolean),
      contractAmount: orNull(r, '1.50'),
      contractCurrency: orNull(r, 'EUR'),
      investmentYuan: r.amount,
      investmentEstimated: r.flag,
      contractedFundsYuan: orNull(r, 0),
      signedOn: r.days[0],
      startedOn: orNull(r, r.days[1]),
      productionOn: orNull(r, r.days[2]),
      note: orNull(r, r.text),
    }),
    more: (r) => [
      ['funds', { receivedOn: r.days[0], amountYuan: r.flag ? r.amount : -1, note: orNull(r, r.text) }],
      ['restore', undefined],
    ],
  },
  published: {
    path: '/v1/published-figures',
    key: 'id',
    body: (r, known) => ({
      event: known('events'),
      filter: orNull(r, 'level=provincial'),
      measure: 'projectCount',
      value: String(r.amount),
      unit: 'projects',
      asOf: r.days[1],
      source: { publisher: r.text, publishedOn: r.days[2], title: orNull(r, r.text) },
    }),
  },
  webhooks: {
    path: '/v1/webhooks',
    key: 'id',
    body: (r, known) => ({
      name: r.text,
      url: 'http://127.0.0.1:9/',
      regions: orNull(r, ['430100']),
      events: known('events') && [known('events')],
      actions: r.flag ? ['create'] : null,
      status: r.flag ? 'active' : 'paused',
    }),
    more: () => [['rotate', undefined]],
  },
  keys: {
    path: '/v1/keys',
    key: 'id',
    body: (r, known) => ({
      name: r.text,
      role: r.flag ? 'editor' : 'viewer',
      ...(r.flag && !r.nothing && { regions: [known('regions') ?? '430100'] }),
      ...(r.nothing && { expiresAt: '2030-01-01T00:00:00Z' }),
    }),
    more: () => [['revoke', undefined]],
  },
};

export const roll: fc.Arbitrary<Roll> = fc.record({
  kind: fc.constantFrom(...Object.keys(kinds), 'projects', 'projects'),
  act: fc.constantFrom('create', 'create', 'change', 'change', 'remove', 'more'),
  which: fc.nat(),
  fields: fc.nat(),
  text: fc.constantFrom('甲', 'ÉLAN（二期）', "O'Neill \u{20000}", '"\\ {}'),
  nothing: fc.boolean(),
  amount: fc.constantFrom(1, 100, 999_999_999_999),
  days: fc
    .tuple(...([0, 1, 2].map(() => fc.constantFrom('2020-02-29', '2020-06-30', '2021-01-01')) as never[]))
    .map((days) => (days as string[]).toSorted() as Roll['days']),
  flag: fc.boolean(),
});

/** The writes of a service. @param passing the minutes between two of them, by the clock */
export function historyIn(api: TestApp, passing: (roll: Roll) => number = () => 1) {
  /** The kinds of steps that were performed without refusal; otherwise a property would be meaningless. */
  const taken = new Set<string>();
  /** The keys of what was created, by kind. */
  const keys = new Map<string, string[]>();
  let minute = 0;

  async function take(r: Roll): Promise<void> {
    minute += passing(r);
    api.clock.set(new Date(Date.parse('2026-11-22T04:00:00Z') + minute * 60_000).toISOString());
    const { path, key, body, more } = kinds[r.kind] as Kind;
    const known: Known = (kind) => keys.get(kind)?.at(r.which % (keys.get(kind)?.length || 1)) ?? null;
    const all = body(r, known);
    const note = (act: string, { status }: { status: number }) => {
      expect(status).toBeLessThan(500);
      if (status < 300) taken.add(`${r.kind} ${act}`);
    };
    if (r.act === 'create') {
      const answer = await api.post(path, all);
      note(r.act, answer);
      if (answer.status === 201) keys.set(r.kind, [...(keys.get(r.kind) ?? []), answer.body[key]]);
      return;
    }
    const one = known(r.kind);
    if (one === null) return;
    const url = `${path}/${one}`;
    if (r.act === 'change') {
      const some = Object.entries(all).filter(([field], i) => field !== 'code' && (r.fields >> i) % 2 === 1);
      note(r.act, await api.patch(url, Object.fromEntries(some)));
    } else if (r.act === 'remove') {
      note(r.act, await api.delete(url));
    } else {
      const others = more?.(r) ?? [];
      const [sub, given] = others[r.fields % (others.length || 1)] ?? [];
      if (!sub) return;
      const sent = given?.enterprise ? { ...given, enterprise: known('enterprises') } : given;
      note(sub, await api.post(`${url}/${sub}`, sent));
    }
  }

  return { take, taken, keys };
}
