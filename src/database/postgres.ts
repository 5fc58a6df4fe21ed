/** The PostgreSQL engine, for when one machine is not enough. Loaded only if the URL requires it. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { byLabel } from '../core/metrics.ts';
import { moduleBeside } from '../core/module-beside.ts';
import { type ServerSettings, serverSettings } from '../core/server-url.ts';
import type { Asker } from './asker.ts';
import type { Database, Reader, Revision, StreamWork, Transaction } from './database.ts';
import {
  GoneError,
  isDamage,
  isReadOnly,
  isSerializationFailure,
  NestedWriteError,
  ReadOnlyError,
} from './errors.ts';
import { expectCurrent } from './migrations.ts';
import { Pool } from './pool.ts';
import { loadingOn } from './postgres-load.ts';
import { LAST_APPLIED, migratePostgres } from './postgres-open.ts';
import { readerOn, streamReaderOn, transactionOn } from './postgres-reader.ts';
import { serversOf } from './postgres-servers.ts';
import { forgetShadows, shadowsOf } from './postgres-shadow.ts';
import { WorkThread } from './thread.ts';
import { fairTurns, WAITING } from './turns.ts';

const RETRIES = 5;
const NOT_SUPPORTED = '0A000';
const SNAPSHOT = 'begin isolation level repeatable read read only';
/** Not `read only`, which would also refuse to make temporary tables. */
const SHADOWED = 'begin isolation level repeatable read read write';
const WRITE = 'begin isolation level read committed read write';
/** A load waits for other writers; they do not wait for it. */
const PATIENTLY = 'set local lock_timeout = 60000';
/** Of every so many connections, one may be lent to a stream, which keeps it until its reader is done. */
const STREAM_SHARE = 4;
/** Of every so many connections, one is for statistics and one for searched or sorted pages. */
const TURN_SHARE = 3;
/** Connections that serve requests are read-only except in a write, and have these timeouts. */
const serving = ({ statementMs }: ServerSettings): string =>
  `set default_transaction_read_only = on; set lock_timeout = 5000; set statement_timeout = ${statementMs}`;

/** Connections that only read, unless in a write. */
export function poolOf(url: string, size?: number): pg.Pool {
  const settings = serverSettings(url) as ServerSettings;
  const servers = serversOf(settings);
  const pool = servers.pool({
    max: size ?? settings.pool,
    connectionTimeoutMillis: settings.connectMs,
    application_name: 'luodi',
    onConnect: async (client) => {
      // A connection lost while it is lent also emits an error here; without a listener it would end the
      // process.
      client.on('error', () => {});
      await servers.expectWanted(client);
      await client.query(serving(settings));
    },
  });
  // An idle connection that the server drops is replaced at the next use; without a listener it would end the
  // process.
  pool.on('error', () => {});
  return pool;
}

/** Runs a reading work in a snapshot. */
export async function* streamOn<Input, Part>(
  pool: pg.Pool,
  work: Pick<StreamWork<Input, Part>, 'run' | 'shadows'>,
  input: Input,
): AsyncGenerator<Part, void> {
  if (!work.shadows)
    return yield* streamed(pool, SNAPSHOT, (client) => work.run(streamReaderOn(client), input));
  let lent: pg.PoolClient | undefined;
  let isComplete = false;
  try {
    yield* streamed(pool, SHADOWED, (client) => {
      lent = client;
      return work.run({ ...streamReaderOn(client), shadows: shadowsOf(client) }, input);
    });
    isComplete = true;
  } finally {
    if (lent && !isComplete) forgetShadows(lent);
  }
}

export async function openPostgres(url: string): Promise<Database> {
  await migratePostgres(url);
  return postgresAt(url);
}

