/**
 * Random worlds with many edge cases: days close to the turn of a year, amounts close to the bounds of bands,
 * and only a few referenced resources.
 */
import fc from 'fast-check';
import {
  BANDS,
  FLAGS,
  type ModelDates,
  type ModelFilter,
  type ModelInvestor,
  type ModelProject,
  type ModelWorld,
} from './model.ts';
import { addDays } from './model-figures.ts';

/** Today in every random world; no actual date is later. */
export const WORLD_TODAY = '2021-03-31';

/** A town below a county; the seed has no such level. */
export const TOWN = { code: '430198', name: '黄花镇', nameEn: null, parent: '430121' };

export const EVENTS = ['hyrd-2018', 'hyrd-2020'].map((code) => ({
  code,
  name: `沪洽周 ${code}`,
  startsOn: '2018-06-01',
  endsOn: '2020-07-05',
}));

/** The parents of all codes in worlds and of their ancestors. */
const PARENTS: ModelWorld['parents'] = {
  '110000': null,
  '430000': null,
  '430100': '430000',
  '430102': '430100',
  '430121': '430100',
  '430198': '430121',
  '431000': '430000',
  '431025': '431000',
  '433100': '430000',
  A: null,
  C: null,
  '01': 'A',
  '26': 'C',
  '39': 'C',
};

const codes = (pattern: RegExp): string[] => Object.keys(PARENTS).filter((code) => pattern.test(code));
const REGIONS = codes(/^\d{6}$/);
const INDUSTRIES = codes(/^(\d\d|[A-Z])$/);
const ZONES = ['changsha-etdz', 'chenzhou-hidz'];
const LEVELS = ['provincial', 'municipal', 'county'];
const COUNTRIES = ['CN', 'HK', 'MO', 'TW', 'DE', 'US'];
const LISTS = ['fortune_global_500', 'china_500', 'china_private_500'];
const STATUSES = [
  'signed',
  'registered',
  'under_construction',
  'completed',
  'in_production',
  'suspended',
  'terminated',
];

const CROWDED = Array.from({ length: 9 }, (_, i) => addDays('2020-12-28', i));
const SPARSE = ['2018-12-31', '2019-01-01', '2020-02-29', '2020-06-30', '2020-07-01', '2021-03-30'];

export const day: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...CROWDED) },
  { weight: 1, arbitrary: fc.constantFrom(...SPARSE, WORLD_TODAY) },
);

/** Days that only agreed ones may be, and the first that all programs read alike in a workbook. */
const extremeDay = fc.constantFrom('2021-12-31', '1900-03-01', '2069-12-31', '2070-01-01', '9999-12-31');

/** The `asOf` of a request: undefined is today. */
export const asOfDay: fc.Arbitrary<string | undefined> = fc.oneof(
  { weight: 6, arbitrary: day },
  { weight: 2, arbitrary: fc.constantFrom(...CROWDED.map((d) => addDays(d, -4)), '1900-01-01') },
  { weight: 2, arbitrary: fc.constant(undefined) },
);

const later = (a: string, b: string): string => (a > b ? a : b);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 2 });
const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });

/** Dates that the service accepts; about half of them have conflicting values. */
export const dates: fc.Arbitrary<ModelDates> = fc
  .record({
    signedOn: day,
    registeredOn: maybe(day),
    startedOn: maybe(day),
    completedOn: maybe(day),
    productionOn: maybe(day),
    suspendedOn: rarely(day),
    resumedOn: maybe(day),
    terminatedOn: rarely(day),
    agreedStartOn: maybe(fc.oneof(day, extremeDay)),
    agreedProductionOn: maybe(fc.oneof(day, extremeDay)),
  })
  .map((given) => {
    const notBefore = (on: string | null, earlier: string | null) =>
      on === null || earlier === null ? null : later(on, earlier);
    return {
      ...given,
      completedOn: notBefore(given.completedOn, given.startedOn),
      productionOn: notBefore(given.productionOn, given.startedOn),
      resumedOn: notBefore(given.resumedOn, given.suspendedOn),
      terminatedOn: notBefore(given.terminatedOn, given.signedOn),
    };
  });

