/** The interface between features and engines. Features know only these types. */
import type { PgDatabase, PgQueryResultHKT, PgTable as Table } from 'drizzle-orm/pg-core';
import type { functions } from './columns.postgres.ts';
import type { Values } from './prepared.ts';
import type { Tables } from './tables.ts';

/** Drizzle's types for what a feature handles, in words that name no engine. */
export type { PgColumn as Column, PgSelect as Select, PgTable as Table } from 'drizzle-orm/pg-core';

type Builder = PgDatabase<PgQueryResultHKT>;

/** What a query may use: drizzle's common subset, and statements prepared once per shape. */
export interface Reader extends Pick<Builder, 'select' | 'selectDistinct'> {
  readonly tables: Tables;
  readonly functions: typeof functions;
  /**
   * The rows of a query that is built and prepared once per `shape` and connection, then only run.
   * Two calls with one shape must build the same SQL; what varies goes through `sql.placeholder`.
   */
  prepared<Row>(shape: string, values: Values, build: (reader: Reader) => PromiseLike<Row[]>): Promise<Row[]>;
}

/** A reader for work whose rows do not all fit into memory. */
export interface StreamReader extends Reader {
  /**
   * As `prepared`, but `size` rows at a time from one statement: sorted once, however many there are, and never
   * more of them in memory.
   */
  batches<Row>(
    shape: string,
    values: Values,
    size: number,
    build: (reader: Reader) => PromiseLike<Row[]>,
  ): AsyncIterable<Row[]>;
}

/** Work that yields parts for as long as they are read. */
export interface StreamWork<Input, Part> {
  /** The module that exports `run`; where the work has a thread of its own, it is loaded there. */
  readonly module: URL;
  /** Whether it keeps something of every row, such as the keys that no two may share; others have less memory. */
  readonly remembersRows?: boolean;
  /** @param input plain data, which can be sent to a thread; so can the parts. Of bytes, the buffer itself is sent. */
  run(reader: StreamReader, input: Input): AsyncIterable<Part>;
}

/** A reader that may also write. Only `Database.write` and `Database.load` hand one out. */
export interface Transaction extends Reader, Pick<Builder, 'insert' | 'update' | 'delete'> {
  /** As `prepared`, for a statement without rows to give back. In a load, its failure may be told by a later call. */
  perform(shape: string, values: Values, build: (tx: Transaction) => PromiseLike<unknown>): Promise<void>;
  /**
   * Says that up to so many rows are about to come into a table. Those that are there before them may be looked up by
   * their keys only until the transaction ends, where the engine leaves its other indexes until then.
   */
  announceRows(table: Table, rows: number): Promise<void>;
  /** The end of the change log as this transaction sees it; `changes` moves it on with each entry. */
  readonly log: Revision;
}

/** Work that writes a large amount of data and yields its progress. */
export interface LoadWork<Input, Part> {
  /** The module that exports `load`; where the work has a thread of its own, it is loaded there. */
  readonly module: URL;
  /**
   * @param before what there was before the transaction; it may also show what that has written so far
   * @param input plain data, which can be sent to a thread; so can the parts
   */
  load(tx: Transaction, before: Reader, input: Input): AsyncIterable<Part>;
}

/** The number and hash of the last entry in the change log. */
export interface Revision {
  seq: number;
  hash: string;
}

export interface Database {
  /** Single statements, each seeing the latest commit. */
  readonly read: Reader;
  /** The current revision. One point lookup; it keys every cache and every collection's ETag. */
  revision(): Promise<Revision>;
  /** Short reads that must agree with each other. */
  snapshot<T>(work: (reader: Reader) => Promise<T>): Promise<T>;
  /**
   * As `snapshot`, for work that grows with the data: it never runs on the event loop, and takes turns (`fairTurns`).
   * @throws TooManyWaitingError at once where too many wait, GoneError when nobody waits for it any more
   */
  analyze<T>(work: (reader: Reader) => Promise<T>): Promise<T>;
  /** As `analyze`, for a page of records that is searched for or sorted: it takes turns of its own, behind no figures. */
  page<T>(work: (reader: Reader) => Promise<T>): Promise<T>;
  /**
   * What a work gives, from one snapshot that ends with it: read to its end, or given up (`return`, a `break`).
   * Off the event loop where the engine has threads, else in the batches that the work reads.
   */
  stream<Input, Part>(work: StreamWork<Input, Part>, input: Input): AsyncIterable<Part>;
  /** How many streams can run at once without blocking other requests; further streams wait for each other. */
  readonly streams: number;
  /**
   * Everything in `work` or nothing, durable when the promise resolves. Writes are serialized in commit order.
   * @throws NestedWriteError inside another write, BusyError when another process holds the lock for seconds
   */
  write<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * As `write`, for work that grows with its input: off the event loop where the engine has threads. Read to its end,
   * it is committed; broken off or given up (`return`, a `break`), nothing of it is. Other writers wait as for any
   * other write: some seconds, then they get a BusyError. Loads wait for each other.
   */
  load<Input, Part>(work: LoadWork<Input, Part>, input: Input): AsyncIterable<Part>;
  /** @throws when the database does not respond or writes would not be durable (readiness). */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** How many waiting writes share one commit, at most (SQLite). */
  groupLimit?: number;
}
