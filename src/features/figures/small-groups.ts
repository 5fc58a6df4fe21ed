/**
 * Decides which groups may be disclosed, so that any linear combination of the disclosed figures concerns
 * either no project or at least the minimum number of projects.
 *
 * The whole is disclosed first, then one group after another, as long as there are `minimum` disjoint sets of
 * projects, each of which determines everything disclosed: the matrix with a row for each project of the set
 * and a column for each disclosed group, 1 where the project belongs to the group, is invertible.
 *
 * Proof: take a linear combination of figures that concerns fewer projects than the minimum. Then at least
 * one of the disjoint sets contains none of these projects, so the coefficients of each of its projects sum
 * to zero. Since the matrix is invertible, all coefficients are zero.
 *
 * Responses to different requests must be based on the same choice. Therefore the dimensions are processed in
 * a fixed order, and the choice for one depends only on the number of projects in its groups and those of the
 * dimensions before it: a request for a later dimension repeats the same steps and continues.
 *
 * A figure about a subset of the projects, such as those that have started, must satisfy the same condition
 * over that subset; a count also over its complement, which is the difference to the whole.
 */
import { type Pace, paced } from '../../core/pace.ts';

/** The projects with the same group in every dimension. */
export interface Cell<Size extends string> {
  /** Their group in each dimension, in order. */
  groups: readonly (string | null)[];
  /** Their number, and how many of them belong to each of the subsets that figures concern. */
  sizes: Readonly<Record<Size, number>>;
}

/** How many projects of a cell a figure concerns: a sum or difference of its sizes. */
export type Population<Size extends string> = (sizes: Readonly<Record<Size, number>>) => number;

/** What may be disclosed of a figure. */
export interface Told {
  whole: boolean;
  /** Groups of the last dimension. */
  groups: ReadonlySet<string | null>;
}

/** A set of cells: those of a group, or all. */
interface Members {
  cells: readonly number[];
  /** Equal names mean the same cells. */
  name: string;
}

/** The projects by the first dimensions; at the first level by none. */
export interface Level<Size extends string> {
  cells: readonly Cell<Size>[];
  /** For each cell, the cell of the previous level that contains it. */
  parents: readonly number[];
  whole: Members;
  /** The groups of each dimension. */
  dimensions: readonly ReadonlyMap<string | null, Members>[];
}

const membersOf = (cells: readonly number[]): Members => ({ cells, name: cells.join() });

/** The levels, from the whole to all dimensions, with one more dimension each. */
export async function levelsOf<Size extends string>(
  cells: readonly Cell<Size>[],
  dimensions: number,
  pace: Pace = paced(),
): Promise<Level<Size>[]> {
  const levels: Level<Size>[] = [];
  let finer = cells;
  for (let many = dimensions; many >= 0; many--) {
    const merged = await mergedBy(finer, many, pace);
    levels.unshift(await levelOf(merged.cells, many, pace));
    // `merged.of` maps the cells of the next finer level, which was added just before.
    const child = levels[1];
    if (child) levels[1] = { ...child, parents: merged.of };
    finer = merged.cells;
  }
  return levels;
}

const isBefore = (a: string | null, b: string | null): boolean => a === null || (b !== null && a < b);

/**
 * Merges cells that agree in the first `many` dimensions, ordered by their groups.
 * @returns the merged cells, and the index of the merged cell for each given one
 */
async function mergedBy<Size extends string>(cells: readonly Cell<Size>[], many: number, pace: Pace) {
  const found = new Map<string, { groups: Cell<Size>['groups']; sizes: Record<Size, number> }>();
  const names: string[] = [];
  for (const { groups: all, sizes } of cells) {
    const groups = all.slice(0, many);
    const name = JSON.stringify(groups);
    names.push(name);
    const known = found.get(name);
    if (!known) found.set(name, { groups, sizes: { ...sizes } });
    else for (const size of Object.keys(known.sizes) as Size[]) known.sizes[size] += sizes[size];
    await pace();
  }
  const inOrder = [...found].sort(([, { groups: a }], [, { groups: b }]) => {
    const i = a.findIndex((group, dimension) => group !== b[dimension]);
    return i < 0 ? 0 : isBefore(a[i] ?? null, b[i] ?? null) ? -1 : 1;
  });
  await pace();
  const places = new Map(inOrder.map(([name], place) => [name, place]));
  return {
    cells: inOrder.map(([, cell]): Cell<Size> => cell),
    of: names.map((name) => places.get(name) as number),
  };
}

