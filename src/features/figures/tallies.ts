/**
 * Counts and sums for the measures in SQL. Tallies are additive, so a group of groups is the sum of its
 * parts.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { Histogram } from '../../core/numbers.ts';
import type { Reader } from '../../database/database.ts';
import type { Tables } from '../../database/tables.ts';
import { countsAs } from '../projects/conditions.ts';
import type { LifecycleFlag } from '../projects/lifecycle.ts';

/** Counts and sums over projects; each is an SQL aggregate that is additive over groups. */
export const tallies = {
  projectCount: () => sql`count(*)`,
  totalInvestment: (p) => sql`sum(${p.investmentYuan})`,
  contractedFunds: (p) => sql`sum(${p.contractedFundsYuan})`,
  contractedKnownCount: (p) => sql`count(${p.contractedFundsYuan})`,
  registeredCount: counting('registered'),
  startedCount: counting('started'),
  startedInvestment: (p) => sql`sum(${p.investmentYuan}) filter (where ${countsAs('started', p)})`,
  completedCount: counting('completed'),
  inProductionCount: counting('inProduction'),
  performingCount: counting('performing'),
  suspendedCount: counting('suspended'),
  terminatedCount: counting('terminated'),
  overdueStartCount: counting('overdueStart'),
  overdueProductionCount: counting('overdueProduction'),
  sameYearCount: counting('sameYear'),
} as const satisfies Record<string, (projects: Tables['projects']) => SQL>;

/** Sums over the ledger entries of these projects. */
export const ledgerTallies = {
  fundsInPlace: ({ fundsEntries }) => sql`sum(${fundsEntries.amountYuan})`,
  fundsOfContracted: ({ fundsEntries, projects }) =>
    sql`sum(${fundsEntries.amountYuan}) filter (where ${projects.contractedFundsYuan} is not null)`,
} as const satisfies Record<string, (tables: Tables) => SQL>;

/** Days from signing to a milestone, over the projects with the flag. */
export const durations = {
  daysToStart: { flag: 'started', until: 'startedOn' },
  daysToProduction: { flag: 'inProduction', until: 'productionOn' },
} as const satisfies Record<string, { flag: LifecycleFlag; until: 'startedOn' | 'productionOn' }>;

export const durationOf = ({ functions, tables }: Reader, name: DurationName): SQL<number> =>
  functions.daysBetween(tables.projects.signedOn, tables.projects[durations[name].until]);

export type TallyName = keyof typeof tallies;
export type LedgerTallyName = keyof typeof ledgerTallies;
export type DurationName = keyof typeof durations;

export type SumName = TallyName | LedgerTallyName;

/** The counts and sums of one group of projects. */
export type Tally = Record<SumName, number> & Record<DurationName, Histogram>;

function counting(flag: LifecycleFlag): (projects: Tables['projects']) => SQL {
  return (projects) => sql`count(*) filter (where ${countsAs(flag, projects)})`;
}

const sumNames = [...Object.keys(tallies), ...Object.keys(ledgerTallies)] as SumName[];
const durationNames = Object.keys(durations) as DurationName[];

const NO_SUMS = Object.fromEntries(sumNames.map((name) => [name, 0])) as Record<SumName, number>;

/** Written out, because a breakdown creates tens of thousands. */
export const emptyTally = (): Tally => ({ ...NO_SUMS, daysToStart: new Map(), daysToProduction: new Map() });

/** Adds values to the sums of the same name in a tally. */
export function addSums(tally: Tally, sums: Readonly<Partial<Record<SumName, number | null>>>): void {
  for (const name of sumNames) tally[name] += sums[name] ?? 0;
}

export function addDays(tally: Tally, name: DurationName, value: number, times: number): void {
  tally[name].set(value, (tally[name].get(value) ?? 0) + times);
}

/** Adds lengths given as comma-separated integers. Parsed digit by digit, because there may be a million. */
export function addLengths(tally: Tally, name: DurationName, lengths: string | null): void {
  if (!lengths) return;
  const histogram = tally[name];
  let value = 0;
  let negative = false;
  for (let i = 0; i <= lengths.length; i++) {
    const character = i === lengths.length ? COMMA : lengths.charCodeAt(i);
    if (character === COMMA) {
      const length = negative ? -value : value;
      histogram.set(length, (histogram.get(length) ?? 0) + 1);
      value = 0;
      negative = false;
    } else if (character === MINUS) negative = true;
    else value = value * 10 + character - ZERO;
  }
}

const [COMMA, MINUS, ZERO] = [44, 45, 48];

export function addTally(tally: Tally, other: Tally): void {
  addSums(tally, other);
  for (const name of durationNames) {
    for (const [value, times] of other[name]) addDays(tally, name, value, times);
  }
}
