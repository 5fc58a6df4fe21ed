/**
 * The process that reads one file: it receives the request, reports its progress and result, and ends. It
 * accesses nothing but files.
 */
import { performance } from 'node:perf_hooks';
import { read } from './read.ts';
import { Refusal, type RefusalReport } from './refusal.ts';
import type { ReadProgress, ReadRequest, ReadResult } from './rows.ts';

/** Messages to the parent process. */
export type JobMessage =
  | { progress: ReadProgress }
  | { result: ReadResult }
  | { refusal: RefusalReport }
  /** What the system refused, as when the disk is full; nothing is wrong with the file. */
  | { failure: { message: string; code: string } };

const PROGRESS_MS = 250;

const isOfSystem = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && 'syscall' in error && 'code' in error;

async function run(request: ReadRequest): Promise<JobMessage> {
  let last = performance.now();
  try {
    const result = await read(request, (progress) => {
      if (performance.now() - last < PROGRESS_MS) return;
      last = performance.now();
      process.send?.({ progress } satisfies JobMessage);
    });
    return { result };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: { kind: error.kind, values: error.values } };
    if (!isOfSystem(error)) throw error;
    return { failure: { message: error.message, code: error.code } };
  }
}

// A supervisor signals all processes of a service. The parent decides what happens to the file; if the reader
// ended by itself, the file would be reported as unreadable.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

// Without the parent, nobody needs the rows.
process.on('disconnect', () => process.exit(1));
process.once('message', async (request: ReadRequest) => {
  const message = await run(request);
  process.send?.(message, () => process.exit(0));
});
