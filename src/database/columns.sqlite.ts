/** The column vocabulary for SQLite: the same names as in `columns.postgres.ts`. */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { integer, sqliteTable, text as sqliteText } from 'drizzle-orm/sqlite-core';
import { pairs } from './expressions.ts';

export { foreignKey, index, primaryKey, uniqueIndex } from 'drizzle-orm/sqlite-core';

export const table = sqliteTable;
export const text = (name: string) => sqliteText(name);
export const id = text;
export const day = text;
export const instant = text;
export { integer };
export const sequence = (name: string) => integer(name);
export const money = (name: string) => integer(name);
export const flag = (name: string) => integer(name, { mode: 'boolean' });
export const json = (name: string) => sqliteText(name, { mode: 'json' });

/** An index of grams (`text-index.ts`): a virtual table created by a hand-written migration. */
export const gramIndex = (name: string) =>
  sqliteTable(name, { number: integer('rowid').primaryKey(), id: text('id'), grams: text('grams') });

export const functions = {
  unindexed: (column: SQLWrapper): SQL => sql`+${column}`,
  daysBetween: (from: SQLWrapper, to: SQLWrapper): SQL<number> =>
    sql`cast(julianday(${to}) - julianday(${from}) as integer)`,
  listOfObjects: <Item>(
    fields: Record<string, SQLWrapper>,
    from: SQL,
    order: SQLWrapper,
    none: SQLWrapper,
  ): SQL<Item[]> =>
    sql<Item[]>`(case when ${none} is null then '[]' else
      (select json_group_array(json_object(${pairs(fields)}) order by ${order}) ${from}) end)`.mapWith(
      JSON.parse,
    ),
  apart: (query: SQL): SQL => query,
  isListed: (value: SQLWrapper, list: SQLWrapper): SQL =>
    sql`${value} in (select value from json_each(${list}))`,
  hasGrams: (index: SQLWrapper, match: SQLWrapper): SQL => sql`${index} match ${match}`,
  withGrams: (index: ReturnType<typeof gramIndex>, match: SQLWrapper): SQL =>
    sql`select ${index.id} as id from ${index} where ${functions.hasGrams(index, match)}`,
  containsText: (whole: SQLWrapper, part: SQLWrapper): SQL => sql`instr(${whole}, ${part}) > 0`,
};
