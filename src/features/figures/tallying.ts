/** The tallies of `tallies.ts`: one pass over the selected projects and their ledgers. */
import { type Columns, type DayName, enlarged } from '../../columns/columns.ts';
import { dayNumber } from '../../columns/packed-days.ts';
import { FLAG_BITS, flagsOf } from '../projects/day-flags.ts';
import type { Mask } from '../projects/sieves.ts';
import { type Coded, groupRows } from './groups-of-rows.ts';
import type { Measure } from './measures.ts';
import {
  addDays,
  type CountName,
  type DurationName,
  durations,
  emptyTally,
  flagCounts,
  otherSums,
  type SumName,
  type Tally,
} from './tallies.ts';

/** A group of projects, by its values in every dimension. */
export interface Tallied {
  values: (string | null)[];
  tally: Tally;
}

const add = (sums: Float64Array, place: number, by: number): void => {
  sums[place] = (sums[place] as number) + by;
};
const count = (counts: Int32Array, place: number): void => {
  counts[place] = (counts[place] as number) + 1;
};

const WIDTH = otherSums.length;
const PLACE = Object.fromEntries(otherSums.map((name, i) => [name, i])) as Record<
  (typeof otherSums)[number],
  number
>;
/** Read in each row, where a property of an object would cost more. */
const [COUNT, INVESTMENT, STARTED] = [PLACE.projectCount, PLACE.totalInvestment, PLACE.startedInvestment];
const [CONTRACTED, KNOWN] = [PLACE.contractedFunds, PLACE.contractedKnownCount];
const [FUNDS, FUNDS_OF_KNOWN] = [PLACE.fundsInPlace, PLACE.fundsOfContracted];

/**
 * Adds what a project is on a day to sums, from a place on.
 * @param asOf a packed day
 * @returns its flags
 */
function addProject(sums: Float64Array, base: number, columns: Columns, row: number, asOf: number): number {
  const yuan = columns.investmentYuan[row] as number;
  const contracted = columns.contractedFundsYuan[row] as number;
  const funds = columns.fundsBy(row, asOf);
  add(sums, base + COUNT, 1);
  add(sums, base + INVESTMENT, yuan);
  add(sums, base + FUNDS, funds);
  if (!Number.isNaN(contracted)) {
    add(sums, base + CONTRACTED, contracted);
    add(sums, base + KNOWN, 1);
    add(sums, base + FUNDS_OF_KNOWN, funds);
  }
  const flags = flagsOf(columns.days, row, asOf);
  if (flags & FLAG_BITS.started) add(sums, base + STARTED, yuan);
  return flags;
}

/** The days from the signing to a milestone. */
const lengthUntil = ({ days }: Columns, row: number, milestone: DayName): number =>
  dayNumber(days[milestone][row] as number) - dayNumber(days.signedOn[row] as number);

/**
 * The tally of each group of the selected projects.
 * @param asOf a packed day
 * @throws Problem 422 if there are too many groups
 */
export function tallyRows(columns: Columns, mask: Mask, by: readonly Coded[], asOf: number): Tallied[] {
  const { values, groupOf } = groupRows(columns, mask, by);
  const sums = new Float64Array(WIDTH * values.length);
  const flagged = flagsByGroup(values.length);
  const starts = new Lengths(values.length, mask.length);
  const productions = new Lengths(values.length, mask.length);
  for (let row = 0; row < mask.length; row++) {
    if (mask[row] === 0) continue;
    const group = groupOf[row] as number;
    const flags = addProject(sums, group * WIDTH, columns, row, asOf);
    flagged.add(group, flags);
    if (flags & FLAG_BITS.started) starts.add(group, lengthUntil(columns, row, 'startedOn'));
    if (flags & FLAG_BITS.inProduction) productions.add(group, lengthUntil(columns, row, 'productionOn'));
  }
  const tallied = values.map((value, group) => {
    const tally = emptyTally();
    for (const [i, name] of otherSums.entries()) tally[name] = sums[group * WIDTH + i] as number;
    for (const [name, flag] of COUNTS) tally[name] = flagged.countOf(group, FLAG_BITS[flag]);
    return { values: value, tally };
  });
  starts.addTo(tallied, 'daysToStart');
  productions.addTo(tallied, 'daysToProduction');
  return tallied;
}

