/** Opens a SQLite file for writing: creates it if it is missing, and migrates it. */
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { StartupError } from '../core/startup-error.ts';
import type { MigrationPlan, OpenOptions } from './database.ts';
import { BusyError, isUnavailable, rootMessage } from './errors.ts';
import { type Migration, migrationsOf, pendingIn, planOf } from './migrations.ts';
import { GENESIS } from './revision.ts';
import { BUSY_TIMEOUT_MS, type Client, openReader } from './sqlite-reader.ts';
import { BUSY_GIVE_UP_MS, beginWhenFree, prepareForWriting } from './sqlite-writer.ts';

export const LAST_APPLIED = 'select max(created_at) from __drizzle_migrations';

const NOTED = "select count(*) from sqlite_schema where name = '__drizzle_migrations'";
/** As drizzle's migrator makes it, which migrated the first databases. */
const NOTES =
  'create table if not exists __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)';

/** Another process may be writing: retries for as long as any write would wait. @throws StartupError */
export async function openWriter(file: string, options: OpenOptions): Promise<Client> {
  let writer: Client | undefined;
  try {
    await beginWhenFree(async () => {
      writer = await open(file, options);
    }, performance.now() + BUSY_GIVE_UP_MS);
  } catch (error) {
    if (!(error instanceof BusyError)) throw error;
    throw new StartupError(`The database ${file} cannot be opened: ${error.message}`, { cause: error });
  }
  return writer as Client;
}

async function open(file: string, options: OpenOptions): Promise<Client> {
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
    prepareForWriting(client);
    await migrate(client, file, options);
    if (options.isGuest) return client;
    // Planner statistics from a sample, if missing or outdated. Full statistics would take seconds on a large
    // file, and with histograms SQLite plans a statement again whenever another day is bound to it.
    client.pragma('analysis_limit = 1000');
    client.pragma('optimize = 0x10002');
    return client;
  } catch (error) {
    client?.close();
    if (error instanceof StartupError || isUnavailable(error)) throw error;
    throw new StartupError(`The database ${file} cannot be opened: ${rootMessage(error)}`, { cause: error });
  }
}

/** Refuses a database of another program, rather than add tables to it. */
function refuseForeign(client: Client, file: string): void {
  const names = client.prepare("select name from sqlite_schema where type = 'table'").pluck().all();
  const made = names.filter((name) => name !== '__drizzle_migrations' && !String(name).startsWith('sqlite_'));
  if (made.length > 0 && !(made.includes('revision') && made.includes('changes'))) {
    throw new StartupError(`${file} is a SQLite database, but was not created by Luodi`);
  }
}

/** When the last migration was applied; null if none was. */
const appliedIn = (client: Client): unknown =>
  client.prepare(NOTED).pluck().get() ? client.prepare(LAST_APPLIED).pluck().get() : null;

/**
 * Looks and migrates under one lock, so that processes that start together do it once; what fails, a dangling
 * reference included, changes nothing.
 */
async function migrate(client: Client, file: string, { upgradeBackup = true }: OpenOptions): Promise<void> {
  const migrations = migrationsOf('sqlite');
  if (pendingIn(file, migrations, appliedIn(client)).length === 0) return;
  // drizzle-kit rebuilds a table by copying and dropping it, which would delete the rows that refer to it;
  // its own PRAGMA foreign_keys=OFF has no effect inside a transaction.
  client.pragma('foreign_keys = OFF');
  client.exec('begin immediate');
  try {
    const applied = appliedIn(client);
    const pending = pendingIn(file, migrations, applied);
    if (upgradeBackup && applied !== null && pending.length > 0) await copyBefore(file, pending);
    apply(client, file, pending);
    client.exec('commit');
  } catch (error) {
    if (client.inTransaction) client.exec('rollback');
    throw error;
  }
  client.pragma('foreign_keys = ON');
}

function apply(client: Client, file: string, pending: readonly Migration[]): void {
  client.exec(NOTES);
  const note = client.prepare('insert into __drizzle_migrations (hash, created_at) values (?, ?)');
  for (const { hash, when, statements } of pending) {
    for (const statement of statements) client.exec(statement);
    note.run(hash, when);
  }
  const broken = client.pragma('foreign_key_check') as unknown[];
  if (broken.length > 0) {
    throw new StartupError(`${file} would have ${broken.length} rows that refer to rows that do not exist`);
  }
  client.prepare('insert or ignore into revision (id, seq, hash) values (1, 0, ?)').run(GENESIS);
}

/**
 * Where a database is copied to before it is migrated: a second attempt at the same upgrade replaces the copy
 * of the first, which changed nothing.
 */
const copyOf = (file: string, pending: readonly Migration[]): string => `${file}.before-${pending[0]?.tag}`;

async function copyBefore(file: string, pending: readonly Migration[]): Promise<void> {
  const copy = copyOf(file, pending);
  const unfinished = `${copy}.part`;
  const source = openReader(file);
  try {
    await rm(unfinished, { force: true });
    await source.backup(unfinished);
    await rename(unfinished, copy);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw new StartupError(
      `${file} cannot be copied to ${copy} before its upgrade: ${rootMessage(error)}. UPGRADE_BACKUP=false upgrades it without a copy.`,
      { cause: error },
    );
  } finally {
    source.close();
  }
}

/** What opening a file would do to it. Changes nothing. @throws StartupError */
export function planSqlite(file: string, { upgradeBackup = true }: OpenOptions): MigrationPlan {
  const migrations = migrationsOf('sqlite');
  if (!existsSync(file)) return planOf(migrations, migrations, { isNew: true, copy: null });
  let client: Client | undefined;
  try {
    client = openReader(file);
    refuseForeign(client, file);
    const applied = appliedIn(client);
    const pending = pendingIn(file, migrations, applied);
    const isCopied = upgradeBackup && applied !== null && pending.length > 0;
    return planOf(migrations, pending, {
      isNew: applied === null,
      copy: isCopied ? copyOf(file, pending) : null,
    });
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(`The database ${file} cannot be opened: ${rootMessage(error)}`, { cause: error });
  } finally {
    client?.close();
  }
}
