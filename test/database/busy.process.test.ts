/**
 * Another process holds the lock that a write needs: the write waits for seconds, then gives up; nothing else
 * waits.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectProblem, type TestApp, testApp } from '../support/app.ts';
import { concurrent, engine } from '../support/engines.ts';
import { endAll, start, until } from '../support/process.ts';
import { type Connection, connect, provenLog } from '../support/sql.ts';
import { eventCodes, recordEvent, writeEvent } from '../support/works.ts';

const holder = fileURLToPath(new URL('../support/holder.ts', import.meta.url));

/** Much longer than the service waits, even on a busy machine. */
const LONG_MS = 25_000;

let made = 0;
const anEvent = () => ({
  code: `busy-${++made}`,
  name: '活动',
  startsOn: '2020-06-29',
  endsOn: '2020-06-30',
});

describe('a busy database', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp();
  });
  afterAll(() => api.close());

  it('lets requests wait for a connection for some seconds only, then reports that they may retry', async () => {
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    // More than either engine provides at once.
    const lent = Array.from({ length: 20 }, () => api.database.snapshot(() => held).catch(() => {}));
    await new Promise((turn) => setTimeout(turn, 200));
    let isWaiting = true;
    const waiting = api.post('/v1/events', anEvent()).finally(() => {
      isWaiting = false;
    });
    expect((await api.get('/livez')).status).toBe(200);
    // In PostgreSQL, writes and readers share connections; SQLite's writer is independent and may be as fast.
    if (engine === 'postgres') expect(isWaiting).toBe(true);
    const answer = await waiting;
    if (engine === 'sqlite') {
      expect(answer.status).toBe(201);
    } else {
      expectProblem(answer, 503, 'service.unavailable');
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
    release();
    await Promise.all(lent);
    expect((await api.post('/v1/events', anEvent())).status).toBe(201);
  });

  if (concurrent) {
    describe('while another process writes', () => {
      let aside: Connection | undefined;
      afterEach(async () => {
        await aside?.close();
        aside = undefined;
        await endAll();
      });

      /**
       * Lets another process hold the lock for a while.
       * @returns once it has it, a function that releases it early
       */
      async function hold(milliseconds: number): Promise<() => Promise<unknown>> {
        if (engine === 'sqlite') {
          const { stdout } = start(holder, [api.url.slice('file:'.length), String(milliseconds)]);
          await until(() => stdout().includes('held'));
          return endAll;
        }
        const connection = await connect(api.url);
        aside = connection;
        await connection.rows('begin');
        await connection.rows('select seq from revision where id = 1 for update');
        setTimeout(() => connection.rows('commit').catch(() => {}), milliseconds);
        return () => connection.rows('rollback');
      }

      it('only delays a write if that takes a second', async () => {
        await hold(1_000);
        const started = performance.now();
        const writes = Array.from({ length: 5 }, (_, i) => writeEvent(api.database, `delayed-${i}`));
        await Promise.all(writes);
        expect(performance.now() - started).toBeGreaterThan(500);
        const codes = await eventCodes(api.database.read);
        expect(codes.filter((code) => code.startsWith('delayed'))).toHaveLength(5);
        await provenLog(api.database);
      });

      it('can be closed cleanly', async () => {
        const own = await testApp();
        // Enough growth to make the planner's statistics due.
        await own.database.write(async (tx) => {
          for (let i = 0; i < 3_000; i++) await recordEvent(tx, `many-${i}`);
        });
        if (engine === 'sqlite') {
          const { stdout } = start(holder, [own.url.slice('file:'.length), '3000']);
          await until(() => stdout().includes('held'));
        }
        await own.close();
      });

      it('gives up a write after some seconds, with 503 and Retry-After, while reads continue', async () => {
        const release = await hold(LONG_MS);
        const started = performance.now();
        const event = anEvent();
        const refused = api.post('/v1/events', event);
        // Requested during that wait, so that its own wait does not start only after the other gave up.
        await new Promise((turn) => setTimeout(turn, 2_000));
        const behind = writeEvent(api.database, 'behind').then(
          () => Number.NaN,
          () => performance.now(),
        );
        let reads = 0;
        let waiting = true;
        const reading = (async () => {
          while (waiting) {
            expect((await api.get('/livez')).status).toBe(200);
            expect((await api.get('/v1/regions/430100')).status).toBe(200);
            expect((await api.get('/v1/projects')).status).toBe(200);
            reads++;
            // Injected requests do not use event-loop turns; without one, no timer would ever fire.
            await nextTurn();
          }
        })();
        const answer = await refused;
        waiting = false;
        await reading;
        const gaveUp = performance.now();
        // PostgreSQL limits the wait for each lock of a row, not for all of them.
        expect((await behind) - gaveUp).toBeLessThan(engine === 'sqlite' ? 4_000 : 12_000);
        expect(performance.now() - started).toBeLessThan(LONG_MS);
        expectProblem(answer, 503, 'service.unavailable');
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
        expect(reads).toBeGreaterThan(1);

        await release();
        expect((await api.post('/v1/events', anEvent())).status).toBe(201);
        expect(await eventCodes(api.database.read)).not.toContain(event.code);
        await provenLog(api.database);
      });
    });
  }
});
