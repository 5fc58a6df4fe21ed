/** A PostgreSQL server for a benchmark, if one is installed, and a copy of a SQLite database in it. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  globSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import pg from 'pg';
import { openService } from '../../src/main.ts';
import { freePort } from './processes.ts';

export interface Postgres {
  url: string;
  /** Where the server can read files. */
  folder: string;
  stop(): void;
}

const [newest] = globSync('/usr/lib/postgresql/*/bin').sort().reverse();

/** PostgreSQL refuses to run as root. */
const isRoot = userInfo().uid === 0;

function asPostgres(program: string, ...args: string[]): void {
  const [command = '', ...rest] = isRoot
    ? ['runuser', '-u', 'postgres', '--', join(newest as string, program), ...args]
    : [join(newest as string, program), ...args];
  execFileSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'], cwd: '/' });
}

/** @returns undefined if none is installed */
export async function startPostgres(): Promise<Postgres | undefined> {
  if (!newest || !existsSync(join(newest, 'initdb'))) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'luodi-bench-postgres-'));
  if (isRoot) {
    const id = (which: string) => Number(execFileSync('id', [which, 'postgres']));
    chownSync(folder, id('-u'), id('-g'));
  }
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  const port = await freePort();
  asPostgres('initdb', '-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8');
  const options = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_wal_size=8GB`;
  asPostgres('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start');
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    folder,
    stop: () => {
      asPostgres('pg_ctl', '-D', data, '-m', 'immediate', 'stop');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** In an order in which each refers only to those before. */
const TABLES = [
  'enterprises',
  'rankings',
  'events',
  'projects',
  'project_investors',
  'funds_entries',
  'settings',
];

/** Copies what columns are filled from. */
export async function copyInto({ url, folder }: Postgres, file: string): Promise<void> {
  const service = await openService({ DATABASE_URL: url, TIME_ZONE: 'Asia/Shanghai' });
  await service.database.close();
  const client = new pg.Client(url);
  await client.connect();
  const from = new Sqlite(file, { readonly: true });
  // Without foreign keys and the indexes of lists, which would take minutes.
  await client.query('set session_replication_role = replica');
  const { rows: indexes } = await client.query(
    `select indexname from pg_indexes where tablename = 'projects' and indexname <> 'projects_pkey'`,
  );
  for (const { indexname } of indexes) await client.query(`drop index "${indexname}"`);
  for (const table of TABLES) {
    const sheet = join(folder, `${table}.copy`);
    const columns = writeRows(from, table, sheet);
    await client.query(`delete from ${table}`);
    await client.query(`copy ${table} (${columns.join()}) from '${sheet}'`);
    rmSync(sheet);
  }
  await client.query('vacuum analyze');
  await client.end();
  from.close();
}

const escaped = (value: unknown): string =>
  value === null
    ? '\\N'
    : String(value).replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t');

/** @returns the columns */
function writeRows(from: Sqlite.Database, table: string, file: string): string[] {
  const out = openSync(file, 'w', 0o644);
  const statement = from.prepare(`select * from ${table}`);
  let lines = '';
  const write = () => {
    writeSync(out, lines);
    lines = '';
  };
  for (const row of statement.raw().iterate()) {
    lines += `${(row as unknown[]).map(escaped).join('\t')}\n`;
    if (lines.length > 1 << 20) write();
  }
  write();
  closeSync(out);
  return statement.columns().map(({ name }) => name);
}
