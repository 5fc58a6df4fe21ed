/** A naive model of the figures, computed project by project. */
import {
  isCounted,
  type ModelDates,
  type ModelFilter,
  type ModelProject,
  type ModelWorld,
  populationOf,
} from './model.ts';

type Day = string;

/** The integer nearest to a ÷ b, ties upwards; b > 0. */
export function nearest(a: bigint, b: bigint): bigint {
  let guess = a / b - 2n;
  // The result is the n with n − ½ ≤ a/b < n + ½.
  while (2n * a >= (2n * guess + 1n) * b) guess += 1n;
  return guess;
}

const oneDecimal = (a: number, b: number, scale: number): number =>
  Number(nearest(BigInt(a) * BigInt(10 * scale), BigInt(b))) / 10;

export const modelRate = (numerator: number, denominator: number) =>
  denominator === 0
    ? { numerator, denominator, ratio: null, percent: null }
    : {
        numerator,
        denominator,
        ratio: numerator / denominator,
        percent: oneDecimal(numerator, denominator, 100),
      };

export const modelMoney = (yuan: number) => ({
  yuan,
  billionYuan: yuan / 1_000_000_000,
  yiYuan: yuan / 100_000_000,
});

export function modelDays(values: number[]) {
  if (values.length === 0) return { count: 0, median: null, mean: null };
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] as number;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] as number;
  let sum = 0;
  for (const value of values) sum += value;
  return {
    count: values.length,
    median: oneDecimal(lower + upper, 2, 1),
    mean: oneDecimal(sum, values.length, 1),
  };
}

export const addDays = (day: Day, days: number): Day =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

const daysBetween = (from: Day, to: Day): number =>
  (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000;

const total = (amounts: number[]): number => {
  let sum = 0n;
  for (const amount of amounts) sum += BigInt(amount);
  return Number(sum);
};

export const fundsInPlaceOf = (p: ModelProject, asOf: Day): number =>
  total(p.funds.filter(({ receivedOn }) => receivedOn <= asOf).map(({ amountYuan }) => amountYuan));

/** All measures of a population, in the form of the summary. */
export function figuresOf(population: ModelProject[], asOf: Day) {
  const those = (flag: string) => population.filter((p) => isCounted(flag, p, asOf));
  const count = (flag: string) => those(flag).length;
  const share = (flag: string) => modelRate(count(flag), population.length);
  const investment = (projects: ModelProject[]) => total(projects.map((p) => p.investmentYuan));
  const funds = (projects: ModelProject[]) => total(projects.map((p) => fundsInPlaceOf(p, asOf)));
  const known = population.filter((p) => p.contractedFundsYuan !== null);
  const contracted = total(known.map((p) => p.contractedFundsYuan ?? 0));
  const days = (flag: string, milestone: keyof ModelDates) =>
    modelDays(those(flag).map((p) => daysBetween(p.signedOn, p[milestone] as Day)));
  return {
    projectCount: population.length,
    totalInvestment: modelMoney(investment(population)),
    contractedFunds: { ...modelMoney(contracted), knownCount: known.length },
    registeredCount: count('registered'),
    registrationRate: share('registered'),
    startedCount: count('started'),
    startedInvestment: modelMoney(investment(those('started'))),
    operatingRate: share('started'),
    completedCount: count('completed'),
    completionRate: share('completed'),
    inProductionCount: count('inProduction'),
    productionRate: share('inProduction'),
    performingCount: count('performing'),
    fulfilmentRate: share('performing'),
    suspendedCount: count('suspended'),
    terminatedCount: count('terminated'),
    overdueStartCount: count('overdueStart'),
    overdueProductionCount: count('overdueProduction'),
    sameYearCount: count('sameYear'),
    fundsInPlace: modelMoney(funds(population)),
    fundsInPlaceRate: modelRate(funds(population), investment(population)),
    fundsInPlaceOfContractedRate: modelRate(funds(known), contracted),
    daysToStart: days('started', 'startedOn'),
    daysToProduction: days('inProduction', 'productionOn'),
  };
}

export type Figures = ReturnType<typeof figuresOf>;
export type MeasureName = keyof Figures;
export const MEASURES = Object.keys(figuresOf([], '2000-01-01')) as MeasureName[];

/** Sort value of a group: a count, yuan, a ratio, a median. */
export function sortValueOf(figures: Figures, measure: MeasureName): number | null {
  const value = figures[measure];
  if (typeof value === 'number') return value;
  if ('yuan' in value) return value.yuan;
  return 'ratio' in value ? value.ratio : value.median;
}

export type Interval = 'month' | 'quarter' | 'year';

function periodOf(day: Day, interval: Interval): string {
  const year = day.slice(0, 4);
  if (interval === 'year') return year;
  const month = Number(day.slice(5, 7));
  return interval === 'month' ? day.slice(0, 7) : `${year}-Q${Math.ceil(month / 3)}`;
}

const later = (a: Day, b: Day): Day => (a > b ? a : b);

/** All periods from the first signing to the day. */
export function timelineOf(world: ModelWorld, filter: ModelFilter, interval: Interval, asOf: Day) {
  const everybody = populationOf(world, filter, asOf);
  const first = everybody.map((p) => p.signedOn).sort()[0];
  if (first === undefined) return [];
  const items = [];
  for (let day = first; day <= asOf; ) {
    const period = periodOf(day, interval);
    let [from, to] = [day, day];
    while (periodOf(addDays(from, -1), interval) === period) from = addDays(from, -1);
    while (periodOf(addDays(to, 1), interval) === period) to = addDays(to, 1);
    items.push({ period, from, to, ...rowOf(world, filter, everybody, from, to, asOf) });
    day = addDays(to, 1);
  }
  return items;
}

function rowOf(
  world: ModelWorld,
  filter: ModelFilter,
  everybody: ModelProject[],
  from: Day,
  to: Day,
  asOf: Day,
) {
  const until = to < asOf ? to : asOf;
  const inPeriod = (day: Day) => from <= day && day <= until;
  // A milestone is reached at the later of its day and the signing, unless the project has been terminated by
  // then.
  const reached = (flag: string, milestone: 'startedOn' | 'productionOn') =>
    everybody.filter((p) => {
      const day = p[milestone] === null ? null : later(p[milestone], p.signedOn);
      return day !== null && inPeriod(day) && isCounted(flag, p, day);
    }).length;
  const signed = everybody.filter((p) => inPeriod(p.signedOn));
  const arrived = everybody.flatMap((p) =>
    p.funds
      .filter(({ receivedOn }) => receivedOn <= asOf && inPeriod(later(receivedOn, p.signedOn)))
      .map(({ amountYuan }) => amountYuan),
  );
  const then = figuresOf(populationOf(world, filter, until), until);
  return {
    during: {
      signedCount: signed.length,
      investment: modelMoney(total(signed.map((p) => p.investmentYuan))),
      startedCount: reached('started', 'startedOn'),
      inProductionCount: reached('inProduction', 'productionOn'),
      fundsInPlace: modelMoney(total(arrived)),
    },
    cumulative: {
      signedCount: then.projectCount,
      investment: then.totalInvestment,
      startedCount: then.startedCount,
      inProductionCount: then.inProductionCount,
      fundsInPlace: then.fundsInPlace,
      operatingRate: then.operatingRate,
      productionRate: then.productionRate,
    },
  };
}
