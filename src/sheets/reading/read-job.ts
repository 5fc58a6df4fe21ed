/**
 * The process that reads one file: it receives the request, reports its progress and result, and ends. It
 * accesses nothing but files.
 */
import { performance } from 'node:perf_hooks';
import { read } from './read.ts';
import { Refusal, type RefusalReport } from './refusal.ts';
import type { ReadProgress, ReadRequest, ReadResult } from './rows.ts';

/** Messages to the parent process. */
export type JobMessage = { progress: ReadProgress } | { result: ReadResult } | { refusal: RefusalReport };

const PROGRESS_MS = 250;

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
    if (!(error instanceof Refusal)) throw error;
    return { refusal: { kind: error.kind, values: error.values } };
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
