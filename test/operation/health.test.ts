/** `/livez` and `/readyz`, and other responses while the database is unavailable. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { healthRoutes } from '../../src/http/health.ts';
import { createLogger } from '../../src/http/logging.ts';
import { createServer } from '../../src/http/server.ts';
import { expectProblem, type TestApp, testApp } from '../support/app.ts';
import { administer, concurrent, engine } from '../support/engines.ts';
import { connect } from '../support/sql.ts';

describe('health', () => {
  let api: TestApp;
  beforeEach(async () => {
    api = await testApp();
  });
  afterEach(() => api.close().catch(() => {}));

  async function expectNotReady(): Promise<void> {
    const answer = await api.get('/readyz');
    expectProblem(answer, 503, 'service.unavailable');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect((await api.get('/livez')).body).toEqual({ status: 'ok' });
  }

  it('is live and ready', async () => {
    for (const [path, figures] of [
      ['/livez', {}],
      ['/readyz', { figures: 'empty' }],
    ] as const) {
      const answer = await api.get(path);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ status: 'ok', ...figures });
      expect(answer.headers['cache-control']).toBe('no-store');
    }
    await api.get('/v1/statistics/summary');
    expect((await api.get('/readyz')).body).toEqual({ status: 'ok', figures: 'ready' });
  });

  it('says how far figures are, and is not ready while they differ from the data', async () => {
    let condition: ReturnType<Parameters<typeof healthRoutes>[1]['condition']> = {
      state: 'filling',
      percent: 40,
      isLogIntact: true,
    };
    const { database, clock } = api;
    const app = createServer({ logger: createLogger('silent'), bodyLimit: 1_024, trustProxy: [], clock });
    await app.register(healthRoutes(database, { condition: () => condition }, undefined));
    const filling = await app.inject('/readyz');
    expect(filling.json()).toEqual({ status: 'ok', figures: 'filling', percent: 40 });
    condition = { state: 'differing', percent: 40, isLogIntact: true };
    expect((await app.inject('/readyz')).statusCode).toBe(503);
    condition = { state: 'ready', isLogIntact: false };
    expect((await app.inject('/readyz')).json()).toEqual({ status: 'ok', figures: 'ready', log: 'altered' });
    await app.close();
  });

  it('is live but not ready when the database is unavailable', async () => {
    await api.database.close();
    await expectNotReady();
  });

  it('never shows internal errors to clients', async () => {
    await api.database.close();
    for (const path of ['/v1/projects', '/v1/regions/430100', '/v1/statistics/summary', '/readyz']) {
      const { status, text } = await api.get(path);
      expect(status).toBeGreaterThanOrEqual(500);
      expect(text).not.toMatch(/connection is not open|pool|sqlite|postgres|\.ts|node_modules/i);
    }
  });

  if (concurrent) {
    it('is not ready if another version has migrated the schema', async () => {
      const aside = await connect(api.url);
      const table = engine === 'sqlite' ? '__drizzle_migrations' : 'drizzle.__drizzle_migrations';
      await aside.rows(
        `insert into ${table} (hash, created_at) select 'newer', max(created_at) + 1 from ${table}`,
      );
      await expectNotReady();
      await aside.rows(`delete from ${table} where hash = 'newer'`);
      expect((await api.get('/readyz')).status).toBe(200);
      await aside.close();
    });
  }

  if (engine === 'postgres' && concurrent) {
    it('is not ready while the database is unavailable, and ready again afterwards', async () => {
      const name = new URL(api.url).pathname.slice(1);
      // Renaming the database looks like a stopped server, without stopping it for others.
      const cut = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`;
      await administer(cut);
      await administer(`alter database ${name} rename to ${name}_gone`);
      await expectNotReady();
      await administer(`alter database ${name}_gone rename to ${name}`);
      expect((await api.get('/readyz')).status).toBe(200);
      expect((await api.get('/v1/regions/430100')).status).toBe(200);
    });
  }
});
