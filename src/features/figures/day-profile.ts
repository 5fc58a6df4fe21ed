/**
 * The tally of all projects for any day, without a scan: what changes on each day is kept, and a day is the sum of
 * the days up to it. Days are in blocks, each with the sum of the blocks before it. When a project changes, what it
 * contributed is taken out and what it contributes now is put in.
 */
import type { Columns, Watcher } from '../../columns/columns.ts';
import { dayNumber, packedDay, yearOf } from '../../columns/packed-days.ts';
import {
  addDays,
  type DurationName,
  durations,
  emptyTally,
  type SumName,
  sumNames,
  type Tally,
} from './tallies.ts';

const [FIRST, LAST] = [packedDay('1950-01-01'), packedDay('2069-12-31')];
const ZERO = dayNumber(FIRST);
/** Later than any of the days. */
const AFTER = dayNumber(LAST) - ZERO + 1;
const BLOCK = 256;
const BLOCKS = Math.ceil(AFTER / BLOCK);

/** The place of a packed day; earlier ones count from the first day on. */
const placeOf = (packed: number): number =>
  packed > LAST ? AFTER : packed < FIRST ? 0 : dayNumber(packed) - ZERO;

const WIDTH = sumNames.length;
const at = (name: SumName): number => sumNames.indexOf(name);
const [COUNT, INVESTMENT, CONTRACTED, KNOWN] = [
  at('projectCount'),
  at('totalInvestment'),
  at('contractedFunds'),
  at('contractedKnownCount'),
];
const [FUNDS, FUNDS_OF_KNOWN, STARTED_YUAN] = [
  at('fundsInPlace'),
  at('fundsOfContracted'),
  at('startedInvestment'),
];
const FLAG = {
  registered: at('registeredCount'),
  started: at('startedCount'),
  completed: at('completedCount'),
  inProduction: at('inProductionCount'),
  performing: at('performingCount'),
  suspended: at('suspendedCount'),
  terminated: at('terminatedCount'),
  overdueStart: at('overdueStartCount'),
  overdueProduction: at('overdueProductionCount'),
  sameYear: at('sameYearCount'),
};

export class DayProfile implements Watcher {
  readonly #columns: Columns;
  /** What is added to each sum on each day, and the sums of the blocks before each. */
  readonly #days = new Float64Array(AFTER * WIDTH);
  readonly #before = new Float64Array(BLOCKS * WIDTH);
  readonly #lengths: Record<DurationName, LengthsByDay>;

  constructor(columns: Columns) {
    this.#columns = columns;
    this.#lengths = { daysToStart: new LengthsByDay(), daysToProduction: new LengthsByDay() };
    for (let row = 0; row < columns.count; row++) this.#apply(row, 1, false);
    for (let block = 1; block < BLOCKS; block++)
      for (let i = 0; i < WIDTH; i++) {
        let sum = this.#before[(block - 1) * WIDTH + i] as number;
        for (let day = (block - 1) * BLOCK; day < block * BLOCK; day++)
          sum += this.#days[day * WIDTH + i] as number;
        this.#before[block * WIDTH + i] = sum;
      }
    for (const lengths of Object.values(this.#lengths)) lengths.sumUp();
  }

  /** Whether it knows a packed day. */
  static covers(asOf: number): boolean {
    return asOf > FIRST && asOf <= LAST;
  }

  /** The tally as of a packed day that it covers. */
  tallyOn(asOf: number): Tally {
    const last = placeOf(asOf);
    const block = Math.floor(last / BLOCK);
    const sums = this.#before.slice(block * WIDTH, (block + 1) * WIDTH);
    for (let place = block * BLOCK * WIDTH; place < (last + 1) * WIDTH; place++) {
      const i = place % WIDTH;
      sums[i] = (sums[i] as number) + (this.#days[place] as number);
    }
    const tally = emptyTally();
    for (const [i, name] of sumNames.entries()) tally[name] = sums[i] as number;
    for (const name of Object.keys(durations) as DurationName[]) this.#lengths[name].addTo(tally, name, last);
    return tally;
  }

  leave(row: number): void {
    this.#apply(row, -1, true);
  }

  enter(row: number): void {
    this.#apply(row, 1, true);
  }

  /** @param isSummed whether the sums of the blocks are there already and must be kept up to date */
  #apply(row: number, sign: 1 | -1, isSummed: boolean): void {
    const columns = this.#columns;
    if (columns.isArchived(row)) return;
    const { days } = columns;
    const day = (column: Uint16Array): number => placeOf(column[row] as number);
    const signed = day(days.signedOn);
    if (signed === AFTER) return;
    const ended = Math.max(day(days.terminatedOn), signed);
    const [registered, started, production] = [
      day(days.registeredOn),
      day(days.startedOn),
      day(days.productionOn),
    ];
    const yuan = columns.investmentYuan[row] as number;
    const contracted = columns.contractedFundsYuan[row] as number;
    const isKnown = !Number.isNaN(contracted);
    const add = (place: number, which: number, amount: number) => {
      if (place < AFTER && amount !== 0) this.#add(place, which, sign * amount, isSummed);
    };
    /** Counts from one day until another one, of the days from the signing to the end. */
    const span = (which: number, from: number, until: number, amount = 1) => {
      const [first, end] = [Math.max(from, signed), Math.min(until, ended)];
      if (first >= end) return;
      add(first, which, amount);
      add(end, which, -amount);
    };
    add(signed, COUNT, 1);
    add(signed, INVESTMENT, yuan);
    if (isKnown) {
      add(signed, CONTRACTED, contracted);
      add(signed, KNOWN, 1);
    }
    const start = columns.ledgerStart[row] as number;
    for (let entry = start; entry < start + (columns.ledgerCount[row] as number); entry++) {
      const received = Math.max(placeOf(columns.ledgerDay[entry] as number), signed);
      add(received, FUNDS, columns.ledgerYuan[entry] as number);
      if (isKnown) add(received, FUNDS_OF_KNOWN, columns.ledgerYuan[entry] as number);
    }
    span(FLAG.registered, registered, AFTER);
    span(FLAG.started, started, AFTER);
    span(STARTED_YUAN, started, AFTER, yuan);
    span(FLAG.completed, day(days.completedOn), AFTER);
    span(FLAG.inProduction, production, AFTER);
    span(FLAG.performing, Math.min(registered, started), AFTER);
    span(FLAG.suspended, day(days.suspendedOn), day(days.resumedOn));
    add(ended, FLAG.terminated, 1);
    span(FLAG.overdueStart, day(days.agreedStartOn) + 1, started);
    span(FLAG.overdueProduction, day(days.agreedProductionOn) + 1, production);
    const year = yearOf(days.signedOn[row] as number);
    if (yearOf(days.startedOn[row] as number) === year && yearOf(days.productionOn[row] as number) === year)
      span(FLAG.sameYear, production, AFTER);
    for (const [name, reached, column] of [
      ['daysToStart', started, days.startedOn],
      ['daysToProduction', production, days.productionOn],
    ] as const) {
      const first = Math.max(reached, signed);
      if (first >= ended) continue;
      const length = dayNumber(column[row] as number) - dayNumber(days.signedOn[row] as number);
      this.#lengths[name].add(first, length, sign, isSummed);
      if (ended < AFTER) this.#lengths[name].add(ended, length, -sign, isSummed);
    }
  }

  #add(place: number, which: number, amount: number, isSummed: boolean): void {
    const i = place * WIDTH + which;
    this.#days[i] = (this.#days[i] as number) + amount;
    if (!isSummed) return;
    for (let block = Math.floor(place / BLOCK) + 1; block < BLOCKS; block++) {
      const j = block * WIDTH + which;
      this.#before[j] = (this.#before[j] as number) + amount;
    }
  }
}

/** Lengths in days, as far as they are usual; others are listed. */
const [SPAN, SHORTEST] = [4_096, -512];

/** Lengths that are there from a day on, or no longer from a day on. */
class LengthsByDay {
  /** How often each length is there before each block. */
  readonly #before = new Int32Array(BLOCKS * SPAN);
  /** By block. */
  readonly #changes = Array.from({ length: BLOCKS }, () => new Changes());
  readonly #unusual: { place: number; length: number; times: number }[] = [];

