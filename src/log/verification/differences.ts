/** Rows of a resource that differ from the change log. */
import { isDeepStrictEqual } from 'node:util';
import { getTableColumns, getTableName } from 'drizzle-orm';
import type { Entity } from '../../core/entities.ts';
import type { Table } from '../../database/database.ts';
import type { Tables } from '../../database/tables.ts';
import type { LoggedEntity, LoggedTable, Row, Told } from '../logged.ts';

export interface Difference {
  entity: Entity;
  /** Id or code of the resource. */
  id: string;
  /** The table and key of a row that is only a part of the resource; otherwise null. */
  part: { table: string; key: Row } | null;
  /** Whether the row differs, is missing, or should not exist. */
  what: 'changed' | 'missing' | 'unknown';
  /** The fields of a changed row that differ; all expected fields of a missing one. */
  fields: { field: string; data: unknown; log: unknown }[];
}

const isSet = (value: unknown): boolean => value !== null && value !== undefined;

/** Finds the differences in one table. */
export function differencesIn(tables: Tables, { entity }: Pick<LoggedEntity, 'entity'>, logged: LoggedTable) {
  const table = tables[logged.table] as Table;
  const columns = Object.keys(getTableColumns(table)).filter((name) => !logged.unlogged?.includes(name));
  const partOf = (row: Row): Difference['part'] =>
    logged.key.length === 0
      ? null
      : { table: getTableName(table), key: Object.fromEntries(logged.key.map((name) => [name, row[name]])) };
  const keyOf = (row: Row): string => logged.key.map((name) => String(row[name])).join('\n');

  const fieldsOf = (data: Row | undefined, log: Row): Difference['fields'] =>
    columns
      .map((field) => ({ field, data: data?.[field], log: log[field] ?? null }))
      .filter(({ data: is, log: was }) => (data ? is !== was && !isDeepStrictEqual(is, was) : isSet(was)));

  /** @param told the replayed resource; null if it never existed or has been deleted */
  return (id: string, told: Told | null, stored: readonly Row[]): Difference[] => {
    const found: Difference[] = [];
    const add = (row: Row, what: Difference['what'], fields: Difference['fields']) =>
      found.push({ entity, id, part: partOf(row), what, fields });
    const expected = new Map(told ? logged.rowsOf(told).map((row) => [keyOf(row), row]) : []);
    for (const row of stored) {
      const key = keyOf(row);
      const said = expected.get(key);
      expected.delete(key);
      const fields = said ? fieldsOf(row, said) : [];
      if (!said) add(row, 'unknown', []);
      else if (fields.length > 0) add(row, 'changed', fields);
    }
    for (const row of expected.values()) add(row, 'missing', fieldsOf(undefined, row));
    return found;
  };
}
