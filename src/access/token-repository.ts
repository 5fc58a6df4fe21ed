import { and, asc, count, eq, gt, lte, min, sql } from 'drizzle-orm';
import type { Reader, Transaction } from '../database/database.ts';
import { everyColumn } from '../database/prepared.ts';
import type { Tables } from '../database/tables.ts';

export type TokenRecord = Tables['streamTokens']['$inferSelect'];

export async function findToken(reader: Reader, hash: string): Promise<TokenRecord | undefined> {
  const [row] = await reader.prepared('streamTokens.find', { hash }, (db) =>
    db
      .select()
      .from(db.tables.streamTokens)
      .where(eq(db.tables.streamTokens.hash, sql.placeholder('hash'))),
  );
  return row;
}

/** The number of a key's tokens that have not expired, and when the first of them does. */
export async function liveTokens(
  reader: Reader,
  keyId: string,
  now: string,
): Promise<{ total: number; firstEnds: string | null }> {
  const [row] = await reader.prepared('streamTokens.live', { keyId, now }, (db) => {
    const { streamTokens } = db.tables;
    return db
      .select({ total: count(), firstEnds: min(streamTokens.expiresAt) })
      .from(streamTokens)
      .where(
        and(
          eq(streamTokens.keyId, sql.placeholder('keyId')),
          gt(streamTokens.expiresAt, sql.placeholder('now')),
        ),
      );
  });
  return row ?? { total: 0, firstEnds: null };
}

export const insertToken = (tx: Transaction, token: TokenRecord): Promise<void> =>
  tx.perform('streamTokens.insert', { ...token }, (db) =>
    db.insert(db.tables.streamTokens).values(everyColumn(db.tables.streamTokens)),
  );

export const dropToken = (tx: Transaction, hash: string): Promise<void> =>
  tx.perform('streamTokens.dropOne', { hash }, (db) =>
    db.delete(db.tables.streamTokens).where(eq(db.tables.streamTokens.hash, sql.placeholder('hash'))),
  );

/** Deletes some of the expired tokens; deleting all in one transaction might block other writers. */
export const dropExpiredTokens = (tx: Transaction, now: string, limit: number): Promise<void> =>
  tx.perform('streamTokens.drop', { now, limit }, (db) => {
    const { streamTokens } = db.tables;
    const expired = db
      .select({ hash: streamTokens.hash })
      .from(streamTokens)
      .where(lte(streamTokens.expiresAt, sql.placeholder('now')))
      .orderBy(asc(streamTokens.expiresAt))
      .limit(sql.placeholder('limit'));
    return db.delete(streamTokens).where(sql`${streamTokens.hash} in ${expired}`);
  });
