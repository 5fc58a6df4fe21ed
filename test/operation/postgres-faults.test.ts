/** A PostgreSQL that restarts, fails over, or drops connections: 503 with Retry-After, never 500, and nothing is lost. */
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { keyService } from '../../src/access/service.ts';
import { buildApp } from '../../src/app.ts';
import type { Database } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open.ts';
import { seedReferences } from '../../src/features/references/seed.ts';
import { createLogger } from '../../src/http/logging.ts';
import { byLuodi } from '../../src/log/service.ts';
import { type Client, clientOf, clockOn, TODAY, testConfig } from '../support/app.ts';
import { type PostgresServer, postgresServer } from '../support/postgres-server.ts';
import { until } from '../support/process.ts';
import { provenLog } from '../support/sql.ts';
import { transactionPooler } from '../support/transaction-pooler.ts';

let server: PostgresServer;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  server = await postgresServer();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close().catch(() => {});
});
afterAll(() => server.remove());

interface Service {
  database: Database;
  client: Client;
  logged: string[];
}

async function serviceOn(url: string): Promise<Service> {
  const database = await openDatabase(url);
  closing.push(() => database.close());
  const clock = clockOn(TODAY);
  await seedReferences({ database, clock });
  const { key } = await keyService({ database, clock }).create(byLuodi('tests'), {
    name: 'tests',
    role: 'admin',
  });
  const logged: string[] = [];
  const logger = createLogger('info', { write: (line) => logged.push(line) });
  const app = await buildApp({ config: testConfig(), database, clock, logger });
  closing.push(() => app.close());
  return { database, client: clientOf(app, key), logged };
}

let made = 0;

/** Lets clients write until it is told to stop. @returns what was acknowledged, and all other statuses */
function writing({ client }: Service, clients = 8) {
  const acknowledged: string[] = [];
  const others = new Set<string>();
  let isOver = false;
  const one = async () => {
    while (!isOver) {
      const code = `pg-${++made}`;
      const answer = await client.post('/v1/events', {
        code,
        name: code,
        startsOn: '2020-06-29',
        endsOn: '2020-06-30',
      });
      if (answer.status === 201) acknowledged.push(code);
      else {
        const after = Number(answer.headers['retry-after']) > 0 ? 'with Retry-After' : 'without';
        others.add(`${answer.status} ${answer.body.code} ${after}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  };
  const all = Promise.all(Array.from({ length: clients }, one));
  return {
    acknowledged,
    others,
    stop: async () => {
      isOver = true;
      await all;
    },
  };
}

const codesIn = async ({ database }: Service): Promise<string[]> => {
  const { events } = database.read.tables;
  return (await database.read.select({ code: events.code }).from(events)).map(({ code }) => code);
};

const UNAVAILABLE = '503 service.unavailable with Retry-After';

it.each(['fast', 'immediate'] as const)(
  'a %s restart refuses writes for a while, and loses none',
  async (how) => {
    const service = await serviceOn(server.url);
    const load = writing(service);
    await until(() => load.acknowledged.length > 20);
    server.restart(how);
    const before = load.acknowledged.length;
    await until(() => load.acknowledged.length > before + 20);
    await load.stop();
    expect([...load.others].filter((one) => one !== UNAVAILABLE)).toEqual([]);
    expect(await codesIn(service)).toEqual(expect.arrayContaining(load.acknowledged));
    expect((await service.client.get('/readyz')).status).toBe(200);
    await provenLog(service.database);
    expect(service.logged.join('')).not.toContain('"stack"');
  },
);

it('connections that are terminated refuse writes, and lose none', async () => {
  const service = await serviceOn(server.url);
  const aside = await openDatabase(server.url);
  closing.push(() => aside.close());
  const load = writing(service);
  for (let round = 0; round < 5; round++) {
    const before = load.acknowledged.length;
    await until(() => load.acknowledged.length > before + 20);
    await terminateOthers(aside);
  }
  const before = load.acknowledged.length;
  await until(() => load.acknowledged.length > before + 20);
  await load.stop();
  expect([...load.others].filter((one) => one !== UNAVAILABLE)).toEqual([]);
  expect(await codesIn(service)).toEqual(expect.arrayContaining(load.acknowledged));
  await provenLog(service.database);
});

async function terminateOthers(aside: Database): Promise<void> {
  const { sql } = await import('drizzle-orm');
  await aside.read
    .select({ pid: sql`pg_terminate_backend(pid)` })
    .from(sql`pg_stat_activity`)
    .where(sql`datname = current_database() and pid <> pg_backend_pid()`);
}

it('a standby serves reads, refuses writes, and is not ready until it is promoted', async () => {
  await serviceOn(server.url);
  const standby = await server.standby();
  const primary = await serviceOn(server.url);
  const written = writing(primary);
  await until(() => written.acknowledged.length > 20);
  await written.stop();

  const database = await openDatabase(standby.url);
  closing.push(() => database.close());
  await until(async () => (await database.revision()).seq === (await primary.database.revision()).seq);
  const app = await buildApp({
    config: testConfig({ ANONYMOUS_READ: 'all' }),
    database,
    clock: clockOn(TODAY),
    logger: createLogger('silent'),
  });
  closing.push(() => app.close());
  const client = clientOf(app, null);
  expect((await client.get('/v1/events?limit=1')).status).toBe(200);
  expect((await client.get('/readyz')).body).toMatchObject({ status: 503, code: 'service.read_only' });
  const write = () => database.write(async (tx) => tx.delete(tx.tables.settings));
  await expect(write()).rejects.toMatchObject({ code: '25006' });
  standby.promote();
  await until(async () => (await client.get('/readyz')).status === 200);
  expect(await codesIn({ ...primary, database })).toEqual(expect.arrayContaining(written.acknowledged));
  await provenLog(database);
});

it.each([
  // A server that is stopped in order first sends everything to its standby.
  { how: 'fast', isSynchronous: false },
  { how: 'immediate', isSynchronous: true },
] as const)(
  'two instances that know both servers follow a failover after a stop that is $how, and lose nothing',
  async ({ how, isSynchronous }) => {
    const own = await postgresServer();
    closing.push(async () => own.remove());
    const standby = await own.standby();
    if (isSynchronous) own.waitForStandby();
    const both = `postgres://postgres@127.0.0.1:${standby.port},127.0.0.1:${own.port}/postgres?target_session_attrs=read-write`;
    const services = [await serviceOn(both), await serviceOn(both)];
    const loads = services.map((service) => writing(service));
    const more = async (than: readonly number[]) =>
      until(() => loads.every(({ acknowledged }, i) => acknowledged.length > (than[i] as number) + 20));
    await more([0, 0]);
    own.stop(how);
    standby.promote();
    await more(loads.map(({ acknowledged }) => acknowledged.length));
    for (const load of loads) await load.stop();
    const expected = [UNAVAILABLE, '503 service.read_only with Retry-After'];
    const acknowledged = loads.flatMap((load) => load.acknowledged);
    for (const load of loads) expect([...load.others].filter((one) => !expected.includes(one))).toEqual([]);
    for (const service of services) {
      expect(await codesIn(service)).toEqual(expect.arrayContaining(acknowledged));
      expect((await service.client.get('/readyz')).status).toBe(200);
      await provenLog(service.database);
    }
  },
);

it('a pooler that gives each transaction another session is refused with the reason', async () => {
  const pooler = await transactionPooler(server.port);
  closing.push(() => pooler.close());
  await expect(openDatabase(`postgres://postgres@127.0.0.1:${pooler.port}/postgres`)).rejects.toThrow(
    /pool_mode=session/,
  );
});
