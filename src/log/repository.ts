import { and, asc, count, desc, eq, gt, lt, sql } from 'drizzle-orm';
import type { Reader, StreamReader, Transaction } from '../database/database.ts';
import { afterValues, comesAfter, orderBy } from '../database/keyset.ts';
import { everyColumn } from '../database/prepared.ts';
import { columnsAsStored } from '../database/stored.ts';
import type { Tables } from '../database/tables.ts';
import type { PageRequest, SortKey } from '../http/pages.ts';

export type ChangeEntry = Tables['changes']['$inferSelect'];

/**
 * @param fields the fields of the entry as JSON: serializing twice would take longer than inserting the row
 */
export const insertChange = (
  tx: Transaction,
  entry: Omit<ChangeEntry, 'fields'>,
  fields: string,
): Promise<void> =>
  tx.perform('changes.insert', { ...entry, fields }, (db) =>
    db.insert(db.tables.changes).values({
      ...everyColumn(db.tables.changes),
      fields: sql`${sql.placeholder('fields')}`,
    }),
  );

export type Entry = Pick<ChangeEntry, 'hash' | 'at'>;

export async function entryIn(reader: Reader, seq: number): Promise<Entry> {
  const [entry] = await reader.prepared('changes.entry', { seq }, (db) => {
    const { seq, at, hash } = db.tables.changes;
    return db
      .select({ at, hash })
      .from(db.tables.changes)
      .where(sql`${seq} = ${sql.placeholder('seq')}`);
  });
  return entry as Entry;
}

/** Up to `limit` entries after a position, in order. */
export const entriesAfter = (reader: Reader, after: number, limit: number): Promise<ChangeEntry[]> =>
  reader.prepared('changes.after', { after, limit }, (db) =>
    db
      .select()
      .from(db.tables.changes)
      .where(gt(db.tables.changes.seq, sql.placeholder('after')))
      .orderBy(asc(db.tables.changes.seq))
      .limit(sql.placeholder('limit')),
  );

/** Entries per batch between yields: with long texts before and after, each can have some 100 kB. */
const AT_ONCE = 250;

/** The whole log, in order. */
export const streamEntries = (reader: StreamReader): AsyncIterable<ChangeEntry[]> =>
  reader.batches('changes.stream', {}, AT_ONCE, (db) =>
    db.select(columnsAsStored(db.tables.changes)).from(db.tables.changes).orderBy(asc(db.tables.changes.seq)),
  ) as AsyncIterable<ChangeEntry[]>;

/** The entries of an entity, grouped by resource, each group in log order. */
export const streamHistories = (reader: StreamReader, entity: string): AsyncIterable<ChangeEntry[]> =>
  reader.batches('changes.histories', { entity }, AT_ONCE, (db) => {
    const { changes } = db.tables;
    return db
      .select()
      .from(changes)
      .where(eq(changes.entity, sql.placeholder('entity')))
      .orderBy(asc(changes.entityId), asc(changes.seq));
  });

export const seqKey: SortKey<ChangeEntry> = {
  expression: ({ changes }) => changes.seq,
  type: 'number',
  of: (entry) => entry.seq,
};

const of = ({ changes }: Tables) =>
  and(eq(changes.entity, sql.placeholder('entity')), eq(changes.entityId, sql.placeholder('entityId')));

/** One entry more about a resource than the page's limit, if there is one. */
export function listHistory(
  reader: Reader,
  entity: string,
  entityId: string,
  page: PageRequest<ChangeEntry>,
): Promise<ChangeEntry[]> {
  const values = { entity, entityId, ...afterValues(page.after ?? []), limit: page.limit + 1 };
  return reader.prepared(`changes.history ${page.shape} ${page.after !== null}`, values, (db) => {
    const columns = page.columns(db.tables);
    return db
      .select()
      .from(db.tables.changes)
      .where(and(of(db.tables), page.after ? comesAfter(columns) : undefined))
      .orderBy(...orderBy(columns))
      .limit(sql.placeholder('limit'));
  });
}

/** Up to `limit` entries about a resource before one, the latest first. */
export const entriesBefore = (
  reader: Reader,
  entity: string,
  entityId: string,
  seq: number,
  limit: number,
): Promise<ChangeEntry[]> =>
  reader.prepared('changes.before', { entity, entityId, seq, limit }, (db) => {
    const { changes } = db.tables;
    return db
      .select()
      .from(changes)
      .where(and(of(db.tables), lt(changes.seq, sql.placeholder('seq'))))
      .orderBy(desc(changes.seq))
      .limit(sql.placeholder('limit'));
  });

/** The first entry about a resource. */
export async function firstOf(
  reader: Reader,
  entity: string,
  entityId: string,
): Promise<ChangeEntry | undefined> {
  const [entry] = await reader.prepared('changes.first', { entity, entityId }, (db) =>
    db.select().from(db.tables.changes).where(of(db.tables)).orderBy(asc(db.tables.changes.seq)).limit(1),
  );
  return entry;
}

export async function countHistory(reader: Reader, entity: string, entityId: string): Promise<number> {
  const [row] = await reader.prepared('changes.count', { entity, entityId }, (db) =>
    db.select({ total: count() }).from(db.tables.changes).where(of(db.tables)),
  );
  return row?.total ?? 0;
}
