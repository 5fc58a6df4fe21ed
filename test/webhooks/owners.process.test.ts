/** Webhooks of several instances, of which one after the other is killed while it tells them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';
import type { Body } from '../support/app.ts';
import { adminKey, concurrent, freshDatabase, type TestDatabase } from '../support/engines.ts';
import { endAll, type Running, served, until } from '../support/process.ts';
import { type Receiver, receiver, seqsIn } from '../support/receiver.ts';
import { runs } from '../support/runs.ts';

const HEADERS = { authorization: `Bearer ${adminKey()}`, 'content-type': 'application/json' };

// PGlite accepts one connection.
describe.runIf(concurrent)('a webhook', () => {
  let place: TestDatabase;
  let folder: string;
  let to: Receiver;
  beforeEach(async () => {
    place = await freshDatabase();
    folder = mkdtempSync(join(tmpdir(), 'luodi-imports-'));
    to = await receiver();
  });
  afterEach(async () => {
    await endAll();
    await to.close();
    await place.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  type Service = Running & { address: string };
  const service = (): Promise<Service> => served({ DATABASE_URL: place.url, IMPORT_DIR: folder });

  async function post({ address }: Service, path: string, body: object): Promise<Body> {
    const answer = await fetch(address + path, {
      method: 'POST',
      headers: HEADERS,
      body: JSON.stringify(body),
    });
    expect(answer.status).toBeLessThan(300);
    return answer.json();
  }

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'whose owner ends by %s is told by another, in order, and misses nothing',
    async (signal) => {
      let services = [await service(), await service()];
      const { id } = await post(services[0] as Service, '/v1/webhooks', { name: 'receiver', url: to.url });
      const aside = await openDatabase(place.url);
      const { seq: after } = await aside.revision();
      const { webhookStates } = aside.read.tables;
      const ownerNow = async () =>
        (await aside.read.select().from(webhookStates))[0]?.owner?.pid as number | null;
      let written = 0;
      const write = async () => {
        const code = `event-${written++}`;
        const writer = services[written % services.length] as Service;
        await post(writer, '/v1/events', { code, name: code, startsOn: '2020-06-29', endsOn: '2020-06-30' });
      };
      const owners = new Set<number>();
      for (let round = 0; round < runs(10); round++) {
        const owner = await until(async () => {
          const pid = await ownerNow();
          return services.some((one) => one.pid === pid) ? pid : undefined;
        });
        owners.add(owner);
        for (let i = 0; i < 20; i++) await write();
        const had = to.received.length;
        await until(() => to.received.length > had || to.told.length === written);
        const [dying, ...others] = services.toSorted((a) => (a.pid === owner ? -1 : 1)) as [
          Service,
          ...Service[],
        ];
        dying.signal(signal);
        services = others;
        await write();
        expect((await dying.ended).code).toBe(signal === 'SIGTERM' ? 0 : null);
        services.push(await service());
      }
      const wanted = Array.from({ length: written }, (_, i) => after + 1 + i);
      await until(() => to.told.includes(after + written));
      // Of a message that was not noted as told, the whole is told again.
      expect(to.told.filter((one, i) => to.told.indexOf(one) === i)).toEqual(wanted);
      let reached = after;
      for (const seqs of to.received.map(seqsIn)) {
        expect(seqs[0]).toBeLessThanOrEqual(reached + 1);
        expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
        reached = Math.max(reached, seqs.at(-1) as number);
      }
      expect(owners.size).toBeGreaterThan(1);
      expect(new Set(to.received.map(({ body }) => body.data.webhook))).toEqual(new Set([id]));
      await aside.close();
      for (const one of services) expect(one.stdout()).not.toContain('"level":50');
    },
  );
});
