/** Joins whose best order the engines do not find by themselves. */
import { type SQL, sql } from 'drizzle-orm';
import type { Table } from './database.ts';

const MANY = 100_000;

/** Whether so many rows are joined faster by going through all of their parts than by looking up those of each. */
export const areMany = (rows: number): boolean => rows > MANY;

/**
 * Rows with their parts. SQLite keeps to the order of a cross join: over many rows it goes through the parts, which stand
 * in the order of the rows' keys, so that each row is found beside the last.
 */
// biome-ignore lint/suspicious/noExplicitAny: drizzle's type of a selection before `from` is its own.
export function joinParts(selected: any, rows: Table, parts: Table, on: SQL, many: boolean, where: SQL): any {
  return many
    ? selected.from(parts).crossJoin(rows).where(sql`${on} and ${where}`)
    : selected.from(rows).innerJoin(parts, on).where(where);
}
