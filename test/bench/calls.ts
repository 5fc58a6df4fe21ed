/** What several sections do with a service. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyService } from '../../src/access/service.ts';
import type { Import } from '../../src/features/imports/schema.ts';
import { byLuodi } from '../../src/log/service.ts';
import { openService } from '../../src/main.ts';
import type { Server } from './processes.ts';

/** An administrator's key for a database. */
export async function keyFor(file: string): Promise<string> {
  const service = await openService({ DATABASE_URL: `file:${file}`, TIME_ZONE: 'Asia/Shanghai' });
  const { key } = await keyService(service).create(byLuodi('bench'), { name: 'bench', role: 'admin' });
  await service.database.close();
  return key;
}

/** @returns the milliseconds since a point in time until figures are ready */
export async function untilReady({ url }: Server, since: number): Promise<number> {
  for (;;) {
    const { figures } = (await (await fetch(`${url}/readyz`)).json()) as { figures: string };
    if (figures === 'ready') return performance.now() - since;
    await sleep(20);
  }
}

/** How long a request takes, in milliseconds. @throws unless it is answered with 200 */
export async function timeOf(url: string): Promise<number> {
  const began = performance.now();
  const response = await fetch(url);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url}: ${response.status} ${text}`);
  return performance.now() - began;
}

/** Imports a sheet of projects as csv, and waits for it. @throws if it has faults */
export async function importSheet({ url }: Server, key: string, file: Buffer): Promise<Import> {
  const authorization = `Bearer ${key}`;
  const sent = await fetch(`${url}/v1/imports?mode=commit`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'text/csv', 'idempotency-key': randomUUID() },
    body: new Uint8Array(file),
  });
  if (sent.status !== 202) throw new Error(`${sent.status} ${await sent.text()}`);
  const location = `${url}${sent.headers.get('location')}`;
  for (;;) {
    const state = (await (await fetch(location, { headers: { authorization } })).json()) as Import;
    if (state.status === 'done') return state;
    if (state.status !== 'running')
      throw new Error(JSON.stringify({ ...state, faults: state.faults.slice(0, 3) }));
    await sleep(100);
  }
}
