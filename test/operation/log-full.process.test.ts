/** The log cannot be written, since its disk is full: the service goes on, and ends when it is told to. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bundled } from '../support/bundle.ts';
import { adminKey, engine, freshDatabase, type TestDatabase } from '../support/engines.ts';
import { occupiedPort, until } from '../support/process.ts';

let place: TestDatabase;
beforeEach(async () => {
  place = await freshDatabase();
});
afterEach(() => place.remove());

/** Several times as long as lines wait to be written. */
const LONG_MS = 1_500;

if (engine === 'sqlite') {
  it('a service whose log cannot be written goes on writing data, and ends with 0', async () => {
    const { port, free } = await occupiedPort();
    await free();
    // Each write to it fails as on a full disk.
    const full = openSync('/dev/full', 'w');
    const service = spawn(process.execPath, [bundled('cli'), 'serve'], {
      stdio: ['ignore', full, 'ignore'],
      env: { PATH: process.env.PATH, DATABASE_URL: place.url, PORT: String(port), LOG_LEVEL: 'debug' },
    });
    closeSync(full);
    const ended = once(service, 'exit');
    try {
      const address = `http://127.0.0.1:${port}`;
      const isReady = () => fetch(`${address}/readyz`).then(({ ok }) => ok);
      await until(() => service.exitCode !== null || isReady().catch(() => false));
      const end = performance.now() + LONG_MS;
      for (let made = 0; performance.now() < end; made++) {
        const answer = await fetch(`${address}/v1/events`, {
          method: 'POST',
          headers: { authorization: `Bearer ${adminKey()}`, 'content-type': 'application/json' },
          body: JSON.stringify({
            code: `e-${made}`,
            name: '活动',
            startsOn: '2020-06-29',
            endsOn: '2020-06-30',
          }),
        });
        expect(answer.status).toBe(201);
      }
      service.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    } finally {
      service.kill('SIGKILL');
    }
  });
}
