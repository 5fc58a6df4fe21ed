/**
 * A work for `Database.stream` that a test sees through; a module of its own, so that a thread can load it.
 */
import type { StreamReader, StreamWork } from '../../src/database/database.ts';

export interface Asked {
  /** How many codes a batch has. */
  size: number;
  /** A statement to try before anything is read. */
  statement?: string;
  /** After how many batches it breaks. */
  breakAfter?: number;
}

/** The codes of the events, a batch at a time; then `end`. */
export async function* run(
  reader: StreamReader,
  { size, statement, breakAfter }: Asked,
): AsyncGenerator<string[]> {
  const { events } = reader.tables;
  if (statement) {
    const { query } = await import('./sql.ts');
    await query(reader, statement);
  }
  let batches = 0;
  const codes = reader.batches('test.codes', {}, size, (db) =>
    db.select({ code: events.code }).from(events).orderBy(events.code),
  );
  for await (const batch of codes) {
    if (batches++ === breakAfter) throw new Error('broken in the middle');
    yield batch.map(({ code }) => code);
  }
  yield ['end'];
}

export const codesInBatches: StreamWork<Asked, string[]> = { module: new URL(import.meta.url), run };
