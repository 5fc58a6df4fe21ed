/** A table in a file, as each format gives it. */
import type { Cell } from './cells.ts';
import type { FileHead } from './rows.ts';

export interface SourceRow {
  /** Counted from 1, as a spreadsheet counts. */
  row: number;
  /** By column, from A on; with holes where nothing stands. */
  cells: readonly Cell[];
}

export interface Source extends Pick<FileHead, 'sheet' | 'otherSheets' | 'encoding'> {
  /** In batches, each some milliseconds of work. Blank rows may be missing. @throws Refusal */
  rows: AsyncIterable<readonly SourceRow[]>;
  /** How much of the file has been read. */
  bytes(): number;
  /** The cells of a column, counted from 0, whose value was a formula's: how many, and in which row the first. */
  formulas?: ReadonlyMap<number, { count: number; row: number }>;
}
