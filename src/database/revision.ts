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
