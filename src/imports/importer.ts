/** What each kind of thing that comes in by files gives the import: what its rows would do. */
import * as z from 'zod';
import type { Caller } from '../changes/service.ts';
import type { Clock } from '../clock.ts';
import type { Reader, Transaction } from '../database/database.ts';
import type { FieldChange } from '../database/tables.ts';
import type { Fault } from '../http/problems.ts';
import { checked } from '../http/validation.ts';

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

/**
 * What the fields of a row give: those that are right, and the faults of the others. A field that is not given is
 * undefined in it or missing.
 * @param found the faults that are known: a cell that could not be read is not also missing
 */
export function checkedRow<Schema extends z.ZodObject>(
  schema: Schema,
  fields: Readonly<Record<string, unknown>>,
  found: readonly Fault[],
): { sound: z.infer<Schema>; faults: Fault[] } {
  const known = checkerOf(schema)(fields);
  if (known) return { sound: known as z.infer<Schema>, faults: [...found] };
  const { sound, faults } = checked(schema, defined(fields));
  const unread = new Set(found.map(({ pointer }) => pointer));
  const others = faults.filter(({ pointer }) => !unread.has(pointer));
  // An empty cell is missing, whatever else null is not.
  const worded = others.map((fault): Fault => {
    const { pointer = '' } = fault;
    return fields[pointer.slice(1)] === null ? { pointer, code: 'required' } : fault;
  });
  return { sound, faults: [...found, ...worded] };
}

/** What a row gives, without what it does not. */
export const defined = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;

/** The values of a row of which each is right by itself and none is missing; undefined where that is not so. */
type Checker = (fields: Readonly<Record<string, unknown>>) => Record<string, unknown> | undefined;

const checkers = new WeakMap<z.ZodObject, Checker>();

function checkerOf(schema: z.ZodObject): Checker {
  const made = checkers.get(schema) ?? checkerFor(schema);
  checkers.set(schema, made);
  return made;
}

/** Of each field so many values are remembered, of so many characters. */
const REMEMBERED = 2_000;
const REMEMBERED_CHARACTERS = 64;

/**
 * Field by field, with what has been right before: most cells of a file say what another one says, and all of zod would
 * take a quarter of an import's time.
 */
function checkerFor(schema: z.ZodObject): Checker {
  const fields = Object.entries(schema.shape).map(
    ([name, field]) => [name, field, z.safeParse(field, undefined)] as const,
  );
  const isMoreThanItsFields =
    (schema.def.checks ?? []).length > 0 || fields.some(([, , absent]) => absent.data !== undefined);
  if (isMoreThanItsFields) return () => undefined;
  const required = fields.filter(([, , absent]) => !absent.success).map(([name]) => name);
  const checks = new Map(fields.map(([name, field]) => [name, remembering(field)]));
  return (fields) => {
    const sound: Record<string, unknown> = {};
    for (const name in fields) {
      const value = fields[name];
      const parsed = value === undefined ? ABSENT : checks.get(name)?.(value);
      if (!parsed?.success) return undefined;
      sound[name] = parsed.data;
    }
    return required.every((name) => sound[name] !== undefined) ? sound : undefined;
  };
}

const ABSENT = { success: true, data: undefined } as const;

function remembering(field: z.core.$ZodType): (value: unknown) => z.ZodSafeParseResult<unknown> {
  const right = new Map<unknown, z.ZodSafeParseSuccess<unknown>>();
  return (value) => {
    const known = right.get(value);
    if (known) return known;
    const parsed = z.safeParse(field, value);
    const isShort =
      typeof value === 'boolean' || (typeof value === 'string' && value.length <= REMEMBERED_CHARACTERS);
    if (parsed.success && isShort && right.size < REMEMBERED) right.set(value, parsed);
    return parsed;
  };
}

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
