/** A replica that answers reads of records, but never with less than a client has seen. */

import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { keyService } from '../../src/access/service.ts';
import { buildApp } from '../../src/app.ts';
import type { Database } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open.ts';
import { seedReferences } from '../../src/features/references/seed.ts';
import { createLogger } from '../../src/http/logging.ts';
import { byLuodi } from '../../src/log/service.ts';
import {
  type Answer,
  aProject,
  type Client,
  clientOf,
  clockOn,
  created,
  expectProblem,
  TODAY,
  testConfig,
} from '../support/app.ts';
import { type PostgresServer, postgresServer } from '../support/postgres-server.ts';
import { until } from '../support/process.ts';
import { transactionPooler } from '../support/transaction-pooler.ts';

let server: PostgresServer;
let standby: PostgresServer;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  server = await postgresServer();
  standby = await server.standby();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close().catch(() => {});
});
afterAll(() => server.remove());

async function onStandby(sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: standby.url });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

interface Service {
  database: Database;
  client: Client;
  viewer: { client: Client; id: string };
}

async function serviceReading(readUrl: string): Promise<Service> {
  const database = await openDatabase(server.url, { readUrl });
  closing.push(() => database.close());
  const clock = clockOn(TODAY);
  await seedReferences({ database, clock });
  const keys = keyService({ database, clock });
  const { key } = await keys.create(byLuodi('tests'), { name: 'tests', role: 'admin' });
  const viewer = await keys.create(byLuodi('tests'), { name: 'viewer', role: 'viewer' });
  const app = await buildApp({ config: testConfig(), database, clock, logger: createLogger('silent') });
  closing.push(() => app.close());
  return {
    database,
    client: clientOf(app, key),
    viewer: { client: clientOf(app, viewer.key), id: viewer.id },
  };
}

let made = 0;
const anEvent = (client: Client): Promise<Answer> =>
  client.post('/v1/events', {
    code: `replica-${++made}`,
    name: 'event',
    startsOn: '2020-06-29',
    endsOn: '2020-06-30',
  });
const LIST = '/v1/events?limit=500&sort=code';
const seen = (revision: unknown) => ({ 'x-luodi-revision': String(revision) });
const revisionOf = (answer: Answer): number => Number(answer.headers['x-luodi-revision']);

/** Stops the standby where it is. @returns how far that is */
async function paused({ database }: Service): Promise<number> {
  const { seq } = await database.revision();
  await until(() => database.replica?.has(seq));
  await onStandby('select pg_wal_replay_pause()');
  closing.push(() => onStandby('select pg_wal_replay_resume()'));
  await until(
    async () =>
      (await onStandby('select pg_get_wal_replay_pause_state() as state')).rows[0].state === 'paused',
  );
  return seq;
}

it('a client that has seen no more than a lagging replica reads there, and another one from the primary', async () => {
  const service = await serviceReading(standby.url);
  const { client, database } = service;
  const before = await anEvent(client);
  expect(before.status).toBe(201);
  const old = await paused(service);
  expect(revisionOf(before)).toBe(old);
  const after = await anEvent(client);
  expect(revisionOf(after)).toBe(old + 1);

  const behind = await client.get(LIST, seen(old));
  expect(behind.body.revision).toBe(old);
  expect(behind.text).toContain(before.body.code);
  expect(behind.text).not.toContain(after.body.code);
  expect(revisionOf(behind)).toBe(old);
  for (const headers of [seen(old + 1), {}]) {
    const fresh = await client.get(LIST, headers);
    expect(fresh.body.revision).toBe(old + 1);
    expect(fresh.text).toContain(after.body.code);
  }
  // A single record, and a file.
  const url = `/v1/events/${after.body.code}`;
  expectProblem(await client.get(url, seen(old)), 404, 'events.not_found');
  expect((await client.get(url, seen(old + 1))).body).toEqual(after.body);
  expect((await client.get('/v1/events.csv', seen(old))).text).not.toContain(after.body.code);
  expect((await client.get('/v1/events.csv', seen(old + 1))).text).toContain(after.body.code);

  await onStandby('select pg_wal_replay_resume()');
  await until(() => database.replica?.has(old + 1));
  expect((await client.get(LIST, seen(old + 1))).body.revision).toBe(old + 1);
});

