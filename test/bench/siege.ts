/** Latency of other callers while one sends the worst known requests, over 200 000 projects. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyService } from '../../src/access/service.ts';
import { byLuodi } from '../../src/log/service.ts';
import { openService } from '../../src/main.ts';
import { quantile } from './exports.ts';
import { delegate, type Server, startService } from './processes.ts';
import type { Row, Setting } from './sections.ts';
import type { Waits, WatchJob } from './watch.ts';

const PROJECTS = 200_000;
const SECONDS = 6;
/** Time for an attack to take effect. */
const WARM_UP_MS = 1_000;

/** Streams per key, and in total: as many as the service accepts. */
const OF_ONE_KEY = 50;
const READERS = 500;

interface Besieged {
  server: Server;
  /** The attacker's key, and those of others. */
  keys: readonly string[];
}

/** Sends requests until aborted. */
type Attack = (besieged: Besieged, signal: AbortSignal) => Promise<unknown>;

let asked = 0;

const send = (server: Server, path: string, key: string | undefined, signal: AbortSignal) =>
  fetch(server.url + path, { headers: { authorization: `Bearer ${key}` }, signal });

/**
 * The given number of connections with one key, each sending a request as soon as the previous one is
 * answered, or abandoned after a time.
 */
const loops =
  (connections: number, path: () => string, leavesAfter?: number): Attack =>
  ({ server, keys: [key] }, signal) =>
    Promise.all(
      Array.from({ length: connections }, async (_, connection) => {
        await sleep(((leavesAfter ?? 0) * connection) / connections);
        while (!signal.aborted) {
          const leaving = leavesAfter === undefined ? undefined : sleep(leavesAfter);
          const asking = new AbortController();
          const answered = send(server, path(), key, AbortSignal.any([signal, asking.signal]))
            .then((response) => response.arrayBuffer())
            .catch(() => {});
          await (leaving ?? answered);
          asking.abort();
        }
      }),
    );

/** Reads streams of changes from an entry on. */
const streams = (server: Server, key: string | undefined, from: number, count: number, signal: AbortSignal) =>
  Array.from({ length: count }, async () => {
    const response = await send(server, `/v1/changes/stream?after=${from}`, key, signal).catch(() => null);
    for await (const _ of response?.body ?? []) if (signal.aborted) break;
  });

const replays: Attack = async ({ server, keys: [attacker, ...others] }, signal) => {
  const { seq } = (await (await send(server, '/v1/changes/head', attacker, signal)).json()) as {
    seq: number;
  };
  const idle = others.slice(0, READERS / OF_ONE_KEY - 1);
  await Promise.allSettled([
    ...idle.flatMap((key) => streams(server, key, seq, OF_ONE_KEY, signal)),
    ...streams(server, attacker, 0, OF_ONE_KEY, signal),
  ]);
};

const day = (n: number): string => new Date(Date.UTC(2010, 0, 1 + (n % 6_000))).toISOString().slice(0, 10);

const attacks: Record<string, Attack> = {
  '8 connections send the worst lists': loops(8, () => {
    asked += 1;
    return `/v1/projects?limit=${1 + (asked % 500)}&sort=name,investmentYuan&top500=false&q=0`;
  }),
  '8 connections send the worst figures': loops(8, () => {
    asked += 1;
    return `/v1/statistics/breakdown?by=county,division&asOf=${day(asked)}`;
  }),
  '60 connections ask for figures and leave': loops(
    60,
    () => {
      asked += 1;
      return `/v1/statistics/breakdown?by=county,division&asOf=${day(asked)}`;
    },
    300,
  ),
  '50 streams replay the log, 450 wait': replays,
};

const SUMMARY = '/v1/statistics/summary?asOf=2022-08-31';

/**
 * The latency of other callers, measured in a separate process that is not affected by the attacker's
 * responses.
 */
const watch = ({ server: { url }, keys }: Besieged, milliseconds: number): Promise<Waits> =>
  delegate<WatchJob, Waits>('watch.ts', {
    url,
    key: keys.at(-1) as string,
    milliseconds,
    known: SUMMARY,
    unknown: Array.from({ length: 50 }, () => `/v1/statistics/summary?asOf=${day(3_000 + asked++)}`),
  });

const p99 = (waits: readonly number[]): number => quantile(waits, 0.99);
const shown = (milliseconds: number): string => `${milliseconds.toFixed(1)} ms`;

function rowsOf(attack: string, besieged: Waits, idle: Waits): Row[] {
  const { livez, cached, fresh, refused } = besieged;
  return [
    {
      name: `/livez while ${attack}, 99th percentile`,
      ours: `${shown(p99(livez))} (idle ${shown(p99(idle.livez))})`,
      yardstick: '30 ms',
      ratio: p99(livez) / 30,
      target: { most: 1 },
    },
    {
      name: `cached figures for others while ${attack}, 99th percentile ÷ idle`,
      ours: `${shown(p99(cached))} (${refused} refused)`,
      yardstick: shown(p99(idle.cached)),
      ratio: p99(cached) / p99(idle.cached),
      target: { most: 3 },
    },
    {
      name: `new figures for others while ${attack}, the longest`,
      ours: shown(Math.max(...fresh)),
      yardstick: `idle ${shown(Math.max(...idle.fresh))}`,
    },
  ];
}

/** A separate database, because keys are written to it. */
async function besiegedService({ folder, madeUp }: Setting): Promise<Besieged & { close(): Promise<void> }> {
  const file = join(folder, 'siege.db');
  copyFileSync(await madeUp(PROJECTS), file);
  const service = await openService({ DATABASE_URL: `file:${file}`, TIME_ZONE: 'Asia/Shanghai' });
  const keys: string[] = [];
  for (let i = 0; i <= READERS / OF_ONE_KEY; i++) {
    const made = await keyService(service).create(byLuodi('bench'), { name: `siege ${i}`, role: 'viewer' });
    keys.push(made.key);
  }
  await service.database.close();
  const server = await startService(file, {}, 'both');
  return { server, keys, close: () => server.stop() };
}

export async function siege(setting: Setting): Promise<Row[]> {
  const besieged = await besiegedService(setting);
  await watch(besieged, WARM_UP_MS);
  const idle = await watch(besieged, SECONDS * 1_000);
  const rows: Row[] = [];
  for (const [name, attack] of Object.entries(attacks)) {
    const end = new AbortController();
    const ended = attack(besieged, end.signal);
    await sleep(WARM_UP_MS);
    rows.push(...rowsOf(name, await watch(besieged, SECONDS * 1_000), idle));
    end.abort();
    await ended;
  }
  await besieged.close();
  return rows;
}
