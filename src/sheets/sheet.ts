/** The input of the file writers: headings, and rows of cells. */

/**
 * The kind of a column: `day` is a calendar day; `money` an amount as decimal text in the sheet's unit;
 * `code` text that only looks like a number; `list` several values, one per line, because a line break is the
 * only character that names cannot contain.
 */
export type Kind = 'text' | 'code' | 'day' | 'money' | 'integer' | 'number' | 'flag' | 'instant' | 'list';

/** Its kind is that of the heading. */
export type Cell = string | number | null;

export interface Heading {
  text: string;
  kind: Kind;
  /** In characters. */
  width: number;
}

export interface Sheet {
  /** Name of the worksheet. */
  name: string;
  headings: readonly Heading[];
  /** Columns at the left that stay in view. */
  frozenColumns?: number;
  /** Whether the last row is a total, which must not be moved by filters or sorting. */
  endsInTotal?: boolean;
  /** In batches: a writer yields between them. */
  rows: AsyncIterable<readonly Cell[][]> | Iterable<readonly Cell[][]>;
}
