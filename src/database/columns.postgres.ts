/** The column vocabulary for PostgreSQL, and the SQL functions that differ from SQLite's. */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { bigint, boolean, customType, integer, jsonb, pgTable } from 'drizzle-orm/pg-core';
import { pairs } from './expressions.ts';

export { foreignKey, index, primaryKey, uniqueIndex } from 'drizzle-orm/pg-core';

export const table = pgTable;

/** Text compared byte by byte, as SQLite does, whatever the server's locale. */
export const text = customType<{ data: string; driverData: string }>({
  dataType: () => 'text collate "C"',
});
export const id = text;
/** A calendar day, `2020-06-29`. */
export const day = text;
/** A point in time, RFC 3339 in UTC with milliseconds, so that its text sorts in time order. */
export const instant = text;
export { integer };
/** A position in a log of unlimited length. */
export const sequence = (name: string) => bigint(name, { mode: 'number' });
/** Whole yuan. */
export const money = (name: string) => bigint(name, { mode: 'number' });
export const flag = boolean;
export const json = jsonb;

/** Grams, which are letters, digits and marks, separated by spaces. */
const textSet = customType<{ data: string; driverData: string }>({
  dataType: () => 'tsvector',
  toDriver: (grams) => grams.replace(/[^ ]+/g, "'$&'"),
});

/** An index of grams (`text-index.ts`): a table created by a hand-written migration, as in SQLite. */
export const gramIndex = (name: string) =>
  pgTable(name, {
    number: bigint('number', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    id: text('id').notNull(),
    grams: textSet('grams').notNull(),
  });

export const functions = {
  /**
   * The column, hidden from the planner's index selection: SQLite takes the first index that seems to fit.
   */
  unindexed: (column: SQLWrapper): SQL => sql`${column}`,
  /** Whole days from one day to another, negative when `to` comes first. */
  daysBetween: (from: SQLWrapper, to: SQLWrapper): SQL<number> =>
    sql<number>`(${to}::date - ${from}::date)`.mapWith(Number),
  /**
   * The rows of a correlated query as a list of objects, in the given order.
   * @param none if it is null, there are no rows and the subquery is skipped
   */
  listOfObjects: <Item>(
    fields: Record<string, SQLWrapper>,
    from: SQL,
    order: SQLWrapper,
    none: SQLWrapper,
  ): SQL<Item[]> =>
    sql<Item[]>`(case when ${none} is null then '[]' else
      (select coalesce(json_agg(json_build_object(${pairs(fields)}) order by ${order}), '[]') ${from}) end)`,
  /**
   * A query whose condition is applied before it is used within another one. Where a table shows other rows than are
   * stored, SQLite would otherwise read all of them each time.
   */
  apart: (query: SQL): SQL => query,
  /** Whether a text is in a list, given as JSON. */
  isListed: (value: SQLWrapper, list: SQLWrapper): SQL =>
    sql`${value} in (select json_array_elements_text(cast(${list} as json)))`,
  /** Whether an index entry matches a query in FTS5 syntax, which may only contain quotes, `AND` and `*`. */
  hasGrams: (index: ReturnType<typeof gramIndex>, match: SQLWrapper): SQL =>
    sql`${index.grams} @@ replace(replace(replace(${match}, '"*', '":*'), ' AND ', ' & '), '"', '''')::tsquery`,
  /** A query for the ids in an index whose entries match. */
  withGrams: (index: ReturnType<typeof gramIndex>, match: SQLWrapper): SQL =>
    sql`select ${index.id} as id from ${index} where ${functions.hasGrams(index, match)}`,
  /** Whether the text contains the part, byte for byte. */
  containsText: (whole: SQLWrapper, part: SQLWrapper): SQL => sql`strpos(${whole}, ${part}) > 0`,
};
