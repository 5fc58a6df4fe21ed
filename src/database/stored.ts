/** Reads stored values defensively, even if the service could not have written them. */
import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { Column, Table } from './database.ts';

/** The decoded value; the raw one if it is not valid for its column. */
function valueIn(column: Column, stored: unknown): unknown {
  let value: unknown;
  try {
    value = column.mapFromDriverValue(stored);
  } catch {
    return stored;
  }
  // SQLite stores booleans as numbers; any number other than 0 and 1 is corrupt and must not read as false.
  return typeof value === 'boolean' && Number(value) !== Number(stored) ? stored : value;
}

const asStored = (column: Column): SQL =>
  sql`${column}`.mapWith({ mapFromDriverValue: (stored: unknown) => valueIn(column, stored) });

/** All columns of a table, or the named ones, for a selection that no stored value can make fail. */
export const columnsAsStored = (
  table: Table,
  names = Object.keys(getTableColumns(table)),
): Record<string, SQL> => {
  const columns = getTableColumns(table);
  return Object.fromEntries(names.map((name) => [name, asStored(columns[name] as Column)]));
};
