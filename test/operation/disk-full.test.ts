/** No room on the disk: writes are refused for that reason, and everything can be sent again afterwards. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commit, preview, projectRows } from '../imports/support.ts';
import { aProject, type Client, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { engine } from '../support/engines.ts';

let api: TestApp;
beforeEach(async () => {
  api = await testApp();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await api.close();
});

const full = () => Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });

if (engine === 'sqlite') {
  /** Lets the file of the writer grow to so many pages only. */
  const limitPages = (pages: number) =>
    api.database.write((tx) => {
      const statement = { toSQL: () => ({ sql: `pragma max_page_count = ${pages}`, params: [] }) };
      return tx.prepared(`limit ${pages}`, {}, () => statement as never);
    });

  describe('a full disk', () => {
    it('refuses writes with 503, Retry-After and the reason, while reads continue', async () => {
      await limitPages(1);
      let acknowledged = 0;
      let refused = await api.post('/v1/projects', aProject());
      for (; refused.status === 201; acknowledged++) {
        refused = await api.post('/v1/projects', aProject({ description: 'x'.repeat(5_000) }));
      }
      expectProblem(refused, 503, 'service.disk_full');
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect((await api.get('/readyz')).status).toBe(200);
      expect((await api.get('/v1/projects?limit=1')).body.page.total).toBe(acknowledged);
      expect(api.logged.join('')).not.toContain('"stack"');

      await limitPages(1_000_000);
      expect((await api.post('/v1/projects', aProject())).status).toBe(201);
      expect((await api.get('/v1/projects?limit=1')).body.page.total).toBe(acknowledged + 1);
    });
  });
}

describe('an import for which there is no room', () => {
  const headers = { 'idempotency-key': 'the-same' };
  const file = projectRows(3);
  const again = async (send: () => ReturnType<Client['post']>) => {
    const failed = await send();
    expectProblem(failed, 503, 'imports.interrupted');
    vi.restoreAllMocks();
    const repeated = await send();
    expect(repeated.status).toBe(200);
    expect(repeated.headers['idempotency-replayed']).toBeUndefined();
    const replayed = await send();
    expect(replayed.headers['idempotency-replayed']).toBe('true');
    expect(replayed.body.id).toBe(repeated.body.id);
    return repeated;
  };

  it('can be sent again with its Idempotency-Key', async () => {
    vi.spyOn(api.database, 'load').mockImplementation(() => {
      throw full();
    });
    const { body } = await again(() => commit(api, file, { headers }));
    expect(body).toMatchObject({ created: 3, status: 'done' });
  });

  it('can be previewed again', async () => {
    vi.spyOn(api.database, 'stream').mockImplementation(() => {
      throw full();
    });
    const { body } = await again(() => preview(api, file, { headers }));
    expect(body).toMatchObject({ created: 3, status: 'done' });
  });
});
