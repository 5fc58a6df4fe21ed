/** The smallest real writes: an event and its entry in the log. */
import { record } from '../../src/changes/service.ts';
import type { Database, Reader, Transaction } from '../../src/database/database.ts';

const caller = { actor: 'test', requestId: null };

/** Inserts a row and writes no entry. */
export async function insertEvent(tx: Transaction, code: string): Promise<void> {
  await tx.insert(tx.tables.events).values({
    code,
    name: code,
    nameEn: null,
    series: null,
    edition: null,
    hostCity: null,
    startsOn: '2020-06-29',
    endsOn: '2020-06-30',
  });
}

/** Inserts a row and takes a number for it. */
export async function recordEvent(tx: Transaction, code: string): Promise<number> {
  await insertEvent(tx, code);
  await record(tx, caller, {
    entity: 'events',
    entityId: code,
    action: 'create',
    at: '2026-11-22T04:00:00.000Z',
    fields: { code: { after: code } },
  });
  return tx.log.seq;
}

export const writeEvent = (database: Database, code: string): Promise<number> =>
  database.write((tx) => recordEvent(tx, code));

/** The codes of all events, in order. */
export async function eventCodes(reader: Reader): Promise<string[]> {
  const { events } = reader.tables;
  const rows = await reader.select({ code: events.code }).from(events).orderBy(events.code);
  return rows.map(({ code }) => code);
}
