/** What the conditions of the filter mean over columns: a sieve takes the rows that do not satisfy one out of a mask. */
import type { CodeName, Columns, TreeName } from '../../columns/columns.ts';

/** By row: 1 if it is selected, else 0. */
export type Mask = Uint8Array;

export interface Sifted {
  columns: Columns;
  /** A packed day. */
  asOf: number;
  mask: Mask;
}

export type Sieve = (sifted: Sifted) => void;

/** Keeps the rows whose code is among those of some texts. */
export const keepCodes =
  (name: CodeName, isWanted: (text: string | null, columns: Columns, code: number) => boolean): Sieve =>
  ({ columns, mask }) => {
    const texts = columns.dictionaries[name].texts();
    const wanted = Uint8Array.from(texts, (text, code) => (isWanted(text, columns, code) ? 1 : 0));
    const codes = columns.codes[name];
    for (let row = 0; row < mask.length; row++)
      mask[row] = (mask[row] as number) & (wanted[codes[row] as number] as number);
  };

/** Keeps the rows that satisfy a condition. */
export const keepRows =
  (conditionOn: (columns: Columns, asOf: number) => (row: number) => boolean): Sieve =>
  ({ columns, asOf, mask }) => {
    const holds = conditionOn(columns, asOf);
    for (let row = 0; row < mask.length; row++) if (mask[row] === 1 && !holds(row)) mask[row] = 0;
  };

/** Whether a code is one of some, or below one of them in its tree. */
export function isBelow(columns: Columns, tree: TreeName, code: string, tops: ReadonlySet<string>): boolean {
  for (const one of columns.upFrom(tree, code)) if (tops.has(one)) return true;
  return false;
}
