import { and, asc, desc, eq, gte, lt, sql } from 'drizzle-orm';
import type { Reader, Transaction } from '../database/database.ts';
import { everyColumn } from '../database/prepared.ts';
import type { Tables } from '../database/tables.ts';

export type KeptAnswer = Tables['keptAnswers']['$inferSelect'];

const thatOf = ({ keptAnswers }: Tables) =>
  and(eq(keptAnswers.caller, sql.placeholder('caller')), eq(keptAnswers.key, sql.placeholder('key')));

export async function findAnswer(
  reader: Reader,
  caller: string,
  key: string,
): Promise<KeptAnswer | undefined> {
  const [row] = await reader.prepared('keptAnswers.find', { caller, key }, (db) => {
    return db.select().from(db.tables.keptAnswers).where(thatOf(db.tables));
  });
  return row;
}

export const keepAnswer = (tx: Transaction, answer: KeptAnswer): Promise<void> =>
  tx.perform('keptAnswers.insert', { ...answer }, (db) =>
    db.insert(db.tables.keptAnswers).values(everyColumn(db.tables.keptAnswers)),
  );

export type Place = Pick<KeptAnswer, 'createdAt' | 'ordinal' | 'bytesSoFar'>;

const placeIn = ({ createdAt, ordinal, bytesSoFar }: Tables['keptAnswers']) => ({
  createdAt,
  ordinal,
  bytesSoFar,
});

/** The latest response stored for a caller. */
export async function newestPlace(reader: Reader, caller: string): Promise<Place | undefined> {
  const [row] = await reader.prepared('keptAnswers.newest', { caller }, (db) => {
    const { keptAnswers } = db.tables;
    return db
      .select(placeIn(keptAnswers))
      .from(keptAnswers)
      .where(eq(keptAnswers.caller, sql.placeholder('caller')))
      .orderBy(desc(keptAnswers.ordinal))
      .limit(1);
  });
  return row;
}

/** The first response stored for a caller since a point in time. */
export async function oldestPlace(reader: Reader, caller: string, since: string): Promise<Place | undefined> {
  const [row] = await reader.prepared('keptAnswers.oldest', { caller, since }, (db) => {
    const { keptAnswers } = db.tables;
    return db
      .select(placeIn(keptAnswers))
      .from(keptAnswers)
      .where(
        and(
          eq(keptAnswers.caller, sql.placeholder('caller')),
          gte(keptAnswers.createdAt, sql.placeholder('since')),
        ),
      )
      .orderBy(asc(keptAnswers.createdAt))
      .limit(1);
  });
  return row;
}

export const dropAnswer = (tx: Transaction, caller: string, key: string): Promise<void> =>
  tx.perform('keptAnswers.dropOne', { caller, key }, (db) =>
    db.delete(db.tables.keptAnswers).where(thatOf(db.tables)),
  );

/**
 * Deletes some of the responses older than a point in time; deleting all in one transaction might block other
 * writers.
 */
export const dropAnswersBefore = (tx: Transaction, instant: string, limit: number): Promise<void> =>
  tx.perform('keptAnswers.drop', { instant, limit }, (db) => {
    const { keptAnswers } = db.tables;
    const old = db
      .select({ caller: keptAnswers.caller, key: keptAnswers.key })
      .from(keptAnswers)
      .where(lt(keptAnswers.createdAt, sql.placeholder('instant')))
      .orderBy(asc(keptAnswers.createdAt))
      .limit(sql.placeholder('limit'));
    return db.delete(keptAnswers).where(sql`(${keptAnswers.caller}, ${keptAnswers.key}) in ${old}`);
  });
