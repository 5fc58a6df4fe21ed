/** A failing start gives its reason in one line for the operator, without secrets. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engine, freshDatabase } from '../support/engines.ts';
import { hangingUp, refusing, silent } from '../support/fake-postgres.ts';
import { type Ended, endAll, luodi, occupiedPort, start, until } from '../support/process.ts';

const SECRET = 'hunter2';

/** @returns the one line */
function expectOneLine({ code, stdout, stderr }: Ended): string {
  expect(stderr).toMatch(/^luodi: [^\n]+\n$/);
  expect(stderr).not.toMatch(/\s{4}at /);
  expect(stderr + stdout).not.toContain(SECRET);
  expect(code).not.toBe(0);
  expect(code).not.toBeNull();
  return stderr;
}

interface Failure {
  name: string;
  /** Creates the cause. @returns the URL, and a function that removes the cause */
  arrange(folder: string): Promise<{ url: string; undo?: () => Promise<void> }>;
  says: RegExp;
}

const at = (url: string): Failure['arrange'] => {
  return async () => ({ url });
};

const failures: Record<typeof engine, Failure[]> = {
  sqlite: [
    {
      name: 'a folder below a file',
      arrange: async (folder) => {
        writeFileSync(join(folder, 'a-file'), '');
        return { url: `file:${folder}/a-file/data/luodi.db` };
      },
      says: /cannot be written at .*a-file/,
    },
    {
      name: 'a file that is no database',
      arrange: async (folder) => {
        writeFileSync(join(folder, 'letter.db'), 'Dear Sir or Madam, '.repeat(1_000));
        return { url: `file:${folder}/letter.db` };
      },
      says: /letter\.db.*not a database/,
    },
    {
      name: 'a database of another program',
      arrange: async (folder) => {
        const other = new Sqlite(join(folder, 'other.db'));
        other.exec('create table recipes (title text)');
        other.close();
        return { url: `file:${folder}/other.db` };
      },
      says: /other\.db is a SQLite database, but was not created by Luodi/,
    },
    {
      name: 'a database that another program migrates with the same library',
      arrange: async (folder) => {
        const other = new Sqlite(join(folder, 'other.db'));
        other.exec('create table __drizzle_migrations (id integer); create table recipes (title text)');
        other.close();
        return { url: `file:${folder}/other.db` };
      },
      says: /other\.db is a SQLite database, but was not created by Luodi/,
    },
    {
      name: 'a folder in the place of the file',
      arrange: async (folder) => {
        mkdirSync(join(folder, 'luodi.db'));
        return { url: `file:${folder}/luodi.db` };
      },
      says: /luodi\.db cannot be opened/,
    },
    {
      name: 'a new database that another process keeps locked',
      arrange: async (folder) => {
        const file = join(folder, 'locked.db');
        const holder = fileURLToPath(new URL('../support/holder.ts', import.meta.url));
        const held = start(holder, [file, '20000']);
        await until(() => held.stdout().includes('held'));
        return { url: `file:${file}` };
      },
      says: /locked/,
    },
  ],
  postgres: [
    {
      name: 'nobody at the address',
      arrange: at(`postgres://luodi:${SECRET}@127.0.0.1:1/projects`),
      says: /127\.0\.0\.1:1\/projects.*ECONNREFUSED/,
    },
    {
      name: 'a host that does not exist',
      arrange: at(`postgres://luodi:${SECRET}@nowhere.invalid/projects`),
      says: /nowhere\.invalid:5432\/projects/,
    },
    {
      name: 'a password that is refused',
      arrange: async () => {
        const fake = await refusing('28P01', 'password authentication failed for user "luodi"');
        return { url: `postgres://luodi:${SECRET}@127.0.0.1:${fake.port}/projects`, undo: fake.close };
      },
      says: /password authentication failed for user "luodi"/,
    },
    {
      name: 'a database that is not there',
      arrange: async () => {
        const server = process.env.TEST_POSTGRES_URL;
        if (server) {
          const url = new URL(server);
          url.pathname = 'there_is_none';
          return { url: url.href };
        }
        const fake = await refusing('3D000', 'database "there_is_none" does not exist');
        return { url: `postgres://luodi:${SECRET}@127.0.0.1:${fake.port}/there_is_none`, undo: fake.close };
      },
      says: /database "there_is_none" does not exist/,
    },
    {
      name: 'a server that hangs up',
      arrange: async () => {
        const fake = await hangingUp();
        return { url: `postgres://luodi:${SECRET}@127.0.0.1:${fake.port}/projects`, undo: fake.close };
      },
      says: /cannot be used/,
    },
    {
      name: 'a server that never answers',
      arrange: async () => {
        const fake = await silent();
        return { url: `postgres://luodi:${SECRET}@127.0.0.1:${fake.port}/projects`, undo: fake.close };
      },
      says: /cannot be used: timeout expired/,
    },
    {
      name: 'a password with characters that must be escaped',
      arrange: at(`postgres://luodi:${SECRET}/#@127.0.0.1/projects`),
      says: /DATABASE_URL/,
    },
    {
      name: 'a port beyond all ports',
      arrange: at(`postgres://luodi:${SECRET}@127.0.0.1:99999/projects`),
      says: /DATABASE_URL/,
    },
    {
      name: 'a pool of no size',
      arrange: at(`postgres://luodi:${SECRET}@127.0.0.1:1/projects?pool=-1`),
      says: /DATABASE_URL|pool/,
    },
  ],
};

