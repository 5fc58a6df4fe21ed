/**
 * A naive model of the domain: loops over arrays, whole days, big integers. It shares no code with the
 * service, so that agreement between them is meaningful.
 */

type Day = string;

export interface ModelInvestor {
  id: string;
  name: string;
  nameEn: string | null;
  country: string | null;
  rankings: { list: string; year: number }[];
}

export interface ModelDates {
  signedOn: Day;
  registeredOn: Day | null;
  startedOn: Day | null;
  completedOn: Day | null;
  productionOn: Day | null;
  suspendedOn: Day | null;
  resumedOn: Day | null;
  terminatedOn: Day | null;
  agreedStartOn: Day | null;
  agreedProductionOn: Day | null;
}

export interface ModelProject extends ModelDates {
  code: string;
  name: string;
  nameEn: string | null;
  event: string | null;
  level: string;
  region: string | null;
  zone: string | null;
  industry: string | null;
  /** The lead first. */
  investors: ModelInvestor[];
  investmentYuan: number;
  investmentEstimated: boolean;
  contractedFundsYuan: number | null;
  funds: { receivedOn: Day; amountYuan: number }[];
  updatedAt: string;
  archived: boolean;
}

export interface ModelWorld {
  investors: ModelInvestor[];
  projects: ModelProject[];
  /** The parents of region and industry codes. */
  parents: Record<string, string | null>;
}

/** Parameters as in a query string: several values, each a text. */
export type ModelFilter = Record<string, string[]>;

const happened = (day: Day | null, asOf: Day): boolean => day !== null && day <= asOf;
const yearOf = (day: Day): number => Number(day.slice(0, 4));

export function operatingStatusOf(p: ModelDates, asOf: Day): string {
  if (happened(p.terminatedOn, asOf)) return 'terminated';
  if (happened(p.suspendedOn, asOf) && !happened(p.resumedOn, asOf)) return 'suspended';
  if (happened(p.productionOn, asOf)) return 'in_production';
  if (happened(p.completedOn, asOf)) return 'completed';
  if (happened(p.startedOn, asOf)) return 'under_construction';
  if (happened(p.registeredOn, asOf)) return 'registered';
  return 'signed';
}

export function overdueOf(p: ModelDates, asOf: Day): string[] {
  if (happened(p.terminatedOn, asOf)) return [];
  const missed = [];
  if (p.agreedStartOn !== null && p.agreedStartOn < asOf && !happened(p.startedOn, asOf))
    missed.push('start');
  if (p.agreedProductionOn !== null && p.agreedProductionOn < asOf && !happened(p.productionOn, asOf)) {
    missed.push('production');
  }
  return missed;
}

export function sameYearOf(p: ModelDates, asOf: Day): boolean {
  if (p.startedOn === null || p.productionOn === null || p.productionOn > asOf) return false;
  const year = yearOf(p.signedOn);
  return yearOf(p.startedOn) === year && yearOf(p.productionOn) === year;
}

export const FLAGS = [
  'registered',
  'started',
  'completed',
  'inProduction',
  'performing',
  'suspended',
  'terminated',
  'overdueStart',
  'overdueProduction',
  'sameYear',
];

/** Whether the project is in the numerator of the measure with this name. */
export function isCounted(flag: string, p: ModelDates, asOf: Day): boolean {
  const ended = happened(p.terminatedOn, asOf);
  if (flag === 'terminated') return ended;
  if (ended) return false;
  if (flag === 'registered') return happened(p.registeredOn, asOf);
  if (flag === 'started') return happened(p.startedOn, asOf);
  if (flag === 'completed') return happened(p.completedOn, asOf);
  if (flag === 'inProduction') return happened(p.productionOn, asOf);
  if (flag === 'performing') return happened(p.registeredOn, asOf) || happened(p.startedOn, asOf);
  if (flag === 'suspended') return happened(p.suspendedOn, asOf) && !happened(p.resumedOn, asOf);
  if (flag === 'overdueStart') return overdueOf(p, asOf).includes('start');
  if (flag === 'overdueProduction') return overdueOf(p, asOf).includes('production');
  if (flag === 'sameYear') return sameYearOf(p, asOf);
  throw new Error(`There is no flag ${flag}.`);
}

/** The rules for dates that are violated, as `field code`. */
export function brokenRules(p: ModelDates, today: Day): string[] {
  const broken = [];
  const actual = ['signedOn', 'registeredOn', 'startedOn', 'completedOn', 'productionOn'] as const;
  for (const field of [...actual, 'suspendedOn', 'resumedOn', 'terminatedOn'] as const) {
    const day = p[field];
    if (day !== null && day > today) broken.push(`${field} after_today`);
  }
  const { startedOn, completedOn, productionOn, suspendedOn, resumedOn, terminatedOn } = p;
  if (completedOn && !startedOn) broken.push('completedOn completion_without_start');
  if (productionOn && !startedOn) broken.push('productionOn production_without_start');
  if (resumedOn && !suspendedOn) broken.push('resumedOn resumption_without_suspension');
  if (completedOn && startedOn && startedOn > completedOn) broken.push('completedOn completion_before_start');
  if (productionOn && startedOn && startedOn > productionOn) {
    broken.push('productionOn production_before_start');
  }
  if (resumedOn && suspendedOn && resumedOn < suspendedOn) {
    broken.push('resumedOn resumption_before_suspension');
  }
  if (terminatedOn && terminatedOn < p.signedOn) broken.push('terminatedOn termination_before_signing');
  return broken.sort();
}

/** The code and its ancestors, up to the root. */
function pathOf(world: ModelWorld, code: string): string[] {
  const path = [code];
  for (let above = world.parents[code]; above; above = world.parents[above]) path.push(above);
  return path;
}

