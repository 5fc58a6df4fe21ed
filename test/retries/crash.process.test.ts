/** The process is killed at arbitrary moments; after retries by clients, everything is done exactly once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';
import { aProject } from '../support/app.ts';
import { adminKey, concurrent, engine, freshDatabase, type TestDatabase } from '../support/engines.ts';
import { endAll, served, until } from '../support/process.ts';
import { runs } from '../support/runs.ts';
import { expectVerified } from '../support/verified.ts';

const CLIENTS = 32;
const ROUNDS = engine === 'sqlite' ? runs(20) : 5;
const SLOW_MS = 600_000;

// Needs a database server that survives the killed process; PGlite lives in this process and accepts one
// connection.
if (concurrent) {
  describe('a service that is killed while 32 clients write', () => {
    let place: TestDatabase;
    beforeAll(async () => {
      place = await freshDatabase();
    });
    afterAll(async () => {
      await endAll();
      await place.remove();
    });

    it(
      `has done everything exactly once, over ${ROUNDS} rounds`,
      async () => {
        /** All codes that a client intended to create. */
        const intended = new Set<string>();
        /** The acknowledged projects: id by code. */
        const acknowledged = new Map<string, string>();
        let made = 0;

        async function post(address: string, code: string): Promise<void> {
          const response = await fetch(`${address}/v1/projects`, {
            method: 'POST',
            headers: {
              authorization: `Bearer ${adminKey()}`,
              'content-type': 'application/json',
              'idempotency-key': code,
            },
            body: JSON.stringify(aProject({ code })),
          });
          const { id } = (await response.json()) as { id: string };
          // A key whose first request died with its process is not blocked: nothing is in progress any more.
          expect([code, response.status]).toEqual([code, 201]);
          expect(acknowledged.get(code) ?? id).toBe(id);
          acknowledged.set(code, id);
        }

        for (let round = 0; round < ROUNDS; round++) {
          const service = await served({ DATABASE_URL: place.url });
          const unsure = [...intended].filter((code) => !acknowledged.has(code));
          await Promise.all(unsure.map((code) => post(service.address, code)));
          let killed = false;
          const clients = Array.from({ length: CLIENTS }, async () => {
            while (!killed) {
              const code = `CRASH-${++made}`;
              intended.add(code);
              try {
                await post(service.address, code);
              } catch (error) {
                // The connection was cut; any other failure is an error of the service.
                if (!(error instanceof TypeError)) throw error;
                return;
              }
            }
          });
          const enough = acknowledged.size + 1 + Math.random() * 10 * CLIENTS;
          await until(() => acknowledged.size >= enough, SLOW_MS);
          killed = true;
          service.signal('SIGKILL');
          await Promise.all([service.ended, ...clients]);
        }

        const last = await served({ DATABASE_URL: place.url });
        const unsure = [...intended].filter((code) => !acknowledged.has(code));
        await Promise.all(unsure.map((code) => post(last.address, code)));
        last.signal('SIGTERM');
        expect((await last.ended).code).toBe(0);

        const database = await openDatabase(place.url);
        const { projects } = database.read.tables;
        const rows = await database.read.select({ code: projects.code, id: projects.id }).from(projects);
        expect(rows.map(({ code }) => code).sort()).toEqual([...intended].sort());
        for (const { code, id } of rows) expect(acknowledged.get(code)).toBe(id);
        await expectVerified(database);
        await database.close();
        expect(intended.size).toBeGreaterThan(ROUNDS * CLIENTS);
      },
      SLOW_MS,
    );
  });
}
