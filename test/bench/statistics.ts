/** Figures beside SQL by hand, DuckDB and bare loops, and for any day while others write. */
import { copyFileSync, existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { COUNTY, INDEX, type StatisticsName } from './by-hand-statistics.ts';
import { keyFor, timeOf, untilReady } from './calls.ts';
import type { LoopJob, LoopTimes } from './columns-loop.ts';
import { duckdb } from './duckdb.ts';
import { quantile, watch } from './exports.ts';
import { filling } from './filling.ts';
import { delegate, startServer, startService } from './processes.ts';
import { coldOfDemo, median, type Row, type Setting } from './sections.ts';
import { takingIn } from './taking-in.ts';
import { withoutIndex } from './without-index.ts';

const MILLION = 1_000_000;

/** As many as one scan of ours uses, and as the machine has. */
const THREADS = [...new Set([1, availableParallelism()])];

interface Figure {
  path: string;
  /** How many times as fast as SQL by hand it should be. */
  least: number;
  leastDuckdb: number;
}

const figures: Record<StatisticsName, Figure> = {
  summary: { path: '/v1/statistics/summary?', least: 30, leastDuckdb: 4 },
  breakdown: { path: '/v1/statistics/breakdown?by=region&', least: 60, leastDuckdb: 4 },
  two: { path: '/v1/statistics/breakdown?by=region,industry&', least: 60, leastDuckdb: 4 },
  timeline: { path: '/v1/statistics/timeline?interval=month&', least: 40, leastDuckdb: 4 },
  filtered: { path: `/v1/statistics/summary?county=${COUNTY}&`, least: 30, leastDuckdb: 4 },
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
  const rows = [...(await coldOfDemo(setting)), ...(await beside(setting, file))];
  rows.push(...(await anyDay(setting, file, key)), ...(await filling(setting, file)));
  rows.push(...(await takingIn(setting, file)), ...(await withoutIndex(setting)));
  const all = Object.keys(figures) as StatisticsName[];
  for (const count of [10_000, 100_000, MILLION, 10 * MILLION])
    rows.push(...(await besideLoops(setting, count, count === MILLION ? all : ['summary'])));
  return rows;
}

/** Beside SQL by hand, and DuckDB with as many threads as we use, and as the machine has. */
async function beside(setting: Setting, file: string): Promise<Row[]> {
  // The first run only brings the file into memory.
  const first = await startService(file);
  await untilReady(first, 0);
  await first.stop();
  const began = performance.now();
  const service = await startService(file);
  const filled = await untilReady(service, began);
  const yardstick = await startServer('by-hand.ts', withIndex(file));
  // The first run of each only brings the file into memory.
  const days = Array.from({ length: 1 + Math.min(setting.runs, 5) }, (_, run) => `2026-10-${run + 10}`);
  const middle = (times: readonly number[]) => median(times.slice(1));
  const duck = await duckdb(setting, file, days, THREADS);
  const counted = await (await fetch(`${service.url}/v1/statistics/summary?asOf=${days.at(-1)}`)).json();
  if (duck && duck.count !== (counted as { projectCount: number }).projectCount)
    throw new Error(`DuckDB counts ${duck.count} projects.`);
  const rows: Row[] = [
    {
      name: 'a million: figures ready after the start',
      ours: `${(filled / 1_000).toFixed(1)} s`,
      yardstick: '4 s',
      ratio: filled / 4_000,
      target: { most: 1 },
    },
  ];
  for (const [name, { path, least, leastDuckdb }] of Object.entries(figures) as [StatisticsName, Figure][]) {
    const ours: number[] = [];
    const byHand: number[] = [];
    for (const day of days) {
      byHand.push(await timeOf(`${yardstick.url}/by-hand/statistics/${name}?day=${day}`));
      ours.push(await timeOf(`${service.url}${path}asOf=${day}`));
    }
    const mine = middle(ours);
    const row = (other: string, theirs: number, target: number): Row => ({
      name: `a million: ${other} ÷ ${names[name]}, cold`,
      ours: `${mine.toFixed(1)} ms`,
      yardstick: `${theirs.toFixed(0)} ms`,
      ratio: theirs / mine,
      target: { least: target },
    });
    rows.push(row('SQL by hand', middle(byHand), least));
    for (const threads of duck ? THREADS : [])
      rows.push(
        row(
          `DuckDB on ${threads} thread${threads === 1 ? '' : 's'}`,
          middle(duck?.times[threads]?.[name] ?? []),
          leastDuckdb,
        ),
      );
  }
  rows.push(...(await otherDays(service, setting)));
  await Promise.all([yardstick.stop(), service.stop()]);
  return rows;
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

/** The median of some runs, each as of another day, so that none is answered from the cache. */
async function medianOf(runs: number, urlOn: (day: string) => string): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run <= runs; run++)
    times.push(await timeOf(urlOn(`2026-0${1 + (run % 5)}-${String(10 + run).padStart(2, '0')}`)));
  return median(times.slice(1));
}

