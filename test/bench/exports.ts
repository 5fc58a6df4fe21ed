/** Speed and memory of exports of whole selections, and latency of other requests meanwhile. */
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { project } from './by-hand-project.ts';
import { cpuSeconds, residentMegabytes } from './machine.ts';
import { type Server, startService } from './processes.ts';
import type { Row, Setting } from './sections.ts';

const PROJECTS = 100_000;

/** A separate database with the given number of projects; created once per run. */
export async function smallDatabase({ folder, madeUp }: Setting): Promise<string> {
  const file = join(folder, 'exports.db');
  if (!existsSync(file)) copyFileSync(await madeUp(PROJECTS), file);
  return file;
}

interface Measured {
  seconds: number;
  /** Processor time of the server in total. */
  cpuSeconds: number;
  megabytes: number;
}

async function download(url: string, pid: number): Promise<Measured> {
  const before = cpuSeconds(pid);
  const began = performance.now();
  // Compressing would cost as much again.
  const response = await fetch(url, { headers: { 'accept-encoding': 'identity' } });
  if (response.status !== 200) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  let bytes = 0;
  for await (const part of response.body as AsyncIterable<Uint8Array>) bytes += part.byteLength;
  return {
    seconds: (performance.now() - began) / 1_000,
    cpuSeconds: cpuSeconds(pid) - before,
    megabytes: bytes / 1_000_000,
  };
}

export interface Watched {
  /** Latency of each request to /livez, in milliseconds. */
  waits: number[];
  /** Peak memory. */
  peak: number;
}

/** Observes the service until stopped. */
export function watch({ url, pid }: Server): () => Promise<Watched> {
  const seen: Watched = { waits: [], peak: 0 };
  let watching = true;
  const ended = (async () => {
    while (watching) {
      const began = performance.now();
      await (await fetch(`${url}/livez`)).arrayBuffer();
      seen.waits.push(performance.now() - began);
      seen.peak = Math.max(seen.peak, residentMegabytes(pid));
      // Both cores belong to the service: polling more often would affect the measurement.
      await sleep(20);
    }
  })();
  return async () => {
    watching = false;
    await ended;
    return seen;
  };
}

/** The observations compared with their targets. */
export const watchedRows = (meanwhile: string, { waits, peak }: Watched): Row[] => [
  {
    name: `/livez ${meanwhile}, 99th percentile`,
    ours: `${quantile(waits, 0.99).toFixed(1)} ms (median ${quantile(waits, 0.5).toFixed(1)})`,
    yardstick: '50 ms',
    ratio: quantile(waits, 0.99) / 50,
    target: { most: 1 },
  },
  {
    name: `peak memory of the service ${meanwhile}`,
    ours: `${peak} MB`,
    yardstick: '300 MB',
    ratio: peak / 300,
    target: { most: 1 },
  },
];

export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] as number;

interface Wanted {
  /** By default, those of a bare read. */
  rowsPerSecond?: number;
  least?: number;
}

const formats: Record<string, Wanted> = {
  ndjson: { least: 0.7 },
  csv: { least: 0.6 },
  'csv&encoding=gb18030': {},
  xlsx: { rowsPerSecond: 100_000 / 15, least: 1 },
};

/** What a program does with a row that it has read, at the least. */
const bareUses: Record<string, (row: object) => number> = {
  nothing: () => 0,
  ndjson: (row) => Buffer.from(`${JSON.stringify(row)}\n`).length,
  csv: (row) => Buffer.from(`${Object.values(row).join()}\r\n`).length,
};

/** Rows per second of processor time of a program that reads the same rows and does nothing else with them than this. */
function bareRead(file: string, use: (row: object) => number): number {
  const db = new Sqlite(file, { readonly: true });
  const rows = db.prepare(
    `${project} where p.archived_at is null and p.signed_on <= :today order by p.signed_on desc, p.id desc`,
  );
  const before = process.cpuUsage();
  let count = 0;
  const today = new Date().toISOString().slice(0, 10);
  for (const row of rows.raw(use === bareUses.nothing).iterate({ today })) {
    use(row as object);
    count += 1;
  }
  const { user, system } = process.cpuUsage(before);
  db.close();
  return (count * 1e6) / (user + system);
}

export async function exports(setting: Setting): Promise<Row[]> {
  const file = await smallDatabase(setting);
  // A thread reads and another one sends: on one core they would mostly wait for each other's caches.
  const service = await startService(file, {}, 'both');
  const page = await fetch(`${service.url}/v1/projects?limit=1`);
  const { total } = ((await page.json()) as { page: { total: number } }).page;
  const rows: Row[] = [];
  const stop = watch(service);
  const best = (use: (row: object) => number) =>
    Math.max(...Array.from({ length: 3 }, () => bareRead(file, use)));
  const bare = best(bareUses.nothing as (row: object) => number);
  for (const [format, { rowsPerSecond = bare, least }] of Object.entries(formats)) {
    const url = `${service.url}/v1/projects?format=${format}`;
    const runs: Measured[] = [];
    for (let run = 0; run <= Math.min(setting.runs, 5); run++) runs.push(await download(url, service.pid));
    // The first run reads the file from disk.
    const middle = runs.slice(1).sort((a, b) => a.cpuSeconds - b.cpuSeconds)[
      Math.floor((runs.length - 1) / 2)
    ] as Measured;
    rows.push({
      name: `export of ${total} projects as ${format}`,
      ours: `${Math.round(total / middle.cpuSeconds)} rows (${Math.round(total / middle.seconds)}/s; ${middle.seconds.toFixed(1)} s, ${middle.megabytes.toFixed(0)} MB)`,
      yardstick: `${Math.round(rowsPerSecond)} rows/s`,
      ratio: total / middle.cpuSeconds / rowsPerSecond,
      ...(least !== undefined && { target: { least } }),
    });
    const use = bareUses[format];
    if (use) {
      const limit = best(use);
      rows.push({
        name: `the limit: a program that reads these rows and writes them as ${format} into memory`,
        ours: `${Math.round(limit)} rows/s`,
        yardstick: `${Math.round(bare)} rows/s`,
        ratio: limit / bare,
      });
    }
  }
  const seen = await stop();
  await service.stop();
  return [...rows, ...watchedRows('while an export runs', seen)];
}
