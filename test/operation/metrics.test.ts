/** `/metrics`: what a monitor sees. */
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claim } from '../../src/backup/kept-state.ts';
import { thisProcess } from '../../src/jobs/owners.ts';
import { aProject, clientOf, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { engine } from '../support/engines.ts';
import { occupiedPort } from '../support/process.ts';

/** What only one engine tells. */
const ENGINE_METRICS = {
  sqlite: ['luodi_writes_total', 'luodi_writes_waiting'],
  postgres: ['luodi_connections'],
};

let api: TestApp;
beforeAll(async () => {
  api = await testApp({
    config: { ANONYMOUS_READ: 'all', BACKUP_DIR: '/var/backups' },
    run: async () => ({}),
  });
  const kept = { revision: 1, at: api.clock.now() };
  const me = thisProcess('/var/backups');
  await api.database.write((tx) => claim(tx, me, kept.at, { base: kept, proof: kept }));
});
afterAll(() => api.close());

/** The values of all series, by name with labels. */
async function series(): Promise<Record<string, number>> {
  const { status, text, headers } = await api.get('/metrics');
  expect(status).toBe(200);
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(headers['cache-control']).toBe('no-store');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

describe('metrics', () => {
  it('need a key, even if everything else may be read without', async () => {
    expectProblem(await clientOf(api.app, null).get('/metrics'), 401, 'access.key_required');
    const { key } = await created(api, '/v1/keys', { name: 'monitor', role: 'viewer' });
    expect((await clientOf(api.app, key).get('/metrics')).status).toBe(200);
  });

  it('count and time requests by route, never by address', async () => {
    const { id } = await created(api, '/v1/projects', aProject());
    for (let i = 0; i < 3; i++) await api.get(`/v1/projects/${id}`);
    await api.get('/no/such/path');
    const all = await series();
    const labels = 'route="/v1/projects/:id",method="GET",status="200"';
    expect(all[`luodi_http_request_duration_seconds_count{${labels}}`]).toBe(3);
    expect(all[`luodi_http_request_duration_seconds_sum{${labels}}`]).toBeGreaterThan(0);
    expect(all['luodi_http_request_duration_seconds_count{route="unknown",method="GET",status="404"}']).toBe(
      1,
    );
    expect(JSON.stringify(all)).not.toContain(id);
  });

  it('tell commits and the size of the database', async () => {
    const before = await series();
    await created(api, '/v1/projects', aProject());
    const after = await series();
    expect(Number(after.luodi_commits_total) - Number(before.luodi_commits_total)).toBe(1);
    expect(after['luodi_database_bytes{file="database"}']).toBeGreaterThan(100_000);
    if (engine === 'sqlite') {
      expect(after['luodi_database_bytes{file="log"}']).toBeGreaterThan(0);
      expect(after.luodi_writes_waiting).toBe(0);
    }
  });

  it('tell the state of the columns, and where responses came from', async () => {
    const url = '/v1/statistics/summary?minInvestment=7';
    await api.get(url);
    const before = await series();
    await api.get(url);
    const after = await series();
    const kept = 'luodi_answers_total{origin="kept"}';
    expect(Number(after[kept]) - Number(before[kept])).toBe(1);
    expect(after['luodi_columns_state{state="ready"}']).toBe(1);
    expect(after['luodi_columns_state{state="empty"}']).toBe(0);
    expect(after.luodi_columns_rows).toBe((await api.get('/v1/projects?limit=1')).body.page.total);
    expect(after.luodi_imports_active).toBe(0);
    expect(after.luodi_change_streams).toBe(0);
  });

  it('are all that the dashboard asks for', async () => {
    const { panels } = JSON.parse(readFileSync('docs/grafana.json', 'utf8'));
    const asked: string[] = panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
      targets.flatMap(({ expr }) => expr.match(/luodi_[a-z_]+/g) ?? []),
    );
    const { text } = await api.get('/metrics');
    const told = new Set([...text.matchAll(/^# TYPE (luodi_\w+)/gm)].map(([, name]) => name));
    const ofEngine = ENGINE_METRICS[engine === 'sqlite' ? 'postgres' : 'sqlite'];
    const missing = asked.filter((name) => !told.has(name.replace(/_(bucket|count|sum)$/, '')));
    expect(missing.filter((name) => !ofEngine.includes(name))).toEqual([]);
    expect([...told].filter((name) => !asked.some((one) => one.startsWith(name as string)))).toEqual([
      'luodi_columns_rows',
      'luodi_columns_fill_seconds',
    ]);
  });

  it('are served on a port of their own without a key, and nothing else is', async () => {
    const { port, free } = await occupiedPort();
    await free();
    const own = await testApp({ config: { METRICS_PORT: port } });
    const statusOf = (path: string, method = 'GET') =>
      new Promise((resolve, reject) => {
        request({ port, host: '127.0.0.1', path, method }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    expect(await statusOf('/metrics')).toBe(200);
    expect(await statusOf('/v1/projects')).toBe(404);
    expect(await statusOf('/metrics', 'POST')).toBe(404);
    await own.close();
    await expect(statusOf('/metrics')).rejects.toThrow();
  });
});

describe('the log of requests', () => {
  it('names the trace that a request belongs to, if that is one', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    await api.get('/v1/events', { traceparent: `00-${trace}-00f067aa0ba902b7-01` });
    await api.get('/v1/events', { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` });
    await api.get('/v1/events', { traceparent: 'luodi' });
    const traced = api.logged.map((line) => JSON.parse(line)).filter(({ traceId }) => traceId);
    expect(traced.map(({ traceId, url }) => [traceId, url])).toEqual([[trace, '/v1/events']]);
  });
});