export const BANDS: [code: string, from: number][] = [
  ['under_100m', 0],
  ['100m_500m', 100_000_000],
  ['500m_1b', 500_000_000],
  ['1b_5b', 1_000_000_000],
  ['5b_10b', 5_000_000_000],
  ['10b_and_over', 10_000_000_000],
];

function bandOf(p: ModelProject): string {
  let band = '';
  for (const [code, from] of BANDS) if (p.investmentYuan >= from) band = code;
  return band;
}

function originOf(p: ModelProject): string | null {
  const country = p.investors[0]?.country ?? null;
  if (country === null) return null;
  if (country === 'CN') return 'domestic';
  return ['HK', 'MO', 'TW'].includes(country) ? 'hong_kong_macao_taiwan' : 'foreign';
}

/** Whether an investor is on the list (or any of the three) in the year of signing or the year before. */
function isTop500(p: ModelProject, list?: string): boolean {
  const year = yearOf(p.signedOn);
  return p.investors.some(({ rankings }) =>
    rankings.some((one) => (!list || one.list === list) && [year, year - 1].includes(one.year)),
  );
}

export const DIMENSIONS = [
  'event',
  'region',
  'county',
  'zone',
  'industry',
  'division',
  'level',
  'operatingStatus',
  'investorCountry',
  'investorOrigin',
  'top500',
  'investmentBand',
  'signedYear',
  'signedMonth',
];

/** The group of the project; null if it has no value. */
export function groupOf(world: ModelWorld, dimension: string, p: ModelProject, asOf: Day): string | null {
  switch (dimension) {
    case 'region': {
      if (p.region === null) return null;
      const path = pathOf(world, p.region);
      // Prefectures are directly below the province; a project of the province itself has none.
      return path.at(-2) ?? path[0] ?? null;
    }
    case 'county':
      return p.region;
    case 'industry':
      return p.industry === null ? null : (pathOf(world, p.industry).at(-1) ?? null);
    case 'division':
      return p.industry !== null && /^\d\d$/.test(p.industry) ? p.industry : null;
    case 'operatingStatus':
      return operatingStatusOf(p, asOf);
    case 'investorCountry':
      return p.investors[0]?.country ?? null;
    case 'investorOrigin':
      return originOf(p);
    case 'top500':
      return String(isTop500(p));
    case 'investmentBand':
      return bandOf(p);
    case 'signedYear':
      return p.signedOn.slice(0, 4);
    case 'signedMonth':
      return p.signedOn.slice(0, 7);
    case 'event':
    case 'zone':
    case 'level':
      return p[dimension];
    default:
      throw new Error(`There is no dimension ${dimension}.`);
  }
}

const folded = (text: string): string => text.normalize('NFKC').toLowerCase();

function holds(world: ModelWorld, name: string, values: string[], p: ModelProject, asOf: Day): boolean {
  const [value = ''] = values;
  const within = (code: string | null) =>
    values.some((v) => (code === null ? v === 'none' : pathOf(world, code).includes(v)));
  if (FLAGS.includes(name)) return values.every((v) => String(isCounted(name, p, asOf)) === v);
  switch (name) {
    case 'region':
      return within(p.region);
    case 'industry':
      return within(p.industry);
    case 'top500':
      return values.every((v) =>
        v === 'true' || v === 'false' ? String(isTop500(p)) === v : isTop500(p, v),
      );
    case 'estimated':
      return values.every((v) => String(p.investmentEstimated) === v);
    case 'code':
      return values.includes(p.code);
    case 'investor':
      return p.investors.length === 0
        ? values.includes('none')
        : p.investors.some(({ id }) => values.includes(id));
    case 'minInvestment':
      return p.investmentYuan >= Number(value);
    case 'maxInvestment':
      return p.investmentYuan <= Number(value);
    case 'signedFrom':
      return p.signedOn >= value;
    case 'signedTo':
      return p.signedOn <= value;
    case 'startedFrom':
      return p.startedOn !== null && p.startedOn >= value;
    case 'startedTo':
      return p.startedOn !== null && p.startedOn <= value;
    case 'productionFrom':
      return p.productionOn !== null && p.productionOn >= value;
    case 'productionTo':
      return p.productionOn !== null && p.productionOn <= value;
    case 'updatedSince':
      return Date.parse(p.updatedAt) >= Date.parse(value);
    case 'q':
      return folded(value)
        .split(/\s+/)
        .every((word) =>
          [p.code, p.name, p.nameEn, ...p.investors.flatMap((i) => [i.name, i.nameEn])].some(
            (text) => text !== null && folded(text).includes(word),
          ),
        );
    default:
      return values.includes(groupOf(world, name, p, asOf) ?? 'none');
  }
}

/** The unarchived projects signed by the day that match every parameter. */
export const populationOf = (world: ModelWorld, filter: ModelFilter, asOf: Day): ModelProject[] =>
  world.projects.filter(
    (p) =>
      !p.archived &&
      p.signedOn <= asOf &&
      Object.entries(filter).every(([name, values]) => holds(world, name, values, p, asOf)),
  );

/** The groups of a population by some dimensions, keyed by the JSON of their codes. */
export function groupsOf(
  world: ModelWorld,
  by: string[],
  population: ModelProject[],
  asOf: Day,
): Map<string, ModelProject[]> {
  const groups = new Map<string, ModelProject[]>();
  for (const p of population) {
    const key = JSON.stringify(by.map((dimension) => groupOf(world, dimension, p, asOf)));
    groups.set(key, [...(groups.get(key) ?? []), p]);
  }
  return groups;
}
