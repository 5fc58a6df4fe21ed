/** Readers and transactions on a PostgreSQL connection. */
import { createHash } from 'node:crypto';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import * as columns from './columns.postgres.ts';
import type { Reader, Revision, StreamReader, Transaction } from './database.ts';
import { inserter } from './insert-rows.ts';
import { type Compiled, compile, shapeCache, type Values } from './prepared.ts';
import { defineTables, type Tables } from './tables.ts';

const tables = defineTables(columns);
const { functions } = columns;

type Client = pg.Pool | pg.PoolClient;

export interface Statement extends Compiled {
  /** The name under which connections cache its plan, if they do. */
  name: string | undefined;
}

/** Values of one statement that inserts rows: as many as pay off, of at most 65,535. */
const VALUES_AT_ONCE = 5_000;

const prepare = shapeCache<Statement>();

/** The tables that a reader shows, and the statements built for them. */
interface Shown {
  tables: Tables;
  functions: Reader['functions'];
  prepare: typeof prepare;
  /** Is awaited before each statement. */
  before?: ((sql: string) => Promise<void>) | undefined;
}

function named(query: PromiseLike<unknown>): Statement {
  const compiled = compile(query);
  const name = `luodi_${createHash('sha256').update(compiled.sql).digest('hex').slice(0, 32)}`;
  return { ...compiled, name };
}

export function readerOn(client: Client, shown: Shown = { tables, functions, prepare }): Reader {
  const { prepare, before, tables: shownTables, functions: known } = shown;
  const db = drizzle(client);
  const reader = {
    tables: shownTables,
    functions: known,
    select: db.select.bind(db),
    selectDistinct: db.selectDistinct.bind(db),
    prepared: async (shape: string, values: Values, build: (r: Reader) => PromiseLike<unknown>) => {
      const statement = prepare(shape, () => named(build(reader)));
      if (before) await before(statement.sql);
      const { rows } = await client.query({
        name: statement.name,
        text: statement.sql,
        values: statement.bind(values),
        rowMode: 'array',
      });
      return rows.map(statement.row);
    },
  } as unknown as Reader;
  return reader;
}

/** Reads rows through a cursor per call, which ends with the transaction. */
export function streamReaderOn(
  client: pg.PoolClient,
  shown: Shown = { tables, functions, prepare },
): StreamReader {
  const { prepare, before } = shown;
  const reader = readerOn(client, shown);
  let cursors = 0;
  return {
    ...reader,
    batches: async function* (
      shape: string,
      values: Values,
      size: number,
      build: (r: Reader) => PromiseLike<unknown>,
    ) {
      const statement = prepare(shape, () => named(build(reader)));
      if (before) await before(statement.sql);
      const cursor = `luodi_batches_${++cursors}`;
      await client.query(`declare ${cursor} no scroll cursor for ${statement.sql}`, statement.bind(values));
      const fetch = () => {
        const fetched = client.query({ text: `fetch ${size} from ${cursor}`, rowMode: 'array' });
        // Told to whoever takes it.
        fetched.catch(() => {});
        return fetched;
      };
      // One batch ahead: the server reads while the one before is used.
      for (let fetched = fetch(); ; ) {
        const { rows } = await fetched;
        const isLast = rows.length < size;
        if (!isLast) fetched = fetch();
        if (rows.length > 0) yield rows.map(statement.row);
        if (isLast) break;
      }
      await client.query(`close ${cursor}`);
    },
  } as unknown as StreamReader;
}

export function transactionOn(client: pg.PoolClient, log: Revision): Transaction {
  const db = drizzle(client);
  const reader = readerOn(client);
  const tx: Transaction = {
    ...reader,
    insert: db.insert.bind(db),
    update: db.update.bind(db),
    delete: db.delete.bind(db),
    perform: async (shape: string, values: Values, build: (t: Transaction) => PromiseLike<unknown>) => {
      const statement = prepare(shape, () => named(build(tx)));
      await client.query({
        name: statement.name,
        text: statement.sql,
        values: statement.bind(values),
      });
    },
    announceRows: async () => {},
    insertRows: inserter(() => tx, VALUES_AT_ONCE),
    log,
  } as unknown as Transaction;
  return tx;
}
