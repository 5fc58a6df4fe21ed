/** The data exchanged with the process that reads a file: all of it plain data. */

import type { MessageValue } from '../../core/languages.ts';
import type { ReadFormat } from '../../http/media-types.ts';
import type { FaultCode } from '../../http/messages.ts';
import type { SheetTable } from '../columns.ts';
import type { Encoding } from '../csv.ts';
import type { Unit } from '../units.ts';
import type { Cell } from './cells.ts';
import type { DayOfPeriod } from './days.ts';
import type { Mapping } from './mapping.ts';

export interface ReadRequest {
  /** Path of the upload. */
  file: string;
  /** Path for the rows, in the format of `row-lines.ts`. */
  rows: string;
  /** File name according to the client, if given. */
  name: string | null;
  /** Format according to the client; null to detect it. */
  format: ReadFormat | null;
  encoding: Encoding | null;
  /** The kind of rows. */
  table: SheetTable;
  /** Unit of money columns if neither their heading nor the file says one; null if not given. */
  unit: Unit | null;
  /** On which of its days a month or a year counts; null if it is a fault. */
  days: DayOfPeriod | null;
  /** Whether an empty cell means no change, or clears the value. */
  empty: 'keep' | 'clear';
  mapping: Mapping | null;
}

/** UTF-16 is read if there is a byte order mark, as in Excel's "Unicode text". */
export type FileEncoding = Encoding | 'utf-16le' | 'utf-16be';

/** What was detected about a file. */
export interface FileHead {
  format: ReadFormat;
  /** The worksheet that was read, and the other ones. */
  sheet: string | null;
  otherSheets: string[];
  encoding: FileEncoding | null;
  /** One-based, as in a spreadsheet; null for formats without headings. */
  headingRow: number | null;
  columns: RecognisedColumn[];
  ignored: { column: string | null; heading: string }[];
  warnings: Warning[];
}

export const unitSources = ['heading', 'above', 'mapping', 'parameter', 'default'] as const;
/** `above`: a line above the headings; `parameter`: `unit` of the request. */
export type UnitFrom = (typeof unitSources)[number];

export interface RecognisedColumn {
  /** A, B … AA; null for formats without headings. */
  column: string | null;
  heading: string;
  field: string;
  /** For a column of money: its unit, and where that is from. */
  unit?: Unit;
  unitFrom?: UnitFrom;
  /** For a column in another currency: which, the yuan for one unit of it, and on which day. */
  currency?: string | undefined;
  rate?: string | undefined;
  rateOn?: string | undefined;
}

/** Something that was read in a possibly surprising way, such as the cached value of a formula. */
export interface Warning {
  row: number | null;
  column: string | null;
  code: FaultCode;
  values?: Readonly<Record<string, MessageValue>>;
}

export interface ReadRow {
  /** Row of the sheet, or line of the file; one-based. */
  row: number;
  /**
   * The values of the row in the form of the API: missing and undefined fields remain unchanged, null clears.
   * References (event, region …) are the texts of their cells: a code or a name. Faulty values are missing.
   */
  fields: Record<string, unknown>;
  /** The texts of cells whose parsed value differs, by field. */
  texts?: Record<string, string>;
  faults: CellFault[];
}

export interface CellFault {
  field: string | null;
  /** Null if the fault concerns the whole row. */
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
  /** Number of rows with faults of their own. */
  refused: number;
}

export interface ReadResult extends ReadProgress {
  head: FileHead;
}

/** A row of a table, in any format. */
export interface SourceRow {
  /** One-based, as in a spreadsheet. */
  row: number;
  /** Cells by zero-based column; sparse. */
  cells: readonly Cell[];
  /** Instead of the row that these cells would give. */
  unread?: ReadRow | undefined;
}

/** A range of merged cells: one-based rows, zero-based columns, both inclusive. */
export interface Merge {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

export interface Source extends Pick<FileHead, 'sheet' | 'otherSheets' | 'encoding'> {
  /** In batches of some milliseconds of work each. Blank rows may be missing. @throws Refusal */
  rows: AsyncIterable<readonly SourceRow[]>;
  /** Bytes of the file read so far. */
  bytes(): number;
  /** By zero-based column: the number of cells with a formula, and the row of the first one. */
  formulas?: ReadonlyMap<number, { count: number; row: number }>;
  merges?: readonly Merge[];
  /** For JSON, which has no columns: the keys that are not read, and the paths of the mapping that no row has. */
  keys?(): { ignored: FileHead['ignored']; missing: string[] };
}
