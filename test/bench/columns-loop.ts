/**
 * Child process: the figures of made-up columns in memory, and beside each a bare loop (`bare-loops.ts`) over the same
 * arrays for the same numbers.
 */
import { Columns, dayNames } from '../../src/columns/columns.ts';
import { NEVER, packedDay } from '../../src/columns/packed-days.ts';
import { type Coded, inColumn } from '../../src/features/figures/groups-of-rows.ts';
import { tallyRows } from '../../src/features/figures/tallying.ts';
import { timeline } from '../../src/features/figures/timelines.ts';
import { type ProjectFilter, select } from '../../src/features/projects/filter.ts';
import { bareGroups, bareSummary, bareTimeline } from './bare-loops.ts';
import type { StatisticsName } from './by-hand-statistics.ts';
import { randomFrom } from './random.ts';

export interface LoopJob {
  rows: number;
  runs: number;
  figures: readonly StatisticsName[];
}
export interface LoopTimes {
  /** Medians, in milliseconds. */
  times: { name: StatisticsName; ours: number; loop: number }[];
  /** A row, without ids. */
  bytes: number;
}

/** How many regions and industries there are, none included. */
const [REGIONS, INDUSTRIES] = [100, 11];
const codeText = (code: number): string => `${430_000 + code}`;

const days = Array.from({ length: 18 * 365 }, (_, i) =>
  packedDay(new Date(Date.UTC(2008, 0, 1 + i)).toISOString().slice(0, 10)),
);

/** Columns as they would be after so many projects, without ids. */
function madeUp(rows: number): Columns {
  const random = randomFrom(7);
  const columns = new Columns();
  for (let code = 1; code < REGIONS; code++) columns.dictionaries.region.codeOf(codeText(code));
  for (let code = 1; code < INDUSTRIES; code++) columns.dictionaries.industry.codeOf(codeText(code));
  columns.reserve(rows);
  Object.defineProperty(columns, 'count', { value: rows });
  for (const name of dayNames) columns.days[name].fill(NEVER);
  columns.ledgerDay = columns.days.signedOn.slice();
  columns.ledgerYuan = new Float64Array(rows);
  const { signedOn, registeredOn, startedOn, productionOn, terminatedOn, agreedStartOn } = columns.days;
  for (let row = 0; row < rows; row++) {
    const signed = random.whole(0, 15 * 365);
    const after = (least: number, most: number) => days[signed + random.whole(least, most)] as number;
    signedOn[row] = days[signed] as number;
    if (random.chance(0.9)) registeredOn[row] = after(0, 90);
    if (random.chance(0.8)) startedOn[row] = after(0, 360);
    if (random.chance(0.5)) productionOn[row] = after(300, 900);
    if (random.chance(0.1)) terminatedOn[row] = after(600, 1_000);
    if (random.chance(0.7)) agreedStartOn[row] = after(100, 200);
    columns.codes.region[row] = random.whole(1, REGIONS - 1);
    columns.codes.industry[row] = random.whole(1, INDUSTRIES - 1);
    columns.investmentYuan[row] = 1_000_000 * random.whole(1, 10_000);
    columns.contractedFundsYuan[row] = random.chance(0.7) ? 1_000_000 * random.whole(1, 9_000) : Number.NaN;
    columns.ledgerStart[row] = row;
    columns.ledgerCount[row] = random.chance(0.7) ? 1 : 0;
    columns.ledgerDay[row] = after(0, 300);
    columns.ledgerYuan[row] = 1_000 * random.whole(0, 100_000);
  }
  return columns;
}

interface Pair {
  /** The same number of both: how many projects there are, or groups of them. */
  ours(asOf: string): Promise<number>;
  loop(asOf: number): number;
}

/** The figures without what needs the database: the names of groups. */
function pairsOf(columns: Columns): Record<StatisticsName, Pair> {
  const reader = undefined as never;
  const { codes, dictionaries } = columns;
  const coded = (name: 'region' | 'industry'): Coded => inColumn(dictionaries[name].texts(), codes[name]);
  const tallied = async (asOf: string, by: readonly Coded[], filter = {} as ProjectFilter) =>
    tallyRows(columns, await select(filter, asOf).mask({ columns, reader, named }), by, packedDay(asOf));
  const revision = { seq: 0, hash: '' };
  const at = () => Promise.reject(new Error('There is no other state.'));
  const named = async () => {};
  const none = new Uint8Array(columns.count);
  return {
    summary: {
      ours: async (asOf) => (await tallied(asOf, []))[0]?.tally.projectCount ?? 0,
      loop: (asOf) => bareSummary(columns, asOf, -1)[0] as number,
    },
    breakdown: {
      ours: async (asOf) => (await tallied(asOf, [coded('region')])).length,
      loop: (asOf) => bareGroups(columns, asOf, none, codes.region, [1, REGIONS]).length / 3,
    },
    two: {
      ours: async (asOf) => (await tallied(asOf, [coded('region'), coded('industry')])).length,
      loop: (asOf) =>
        bareGroups(columns, asOf, codes.region, codes.industry, [REGIONS, INDUSTRIES]).length / 3,
    },
    timeline: {
      ours: async (asOf) => {
        const asked = {
          filter: {} as ProjectFilter,
          interval: 'month' as const,
          by: undefined,
          from: undefined,
          asOf,
        };
        const { body } = await timeline.answer(
          { reader, columns, revision, at, named },
          { ...asked, to: undefined, limit: undefined },
        );
        const { items } = body as { items: { cumulative: { signedCount: number } }[] };
        return items.at(-1)?.cumulative.signedCount ?? 0;
      },
      loop: (asOf) => {
        const sums = bareTimeline(columns, asOf);
        let signed = 0;
        for (let i = 0; i < sums.length; i += 7) signed += sums[i] as number;
        return signed;
      },
    },
    filtered: {
      ours: async (asOf) =>
        (await tallied(asOf, [], { county: [codeText(7)] } as ProjectFilter))[0]?.tally.projectCount ?? 0,
      loop: (asOf) => bareSummary(columns, asOf, 7)[0] as number,
    },
  };
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

async function measure({ rows, runs, figures }: LoopJob): Promise<LoopTimes> {
  const columns = madeUp(rows);
  const pairs = pairsOf(columns);
  const times: LoopTimes['times'] = [];
  for (const name of figures) {
    const { ours, loop } = pairs[name];
    const measured: { ours: number[]; loop: number[] } = { ours: [], loop: [] };
    // The first runs are those of code that is not compiled yet.
    const warmUp = Math.ceil(200_000 / rows) + 2;
    for (let run = 0; run < runs + warmUp; run++) {
      const asOf = `2024-${String(1 + (run % 12)).padStart(2, '0')}-15`;
      const began = performance.now();
      const mine = await ours(asOf);
      const middle = performance.now();
      const theirs = loop(packedDay(asOf));
      const end = performance.now();
      if (mine !== theirs) throw new Error(`${name}: ${mine}, but ${theirs} by the loop.`);
      if (run < warmUp) continue;
      measured.ours.push(middle - began);
      measured.loop.push(end - middle);
    }
    times.push({ name, ours: median(measured.ours), loop: median(measured.loop) });
  }
  return { times, bytes: columns.bytes / rows };
}

process.once('message', async (job: LoopJob) => {
  process.send?.(await measure(job));
});