/** Values that config.ts must refuse, because they would fail later with a stack trace. */
const wrong = [
  { PORT: 'eighty' },
  { PORT: '65536' },
  { DATABASE_URL: 'mysql://luodi:hunter2@127.0.0.1/projects' },
  { TIME_ZONE: 'Mars/Olympus' },
  { LOG_LEVEL: 'loud' },
  { BODY_LIMIT: '1MB' },
  { ANSWER_CACHE: '-1' },
  { TRUST_PROXY: 'everybody' },
  { TRUST_PROXY: '999.1.1.1' },
  { TRUST_PROXY: '10.0.0.0/99' },
  { TRUST_PROXY: 'abc' },
];

describe('a start that fails', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'luodi-start-'));
  });
  afterEach(async () => {
    await endAll();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(failures[engine])('reports in one line: $name', async ({ arrange, says }) => {
    const { url, undo } = await arrange(folder);
    const ended = await luodi(['migrate'], { env: { DATABASE_URL: url } }).ended;
    await undo?.();
    expect(expectOneLine(ended)).toMatch(says);
    expect(ended.stdout).toBe('');
  });

  it('reports in one line: a port that is in use; and closes the database', async () => {
    const place = await freshDatabase();
    const taken = await occupiedPort();
    const env = { DATABASE_URL: place.url, PORT: String(taken.port) };
    const first = await luodi(['serve'], { env }).ended;
    expect(expectOneLine(first)).toMatch(new RegExp(`127\\.0\\.0\\.1:${taken.port}.*EADDRINUSE`));
    await taken.free();
    const { code } = await luodi(['migrate'], { env: { DATABASE_URL: place.url } }).ended;
    expect(code).toBe(0);
    await place.remove();
  });

  it('reports in one line: an address that this machine does not have', async () => {
    const place = await freshDatabase();
    const ended = await luodi(['serve'], { env: { DATABASE_URL: place.url, PORT: '0', HOST: '192.0.2.1' } })
      .ended;
    expect(expectOneLine(ended)).toMatch(/192\.0\.2\.1/);
    await place.remove();
  });

  // The allowed values do not depend on the engine.
  if (engine === 'sqlite') {
    it.each(wrong.map((env) => ({ env, name: Object.keys(env)[0] as string })))(
      'reports in one line: $env',
      async ({ env, name }) => {
        const wrongly = { PORT: '0', DATABASE_URL: `file:${folder}/luodi.db`, ...(env as object) };
        const ended = await luodi(['serve'], { env: wrongly }).ended;
        expect(expectOneLine(ended)).toContain(name);
      },
    );

    it('reports everything that is wrong together, including .env', async () => {
      writeFileSync(join(folder, '.env'), 'PORT=eighty\nTIME_ZONE=Mars/Olympus\n');
      const line = expectOneLine(await luodi(['migrate'], { env: { LOG_LEVEL: 'loud' }, cwd: folder }).ended);
      for (const name of ['PORT', 'TIME_ZONE', 'LOG_LEVEL']) expect(line).toContain(name);
    });

    it('is not caused by a missing folder, which is created', async () => {
      const url = `file:${folder}/new/folder/luodi.db`;
      const { code, stdout, stderr } = await luodi(['migrate'], { env: { DATABASE_URL: url } }).ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/up to date/);
    });
  }
});
