/**
 * Which groups may have their figures told so that whatever is worked out of all that is told, by adding and
 * subtracting, is about no project or about a minimum of them.
 *
 * The whole is told first, then group after group, as long as there are as many sets of projects as the minimum, no
 * project in two of them, each of which pins down everything told: with a row for each of its projects and a column
 * for each group told, 1 where the project belongs to the group, it is an invertible matrix.
 *
 * Why that is enough: let figures be added up, each taken some number of times, and the result be about fewer projects
 * than the minimum. Then one of the sets has none of these, and each of its projects cancels out. As its matrix is
 * invertible, every figure was taken no times at all.
 *
 * A figure about some projects only, such as those that have started, is held to the same over these alone; a count
 * also over those that it leaves out, which are what remains of the whole.
 */

import { type Pace, paced } from '../pace.ts';

/** Projects that stand in the same groups. */
export interface Cell<Size extends string> {
  /** Their group in each dimension, in the order of the dimensions. */
  groups: readonly (string | null)[];
  /** How many they are, and how many of them belong to each of the sets that figures are about. */
  sizes: Readonly<Record<Size, number>>;
}

/** How many of the projects of a cell a figure tells something about. */
export type Population<Size extends string> = (sizes: Readonly<Record<Size, number>>) => number;

/** What is told of a figure. */
export interface Told {
  whole: boolean;
  /** Groups of the last dimension. */
  groups: ReadonlySet<string | null>;
}

/** Cells that belong together: those of a group, or all. */
interface Members {
  cells: readonly number[];
  /** Others of the same name are the same cells. */
  name: string;
}

const membersOf = (cells: readonly number[]): Members => ({ cells, name: cells.join() });

/** Cells, and the groups of each dimension that they fall into. */
export interface Divided<Size extends string> {
  cells: readonly Cell<Size>[];
  whole: Members;
  dimensions: readonly (readonly { group: string | null; members: Members }[])[];
}

/** @param dimensions how many of the dimensions to go through; more take nothing back of what is told by these */
export async function divided<Size extends string>(
  cells: readonly Cell<Size>[],
  dimensions: number,
  pace: Pace = paced(),
): Promise<Divided<Size>> {
  const whole = membersOf([...cells.keys()]);
  const divisions: Divided<Size>['dimensions'][number][] = [];
  for (let dimension = 0; dimension < dimensions; dimension++) {
    const found = new Map<string | null, number[]>();
    for (const [cell, { groups }] of cells.entries()) {
      const group = groups[dimension] as string | null;
      const members = found.get(group);
      if (members) members.push(cell);
      else found.set(group, [cell]);
    }
    divisions.push([...found].map(([group, members]) => ({ group, members: membersOf(members) })));
    await pace();
  }
  return { cells, whole, dimensions: divisions };
}

/**
 * @param populations whom the figure tells something about; the first decides which groups are large
 */
export async function tellable<Size extends string>(
  { cells, whole, dimensions }: Divided<Size>,
  populations: readonly Population<Size>[],
  minimum: number,
  pace: Pace = paced(),
): Promise<Told> {
  const sizes = populations.map((population) => cells.map((cell) => population(cell.sizes)));
  const proofs = sizes.map((each) => proofOver(each, minimum));
  const told = new Set<string>();
  function tell(members: Members): boolean {
    // Who is told the same again learns nothing.
    if (told.has(members.name)) return true;
    const steps = proofs.map((proof) => proof(members));
    const isProven = steps.every((step) => step !== undefined);
    for (const step of steps) step?.(isProven);
    if (isProven) told.add(members.name);
    return isProven;
  }

  if (!tell(whole)) return { whole: false, groups: new Set() };
  const first = sizes[0] as readonly number[];
  let groups = new Set<string | null>();
  for (const dimension of dimensions) {
    const largestFirst = dimension
      .map(({ group, members }) => ({ group, members, size: sumOf(first, members) }))
      .sort((a, b) => b.size - a.size || (String(a.group) < String(b.group) ? -1 : 1));
    groups = new Set();
    for (const { group, members } of largestFirst) {
      await pace();
      // The last is what remains of the whole.
      const isLast = groups.size === largestFirst.length - 1;
      if (isLast) told.add(members.name);
      if (isLast || tell(members)) groups.add(group);
    }
  }
  return { whole: true, groups };
}

const sumOf = (sizes: readonly number[], { cells }: Members): number =>
  cells.reduce((sum, cell) => sum + (sizes[cell] as number), 0);

/** More cells than this are not looked through for projects of the sets, for the sake of time. */
const MOST_CELLS = 1_000;

/**
 * A column modulo 2, 32 cells a word: a matrix that is invertible modulo 2 is invertible. (It may be so without; then
 * a group is not told that could be.)
 */
type Bits = Uint32Array;

const has = (bits: Bits, place: number): boolean =>
  (((bits[place >> 5] as number) >> (place & 31)) & 1) === 1;

/** A project of a set: its cell, and its column without what the projects before it have taken care of. */
interface Pivot {
  place: number;
  column: Bits;
}

/** Lets the sets grow, or leaves them as they were. */
type Step = (isTaken: boolean) => void;

/**
 * The sets of projects, which grow with what is told.
 * @param sizes how many projects each cell has
 * @returns how the sets would grow by a group, if they can
 */
function proofOver(sizes: readonly number[], minimum: number): (members: Members) => Step | undefined {
  const filled = [...sizes.keys()].filter((cell) => (sizes[cell] as number) > 0);
  const stride = Math.ceil(filled.length / MOST_CELLS);
  const searched = filled.filter((_, i) => i % stride === 0);
  const places = new Int32Array(sizes.length).fill(-1);
  for (const [place, cell] of searched.entries()) places[cell] = place;
  const free = searched.map((cell) => sizes[cell] as number);
  const sets = Array.from({ length: minimum }, (): Pivot[] => []);

  return (members) => {
    const size = sumOf(sizes, members);
    // What is about nobody tells nothing about anybody.
    if (size === 0) return () => {};
    if (size < minimum) return undefined;
    const column: Bits = new Uint32Array(Math.ceil(searched.length / 32));
    for (const cell of members.cells) {
      const place = places[cell] as number;
      if (place >= 0) column[place >> 5] = (column[place >> 5] as number) | (1 << (place & 31));
    }
    const added: Pivot[] = [];
    for (const set of sets) {
      const pivot = pivotOf(column, set, free);
      if (!pivot) break;
      free[pivot.place] = (free[pivot.place] as number) - 1;
      added.push(pivot);
    }
    const giveBack = () => {
      for (const { place } of added) free[place] = (free[place] as number) + 1;
    };
    if (added.length < minimum) {
      giveBack();
      return undefined;
    }
    return (isTaken) => {
      if (!isTaken) return giveBack();
      for (const [i, pivot] of added.entries()) sets[i]?.push(pivot);
    };
  };
}

/** Gaussian elimination: the free project with which the matrix of a set stays invertible; of the most alike. */
function pivotOf(column: Bits, set: readonly Pivot[], free: readonly number[]): Pivot | undefined {
  const left = column.slice();
  for (const { place, column: eliminated } of set) {
    if (!has(left, place)) continue;
    for (let i = 0; i < left.length; i++) left[i] = (left[i] as number) ^ (eliminated[i] as number);
  }
  let place = -1;
  let most = 0;
  for (let i = 0; i < free.length; i++) {
    if ((free[i] as number) <= most || !has(left, i)) continue;
    place = i;
    most = free[i] as number;
  }
  return place < 0 ? undefined : { place, column: left };
}
