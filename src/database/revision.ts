import { eq } from 'drizzle-orm';
import type { Reader, Revision } from './database.ts';

/** The hash that the first entry of the change log has before it. */
export const GENESIS = '0'.repeat(64);

/** The revision as a snapshot sees it, to go with what else the snapshot reads. */
export async function revisionIn(reader: Reader): Promise<Revision> {
  const { revision } = reader.tables;
  const [row] = await reader.prepared('revision', {}, (db) =>
    db.select({ seq: revision.seq, hash: revision.hash }).from(revision).where(eq(revision.id, 1)),
  );
  return row as Revision;
}
