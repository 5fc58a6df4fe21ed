/**
 * Ages: whole months since the signing of a project. In shorter months, a month counted from the 31st ends on the
 * last day; milestones before the signing have age 0. All days are packed.
 */
import { dayOfMonth, monthOf } from '../../columns/packed-days.ts';
import { lastDay, monthIndex } from './timeline.ts';

/** The age on a day, in completed months, by the day of signing. @param asOf like `2020-06-29` */
export function ageOn(asOf: string): (signedOn: number) => number {
  const month = monthIndex(asOf);
  // The last day of a month counts as its 31st.
  const day = asOf === lastDay(month) ? 31 : Number(asOf.slice(8));
  return (signedOn) => month - monthOf(signedOn) - (dayOfMonth(signedOn) > day ? 1 : 0);
}

/** The first age at which a day has been reached. */
export const ageBy = (signedOn: number, day: number): number =>
  day <= signedOn ? 0 : monthOf(day) - monthOf(signedOn) + (dayOfMonth(day) > dayOfMonth(signedOn) ? 1 : 0);
