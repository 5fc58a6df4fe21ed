/** The six catalogues, as tables for tests that hold for each of them. */
import type { Body } from '../support/app.ts';

export interface Kind {
  entity: 'regions' | 'industries' | 'zones' | 'events' | 'enterprises' | 'mappings';
  noun: string;
  key: 'code' | 'id';
  /** A valid entry, with a code of its own. */
  make(): Body;
  /** The fields that it cannot do without. */
  required: string[];
  /** Fields that may be empty, each with a value. */
  optional: Body;
  /** Lines of text, each with its longest length. */
  texts: Record<string, number>;
  /** What no code of it may be. */
  badCodes: string[];
}

let made = 0;
const next = (): number => ++made;

/** Codes of industries that the seed leaves free; there are few, so tests delete what they make. */
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
    texts: { name: 200, nameEn: 200 },
    badCodes: badSlugs,
  },
  {
    entity: 'events',
    noun: 'event',
    key: 'code',
    make: () => ({ code: `event-${next()}`, name: '测试活动', startsOn: '2020-06-29', endsOn: '2020-07-01' }),
    required: ['code', 'name', 'startsOn', 'endsOn'],
    optional: { nameEn: 'Test', series: 'test', edition: 2020, hostCity: '上海' },
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
    texts: { name: 200 },
    badCodes: badSlugs,
  },
];

export const pathOf = ({ entity }: Kind): string => `/v1/${entity}`;
