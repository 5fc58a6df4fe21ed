/** From a line of NDJSON to the values that it gives: they are in the API's own words already. */

import type { JsonLine, JsonObject } from './lines.ts';
import { cut } from './refusal.ts';
import type { FileHead, ReadRow } from './rows.ts';
import { type ImportEntity, readColumns } from './tables.ts';

/** What a project's answer says of its investors, for what a change of it takes. */
function investorsOf({ investors, investorIds }: JsonObject): Readonly<Record<string, unknown>> {
  if (investorIds !== undefined) return { investorIds };
  if (!Array.isArray(investors)) return { investors };
  if (investors.length > 0 && investors.every((one) => typeof one === 'string')) return { investors };
  const part = (name: 'id' | 'name') => investors.map((investor) => investor?.[name]);
  const ids = part('id');
  return ids.some((id) => id === undefined) ? { investors: part('name') } : { investorIds: ids };
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

export function objectReader(entity: ImportEntity): ObjectReader {
  const names = new Set(readColumns(entity).map(({ field }) => field));
  const isProject = entity === 'projects';
  if (isProject) names.add('investorIds');
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
      if (isProject && (fields.investors !== undefined || fields.investorIds !== undefined)) {
        delete fields.investors;
        Object.assign(fields, investorsOf(object));
      }
      return { row, fields, faults: [] };
    },
    met: () => ({
      columns: [...known].map((name) => ({ column: null, heading: name, field: name })),
      ignored: [...unknown].map((heading) => ({ column: null, heading })),
    }),
  };
}