/** Any dates at all. */
export const anyDates: fc.Arbitrary<ModelDates> = fc.record({
  signedOn: day,
  registeredOn: maybe(day),
  startedOn: maybe(day),
  completedOn: maybe(day),
  productionOn: maybe(day),
  suspendedOn: maybe(day),
  resumedOn: maybe(day),
  terminatedOn: maybe(day),
  agreedStartOn: maybe(day),
  agreedProductionOn: maybe(day),
});

const EDGES = BANDS.flatMap(([, from]) => [from - 1, from, from + 1]).filter((yuan) => yuan > 0);
const yuan: fc.Arbitrary<number> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...EDGES, 1_000_000_000_000) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 1_000_000_000_000 }) },
);

/** A ledger whose balance is never negative: only received funds are taken back. */
const funds: fc.Arbitrary<ModelProject['funds']> = fc
  .array(fc.record({ on: day, amount: fc.integer({ min: 1, max: 2_000_000_000 }), back: rarely(day) }), {
    maxLength: 3,
  })
  .map((arrivals) => [
    ...arrivals.map(({ on, amount }) => ({ receivedOn: on, amountYuan: amount })),
    ...arrivals.flatMap(({ on, amount, back }) =>
      back === null ? [] : [{ receivedOn: later(on, back), amountYuan: -Math.ceil(amount / 3) }],
    ),
  ]);

const NAMES = ['半导体封测线', '电容器（二期）', 'RF 射频Module', '１００%_纯棉', "O'Neill 东佳", '示例项目'];

/** Times at which worlds are created, on their day in the service's time zone. */
const MOMENTS = [
  '2021-03-30T16:00:00.000Z',
  '2021-03-31T04:00:00.000Z',
  '2021-03-31T04:00:00.001Z',
  '2021-03-31T15:59:59.999Z',
];

const project = (investors: ModelInvestor[]): fc.Arbitrary<Omit<ModelProject, 'code'>> =>
  fc
    .record({
      name: fc.constantFrom(...NAMES),
      nameEn: maybe(fc.constantFrom('Semiconductor', 'ÉLAN vital')),
      event: maybe(fc.constantFrom(...EVENTS.map(({ code }) => code))),
      level: fc.constantFrom(...LEVELS),
      region: maybe(fc.constantFrom(...REGIONS)),
      zone: maybe(fc.constantFrom(...ZONES)),
      industry: maybe(fc.constantFrom(...INDUSTRIES)),
      investors: fc.uniqueArray(fc.nat(investors.length - 1), { maxLength: 3 }),
      investmentYuan: yuan,
      investmentEstimated: fc.boolean(),
      contracted: fc.constantFrom(null, null, 0, 0.5, 1),
      dates,
      funds,
      updatedAt: fc.constantFrom(...MOMENTS),
      archived: fc.nat(11).map((n) => n === 0),
    })
    .map(({ dates, contracted, ...given }) => ({
      ...given,
      ...dates,
      investors: given.investors.map((i) => investors[i] as ModelInvestor),
      contractedFundsYuan: contracted === null ? null : Math.floor(given.investmentYuan * contracted),
    }));

const investorId = (i: number): string => `00000000-0000-7000-8000-00000000000${i}`;
const INVESTOR_COUNT = 6;

const investor: fc.Arbitrary<Omit<ModelInvestor, 'id'>> = fc.record({
  name: fc.constantFrom('东佳电子', '深圳稳泰', 'Sample 企业', '瑶华半导体'),
  nameEn: maybe(fc.constantFrom('Dongjia', 'ＲＦ Works')),
  country: maybe(fc.constantFrom(...COUNTRIES)),
  rankings: fc.uniqueArray(
    fc.record({ list: fc.constantFrom(...LISTS), year: fc.integer({ min: 2017, max: 2021 }) }),
    { maxLength: 2, selector: ({ list, year }) => `${list} ${year}` },
  ),
});