/** A database as it is there: it connects when it is first used. */
export function postgresAt(url: string): Database {
  const pool = poolOf(url);
  const read = readerOn(pool);
  const inside = new AsyncLocalStorage<true>();
  let commits = 0;

  const snapshot: Database['snapshot'] = (work) =>
    lend(pool, (client) => transaction(client, SNAPSHOT, () => work(streamReaderOn(client))));

  const atOnce = Math.max(1, Math.floor(pool.options.max / TURN_SHARE));
  const takingTurns = (): Database['analyze'] => {
    const turn = fairTurns({ atOnce, ofOne: Math.max(1, atOnce - 1), ...WAITING });
    return (work) => turn((asker) => lend(pool, (client) => whileWanted(pool, client, asker, work)));
  };

  const loading = <Part>(work: (tx: Transaction) => AsyncIterable<Part>, isFill: boolean) => {
    if (inside.getStore()) throw new NestedWriteError();
    return streamed(pool, `${WRITE}; ${PATIENTLY}`, (client) => loaded(client, work, isFill));
  };

  const residents = new Pool(1, () => new WorkThread(moduleBeside(import.meta, 'postgres-worker'), url));

  return {
    read,
    revision: async () => revisionOf(await pool.query(readRevision(''))),
    snapshot,
    analyze: takingTurns(),
    page: takingTurns(),
    streams: Math.max(1, Math.floor(pool.options.max / STREAM_SHARE)),
    stream: (work, input) =>
      work.resident ? residents.lendTo((thread) => thread.stream(work, input)) : streamOn(pool, work, input),
    write: async (work) => {
      if (inside.getStore()) throw new NestedWriteError();
      for (let attempt = 1; ; attempt++) {
        try {
          const value = await lend(pool, (client) => inside.run(true, () => writeOn(client, work)));
          commits += 1;
          return value;
        } catch (error) {
          if (!isSerializationFailure(error) || attempt === RETRIES) throw error;
          await sleep(10 * attempt * Math.random());
        }
      }
    },
    load: (work, input) => loading((tx) => work.load(tx, tx, input), false),
    loadHere: (work) => loading(work, true),
    metrics: async () => {
      const { rows } = await pool.query('select pg_database_size(current_database()) as bytes');
      return [
        {
          name: 'luodi_database_bytes',
          help: 'Size of the database.',
          type: 'gauge',
          value: Number(rows[0].bytes),
          labels: { file: 'database' },
        },
        ...byLabel(
          {
            name: 'luodi_connections',
            help: 'Connections to PostgreSQL; requests that wait for one.',
            type: 'gauge',
          },
          'state',
          { used: pool.totalCount - pool.idleCount, idle: pool.idleCount, awaited: pool.waitingCount },
        ),
        { name: 'luodi_commits_total', help: 'Commits.', type: 'counter', value: commits },
      ];
    },
    integrity: () => lend(pool, indexFaults),
    check: async () => {
      const { rows } = await pool.query(`select (${LAST_APPLIED}) as at, pg_is_in_recovery() as "isStandby"`);
      expectCurrent('postgres', rows[0]?.at);
      if (rows[0]?.isStandby) throw new ReadOnlyError('The PostgreSQL server is a standby.');
    },
    close: async () => {
      await Promise.all([residents.close(), pool.end()]);
    },
  };
}

const INDEXES = `select index.indexrelid::regclass::text as name from pg_index index
  join pg_class on pg_class.oid = index.indexrelid
  join pg_am on pg_am.oid = pg_class.relam and pg_am.amname = 'btree'
  where pg_class.relnamespace = current_schema()::regnamespace order by 1`;

/** What `amcheck` finds in the indexes, where that extension is installed and may be used. */
async function indexFaults(client: pg.PoolClient): Promise<string[]> {
  const installed = await client.query("select 1 from pg_extension where extname = 'amcheck'");
  if (installed.rows.length === 0) return [];
  const faults: string[] = [];
  const { rows } = await client.query(INDEXES);
  for (const { name } of rows) {
    await client.query('begin read only; set local statement_timeout = 0');
    await client.query('select bt_index_check($1::regclass)', [name]).catch((error: Error) => {
      if (!isDamage(error)) throw error;
      faults.push(error.message);
    });
    await client.query('rollback');
  }
  return faults;
}

async function lend<T>(pool: pg.Pool, use: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    return await use(client);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    release(client, failure);
  }
}