async function levelOf<Size extends string>(
  cells: readonly Cell<Size>[],
  many: number,
  pace: Pace,
): Promise<Level<Size>> {
  const dimensions: Map<string | null, Members>[] = [];
  for (let dimension = 0; dimension < many; dimension++) {
    const found = new Map<string | null, number[]>();
    for (const [cell, { groups }] of cells.entries()) {
      const group = groups[dimension] as string | null;
      const members = found.get(group);
      if (members) members.push(cell);
      else found.set(group, [cell]);
    }
    dimensions.push(new Map([...found].map(([group, members]) => [group, membersOf(members)])));
    await pace();
  }
  return { cells, parents: [], whole: membersOf([...cells.keys()]), dimensions };
}

/** A disclosed group, and the projects that represent it in each proof. */
interface Step {
  /** The dimension and group; null for the whole. */
  of: { dimension: number; group: string | null } | null;
  places: readonly Places[];
}

/** The cell of the representing project in each set; empty if no representative is needed. */
type Places = readonly number[];

const membersAt = ({ whole, dimensions }: Level<string>, { of }: Pick<Step, 'of'>): Members =>
  of ? (dimensions[of.dimension]?.get(of.group) as Members) : whole;

/**
 * @param populations the projects that the figure concerns; the first determines the order of groups by size
 */
export async function tellable<Size extends string>(
  levels: readonly Level<Size>[],
  populations: readonly Population<Size>[],
  minimum: number,
  pace: Pace = paced(),
): Promise<Told> {
  let steps: Step[] = [];
  let groups = new Set<string | null>();
  for (const level of levels) {
    const members = steps.map((step) => membersAt(level, step));
    const sizes = populations.map((population) => level.cells.map((cell) => population(cell.sizes)));
    const proofs = sizes.map((each, proof) =>
      proofOver(
        each,
        minimum,
        steps.map(({ places }, step) => ({
          members: members[step] as Members,
          places: places[proof] as Places,
        })),
        level.parents,
      ),
    );
    await pace();
    steps = steps.map((step, i) => ({ ...step, places: proofs.map(({ before }) => before[i] as Places) }));
    const names = new Set(members.map(({ name }) => name));

    function tell(of: Step['of'], isRest = false): boolean {
      const { cells, name } = membersAt(level, { of });
      // Repeating a disclosed group, or the remainder of the whole, discloses nothing new.
      const nobody = names.has(name) || isRest;
      const found = proofs.map((proof) => (nobody ? noStep : proof.find(cells)));
      const isProven = found.every((step) => step !== undefined);
      for (const step of found) step?.end(isProven);
      if (!isProven) return false;
      names.add(name);
      steps.push({ of, places: found.map((step) => step?.places ?? []) });
      return true;
    }

    const last = level.dimensions.length - 1;
    const dimension = level.dimensions[last];
    if (!dimension) {
      if (!tell(null)) return { whole: false, groups };
      continue;
    }
    const largestFirst = [...dimension]
      .map(([group, { cells }]) => ({ group, size: sumOf(sizes[0] as number[], cells) }))
      .sort((a, b) => b.size - a.size || (isBefore(a.group, b.group) ? -1 : 1));
    groups = new Set();
    for (const { group } of largestFirst) {
      await pace();
      const isRest = groups.size === largestFirst.length - 1;
      if (tell({ dimension: last, group }, isRest)) groups.add(group);
    }
  }
  return { whole: true, groups };
}

const sumOf = (sizes: readonly number[], cells: readonly number[]): number =>
  cells.reduce((sum, cell) => sum + (sizes[cell] as number), 0);

/** Maximum number of cells searched for projects of the sets, to bound the time. */
const MOST_CELLS = 1_000;

/**
 * A column modulo 2, with 32 cells per word: a matrix that is invertible modulo 2 is invertible. (The
 * converse does not hold, so a group may be suppressed unnecessarily.)
 */
type Bits = Uint32Array;

