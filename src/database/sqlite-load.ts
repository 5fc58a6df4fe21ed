/**
 * Loads into SQLite: one thread computes the writes, another one executes them. The first one can safely read
 * the state from before, because nobody else can write meanwhile; it is one batch of statements ahead.
 */
import { getTableName } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/sqlite-proxy';
import type { Revision, Table, Transaction } from './database.ts';
import { inserter } from './insert-rows.ts';
import { type Compiled, compile, shapeCache, type Values } from './prepared.ts';
import { readerOnThread } from './sqlite-reader.ts';
import { type Commands, SqliteThread } from './sqlite-thread.ts';
import { READ_LOG } from './sqlite-watch.ts';
import { beginWhenFree, WRITE_LOG } from './sqlite-writer.ts';

/** How long a load waits for another process that is writing. */
const GIVE_UP_MS = 60_000;

/** A thread that executes the writes. Its memory is limited, since it only holds a batch of statements. */
export const writingThread = (file: string): SqliteThread =>
  new SqliteThread(file, { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 }, true);

/** Statements per message to the writing thread: some milliseconds of its work. */
const AT_ONCE = 256;

/** Statements on text indexes that wait for each other. */
const HELD = 512;

/** The names of the tables of text indexes. */
const TEXT_INDEXES = "select name from sqlite_schema where sql like 'create virtual table%'";

/**
 * Runs a work in a transaction on another thread: committed when the work completes, otherwise rolled back.
 * @param thread a `writingThread`
 */
export async function* loaded<Part>(
  thread: SqliteThread,
  work: (tx: Transaction) => AsyncIterable<Part>,
): AsyncGenerator<Part, void> {
  let isCommitted = false;
  // Each row touches a dozen places in indexes: with SQLite's default cache of 2 MB their pages are read
  // again and again.
  await thread.run('pragma cache_size = -32768', []);
  await beginWhenFree(() => thread.run('begin immediate', []), performance.now() + GIVE_UP_MS);
  try {
    const [[seq, hash] = []] = await thread.run(READ_LOG, []);
    const log = { seq, hash } as Revision;
    const textIndexes = (await thread.run(TEXT_INDEXES, [])).map(([name]) => `"${name}"`);
    const { tx, finish } = transactionOnThread(thread, log, textIndexes);
    yield* work(tx);
    await finish();
    if (log.seq !== seq) await thread.run(WRITE_LOG, [log.seq, log.hash]);
    await thread.run('commit', []);
    isCommitted = true;
  } finally {
    // Closing the connection discards what it has not committed.
    if (!isCommitted) await thread.run('rollback', []).catch(() => thread.close());
  }
}

/** Collects statements to be executed together. */
function collected() {
  let commands: Commands = { texts: [], runs: [] };
  let numbers = new Map<Compiled, number>();
  return {
    count: () => commands.runs.length,
    add: (compiled: Compiled, values: Values) => {
      let text = numbers.get(compiled);
      if (text === undefined) {
        text = commands.texts.push(compiled.sql) - 1;
        numbers.set(compiled, text);
      }
      commands.runs.push({ text, params: compiled.bind(values) });
    },
    take: (): Commands => {
      const taken = commands;
      commands = { texts: [], runs: [] };
      numbers = new Map();
      return taken;
    },
  };
}

/**
 * A transaction that sends its commands in batches without waiting for their results; reads do wait. Those on
 * text indexes wait for each other: before any statement that might fail halfway, as on a table with triggers,
 * FTS5 writes what it has gathered, which for one row each takes longer than all other tables together.
 */
function transactionOnThread(thread: SqliteThread, log: Revision, textIndexes: readonly string[]) {
  const commands = collected();
  const held = collected();
  let sent: Promise<void> = Promise.resolve();

  /**
   * Sends a batch once the previous one has been written.
   * @throws the failure of the previous one
   */
  async function send(batch: typeof commands): Promise<void> {
    await sent;
    if (batch.count() === 0) return;
    sent = thread.perform(batch.take());
    // A failure is reported to the next sender.
    sent.catch(() => {});
  }

  async function written(): Promise<void> {
    await send(commands);
    await send(held);
    await sent;
  }

  const run: SqliteThread['run'] = async (sql, params, made) => {
    await written();
    return thread.run(sql, params, made);
  };
  const indexes = indexesFor(run);
  const db = drizzle(async (sql, params) => ({ rows: await run(sql, params) }));
  const prepare = shapeCache<{ compiled: Compiled; isHeld: boolean }>();
  const tx = {
    ...readerOnThread({ run }),
    insert: db.insert.bind(db),
    update: db.update.bind(db),
    delete: db.delete.bind(db),
    perform: async (shape: string, values: Values, build: (t: Transaction) => PromiseLike<unknown>) => {
      const { compiled, isHeld } = prepare(shape, () => {
        const compiled = compile(build(tx));
        return { compiled, isHeld: textIndexes.some((name) => compiled.sql.includes(name)) };
      });
      const batch = isHeld ? held : commands;
      batch.add(compiled, values);
      if (batch.count() >= (isHeld ? HELD : AT_ONCE)) await send(batch);
    },
    announceRows: indexes.announceRows,
    // One to a statement: the other thread executes them by the batch anyway.
    insertRows: inserter(() => tx, 1),
    log,
  } as unknown as Transaction;
  const finish = async (): Promise<void> => {
    await written();
    await indexes.rebuild();
  };
  return { tx, finish };
}

/**
 * For a table that grows to several times its size, drops the indexes and rebuilds them at the end from
 * sorted rows: per row, that takes half the time of inserting into each of them.
 */
function indexesFor(run: SqliteThread['run']) {
  const rebuilt = new Map<string, string[]>();
  return {
    announceRows: async (table: Table, rows: number): Promise<void> => {
      const name = getTableName(table);
      const few = Math.floor(rows / GROWTH);
      const [more] = await run(`select 1 from ${name} limit 1 offset ${few}`, []);
      if (more || few === 0 || rebuilt.has(name)) return;
      const indexes = (await run(DROPPABLE, [name])) as [string, string][];
      for (const [index] of indexes) await run(`drop index ${index}`, []);
      // Without the indexes, rows are only appended; and sorting needs as much memory again as the cache.
      await run('pragma cache_size = -8192', []);
      rebuilt.set(
        name,
        indexes.map(([, sql]) => sql),
      );
    },
    rebuild: async (): Promise<void> => {
      for (const [table, indexes] of rebuilt) {
        for (const sql of indexes) await run(sql, []);
        await run('pragma analysis_limit = 1000', []);
        await run(`analyze ${table}`, []);
      }
    },
  };
}

/** Growth factor from which this pays off. */
const GROWTH = 4;

/** Indexes that enforce no constraint. */
const DROPPABLE =
  "select name, sql from sqlite_schema where type = 'index' and tbl_name = ? and sql like 'create index %'";
