import { eq, type SQL, sql } from 'drizzle-orm';
import type { Reader, Select } from '../../database/database.ts';
import { joinParts } from '../../database/joins.ts';
import { Problem } from '../../http/problems.ts';
import { asOfDay, countsAs, inPopulation, monthOf } from '../projects/conditions.ts';
import type { Condition } from '../projects/filter.ts';
import { ageBy, ageOnDay, ageValues } from './ages.ts';
import type { Advance, CohortDimension } from './cohorts.ts';
import { type DimensionName, dimensions } from './dimensions.ts';
import {
  type DurationName,
  durationOf,
  durations,
  type LedgerTallyName,
  ledgerTallies,
  type TallyName,
  tallies,
} from './tallies.ts';

/** The values of the dimensions of a row, as `group0`, `group1`. */
export type GroupValues = Record<`group${number}`, string | null>;

/** Maximum number of groups; more are refused rather than held in memory. */
export const MAX_GROUPS = 50_000;

/** @throws Problem 422 rather than truncate */
export function bounded<Row>(rows: Row[]): Row[] {
  if (rows.length > MAX_GROUPS)
    throw new Problem('statistics.too_many_groups', { values: { max: MAX_GROUPS } });
  return rows;
}

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
 * Joins the tables that the dimensions read, groups by them (and by more), and limits the number of groups.
 * It groups by ordinals: for PostgreSQL, an expression with parameters differs from the same one in the
 * selection.
 */
function grouped<Q extends Select>(query: Q, reader: Reader, by: readonly DimensionName[]): Q {
  const { projects, enterprises } = reader.tables;
  const joined = readsLead(by)
    ? query.leftJoin(enterprises, eq(enterprises.id, projects.leadInvestorId))
    : query;
  const ordinals = Array.from({ length: by.length }, (_, i) => sql.raw(String(i + 1)));
  const all = ordinals.length > 0 ? joined.groupBy(...ordinals) : joined;
  return all.limit(MAX_GROUPS + 1) as unknown as Q;
}

export function tallyProjects(
  reader: Reader,
  selection: Condition,
  by: readonly DimensionName[],
): Promise<(GroupValues & Record<TallyName, number | null> & Record<DurationName, string | null>)[]> {
  return reader.prepared(`statistics.projects ${by} ${selection.shape}`, selection.values, (db) => {
    const { projects } = db.tables;
    const sums = Object.fromEntries(
      Object.entries(tallies).map(([name, aggregate]) => [name, number(aggregate(projects))]),
    ) as Record<TallyName, SQL<number | null>>;
    const query = db
      .select({ ...groupFields(db, by), ...sums, ...lengths(db) })
      .from(projects)
      .where(selection.where(db, inPopulation(db, true)))
      .$dynamic();
    return grouped(query, db, by) as never;
  });
}

/** Joins projects with their ledger. */
// biome-ignore lint/suspicious/noExplicitAny: drizzle's type of a selection before `from` is its own.
function joinLedger({ tables }: Reader, selected: any, many: boolean, condition: SQL): any {
  const { projects, fundsEntries } = tables;
  return joinParts(
    selected,
    projects,
    fundsEntries,
    eq(fundsEntries.projectId, projects.id),
    many,
    condition,
  );
}

export function tallyLedger(
  reader: Reader,
  selection: Condition,
  by: readonly DimensionName[],
  many: boolean,
): Promise<(GroupValues & Record<LedgerTallyName, number | null>)[]> {
  return reader.prepared(`statistics.ledger ${many} ${by} ${selection.shape}`, selection.values, (db) => {
    const { fundsEntries } = db.tables;
    const sums = Object.fromEntries(
      Object.entries(ledgerTallies).map(([name, aggregate]) => [name, number(aggregate(db.tables))]),
    ) as Record<LedgerTallyName, SQL<number | null>>;
    const selected = db.select({ ...groupFields(db, by), ...sums });
    const query = joinLedger(
      db,
      selected,
      many,
      sql`${selection.where(db, inPopulation(db, true))} and ${fundsEntries.receivedOn} <= ${asOfDay}`,
    ).$dynamic();
    return grouped(query, db, by) as never;
  });
}

/**
 * The days that each project took to a milestone, as comma-separated text: counting them by length in SQL
 * would cost a scan and a sort per milestone.
 */
const lengths = (reader: Reader): Record<DurationName, SQL<string | null>> =>
  Object.fromEntries(
    Object.entries(durations).map(([name, { flag }]) => [
      name,
      sql<string | null>`string_agg(cast(${durationOf(reader, name as DurationName)} as text), ',')
        filter (where ${countsAs(flag, reader.tables.projects)})`,
    ]),
  ) as Record<DurationName, SQL<string | null>>;

/** The totals of one month. */
export interface MonthRow {
  month: string;
  count: number;
  yuan: number;
}

/** Signings by month, with their investment. */
export const signedByMonth = (reader: Reader, selection: Condition): Promise<MonthRow[]> =>
  reader.prepared(`timeline.signed ${selection.shape}`, selection.values, (db) => {
    const { projects } = db.tables;
    return db
      .select({
        month: monthOf(projects.signedOn),
        count: sql`count(*)`.mapWith(Number),
        yuan: sql`sum(${projects.investmentYuan})`.mapWith(Number),
      })
      .from(projects)
      .where(selection.where(db, inPopulation(db, true)))
      .groupBy(sql.raw('1')) as never;
  });

