/** Digests the data as it was at an earlier revision. */
import { type ContentPart, readContent } from '../../src/backup/digests.ts';
import { pastReader } from '../../src/contributions.ts';
import type { StreamReader, StreamWork } from '../../src/database/database.ts';

export async function* run(reader: StreamReader, seq: number): AsyncGenerator<ContentPart> {
  yield* readContent(await pastReader(reader, seq));
}

export const pastContent: StreamWork<number, ContentPart> = {
  module: new URL(import.meta.url),
  run,
  shadows: true,
};
