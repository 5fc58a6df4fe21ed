/**
 * Reads NDJSON files with one object per line, as written by the service; the values are those of the API.
 */
import { duplicateKeyIn } from '../../core/json.ts';
import type { FaultCode } from '../../http/messages.ts';
import { readColumns, type SheetTable } from '../columns.ts';
import { type TextEncoding, TextFile } from './encoding.ts';
import { limits } from './limits.ts';
import { cut, Refusal } from './refusal.ts';
import type { FileHead, ReadRow } from './rows.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

interface Line {
  /** One-based. */
  row: number;
  text: string;
}

const NEWLINE = '\n';

/** The non-blank lines of a text, in batches. */
async function* textLines(file: TextFile): AsyncGenerator<Line[]> {
  let row = 0;
  let rest = '';
  const refuseLong = (text: string) => {
    if (text.length > limits.recordCharacters) {
      throw new Refusal('imports.record_too_large', { row: row + 1, max: limits.recordCharacters });
    }
  };
  function* linesIn(texts: readonly string[]): Generator<Line> {
    for (const text of texts) {
      refuseLong(text);
      row += 1;
      if (text.trim() !== '') yield { row, text };
    }
  }
  for await (const chunk of file) {
    const texts = (rest + chunk).split(NEWLINE);
    rest = texts.pop() as string;
    yield [...linesIn(texts)];
    refuseLong(rest);
  }
  yield [...linesIn([rest])];
}

export function parsed(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : null;
  } catch {
    return null;
  }
}

/** Whether an object is the last line of an export. */
const isEnd = (object: JsonObject | null): object is { end: true; count: number } =>
  object?.end === true && typeof object.count === 'number';

/** Converts embedded objects, as in responses, to the ids or names that a change accepts. */
function idsOf(
  object: JsonObject,
  { field, ids }: NonNullable<SheetTable['embedded']>,
): Readonly<Record<string, unknown>> {
  const things: unknown = object[field];
  if (object[ids] !== undefined) return { [ids]: object[ids] };
  if (!Array.isArray(things)) return { [field]: things };
  if (things.length > 0 && things.every((one) => typeof one === 'string')) return { [field]: things };
  const part = (name: 'id' | 'name') => things.map((thing) => thing?.[name]);
  const found = part('id');
  return found.some((id) => id === undefined) ? { [field]: part('name') } : { [ids]: found };
}

/** Maximum number of unknown field names reported. */
const MAX_IGNORED = 1_000;

export const unread = (row: number, text: string, code: FaultCode): ReadRow => {
  const fault = { field: null, column: null, heading: null, value: cut(text), code };
  return { row, fields: {}, faults: [fault] };
};

/** The fault of an object in which a key is given twice. */
export function duplicateIn(row: number, text: string, object: JsonObject): ReadRow | undefined {
  const twice = duplicateKeyIn(text, object);
  return twice === undefined ? undefined : unread(row, twice.slice(1), 'duplicate_key');
}

/** An object, or null for what is none. */
export interface JsonRow extends Line {
  object: JsonObject | null;
}

/**
 * The objects of a file with one per line. The last line of an export is not one of them.
 * @throws Refusal if the count in such a line differs from the number of lines
 */
export async function* linesIn(texts: TextFile): AsyncGenerator<JsonRow[]> {
  let count = 0;
  for await (const lines of textLines(texts)) {
    const rows: JsonRow[] = [];
    for (const line of lines) {
      const object = parsed(line.text);
      if (!isEnd(object)) {
        count += 1;
        rows.push({ ...line, object });
        continue;
      }
      if (object.count !== count)
        throw new Refusal('imports.incomplete', { count: object.count, rows: count });
      // Several concatenated exports are accepted as one.
      count = 0;
    }
    yield rows;
  }
}

/** @throws Refusal while the rows are read, if they are not complete */
export function jsonRows(file: string, encoding: TextEncoding, table: SheetTable) {
  const texts = new TextFile(file, encoding);
  const { embedded } = table;
  const names = new Set(readColumns(table).map(({ field }) => field));
  if (embedded) names.add(embedded.ids);
  const known = new Set<string>();
  const unknown = new Set<string>();

  function fieldsOf(object: JsonObject): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    for (const name of Object.keys(object)) {
      if (names.has(name)) {
        fields[name] = object[name];
        known.add(name);
      } else if (unknown.size < MAX_IGNORED) {
        unknown.add(cut(name));
      }
    }
    if (embedded && (fields[embedded.field] !== undefined || fields[embedded.ids] !== undefined)) {
      delete fields[embedded.field];
      Object.assign(fields, idsOf(object, embedded));
    }
    return fields;
  }

  const rowOf = ({ row, text, object }: JsonRow): ReadRow =>
    object
      ? (duplicateIn(row, text, object) ?? { row, fields: fieldsOf(object), faults: [] })
      : unread(row, text, 'not_json');

  async function* batches(): AsyncGenerator<ReadRow[]> {
    for await (const lines of linesIn(texts)) yield lines.map(rowOf);
  }

  return {
    /** All fields that a row may have. */
    names: [...names],
    batches: batches(),
    bytes: () => texts.bytes,
    /** Based on the fields that have occurred so far. */
    head: (): FileHead => ({
      format: 'ndjson',
      sheet: null,
      otherSheets: [],
      encoding: encoding.encoding,
      headingRow: null,
      columns: [...known].map((name) => ({ column: null, heading: name, field: name })),
      ignored: [...unknown].map((heading) => ({ column: null, heading })),
      warnings: [],
    }),
  };
}
