/** The interface between features and engines. Features know only these types. */

import type { PgDatabase, PgQueryResultHKT, PgTable as Table } from 'drizzle-orm/pg-core';
import type { MetricSource } from '../core/metrics.ts';
import type { functions } from './columns.postgres.ts';
import type { Values } from './prepared.ts';
import type { Tables } from './tables.ts';

/** Drizzle's types under names that are independent of the engine. */
export type { PgColumn as Column, PgSelect as Select, PgTable as Table } from 'drizzle-orm/pg-core';

type Builder = PgDatabase<PgQueryResultHKT>;

/** The query interface: drizzle's common subset, and statements prepared once per shape. */
export interface Reader extends Pick<Builder, 'select' | 'selectDistinct'> {
  readonly tables: Tables;
  readonly functions: typeof functions;
  /**
   * The rows of a query that is built and prepared once per `shape` and connection, and then only executed.
   * Two calls with the same shape must build the same SQL; variable parts go through `sql.placeholder`.
   */
  prepared<Row>(shape: string, values: Values, build: (reader: Reader) => PromiseLike<Row[]>): Promise<Row[]>;
  /** What shows other rows than are stored, on this connection; only for works that ask for it. */
  readonly shadows?: Shadows;
  /**
   * For statements about no other resources of an entity than some: where rows are only shown once they are needed,
   * they need no others. Left out where all rows are there.
   */
  only?(entity: string, ids: readonly string[]): Promise<Reader>;
}

/** A row by its fields. */
export type Row = Readonly<Record<string, unknown>>;

/** Tables that show other rows of some resources than those that are stored. */
export interface Shadow {
  /** The revisions of the stored rows for which the shown ones are complete, by entity; for its user to keep. */
  readonly completeTo: Map<string, number>;
  /**
   * Shows other rows of some resources, or none.
   * @param of the column with the id or code of the resource that a row belongs to
   * @param keys resources whose rows have not been replaced yet
   */
  replace(table: keyof Tables, of: string, keys: readonly string[], rows: readonly Row[]): Promise<void>;
  /** Those of some resources whose rows have not been replaced yet. */
  missing(table: keyof Tables, keys: readonly string[]): Promise<string[]>;
  /**
   * Reads what is shown. To be taken anew after `replace` of a table whose rows had not been replaced before.
   * @param late what is to be shown before a statement that reads one of some tables
   */
  reader(late?: Late): StreamReader;
}

export interface Late {
  tables: readonly (keyof Tables)[];
  show(): Promise<void>;
}

/** Shadows of one connection; the least recently used one is dropped for a new one. */
export interface Shadows {
  /** @param revision the log that it shows ends there @param most how many are kept */
  at(revision: Revision, most: number): Promise<Shadow>;
}

/** A reader for results that do not fit into memory. */
export interface StreamReader extends Reader {
  /**
   * As `prepared`, but `size` rows at a time from one statement: sorted only once, and never more than `size`
   * rows in memory.
   */
  batches<Row>(
    shape: string,
    values: Values,
    size: number,
    build: (reader: Reader) => PromiseLike<Row[]>,
  ): AsyncIterable<Row[]>;
}

/** Work that yields its results in parts while they are read. */
export interface StreamWork<Input, Part> {
  /** The module that exports `run`; if the work has its own thread, it is loaded there. */
  readonly module: URL;
  /**
   * Whether it keeps something of every row in memory, such as unique keys; other work has a lower memory
   * limit.
   */
  readonly remembersRows?: boolean;
  /**
   * Whether it keeps something in memory between its runs, such as a copy of the data in another form. Its runs follow
   * each other on a thread of its own, whatever the engine; if the thread dies, the next run starts without.
   */
  readonly resident?: boolean;
  /** Whether its reader has `shadows`. */
  readonly shadows?: boolean;
  /**
   * @param input plain data that can be sent to a thread, as the parts must be; buffers are transferred, not
   * copied
   */
  run(reader: StreamReader, input: Input): AsyncIterable<Part>;
}

/** A reader that can also write. Only `Database.write` and `Database.load` provide one. */
export interface Transaction extends Reader, Pick<Builder, 'insert' | 'update' | 'delete'> {
  /** As `prepared`, for a statement that returns no rows. In a load, a later call may report its failure. */
  perform(shape: string, values: Values, build: (tx: Transaction) => PromiseLike<unknown>): Promise<void>;
  /**
   * Announces the number of rows about to be inserted into a table, at most. Until the transaction ends,
   * existing rows may then only be looked up by primary key, because the engine may rebuild the other indexes
   * at the end.
   */
  announceRows(table: Table, rows: number): Promise<void>;
  /**
   * Inserts rows that all have the same fields, in the way that suits the engine. In a load, a later call may
   * report its failure.
   */
  insertRows(table: Table, rows: readonly Row[]): Promise<void>;
  /** The end of the change log as this transaction sees it; recording a change advances it. */
  readonly log: Revision;
}

