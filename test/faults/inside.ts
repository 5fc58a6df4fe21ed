/** Loaded into the service before itself: sets its clock, tells its memory, and writes heap snapshots. */
import { writeHeapSnapshot } from 'node:v8';
import { isMainThread } from 'node:worker_threads';

/** What the service is told. */
export type Told = { clock: number } | { memory: true } | { snapshot: string };

/** Milliseconds ahead of the real time; threads are given the time by the main one. */
let ahead = 0;
const real = Date.now;
Date.now = () => real() + ahead;

if (isMainThread) {
  process.on('message', (told: Told) => {
    if ('clock' in told) ahead = told.clock;
    if ('snapshot' in told) writeHeapSnapshot(told.snapshot);
    process.send?.(process.memoryUsage());
  });
  // The service ends when it has nothing left to do, whoever might still tell it something.
  process.channel?.unref();
}
