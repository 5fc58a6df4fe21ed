/** What each kind of thing that comes in by files gives the import: what its rows would do. */

import type { Clock } from '../core/clock.ts';
import { type Entity, nouns } from '../core/entities.ts';
import type { Reader, Transaction } from '../database/database.ts';
import type { FieldChange } from '../database/tables.ts';
import type { Fault } from '../http/problems.ts';
import type { Caller } from '../log/service.ts';

/** One row of a file, in the words of the API; references are texts: a code or a name. */
export interface ImportedRow {
  row: number;
  /** What it has not, or as undefined, stays as it is; null clears. */
  fields: Readonly<Record<string, unknown>>;
  /** The faults found in its cells, at pointers to the fields, which are missing from `fields`. */
  faults: readonly Fault[];
}

/** What a change says, field by field. */
export type Differences = Record<string, FieldChange>;

export type Effect = 'create' | 'change' | 'unchanged' | 'refused';

/** What a row would do. */
export interface PlannedRow {
  row: number;
  /** What names the thing: its code, or the name where it has none. */
  key: string | null;
  effect: Effect;
  /** In words; asked only of the few rows that are shown. */
  differences(): Differences;
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
  /**
   * Says what a batch of rows would do, after the batches before it. Writes nothing, and says the same whether the rows
   * before have been written or only looked at.
   */
  plan(reader: Reader, rows: readonly ImportedRow[]): Promise<PlannedRow[]>;
  /** Whether the effect of a row always depends on earlier rows, not only if they repeat each other. */
  needsEarlierRows?: boolean;
  /** Takes note of rows before the first batch, which have been dealt with for good. */
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
  write: nothing,
});

export const unchanged = (row: number, key: string): PlannedRow => ({
  row,
  key,
  effect: 'unchanged',
  differences: none,
  faults: [],
  write: nothing,
});

/** A row that creates something, or changes what there is. */
export const effective = (
  row: number,
  key: string | null,
  effect: 'create' | 'change',
  differences: PlannedRow['differences'],
  write: PlannedRow['write'],
): PlannedRow => ({ row, key, effect, differences, faults: [], write });

/**
 * Plans the rows of a batch one after the other.
 * @param look reads what a batch of rows is about, and what it names, in a few queries
 * @param pass takes note of a row before the first batch
 */
export const rowByRow = <Known>(
  look: (reader: Reader, rows: readonly ImportedRow[]) => Promise<Known>,
  plan: (row: ImportedRow, known: Known) => PlannedRow | Promise<PlannedRow>,
  pass: (row: ImportedRow) => void,
): Importer => ({
  plan: async (reader, rows) => {
    const known = await look(reader, rows);
    const planned: PlannedRow[] = [];
    for (const row of rows) planned.push(await plan(row, known));
    return planned;
  },
  pass: (rows) => rows.forEach(pass),
});

/** A text of a row, without white space around it; empty where there is none. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** The texts that rows have in a field, each once. */
export const textsIn = (rows: readonly ImportedRow[], field: string): string[] => [
  ...new Set(rows.map(({ fields }) => textOf(fields[field])).filter(Boolean)),
];

/** What is against a text that names nothing. @param pointer to the field that holds it */
export const unknownReference = (pointer: string, entity: Entity, text: string): Fault => {
  const values = { noun: nouns[entity], id: text.slice(0, 64) };
  return { pointer, code: 'unknown_reference', values };
};

/** Remembers which row each key stood in first: an entry for each of at most a million rows. */
export interface FirstRows {
  /** @returns the fault of a row whose key has stood in one before */
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
