/** What each kind of thing that comes in by files gives the import: what its rows would do. */
import type { Caller } from '../changes/service.ts';
import type { Clock } from '../clock.ts';
import type { Reader, Transaction } from '../database/database.ts';
import type { FieldChange } from '../database/tables.ts';
import type { Fault } from '../http/problems.ts';

/** One row of a file, in the words of the API; references are texts: a code or a name. */
export interface ImportedRow {
  row: number;
  /** What is not in it stays as it is; null clears. */
  fields: Readonly<Record<string, unknown>>;
  /** The faults found in its cells, at pointers to the fields, which are missing from `fields`. */
  faults: readonly Fault[];
}

export type Effect = 'create' | 'change' | 'unchanged' | 'refused';

/** What a row would do. */
export interface PlannedRow {
  row: number;
  /** What names the thing: its code, or the name where it has none. */
  key: string | null;
  effect: Effect;
  fields: Record<string, FieldChange>;
  faults: readonly Fault[];
  /** Does it. Rows are written in their order, right after the batch that they were planned in. */
  write(tx: Transaction): Promise<void>;
}

export interface ImportContext {
  caller: Caller;
  /** Stands still: everything in one import happens at one moment. */
  clock: Clock;
  /** Whether investors that are not there yet are created. */
  createEnterprises: boolean;
}

export interface Importer {
  /** Says what a batch of rows would do, after the batches before it. Writes nothing. */
  plan(reader: Reader, rows: readonly ImportedRow[]): Promise<PlannedRow[]>;
}

const nothing = async (): Promise<void> => {};

export const refused = (row: number, key: string | null, faults: readonly Fault[]): PlannedRow => ({
  row,
  key,
  effect: 'refused',
  fields: {},
  faults,
  write: nothing,
});

export const unchanged = (row: number, key: string): PlannedRow => ({
  row,
  key,
  effect: 'unchanged',
  fields: {},
  faults: [],
  write: nothing,
});
