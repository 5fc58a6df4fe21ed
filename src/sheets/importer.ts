/** The interface between imports and the entities that can be imported. */

import type { Clock } from '../core/clock.ts';
import { type Entity, nouns } from '../core/entities.ts';
import type { Reader, Transaction } from '../database/database.ts';
import type { FieldChange } from '../database/tables.ts';
import type { Fault } from '../http/problems.ts';
import type { Caller } from '../log/service.ts';

/** One row of a file in the form of the API; references are texts: a code or a name. */
export interface ImportedRow {
  row: number;
  /** Missing and undefined fields remain unchanged; null clears. */
  fields: Readonly<Record<string, unknown>>;
  /** The faults of its cells, with pointers to the fields, which are missing from `fields`. */
  faults: readonly Fault[];
}

/** The changes of a row, by field. */
export type Differences = Record<string, FieldChange>;

export type Effect = 'create' | 'change' | 'unchanged' | 'refused';

/** The planned effect of a row. */
export interface PlannedRow {
  row: number;
  /** Identifies the resource: its code, or its name if it has none. */
  key: string | null;
  effect: Effect;
  /** Computed lazily, because only a few rows are shown. */
  differences(): Differences;
  faults: readonly Fault[];
  /** The names of enterprises that it creates besides. */
  newEnterprises: readonly string[];
  /** Writes the row. Rows are written in order, immediately after the batch in which they were planned. */
  write(tx: Transaction): Promise<void>;
}

export interface ImportContext {
  caller: Caller;
  /** Frozen: a whole import has one point in time. */
  clock: Clock;
  /** Whether to create unknown investors. */
  createEnterprises: boolean;
}

export interface Importer {
  /**
   * Plans a batch of rows, given the batches before it. Writes nothing, and returns the same whether earlier
   * rows have been written or only planned.
   */
  plan(reader: Reader, rows: readonly ImportedRow[]): Promise<PlannedRow[]>;
  /** Whether the effect of a row always depends on earlier rows, not only if they repeat each other. */
  needsEarlierRows?: boolean;
  /** Registers rows before the first batch that were processed by an earlier run. */
  pass(rows: readonly ImportedRow[]): void;
}

const nothing = async (): Promise<void> => {};
const none = () => ({});

export const refused = (row: number, key: string | null, faults: readonly Fault[]): PlannedRow => ({
  row,
  key,
  effect: 'refused',
  differences: none,
  faults,
  newEnterprises: [],
  write: nothing,
});

export const unchanged = (row: number, key: string): PlannedRow => ({
  row,
  key,
  effect: 'unchanged',
  differences: none,
  faults: [],
  newEnterprises: [],
  write: nothing,
});

/** A row that creates or changes something. */
export const effective = (
  row: number,
  key: string | null,
  effect: 'create' | 'change',
  differences: PlannedRow['differences'],
  write: PlannedRow['write'],
  newEnterprises: readonly string[] = [],
): PlannedRow => ({ row, key, effect, differences, faults: [], newEnterprises, write });

/**
 * Plans the rows of a batch one after the other.
 * @param look loads the data of a batch, including what it refers to, in a few queries
 * @param pass registers a row before the first batch
 */
export const rowByRow = <Known>(
  look: (reader: Reader, rows: readonly ImportedRow[]) => Promise<Known>,
  plan: (row: ImportedRow, known: Known) => PlannedRow | Promise<PlannedRow>,
  pass: (row: ImportedRow) => void,
): Importer => ({
  plan: async (reader, rows) => {
    const known = await look(reader, rows);
    const planned: PlannedRow[] = [];
    for (const row of rows) {
      // Nothing in a row that cannot be read as a whole can be trusted, and no field of it is missing.
      const unread = row.faults.filter(({ pointer }) => pointer === undefined);
      planned.push(unread.length > 0 ? refused(row.row, null, unread) : await plan(row, known));
    }
    return planned;
  },
  pass: (rows) => rows.forEach(pass),
});

/** The trimmed text of a field; empty if it has none. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** The distinct texts of a field. */
export const textsIn = (rows: readonly ImportedRow[], field: string): string[] => [
  ...new Set(rows.map(({ fields }) => textOf(fields[field])).filter(Boolean)),
];

/** The fault of a reference that does not exist. @param pointer to its field */
export const unknownReference = (pointer: string, entity: Entity, text: string): Fault => {
  const values = { noun: nouns[entity], id: text.slice(0, 64) };
  return { pointer, code: 'unknown_reference', values };
};

/** Remembers the first row of each key; there are at most a million rows. */
export interface FirstRows {
  /** @returns the fault of a row that repeats a key */
  note(pointer: string, key: string, row: number): Fault[];
}

export function firstRows(): FirstRows {
  const rows = new Map<string, number>();
  return {
    note: (pointer, key, row) => {
      const first = rows.get(key);
      if (first === undefined) rows.set(key, row);
      return first === undefined ? [] : [{ pointer, code: 'duplicate_row', values: { row: first } }];
    },
  };
}
