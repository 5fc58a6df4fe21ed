/** A simple work for `Database.load`; a separate module, so that a thread can load it. */

import type { LoadWork, Reader, Transaction } from '../../src/database/database.ts';
import { byLuodi, record } from '../../src/log/service.ts';

export interface Wanted {
  codes: string[];
  /** The code before which it fails. */
  breakAt?: string;
  /** Delay before each code. */
  pause?: number;
}

/** Writes an event and its log entry for each code, and yields the code. */
export async function* load(
  tx: Transaction,
  _before: Reader,
  { codes, breakAt, pause = 0 }: Wanted,
): AsyncGenerator<string> {
  for (const code of codes) {
    if (pause > 0) await new Promise((later) => setTimeout(later, pause));
    if (code === breakAt) throw new Error('broken in the middle');
    await tx.insert(tx.tables.events).values({
      code,
      name: code,
      nameEn: null,
      series: null,
      edition: null,
      hostCity: null,
      note: null,
      startsOn: '2020-06-29',
      endsOn: '2020-06-30',
    });
    await record(tx, byLuodi('test'), {
      entity: 'events',
      entityId: code,
      action: 'create',
      at: '2026-11-22T04:00:00.000Z',
      fields: { code: { after: code } },
    });
    yield code;
  }
}

export const eventsInOne: LoadWork<Wanted, string> = { module: new URL(import.meta.url), load };