const COUNTS = Object.entries(flagCounts) as [
  keyof typeof flagCounts,
  (typeof flagCounts)[keyof typeof flagCounts],
][];

/**
 * Of more groups, projects are counted flag by flag, and lengths are sorted by group first: tables for all groups would
 * not fit into the processor's cache, and most additions would wait for memory.
 */
const FEW = 128;

interface FlagsByGroup {
  add(group: number, flags: number): void;
  countOf(group: number, flag: number): number;
}

/** Projects with each flag by group; of few groups those with the same flags are counted together. */
function flagsByGroup(groups: number): FlagsByGroup {
  const kinds = 1 << COUNTS.length;
  if (groups <= FEW) {
    const counts = new Int32Array(groups * kinds);
    return {
      add: (group, flags) => count(counts, group * kinds + flags),
      countOf: (group, flag) => {
        let sum = 0;
        for (let flags = flag; flags < kinds; flags++)
          if (flags & flag) sum += counts[group * kinds + flags] as number;
        return sum;
      },
    };
  }
  const counts = new Int32Array(groups * COUNTS.length);
  return {
    add: (group, flags) => {
      for (let left = flags; left !== 0; left &= left - 1)
        count(counts, group * COUNTS.length + 31 - Math.clz32(left & -left));
    },
    countOf: (group, flag) => counts[group * COUNTS.length + 31 - Math.clz32(flag)] as number,
  };
}

/** Lengths in days from the first on are counted in a table as far as they are usual. */
const [SPAN, FIRST] = [2_048, -256];

/** Lengths in days by group. */
class Lengths {
  /** Of all groups if they are few, else empty. */
  readonly #table: Int32Array;
  /** Of each group, how many lengths it has in the lists, where these are in the order in which they come. */
  readonly #counts: Int32Array;
  #groups: Uint16Array;
  #lengths: Int32Array;
  #listed = 0;

  /** @param most lengths */
  constructor(groups: number, most: number) {
    const isFew = groups <= FEW;
    this.#table = new Int32Array(isFew ? SPAN * groups : 0);
    this.#counts = new Int32Array(groups);
    this.#groups = new Uint16Array(isFew ? 0 : most);
    this.#lengths = new Int32Array(isFew ? 0 : most);
  }

