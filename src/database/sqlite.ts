/** SQLite behind the seam: query-only readers, worker readers for long work, and one writer that commits in groups. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { drizzle as drizzleProxy } from 'drizzle-orm/sqlite-proxy';
import type { Database, OpenOptions, Reader, Revision, Transaction } from './database.ts';
import { BusyError, isUnavailable, NestedWriteError, rootMessage, StartupError } from './errors.ts';
import { expectCurrent, migrationsFolder, refuseNewer } from './migrations.ts';
import { Pool } from './pool.ts';
import { type Compiled, compile, shapeCache, type Values } from './prepared.ts';
import { GENESIS } from './revision.ts';
import {
  BUSY_TIMEOUT_MS,
  type Client,
  functions,
  openReader,
  type Prepared,
  readerOn,
  tables,
} from './sqlite-reader.ts';
import { SqliteThread } from './sqlite-thread.ts';

const BUSY_GIVE_UP_MS = 5_000;
/** As much as SQLite takes. It reserves addresses, not memory. */
const MMAP_BYTES = 2_147_418_112;
const SNAPSHOT_READERS = 8;
const ANALYSIS_THREADS = 2;
const STREAM_THREADS = 2;
/** Rows come and go: without limits V8 lets several times as much lie about before it clears it away. */
const STREAM_LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 96 };
const GROUP_LIMIT = 256;
const LAST_APPLIED = 'select max(created_at) from __drizzle_migrations';

export async function openSqlite(path: string, options: OpenOptions): Promise<Database> {
  const file = resolve(path);
  const writer = openWriter(file);
  const reader = openMapped(file);
  const read = readerOn(reader);
  // Requests that arrive in one turn of the event loop share one lookup, unless a commit comes between them.
  let lookedUp: Promise<Revision> | null = null;
  const forget = () => {
    lookedUp = null;
  };
  const write = groupCommit(writer, options.groupLimit ?? GROUP_LIMIT, forget);
  const snapshots = new Pool(SNAPSHOT_READERS, () => {
    const client = openMapped(file);
    return { client, reader: readerOn(client), close: () => client.close() };
  });
  // Apart from the others, so that whoever takes a stream slowly holds up nobody's figures.
  const streams = new Pool(STREAM_THREADS, () => new SqliteThread(file, STREAM_LIMITS));
  const threads = new Pool(ANALYSIS_THREADS, () => {
    const thread = new SqliteThread(file);
    return {
      thread,
      reader: readerOnThread(thread),
      get usable() {
        return thread.usable;
      },
      close: () => thread.close(),
    };
  });
  const revision = reader.prepare<[], Revision>('select seq, hash from revision where id = 1');
  const applied = reader.prepare(LAST_APPLIED);

  return {
    read,
    revision: () => {
      if (lookedUp === null) {
        lookedUp = Promise.resolve(revision.get() as Revision);
        setImmediate(forget);
      }
      return lookedUp;
    },
    snapshot: (work) =>
      snapshots.lend(async ({ client, reader }) => {
        client.exec('begin');
        try {
          return await work(reader);
        } finally {
          client.exec('commit');
        }
      }),
    analyze: (work) =>
      threads.lend(async ({ thread, reader }) => {
        await thread.run('begin', []);
        try {
          return await work(reader);
        } finally {
          await thread.run('commit', []);
        }
      }),
    streams: STREAM_THREADS,
    stream: (work, input) => streams.lendTo((thread) => thread.stream(work, input)),
    write,
    check: async () => {
      expectCurrent('sqlite', applied.pluck().get());
      const level = writer.pragma('synchronous', { simple: true });
      if (level !== 2) throw new Error(`SQLite runs at synchronous=${level}, not FULL (2)`);
    },
    close: async () => {
      await write.idle();
      await Promise.all([snapshots.close(), threads.close(), streams.close()]);
      reader.close();
      tidyUp(writer);
      writer.close();
    },
  };
}

/** Statistics for the planner, and everything out of the write-ahead log, so that the one file is the database. */
function tidyUp(writer: Client): void {
  try {
    writer.pragma('optimize');
    writer.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    // Another process holds the file: the log stays beside it, and nothing is lost.
    if (!isUnavailable(error)) throw error;
  }
}

