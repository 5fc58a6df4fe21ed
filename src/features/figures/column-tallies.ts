/** The tallies of `tallies.ts` over columns: one pass over the selected projects and their ledger. */
import type { Columns } from '../../columns/columns.ts';
import { dayNumber, packedDay } from '../../columns/packed-days.ts';
import { Problem } from '../../http/problems.ts';
import { FLAG_BITS, flagsOf } from '../projects/day-flags.ts';
import type { LifecycleFlag } from '../projects/lifecycle.ts';
import type { Coded } from './dimensions.ts';
import { MAX_GROUPS } from './repository.ts';
import { addDays, type DurationName, emptyTally, type SumName, type Tally } from './tallies.ts';

/** Counts of the projects with a flag, in the order of the bits. */
const COUNTED: readonly (readonly [SumName, LifecycleFlag])[] = [
  ['registeredCount', 'registered'],
  ['startedCount', 'started'],
  ['completedCount', 'completed'],
  ['inProductionCount', 'inProduction'],
  ['performingCount', 'performing'],
  ['suspendedCount', 'suspended'],
  ['terminatedCount', 'terminated'],
  ['overdueStartCount', 'overdueStart'],
  ['overdueProductionCount', 'overdueProduction'],
  ['sameYearCount', 'sameYear'],
];

/** Where each sum of a group is in the array of sums: after the flags. */
const SUMS = [
  'projectCount',
  'totalInvestment',
  'contractedFunds',
  'contractedKnownCount',
  'startedInvestment',
  'fundsInPlace',
  'fundsOfContracted',
] as const satisfies readonly SumName[];
const [COUNT, INVESTMENT, CONTRACTED, KNOWN, STARTED, FUNDS, FUNDS_OF_KNOWN] = [10, 11, 12, 13, 14, 15, 16];
const WIDTH = COUNTED.length + SUMS.length;

/** Above this many combinations, those that occur are kept in a map. */
const DENSE = 1 << 22;

interface Grouped {
  /** By row; of no meaning for rows that are not selected. */
  groupOf: Int32Array;
  /** For each group, a row of it. */
  examples: number[];
}

/** Numbers the combinations of values that occur, in the order in which they do. @throws Problem 422 if there are too many */
function grouped(mask: Uint8Array, by: readonly Coded[]): Grouped {
  const groupOf = new Int32Array(mask.length);
  // One group, even of no projects.
  if (by.length === 0) return { groupOf, examples: [0] };
  const places = new Float64Array(by.length > 1 ? mask.length : 0);
  const examples: number[] = [];
  const combinations = by.reduce((product, { texts }) => product * texts.length, 1);
  const numbers = combinations <= DENSE ? new Int32Array(combinations) : new Map<number, number>();
  const [first, ...others] = by as [Coded, ...Coded[]];
  for (const { texts, codeOf } of others)
    for (let row = 0; row < mask.length; row++)
      if (mask[row] === 1) places[row] = (places[row] as number) * texts.length + codeOf(row);
  const rest = others.reduce((product, { texts }) => product * texts.length, 1);
  for (let row = 0; row < mask.length; row++) {
    if (mask[row] === 0) continue;
    const place = first.codeOf(row) * rest + (others.length > 0 ? (places[row] as number) : 0);
    let number = numbers instanceof Map ? (numbers.get(place) ?? 0) : (numbers[place] as number);
    if (number === 0) {
      number = examples.push(row);
      if (number > MAX_GROUPS)
        throw new Problem('statistics.too_many_groups', { values: { max: MAX_GROUPS } });
      if (numbers instanceof Map) numbers.set(place, number);
      else numbers[place] = number;
    }
    groupOf[row] = number - 1;
  }
  return { groupOf, examples };
}

/** Lengths in days are counted in an array for each group as far as they are usual, and otherwise one by one. */
const [SPAN, OFFSET] = [4_096, 1_024];
/** Of more groups, all are counted one by one. */
const FEW = 1_024;

/**
 * The tally of each combination of values of the selected projects, keyed by the values as JSON.
 * @param mask 1 for each selected row
 * @throws Problem 422 if there are too many groups
 */