/** Runs a snapshot and cancels its statement when the caller disconnects. */
async function whileWanted<T>(
  pool: pg.Pool,
  client: pg.PoolClient,
  { signal }: Asker,
  work: (reader: Reader) => Promise<T>,
): Promise<T> {
  let cancelling: Promise<unknown> = Promise.resolve();
  const { processID } = client as pg.PoolClient & { processID: number };
  const cancel = () => {
    cancelling = pool.query('select pg_cancel_backend($1)', [processID]).catch(() => {});
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await transaction(client, SNAPSHOT, async () => {
      try {
        return await work(readerOn(client));
      } finally {
        signal.removeEventListener('abort', cancel);
        // A late cancellation must not hit the next user of the connection.
        await cancelling;
      }
    });
  } catch (error) {
    if (signal.aborted) throw new GoneError('', { cause: error });
    throw error;
  }
}

/** A connection whose rollback failed is not reused, nor one to a server that accepts no writes any more. */
const release = (client: pg.PoolClient, failure: Error | undefined): void =>
  client.release(failure && ('connectionLost' in failure || isReadOnly(failure)) ? failure : undefined);

async function transaction<T>(client: pg.PoolClient, begin: string, work: () => Promise<T>): Promise<T> {
  await started(client, begin);
  try {
    const value = await work();
    await commit(client);
    return value;
  } catch (error) {
    await client.query('rollback').catch(() => Object.assign(error as Error, { connectionLost: true }));
    throw error;
  }
}

/** @throws ReadOnlyError on a standby, which has another code for a transaction that would write */
async function started(client: pg.PoolClient, begin: string): Promise<void> {
  await client.query(begin).catch((error: pg.DatabaseError) => {
    throw error.code === NOT_SUPPORTED ? new ReadOnlyError(error.message, { cause: error }) : error;
  });
}

async function commit(client: pg.PoolClient): Promise<void> {
  // If the work swallowed a failed statement, PostgreSQL answers COMMIT with ROLLBACK.
  const { command } = await client.query('commit');
  if (command !== 'COMMIT') throw new Error('A statement of the transaction had failed; nothing was kept.');
}

/**
 * As `transaction`, for work that yields parts: if abandoned, it is rolled back, which also closes its
 * cursors.
 */
async function* streamed<Part>(
  pool: pg.Pool,
  begin: string,
  work: (client: pg.PoolClient) => AsyncIterable<Part>,
): AsyncGenerator<Part, void> {
  const client = await pool.connect();
  let failure: Error | undefined;
  let isOver = false;
  try {
    await started(client, begin);
    yield* work(client);
    await commit(client);
    isOver = true;
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    if (!isOver) {
      await client.query('rollback').catch((lost: Error) => {
        failure = Object.assign(failure ?? lost, { connectionLost: true });
      });
    }
    release(client, failure);
  }
}

const readRevision = (lock: string) => ({
  name: `luodi_revision${lock && '_locked'}`,
  text: `select seq, hash from revision where id = 1 ${lock}`,
});

const revisionOf = ({ rows: [row] }: pg.QueryResult): Revision => ({ seq: Number(row.seq), hash: row.hash });

const writeOn = <T>(client: pg.PoolClient, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  transaction(client, WRITE, async () => {
    const log = await lockedLog(client);
    const before = log.seq;
    const value = await work(transactionOn(client, log));
    await moveLog(client, before, log);
    return value;
  });

async function* loaded<Part>(
  client: pg.PoolClient,
  work: (tx: Transaction) => AsyncIterable<Part>,
  isFill: boolean,
): AsyncGenerator<Part, void> {
  const log = await lockedLog(client);
  const before = log.seq;
  const { tx, sent, finish } = loadingOn(client, log, isFill && before === 0);
  try {
    yield* work(tx);
    await finish();
  } catch (error) {
    await sent();
    throw error;
  }
  await moveLog(client, before, log);
}

/** Takes the lock first, so that entries are numbered in commit order. */
const lockedLog = async (client: pg.PoolClient): Promise<Revision> =>
  revisionOf(await client.query(readRevision('for update')));

async function moveLog(client: pg.PoolClient, before: number, { seq, hash }: Revision): Promise<void> {
  if (seq !== before) await client.query('update revision set seq = $1, hash = $2 where id = 1', [seq, hash]);
}
