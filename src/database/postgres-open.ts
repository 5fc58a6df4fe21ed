/** Connects to PostgreSQL for the first time: creates the schema if it is missing, and migrates it. */
import type pg from 'pg';
import { type ServerSettings, serverSettings } from '../core/server-url.ts';
import { StartupError } from '../core/startup-error.ts';
import type { MigrationPlan } from './database.ts';
import { rootMessage } from './errors.ts';
import { type Migration, migrationsOf, pendingIn, planOf } from './migrations.ts';
import { serversOf } from './postgres-servers.ts';
import { GENESIS } from './revision.ts';

export const LAST_APPLIED = 'select max(created_at) as at from drizzle.__drizzle_migrations';

/**
 * An arbitrary number that no other program should use; instances that start together migrate one after the
 * other.
 */
const MIGRATION_LOCK = 0x6c756f6469;

/** As drizzle's migrator makes it, which migrated the first databases. */
const NOTES = `
  create schema if not exists drizzle;
  create table if not exists drizzle.__drizzle_migrations (
    id serial primary key, hash text not null, created_at bigint
  )`;

/** A migration waits for its turn, and takes the time that it needs. */
const PATIENTLY = 'set local lock_timeout = 0; set local statement_timeout = 0';

/** No server can be used. */
class AwayError extends StartupError {}

/** @throws StartupError with one line for the operator */
export const migratePostgres = (url: string): Promise<void> =>
  connected(url, async (client, name, server, settings) => {
    await expectSessions(client, server, settings);
    await migrate(client, name);
  });

/** @throws StartupError if a replica is there but cannot be used; it may be away */
export const expectReplicaSessions = (url: string): Promise<void> =>
  connected(url, (client, _, server, settings) => expectSessions(client, server, settings)).catch(
    (error: Error) => {
      if (!(error instanceof AwayError)) throw new StartupError(`DATABASE_READ_URL: ${error.message}`);
    },
  );

/**
 * Prepared statements and settings belong to a session, so a pooler must not give a connection a different one
 * for each transaction: PgBouncer needs `pool_mode=session`.
 * @throws StartupError
 */
async function expectSessions(client: pg.Client, server: string, settings: ServerSettings): Promise<void> {
  if (settings.pool === 1) return;
  const session = async (one: pg.Client): Promise<number> =>
    (await one.query('select pg_backend_pid() as pid')).rows[0].pid;
  const other = serversOf(settings).connection(server);
  try {
    await other.connect();
    const before = await session(client);
    // A pooler gives it the session that was just used, and then the first connection another one.
    await other.query('begin');
    const isShared = (await session(other)) === before || (await session(client)) !== before;
    await other.query('rollback');
    if (isShared) {
      throw new StartupError(
        'The pooler in front of PostgreSQL changes sessions between transactions; Luodi needs sessions of its own (PgBouncer: pool_mode=session).',
      );
    }
  } finally {
    await other.end().catch(() => {});
  }
}

/** What opening a database would do to it. Changes nothing. @throws StartupError */
export const planPostgres = (url: string): Promise<MigrationPlan> =>
  connected(url, async (client, name) => {
    const applied = await appliedIn(client);
    const migrations = migrationsOf('postgres');
    const pending = pendingIn(name, migrations, applied);
    return planOf(migrations, pending, { isNew: applied === null, copy: null });
  });

/** Works on the first server that is reachable, and is a primary if that is wanted. */
async function connected<T>(
  url: string,
  work: (client: pg.Client, name: string, server: string, settings: ServerSettings) => Promise<T>,
): Promise<T> {
  const settings = serverSettings(url) as ServerSettings;
  const servers = serversOf(settings);
  const reasons: string[] = [];
  for (const server of settings.servers) {
    const client = servers.connection(server);
    try {
      await client.connect();
      await servers.expectWanted(client);
      return await work(client, `The database ${settings.database}`, server, settings);
    } catch (error) {
      if (error instanceof StartupError) throw error;
      const { hostname, port, pathname } = new URL(server);
      reasons.push(`${hostname}:${port || 5432}${pathname} cannot be used: ${rootMessage(error)}`);
    } finally {
      await client.end().catch(() => {});
    }
  }
  throw new AwayError(`PostgreSQL at ${reasons.join('; at ')}`);
}

/** When the last migration was applied; null if none was. */
async function appliedIn(client: pg.Client): Promise<unknown> {
  const known = await client.query("select to_regclass('drizzle.__drizzle_migrations') is not null as known");
  return known.rows[0].known ? (await client.query(LAST_APPLIED)).rows[0].at : null;
}

/**
 * Looks and migrates under one lock, so that instances that start together do it once. Where nothing is to be
 * done nothing is written, so that a standby can be served from.
 */
async function migrate(client: pg.Client, name: string): Promise<void> {
  const migrations = migrationsOf('postgres');
  const pending = async () => pendingIn(name, migrations, await appliedIn(client));
  if ((await pending()).length === 0) return;
  await client.query(`begin isolation level read committed read write; ${PATIENTLY}`);
  await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
  await apply(client, await pending());
  await client.query('commit');
}

async function apply(client: pg.Client, pending: readonly Migration[]): Promise<void> {
  await client.query(NOTES);
  for (const { hash, when, statements } of pending) {
    for (const statement of statements) await client.query(statement);
    await client.query('insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)', [
      hash,
      when,
    ]);
  }
  await client.query('insert into revision (id, seq, hash) values (1, 0, $1) on conflict do nothing', [
    GENESIS,
  ]);
}