export function tallyColumns(
  columns: Columns,
  mask: Uint8Array,
  by: readonly Coded[],
  asOf: string,
): Map<string, Tally> {
  const day = packedDay(asOf);
  const { groupOf, examples } = grouped(mask, by);
  const { days, investmentYuan, contractedFundsYuan, ledgerStart, ledgerCount, ledgerDay, ledgerYuan } =
    columns;
  const { signedOn, startedOn, productionOn } = days;
  const sums = new Float64Array(WIDTH * examples.length);
  const size = examples.length <= FEW ? SPAN * examples.length : 0;
  const starts = new Int32Array(size);
  const productions = new Int32Array(size);
  const unusual: [group: number, name: DurationName, length: number][] = [];
  for (let row = 0; row < mask.length; row++) {
    if (mask[row] === 0) continue;
    const group = groupOf[row] as number;
    const base = group * WIDTH;
    const yuan = investmentYuan[row] as number;
    const contracted = contractedFundsYuan[row] as number;
    sums[base + COUNT] = (sums[base + COUNT] as number) + 1;
    sums[base + INVESTMENT] = (sums[base + INVESTMENT] as number) + yuan;
    let funds = 0;
    const start = ledgerStart[row] as number;
    const end = start + (ledgerCount[row] as number);
    for (let entry = start; entry < end; entry++)
      if ((ledgerDay[entry] as number) <= day) funds += ledgerYuan[entry] as number;
    sums[base + FUNDS] = (sums[base + FUNDS] as number) + funds;
    if (!Number.isNaN(contracted)) {
      sums[base + CONTRACTED] = (sums[base + CONTRACTED] as number) + contracted;
      sums[base + KNOWN] = (sums[base + KNOWN] as number) + 1;
      sums[base + FUNDS_OF_KNOWN] = (sums[base + FUNDS_OF_KNOWN] as number) + funds;
    }
    const bits = flagsOf(days, row, day);
    for (let bit = 0; bit < COUNTED.length; bit++)
      sums[base + bit] = (sums[base + bit] as number) + ((bits >> bit) & 1);
    if (bits & FLAG_BITS.started) {
      sums[base + STARTED] = (sums[base + STARTED] as number) + yuan;
      const length = dayNumber(startedOn[row] as number) - dayNumber(signedOn[row] as number);
      const place = length + OFFSET;
      if (size > 0 && place >= 0 && place < SPAN) {
        starts[group * SPAN + place] = (starts[group * SPAN + place] as number) + 1;
      } else unusual.push([group, 'daysToStart', length]);
    }
    if (bits & FLAG_BITS.inProduction) {
      const length = dayNumber(productionOn[row] as number) - dayNumber(signedOn[row] as number);
      const place = length + OFFSET;
      if (size > 0 && place >= 0 && place < SPAN) {
        productions[group * SPAN + place] = (productions[group * SPAN + place] as number) + 1;
      } else unusual.push([group, 'daysToProduction', length]);
    }
  }
  const names = [...COUNTED.map(([name]) => name), ...SUMS];
  const tallies = examples.map((_, group) => {
    const tally = emptyTally();
    for (const [i, name] of names.entries()) tally[name] = sums[group * WIDTH + i] as number;
    for (let place = 0; place < SPAN && size > 0; place++) {
      const [started, produced] = [starts[group * SPAN + place], productions[group * SPAN + place]];
      if (started) addDays(tally, 'daysToStart', place - OFFSET, started);
      if (produced) addDays(tally, 'daysToProduction', place - OFFSET, produced);
    }
    return tally;
  });
  for (const [group, name, length] of unusual) addDays(tallies[group] as Tally, name, length, 1);
  const keyOf = (row: number) => JSON.stringify(by.map(({ texts, codeOf }) => texts[codeOf(row)] ?? null));
  return new Map(tallies.map((tally, group) => [keyOf(examples[group] as number), tally]));
}

/** The counts that decide on the disclosure of groups: those of the measures, and of the projects with a ledger. */
export type SizeName = Extract<SumName, `${string}Count`> | 'fundedCount';

export interface SizeRow {
  /** Of the dimensions. */
  values: readonly (string | null)[];
  sizes: Record<SizeName, number>;
}

/** The counts of the selected projects for each combination of values. @throws Problem 422 if there are too many */
export function sizesInColumns(
  columns: Columns,
  mask: Uint8Array,
  by: readonly Coded[],
  asOf: string,
): SizeRow[] {
  const day = packedDay(asOf);
  const { groupOf, examples } = grouped(mask, by);
  const { days, contractedFundsYuan, ledgerStart, ledgerCount, ledgerDay } = columns;
  const rows = examples.map((row): SizeRow => {
    const values = by.map(({ texts, codeOf }) => texts[codeOf(row)] ?? null);
    const counts = Object.fromEntries(COUNTED.map(([name]) => [name, 0])) as Record<SizeName, number>;
    return { values, sizes: { ...counts, projectCount: 0, contractedKnownCount: 0, fundedCount: 0 } };
  });
  for (let row = 0; row < mask.length; row++) {
    if (mask[row] === 0) continue;
    const { sizes } = rows[groupOf[row] as number] as SizeRow;
    sizes.projectCount += 1;
    if (!Number.isNaN(contractedFundsYuan[row])) sizes.contractedKnownCount += 1;
    const start = ledgerStart[row] as number;
    const end = start + (ledgerCount[row] as number);
    for (let entry = start; entry < end; entry++) {
      if ((ledgerDay[entry] as number) > day) continue;
      sizes.fundedCount += 1;
      break;
    }
    const bits = flagsOf(days, row, day);
    for (const [bit, [name]] of COUNTED.entries()) if ((bits >> bit) & 1) sizes[name as SizeName] += 1;
  }
  return rows;
}
