import { eq, sql } from 'drizzle-orm';
import type { Reader, Revision } from './database.ts';

/** The previous hash of the first entry in the change log. */
export const GENESIS = '0'.repeat(64);

/** The revision of a snapshot, for use with its other data. */
export async function revisionIn(reader: Reader): Promise<Revision> {
  const { revision } = reader.tables;
  const [row] = await reader.prepared('revision', {}, (db) =>
    db.select({ seq: revision.seq, hash: revision.hash }).from(revision).where(eq(revision.id, 1)),
  );
  return row as Revision;
}

/** The hash of an entry; undefined if there is none. */
export async function hashAt(reader: Reader, seq: number): Promise<string | undefined> {
  const [entry] = await reader.prepared('revision.hash', { seq }, (db) =>
    db
      .select({ hash: db.tables.changes.hash })
      .from(db.tables.changes)
      .where(eq(db.tables.changes.seq, sql.placeholder('seq'))),
  );
  return entry?.hash;
}

/** Entries per query. */
const ENTRIES = 5_000;

/** The ids that entries of the log name, after one entry up to another, by entity. */
export async function touchedBetween(
  reader: Reader,
  after: number,
  last: number,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const ids = new Map<string, Set<string>>();
  for (let from = after; from < last; from += ENTRIES) {
    const entries = await reader.prepared(
      'revision.touched',
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
