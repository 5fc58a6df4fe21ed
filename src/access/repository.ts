import { count, eq, max, sql } from 'drizzle-orm';
import type { Reader, Transaction } from '../database/database.ts';
import { afterValues, comesAfter, orderBy } from '../database/keyset.ts';
import { everyColumn, inValues, paddedValues } from '../database/prepared.ts';
import type { Tables } from '../database/tables.ts';
import type { PageRequest, SortKey } from '../http/pages.ts';
import type { ApiKey } from './schema.ts';

export type KeyRecord = Tables['apiKeys']['$inferSelect'];

export async function findByHash(reader: Reader, hash: string): Promise<KeyRecord | undefined> {
  const [row] = await reader.prepared('apiKeys.byHash', { hash }, (db) =>
    db
      .select()
      .from(db.tables.apiKeys)
      .where(eq(db.tables.apiKeys.hash, sql.placeholder('hash'))),
  );
  return row;
}

const sortKey = (field: 'id' | 'name' | 'createdAt'): SortKey<ApiKey> => ({
  expression: ({ apiKeys }) => apiKeys[field],
  type: 'string',
  of: (row) => row[field],
});

export const keySortKeys = { name: sortKey('name'), createdAt: sortKey('createdAt') } as const;
export const keyTieBreaker = { name: 'id', key: sortKey('id') };

/** One key more than the page's limit, if there is one. */
export function listKeys(reader: Reader, page: PageRequest<ApiKey>): Promise<KeyRecord[]> {
  const values = { ...afterValues(page.after ?? []), limit: page.limit + 1 };
  return reader.prepared(`apiKeys.list ${page.shape} ${page.after !== null}`, values, (db) => {
    const columns = page.columns(db.tables);
    return db
      .select()
      .from(db.tables.apiKeys)
      .where(page.after ? comesAfter(columns) : undefined)
      .orderBy(...orderBy(columns))
      .limit(sql.placeholder('limit'));
  });
}

export async function countKeys(reader: Reader): Promise<number> {
  const [row] = await reader.prepared('apiKeys.count', {}, (db) =>
    db.select({ total: count() }).from(db.tables.apiKeys),
  );
  return row?.total ?? 0;
}

/** The latest recorded use of any key. */
export async function latestUse(reader: Reader): Promise<string | null> {
  const [row] = await reader.prepared('apiKeys.latestUse', {}, (db) =>
    db.select({ at: max(db.tables.apiKeys.lastUsedAt) }).from(db.tables.apiKeys),
  );
  return row?.at ?? null;
}

export const insertKey = (tx: Transaction, key: KeyRecord): Promise<void> =>
  tx.perform('apiKeys.insert', { ...key }, (db) =>
    db.insert(db.tables.apiKeys).values(everyColumn(db.tables.apiKeys)),
  );

export const updateKey = (tx: Transaction, key: KeyRecord): Promise<void> =>
  tx.perform('apiKeys.update', { ...key }, (db) =>
    db
      .update(db.tables.apiKeys)
      .set(everyColumn(db.tables.apiKeys))
      .where(eq(db.tables.apiKeys.id, sql.placeholder('id'))),
  );

export const noteUse = (tx: Transaction, id: string, lastUsedAt: string): Promise<void> =>
  tx.perform('apiKeys.use', { id, lastUsedAt }, (db) =>
    db
      .update(db.tables.apiKeys)
      .set({ lastUsedAt: sql`${sql.placeholder('lastUsedAt')}` })
      .where(eq(db.tables.apiKeys.id, sql.placeholder('id'))),
  );

/** The given regions that exist. */
export async function knownRegions(reader: Reader, codes: readonly string[]): Promise<Set<string>> {
  const values = paddedValues(codes, '');
  const rows = await reader.prepared(`apiKeys.regions ${Object.keys(values).length}`, values, (db) => {
    const { code } = db.tables.regions;
    return db
      .select({ code })
      .from(db.tables.regions)
      .where(sql`${code} in ${inValues(values)}`);
  });
  return new Set(rows.map(({ code }) => code));
}