it('an ETag says what a client has seen, too', async () => {
  const service = await serviceReading(standby.url);
  const { client } = service;
  await anEvent(client);
  const first = await client.get(LIST);
  await paused(service);
  await anEvent(client);
  // The replica knows nothing newer than the client.
  expect((await client.get(LIST, { 'if-none-match': first.etag })).status).toBe(304);
  const second = await client.get(LIST);
  expect(second.etag).not.toBe(first.etag);
  expect((await client.get(LIST, { 'if-none-match': `${first.etag}, ${second.etag}` })).status).toBe(304);
  expect(
    (await client.get(LIST, { 'if-none-match': first.etag, ...seen(second.body.revision) })).status,
  ).toBe(200);
});

it('keys are those of the primary, figures those of the columns, and projects agree with them', async () => {
  const service = await serviceReading(standby.url);
  const { client, viewer } = service;
  const old = await paused(service);
  const { id } = await created(client, '/v1/projects', aProject());
  const summary = await client.get('/v1/statistics/summary', seen(old));
  const list = async (headers: Record<string, string>) =>
    (await client.get('/v1/projects?limit=1&level=provincial', headers)).body;
  const [behind, fresh] = [await list(seen(old)), await list({})];
  expect(fresh.page.total).toBe(summary.body.projectCount);
  expect(behind).toMatchObject({ revision: old, page: { total: fresh.page.total - 1 } });
  expectProblem(await client.get(`/v1/projects/${id}`, seen(old)), 404, 'projects.not_found');
  expect((await client.get(`/v1/projects/${id}`, seen(old + 1))).status).toBe(200);
  // What was known is asked of the primary.
  expect((await client.get(`/v1/projects/${id}?revision=${old + 1}`, seen(old))).status).toBe(200);
  await client.post(`/v1/keys/${viewer.id}/revoke`);
  expectProblem(await viewer.client.get(LIST, seen(old)), 401, 'access.revoked_key');
});

it('a replica that is away, or drops its connections, is not missed', async () => {
  const service = await serviceReading(standby.url);
  const { client, database } = service;
  const { seq } = await database.revision();
  await until(() => database.replica?.has(seq));
  standby.stop('immediate');
  try {
    for (let i = 0; i < 3; i++) expect((await client.get(LIST, seen(seq))).status).toBe(200);
    expect(await database.replica?.has(seq)).toBe(false);
    // Nor is it needed to start.
    const another = await serviceReading(standby.url);
    expect((await another.client.get(LIST, seen(1))).status).toBe(200);
  } finally {
    standby.start();
  }
  await until(() => database.replica?.has(seq));
  await onStandby("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'luodi'");
  expect((await client.get(LIST, seen(seq))).status).toBe(200);
});

it('a replica of another database is never read', async () => {
  const other = await postgresServer();
  closing.push(async () => other.remove());
  const elsewhere = await openDatabase(other.url);
  const clock = clockOn('2020-01-01');
  await seedReferences({ database: elsewhere, clock });
  await keyService({ database: elsewhere, clock }).create(byLuodi('tests'), { name: 'other', role: 'admin' });
  await elsewhere.close();
  const { client, database } = await serviceReading(other.url);
  expect(await database.replica?.has(0)).toBe(false);
  const event = await anEvent(client);
  expect((await client.get(`/v1/events/${event.body.code}`, seen(0))).status).toBe(200);
});

it.each(['x', '-1', '1.5', '9'.repeat(16)])('the revision “%s” is refused', async (given) => {
  const { client } = await serviceReading(standby.url);
  expectProblem(await client.get(LIST, seen(given)), 422, 'request.invalid', [
    ['X-Luodi-Revision', 'wrong_type'],
  ]);
});

it('a replica behind a pooler that gives each transaction another session is refused with the reason', async () => {
  const pooler = await transactionPooler(standby.port);
  closing.push(() => pooler.close());
  await expect(
    openDatabase(server.url, { readUrl: `postgres://postgres@127.0.0.1:${pooler.port}/postgres` }),
  ).rejects.toThrow(/^DATABASE_READ_URL: .*pool_mode=session/);
});

it('SQLite has no replica', async () => {
  await expect(openDatabase('file:/nowhere/luodi.db', { readUrl: standby.url })).rejects.toThrow(
    'DATABASE_READ_URL',
  );
});
