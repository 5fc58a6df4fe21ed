/** Uploads that are as slow as possible, to occupy places that others need. */
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesIn, preview, projectRows } from '../imports/support.ts';
import { clientOf, created, expectProblem } from '../support/app.ts';
import { until } from '../support/process.ts';
import { type TestServer, testServer } from '../support/server.ts';

const WITHIN_MS = 2_000;
const EVERY_MS = 50;

let api: TestServer;
let key: string;
let sockets: Socket[] = [];
beforeAll(async () => {
  const rate = { leastBytes: 1_000, leastWithinMs: WITHIN_MS };
  api = await testServer({ imports: { running: 2, waiting: 2, ofOneKey: 2, ...rate } });
  key = (await created(api, '/v1/keys', { name: 'slow', role: 'editor' })).key;
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await api.close();
});

/** Sends a file a few characters at a time. @returns everything received until the connection ends */
function trickle(file: string, atOnce: number, head: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(api.app.listeningOrigin).port), '127.0.0.1');
    sockets.push(socket);
    const lines = [
      'POST /v1/imports?mode=preview HTTP/1.1',
      'Host: a',
      'Connection: close',
      `Authorization: Bearer ${key}`,
      'Content-Type: text/csv',
      head,
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    const isChunked = head.startsWith('Transfer-Encoding');
    let at = 0;
    const timer = setInterval(() => {
      const part = file.slice(at, at + atOnce);
      at += atOnce;
      if (part !== '') socket.write(isChunked ? `${part.length.toString(16)}\r\n${part}\r\n` : part);
    }, EVERY_MS);
    let received = '';
    socket.setEncoding('utf8').on('data', (text) => {
      received += text;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(timer);
      resolve(received);
    });
  });
}

describe('an upload', () => {
  it('below the minimum rate is disconnected, and its place is free again', async () => {
    const file = 'x'.repeat(100_000);
    const slow = [
      trickle(file, 1, `Content-Length: ${file.length}`),
      trickle(file, 1, 'Transfer-Encoding: chunked'),
    ];
    await until(() => filesIn(api).length === slow.length);
    const client = clientOf(api.app, key);
    expectProblem(await preview(client, projectRows(1)), 429, 'imports.too_many_of_key');
    expect((await preview(api, projectRows(1))).status).toBe(200);
    for (const received of await Promise.all(slow)) {
      expect(received).toMatch(/^HTTP\/1\.1 408 /);
      expect(received).toContain('"code":"request.timeout"');
    }
    await until(() => filesIn(api).length === 0);
    expect((await preview(client, projectRows(1))).status).toBe(200);
  });

  it('that takes long is accepted as long as it is fast enough', async () => {
    const ascii = `Code,Name,Level,Investment (yuan),Signed\r\n${Array.from(
      { length: 10_000 },
      (_, i) => `SLOW-${i},M,county,1,2020-06-29\r\n`,
    ).join('')}`;
    const began = performance.now();
    const received = await trickle(ascii, 5_000, `Content-Length: ${ascii.length}`);
    expect(received).toMatch(/^HTTP\/1\.1 200 /);
    expect(performance.now() - began).toBeGreaterThan(WITHIN_MS);
  });
});
