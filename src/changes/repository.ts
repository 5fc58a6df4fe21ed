import type { Transaction } from '../database/database.ts';
import { everyColumn } from '../database/prepared.ts';
import type { Tables } from '../database/tables.ts';

export type ChangeEntry = Tables['changes']['$inferSelect'];

export const insertChange = (tx: Transaction, entry: ChangeEntry): Promise<void> =>
  tx.perform('changes.insert', { ...entry }, (db) =>
    db.insert(db.tables.changes).values(everyColumn(db.tables.changes)),
  );
