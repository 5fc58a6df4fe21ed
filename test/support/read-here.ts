/** Replaces `sheets/reading/read-file.ts` in tests without child processes: reads files in this process. */
import { Problem } from '../../src/http/problems.ts';
import { read } from '../../src/sheets/reading/read.ts';
import type { ReadOptions } from '../../src/sheets/reading/read-file.ts';
import { Refusal } from '../../src/sheets/reading/refusal.ts';
import type { ReadRequest, ReadResult } from '../../src/sheets/reading/rows.ts';

export async function readFile(
  request: ReadRequest,
  { onProgress = () => undefined, signal }: ReadOptions = {},
): Promise<ReadResult> {
  try {
    const result = await read(request, onProgress);
    signal?.throwIfAborted();
    return result;
  } catch (error) {
    if (error instanceof Refusal) throw new Problem(error.kind, { values: error.values });
    throw error;
  }
}
