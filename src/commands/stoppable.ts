/** Command-line work that shuts down cleanly when interrupted. */

import { StartupError } from '../core/startup-error.ts';
import { rootMessage } from '../database/errors.ts';
import { Problem } from '../http/problems.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Aborts the work on a termination signal, so that it leaves nothing half-done. A second signal ends the
 * process.
 * @param what the work, as the subject of a sentence
 * @throws StartupError if it was interrupted or failed; a Problem or StartupError from the work is passed on
 */
export async function whileStoppable<T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  for (const signal of signals) process.once(signal, stop);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (error instanceof Problem || error instanceof StartupError) throw error;
    const reason = controller.signal.aborted ? 'it was interrupted' : rootMessage(error);
    throw new StartupError(`${what} is not complete: ${reason}`);
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
