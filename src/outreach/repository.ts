import { eq, sql } from 'drizzle-orm';
import type { Reader } from '../database/database.ts';

/** The event that a delegation was sent to; undefined where there is no such delegation. */
export async function eventOfDelegation(reader: Reader, id: string): Promise<string | undefined> {
  const [row] = await reader.prepared('delegations.event', { id }, (db) =>
    db
      .select({ event: db.tables.delegations.event })
      .from(db.tables.delegations)
      .where(eq(db.tables.delegations.id, sql.placeholder('id'))),
  );
  return row?.event;
}