  add(group: number, length: number): void {
    const place = length - FIRST;
    if (this.#table.length > 0 && place >= 0 && place < SPAN) count(this.#table, group * SPAN + place);
    else this.#list(group, length);
  }

  #list(group: number, length: number): void {
    if (this.#listed === this.#groups.length) {
      const room = 2 * this.#listed + 64;
      this.#groups = enlarged(this.#groups, room);
      this.#lengths = enlarged(this.#lengths, room);
    }
    count(this.#counts, group);
    this.#groups[this.#listed] = group;
    this.#lengths[this.#listed++] = length;
  }

  addTo(tallied: readonly Tallied[], name: DurationName): void {
    const sorted = this.#sortedByGroup();
    const isFew = this.#table.length > 0;
    const ofOne = new Int32Array(SPAN);
    let end = 0;
    for (const [group, { tally }] of tallied.entries()) {
      const start = end;
      end += this.#counts[group] as number;
      const table = isFew ? this.#table.subarray(group * SPAN, (group + 1) * SPAN) : ofOne.fill(0);
      for (let i = start; i < end; i++) {
        const length = sorted[i] as number;
        const place = length - FIRST;
        if (place >= 0 && place < SPAN) count(table, place);
        else addDays(tally, name, length, 1);
      }
      for (let place = 0; place < SPAN; place++)
        if (table[place] !== 0) addDays(tally, name, place + FIRST, table[place] as number);
    }
  }

  #sortedByGroup(): Int32Array {
    const next = new Int32Array(this.#counts.length);
    for (let group = 1; group < next.length; group++)
      next[group] = (next[group - 1] as number) + (this.#counts[group - 1] as number);
    const sorted = new Int32Array(this.#listed);
    for (let i = 0; i < this.#listed; i++) {
      const group = this.#groups[i] as number;
      sorted[next[group] as number] = this.#lengths[i] as number;
      count(next, group);
    }
    return sorted;
  }
}

/** The counts that decide on the disclosure of groups: those of the measures, and of the projects with a ledger. */
export type SizeName = CountName | 'fundedCount';

export interface SizeRow {
  /** Of the dimensions. */
  values: readonly (string | null)[];
  sizes: Record<SizeName, number>;
}

/**
 * The counts of the selected projects by group.
 * @param asOf a packed day
 * @throws Problem 422 if there are too many groups
 */
export function sizesOfRows(columns: Columns, mask: Mask, by: readonly Coded[], asOf: number): SizeRow[] {
  const { values, groupOf } = groupRows(columns, mask, by);
  const flagged = flagsByGroup(values.length);
  const [all, known, funded] = [0, 0, 0].map(() => new Int32Array(values.length)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  for (let row = 0; row < mask.length; row++) {
    if (mask[row] === 0) continue;
    const group = groupOf[row] as number;
    count(all, group);
    if (!Number.isNaN(columns.contractedFundsYuan[row])) count(known, group);
    if (columns.isFundedBy(row, asOf)) count(funded, group);
    flagged.add(group, flagsOf(columns.days, row, asOf));
  }
  return values.map((value, group) => ({
    values: value,
    sizes: {
      ...(Object.fromEntries(
        COUNTS.map(([name, flag]) => [name, flagged.countOf(group, FLAG_BITS[flag])]),
      ) as Record<(typeof COUNTS)[number][0], number>),
      projectCount: all[group] as number,
      contractedKnownCount: known[group] as number,
      fundedCount: funded[group] as number,
    },
  }));
}

/** A part of a measure: a sum, the number of lengths, or their total in days. */
export type Part = { sum: SumName } | { lengths: DurationName; inDays: boolean };

/** The parts whose contributions add up: of a rate and of a mean the numerator and the denominator. */
export function partsOf({ unit, of: [first, second] }: Measure): Part[] {
  if (unit === 'days') return [true, false].map((inDays) => ({ lengths: first as DurationName, inDays }));
  const sums = unit === 'rate' ? [first, second] : [first];
  return sums.map((sum) => ({ sum: sum as SumName }));
}

/** What a project adds to a part of a measure on a packed day. */
export function partOf(columns: Columns, part: Part): (row: number, asOf: number) => number {
  const sums = new Float64Array(WIDTH);
  if ('lengths' in part) {
    const { flag, until } = durations[part.lengths];
    return (row, asOf) => {
      if ((flagsOf(columns.days, row, asOf) & FLAG_BITS[flag]) === 0) return 0;
      return part.inDays ? lengthUntil(columns, row, until) : 1;
    };
  }
  const { sum } = part;
  if (isFlagCount(sum)) {
    const bit = FLAG_BITS[flagCounts[sum]];
    return (row, asOf) => (flagsOf(columns.days, row, asOf) & bit ? 1 : 0);
  }
  const place = PLACE[sum];
  return (row, asOf) => {
    sums.fill(0);
    addProject(sums, 0, columns, row, asOf);
    return sums[place] as number;
  };
}

const isFlagCount = (name: SumName): name is keyof typeof flagCounts => Object.hasOwn(flagCounts, name);
