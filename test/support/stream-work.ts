/** A simple work for `Database.stream`; a separate module, so that a thread can load it. */
import type { StreamReader, StreamWork } from '../../src/database/database.ts';

export interface Asked {
  /** Number of codes per batch. */
  size: number;
  /** A statement to run first. */
  statement?: string;
  /** The number of batches after which it fails. */
  breakAfter?: number;
}

/** The codes of the events in batches; then `end`. */
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
