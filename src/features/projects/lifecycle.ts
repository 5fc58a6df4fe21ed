/**
 * Status and flags of a project on a day, derived from its dates, and the rules for the dates. Nothing here
 * is ever stored. `conditions.ts` is the same in SQL; a test compares both.
 */
import type { Fault } from '../../http/problems.ts';

/** A day like `2020-06-29`; days compare as text. */
type Day = string;

/** The dates that determine a project's status. */
export interface LifecycleDates {
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

export const operatingStatuses = [
  'signed',
  'registered',
  'under_construction',
  'completed',
  'in_production',
  'suspended',
  'terminated',
] as const;
export type OperatingStatus = (typeof operatingStatuses)[number];

const by = (date: Day | null, asOf: Day): boolean => date !== null && date <= asOf;

/** The first status that applies, from the end of a project's life to its start. */
export function operatingStatus(dates: LifecycleDates, asOf: Day): OperatingStatus {
  if (by(dates.terminatedOn, asOf)) return 'terminated';
  if (by(dates.suspendedOn, asOf) && !by(dates.resumedOn, asOf)) return 'suspended';
  if (by(dates.productionOn, asOf)) return 'in_production';
  if (by(dates.completedOn, asOf)) return 'completed';
  if (by(dates.startedOn, asOf)) return 'under_construction';
  if (by(dates.registeredOn, asOf)) return 'registered';
  return 'signed';
}

/** The agreed dates that were missed by the day; none after termination. */
export function overdue(dates: LifecycleDates, asOf: Day): ('start' | 'production')[] {
  if (by(dates.terminatedOn, asOf)) return [];
  const missed: ('start' | 'production')[] = [];
  if (dates.agreedStartOn !== null && dates.agreedStartOn < asOf && !by(dates.startedOn, asOf)) {
    missed.push('start');
  }
  if (dates.agreedProductionOn !== null && dates.agreedProductionOn < asOf && !by(dates.productionOn, asOf)) {
    missed.push('production');
  }
  return missed;
}

const yearOf = (day: Day): string => day.slice(0, 4);

/** Signed, started and in production within one calendar year, by the day ("Hunan speed"). */
export function sameYear(dates: LifecycleDates, asOf: Day): boolean {
  const { signedOn, startedOn, productionOn } = dates;
  return (
    startedOn !== null &&
    productionOn !== null &&
    productionOn <= asOf &&
    yearOf(startedOn) === yearOf(signedOn) &&
    yearOf(productionOn) === yearOf(signedOn)
  );
}

/** Flags of a project on a day: each is a filter, and the numerator of the measure with its name. */
export const lifecycleFlags = [
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
] as const;
export type LifecycleFlag = (typeof lifecycleFlags)[number];

const holds: Record<LifecycleFlag, (dates: LifecycleDates, asOf: Day) => boolean> = {
  registered: (d, asOf) => by(d.registeredOn, asOf),
  started: (d, asOf) => by(d.startedOn, asOf),
  completed: (d, asOf) => by(d.completedOn, asOf),
  inProduction: (d, asOf) => by(d.productionOn, asOf),
  performing: (d, asOf) => by(d.registeredOn, asOf) || by(d.startedOn, asOf),
  suspended: (d, asOf) => operatingStatus(d, asOf) === 'suspended',
  terminated: (d, asOf) => by(d.terminatedOn, asOf),
  overdueStart: (d, asOf) => overdue(d, asOf).includes('start'),
  overdueProduction: (d, asOf) => overdue(d, asOf).includes('production'),
  sameYear,
};

/** Whether a project has a flag on the day. A terminated project only has the flag `terminated`. */
export function counts(flag: LifecycleFlag, dates: LifecycleDates, asOf: Day): boolean {
  if (flag !== 'terminated' && by(dates.terminatedOn, asOf)) return false;
  return holds[flag](dates, asOf);
}

const actualDates = [
  'signedOn',
  'registeredOn',
  'startedOn',
  'completedOn',
  'productionOn',
  'suspendedOn',
  'resumedOn',
  'terminatedOn',
] as const satisfies readonly (keyof LifecycleDates)[];

/** Pairs of dates, the first of which requires the second. */
const needs = [
  ['completedOn', 'startedOn', 'completion_without_start'],
  ['productionOn', 'startedOn', 'production_without_start'],
  ['resumedOn', 'suspendedOn', 'resumption_without_suspension'],
] as const;

/** Pairs of dates, the first of which may not precede the second. */
const orders = [
  ['completedOn', 'startedOn', 'completion_before_start'],
  ['productionOn', 'startedOn', 'production_before_start'],
  ['resumedOn', 'suspendedOn', 'resumption_before_suspension'],
  ['terminatedOn', 'signedOn', 'termination_before_signing'],
] as const;

/**
 * All violated rules for dates. No other order is enforced: registration or start before the signing happens
 * in practice.
 * @param dates the known dates; invalid ones are left out and violate no rule
 * @param unsound the fields left out for that reason
 */
export function lifecycleFaults(
  dates: Partial<LifecycleDates>,
  today: Day,
  unsound: ReadonlySet<string> = new Set(),
): Fault[] {
  const faults: Fault[] = [];
  for (const field of actualDates) {
    const date = dates[field];
    if (date && date > today) {
      faults.push({ pointer: `/${field}`, code: 'after_today', values: { today } });
    }
  }
  for (const [field, needed, code] of needs) {
    if (dates[field] && !dates[needed] && !unsound.has(needed)) faults.push({ pointer: `/${field}`, code });
  }
  for (const [field, earlier, code] of orders) {
    const [date, bound] = [dates[field], dates[earlier]];
    if (date && bound && date < bound) faults.push({ pointer: `/${field}`, code });
  }
  return faults;
}
