import { asc, eq, sql } from 'drizzle-orm';
import type { Reader, Transaction } from '../../database/database.ts';
import { everyColumn, inValues, paddedValues } from '../../database/prepared.ts';
import type { Ranking } from './schema.ts';

/** The rankings of many enterprises in one query, by list and year. */
export async function rankingsOf(
  reader: Reader,
  enterpriseIds: readonly string[],
): Promise<Map<string, Ranking[]>> {
  const { rankings } = reader.tables;
  const values = paddedValues(enterpriseIds, '');
  const rows = await reader.prepared(`rankings ${Object.keys(values).length}`, values, (db) =>
    db
      .select({ id: rankings.enterpriseId, list: rankings.list, year: rankings.year, rank: rankings.rank })
      .from(rankings)
      .where(sql`${rankings.enterpriseId} in ${inValues(values)}`)
      .orderBy(asc(rankings.list), asc(rankings.year)),
  );
  const found = new Map<string, Ranking[]>(enterpriseIds.map((id) => [id, []]));
  for (const { id, list, ...rest } of rows) found.get(id)?.push({ list: list as Ranking['list'], ...rest });
  return found;
}

/** Replaces all rankings of an enterprise. */
export async function replaceRankings(tx: Transaction, enterpriseId: string, value: unknown): Promise<void> {
  const { rankings } = tx.tables;
  await tx.delete(rankings).where(eq(rankings.enterpriseId, enterpriseId));
  for (const row of rankingRows(enterpriseId, value)) {
    await tx.perform('rankings.insert', row, (db) => db.insert(rankings).values(everyColumn(rankings)));
  }
}

export const rankingRows = (enterpriseId: string, value: unknown) =>
  (value as Ranking[]).map(({ list, year, rank }) => ({ enterpriseId, list, year, rank }));

export interface EnterpriseName {
  id: string;
  name: string;
  socialCreditCode: string | null;
}

/** The enterprises with one of the values in a column. */
export function findEnterprisesBy(
  reader: Reader,
  column: keyof EnterpriseName,
  wanted: readonly string[],
): Promise<EnterpriseName[]> {
  const values = paddedValues(wanted, '');
  return reader.prepared(`enterprises.by ${column} ${Object.keys(values).length}`, values, (db) => {
    const { id, name, socialCreditCode } = db.tables.enterprises;
    return db
      .select({ id, name, socialCreditCode })
      .from(db.tables.enterprises)
      .where(sql`${db.tables.enterprises[column]} in ${inValues(values)}`);
  });
}
