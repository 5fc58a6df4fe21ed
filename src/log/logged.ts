/** Replays the change log of a resource, and derives the rows that it must have. */

import type { Entity } from '../core/entities.ts';
import type { Row, StreamReader } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';
import { type ChangeEntry, streamHistories } from './repository.ts';

export type { Row } from '../database/database.ts';

/** A resource as replayed from the log. */
export interface Told {
  readonly id: string;
  /** The last value of each field; null if it was cleared. */
  readonly fields: Record<string, unknown>;
  /** The entries of its ledger, each with its time. */
  readonly ledger: { at: string; entry: Row }[];
  readonly createdAt: string;
  updatedAt: string;
  /** Number of log entries about it. */
  version: number;
}

/** A table that stores resources of an entity, or parts of them. */
export interface LoggedTable {
  table: keyof Tables;
  /** The column with the id or code of the resource that a row belongs to. */
  of: string;
  /** The columns that identify a row among those of one resource. */
  key: readonly string[];
  /** Columns that are not in the log. */
  unlogged?: readonly string[];
  /** The rows of a resource; missing columns are null. */
  rowsOf(told: Told): Row[];
}

export interface LoggedEntity {
  entity: Entity;
  tables: readonly LoggedTable[];
  /** A table with one row for each resource that the log says nothing of, and the column with the id of the resource. */
  beside?: { table: keyof Tables; of: string };
}

/** The log entries of all resources of an entity, by id or code, in batches. */
export const histories = (reader: StreamReader, { entity }: LoggedEntity): AsyncIterable<ChangeEntry[]> =>
  streamHistories(reader, entity);

/** The resource after one more entry; null once it is deleted. */
export function replay(told: Told | null, { entityId, action, at, fields }: ChangeEntry): Told | null {
  if (action === 'delete') return null;
  const next = (action === 'create' ? null : told) ?? {
    id: entityId,
    fields: {},
    ledger: [],
    createdAt: at,
    updatedAt: at,
    version: 0,
  };
  next.updatedAt = at;
  next.version += 1;
  for (const [field, { after = null }] of Object.entries(fields)) {
    if (action === 'add_funds') next.ledger.push({ at, entry: after as Row });
    else next.fields[field] = after;
  }
  return next;
}
