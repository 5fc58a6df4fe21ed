/** Replays the change log of a resource, and derives the rows that it must have. */

import type { Entity } from '../core/entities.ts';
import type { StreamReader } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';
import { type ChangeEntry, streamHistories } from './repository.ts';

export type Row = Readonly<Record<string, unknown>>;

/** A thing as the log leaves it. */
export interface Told {
  readonly id: string;
  /** What was last said of each field; null for what was cleared. */
  readonly fields: Record<string, unknown>;
  /** What was added to its ledger, each with when. */
  readonly ledger: { at: string; entry: Row }[];
  readonly createdAt: string;
  updatedAt: string;
  /** How many entries there are about it. */
  version: number;
}

/** A table in which things of a kind are kept, or a part of each. */
export interface LoggedTable {
  table: keyof Tables;
  /** The column with the id or code of the thing that a row belongs to. */
  of: string;
  /** The columns that tell the rows of one thing apart. */
  key: readonly string[];
  /** Columns that are not in the log. */
  unlogged?: readonly string[];
  /** The rows of a thing; what is missing in one is null. */
  rowsOf(told: Told): Row[];
}

export interface LoggedEntity {
  entity: Entity;
  tables: readonly LoggedTable[];
}

/** The entries about all things of an entity, by their ids or codes, some at a time. */
export const histories = (reader: StreamReader, { entity }: LoggedEntity): AsyncIterable<ChangeEntry[]> =>
  streamHistories(reader, entity);

/** A thing after one more entry about it; null once it is deleted. */
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
