/** The objects of an NDJSON file, one a line, as the service itself writes them; their values are in the API's own words. */
import { readColumns, type SheetTable } from '../columns.ts';
import { type TextEncoding, TextFile } from './encoding.ts';
import { limits } from './limits.ts';
import { cut, Refusal } from './refusal.ts';
import type { FileHead, ReadRow } from './rows.ts';

type JsonObject = Readonly<Record<string, unknown>>;

interface Line {
  /** Counted from 1. */
  row: number;
  text: string;
}

const NEWLINE = '\n';

/** The lines of a text, in batches, without those in which nothing stands. */
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

function parsed(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : null;
  } catch {
    return null;
  }
}

/** What the last line of an export says. */
const isEnd = (object: JsonObject | null): object is { end: true; count: number } =>
  object?.end === true && typeof object.count === 'number';

/** What an answer says of the things that it embeds, for what a change of it takes. */
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

/** Names are kept of so many fields that nobody knows. */
const MAX_IGNORED = 1_000;

const notJson = ({ row, text }: Line): ReadRow => {
  const fault = { field: null, column: null, heading: null, value: cut(text), code: 'not_json' } as const;
  return { row, fields: {}, faults: [fault] };
};

/** @throws Refusal, with the rows, where a last line counts other lines than there are */
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

  async function* batches(): AsyncGenerator<ReadRow[]> {
    let count = 0;
    for await (const lines of textLines(texts)) {
      const rows: ReadRow[] = [];
      for (const line of lines) {
        const object = parsed(line.text);
        if (!isEnd(object)) {
          count += 1;
          rows.push(object ? { row: line.row, fields: fieldsOf(object), faults: [] } : notJson(line));
          continue;
        }
        if (object.count !== count)
          throw new Refusal('imports.incomplete', { count: object.count, rows: count });
        // Several exports one behind the other are one.
        count = 0;
      }
      yield rows;
    }
  }

  return {
    /** Every field that a row may have. */
    names: [...names],
    batches: batches(),
    bytes: () => texts.bytes,
    /** With the fields that have been met so far. */
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
