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

/**
 * @param populations whom the figure tells something about; the first decides which groups are large
 * @param dimensions how many of the dimensions to go through; more take nothing back of what is told by these
 */
export function tellable<Size extends string>(
  cells: readonly Cell<Size>[],
  populations: readonly Population<Size>[],
  dimensions: number,
  minimum: number,
): Told {
  const sizesOf = (population: Population<Size>) => cells.map(({ sizes }) => population(sizes));
  const proofs = populations.map((population) => proofOver(sizesOf(population), minimum));
  const told = new Set<string>();
  function tell(members: Members): boolean {
    // Who is told the same again learns nothing.
    if (told.has(members.join())) return true;
    const steps = proofs.map((proof) => proof(members));
    const isProven = steps.every((step) => step !== undefined);
    for (const step of steps) step?.(isProven);
    if (isProven) told.add(members.join());
    return isProven;
  }

  if (!tell([...cells.keys()])) return { whole: false, groups: new Set() };
  const [first] = populations.map(sizesOf);
  let groups = new Set<string | null>();
  for (let dimension = 0; dimension < dimensions; dimension++) {
    const members = Map.groupBy(cells.keys(), (cell) => cells[cell]?.groups[dimension] as string | null);
    const largestFirst = [...members]
      .map(([group, members]) => ({ group, members, size: sumOf(first as number[], members) }))
      .sort((a, b) => b.size - a.size || (String(a.group) < String(b.group) ? -1 : 1));
    groups = new Set();
    for (const { group, members } of largestFirst) {
      // The last is what remains of the whole.
      const isLast = groups.size === largestFirst.length - 1;
      if (isLast) told.add(members.join());
      if (isLast || tell(members)) groups.add(group);
    }
  }
  return { whole: true, groups };
}

/** The cells of a group, in their order. */
type Members = readonly number[];

const sumOf = (sizes: readonly number[], members: Members): number =>
  members.reduce((sum, cell) => sum + (sizes[cell] as number), 0);

/** More cells than this are not looked through for projects of the sets, for the sake of time. */
const MOST_CELLS = 500;

/** A project of a set: its cell, and its column with zeros in the cells of those before it. */
interface Pivot {
  place: number;
  column: Int32Array;
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
  const free = searched.map((cell) => sizes[cell] as number);
  const sets = Array.from({ length: minimum }, (): Pivot[] => []);

  return (members) => {
    const size = sumOf(sizes, members);
    // What is about nobody tells nothing about anybody.
    if (size === 0) return () => {};
    if (size < minimum) return undefined;
    const belongs = new Set(members);
    const column = searched.map((cell) => (belongs.has(cell) ? 1 : 0));
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

/** A matrix that is invertible modulo a prime is. Of this one the products of two remainders are small integers. */
const PRIME = 32_749;

/** Gaussian elimination: the free project with which the matrix of a set stays invertible; of the most alike. */
function pivotOf(
  column: readonly number[],
  set: readonly Pivot[],
  free: readonly number[],
): Pivot | undefined {
  const left = Int32Array.from(column);
  for (const { place, column: eliminated } of set) {
    const times = PRIME - (left[place] as number);
    if (times === PRIME) continue;
    for (let i = 0; i < left.length; i++) {
      left[i] = ((left[i] as number) + times * (eliminated[i] as number)) % PRIME;
    }
  }
  let place = -1;
  for (const [i, size] of free.entries()) {
    if (left[i] !== 0 && size > (free[place] ?? 0)) place = i;
  }
  if (place < 0) return undefined;
  const factor = inverse(left[place] as number);
  return { place, column: left.map((value) => (value * factor) % PRIME) };
}

/** value⁻¹ = value^(PRIME − 2), by Fermat. */
function inverse(value: number): number {
  let result = 1;
  let power = value;
  for (let exponent = PRIME - 2; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result = (result * power) % PRIME;
    power = (power * power) % PRIME;
  }
  return result;
}
