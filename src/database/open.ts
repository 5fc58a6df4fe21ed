/** Opens the database of a URL, with either engine. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { StartupError } from '../core/startup-error.ts';
import { refusingDamage } from './damage.ts';
import type { Database, MigrationPlan, OpenOptions } from './database.ts';
import { migrationsOf } from './migrations.ts';
import { replicaOf } from './replica.ts';
import { ensureTextIndexes, TEXT_INDEX_VERSION } from './text-index.ts';

/**
 * For commands that read a database and must not create one.
 * @throws StartupError if a file does not exist
 */
export function expectDatabase(url: string): void {
  if (isFile(url) && !existsSync(fileOf(url)))
    throw new StartupError(`There is no database at ${fileOf(url)}`);
}

/**
 * Opens the database that the URL names and brings its schema up to date.
 * @param url `file:./data/luodi.db` or `postgres://user:password@host/database`
 * @throws StartupError with one line for the operator
 */
export async function openDatabase(url: string, options: OpenOptions = {}): Promise<Database> {
  const { readUrl = '' } = options;
  if (readUrl !== '' && isFile(url))
    throw new StartupError('DATABASE_READ_URL needs PostgreSQL in DATABASE_URL too');
  if (readUrl !== '') await (await import('./postgres-open.ts')).expectReplicaSessions(readUrl);
  const database = refusingDamage(await openEngine(url, options));
  await ensureTextIndexes(database);
  return readUrl === '' ? database : withReplica(database, readUrl);
}

async function withReplica(primary: Database, url: string): Promise<Database> {
  const { postgresAt } = await import('./postgres.ts');
  const database = postgresAt(url);
  const close = async () => {
    await Promise.all([primary.close(), database.close()]);
  };
  return { ...primary, replica: replicaOf(primary, database), close };
}

/**
 * Names the schema that this version gives every database: a later one sorts after an earlier one, and equal ones
 * have equal data in equal columns.
 */
export const schemaVersion = (): string =>
  `${migrationsOf('sqlite').at(-1)?.tag} names-${TEXT_INDEX_VERSION}`;

/** What opening a database would do to its schema. Changes nothing. @throws StartupError */
export async function planMigration(url: string, options: OpenOptions = {}): Promise<MigrationPlan> {
  if (isFile(url)) {
    const { planSqlite } = await import('./sqlite-open.ts');
    return planSqlite(resolve(fileOf(url)), options);
  }
  const { planPostgres } = await import('./postgres-open.ts');
  return planPostgres(url);
}

async function openEngine(url: string, options: OpenOptions): Promise<Database> {
  if (isFile(url)) {
    const { openSqlite } = await import('./sqlite.ts');
    return openSqlite(fileOf(url), options);
  }
  if (/^postgres(ql)?:\/\//.test(url)) {
    const { openPostgres } = await import('./postgres.ts');
    return openPostgres(url);
  }
  throw new StartupError('The URL of a database must start with file: or postgres://');
}

const isFile = (url: string): boolean => url.startsWith('file:');
const fileOf = (url: string): string => url.slice('file:'.length);

/** The file of an embedded database; null if a server has it. */
export const fileIn = (url: string): string | null => (isFile(url) ? resolve(fileOf(url)) : null);
