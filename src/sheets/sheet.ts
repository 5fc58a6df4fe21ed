/** A sheet as the writers of files take it: headings, and rows of cells. */

/**
 * What a column holds: `day` a calendar day; `money` an amount as decimal text in the sheet's unit; `code` text that
 * only looks like a number; `list` several values, one a line, because a name holds any character but a line break.
 */
export type Kind = 'text' | 'code' | 'day' | 'money' | 'integer' | 'number' | 'flag' | 'instant' | 'list';

/** What it is, is said by its heading. */
export type Cell = string | number | null;

export interface Heading {
  text: string;
  kind: Kind;
  /** In characters. */
  width: number;
}

export interface Sheet {
  /** The name of the worksheet. */
  name: string;
  headings: readonly Heading[];
  /** Whether the last row sums up the others, so that no filter or order may move it. */
  endsInTotal?: boolean;
  /** In batches: between two of them a writer lets others have their turn. */
  rows: AsyncIterable<readonly Cell[][]> | Iterable<readonly Cell[][]>;
}
