/** Databases for tests: migrated and seeded once, then copied for each test file. */

import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

export type Engine = 'sqlite' | 'postgres';

export const engine = (process.env.TEST_ENGINE ?? 'sqlite') as Engine;

/** Environment variables through which the global setup passes templates to the workers. */
export const TEMPLATE = {
  sqlite: 'LUODI_TEST_SQLITE_TEMPLATE',
  /** For a server (`TEST_POSTGRES_URL`): the name of a template database on it. */
  postgres: 'LUODI_TEST_POSTGRES_TEMPLATE',
  /** For PGlite: the archives of a seeded and of an empty data directory. */
  pglite: 'LUODI_TEST_PGLITE_TEMPLATE',
  pgliteEmpty: 'LUODI_TEST_PGLITE_EMPTY',
} as const;

/** Environment variables with the administrator's key that every fresh database contains. */
export const ADMIN_KEY = {
  sqlite: 'LUODI_TEST_SQLITE_ADMIN_KEY',
  postgres: 'LUODI_TEST_POSTGRES_ADMIN_KEY',
} as const;

export const adminKey = (): string => process.env[ADMIN_KEY[engine]] as string;

export interface TestDatabase {
  url: string;
  remove(): Promise<void>;
}

/** Whether the database accepts several connections at once, unlike PGlite. */
export const concurrent = engine === 'sqlite' || process.env.TEST_POSTGRES_URL !== undefined;

/** A database of the engine under test: migrated and seeded, or empty. */
const makeDatabase = (seeded: boolean): Promise<TestDatabase> => {
  const template = (variable: string) => (seeded ? process.env[variable] : undefined);
  if (engine === 'sqlite') return freshSqlite(template(TEMPLATE.sqlite));
  return process.env.TEST_POSTGRES_URL
    ? freshPostgres(template(TEMPLATE.postgres))
    : freshPglite(process.env[seeded ? TEMPLATE.pglite : TEMPLATE.pgliteEmpty] as string);
};

/** A fresh database of the engine under test. */
export const freshDatabase = (): Promise<TestDatabase> => makeDatabase(true);

/** An empty database, without tables. */
export const emptyDatabase = (): Promise<TestDatabase> => makeDatabase(false);

async function freshSqlite(template: string | undefined): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'luodi-test-'));
  const file = join(folder, 'test.db');
  if (template && existsSync(template)) copyFileSync(template, file);
  // A thread or process that is just ending may still close its files.
  const remove = async () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  return { url: `file:${file}`, remove };
}

/** Runs one statement on a server's maintenance database. */
export async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: process.env.TEST_POSTGRES_URL });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function freshPostgres(template: string | undefined): Promise<TestDatabase> {
  const name = `luodi_test_${randomUUID().replaceAll('-', '')}`;
  await administer(`create database ${name}${template ? ` template ${template}` : ''}`);
  const url = new URL(process.env.TEST_POSTGRES_URL as string);
  url.pathname = name;
  return { url: url.href, remove: () => administer(`drop database if exists ${name} with (force)`) };
}

/** PostgreSQL in this process, for machines without a server. It accepts one connection. */
async function freshPglite(template: string): Promise<TestDatabase> {
  const { PGlite } = await import('@electric-sql/pglite');
  const { PGLiteSocketServer } = await import('@electric-sql/pglite-socket');
  const { readFileSync } = await import('node:fs');
  const db = await PGlite.create({ loadDataDir: new Blob([readFileSync(template)]) });
  // Two, because for a moment a connection and its replacement overlap.
  const server = new PGLiteSocketServer({ db, port: 0, host: '127.0.0.1', maxConnections: 2 });
  // Its single session outlives the connection; a new client must not find prepared statements of the last
  // one.
  server.addEventListener('connection', () => void db.exec('deallocate all'));
  await server.start();
  const { port } = addressOf(server.getServerConn());
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres?pool=1`,
    remove: async () => {
      await server.stop();
      await db.close();
    },
  };
}

function addressOf(connection: string): { port: number } {
  const port = Number(connection.split(':').at(-1));
  if (!port) throw new Error(`PGlite gave no port: ${connection}`);
  return { port };
}
