import { sql } from 'drizzle-orm';
import type { StreamReader, Table } from '../../database/database.ts';
import { columnsAsStored } from '../../database/stored.ts';
import type { LoggedTable, Row } from '../logged.ts';

/** Rows read between two looks at anything else. */
const SIZE = 250;

/** Every row of a table as it is stored, by the id or code of what it belongs to, some at a time. */
export const storedRows = (reader: StreamReader, { table, of }: LoggedTable): AsyncIterable<Row[]> =>
  reader.batches(`verification.${table}`, {}, SIZE, (db) => {
    const from = db.tables[table] as Table;
    return db
      .select(columnsAsStored(from))
      .from(from)
      .orderBy(sql`${(from as never)[of]}`);
  });