  add(place: number, length: number, times: number, isSummed: boolean): void {
    const i = length - SHORTEST;
    if (i < 0 || i >= SPAN) {
      this.#unusual.push({ place, length, times });
      return;
    }
    const block = Math.floor(place / BLOCK);
    this.#changes[block]?.add((place % BLOCK) * SPAN + i, times > 0);
    if (!isSummed) return;
    for (let later = block + 1; later < BLOCKS; later++)
      this.#before[later * SPAN + i] = (this.#before[later * SPAN + i] as number) + times;
  }

  sumUp(): void {
    for (let block = 1; block < BLOCKS; block++) {
      const table = this.#before.subarray(block * SPAN, (block + 1) * SPAN);
      table.set(this.#before.subarray((block - 1) * SPAN, block * SPAN));
      this.#changes[block - 1]?.applyTo(table, BLOCK);
    }
  }

  addTo(tally: Tally, name: DurationName, last: number): void {
    const block = Math.floor(last / BLOCK);
    const table = this.#before.slice(block * SPAN, (block + 1) * SPAN);
    this.#changes[block]?.applyTo(table, (last % BLOCK) + 1);
    for (let i = 0; i < SPAN; i++) if (table[i] !== 0) addDays(tally, name, i + SHORTEST, table[i] as number);
    for (const { place, length, times } of this.#unusual)
      if (place <= last) addDays(tally, name, length, times);
    for (const [length, times] of tally[name]) if (times === 0) tally[name].delete(length);
  }
}

/** Lengths that come and go within a block, each as the day, the length's place, and whether it comes: 8, 12 and 1 bits. */
class Changes {
  #all = new Uint32Array(64);
  #count = 0;

  add(place: number, comes: boolean): void {
    if (this.#count === this.#all.length) this.#makeRoom();
    this.#all[this.#count++] = (place << 1) | (comes ? 1 : 0);
  }

  /** Applies those of the first days. */
  applyTo(table: Int32Array, days: number): void {
    const end = days * SPAN;
    for (let k = 0; k < this.#count; k++) {
      const change = this.#all[k] as number;
      if (change >> 1 >= end) continue;
      const i = (change >> 1) % SPAN;
      table[i] = (table[i] as number) + (change & 1 ? 1 : -1);
    }
  }

  /** What comes and goes on the same day is taken out first: else they would grow with each change of a project. */
  #makeRoom(): void {
    const all = this.#all.sort();
    let left = 0;
    for (const change of all) {
      // Sorted, what goes is before what comes.
      if (change & 1 && left > 0 && all[left - 1] === change - 1) left -= 1;
      else all[left++] = change;
    }
    this.#count = left;
    if (3 * left < 2 * all.length) return;
    this.#all = new Uint32Array(all.length + (all.length >> 1));
    this.#all.set(all.subarray(0, left));
  }
}
