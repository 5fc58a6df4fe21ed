/** Maps catalogue entries to database rows and back. */
import type { LoggedEntity } from '../log/logged.ts';
import type { Catalogue, Entry } from './catalogue.ts';
import { tableName } from './repository.ts';

/** An entry without any values. */
export const emptyEntry = ({ columns, empty, part }: Catalogue): Entry => ({
  ...Object.fromEntries(columns.map((column) => [column, null])),
  ...empty,
  ...(part && { [part.field]: [] }),
});

export function rowOf({ derived, part }: Catalogue, entry: Entry): Entry {
  const row: Record<string, unknown> = { ...entry, ...derived?.(entry) };
  if (part) delete row[part.field];
  return row;
}

/** The rows of catalogue entries according to the change log. */
export function loggedEntries(catalogue: Catalogue): LoggedEntity {
  const { entity, key, part, beside } = catalogue;
  const none = emptyEntry(catalogue);
  const entryOf = (id: string, fields: Entry): Entry => ({ ...none, ...fields, [key]: id });
  const rows = { table: tableName(entity), of: key, key: [] };
  return {
    entity,
    ...(beside && { beside }),
    tables: [
      { ...rows, rowsOf: ({ id, fields }) => [rowOf(catalogue, entryOf(id, fields))] },
      ...(part
        ? [
            {
              ...part,
              rowsOf: ({ id, fields }: { id: string; fields: Entry }) =>
                part.rows(id, entryOf(id, fields)[part.field]),
            },
          ]
        : []),
    ],
  };
}
