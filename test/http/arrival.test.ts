/** Timeouts for receiving bodies, over real connections. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allowArrival } from '../../src/http/arrival.ts';
import { createServer } from '../../src/http/server.ts';
import { clockOn, TODAY } from '../support/app.ts';

const ARRIVAL_MS = 500;
const LONGER_MS = 3_000;
const TRICKLE_MS = 50;

let app: FastifyInstance;
beforeAll(async () => {
  app = createServer({
    logger: pino({ level: 'silent' }),
    bodyLimit: 1_024,
    trustProxy: [],
    clock: clockOn(TODAY),
    arrivalMs: ARRIVAL_MS,
  });
  app.addContentTypeParser('text/csv', (_, body, done) => done(null, body));
  app.post('/plain', async () => 'read');
  app.post('/longer', async (request) => {
    allowArrival(request, LONGER_MS);
    for await (const _ of request.raw);
    return 'read';
  });
  app.post('/slow', () => sleep(2 * ARRIVAL_MS, 'done'));
  app.post('/refused', async (_, reply) => reply.code(403).send('no'));
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => app.close());

interface Exchange {
  received: string;
  /** Until the service closed the connection; kept-alive connections are never closed. */
  milliseconds: number;
}

/** Sends the headers of a request, then a byte of its body now and then. */
function trickle(path: string, type: string, bytes: number): Promise<Exchange> {
  return new Promise((resolve) => {
    const began = performance.now();
    const socket: Socket = connect(Number(new URL(app.listeningOrigin).port), '127.0.0.1');
    let received = '';
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: ${type}\r\nContent-Length: ${bytes}\r\n\r\n`,
    );
    let sent = 0;
    const timer = setInterval(() => {
      if (sent++ < bytes) socket.write('1');
    }, TRICKLE_MS);
    socket.setEncoding('utf8').on('data', (text) => {
      received += text;
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(timer);
      resolve({ received, milliseconds: performance.now() - began });
    });
  });
}

describe('a body that arrives slowly', () => {
  it.concurrent('is cut off if its route allows no more time', async () => {
    const { received, milliseconds } = await trickle('/plain', 'application/json', 1_000);
    expect(received).toMatch(/^HTTP\/1\.1 408 /);
    expect(received).toContain('"code":"request.timeout"');
    expect(milliseconds).toBeGreaterThan(ARRIVAL_MS - 50);
    expect(milliseconds).toBeLessThan(LONGER_MS);
  });

  it.concurrent('is awaited if its route allows more time', async () => {
    const { received, milliseconds } = await trickle('/longer', 'text/csv', 20);
    expect(received).toMatch(/^HTTP\/1\.1 200 /);
    expect(milliseconds).toBeGreaterThan(ARRIVAL_MS);
  });

  it.concurrent('is cut off if even that is exceeded', async () => {
    const { received, milliseconds } = await trickle('/longer', 'text/csv', 10_000);
    expect(received).toMatch(/^HTTP\/1\.1 408 /);
    expect(milliseconds).toBeGreaterThan(LONGER_MS - 50);
  });

  it.concurrent('does not block a connection after the response', async () => {
    const { received, milliseconds } = await trickle('/refused', 'text/csv', 10_000);
    expect(received).toMatch(/^HTTP\/1\.1 403 /);
    expect(milliseconds).toBeLessThan(LONGER_MS);
  });

  it.concurrent('for an unknown path is cut off as well', async () => {
    const { received, milliseconds } = await trickle('/nothing', 'application/json', 1_000);
    expect(received).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(milliseconds).toBeLessThan(LONGER_MS);
  });
});

describe('a complete body', () => {
  it.concurrent('may take longer to process', async () => {
    const { received } = await trickle('/slow', 'application/json', 3);
    expect(received).toMatch(/^HTTP\/1\.1 200 /);
  });
});
