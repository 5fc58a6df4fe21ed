/** Joins whose best order the planners do not find by themselves. */
import { type SQL, sql } from 'drizzle-orm';
import type { Table } from './database.ts';

const MANY = 100_000;

/** Whether for this number of rows a scan of all parts is faster than a lookup for each row. */
export const areMany = (rows: number): boolean => rows > MANY;

/**
 * Joins rows with their parts. SQLite keeps the order of a cross join: for many rows it scans the parts,
 * which are stored in the order of the rows' keys, so that consecutive lookups hit neighbouring rows.
 */
// biome-ignore lint/suspicious/noExplicitAny: drizzle's type of a selection before `from` is its own.
export function joinParts(selected: any, rows: Table, parts: Table, on: SQL, many: boolean, where: SQL): any {
  return many
    ? selected.from(parts).crossJoin(rows).where(sql`${on} and ${where}`)
    : selected.from(rows).innerJoin(parts, on).where(where);
}
