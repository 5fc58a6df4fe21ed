/** The catalogues as tables, for tests that apply to all of them. */
import { type Body, type Client, created } from '../support/app.ts';
import { addDays } from '../support/model-figures.ts';

export interface Kind {
  entity:
    | 'regions'
    | 'industries'
    | 'zones'
    | 'events'
    | 'enterprises'
    | 'mappings'
    | 'clusters'
    | 'cluster_members'
    | 'delegations'
    | 'contacts'
    | 'webhooks';
  noun: string;
  /** Its path, if not that of its entity; the id of a parent is filled in later. */
  template?: string;
  key: 'code' | 'id';
  /** A valid entry with a unique code. */
  make(): Body;
  /** The required fields. */
  required: string[];
  /** The optional fields, each with a value. */
  optional: Body;
  /** The defaults of optional fields that are not null. */
  empty: Body;
  /** A change, whose fields are also sort keys of the list. */
  changed: Body;
  sortedBy: string;
  /** Single-line texts with their maximum length. */
  texts: Record<string, number>;
  /** Invalid codes. */
  badCodes: string[];
}

let made = 0;
const next = (): number => ++made;

/** Codes of industries that the seed does not use; there are few, so tests delete what they create. */
const freeIndustries = ['U', 'V', 'W', 'X', 'Y', 'Z', '98', '99', '00'];

const badSlugs = ['', 'A', '-a', 'a b', 'a/b', 'ä', 'a\u0000', 'a'.repeat(65)];

