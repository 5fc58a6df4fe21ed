/** Uploads over real connections: refused during the upload, aborted, slow. */
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body } from '../support/app.ts';
import { adminKey } from '../support/engines.ts';
import { until } from '../support/process.ts';
import { type TestServer, testServer } from '../support/server.ts';
import { filesIn } from './support.ts';

const MIB = 1024 * 1024;

let api: TestServer;
let address: string;
beforeAll(async () => {
  api = await testServer({ imports: { textBytes: MIB, workbookBytes: MIB, uploadMs: 3_000 } });
  address = String(api.app.listeningOrigin);
});
afterAll(() => api.close());

const HEADERS = { authorization: `Bearer ${adminKey()}`, 'content-type': 'text/csv' };

/** Log entries of requests that failed with an internal error. */
const failures = (): Body[] =>
  api.logged.map((line) => JSON.parse(line)).filter(({ status, level }) => status >= 500 || level >= 50);

/** Sends part of a body, and waits for a response, if any. */
async function answerTo(
  headers: Record<string, string>,
  parts: AsyncIterable<Buffer>,
  query = 'mode=preview&entity=regions',
) {
  return new Promise<{ status: number; body: Body }>((resolve, reject) => {
    const sent = request(`${address}/v1/imports?${query}`, {
      method: 'POST',
      headers: { ...HEADERS, ...headers },
    });
    sent.on('error', reject).on('response', async (response) => {
      let text = '';
      for await (const part of response.setEncoding('utf8')) text += part;
      resolve({ status: response.statusCode as number, body: JSON.parse(text) });
    });
    (async () => {
      for await (const part of parts) {
        if (!sent.write(part)) await new Promise((go) => sent.once('drain', go));
      }
      sent.end();
    })().catch(reject);
  });
}

async function* repeated(part: Buffer, times: number, pause = 0) {
  for (let i = 0; i < times; i++) {
    if (pause > 0) await sleep(pause);
    yield part;
  }
}

describe('a client that sends a file', () => {
  it.each([
    ['that is too large', {}, 'mode=preview', 413, 'imports.too_large'],
    [
      'of a type that is not taken',
      { 'content-type': 'text/plain' },
      'mode=preview',
      415,
      'request.unsupported_media_type',
    ],
    ['without the key that it needs', {}, 'mode=commit', 428, 'imports.key_required'],
    [
      'with a key that does not hold',
      { authorization: 'Bearer none' },
      'mode=preview',
      401,
      'access.invalid_key',
    ],
    [
      'in a form without a boundary',
      { 'content-type': 'multipart/form-data' },
      'mode=preview',
      422,
      'imports.no_file',
    ],
  ])('%s gets the response after sending all of it', async (_, headers, query, status, code) => {
    const answer = await answerTo(headers, repeated(Buffer.alloc(MIB, 'a'), 12), query);
    expect(answer).toMatchObject({ status, body: { code } });
    expect(filesIn(api)).toEqual([]);
  });

  it('and disconnects in the middle leaves nothing, and no logged failure', async () => {
    for (const type of ['text/csv', 'multipart/form-data; boundary=x']) {
      const socket = connect(Number(new URL(address).port), '127.0.0.1');
      socket.write(
        `POST /v1/imports?mode=preview HTTP/1.1\r\nHost: a\r\nAuthorization: ${HEADERS.authorization}\r\nContent-Type: ${type}\r\nContent-Length: 100000\r\n\r\n`,
      );
      socket.write('--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\ncode\r\n');
      await until(() => filesIn(api).length > 0);
      socket.destroy();
      await until(() => filesIn(api).length === 0);
    }
    await until(() => api.logged.filter((line) => line.includes('/v1/imports?mode=preview')).length >= 2);
    expect(failures()).toEqual([]);
  });

  it('too slowly is disconnected, and leaves nothing', async () => {
    const began = performance.now();
    const answer = await answerTo({}, repeated(Buffer.from('code\r\n'), 1_000, 50));
    expect(answer).toMatchObject({ status: 408, body: { code: 'request.timeout' } });
    expect(performance.now() - began).toBeGreaterThan(2_500);
    await until(() => filesIn(api).length === 0);
    expect(failures()).toEqual([]);
  });
});
