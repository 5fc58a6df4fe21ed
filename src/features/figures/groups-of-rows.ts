/** Groups of rows: the combinations of values of some dimensions. */
import type { Columns } from '../../columns/columns.ts';
import { Dictionary } from '../../columns/dictionary.ts';
import { Problem } from '../../http/problems.ts';
import type { Mask } from '../projects/sieves.ts';

/** Maximum number of groups; more are refused rather than held in memory. */
export const MAX_GROUPS = 50_000;

/** The values of a dimension over columns, as small integers. */
export interface Coded {
  /** By code. */
  texts: readonly (string | null)[];
  /** Makes each selected row's place `times` as large, and adds its code. */
  addTo(places: Places, mask: Mask, times: number): void;
}

type Places = Int32Array | Float64Array;
type Numbers = { readonly [row: number]: number };

/** Values whose codes are in a column, perhaps converted by a table. */
export function inColumn(
  texts: readonly (string | null)[],
  column: Numbers,
  table: Numbers = texts.map((_, code) => code),
): Coded {
  return {
    texts,
    addTo: (places, mask, times) => {
      for (let row = 0; row < mask.length; row++)
        if (mask[row] === 1)
          places[row] = (places[row] as number) * times + (table[column[row] as number] as number);
    },
  };
}

/** Values whose codes are worked out row by row. */
export const workedOut = (texts: readonly (string | null)[], codeOf: (row: number) => number): Coded => ({
  texts,
  addTo: (places, mask, times) => {
    for (let row = 0; row < mask.length; row++)
      if (mask[row] === 1) places[row] = (places[row] as number) * times + codeOf(row);
  },
});

/** One of a few texts for each row. */
export function choices(texts: readonly string[], choiceOf: (row: number) => string): Coded {
  const codes = new Map(texts.map((text, code) => [text, code]));
  return workedOut(texts, (row) => codes.get(choiceOf(row)) as number);
}

/** Classes of the texts in a column. */
export function classesOf(
  texts: readonly (string | null)[],
  column: Numbers,
  classOf: (text: string | null, code: number) => string | null,
): Coded {
  const known = new Dictionary();
  const table = Int32Array.from(texts, (text, code) => known.codeOf(classOf(text, code)));
  return inColumn(known.texts(), column, table);
}

/** The classes of values that are coded already, such as the prefectures of counties. */
export function rolledUp(coded: Coded, roll: (text: string) => string): Coded {
  const known = new Dictionary();
  const table = Int32Array.from(coded.texts, (text) => known.codeOf(text === null ? null : roll(text)));
  return {
    texts: known.texts(),
    addTo: (places, mask, times) => {
      const codes = new Int32Array(mask.length);
      coded.addTo(codes, mask, 0);
      inColumn(known.texts(), codes, table).addTo(places, mask, times);
    },
  };
}

/** The rows of a mask by group. */
export interface Grouped {
  /** The groups, each by its values in every dimension. */
  values: (string | null)[][];
  /** By row; of no meaning for rows that are not selected. */
  groupOf: Int32Array;
}

/** Above this many possible combinations, those that occur are kept in a map. */
const DENSE = 1 << 22;

/**
 * Numbers the combinations of values that occur, in the order in which they do; without dimensions there is one
 * group, even of no projects.
 * @throws Problem 422 if there are too many
 */
export function groupRows(columns: Columns, mask: Mask, by: readonly Coded[]): Grouped {
  const groupOf = new Int32Array(columns.count);
  if (by.length === 0) return { values: [[]], groupOf };
  const combinations = by.reduce((product, { texts }) => product * texts.length, 1);
  const places = combinations < 2 ** 31 ? groupOf : new Float64Array(columns.count);
  for (const coded of by) coded.addTo(places, mask, coded.texts.length);

  const numbers = combinations <= DENSE ? new Int32Array(combinations) : new Map<number, number>();
  const found: number[] = [];
  for (let row = 0; row < mask.length; row++) {
    if (mask[row] === 0) continue;
    const place = places[row] as number;
    let number = numbers instanceof Map ? (numbers.get(place) ?? 0) : (numbers[place] as number);
    if (number === 0) {
      number = found.push(place);
      if (number > MAX_GROUPS)
        throw new Problem('statistics.too_many_groups', { values: { max: MAX_GROUPS } });
      if (numbers instanceof Map) numbers.set(place, number);
      else numbers[place] = number;
    }
    groupOf[row] = number - 1;
  }
  return { values: found.map((place) => valuesAt(place, by)), groupOf };
}

function valuesAt(place: number, by: readonly Coded[]): (string | null)[] {
  const values: (string | null)[] = [];
  let left = place;
  for (const { texts } of by.toReversed()) {
    values.unshift(texts[left % texts.length] ?? null);
    left = Math.floor(left / texts.length);
  }
  return values;
}
