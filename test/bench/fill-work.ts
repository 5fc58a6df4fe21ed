/** A work of `Database.stream`: fills columns as the service does, on a thread. */
import { fill } from '../../src/columns/following.ts';
import { derived } from '../../src/contributions.ts';
import type { StreamReader } from '../../src/database/database.ts';

export interface FillTimes {
  milliseconds: number;
  rows: number;
  bytes: number;
}

export async function* run(reader: StreamReader): AsyncGenerator<FillTimes, void> {
  const began = performance.now();
  const filling = fill(reader, derived);
  for (;;) {
    const { done, value } = await filling.next();
    if (!done) continue;
    const milliseconds = performance.now() - began;
    const { count, bytes } = value.columns;
    return yield { milliseconds, rows: count, bytes };
  }
}
