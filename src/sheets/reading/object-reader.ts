/** From a line of NDJSON to the values that it gives: they are in the API's own words already. */

import { readColumns, type SheetTable } from '../columns.ts';
import type { JsonLine, JsonObject } from './lines.ts';
import { cut } from './refusal.ts';
import type { FileHead, ReadRow } from './rows.ts';

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

export interface ObjectReader {
  /** Every field that a row may have. */
  names: readonly string[];
  read(line: JsonLine): ReadRow;
  /** The fields that have been met so far. */
  met(): Pick<FileHead, 'columns' | 'ignored'>;
}

export function objectReader(table: SheetTable): ObjectReader {
  const { embedded } = table;
  const names = new Set(readColumns(table).map(({ field }) => field));
  if (embedded) names.add(embedded.ids);
  const known = new Set<string>();
  const unknown = new Set<string>();
  return {
    names: [...names],
    read: ({ row, object, text }) => {
      if (!object) {
        const fault = {
          field: null,
          column: null,
          heading: null,
          value: cut(text),
          code: 'not_json',
        } as const;
        return { row, fields: {}, faults: [fault] };
      }
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
      return { row, fields, faults: [] };
    },
    met: () => ({
      columns: [...known].map((name) => ({ column: null, heading: name, field: name })),
      ignored: [...unknown].map((heading) => ({ column: null, heading })),
    }),
  };
}
