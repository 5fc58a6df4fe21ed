/**
 * Projects that may have been signed twice: with the same investor, the same amount and a nearly equal name, at
 * different events. They are found by grouping, not by pairwise comparison: an investor may have tens of thousands
 * of projects with the same amount.
 */
import type { Columns } from '../../columns/columns.ts';
import { NONE } from '../../columns/dictionary.ts';
import type { Mask } from '../projects/sieves.ts';

/** Ignored in names, in addition to width and case. */
const PUNCTUATION = ' -‐–—―_.,·・、。/\\|()[]{}<>《》〈〉「」『』【】〔〕"\'“”‘’:;!?&+*#~`';
/**
 * Removed after that, in this order. The first phase of a project is often called by its plain name, a second
 * one never.
 */
const WORDS = ['项目', '工程', '基地', '一期', 'project'];

const unitsOf = (text: string): number[] => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
const isIgnored = new Uint8Array(1 << 16);
for (const unit of unitsOf(PUNCTUATION)) isIgnored[unit] = 1;
const words = WORDS.map(unitsOf);

/** What is left of a name, as code units; longer names get a longer one. */
let bare = new Uint16Array(1_024);

/** Leaves the rest of a name in `bare`: a million times without a text for each. @returns its length */
function leaveBare(text: string, from: number, to: number): number {
  if (to - from > bare.length) bare = new Uint16Array(2 * (to - from));
  let length = 0;
  for (let i = from; i < to; i++) {
    const unit = text.charCodeAt(i);
    if (isIgnored[unit] === 0) bare[length++] = unit;
  }
  for (const word of words) length = withoutWord(word, length);
  return length;
}

/** Takes a word out of the first units of `bare`. @returns how many are left */
function withoutWord(word: readonly number[], length: number): number {
  let left = 0;
  for (let i = 0; i < length; ) {
    let same = 0;
    while (same < word.length && i + same < length && bare[i + same] === word[same]) same += 1;
    if (same === word.length) i += same;
    else bare[left++] = bare[i++] as number;
  }
  return left;
}

/**
 * The likeness of a project for the columns: equal for nearly equal names, which have the same rest; nothing is left
 * of `项目`.
 * @param searchText its second line is the name, in which width and case are folded
 */
export function likenessOf(searchText: string): number {
  const start = searchText.indexOf('\n') + 1;
  const end = searchText.indexOf('\n', start);
  const length = leaveBare(searchText, start, end < 0 ? searchText.length : end);
  return length === 0 ? 0 : hash53(length) || 1;
}

/**
 * A hash of 53 bits (cyrb53, public domain) of the first units of `bare`: of a million names, two differ and collide
 * with a chance of 1 : 18 000.
 */
function hash53(length: number): number {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let i = 0; i < length; i++) {
    const unit = bare[i] as number;
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}

/**
 * Candidates: signed at an event by the day, with an investor, and not terminated, because a project may be signed
 * again after a termination.
 */
const isEligible = (columns: Columns, row: number, asOf: number): boolean =>
  columns.likeness[row] !== 0 &&
  columns.codes.event[row] !== NONE &&
  columns.codes.leadInvestorId[row] !== NONE &&
  (columns.days.signedOn[row] as number) <= asOf &&
  (columns.days.terminatedOn[row] as number) > asOf &&
  !columns.isArchived(row);

/**
 * What projects share: an investor, an amount and a likeness. A hash table of the first project with each, and
 * whether others were signed at other events.
 */
class Shares {
  readonly #columns: Columns;
  /** The row of the first project that has it, plus one, and the investor. */
  readonly #rows: Int32Array;
  readonly #investors: Int32Array;
  readonly #differs: Uint8Array;

  constructor(columns: Columns, most: number) {
    this.#columns = columns;
    const size = 2 ** Math.ceil(Math.log2(2 * most + 2));
    this.#rows = new Int32Array(size);
    this.#investors = new Int32Array(size);
    this.#differs = new Uint8Array(size);
  }

  #slotOf(row: number, investor: number): number {
    const { investmentYuan, likeness } = this.#columns;
    const [yuan, like] = [investmentYuan[row] as number, likeness[row] as number];
    const mask = this.#rows.length - 1;
    let slot =
      (Math.imul(like | 0, 0x9e3779b1) ^
        Math.imul(yuan % 0x7fffffff, 0x85ebca6b) ^
        Math.imul(investor, 0xc2b2ae35)) &
      mask;
    for (;;) {
      const first = (this.#rows[slot] as number) - 1;
      if (first < 0) return slot;
      if (this.#investors[slot] === investor && investmentYuan[first] === yuan && likeness[first] === like)
        return slot;
      slot = (slot + 1) & mask;
    }
  }

  add(row: number, investor: number): void {
    const { event } = this.#columns.codes;
    const slot = this.#slotOf(row, investor);
    const first = (this.#rows[slot] as number) - 1;
    if (first < 0) {
      this.#rows[slot] = row + 1;
      this.#investors[slot] = investor;
    } else if (event[first] !== event[row]) this.#differs[slot] = 1;
  }

  isAtTwoEvents(row: number, investor: number): boolean {
    return this.#differs[this.#slotOf(row, investor)] === 1;
  }
}

/** The projects for which another one shares something and was signed at another event. @param asOf a packed day */
export function signedTwice(columns: Columns, asOf: number): Mask {
  const twice = new Uint8Array(columns.count);
  const shares = new Shares(columns, columns.count + columns.othersEnd);
  for (let row = 0; row < columns.count; row++)
    if (isEligible(columns, row, asOf)) columns.forInvestors(row, (investor) => shares.add(row, investor));
  for (let row = 0; row < columns.count; row++) {
    if (!isEligible(columns, row, asOf)) continue;
    columns.forInvestors(row, (investor) => {
      if (shares.isAtTwoEvents(row, investor)) twice[row] = 1;
    });
  }
  return twice;
}

/** A project that shares something with another. */
export interface Twin {
  id: string;
  code: string;
  name: string;
  event: string;
  signedOn: string;
}

/**
 * For each of some projects the rows of the first `most` others, by day of signing and id.
 * @param asOf a packed day
 */
export function twinsOf(
  columns: Columns,
  rows: readonly number[],
  asOf: number,
  most: number,
): Map<number, number[]> {
  const { codes, days, investmentYuan, likeness, ids } = columns;
  const wanted = Map.groupBy(rows, (row) => likeness[row]);
  const found = new Map<number, number[]>(rows.map((row) => [row, []]));
  for (let other = 0; other < columns.count; other++) {
    const alike = wanted.get(likeness[other]);
    if (!alike || !isEligible(columns, other, asOf)) continue;
    for (const row of alike) {
      if (codes.event[row] === codes.event[other] || investmentYuan[row] !== investmentYuan[other]) continue;
      if (shareInvestor(columns, row, other)) found.get(row)?.push(other);
    }
  }
  const bySigning = (a: number, b: number): number =>
    (days.signedOn[a] as number) - (days.signedOn[b] as number) || (ids.textOf(a) < ids.textOf(b) ? -1 : 1);
  for (const [row, others] of found) found.set(row, others.sort(bySigning).slice(0, most));
  return found;
}

function shareInvestor(columns: Columns, row: number, other: number): boolean {
  const mine = new Set<number>();
  columns.forInvestors(row, (code) => mine.add(code));
  let shared = false;
  columns.forInvestors(other, (code) => {
    shared ||= mine.has(code);
  });
  return shared;
}
