/** The process that reads one file: it is told which, tells how far it is, and ends. Nothing but files does it touch. */
import { performance } from 'node:perf_hooks';
import { read } from './read.ts';
import { Refusal, type RefusalReport } from './refusal.ts';
import type { ReadProgress, ReadRequest, ReadResult } from './rows.ts';

/** What is said to the process that asked. */
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

// A supervisor tells all processes of a service to stop. What becomes of the file is for whoever asked to say; of a
// reader that ended by itself it would be told that its file cannot be read.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

// Whoever asked is gone, and nobody else wants the rows.
process.on('disconnect', () => process.exit(1));
process.once('message', async (request: ReadRequest) => {
  const message = await run(request);
  process.send?.(message, () => process.exit(0));
});
