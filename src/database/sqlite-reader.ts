/** A read-only SQLite connection, on the event loop's thread or on its own. */
import Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { drizzle as drizzleProxy } from 'drizzle-orm/sqlite-proxy';
import * as columns from './columns.sqlite.ts';
import type { Reader, StreamReader } from './database.ts';
import { type Compiled, compile, shapeCache, type Values } from './prepared.ts';
import type { SqliteThread } from './sqlite-thread.ts';
import { defineTables } from './tables.ts';
import type { Vocabulary } from './vocabulary.ts';

/** The one cast that allows SQLite behind PostgreSQL's types: the SQL in use is common to both. */
export const vocabulary = columns as unknown as Vocabulary;
export const tables = defineTables(vocabulary);
export const { functions } = vocabulary;

export type Client = Sqlite.Database;

/**
 * SQLite blocks its thread for this long while another process holds the lock; then asynchronous retries take
 * over.
 */
export const BUSY_TIMEOUT_MS = 250;

/** A read-only connection. */
export function openReader(file: string): Client {
  const client = new Sqlite(file, { timeout: BUSY_TIMEOUT_MS, fileMustExist: true });
  client.pragma('query_only = ON');
  client.pragma('trusted_schema = OFF');
  return client;
}

export interface Prepared {
  compiled: Compiled;
  statement: Sqlite.Statement;
}

type Build = (reader: Reader) => PromiseLike<unknown>;

export function readerOn(client: Client): Reader {
  return streamReaderOn(client);
}

/** What a reader shows. */
export interface Shown extends Pick<Reader, 'tables' | 'functions'> {
  /** Is awaited before each statement. */
  before?: ((sql: string) => Promise<void>) | undefined;
}

/** The builders shared by all ways of running statements. */
const buildersOf = (
  db: { select: Select; selectDistinct: Select },
  { tables: shown, functions: known }: Shown = { tables, functions },
) => ({
  tables: shown,
  functions: known,
  select: db.select.bind(db),
  selectDistinct: db.selectDistinct.bind(db),
});

// Drizzle's own types differ between drivers.
type Select = (...fields: never[]) => unknown;

/** A reader that also returns rows in batches, stepping through one statement. */
export function streamReaderOn(client: Client, shown: Shown = { tables, functions }): StreamReader {
  const { before } = shown;
  const db = drizzle(client);
  const prepare = shapeCache<Prepared>();
  const statementFor = (shape: string, build: Build): Prepared =>
    prepare(shape, () => {
      const compiled = compile(build(reader));
      return { compiled, statement: client.prepare(compiled.sql).raw() };
    });
  const reader = {
    ...buildersOf(db, shown),
    prepared: async (shape: string, values: Values, build: Build) => {
      const { compiled, statement } = statementFor(shape, build);
      if (before) await before(compiled.sql);
      return statement.all(...compiled.bind(values)).map((row) => compiled.row(row as unknown[]));
    },
    batches: async function* (shape: string, values: Values, size: number, build: Build) {
      const { compiled, statement } = statementFor(shape, build);
      if (before) await before(compiled.sql);
      let batch: unknown[] = [];
      for (const row of statement.iterate(...compiled.bind(values))) {
        batch.push(compiled.row(row as unknown[]));
        if (batch.length < size) continue;
        yield batch;
        batch = [];
      }
      if (batch.length > 0) yield batch;
    },
  } as unknown as StreamReader;
  return reader;
}

/** A reader on a connection in another thread. */
export function readerOnThread(thread: Pick<SqliteThread, 'run'>): Reader {
  const db = drizzleProxy(async (sql, params) => ({ rows: await thread.run(sql, params) }));
  const prepare = shapeCache<Compiled>();
  const reader = {
    ...buildersOf(db),
    prepared: async (shape: string, values: Values, build: Build) => {
      const compiled = prepare(shape, () => compile(build(reader)));
      return thread.run(compiled.sql, compiled.bind(values), compiled.row);
    },
  } as unknown as Reader;
  return reader;
}
