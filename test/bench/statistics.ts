/** Figures beside SQL by hand and a bare loop, and for any day while others write. */
import { copyFileSync, existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { keyService } from '../../src/access/service.ts';
import { byLuodi } from '../../src/log/service.ts';
import { openService } from '../../src/main.ts';
import { COUNTY, INDEX, type StatisticsName } from './by-hand-statistics.ts';
import type { LoopJob, LoopTimes } from './columns-loop.ts';
import { quantile, watch } from './exports.ts';
import { delegate, type Server, startServer, startService } from './processes.ts';
import { median, type Row, type Setting } from './sections.ts';

const MILLION = 1_000_000;

/** Each figure, and how many times as fast as SQL by hand it should be. */
const figures: Record<StatisticsName, { path: string; least: number }> = {
  summary: { path: '/v1/statistics/summary?', least: 30 },
  breakdown: { path: '/v1/statistics/breakdown?by=region&', least: 60 },
  two: { path: '/v1/statistics/breakdown?by=region,industry&', least: 60 },
  timeline: { path: '/v1/statistics/timeline?interval=month&', least: 40 },
  filtered: { path: `/v1/statistics/summary?county=${COUNTY}&`, least: 30 },
};
const names: Record<StatisticsName, string> = {
  summary: 'summary',
  breakdown: 'breakdown by region',
  two: 'breakdown by region and industry',
  timeline: 'timeline by month',
  filtered: 'summary of a county',
};

/** Figures of a million projects; every request has another day, so that none is answered from the cache. */
export async function statistics(setting: Setting): Promise<Row[]> {
  const file = await setting.madeUp(MILLION);
  const key = await keyFor(file);
  const began = performance.now();
  const service = await startService(file);
  const filled = await untilReady(service, began);
  const yardstick = await startServer('by-hand.ts', withIndex(file));
  const rows: Row[] = [
    {
      name: 'a million: figures ready after the start',
      ours: `${(filled / 1_000).toFixed(1)} s`,
      yardstick: '4 s',
      ratio: filled / 4_000,
      target: { most: 1 },
    },
  ];
  for (const [name, { path, least }] of Object.entries(figures) as [
    StatisticsName,
    { path: string; least: number },
  ][]) {
    const ours: number[] = [];
    const byHand: number[] = [];
    // The first run of each only brings the file into memory.
    for (let run = 0; run <= Math.min(setting.runs, 5); run++) {
      const day = `2026-10-${String(run + 10).padStart(2, '0')}`;
      byHand.push(await milliseconds(`${yardstick.url}/by-hand/statistics/${name}?day=${day}`));
      ours.push(await milliseconds(`${service.url}${path}asOf=${day}`));
    }
    const [mine, theirs] = [median(ours.slice(1)), median(byHand.slice(1))];
    rows.push({
      name: `a million: SQL by hand ÷ ${names[name]}, cold`,
      ours: `${mine.toFixed(0)} ms`,
      yardstick: `${theirs.toFixed(0)} ms`,
      ratio: theirs / mine,
      target: { least },
    });
  }
  await Promise.all([yardstick.stop(), service.stop()]);
  rows.push(...(await anyDay(setting, file, key)));
  for (const count of [10_000, 100_000, MILLION, 10 * MILLION]) rows.push(await besideLoop(setting, count));
  return rows;
}

async function keyFor(file: string): Promise<string> {
  const service = await openService({ DATABASE_URL: `file:${file}`, TIME_ZONE: 'Asia/Shanghai' });
  const { key } = await keyService(service).create(byLuodi('bench'), { name: 'bench', role: 'admin' });
  await service.database.close();
  return key;
}

/** The database with an index of the yardstick's own. */
function withIndex(file: string): string {
  const copy = file.replace(/\.db$/, '.by-hand.db');
  if (!existsSync(copy)) copyFileSync(file, copy);
  const db = new Sqlite(copy);
  db.exec(INDEX);
  db.close();
  return copy;
}

/** @returns the milliseconds until figures are ready */
export async function untilReady({ url }: Server, began: number): Promise<number> {
  for (;;) {
    const { figures } = (await (await fetch(`${url}/readyz`)).json()) as { figures: string };
    if (figures === 'ready') return performance.now() - began;
    await sleep(20);
  }
}

export async function milliseconds(url: string): Promise<number> {
  const began = performance.now();
  const response = await fetch(url);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url}: ${response.status} ${text}`);
  return performance.now() - began;
}

const READERS = 32;
const WRITES_A_SECOND = 50;

/** Readers who each ask for another day, beside one who writes. */
async function anyDay({ seconds }: Setting, file: string, key: string): Promise<Row[]> {
  const service = await startService(file, {}, 'both');
  await untilReady(service, 0);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const end = performance.now() + 5_000 * seconds;
  let asked = 0;
  let written = 0;
  const watched = watch(service);
  const reading = async () => {
    while (performance.now() < end) {
      const day = new Date(Date.UTC(2009, 0, 1 + (asked++ % 6_000))).toISOString().slice(0, 10);
      await milliseconds(`${service.url}/v1/statistics/summary?asOf=${day}`);
    }
  };
  const writing = async () => {
    for (; performance.now() < end; written++) {
      const body = JSON.stringify({
        code: `BENCH-${process.pid}-${written}`,
        name: '虚构项目',
        level: 'national',
        signedOn: '2026-01-02',
        investmentYuan: 1_000_000,
      });
      await fetch(`${service.url}/v1/projects`, { method: 'POST', headers, body });
      await sleep(1_000 / WRITES_A_SECOND);
    }
  };
  const began = performance.now();
  await Promise.all([...Array.from({ length: READERS }, reading), writing()]);
  const elapsed = (performance.now() - began) / 1_000;
  const { waits } = await watched();
  await service.stop();
  const livez = quantile(waits, 0.99);
  return [
    {
      name: `a million: figures/s for ${READERS} readers of other days, beside a writer`,
      ours: `${(asked / elapsed).toFixed(0)}/s (${(written / elapsed).toFixed(0)} writes/s)`,
      yardstick: '200/s',
      ratio: asked / elapsed / 200,
      target: { least: 1 },
    },
    {
      name: '/livez meanwhile, 99th percentile',
      ours: `${livez.toFixed(1)} ms`,
      yardstick: '20 ms',
      ratio: livez / 20,
      target: { most: 1 },
    },
  ];
}

async function besideLoop({ runs }: Setting, rows: number): Promise<Row> {
  const { ours, loop, bytes } = await delegate<LoopJob, LoopTimes>('columns-loop.ts', { rows, runs });
  return {
    name: `all measures of ${rows.toLocaleString('en')} rows in memory ÷ a bare loop (${bytes.toFixed(0)} bytes/row without ids)`,
    ours: `${ours.toFixed(2)} ms`,
    yardstick: `${loop.toFixed(2)} ms`,
    ratio: ours / loop,
    target: { most: 1.5 },
  };
}
