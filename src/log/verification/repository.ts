import { sql } from 'drizzle-orm';
import type { StreamReader, Table } from '../../database/database.ts';
import { columnsAsStored } from '../../database/stored.ts';
import type { LoggedTable, Row } from '../logged.ts';

/** Rows per batch between yields. */
const SIZE = 250;

/** All rows of a table as stored, sorted by the id or code of their resource, in batches. */
export const storedRows = (reader: StreamReader, { table, of }: LoggedTable): AsyncIterable<Row[]> =>
  reader.batches(`verification.${table}`, {}, SIZE, (db) => {
    const from = db.tables[table] as Table;
    return db
      .select(columnsAsStored(from))
      .from(from)
      .orderBy(sql`${(from as never)[of]}`);
  });