/**
 * By month, the projects that reached a milestone before any termination, or those of them that were
 * terminated later. Milestones before the signing count on the day of signing.
 */
export const milestoneByMonth = (
  reader: Reader,
  selection: Condition,
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
      .where(sql`${selection.where(db, inPopulation(db, true))} and ${condition}`)
      .groupBy(sql.raw('1')) as never;
  });

/** Funds by month of arrival, or of signing if they arrived earlier. */
export const fundsByMonth = (
  reader: Reader,
  selection: Condition,
  many: boolean,
): Promise<Pick<MonthRow, 'month' | 'yuan'>[]> =>
  reader.prepared(`timeline.funds ${many} ${selection.shape}`, selection.values, (db) => {
    const { projects, fundsEntries } = db.tables;
    const selected = db.select({
      month: monthOf(db.functions.later(fundsEntries.receivedOn, projects.signedOn)),
      yuan: sql`sum(${fundsEntries.amountYuan})`.mapWith(Number),
    });
    return joinLedger(
      db,
      selected,
      many,
      sql`${selection.where(db, inPopulation(db, true))} and ${fundsEntries.receivedOn} <= ${asOfDay}`,
    ).groupBy(sql.raw('1')) as never;
  });

/** A row for a group of projects at an age in months. */
interface AtAge {
  group0: string | null;
  age: number;
}

/** Number and investment of projects, by their age on the requested day. */
export const projectsByAge = (
  reader: Reader,
  selection: Condition,
  by: CohortDimension,
  asOf: string,
): Promise<(AtAge & { count: number; yuan: number })[]> =>
  reader.prepared(
    `cohorts.projects ${by} ${selection.shape}`,
    { ...selection.values, ...ageValues(asOf) },
    (db) => {
      const { projects } = db.tables;
      return db
        .select({
          ...groupFields(db, [by]),
          age: number(ageOnDay(projects.signedOn)),
          count: number(sql`count(*)`),
          yuan: number(sql`sum(${projects.investmentYuan})`),
        })
        .from(projects)
        .where(selection.where(db, inPopulation(db, true)))
        .groupBy(sql.raw('1'), sql.raw('2'))
        .limit(MAX_GROUPS + 1) as never;
    },
  );

/**
 * By age, the additions to the numerator of a rate less the subtractions. A project, or an entry of its
 * ledger, counts from the age at which its date is reached to the last age of the project; a project only
 * until its termination.
 */
export const changesByAge = (
  reader: Reader,
  selection: Condition,
  by: CohortDimension,
  advance: Advance,
  asOf: string,
  many: boolean,
): Promise<(AtAge & { change: number })[]> =>
  reader.prepared(
    `cohorts.${advance} ${many} ${by} ${selection.shape}`,
    { ...selection.values, ...ageValues(asOf) },
    (db) => {
      const spans = countedSpans(db, selection, by, advance, many);
      const isEnd = sql`ends.is_end = 1`;
      return db
        .select({
          group0: sql<string | null>`${spans.group0}`,
          age: number(sql`(case when ${isEnd} then ${spans.until} else ${spans.since} end)`),
          change: number(sql`sum(case when ${isEnd} then -${spans.amount} else ${spans.amount} end)`),
        })
        .from(spans)
        .crossJoin(sql`(select 0 as is_end union all select 1) as ends`)
        .where(sql`${spans.since} < ${spans.until}`)
        .groupBy(sql.raw('1'), sql.raw('2'))
        .limit(MAX_GROUPS + 1) as never;
    },
  );

/**
 * The amount that counts between two ages, for each group; spans that never count have their ages out of
 * order.
 */
function countedSpans(
  db: Reader,
  selection: Condition,
  by: CohortDimension,
  advance: Advance,
  many: boolean,
) {
  const { projects: p, fundsEntries: entries } = db.tables;
  const population = selection.where(db, inPopulation(db, true));
  const over = sql`${ageOnDay(p.signedOn)} + 1`;
  const ended = ageBy(p.signedOn, p.terminatedOn);
  const untilEnded = sql`(case when ${p.terminatedOn} is null or ${ended} > ${over} then ${over} else ${ended} end)`;
  const fields = (since: SQL, until: SQL, amount: SQL) => ({
    group0: sql`${dimensions[by].value(db)}`.as('group0'),
    since: since.as('since'),
    until: until.as('until'),
    amount: amount.as('amount'),
  });
  const query =
    advance === 'funds'
      ? joinLedger(
          db,
          db.select(fields(ageBy(p.signedOn, entries.receivedOn), over, sql`sum(${entries.amountYuan})`)),
          many,
          sql`${population} and ${entries.receivedOn} <= ${asOfDay}`,
        )
      : db
          .select(fields(ageBy(p.signedOn, p[advance]), untilEnded, sql`count(*)`))
          .from(p)
          .where(sql`${population} and ${p[advance]} <= ${asOfDay}`);
  return query.groupBy(sql.raw('1'), sql.raw('2'), sql.raw('3')).as('spans');
}
