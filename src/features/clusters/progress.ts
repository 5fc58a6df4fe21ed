/** Progress of a cluster towards a target: pure arithmetic on days and counts. */
import { daysBetween } from '../../core/days.ts';
import { type Rate, rate, toOneDecimal } from '../../core/numbers.ts';
import type { ClusterTarget } from './schema.ts';

/** What happened to those that count for a target, up to the day of the question or the target's last. */
export interface TargetTally {
  /** How many came on a day less how many left, for each day on which any did, in order. */
  days: readonly { day: string; change: number }[];
  /** How many different enterprises came, still there or not. */
  came: number;
}

export interface TargetProgress extends ClusterTarget {
  introduced: number;
  left: number;
  remaining: number;
  share: Rate;
  totalDays: number;
  elapsedDays: number;
  daysLeft: number;
  expectedByNow: number;
  reached: boolean;
  reachedOn: string | null;
  onCourse: boolean | null;
}

/** The day up to which a target is looked at: when its term has ended, what happens later is not its concern. */
export const lookedAtOn = ({ by }: ClusterTarget, asOf: string): string => (asOf < by ? asOf : by);

/** Where a target stands on a day. Both its first and its last day count, as days and for those who come on them. */
export function targetProgress(
  { count, from, by }: ClusterTarget,
  asOf: string,
  { days, came }: TargetTally,
): TargetProgress {
  let introduced = 0;
  let reachedOn: string | null = null;
  for (const { day, change } of days) {
    introduced += change;
    if (introduced < count) reachedOn = null;
    else reachedOn ??= day;
  }
  const totalDays = daysBetween(from, by) + 1;
  const elapsedDays = Math.min(Math.max(daysBetween(from, asOf) + 1, 0), totalDays);
  return {
    count,
    from,
    by,
    introduced,
    left: came - introduced,
    remaining: Math.max(count - introduced, 0),
    share: rate(introduced, count),
    totalDays,
    elapsedDays,
    daysLeft: Math.max(daysBetween(asOf, by), 0),
    expectedByNow: toOneDecimal(count * elapsedDays, totalDays),
    reached: introduced >= count,
    reachedOn,
    // The rounded figure is for reading; this compares whole numbers.
    onCourse: elapsedDays === 0 ? null : introduced * totalDays >= count * elapsedDays,
  };
}