const has = (bits: Bits, place: number): boolean =>
  (((bits[place >> 5] as number) >> (place & 31)) & 1) === 1;

/** A project of a set: the index of its cell, and its column reduced by the previous projects. */
interface Pivot {
  place: number;
  column: Bits;
}

/** A possible extension of the sets; `end` applies or reverts it. */
interface Growth {
  places: Places;
  end(isTaken: boolean): void;
}

const noStep: Growth = { places: [], end: () => {} };

/**
 * The disjoint sets of projects, which grow with each disclosed group.
 * @param sizes number of projects in each cell
 * @param told the groups disclosed already, with the cells of the previous level that represent them
 */
function proofOver(
  sizes: readonly number[],
  minimum: number,
  told: readonly { members: Members; places: Places }[],
  parents: readonly number[],
) {
  const free = [...sizes];
  const parts = Map.groupBy(parents.keys(), (cell) => parents[cell] as number);
  const before = told.map(({ places }) =>
    places.map((place) => {
      const parent = parts.get(place) as number[];
      const cell = parent.reduce((most, one) =>
        (free[one] as number) > (free[most] as number) ? one : most,
      );
      free[cell] = (free[cell] as number) - 1;
      return cell;
    }),
  );

  const filled = [...sizes.keys()].filter((cell) => (sizes[cell] as number) > 0);
  const stride = Math.ceil(filled.length / MOST_CELLS);
  const searched = [...new Set([...filled.filter((_, i) => i % stride === 0), ...before.flat()])].sort(
    (a, b) => a - b,
  );
  const placeOf = new Int32Array(sizes.length).fill(-1);
  for (const [place, cell] of searched.entries()) placeOf[cell] = place;

  function columnOf(cells: readonly number[]): Bits {
    const column: Bits = new Uint32Array(Math.ceil(searched.length / 32));
    for (const cell of cells) {
      const place = placeOf[cell] as number;
      if (place >= 0) column[place >> 5] = (column[place >> 5] as number) | (1 << (place & 31));
    }
    return column;
  }

  /** The cell with the most free projects that keeps the matrix of a set invertible. */
  function freeIn(column: Bits): number | undefined {
    let found: number | undefined;
    let most = 0;
    for (let place = 0; place < searched.length; place++) {
      const size = free[searched[place] as number] as number;
      if (size <= most || !has(column, place)) continue;
      found = place;
      most = size;
    }
    return found;
  }

  const sets = Array.from({ length: minimum }, (): Pivot[] => []);
  for (const [i, { members }] of told.entries()) {
    const column = columnOf(members.cells);
    for (const [s, cell] of (before[i] as Places).entries()) {
      const set = sets[s] as Pivot[];
      set.push({ place: placeOf[cell] as number, column: eliminated(column, set) });
    }
  }

  return {
    /** The representatives of the groups disclosed already, as cells of this level. */
    before,
    /** @returns the extension of the sets for a group, if there is one */
    find: (cells: readonly number[]): Growth | undefined => {
      const size = sumOf(sizes, cells);
      // A figure about no project discloses nothing.
      if (size === 0) return noStep;
      if (size < minimum) return undefined;
      const column = columnOf(cells);
      const added: Pivot[] = [];
      const take = (place: number, by: number) => {
        const cell = searched[place] as number;
        free[cell] = (free[cell] as number) - by;
      };
      for (const set of sets) {
        const left = eliminated(column, set);
        const place = freeIn(left);
        if (place === undefined) break;
        take(place, 1);
        added.push({ place, column: left });
      }
      const giveBack = () => {
        for (const { place } of added) take(place, -1);
      };
      if (added.length < minimum) {
        giveBack();
        return undefined;
      }
      return {
        places: added.map(({ place }) => searched[place] as number),
        end: (isTaken) => {
          if (!isTaken) return giveBack();
          for (const [i, pivot] of added.entries()) sets[i]?.push(pivot);
        },
      };
    },
  };
}

/** Gaussian elimination: reduces a column by the projects of a set. */
function eliminated(column: Bits, set: readonly Pivot[]): Bits {
  const left = column.slice();
  for (const { place, column: known } of set) {
    if (!has(left, place)) continue;
    for (let i = 0; i < left.length; i++) left[i] = (left[i] as number) ^ (known[i] as number);
  }
  return left;
}