/** Figures beside those of another day, and what the difference consists of. */
export async function otherDays({ url }: { url: string }, { runs }: Pick<Setting, 'runs'>): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [name, path] of [
    ['summary of a level', 'summary?level=provincial'],
    ['breakdown by region and industry', 'breakdown?by=region,industry'],
  ]) {
    const asked = (day: string) => `${url}/v1/statistics/${path}&asOf=${day}`;
    const alone = await medianOf(Math.min(runs, 5), asked);
    const compared = await medianOf(Math.min(runs, 5), (day) => `${asked(day)}&compareWith=previousYear`);
    rows.push({
      name: `a million: ${name} compared with the year before ÷ alone`,
      ours: `${compared.toFixed(0)} ms`,
      yardstick: `${alone.toFixed(0)} ms`,
      ratio: compared / alone,
      target: { most: 2.5 },
    });
  }
  const path = '/v1/statistics/differences?measure=totalInvestment&from=2025-08-01';
  const took = await medianOf(Math.min(runs, 5), (day) => `${url}${path}&to=${day}`);
  const { page } = (await (await fetch(`${url}${path}&to=2026-02-10`)).json()) as { page: { total: number } };
  rows.push({
    name: `a million: a difference of about ${page.total.toLocaleString('en')} contributions`,
    ours: `${took.toFixed(0)} ms`,
    yardstick: '500 ms',
    ratio: took / 500,
    target: { most: 1 },
  });
  return rows;
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
      await timeOf(`${service.url}/v1/statistics/summary?asOf=${day}`);
    }
  };
  const writing = async () => {
    for (; performance.now() < end; written++) {
      const body = JSON.stringify({
        code: `BENCH-${process.pid}-${written}`,
        name: '虚构项目',
        level: 'provincial',
        signedOn: '2026-01-02',
        investmentYuan: 1_000_000,
      });
      const { status } = await fetch(`${service.url}/v1/projects`, { method: 'POST', headers, body });
      if (status !== 201) throw new Error(`A project was refused with ${status}.`);
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

async function besideLoops(
  { runs }: Setting,
  rows: number,
  wanted: readonly StatisticsName[],
): Promise<Row[]> {
  const { times, bytes } = await delegate<LoopJob, LoopTimes>('columns-loop.ts', {
    rows,
    runs,
    figures: wanted,
  });
  return times.map(({ name, ours, loop }) => ({
    name: `${names[name]} of ${rows.toLocaleString('en')} rows in memory, by a scan ÷ a bare loop (${bytes.toFixed(0)} bytes/row without ids)`,
    ours: `${ours.toFixed(2)} ms`,
    yardstick: `${loop.toFixed(2)} ms`,
    ratio: ours / loop,
    target: { most: 1.5 },
  }));
}