/** Up to `maxProjects` projects with six investors between them; at least one is not archived. */
export const world = (maxProjects = 60): fc.Arbitrary<ModelWorld> =>
  fc
    .array(investor, { minLength: INVESTOR_COUNT, maxLength: INVESTOR_COUNT })
    .map((all) => all.map((one, i) => ({ id: investorId(i), ...one })))
    .chain((investors) =>
      fc.array(project(investors), { minLength: 1, maxLength: maxProjects, size: 'max' }).map((projects) => ({
        investors,
        projects: projects.map((p, i) => ({ ...p, code: codeOf(i), archived: i > 0 && p.archived })),
        parents: PARENTS,
      })),
    );

const codeOf = (i: number): string => `${i % 2 ? 'P' : 'p'}.${i}`;

/** Several values of a list: sometimes few, sometimes many. */
const several = (...choices: string[]) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.array(fc.constantFrom(...choices), { minLength: 1, maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom(...choices), { minLength: 9, maxLength: 22 }) },
  );
const one = (...choices: string[]) => fc.constantFrom(...choices).map((value) => [value]);
const oneDay = day.map((value) => [value]);
const yesNo = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom('true', 'false'), { minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom('true', 'false'), { minLength: 2, maxLength: 4 }) },
);

/** Values for each filter parameter. */
export const parameters: Record<string, fc.Arbitrary<string[]>> = {
  event: several(...EVENTS.map(({ code }) => code), 'unheard-of', 'none'),
  region: several(...REGIONS, '999999', 'none'),
  county: several(...REGIONS, '999999', 'none'),
  zone: several(...ZONES, 'none'),
  industry: several(...INDUSTRIES, 'none'),
  division: several(...codes(/^\d\d$/), '99', 'none'),
  level: several(...LEVELS),
  investor: several(...Array.from({ length: INVESTOR_COUNT }, (_, i) => investorId(i)), 'none'),
  investorCountry: several(...COUNTRIES, 'FR', 'none'),
  investorOrigin: several('domestic', 'hong_kong_macao_taiwan', 'foreign', 'none'),
  code: several('p.0', 'P.1', 'P.0', 'p.2', 'P.3'),
  operatingStatus: several(...STATUSES),
  investmentBand: several(...BANDS.map(([code]) => code)),
  signedYear: several('2018', '2019', '2020', '2021'),
  signedMonth: several('2020-12', '2021-01', '2020-02', '2019-01', '2021-03'),
  ...Object.fromEntries(FLAGS.map((flag) => [flag, yesNo])),
  top500: fc.array(fc.constantFrom('true', 'false', ...LISTS), { minLength: 1, maxLength: 5 }),
  estimated: yesNo,
  minInvestment: one('0', ...EDGES.map(String)),
  maxInvestment: one(...EDGES.map(String), '1000000000000'),
  signedFrom: oneDay,
  signedTo: oneDay,
  startedFrom: oneDay,
  startedTo: oneDay,
  productionFrom: oneDay,
  productionTo: oneDay,
  updatedSince: one(...MOMENTS, '2021-03-31T12:00:00+08:00', '2021-03-31T04:00:00.002Z'),
  q: one(
    '半',
    '半导体',
    '东佳',
    'rf',
    'ＲＦ',
    'Rf 射',
    '%',
    '_',
    "o'n",
    'p.1',
    'élan',
    '期）',
    '没有',
    'a,b&c=%2C',
  ),
};

/** A filter of up to `most` of the named parameters. */
export const filter = (names = Object.keys(parameters), most = 3): fc.Arbitrary<ModelFilter> =>
  fc
    .uniqueArray(
      fc.oneof(
        ...names.map((name) => (parameters[name] as fc.Arbitrary<string[]>).map((v) => [name, v] as const)),
      ),
      { maxLength: most, selector: ([name]) => name },
    )
    .map((chosen) => Object.fromEntries(chosen));

/** Lists are partly comma-separated and partly repeated; yes-or-no questions are only repeated. */
export function queryOf(filter: ModelFilter, more: Record<string, string | undefined> = {}): string {
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(filter)) {
    const repeated = values.length < 3 || FLAGS.includes(name) || name === 'estimated';
    const parts = repeated ? values : [values.slice(0, -1).join(','), values.at(-1) as string];
    for (const part of parts) query.append(name, part);
  }
  for (const [name, value] of Object.entries(more)) if (value !== undefined) query.append(name, value);
  return String(query);
}