/** Work that writes a large amount of data and yields its progress. */
export interface LoadWork<Input, Part> {
  /** The module that exports `load`; if the work has its own thread, it is loaded there. */
  readonly module: URL;
  /**
   * @param before the state before the transaction; it may also show what the transaction has written so far
   * @param input plain data that can be sent to a thread, as the parts must be
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
  /** The current revision: one point lookup. It keys every cache and every collection's ETag. */
  revision(): Promise<Revision>;
  /** Short reads from one consistent state. */
  snapshot<T>(work: (reader: StreamReader) => Promise<T>): Promise<T>;
  /**
   * As `snapshot`, for work that grows with the data: it never runs on the event loop, and is queued
   * (`fairTurns`).
   * @throws TooManyWaitingError immediately if the queue is full, GoneError if nobody waits for the result
   * any more
   */
  analyze<T>(work: (reader: Reader) => Promise<T>): Promise<T>;
  /**
   * As `analyze`, for a searched or sorted page of records: it has its own queue, so it never waits behind
   * statistics.
   */
  page<T>(work: (reader: Reader) => Promise<T>): Promise<T>;
  /**
   * The parts of a work, from one snapshot that ends when the iteration completes or is abandoned (`return`,
   * `break`). Off the event loop if the engine has threads, otherwise in the batches that the work reads.
   */
  stream<Input, Part>(work: StreamWork<Input, Part>, input: Input): AsyncIterable<Part>;
  /**
   * How many streams can run at once without blocking other requests; further streams wait for each other.
   */
  readonly streams: number;
  /**
   * Runs `work` atomically; its result is durable when the promise resolves. Writes are serialized in commit
   * order.
   * @throws NestedWriteError inside another write, BusyError if another process holds the lock for seconds
   */
  write<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * As `write`, for work that grows with its input: off the event loop if the engine has threads. It is
   * committed when the iteration completes, and rolled back if it fails or is abandoned (`return`, `break`).
   * Other writers wait as for any write: for some seconds, then they get a BusyError. Loads are serialized.
   */
  load<Input, Part>(work: LoadWork<Input, Part>, input: Input): AsyncIterable<Part>;
  /** Another server that has the same, a little later. */
  readonly replica?: Replica;
  /**
   * As `load`, for a command that fills an empty database: the work runs in the caller's thread, because its input
   * comes from there, and nobody else reads meanwhile.
   */
  loadHere<Part>(work: (tx: Transaction) => AsyncIterable<Part>): AsyncIterable<Part>;
  /**
   * Writes its state at one moment to a new file, as a database of its own, without holding up writers. Only if
   * the engine can do that by itself; otherwise its rows can be copied (`copying.ts`). The file is not synced.
   */
  copyFile?(to: string): Promise<void>;
  /** What it says of itself to a monitor. */
  readonly metrics: MetricSource;
  /**
   * What the engine itself finds wrong with its files, as far as it can tell: it reads everything.
   * @returns one line for each finding, at most some; none if all is well
   */
  integrity(): Promise<string[]>;
  /** @throws if the database does not respond or writes would not be durable (readiness) */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface Replica {
  /** To be read only. */
  readonly database: Database;
  /** Whether it answers, and has an entry of the log; false for a while after it has failed. */
  has(seq: number): Promise<boolean>;
  /** Leaves it alone for a while. */
  rest(): void;
}

export interface OpenOptions {
  /** Maximum number of waiting writes that share one commit (SQLite). */
  groupLimit?: number;
  /** Whether a SQLite file is copied beside itself before it is migrated; true by default. */
  upgradeBackup?: boolean;
  /** The URL of a replica (PostgreSQL); none if empty. */
  readUrl?: string;
  /**
   * Whether only to read what another process may be serving: then it is not tidied up (SQLite), since that process
   * could not explain what changed its file.
   */
  isGuest?: boolean;
}

/** What a migration would do. */
export interface MigrationPlan {
  /** Whether there is no database yet. */
  isNew: boolean;
  /** The last migration that was applied; null if none was. */
  last: string | null;
  pending: readonly string[];
  /** The file to which the database is copied first; null if it is not. */
  copy: string | null;
}
