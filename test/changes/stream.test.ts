/** The stream of changes. */
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';
import { changesStream } from '../../src/features/changes/stream.ts';
import { changesService } from '../../src/log/service.ts';
import {
  aProject,
  type Body,
  type Client,
  clientOf,
  created,
  expectProblem,
  instanceBeside,
  type TestApp,
  testApp,
} from '../support/app.ts';
import { logOf } from '../support/change-log.ts';
import { adminKey, concurrent } from '../support/engines.ts';
import { type Listener, listenTo } from '../support/events.ts';
import { until } from '../support/process.ts';

const authorization = (key = adminKey()) => ({ authorization: `Bearer ${key}` });

/** A listening app, and the URL of its stream. */
async function listening(api: TestApp): Promise<string> {
  return `${await api.app.listen({ host: '127.0.0.1', port: 0 })}/v1/changes/stream`;
}

describe('the stream of changes', () => {
  let api: TestApp;
  let address: string;
  beforeAll(async () => {
    api = await testApp();
    address = await listening(api);
  });
  afterAll(() => api.close());

  const head = async (): Promise<number> => (await api.get('/v1/changes/head')).body.seq;

  it('sends the whole log, then each new entry', async () => {
    const listener = await listenTo(address, authorization());
    expect(listener.answer.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      // A client that reused the connection would reach a stopping service.
      connection: 'close',
    });
    const already = await logOf(api);
    await until(() => listener.entries.length === already.length);
    const { id } = await created(api, '/v1/projects', aProject());
    await until(() => listener.entries.length > already.length);
    expect(listener.entries).toEqual(await logOf(api));
    expect(listener.entries.at(-1)).toMatchObject({ action: 'create', entityId: id });
    listener.cut();
  });

  it('continues after the id of the last event, whatever the URL says', async () => {
    const seq = await head();
    await created(api, '/v1/projects', aProject());
    const by = await Promise.all([
      listenTo(`${address}?after=${seq}`, authorization()),
      listenTo(`${address}?after=3`, { ...authorization(), 'last-event-id': String(seq) }),
    ]);
    for (const listener of by) {
      await until(() => listener.entries.length > 0);
      expect(listener.entries.map((entry) => entry.seq)).toEqual([seq + 1]);
      listener.cut();
    }
  });

  it.each(['x', '-1', '1.5', '9'.repeat(20)])('refuses to continue after “%s”', async (id) => {
    const answer = await api.get('/v1/changes/stream', { 'last-event-id': id });
    expectProblem(answer, 422, 'request.invalid', [['Last-Event-ID', 'wrong_type']]);
  });

  it('shows changes of keys to admins only', async () => {
    const after = await head();
    const viewer = await created(api, '/v1/keys', { name: 'listener', role: 'viewer' });
    const url = `${address}?after=${after}`;
    const [byAdmin, byViewer] = await Promise.all([
      listenTo(url, authorization()),
      listenTo(url, authorization(viewer.key)),
    ]);
    await until(() => byAdmin.entries.length > 0 && byViewer.entries.length > 0);
    expect(byAdmin.entries[0].fields.name).toEqual({ after: 'listener' });
    expect(byViewer.entries).toEqual([{ ...byAdmin.entries[0], fields: {} }]);
    byAdmin.cut();
    byViewer.cut();
  });

  it('ends when its key is revoked', async () => {
    const viewer = await created(api, '/v1/keys', { name: 'to be revoked', role: 'viewer' });
    const listener = await listenTo(`${address}?after=${await head()}`, authorization(viewer.key));
    await api.post(`/v1/keys/${viewer.id}/revoke`);
    await created(api, '/v1/projects', aProject());
    expect(await listener.ended).toBe('complete');
    expect(listener.entries.filter(({ entity }) => entity === 'projects')).toEqual([]);
  });

  it('ends cleanly when the service stops, also for idle followers', async () => {
    const own = await testApp();
    const listener = await listenTo(await listening(own), authorization());
    await until(() => listener.entries.length > 0);
    await own.close();
    expect(await listener.ended).toBe('complete');
  });
});

