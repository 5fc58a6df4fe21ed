/** Copies between PostgreSQL servers that stop and restart meanwhile: a copy is whole or refused. */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { isUnavailable } from '../../src/database/errors.ts';
import { openDatabase } from '../../src/database/open.ts';
import { seedReferences } from '../../src/features/references/seed.ts';
import { clockOn, TODAY } from '../support/app.ts';
import { contentIn, differences } from '../support/backups.ts';
import { type PostgresServer, postgresServer } from '../support/postgres-server.ts';
import { endAll, luodi, until } from '../support/process.ts';
import { provenLog } from '../support/sql.ts';
import { expectVerified } from '../support/verified.ts';
import { populate, writeEvent } from '../support/works.ts';

let from: PostgresServer;
let to: PostgresServer;
let source: Database;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  from = await postgresServer();
  source = await openDatabase(from.url);
  await seedReferences({ database: source, clock: clockOn(TODAY) });
  await populate(source);
});
beforeEach(async () => {
  to = await postgresServer();
});
afterEach(async () => {
  await endAll();
  for (const close of closing.splice(0).reverse()) await close().catch(() => {});
  to.remove();
});
afterAll(async () => {
  await source.close();
  from.remove();
});

const copying = (...more: string[]) =>
  luodi(['copy', '--to', to.url, ...more], { env: { DATABASE_URL: from.url } });

async function opened(url: string): Promise<Database> {
  const database = await openDatabase(url);
  closing.push(() => database.close());
  return database;
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  closing.push(() => client.end());
  return client;
}

const WAITS_FOR_LOCK =
  "select 1 from pg_stat_activity where application_name = 'luodi' and wait_event_type = 'Lock'";

it('a copy whose target stops in the middle fails, leaves nothing, and can be made again', async () => {
  await (await openDatabase(to.url)).close();
  // The log is copied last.
  const holder = await connected(to.url);
  await holder.query('begin; lock table changes in access exclusive mode');
  const looking = await connected(to.url);
  const failing = copying();
  await until(async () => (await looking.query(WAITS_FOR_LOCK)).rows.length > 0);
  to.stop('immediate');
  const { code, stdout, stderr } = await failing.ended;
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^luodi: The copy is not complete: .+\n$/);
  expect(stderr).not.toContain('    at ');

  to.start();
  const rest = await opened(to.url);
  const { head, tables } = await contentIn(rest);
  expect(head.seq).toBe(0);
  expect(Object.values(tables).filter(({ rows }) => rows > 0)).toEqual([]);
  expect(await copying().ended).toMatchObject({ code: 0, stderr: '' });
  expect(await contentIn(rest)).toEqual(await contentIn(source));
  expect(await copying().ended).toMatchObject({ code: 1, stderr: expect.stringContaining('is not empty') });
});

let made = 0;
/** Starts to copy and to follow. */
async function following() {
  const running = copying('--follow');
  await until(() => running.stdout().includes('Copied: '));
  const copy = await opened(to.url);
  const reached = (seq: number) =>
    until(() =>
      copy.revision().then(
        (head) => head.seq >= seq,
        () => false,
      ),
    );
  await reached(await writeEvent(source, `copied-${++made}`));
  return { running, copy, reached };
}

/** Writes events until it is told to stop; during a restart some may have been written or not. */
function writing(): () => Promise<void> {
  let isOver = false;
  const writing = (async () => {
    while (!isOver) {
      await writeEvent(source, `copied-${++made}`).catch((error) => {
        if (!isUnavailable(error)) throw error;
      });
    }
  })();
  return async () => {
    isOver = true;
    await writing;
  };
}

it('a copy that follows goes on when either server is back, and neither skips nor repeats an entry', async () => {
  const { running, copy, reached } = await following();
  const stop = writing();
  for (const server of [to, from]) {
    const told = running.stderr().length;
    server.stop('immediate');
    await until(() => running.stderr().length > told);
    expect(running.stderr().slice(told)).toMatch(/^luodi: waits until the database can be used again: .+\n$/);
    server.start();
    const { seq } = await until(() => source.revision().catch(() => undefined));
    await reached(seq);
  }
  // Restarts at any moment.
  for (let round = 0; round < 4; round++) {
    to.restart('immediate');
    const { seq } = await source.revision();
    await reached(seq);
  }
  await stop();
  running.signal('SIGTERM');
  const { code, stdout } = await running.ended;
  const { seq, hash } = await source.revision();
  expect(code).toBe(0);
  expect(stdout).toContain(`${hash}`);
  expect((await provenLog(copy)).length).toBe(seq);
  expect(differences(await contentIn(copy), await contentIn(source))).toEqual([]);
  await expectVerified(copy);
});

it('a copy that is stopped while a server is away says up to which entry it is one', async () => {
  const { running } = await following();
  const { seq } = await source.revision();
  to.stop('immediate');
  await writeEvent(source, `copied-${++made}`);
  await until(() => running.stderr().includes('waits'));
  running.signal('SIGTERM');
  const { code, stderr } = await running.ended;
  expect(code).toBe(1);
  expect(stderr).toContain(`what came after entry ${seq} was not copied: `);
  to.start();
});
