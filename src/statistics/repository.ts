import { eq, type SQL, sql } from 'drizzle-orm';
import type { PgSelect } from 'drizzle-orm/pg-core';
import type { Reader } from '../database/database.ts';
import { asOfDay, countsAs, monthOf } from '../projects/conditions.ts';
import type { Selection } from '../projects/filter.ts';
import { type DimensionName, dimensions } from './dimensions.ts';
import {
  type DurationName,
  durationOf,
  durations,
  type LedgerTallyName,
  ledgerTallies,
  type TallyName,
  tallies,
} from './measures.ts';

/** The values of the dimensions of one row, as `group0`, `group1`. */
export type GroupValues = Record<`group${number}`, string | null>;

/** More groups than this are refused rather than held in memory, */
export const MAX_GROUPS = 50_000;
/** and so are more different lengths of time in all of them. */
export const MAX_DAYS = 1_000_000;

const number = (expression: SQL): SQL<number | null> => sql<number | null>`${expression}`.mapWith(Number);

/** The dimensions as selected fields. */
function groupFields(
  reader: Reader,
  by: readonly DimensionName[],
): Record<`group${number}`, SQL<string | null>> {
  return Object.fromEntries(
    by.map((name, i) => [`group${i}`, sql<string | null>`${dimensions[name].value(reader)}`]),
  ) as Record<`group${number}`, SQL<string | null>>;
}

const readsLead = (by: readonly DimensionName[]): boolean =>
  by.some((name) => 'readsLead' in dimensions[name]);

/**
 * Joins what the dimensions read, groups by them (and by more), and bounds the number of groups. It groups by ordinals:
 * to Postgres, an expression with parameters does not equal its twin in the selection.
 */
function grouped<Q extends PgSelect>(query: Q, reader: Reader, by: readonly DimensionName[], more = 0): Q {
  const { projects, enterprises } = reader.tables;
  const joined = readsLead(by)
    ? query.leftJoin(enterprises, eq(enterprises.id, projects.leadInvestorId))
    : query;
  const ordinals = Array.from({ length: by.length + more }, (_, i) => sql.raw(String(i + 1)));
  const all = ordinals.length > 0 ? joined.groupBy(...ordinals) : joined;
  return all.limit((more ? MAX_DAYS : MAX_GROUPS) + 1) as unknown as Q;
}

export function tallyProjects(
  reader: Reader,
  selection: Selection,
  by: readonly DimensionName[],
): Promise<(GroupValues & Record<TallyName, number | null>)[]> {
  return reader.prepared(`statistics.projects ${by} ${selection.shape}`, selection.values, (db) => {
    const { projects } = db.tables;
    const sums = Object.fromEntries(
      Object.entries(tallies).map(([name, aggregate]) => [name, number(aggregate(projects))]),
    ) as Record<TallyName, SQL<number | null>>;
    const query = db
      .select({ ...groupFields(db, by), ...sums })
      .from(projects)
      .where(selection.where(db))
      .$dynamic();
    return grouped(query, db, by) as never;
  });
}

export function tallyLedger(
  reader: Reader,
  selection: Selection,
  by: readonly DimensionName[],
): Promise<(GroupValues & Record<LedgerTallyName, number | null>)[]> {
  return reader.prepared(`statistics.ledger ${by} ${selection.shape}`, selection.values, (db) => {
    const { projects, fundsEntries } = db.tables;
    const sums = Object.fromEntries(
      Object.entries(ledgerTallies).map(([name, aggregate]) => [name, number(aggregate(db.tables))]),
    ) as Record<LedgerTallyName, SQL<number | null>>;
    const query = db
      .select({ ...groupFields(db, by), ...sums })
      .from(projects)
      .innerJoin(fundsEntries, eq(fundsEntries.projectId, projects.id))
      .where(sql`${selection.where(db)} and ${fundsEntries.receivedOn} <= ${asOfDay}`)
      .$dynamic();
    return grouped(query, db, by) as never;
  });
}

/** How many projects took how many days to a milestone. */
export function countDays(
  reader: Reader,
  selection: Selection,
  by: readonly DimensionName[],
  duration: DurationName,
): Promise<(GroupValues & { days: number; times: number })[]> {
  return reader.prepared(`statistics.${duration} ${by} ${selection.shape}`, selection.values, (db) => {
    const { projects } = db.tables;
    const query = db
      .select({
        ...groupFields(db, by),
        days: sql`${durationOf(db, duration)}`.mapWith(Number),
        times: sql`count(*)`.mapWith(Number),
      })
      .from(projects)
      .where(sql`${selection.where(db)} and ${countsAs(durations[duration].flag, projects)}`)
      .$dynamic();
    return grouped(query, db, by, 1) as never;
  });
}

/** What happened in one month. */
export interface MonthRow {
  month: string;
  count: number;
  yuan: number;
}

/** Signings by month, with what they will invest. */
export const signedByMonth = (reader: Reader, selection: Selection): Promise<MonthRow[]> =>
  reader.prepared(`timeline.signed ${selection.shape}`, selection.values, (db) => {
    const { projects } = db.tables;
    return db
      .select({
        month: monthOf(projects.signedOn),
        count: sql`count(*)`.mapWith(Number),
        yuan: sql`sum(${projects.investmentYuan})`.mapWith(Number),
      })
      .from(projects)
      .where(selection.where(db))
      .groupBy(sql.raw('1')) as never;
  });

/**
 * By month, the projects that reached a milestone while their contract held, or those of them whose contract ended.
 * What happened before the signing happens, for a timeline, on the day of the signing.
 */
export const milestoneByMonth = (
  reader: Reader,
  selection: Selection,
  milestone: 'startedOn' | 'productionOn',
  what: 'reached' | 'left',
): Promise<Pick<MonthRow, 'month' | 'count'>[]> =>
  reader.prepared(`timeline.${milestone}.${what} ${selection.shape}`, selection.values, (db) => {
    const { projects } = db.tables;
    const on = db.functions.later(projects[milestone], projects.signedOn);
    const ended = projects.terminatedOn;
    const [day, condition] =
      what === 'reached'
        ? [on, sql`${projects[milestone]} <= ${asOfDay} and (${ended} is null or ${ended} > ${on})`]
        : [
            sql`${ended}`,
            sql`${ended} <= ${asOfDay} and ${projects[milestone]} is not null and ${ended} > ${on}`,
          ];
    return db
      .select({ month: monthOf(day), count: sql`count(*)`.mapWith(Number) })
      .from(projects)
      .where(sql`${selection.where(db)} and ${condition}`)
      .groupBy(sql.raw('1')) as never;
  });

/** Funds by the month of their arrival, or of the signing where they came before it. */
export const fundsByMonth = (
  reader: Reader,
  selection: Selection,
): Promise<Pick<MonthRow, 'month' | 'yuan'>[]> =>
  reader.prepared(`timeline.funds ${selection.shape}`, selection.values, (db) => {
    const { projects, fundsEntries } = db.tables;
    return db
      .select({
        month: monthOf(db.functions.later(fundsEntries.receivedOn, projects.signedOn)),
        yuan: sql`sum(${fundsEntries.amountYuan})`.mapWith(Number),
      })
      .from(projects)
      .innerJoin(fundsEntries, eq(fundsEntries.projectId, projects.id))
      .where(sql`${selection.where(db)} and ${fundsEntries.receivedOn} <= ${asOfDay}`)
      .groupBy(sql.raw('1')) as never;
  });
