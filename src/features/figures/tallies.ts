/** Counts and sums for the measures. Tallies are additive, so a group of groups is the sum of its parts. */
import type { Histogram } from '../../core/numbers.ts';
import type { LifecycleFlag } from '../projects/lifecycle.ts';

/** The counts of projects with a flag. */
export const flagCounts = {
  registeredCount: 'registered',
  startedCount: 'started',
  completedCount: 'completed',
  inProductionCount: 'inProduction',
  performingCount: 'performing',
  suspendedCount: 'suspended',
  terminatedCount: 'terminated',
  overdueStartCount: 'overdueStart',
  overdueProductionCount: 'overdueProduction',
  sameYearCount: 'sameYear',
} as const satisfies Record<string, LifecycleFlag>;

/** Sums over the ledger entries of the projects. */
export const ledgerSums = ['fundsInPlace', 'fundsOfContracted'] as const;

/** Other counts, and sums of yuan. */
export const otherSums = [
  'projectCount',
  'totalInvestment',
  'contractedFunds',
  'contractedKnownCount',
  'startedInvestment',
  ...ledgerSums,
] as const;

/** Days from signing to a milestone, over the projects with the flag. */
export const durations = {
  daysToStart: { flag: 'started', until: 'startedOn' },
  daysToProduction: { flag: 'inProduction', until: 'productionOn' },
} as const satisfies Record<string, { flag: LifecycleFlag; until: 'startedOn' | 'productionOn' }>;

export type SumName = keyof typeof flagCounts | (typeof otherSums)[number];
export type CountName = Extract<SumName, `${string}Count`>;
export type DurationName = keyof typeof durations;

/** The counts and sums of one group of projects. */
export type Tally = Record<SumName, number> & Record<DurationName, Histogram>;

export const sumNames = [...(Object.keys(flagCounts) as (keyof typeof flagCounts)[]), ...otherSums];
const durationNames = Object.keys(durations) as DurationName[];

const NO_SUMS = Object.fromEntries(sumNames.map((name) => [name, 0])) as Record<SumName, number>;

/** Written out, because a breakdown creates tens of thousands. */
export const emptyTally = (): Tally => ({ ...NO_SUMS, daysToStart: new Map(), daysToProduction: new Map() });

export function addDays(tally: Tally, name: DurationName, value: number, times: number): void {
  tally[name].set(value, (tally[name].get(value) ?? 0) + times);
}

export function addTally(tally: Tally, other: Tally): void {
  for (const name of sumNames) tally[name] += other[name];
  for (const name of durationNames) {
    for (const [value, times] of other[name]) addDays(tally, name, value, times);
  }
}
