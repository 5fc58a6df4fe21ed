/** The worker's side of a `WorkThread` with a connection to PostgreSQL. */
import { parentPort, workerData } from 'node:worker_threads';
import type { StreamWork } from './database.ts';
import { poolOf, streamOn } from './postgres.ts';
import type { WorkQuestion } from './thread.ts';
import { give } from './thread-parts.ts';

const pool = poolOf(workerData as string, 1);

parentPort?.on('message', (question: Extract<WorkQuestion, { stream: string }>) => {
  void give(question.port, partsOf(question));
});

async function* partsOf({
  stream,
  input,
}: {
  stream: string;
  input: unknown;
}): AsyncGenerator<unknown, void> {
  const { run } = (await import(stream)) as StreamWork<unknown, unknown>;
  yield* streamOn(pool, { run, shadows: true }, input);
}
