/** Random questions about the data, and what in their answers is about it. */
import fc from 'fast-check';
import { canonical } from '../../src/log/canonical.ts';
import type { Answer } from './app.ts';

/** What is asked; `*` stands for the key of a resource of the kind. */
export const LISTS = {
  projects: '/v1/projects',
  regions: '/v1/regions',
  industries: '/v1/industries',
  zones: '/v1/zones',
  events: '/v1/events',
  enterprises: '/v1/enterprises',
  mappings: '/v1/mappings',
  webhooks: '/v1/webhooks',
  clusters: '/v1/clusters',
  delegations: '/v1/delegations',
  contacts: '/v1/contacts',
  published: '/v1/published-figures',
};
const OF_ONE: [kind: string, address: string][] = [
  ...Object.entries(LISTS).map(([kind, path]): [string, string] => [kind, `${path}/*`]),
  ['projects', '/v1/projects/*/funds'],
  ['clusters', '/v1/clusters/*/members'],
  ['clusters', '/v1/clusters/*/progress'],
  ['events', '/v1/events/*/briefing'],
  ['events', '/v1/events/*/outreach'],
];
export const FIGURES = [
  '/v1/statistics/summary',
  '/v1/statistics/breakdown?by=region',
  '/v1/statistics/breakdown?by=event,industry',
  '/v1/statistics/breakdown?by=leadInvestor',
  '/v1/statistics/timeline',
  '/v1/statistics/summary?compareWith=2020-02-29',
  '/v1/statistics/breakdown?by=region&compareWith=previousYear',
  '/v1/statistics/differences?measure=totalInvestment&from=2020-02-29&to=2020-12-31',
  '/v1/statistics/differences?measure=fundsInPlace&from=2020-03-01&to=2021-02-01',
  '/v1/statistics/summary?compareWith=revision:1',
  '/v1/statistics/breakdown?by=region&compareWith=revision:1',
  '/v1/statistics/differences?measure=totalInvestment&fromRevision=1&to=2020-12-31',
  '/v1/statistics/cohorts',
  '/v1/quality',
  '/v1/quality/possible_double_signing',
  '/v1/published-figures/reconciliation',
  '/v1/projects?sort=-investmentYuan',
  '/v1/projects?archived=true',
];
export const FILES = [
  '/v1/projects.csv',
  '/v1/projects.ndjson',
  '/v1/enterprises.csv',
  '/v1/statistics/summary.csv',
];
const FILTERS = [
  '',
  '',
  'level=provincial',
  'region=430000',
  'region=none',
  'industry=C',
  'started=true',
  'minInvestment=100',
  'top500=true',
  'q=甲',
  'q=élan',
  'country=CN',
  'code=P-1',
];
/** Parameters of projects belong to these. */
const FILTERED = /^\/v1\/(statistics|quality|projects(\?|\.|$))/;

export interface Asking {
  what: 'list' | 'one' | 'figure' | 'file';
  which: number;
  filter: string;
  asOf: string | undefined;
}

export const asking: fc.Arbitrary<Asking> = fc.record({
  what: fc.constantFrom('list', 'one', 'one', 'figure', 'figure', 'figure', 'file'),
  which: fc.nat(),
  filter: fc.constantFrom(...FILTERS),
  asOf: fc.constantFrom(undefined, '2020-06-30', '2021-01-01', '2020-03-01'),
});

const at = <T>(items: readonly T[], i: number): T => items[i % items.length] as T;

/** The address of what is asked; null if there is no such resource. */
export function addressOf(
  { what, which, filter, asOf }: Asking,
  keys: ReadonlyMap<string, string[]>,
): string | null {
  let address = at({ list: Object.values(LISTS), one: [], figure: FIGURES, file: FILES }[what], which);
  if (what === 'one') {
    const [kind, path] = at(OF_ONE, which);
    const known = keys.get(kind) ?? [];
    if (known.length === 0) return null;
    address = path.replace('*', at(known, Math.floor(which / OF_ONE.length)));
  }
  const takesDay = /statistics|quality|projects(\?|\.|$|\/[^/]+$)|briefing|outreach|progress/.test(address);
  const parameters = [
    ...(FILTERED.test(address) && filter ? [filter] : []),
    ...(takesDay && asOf && !/published|differences/.test(address) ? [`asOf=${asOf}`] : []),
  ].join('&');
  return parameters ? `${address}${address.includes('?') ? '&' : '?'}${parameters}` : address;
}

/** Figures are the same to the last byte; of records, the engines decide the order within JSON columns. */
const isFigure = (address: string): boolean => /statistics|quality|briefing|outreach|progress/.test(address);

/** The answer without what says from which state it is told: everything else is as it was. */
export function essence(address: string, { status, text, body }: Answer): string {
  if (status !== 200 || body === undefined) return `${status} ${status === 200 ? text : body?.code}`;
  const told = JSON.stringify(body, (name, value) => {
    if (name === 'known' || name === 'permalink' || name === 'lastUsedAt') return undefined;
    if (name === 'links' && Object.keys(value).every((link) => link === 'permalink')) return undefined;
    return typeof value === 'string' ? value.replace(/[?&]revision=\d+/, '') : value;
  });
  return isFigure(address) ? told : canonical(JSON.parse(told));
}
