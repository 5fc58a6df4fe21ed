/** Reads an uploaded file in a process of its own, which may fail without harm. */
import type { ReadProgress, ReadRequest, ReadResult } from './rows.ts';

export interface ReadOptions {
  /** Called a few times a second. */
  onProgress?(progress: ReadProgress): void;
  /** Ends the reading; the promise then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Writes the rows of a file to `request.rows`, faulty ones with their faults.
 * @throws Problem 422 or 413 `imports.…` for a file that cannot be read as a whole; then what is in `request.rows` is
 * not to be used
 */
export function readFile(request: ReadRequest, options: ReadOptions = {}): Promise<ReadResult> {
  throw new Error(`not yet: ${request.file} ${options}`);
}