describe('a follower', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp();
  });
  afterAll(() => api.close());

  /** A stream with short intervals, and its number of reads from the log. */
  function shortStream(times: { heartbeatMs?: number; stallMs?: number; failures?: number }) {
    const changes = changesService({ database: api.database });
    let reads = 0;
    const counted: typeof changes = {
      ...changes,
      entries: async (...args) => {
        reads += 1;
        if (reads <= (times.failures ?? 0)) throw new Error('The database does not answer.');
        return changes.entries(...args);
      },
    };
    const stream = changesStream({ database: api.database, changes: counted, ...times });
    const follow = (after: number, caller = 'somebody', hasKey = true) =>
      stream.follow({
        after,
        parameter: 'after',
        caller,
        hasKey,
        showsKeys: true,
        mayFollow: async () => true,
      });
    return { follow, reads: () => reads };
  }

  it('receives keep-alive comments while nothing happens', async () => {
    const { seq } = await api.database.revision();
    const stream = await shortStream({ heartbeatMs: 300 }).follow(seq);
    const heard: string[] = [];
    stream.on('data', (text) => heard.push(text));
    await until(() => heard.length > 2);
    expect(heard.slice(0, 3)).toEqual(['retry: 2000\n\n', ':\n\n', ':\n\n']);
    stream.destroy();
  });

  it('survives a temporary failure of the database', async () => {
    const { follow, reads } = shortStream({ heartbeatMs: 100, failures: 3 });
    const stream = await follow(0);
    let heard = '';
    stream.on('data', (text) => {
      heard += text;
    });
    await until(() => heard.includes('id: 1\n'));
    expect(reads()).toBeGreaterThan(3);
    stream.destroy();
  });

  it('that does not read uses little memory, is disconnected, and can continue', async () => {
    const { follow, reads } = shortStream({ stallMs: 500 });
    const stream = await follow(0);
    let taken = '';
    // Accepts one chunk of many, then blocks.
    const stuck = new Writable({
      highWaterMark: 1,
      write: (chunk) => {
        taken += chunk;
      },
    });
    const closed = new Promise((resolve) => stream.once('close', resolve));
    stream.pipe(stuck);
    await closed;
    expect(stream.destroyed).toBe(true);
    // The log has several times as many entries as one batch.
    expect((await api.database.revision()).seq).toBeGreaterThan(300);
    expect(reads()).toBe(1);
    const last = Number([...taken.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1] ?? 0);
    const again = await follow(last);
    const [, next] = /id: (\d+)/.exec(String((await again.take(2).toArray()).join(''))) ?? [];
    expect(Number(next)).toBe(last + 1);
    again.destroy();
  });

  it('has at most fifty streams', async () => {
    const { follow } = shortStream({});
    const streams = await Promise.all(Array.from({ length: 50 }, () => follow(0)));
    await expect(follow(0)).rejects.toMatchObject({ code: 'changes.too_many_streams' });
    streams[0]?.destroy();
    await until(() => follow(0).catch(() => null)).then((stream) => stream.destroy());
    for (const stream of streams) stream.destroy();
  });

  it('shares reads with all followers at the same position', async () => {
    const { follow, reads } = shortStream({});
    const replay = async () => {
      const stream = await follow(0);
      const heard = await stream.take(6).toArray();
      return heard.join('');
    };
    const all = await Promise.all(Array.from({ length: 20 }, replay));
    expect(new Set(all).size).toBe(1);
    expect(all[0]).toContain('id: 30\n');
    // Five batches, and those read ahead.
    expect(reads()).toBeLessThan(20);
  });

  it('leaves room for keys, even if networks without a key use their maximum', async () => {
    const { follow } = shortStream({});
    const networks = Array.from({ length: 5 }, (_, i) => `192.0.2.${i}`);
    const streams = await Promise.all(
      networks.flatMap((network) => Array.from({ length: 50 }, () => follow(0, network, false))),
    );
    await expect(follow(0, '192.0.2.9', false)).rejects.toMatchObject({ code: 'changes.too_many_streams' });
    streams.push(await follow(0, 'a key'));
    for (const stream of streams) stream.destroy();
  });

  it('that has disconnected is forgotten immediately', async () => {
    const { follow, reads } = shortStream({});
    const stream = await follow(0);
    stream.resume();
    await until(() => reads() > 4);
    stream.destroy();
    await sleep(600);
    const before = reads();
    await created(api, '/v1/projects', aProject());
    await sleep(600);
    expect(reads()).toBe(before);
  });
});

describe('a client disconnected at random', () => {
  const WRITERS = 4;
  const WRITES_EACH = 60;

  it('receives every entry exactly once while others write through all instances', async () => {
    const api = await testApp();
    const others = concurrent ? [await anotherInstance(api)] : [];
    const apps = [api.app, ...others.map(({ app }) => app)];
    const addresses: string[] = [];
    for (const app of apps) addresses.push(await app.listen({ host: '127.0.0.1', port: 0 }));
    try {
      const write = async (client: Client) => {
        for (let i = 0; i < WRITES_EACH; i++) {
          const { id } = await created(client, '/v1/projects', aProject());
          if (i % 3 === 0) await client.delete(`/v1/projects/${id}`);
          await sleep(Math.random() * 10);
        }
      };
      const clients = apps.map((app) => clientOf(app));
      const writing = Promise.all(
        Array.from({ length: WRITERS }, (_, i) => write(clients[i % clients.length] as Client)),
      );
      let done = false;
      writing.finally(() => {
        done = true;
      });
      const seen: Body[] = [];
      let connections = 0;
      const caughtUp = async () => done && seen.length === (await api.database.revision()).seq;
      while (!(await caughtUp())) {
        const after = seen.at(-1)?.seq ?? 0;
        const address = addresses[connections % addresses.length];
        const enough = 1 + Math.floor(Math.random() * 40);
        const listener: Listener = await listenTo(
          `${address}/v1/changes/stream`,
          { ...authorization(), 'last-event-id': String(after) },
          ({ entries, cut }) => {
            // Data arriving in the same moment may be received or lost.
            if (entries.length === enough) cut();
          },
        );
        await Promise.race([listener.ended, sleep(Math.random() * 400)]);
        listener.cut();
        seen.push(...listener.entries);
        connections += 1;
      }
      await writing;
      expect(connections).toBeGreaterThan(5);
      expect(seen).toEqual(await logOf(api));
      expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, i) => i + 1));
    } finally {
      for (const other of others) await other.close();
      await api.close();
    }
  });
});

/** A second service on the same database. */
async function anotherInstance({ url, clock }: TestApp) {
  const database = await openDatabase(url);
  const app = await instanceBeside({ clock }, database);
  return {
    app,
    close: async () => {
      await app.close();
      await database.close();
    },
  };
}
