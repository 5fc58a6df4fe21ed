/**
 * Ages in SQL: whole months since the signing of a project. In shorter months, a month counted from the 31st
 * ends on the last day; milestones before the signing have age 0.
 */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { lastDay, monthIndex } from './timeline.ts';

const asOfMonth = sql.placeholder('asOfMonth');
const asOfDayOfMonth = sql.placeholder('asOfDayOfMonth');

/** Values for the placeholders of `ageOnDay`. The last day of a month counts as its 31st. */
export const ageValues = (asOf: string) => ({
  asOfMonth: monthIndex(asOf),
  asOfDayOfMonth: asOf === lastDay(monthIndex(asOf)) ? '31' : asOf.slice(8),
});

const monthIndexOf = (day: SQLWrapper): SQL =>
  sql`(12 * cast(substr(${day}, 1, 4) as integer) + cast(substr(${day}, 6, 2) as integer) - 1)`;
const dayOfMonth = (day: SQLWrapper): SQL => sql`substr(${day}, 9, 2)`;

/** The age on the requested day, in completed months. */
export const ageOnDay = (signedOn: SQLWrapper): SQL<number> =>
  sql<number>`(cast(${asOfMonth} as integer) - ${monthIndexOf(signedOn)}
    - (case when ${dayOfMonth(signedOn)} > ${asOfDayOfMonth} then 1 else 0 end))`;

/** The first age at which a day has been reached; null without a day. */
export const ageBy = (signedOn: SQLWrapper, day: SQLWrapper): SQL<number> =>
  sql<number>`(case when ${day} <= ${signedOn} then 0 else ${monthIndexOf(day)} - ${monthIndexOf(signedOn)}
    + (case when ${dayOfMonth(day)} > ${dayOfMonth(signedOn)} then 1 else 0 end) end)`;
