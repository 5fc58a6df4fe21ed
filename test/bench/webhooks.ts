/** How fast a webhook is told the log, and the latency of other requests meanwhile. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyFor, untilReady } from './calls.ts';
import { smallDatabase, watch, watchedRows } from './exports.ts';
import { type Server, startService } from './processes.ts';
import type { Row, Setting } from './sections.ts';

const ENTRIES = 90_000;
const WANTED_PER_SECOND = 1_000;

interface Selection {
  regions?: string[];
}

/** @returns entries of the log per second until a webhook has been told the last ones */
async function perSecond(service: Server, key: string, url: string, selection: Selection): Promise<number> {
  const call = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(service.url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
  const { id } = await call('POST', '/v1/webhooks', { name: 'bench', url, ...selection });
  const { head } = (await call('GET', `/v1/webhooks/${id}/progress`)) as { head: number };
  await call('POST', `/v1/webhooks/${id}/redeliver`, { after: head - ENTRIES });
  const began = performance.now();
  for (;;) {
    const { cursor, failures } = await call('GET', `/v1/webhooks/${id}/progress`);
    if (failures !== 0) throw new Error('The receiver fails.');
    if (cursor === head) return (ENTRIES * 1_000) / (performance.now() - began);
    await sleep(20);
  }
}

export async function webhooks(setting: Setting): Promise<Row[]> {
  const file = await smallDatabase(setting);
  const key = await keyFor(file);
  const receiver = createServer((request, response) => {
    request.resume().once('end', () => response.writeHead(204).end());
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const service = await startService(file);
  try {
    await untilReady(service, 0);
    const row = (name: string, speed: number): Row => ({
      name,
      ours: `${Math.round(speed)}/s`,
      yardstick: `${WANTED_PER_SECOND}/s`,
      ratio: speed / WANTED_PER_SECOND,
      target: { least: 1 },
    });
    const stop = watch(service);
    const all = await perSecond(service, key, url, {});
    const seen = await stop();
    // Of each entry it is looked up where it belongs; that of all is in this region.
    const placed = await perSecond(service, key, url, { regions: ['430000'] });
    return [
      row('entries told to a webhook', all),
      row('entries told to a webhook of one region', placed),
      ...watchedRows('while a webhook is told', seen),
    ];
  } finally {
    await service.stop();
    receiver.close();
    receiver.closeAllConnections();
  }
}