function openWriter(file: string): Client {
  const folder = dirname(file);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    if (existsSync(file)) accessSync(file, constants.W_OK);
  } catch (error) {
    throw new StartupError(`The database cannot be written at ${file}: ${rootMessage(error)}`);
  }
  let client: Client | undefined;
  try {
    client = new Sqlite(file, { timeout: BUSY_TIMEOUT_MS });
    refuseForeign(client, file);
    client.pragma('journal_mode = WAL');
    // Reopened in WAL mode, better-sqlite3 runs at NORMAL, where a power cut can take committed data.
    client.pragma('synchronous = FULL');
    client.pragma('trusted_schema = OFF');
    migrateSqlite(client, file);
    // Statistics for the planner, where they are missing or out of date: from a sample. Full ones would take seconds of
    // a large file, and histograms have SQLite plan a statement anew whenever another day is bound to it.
    client.pragma('analysis_limit = 1000');
    client.pragma('optimize = 0x10002');
    return client;
  } catch (error) {
    client?.close();
    if (error instanceof StartupError) throw error;
    throw new StartupError(`The database ${file} cannot be opened: ${rootMessage(error)}`);
  }
}

/** Refuses a database that something else made, rather than add tables to it. */
function refuseForeign(client: Client, file: string): void {
  const names = client.prepare("select name from sqlite_schema where type = 'table'").pluck().all();
  const made = names.filter((name) => name !== '__drizzle_migrations' && !String(name).startsWith('sqlite_'));
  if (made.length > 0 && !(made.includes('revision') && made.includes('changes'))) {
    throw new StartupError(`${file} is a SQLite database, but not one of Luodi's`);
  }
}

function migrateSqlite(client: Client, file: string): void {
  const folder = migrationsFolder('sqlite');
  const known = client
    .prepare("select count(*) from sqlite_schema where name = '__drizzle_migrations'")
    .pluck()
    .get();
  if (known) refuseNewer(file, folder, client.prepare(LAST_APPLIED).pluck().get());
  // drizzle-kit rebuilds a table by copying and dropping it, which would delete the rows that refer to it;
  // its own PRAGMA foreign_keys=OFF has no effect inside the migrator's transaction.
  client.pragma('foreign_keys = OFF');
  migrate(drizzle(client), { migrationsFolder: folder });
  // The check reads everything, so it runs once for each migration; until it has passed, every start runs it again.
  const migratedAt = Math.floor(Number(client.prepare(LAST_APPLIED).pluck().get()) / 1_000);
  if (client.pragma('user_version', { simple: true }) !== migratedAt) {
    const broken = client.pragma('foreign_key_check') as unknown[];
    if (broken.length > 0) {
      throw new StartupError(`${file} has ${broken.length} rows that refer to rows that do not exist`);
    }
    client.pragma(`user_version = ${migratedAt}`);
  }
  client.pragma('foreign_keys = ON');
  client.prepare('insert or ignore into revision (id, seq, hash) values (1, 0, ?)').run(GENESIS);
}

/** Rows far apart in a large file are read from memory that the system shares, without a call for each page. */
function openMapped(file: string): Client {
  const client = openReader(file);
  client.pragma(`mmap_size = ${MMAP_BYTES}`);
  return client;
}

function readerOnThread(thread: SqliteThread): Reader {
  const db = drizzleProxy(async (sql, params) => ({ rows: await thread.run(sql, params) }));
  const prepare = shapeCache<Compiled>();
  const reader = {
    tables,
    functions,
    select: db.select.bind(db),
    selectDistinct: db.selectDistinct.bind(db),
    prepared: async (shape: string, values: Values, build: (r: Reader) => PromiseLike<unknown>) => {
      const compiled = prepare(shape, () => compile(build(reader)));
      const rows = await thread.run(compiled.sql, compiled.bind(values));
      return rows.map(compiled.row);
    },
  } as unknown as Reader;
  return reader;
}

