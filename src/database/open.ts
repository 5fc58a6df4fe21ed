/** Opens the database of a URL, with either engine. */
import { existsSync } from 'node:fs';
import { StartupError } from '../core/startup-error.ts';
import type { Database, OpenOptions } from './database.ts';
import { ensureTextIndexes } from './text-index.ts';

/**
 * For commands that read a database and must not create one.
 * @throws StartupError if a file does not exist
 */
export function expectDatabase(url: string): void {
  const file = url.startsWith('file:') ? url.slice('file:'.length) : undefined;
  if (file !== undefined && !existsSync(file)) throw new StartupError(`There is no database at ${file}`);
}

/**
 * Opens the database that the URL names and brings its schema up to date.
 * @param url `file:./data/luodi.db` or `postgres://user:password@host/database`
 * @throws StartupError with one line for the operator
 */
export async function openDatabase(url: string, options: OpenOptions = {}): Promise<Database> {
  const database = await openEngine(url, options);
  await ensureTextIndexes(database);
  return database;
}

async function openEngine(url: string, options: OpenOptions): Promise<Database> {
  if (url.startsWith('file:')) {
    const { openSqlite } = await import('./sqlite.ts');
    return openSqlite(url.slice('file:'.length), options);
  }
  if (/^postgres(ql)?:\/\//.test(url)) {
    const { openPostgres } = await import('./postgres.ts');
    return openPostgres(url);
  }
  throw new StartupError('DATABASE_URL must start with file: or postgres://');
}
