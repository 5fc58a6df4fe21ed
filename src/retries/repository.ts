import { and, eq, lt, sql } from 'drizzle-orm';
import type { Reader, Transaction } from '../database/database.ts';
import { everyColumn } from '../database/prepared.ts';
import type { Tables } from '../database/tables.ts';

export type KeptAnswer = Tables['keptAnswers']['$inferSelect'];

export async function findAnswer(
  reader: Reader,
  caller: string,
  key: string,
): Promise<KeptAnswer | undefined> {
  const [row] = await reader.prepared('keptAnswers.find', { caller, key }, (db) => {
    const { keptAnswers } = db.tables;
    return db
      .select()
      .from(keptAnswers)
      .where(
        and(eq(keptAnswers.caller, sql.placeholder('caller')), eq(keptAnswers.key, sql.placeholder('key'))),
      );
  });
  return row;
}

export const keepAnswer = (tx: Transaction, answer: KeptAnswer): Promise<void> =>
  tx.perform('keptAnswers.insert', { ...answer }, (db) =>
    db.insert(db.tables.keptAnswers).values(everyColumn(db.tables.keptAnswers)),
  );

export const dropAnswersBefore = (tx: Transaction, instant: string): Promise<void> =>
  tx.perform('keptAnswers.drop', { instant }, (db) =>
    db.delete(db.tables.keptAnswers).where(lt(db.tables.keptAnswers.createdAt, sql.placeholder('instant'))),
  );
