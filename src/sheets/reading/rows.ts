/** What reading a file gives, between the process that parses it and whoever asked: plain data, all of it. */

import type { MessageValue } from '../../core/languages.ts';
import type { FileFormat } from '../../http/formats.ts';
import type { FaultCode } from '../../http/messages.ts';
import type { SheetTable } from '../columns.ts';
import type { Encoding } from '../csv.ts';
import type { Unit } from '../units.ts';
import type { Cell } from './cells.ts';
import type { Mapping } from './mapping.ts';

export interface ReadRequest {
  /** Where the upload lies. */
  file: string;
  /** Where the rows are written, as `row-lines.ts` has them. */
  rows: string;
  /** As the client calls the file, if it says. */
  name: string | null;
  /** As the client says; null has it found out. */
  format: FileFormat | null;
  encoding: Encoding | null;
  /** What the rows are. */
  table: SheetTable;
  /** Of money whose heading does not say one. */
  unit: Unit;
  /** What an empty cell means: nothing, or that there is no value. */
  empty: 'keep' | 'clear';
  mapping: Mapping | null;
}

/** UTF-16 is read where a mark says it, as Excel's "Unicode text" has it. */
export type FileEncoding = Encoding | 'utf-16le' | 'utf-16be';

/** What was detected about a file. */
export interface FileHead {
  format: FileFormat;
  /** The worksheet that was read, and those that were not. */
  sheet: string | null;
  otherSheets: string[];
  encoding: FileEncoding | null;
  /** Counted from 1, as a spreadsheet does; null where lines name their fields themselves. */
  headingRow: number | null;
  columns: RecognisedColumn[];
  ignored: { column: string | null; heading: string }[];
  warnings: Warning[];
}

export interface RecognisedColumn {
  /** A, B … AA; null where lines name their fields themselves. */
  column: string | null;
  heading: string;
  field: string;
  /** Of a column of money. */
  unit?: Unit;
}

/** Something that a reader took in a way that might surprise, such as the cached value of a formula. */
export interface Warning {
  row: number | null;
  column: string | null;
  code: FaultCode;
  values?: Readonly<Record<string, MessageValue>>;
}

export interface ReadRow {
  /** Of the sheet, or of the file's lines; counted from 1. */
  row: number;
  /**
   * The values that the row gives, in the words of the API: a field that it has not, or as undefined, stays as it is, null
   * clears.
   * References (event, region …) are texts as they stand in the cell: a code or a name. Faulty values are missing.
   */
  fields: Record<string, unknown>;
  /** The texts of cells whose value reads differently, by field. */
  texts?: Record<string, string>;
  faults: CellFault[];
}

export interface CellFault {
  field: string | null;
  /** Null for a fault of the row as a whole. */
  column: string | null;
  heading: string | null;
  /** The text of the cell, cut to 100 characters. */
  value: string | null;
  code: FaultCode;
  values?: Readonly<Record<string, MessageValue>>;
}

export interface ReadProgress {
  rows: number;
  bytes: number;
  /** Rows with faults of their own. */
  refused: number;
}

export interface ReadResult extends ReadProgress {
  head: FileHead;
}

/** A row of a table in a file, as each format gives it. */
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