function transactionOn(client: Client, log: Revision): Transaction {
  const db = drizzle(client);
  const prepare = shapeCache<Prepared>();
  const tx: Transaction = {
    ...readerOn(client),
    insert: db.insert.bind(db),
    update: db.update.bind(db),
    delete: db.delete.bind(db),
    perform: async (shape: string, values: Values, build: (t: Transaction) => PromiseLike<unknown>) => {
      const { compiled, statement } = prepare(shape, () => {
        const compiled = compile(build(tx));
        return { compiled, statement: client.prepare(compiled.sql) };
      });
      statement.run(...compiled.bind(values));
    },
    log,
  } as unknown as Transaction;
  return tx;
}

interface Job {
  askedAt: number;
  work: (tx: Transaction) => Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

type Write = Database['write'] & {
  /** Resolves when nothing waits to be written. */
  idle(): Promise<void>;
};

/**
 * The writer: takes everything that waits, runs each work in a savepoint of its own, commits once, and only then
 * answers them all. One sync of the disk is shared by the group; a work that fails takes only itself back.
 */
function groupCommit(client: Client, limit: number, onCommit: () => void): Write {
  const inside = new AsyncLocalStorage<true>();
  const log: Revision = { seq: 0, hash: '' };
  const tx = transactionOn(client, log);
  const readLog = client.prepare<[], Revision>('select seq, hash from revision where id = 1');
  const writeLog = client.prepare('update revision set seq = ?, hash = ? where id = 1');
  const [begin, savepoint, release, rollbackTo, commit] = [
    'begin immediate',
    'savepoint work',
    'release work',
    'rollback to work',
    'commit',
  ].map((sql) => client.prepare(sql)) as [
    Sqlite.Statement,
    Sqlite.Statement,
    Sqlite.Statement,
    Sqlite.Statement,
    Sqlite.Statement,
  ];

  let waiting: Job[] = [];
  let draining: Promise<void> | null = null;

  async function drain(): Promise<void> {
    // What arrives in one turn of the event loop shares one commit.
    await new Promise((turn) => setImmediate(turn));
    while (waiting.length > 0) {
      const group = waiting.slice(0, limit);
      waiting = waiting.slice(limit);
      await runGroup(group);
    }
    draining = null;
  }

  async function runGroup(group: readonly Job[]): Promise<void> {
    let answers: (() => void)[];
    try {
      await beginWhenFree(() => begin.run(), (group[0] as Job).askedAt + BUSY_GIVE_UP_MS);
      Object.assign(log, readLog.get());
      const { seq } = log;
      answers = [];
      for (const job of group) answers.push(await runJob(job));
      if (log.seq !== seq) writeLog.run(log.seq, log.hash);
      commit.run();
      onCommit();
    } catch (error) {
      if (client.inTransaction) client.exec('rollback');
      for (const job of group) job.reject(error);
      return;
    }
    for (const answer of answers) answer();
  }

  /** @throws when the whole transaction is gone (a full disk takes more than the savepoint). */
  async function runJob(job: Job): Promise<() => void> {
    const before = { ...log };
    savepoint.run();
    try {
      const value = await inside.run(true, () => job.work(tx));
      release.run();
      return () => job.resolve(value);
    } catch (error) {
      if (!client.inTransaction) throw error;
      rollbackTo.run();
      release.run();
      Object.assign(log, before);
      return () => job.reject(error);
    }
  }

  const write = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => {
    if (inside.getStore()) return Promise.reject(new NestedWriteError());
    return new Promise<T>((resolve, reject) => {
      waiting.push({ askedAt: performance.now(), work, resolve: resolve as Job['resolve'], reject });
      draining ??= drain();
    });
  };
  return Object.assign(write, { idle: async () => draining ?? undefined });
}

/** @throws BusyError when another process still holds the lock at the deadline */
async function beginWhenFree(begin: () => void, deadline: number): Promise<void> {
  for (;;) {
    try {
      begin();
      return;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      if (performance.now() > deadline) {
        throw new BusyError('The database is locked by another process.', { cause: error });
      }
      await sleep(25);
    }
  }
}
