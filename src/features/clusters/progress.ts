/** Progress of a cluster towards a target: pure arithmetic on days and counts. */
import { daysBetween } from '../../core/days.ts';
import { type Rate, rate, toOneDecimal } from '../../core/numbers.ts';
import type { ClusterTarget } from './schema.ts';

/** The enterprises that count for a target, up to the requested day or the target's last day. */
export interface TargetTally {
  /** Number of arrivals less departures on each day with any, in order. */
  days: readonly { day: string; change: number }[];
  /** Number of different enterprises that came, including those that left. */
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

/** The last day considered for a target: later changes have no effect on it. */
export const lookedAtOn = ({ by }: ClusterTarget, asOf: string): string => (asOf < by ? asOf : by);

/**
 * The state of a target on a day. Its first and last day are included, both in the number of days and for
 * arrivals.
 */
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
    // Compares integers, because `expectedByNow` is rounded.
    onCourse: elapsedDays === 0 ? null : introduced * totalDays >= count * elapsedDays,
  };
}
