/** Reads stored values defensively, even if the service could not have written them. */
import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { Column, Table } from './database.ts';

/** The value as the features know it; what is none of its column, as it lies there. */
function valueIn(column: Column, stored: unknown): unknown {
  let value: unknown;
  try {
    value = column.mapFromDriverValue(stored);
  } catch {
    return stored;
  }
  // SQLite keeps a flag as a number, which may be any; all but one of them would read as false.
  return typeof value === 'boolean' && Number(value) !== Number(stored) ? stored : value;
}

const asStored = (column: Column): SQL =>
  sql`${column}`.mapWith({ mapFromDriverValue: (stored: unknown) => valueIn(column, stored) });

/** Every column of a table, or those named, for a selection that fails at no value. */
export const columnsAsStored = (
  table: Table,
  names = Object.keys(getTableColumns(table)),
): Record<string, SQL> => {
  const columns = getTableColumns(table);
  return Object.fromEntries(names.map((name) => [name, asStored(columns[name] as Column)]));
};
