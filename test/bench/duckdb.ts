/** DuckDB beside our figures, installed for the bench alone. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { StatisticsName } from './by-hand-statistics.ts';
import { delegate } from './processes.ts';
import type { Setting } from './sections.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Milliseconds of each run, by the number of threads. */
export type DuckdbTimes = Record<number, Record<StatisticsName, number[]>>;

/** @returns undefined if it cannot be installed, which is told */
export async function duckdb(
  { folder }: Setting,
  file: string,
  days: readonly string[],
  threads: readonly number[],
): Promise<{ times: DuckdbTimes; count: number } | undefined> {
  if (!existsSync(`${here}node_modules/@duckdb/node-api`)) {
    const { status, stderr } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--prefix', here]);
    if (status !== 0) {
      process.stderr.write(`\nDuckDB could not be installed; the rows beside it are left out. ${stderr}\n`);
      return undefined;
    }
  }
  return delegate('duckdb.mjs', { file, folder, days, threads }, 'both');
}