export const kinds: Kind[] = [
  {
    entity: 'regions',
    noun: 'region',
    key: 'code',
    make: () => ({ code: String(900_000 + next()), name: '测试区' }),
    required: ['code', 'name'],
    optional: { nameEn: 'Test', parent: '430000' },
    empty: {},
    changed: { name: '新名称' },
    sortedBy: 'name',
    texts: { name: 200, nameEn: 200 },
    badCodes: ['', '43010', '4301000', '043010', '43010a', '４３０１００'],
  },
  {
    entity: 'industries',
    noun: 'industry',
    key: 'code',
    make: () => ({ code: freeIndustries[next() % freeIndustries.length], name: '测试行业' }),
    required: ['code', 'name'],
    optional: { nameEn: 'Test', parent: 'C' },
    empty: {},
    changed: { name: '新名称' },
    sortedBy: 'name',
    texts: { name: 200, nameEn: 200 },
    badCodes: ['', 'c', '1', '391', 'C3', 'AA'],
  },
  {
    entity: 'zones',
    noun: 'zone',
    key: 'code',
    make: () => ({ code: `zone-${next()}`, name: '测试园区', level: 'national' }),
    required: ['code', 'name', 'level'],
    optional: { nameEn: 'Test', region: '430100' },
    empty: {},
    changed: { name: '新名称' },
    sortedBy: 'name',
    texts: { name: 200, nameEn: 200 },
    badCodes: badSlugs,
  },
  {
    entity: 'events',
    noun: 'event',
    key: 'code',
    make: () => ({ code: `event-${next()}`, name: '测试活动', startsOn: '2020-06-29', endsOn: '2020-07-01' }),
    required: ['code', 'name', 'startsOn', 'endsOn'],
    optional: { nameEn: 'Test', series: 'test', edition: 2020, hostCity: '上海', note: '第一行\n第二行' },
    empty: {},
    changed: { name: '新名称' },
    sortedBy: 'name',
    texts: { name: 200, nameEn: 200, series: 100, hostCity: 100 },
    badCodes: badSlugs,
  },
  {
    entity: 'enterprises',
    noun: 'enterprise',
    key: 'id',
    make: () => ({ name: `测试企业 ${next()}` }),
    required: ['name'],
    optional: { nameEn: 'Test', socialCreditCode: '91350100M000100Y43', country: 'CN', province: '上海市' },
    empty: { rankings: [] },
    changed: { name: '新名称' },
    sortedBy: 'name',
    texts: { name: 300, nameEn: 300, province: 100 },
    badCodes: [],
  },
  {
    entity: 'mappings',
    noun: 'mapping',
    key: 'code',
    make: () => ({
      code: `mapping-${next()}`,
      name: '测试映射',
      definition: { entity: 'projects', fields: { code: { from: '代号' }, level: { constant: 'county' } } },
    }),
    required: ['code', 'name', 'definition'],
    optional: {},
    empty: {},
    changed: { name: '新名称' },
    sortedBy: 'name',
    texts: { name: 200 },
    badCodes: badSlugs,
  },
  {
    entity: 'clusters',
    noun: 'cluster',
    key: 'id',
    make: () => ({ name: `测试集群 ${next()}` }),
    required: ['name'],
    optional: { nameEn: 'Test', region: '431025', industry: '39', note: 'Test' },
    empty: { targets: [] },
    changed: { name: '新名称' },
    sortedBy: 'name',
    texts: { name: 200, nameEn: 200 },
    badCodes: [],
  },
  {
    entity: 'cluster_members',
    noun: 'cluster member',
    template: '/v1/clusters/{id}/members',
    key: 'id',
    make: () => {
      // An enterprise can become a member again after it has left.
      const introducedOn = addDays('1990-01-01', 2 * next());
      const leftOn = addDays(introducedOn, 1);
      return { enterprise: referred.enterprise, role: 'upstream', introducedOn, leftOn };
    },
    required: ['enterprise', 'role', 'introducedOn'],
    optional: { note: 'Test' },
    empty: {},
    changed: { role: 'supporting' },
    sortedBy: 'introducedOn',
    texts: {},
    badCodes: [],
  },
  {
    entity: 'delegations',
    noun: 'delegation',
    key: 'id',
    make: () => ({ event: referred.event, zone: 'changsha-etdz', sentOn: '2022-11-02' }),
    required: ['event', 'zone', 'sentOn'],
    optional: { note: 'Test' },
    empty: {},
    changed: { sentOn: '2022-11-03' },
    sortedBy: 'sentOn',
    texts: {},
    badCodes: [],
  },
  {
    entity: 'contacts',
    noun: 'contact',
    key: 'id',
    make: () => ({
      enterprise: referred.enterprise,
      event: referred.event,
      channel: 'visit',
      contactedOn: '2022-11-02',
    }),
    required: ['enterprise', 'event', 'channel', 'contactedOn'],
    optional: {
      code: `C-${next()}`,
      region: '430100',
      guestLevel: 'director',
      negotiatingOn: '2022-11-03',
      note: 'Test',
    },
    empty: { stage: 'contacted' },
    changed: { contactedOn: '2022-11-01' },
    sortedBy: 'contactedOn',
    texts: {},
    badCodes: [],
  },
  {
    entity: 'webhooks',
    noun: 'webhook',
    key: 'id',
    // Otherwise the service would change its state by itself.
    make: () => ({ name: `测试 ${next()}`, url: 'http://127.0.0.1:9/', status: 'paused' }),
    required: ['name', 'url'],
    optional: { entities: ['projects'], actions: ['create'], regions: ['430100'] },
    empty: {},
    changed: { name: '新名称' },
    sortedBy: 'name',
    texts: { name: 200 },
    badCodes: [],
  },
];

/** The resources that entries must refer to. */
const referred = { enterprise: '', event: '', cluster: '' };

/** Creates the resources that entries refer to; to be called first. */
export async function prepareKinds(api: Client): Promise<void> {
  referred.enterprise = (await created(api, '/v1/enterprises', { name: '被引用的企业' })).id;
  referred.event = `referred-${next()}`;
  const days = { startsOn: '2020-06-29', endsOn: '2020-07-01' };
  await created(api, '/v1/events', { code: referred.event, name: '被引用的活动', ...days });
  referred.cluster = (await created(api, '/v1/clusters', { name: `被引用的集群 ${next()}` })).id;
}

/** Its path in the document. */
export const templateOf = ({ entity, template }: Kind): string => template ?? `/v1/${entity}`;

/** Its path for creating entries, once its parent exists. */
export const pathOf = (kind: Kind): string => templateOf(kind).replace('{id}', referred.cluster);
