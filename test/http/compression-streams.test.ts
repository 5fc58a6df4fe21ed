/** Compressed streams, on real connections; and the compressed forms of cached responses. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import * as zlib from 'node:zlib';
import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { createAnswers } from '../../src/http/answers.ts';
import { compressResponses } from '../../src/http/compression.ts';
import { sendStream } from '../../src/http/files.ts';
import type { LeastRate } from '../../src/http/least-rate.ts';
import { clockOn, TODAY } from '../support/app.ts';
import { until } from '../support/process.ts';

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: zlib.createGunzip,
  br: zlib.createBrotliDecompress,
  ...(typeof zlib.createZstdDecompress === 'function' && { zstd: () => zlib.createZstdDecompress() }),
};

type Part = Uint8Array | null;

/** An app that streams the given parts as a compressed table. */
async function streaming(parts: (n: number) => Part | Promise<Part>, least?: LeastRate) {
  const state = { taken: 0, ended: false };
  async function* source() {
    try {
      for (;;) {
        const part = await parts(state.taken);
        if (part === null) return;
        state.taken += 1;
        yield part;
      }
    } finally {
      state.ended = true;
    }
  }
  const app = Fastify();
  compressResponses(app);
  app.get('/', (_, reply) => sendStream(reply.type('text/csv'), source(), least));
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  return { app, address, state };
}

/** Asks without reading the body. */
async function ask(address: string, encoding: string): Promise<IncomingMessage> {
  const request = get(address, { headers: { 'accept-encoding': encoding }, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  expect(response.headers['content-encoding']).toBe(encoding);
  // A test that leaves in the middle needs no more of it.
  return response.on('error', () => {});
}

const BLOCK = new Uint8Array(65_536).fill(120);
/** Nothing that compression makes smaller. */
const noise = () => randomBytes(BLOCK.length);

describe.each(Object.keys(decoders))('a stream compressed as %s', (encoding) => {
  const decoded = async (response: IncomingMessage): Promise<number> => {
    let bytes = 0;
    const decoder = decoders[encoding]?.() as Transform;
    response.once('error', (error) => decoder.destroy(error));
    for await (const part of response.pipe(decoder)) bytes += part.length;
    return bytes;
  };

  it('arrives complete', async () => {
    const { app, address, state } = await streaming((n) => (n < 50 ? BLOCK : null));
    expect(await decoded(await ask(address, encoding))).toBe(50 * BLOCK.length);
    expect(state).toEqual({ taken: 50, ended: true });
    await app.close();
  });

  it('that fails does not look complete', async () => {
    const { app, address, state } = await streaming((n) => {
      if (n === 200) throw new Error('broken');
      return noise();
    });
    await expect(decoded(await ask(address, encoding))).rejects.toThrow(/aborted/);
    expect(state.ended).toBe(true);
    await app.close();
  });

  it('waits for a slow reader, and ends its source when the reader leaves', async () => {
    const { app, address, state } = await streaming(noise);
    const response = await ask(address, encoding);
    let before = -1;
    await until(async () => {
      if (before === state.taken) return true;
      before = state.taken;
      return sleep(500);
    });
    // No more than the system's own buffers.
    expect(state.taken * BLOCK.length).toBeLessThan(32_000_000);
    expect(state.ended).toBe(false);
    response.destroy();
    await until(() => state.ended);
    await app.close();
  });

  it('shows what there is while more is awaited', async () => {
    const { promise, resolve } = Promise.withResolvers<null>();
    const { app, address } = await streaming((n) => (n === 0 ? BLOCK : promise));
    const response = await ask(address, encoding);
    const decoder = response.pipe(decoders[encoding]?.() as Transform);
    let bytes = 0;
    decoder.on('data', (part: Buffer) => {
      bytes += part.length;
    });
    await until(() => bytes === BLOCK.length);
    resolve(null);
    await once(decoder, 'end');
    await app.close();
  });

  it('is ended if the reader takes nothing', async () => {
    const { app, address, state } = await streaming(noise, { bytes: 1, withinMs: 300 });
    const response = await ask(address, encoding);
    await until(() => state.ended);
    response.destroy();
    await app.close();
  });

  it('is not ended for how little is sent of content that compresses well', async () => {
    const least = { bytes: 8 * BLOCK.length, withinMs: 600 };
    const start = performance.now();
    // Without pauses, which would not count, and longer than is watched.
    const { app, address, state } = await streaming(
      () => (performance.now() - start < 2_000 ? BLOCK : null),
      least,
    );
    const bytes = await decoded(await ask(address, encoding));
    expect(bytes).toBe(state.taken * BLOCK.length);
    expect(state.ended).toBe(true);
    await app.close();
  });
});

describe('a cached response', () => {
  const text = '落地'.repeat(2_000);

  /** An app whose only response is cached within a bound, and what the cache held for each request. */
  async function caching(maxBytes: number) {
    let seq = 1;
    const database = { revision: async () => ({ seq, hash: `h${seq}` }) } as Partial<Database> as Database;
    const answers = createAnswers(database, clockOn(TODAY), maxBytes, 'test', {
      definitionsVersion: 1,
      told: async (revision) => ({ revision, at: null }),
    });
    const held: (readonly string[])[] = [];
    const app = Fastify();
    compressResponses(app);
    app.decorateRequest('fewest', 1);
    app.decorateReply('asker', {
      getter: () => ({ names: ['test'], hasKey: true, signal: new AbortController().signal }),
    });
    app.addHook('onSend', (_, reply, payload, done) => {
      held.push(Object.keys(reply.kept?.compressed ?? {}));
      done(null, payload);
    });
    app.get('/', { config: { reusable: true }, onRequest: answers.reuse }, (request, reply) =>
      answers.send(request, reply, undefined, async () => ({
        revision: await database.revision(),
        body: { seq, text },
      })),
    );
    const read = async (encoding: string): Promise<unknown> => {
      const { rawPayload } = await app.inject({ url: '/', headers: { 'accept-encoding': encoding } });
      return JSON.parse(
        (encoding === 'gzip' ? zlib.gunzipSync : zlib.brotliDecompressSync)(rawPayload).toString(),
      );
    };
    return { read, held, change: () => ++seq };
  }

  it('is compressed once for each encoding, and again after a change', async () => {
    const { read, held, change } = await caching(1_000_000);
    for (const encoding of ['gzip', 'br', 'gzip', 'br']) {
      expect(await read(encoding)).toEqual({ seq: 1, text });
    }
    expect(held).toEqual([[], ['gzip'], ['gzip', 'br'], ['gzip', 'br']]);
    change();
    for (let i = 0; i < 2; i++) expect(await read('gzip')).toEqual({ seq: 2, text });
    expect(held.slice(4)).toEqual([[], ['gzip']]);
  });

  it('is not kept beyond the bound, which includes its compressed forms', async () => {
    const { read, held } = await caching(2 * (text.length + 40) + 256);
    for (let i = 0; i < 4; i++) expect(await read('gzip')).toEqual({ seq: 1, text });
    expect(held.flat()).toEqual([]);
  });
});
