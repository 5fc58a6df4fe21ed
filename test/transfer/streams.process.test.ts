import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendStream } from '../../src/http/files.ts';
import type { LeastRate } from '../../src/http/least-rate.ts';
import { aProject, created } from '../support/app.ts';
import { administer, adminKey, concurrent, engine } from '../support/engines.ts';
import { until } from '../support/process.ts';
import { type TestServer, testServer } from '../support/server.ts';
import { insertCopies } from '../support/world.ts';
import { readCsv, readXlsx, tableOf } from './support.ts';

/** Several batches, and more than the buffers of a connection can hold. */
const ROWS = 20_000;
const LARGE = 'x'.repeat(2_000);

let api: TestServer;
let port: number;
beforeAll(async () => {
  api = await testServer();
  port = (api.app.server.address() as { port: number }).port;
  await created(api, '/v1/projects', aProject({ code: 'ORIGINAL', description: LARGE }));
  await insertCopies(api, { code: 'ORIGINAL' }, ROWS - 1);
});
afterAll(() => api.close());

/** Sends a request without reading the response. */
async function ask(query: string): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${adminKey()}` };
  const request = get({ port, path: `/v1/projects?${query}`, headers, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of response.setEncoding('utf8')) text += part;
  return text;
}

const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('an export of more rows than a batch', () => {
  it('has each of them once, in order, as CSV and as NDJSON', async () => {
    const lines = linesOf((await api.get('/v1/projects?format=ndjson&sort=-name,code')).text);
    expect(lines.pop()).toMatchObject({ end: true, count: ROWS });
    const codes = lines.map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)].sort());
    expect(codes).toHaveLength(ROWS);
    const rows = readCsv(await api.get('/v1/projects?format=csv&sort=-name,code&lang=en'));
    expect(rows.map(({ Code }) => Code)).toEqual(codes);
  });

  it('has each of them once as xlsx', async () => {
    const first = linesOf((await api.get('/v1/projects?format=ndjson')).text)[3_000];
    const answer = await api.get(`/v1/projects?format=xlsx&lang=en&sort=code&code=${first.code},ORIGINAL`);
    expect(tableOf(await readXlsx(answer)).map(({ Code }) => Code)).toEqual([first.code, 'ORIGINAL']);
  });

  if (!concurrent) return;

  it('shows one state, despite concurrent writes', async () => {
    const { revision } = (await api.get('/v1/projects')).body;
    const response = await ask('format=ndjson');
    await created(api, '/v1/projects', aProject({ code: 'MEANWHILE', signedOn: '1900-01-01' }));
    const lines = linesOf(await textOf(response));
    expect(lines.pop()).toEqual({ end: true, count: ROWS, revision });
    expect(lines.some(({ code }) => code === 'MEANWHILE')).toBe(false);
    expect((await api.get('/v1/projects?code=MEANWHILE&format=ndjson')).text).toContain('MEANWHILE');
    expect(response.headers.etag).toMatch(new RegExp(`^"${revision}-`));
  });

  it('leaves room for other reads; one too many is refused with Retry-After', async () => {
    const running = await Promise.all(Array.from({ length: api.database.streams }, () => ask('format=csv')));
    const refused = await api.get('/v1/projects?format=csv');
    expect(refused).toMatchObject({ status: 503, body: { code: 'transfer.too_many_exports' } });
    expect(refused.headers['retry-after']).toBe('5');
    expect((await api.get('/v1/projects?limit=1')).status).toBe(200);
    expect((await api.get('/v1/statistics/summary')).status).toBe(200);
    for (const response of running) response.destroy();
    const again = await until(async () => {
      const answer = await api.get('/v1/projects?format=csv&code=ORIGINAL');
      return answer.status === 200 ? answer : undefined;
    });
    expect(again.text).toContain('ORIGINAL');
  });

  it('that its reader abandons releases its resources, every time', async () => {
    for (let i = 0; i < 3 * api.database.streams; i++) {
      const response = await until(async () => {
        const asked = await ask(i % 2 ? 'format=xlsx' : 'format=ndjson');
        return asked.statusCode === 200 ? asked : undefined;
      });
      await once(response, 'data');
      response.destroy();
    }
  });

  it('ends with its connection when the database becomes unavailable', async () => {
    const other = await testServer();
    await created(other, '/v1/projects', aProject({ code: 'ORIGINAL', description: LARGE }));
    await insertCopies(other, { code: 'ORIGINAL' }, ROWS / 2);
    const { port: own } = other.app.server.address() as { port: number };
    const headers = { authorization: `Bearer ${adminKey()}` };
    const request = get({ port: own, path: '/v1/projects?format=ndjson', headers, agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await once(
      response.once('data', () => response.pause()),
      'data',
    );
    if (engine === 'sqlite') void other.database.close().catch(() => {});
    else
      await administer(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = '${new URL(other.url).pathname.slice(1)}'`);
    response.resume();
    const length = textOf(response).then((text) => text.length);
    await expect(length).rejects.toThrow(/aborted/);
    await other.close().catch(() => {});
  });
});

/**
 * An app that streams the given parts, and the number of parts consumed; `end` tells whether the stream was
 * abandoned.
 */
async function streaming(parts: (n: number) => Uint8Array | null, least?: LeastRate) {
  const state = { taken: 0, ended: false };
  async function* source() {
    try {
      for (;;) {
        const part = parts(state.taken);
        if (part === null) return;
        state.taken += 1;
        yield part;
      }
    } finally {
      state.ended = true;
    }
  }
  const app = Fastify();
  app.get('/', (_, reply) => sendStream(reply, source(), least));
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  return { app, address, state };
}

const BLOCK = new Uint8Array(65_536).fill(120);

/** Opens a connection that sends a request and then reads nothing. */
async function stuck(address: string) {
  const socket = connect(Number(new URL(address).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(socket, 'connect');
  return socket;
}

describe('a stream', () => {
  it('arrives complete', async () => {
    const { app, address, state } = await streaming((n) => (n < 50 ? BLOCK : null));
    expect((await (await fetch(address)).arrayBuffer()).byteLength).toBe(50 * BLOCK.length);
    expect(state).toEqual({ taken: 50, ended: true });
    await app.close();
  });

  it('that fails does not look complete', async () => {
    const { app, address, state } = await streaming((n) => {
      if (n === 5) throw new Error('broken');
      return BLOCK;
    });
    const response = await fetch(address);
    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow();
    expect(state.ended).toBe(true);
    await app.close();
  });

  it('waits for a slow reader instead of filling the memory', async () => {
    const { app, address, state } = await streaming(() => BLOCK);
    const socket = await stuck(address);
    await until(() => state.taken > 5);
    await sleep(300);
    const taken = state.taken;
    await sleep(300);
    expect(state.taken).toBe(taken);
    // No more than the system's own buffers.
    expect(taken * BLOCK.length).toBeLessThan(32_000_000);
    expect(state.ended).toBe(false);
    socket.destroy();
    await until(() => state.ended);
    await app.close();
  });

  it('is ended, and its connection destroyed, if the reader takes nothing', async () => {
    const { app, address, state } = await streaming(() => BLOCK, { bytes: 1, withinMs: 300 });
    const socket = await stuck(address);
    await until(() => state.ended);
    const closed = once(socket, 'close');
    socket.resume();
    await closed;
    await app.close();
  });

  it('is ended if the reader is too slow all the time', async () => {
    const { app, address, state } = await streaming(() => BLOCK, { bytes: 20_000_000, withinMs: 600 });
    const socket = await stuck(address);
    const sips = setInterval(() => socket.read(1_000), 10);
    socket.on('readable', () => {});
    await until(() => state.ended);
    clearInterval(sips);
    socket.destroy();
    await app.close();
  });

  it('that is read fast enough is not ended, however long it takes', async () => {
    const { app, address, state } = await streaming((n) => (n < 300 ? BLOCK : null), {
      bytes: BLOCK.length,
      withinMs: 1_200,
    });
    let bytes = 0;
    for await (const part of (await fetch(address)).body as AsyncIterable<Uint8Array>) {
      bytes += part.byteLength;
      if (bytes % (40 * BLOCK.length) < part.byteLength) await sleep(250);
    }
    expect(bytes).toBe(300 * BLOCK.length);
    expect(state.ended).toBe(true);
    await app.close();
  });
});
