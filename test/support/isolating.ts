/**
 * The knowledge of an attacker who knows which projects each figure concerns: all linear combinations of
 * figures. Exhaustive linear algebra modulo a prime, which finds every combination.
 */

/** Small enough for products of remainders to be exact. */
const PRIME = 67_108_859;

function inverse(value: number): number {
  let [result, power] = [1n, BigInt(value)];
  for (let exponent = PRIME - 2; exponent > 0; exponent = Math.floor(exponent / 2)) {
    if (exponent % 2 === 1) result = (result * power) % BigInt(PRIME);
    power = (power * power) % BigInt(PRIME);
  }
  return Number(result);
}

const modulo = (value: number): number => ((value % PRIME) + PRIME) % PRIME;

/** The rows in reduced echelon form, without linearly dependent ones, and the column of each leading 1. */
function reduced(rows: number[][]): { rows: number[][]; pivots: number[] } {
  const left = rows.map((row) => [...row]);
  const done: number[][] = [];
  const pivots: number[] = [];
  const width = rows[0]?.length ?? 0;
  for (let column = 0; column < width; column++) {
    const at = left.findIndex((row) => row[column] !== 0);
    if (at < 0) continue;
    const [found = []] = left.splice(at, 1);
    const factor = inverse(found[column] as number);
    const row = found.map((value) => modulo(value * factor));
    for (const other of [...left, ...done]) {
      const times = other[column] as number;
      if (times === 0) continue;
      for (let i = 0; i < width; i++) other[i] = modulo((other[i] as number) - times * (row[i] as number));
    }
    done.push(row);
    pivots.push(column);
  }
  return { rows: done, pivots };
}

/** The first linearly dependent set of at most the given number of vectors. */
function dependent(
  vectors: readonly number[][],
  most: number,
  chosen: number[] = [],
  basis: { vector: number[]; pivot: number }[] = [],
): number[] | undefined {
  if (chosen.length === most) return undefined;
  for (let i = (chosen.at(-1) ?? -1) + 1; i < vectors.length; i++) {
    const left = [...(vectors[i] as number[])];
    for (const { vector, pivot } of basis) {
      const times = left[pivot] as number;
      if (times === 0) continue;
      for (let j = 0; j < left.length; j++)
        left[j] = modulo((left[j] as number) - times * (vector[j] as number));
    }
    const pivot = left.findIndex((value) => value !== 0);
    if (pivot < 0) return [...chosen, i];
    if (chosen.length + 1 === most) continue;
    const factor = inverse(left[pivot] as number);
    const vector = left.map((value) => modulo(value * factor));
    const found = dependent(vectors, most, [...chosen, i], [...basis, { vector, pivot }]);
    if (found) return found;
  }
  return undefined;
}

/**
 * @param sets the projects that each figure concerns, by index
 * @returns fewer projects than the minimum that a combination of figures concerns; undefined if there are
 * none
 */
export function isolated(
  sets: Iterable<readonly number[]>,
  count: number,
  minimum: number,
): number[] | undefined {
  const distinct = new Map([...sets].map((set) => [set.join(), set]));
  distinct.delete('');
  const matrix = [...distinct.values()].map((set) => {
    const row: number[] = Array(count).fill(0);
    for (const place of set) row[place] = 1;
    return row;
  });
  const { rows, pivots } = reduced(matrix);
  // A basis of the null space, as one vector per project: a combination of figures about some projects is a
  // linear dependence of their vectors.
  const free = Array.from({ length: count }, (_, i) => i).filter((i) => !pivots.includes(i));
  const dual = Array.from({ length: count }, (_, i) => {
    const pivot = pivots.indexOf(i);
    return free.map((column) => (pivot < 0 ? Number(column === i) : modulo(-(rows[pivot]?.[column] ?? 0))));
  });
  return dependent(dual, minimum - 1);
}
