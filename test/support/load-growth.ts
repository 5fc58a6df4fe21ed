/** A load that makes a table grow and observes it; a separate module, so that a thread can load it. */
import { count } from 'drizzle-orm';
import type { LoadWork, Reader, Transaction } from '../../src/database/database.ts';
import { everyColumn } from '../../src/database/prepared.ts';

export interface Growth {
  ids: string[];
  /** The announced number of rows. */
  expected: number;
  /** Whether the last row violates a constraint. */
  isFaulty?: boolean;
}

/** Number of rows, as seen by the transaction and by the reader of the state before it. */
export interface Seen {
  within: number;
  before: number;
}

const rowsIn = async (reader: Reader): Promise<number> => {
  const { enterprises } = reader.tables;
  const [row] = await reader.prepared('test.count', {}, (db) =>
    db.select({ rows: count() }).from(enterprises),
  );
  return row?.rows ?? 0;
};

const insert = (tx: Transaction, id: string, socialCreditCode: string | null): Promise<void> => {
  const { enterprises } = tx.tables;
  const row = { id, name: id, nameEn: null, socialCreditCode, country: null, province: null, searchText: id };
  return tx.perform('test.insert', row, (db) => db.insert(enterprises).values(everyColumn(enterprises)));
};

export async function* load(
  tx: Transaction,
  before: Reader,
  { ids, expected, isFaulty = false }: Growth,
): AsyncGenerator<Seen> {
  await tx.announceRows(tx.tables.enterprises, expected);
  for (const [i, id] of ids.entries()) await insert(tx, id, isFaulty && i > 0 ? 'the same' : null);
  if (isFaulty) await insert(tx, 'the last', 'the same');
  yield { within: await rowsIn(tx), before: await rowsIn(before) };
}

export const growing: LoadWork<Growth, Seen> = { module: new URL(import.meta.url), load };
