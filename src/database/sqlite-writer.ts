/** Writing to SQLite: the transaction that features use, and the writer with group commit. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { Database, Revision, Transaction } from './database.ts';
import { BusyError, isUnavailable, NestedWriteError } from './errors.ts';
import { inserter } from './insert-rows.ts';
import { compile, shapeCache, type Values } from './prepared.ts';
import { type Client, type Prepared, readerOn } from './sqlite-reader.ts';
import { READ_ENTRY, READ_LOG, type Watch } from './sqlite-watch.ts';

/** How long a write waits for other writers before it is refused. */
export const BUSY_GIVE_UP_MS = 5_000;

/** The size to which the write-ahead log is cut when it is begun anew; usually it is a quarter of that. */
const LOG_BYTES = 16 * 1024 * 1024;

/** Configures a connection for writing. */
export function prepareForWriting(client: Client): void {
  // When reopening a file in WAL mode, better-sqlite3 uses NORMAL, and a power cut can lose committed data.
  client.pragma('synchronous = FULL');
  client.pragma('trusted_schema = OFF');
  // What a long read or a full disk made it grow to is given back.
  client.pragma(`journal_size_limit = ${LOG_BYTES}`);
}

/**
 * A transaction on a connection that has begun one.
 * @param log the end of the change log, advanced as entries are written
 */
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
    announceRows: async () => {},
    insertRows: inserter(() => tx, 1),
    log,
  } as unknown as Transaction;
  return tx;
}

export const WRITE_LOG = 'update revision set seq = ?, hash = ? where id = 1';

/** Reads and updates the number and hash of the last entry in the change log. */
function logOn(client: Client) {
  const read = client.prepare<[], Revision>(READ_LOG);
  const entry = client.prepare<[number], string>(READ_ENTRY).pluck();
  const write = client.prepare(WRITE_LOG);
  return {
    read: () => read.get() as Revision,
    entry: (seq: number) => entry.get(seq),
    write: ({ seq, hash }: Revision) => write.run(seq, hash),
  };
}

interface Job {
  askedAt: number;
  work: (tx: Transaction) => Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** Another connection is writing, until the promise from `begin` settles. */
interface Turn {
  begin: () => Promise<void>;
}

type Write = Database['write'] & {
  /** What it has done so far. */
  readonly counts: { waiting(): number; commits: number; writes: number };
  /** Resolves when no writes are waiting. */
  idle(): Promise<void>;
  /**
   * Waits for its turn and yields to another connection of this process, which would otherwise block the
   * event loop while it holds the lock.
   * @returns to be called when that connection is done
   */
  standBack(): Promise<() => void>;
};

/** How often writers waiting for another connection are checked for their timeout. */
const REFUSE_EVERY_MS = 100;

/**
 * The writer: takes all waiting jobs, runs each in its own savepoint, commits once, and only then resolves
 * them. The group shares one disk sync; a job that fails rolls back only itself.
 */
export function groupCommit(client: Client, watch: Watch, limit: number, onCommit: () => void): Write {
  const inside = new AsyncLocalStorage<true>();
  const log: Revision = { seq: 0, hash: '' };
  const tx = transactionOn(client, log);
  const kept = logOn(client);
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

  let waiting: (Job | Turn)[] = [];
  const counts = { waiting: () => waiting.length, commits: 0, writes: 0 };
  let draining: Promise<void> | null = null;

  async function drain(): Promise<void> {
    // Writes that arrive in the same event-loop turn share one commit.
    await new Promise((turn) => setImmediate(turn));
    for (;;) {
      const [first] = waiting;
      if (!first) break;
      if ('begin' in first) {
        waiting.shift();
        await others(first);
        continue;
      }
      const turn = waiting.findIndex((one) => 'begin' in one);
      const group = waiting.slice(0, Math.min(limit, turn < 0 ? limit : turn)) as Job[];
      waiting = waiting.slice(group.length);
      await runGroup(group);
    }
    draining = null;
  }

  /** Meanwhile refuses writers that have waited too long. */
  async function others(turn: Turn): Promise<void> {
    const refusing = setInterval(() => {
      const latest = performance.now() - BUSY_GIVE_UP_MS;
      const late = (one: Job | Turn): one is Job => 'work' in one && one.askedAt < latest;
      const refused = waiting.filter(late);
      waiting = waiting.filter((one) => !late(one));
      for (const job of refused) job.reject(new BusyError('Much is being written at once.'));
    }, REFUSE_EVERY_MS);
    await turn.begin();
    clearInterval(refusing);
    onCommit();
  }

  async function runGroup(group: readonly Job[]): Promise<void> {
    let answers: (() => void)[];
    try {
      watch.expectSame();
      await beginWhenFree(() => begin.run(), (group[0] as Job).askedAt + BUSY_GIVE_UP_MS);
      Object.assign(log, kept.read());
      watch.expectContinued(log, kept.entry);
      const { seq } = log;
      answers = [];
      for (const job of group) answers.push(await runJob(job));
      if (log.seq !== seq) kept.write(log);
      commit.run();
      counts.commits += 1;
      counts.writes += group.length;
      onCommit();
      // What was written to a file that has gone is not kept, so it is not acknowledged.
      watch.committed(log);
    } catch (error) {
      if (client.inTransaction) client.exec('rollback');
      for (const job of group) job.reject(error);
      return;
    }
    for (const answer of answers) answer();
  }

  /** @throws if the whole transaction is lost (a full disk rolls back more than the savepoint) */
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

  const enqueue = (one: Job | Turn): void => {
    waiting.push(one);
    draining ??= drain();
  };

  const write = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> => {
    if (inside.getStore()) return Promise.reject(new NestedWriteError());
    return new Promise<T>((resolve, reject) => {
      enqueue({ askedAt: performance.now(), work, resolve: resolve as Job['resolve'], reject });
    });
  };
  return Object.assign(write, {
    counts,
    idle: async () => draining ?? undefined,
    standBack: () => {
      if (inside.getStore()) return Promise.reject(new NestedWriteError());
      return new Promise<() => void>((give) => {
        enqueue({ begin: () => new Promise<void>((over) => give(over)) });
      });
    },
  });
}

/** @throws BusyError when another process still holds the lock at the deadline */
export async function beginWhenFree(begin: () => unknown, deadline: number): Promise<void> {
  for (;;) {
    try {
      await begin();
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
