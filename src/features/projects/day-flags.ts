/**
 * The flags and the status of projects over columns: those of `lifecycle.ts`, as bits of a number, for one pass over a
 * million projects. A missing day is later than any other, so that no comparison needs to look for it.
 */
import type { DayName } from '../../columns/columns.ts';
import { yearOf } from '../../columns/packed-days.ts';
import type { LifecycleFlag, OperatingStatus } from './lifecycle.ts';

export const FLAG_BITS = {
  registered: 1,
  started: 2,
  completed: 4,
  inProduction: 8,
  performing: 16,
  suspended: 32,
  terminated: 64,
  overdueStart: 128,
  overdueProduction: 256,
  sameYear: 512,
} as const satisfies Record<LifecycleFlag, number>;

export type Days = Readonly<Record<DayName, Uint16Array>>;

/** @param asOf a packed day @returns the flags of a project that was signed by then, as bits */
export function flagsOf(days: Days, row: number, asOf: number): number {
  if ((days.terminatedOn[row] as number) <= asOf) return FLAG_BITS.terminated;
  let bits = 0;
  const startedOn = days.startedOn[row] as number;
  const productionOn = days.productionOn[row] as number;
  if ((days.registeredOn[row] as number) <= asOf) bits |= FLAG_BITS.registered | FLAG_BITS.performing;
  if (startedOn <= asOf) bits |= FLAG_BITS.started | FLAG_BITS.performing;
  else if ((days.agreedStartOn[row] as number) < asOf) bits |= FLAG_BITS.overdueStart;
  if ((days.completedOn[row] as number) <= asOf) bits |= FLAG_BITS.completed;
  if (productionOn <= asOf) {
    bits |= FLAG_BITS.inProduction;
    const year = yearOf(days.signedOn[row] as number);
    if (yearOf(startedOn) === year && yearOf(productionOn) === year) bits |= FLAG_BITS.sameYear;
  } else if ((days.agreedProductionOn[row] as number) < asOf) bits |= FLAG_BITS.overdueProduction;
  if ((days.suspendedOn[row] as number) <= asOf && (days.resumedOn[row] as number) > asOf)
    bits |= FLAG_BITS.suspended;
  return bits;
}

/** The first that applies, from the end of a project's life to its start. */
const STATUSES: readonly (readonly [bit: number, status: OperatingStatus])[] = [
  [FLAG_BITS.terminated, 'terminated'],
  [FLAG_BITS.suspended, 'suspended'],
  [FLAG_BITS.inProduction, 'in_production'],
  [FLAG_BITS.completed, 'completed'],
  [FLAG_BITS.started, 'under_construction'],
  [FLAG_BITS.registered, 'registered'],
];

export const statusOf = (bits: number): OperatingStatus =>
  STATUSES.find(([bit]) => bits & bit)?.[1] ?? 'signed';
