/** What columns read of the change log. */
import { eq, sql } from 'drizzle-orm';
import type { Reader, Revision } from '../database/database.ts';

/** Ids by entity. */
export type Touched = ReadonlyMap<string, ReadonlySet<string>>;

/** Entries per query. */
const ENTRIES = 5_000;

/** The ids that entries of the log name, after one entry up to another, by entity. */
export async function touchedBetween(reader: Reader, after: number, last: number): Promise<Touched> {
  const ids = new Map<string, Set<string>>();
  for (let from = after; from < last; from += ENTRIES) {
    const entries = await reader.prepared(
      'columns.touched',
      { from, until: Math.min(from + ENTRIES, last) },
      (db) => {
        const { entity, entityId, seq } = db.tables.changes;
        return db
          .selectDistinct({ entity, entityId })
          .from(db.tables.changes)
          .where(sql`${seq} > ${sql.placeholder('from')} and ${seq} <= ${sql.placeholder('until')}`);
      },
    );
    for (const { entity, entityId } of entries) {
      const known = ids.get(entity);
      if (known) known.add(entityId);
      else ids.set(entity, new Set([entityId]));
    }
  }
  return ids;
}

/** The hashes of an entry; undefined if there is none. */
export async function entryAt(
  reader: Reader,
  seq: number,
): Promise<{ hash: string; previousHash: string } | undefined> {
  const [entry] = await reader.prepared('columns.entry', { seq }, (db) => {
    const { seq, hash, previousHash } = db.tables.changes;
    return db
      .select({ hash, previousHash })
      .from(db.tables.changes)
      .where(eq(seq, sql.placeholder('seq')));
  });
  return entry;
}

/** Whether the last entry of the log is the one that the revision says. If not, somebody has changed one of them. */
export const endsAsRecorded = async (reader: Reader, { seq, hash }: Revision): Promise<boolean> =>
  seq === 0 || (await entryAt(reader, seq))?.hash === hash;
