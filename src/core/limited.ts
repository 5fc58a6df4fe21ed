/**
 * Limits concurrency; waiting works run first come, first served.
 * @returns runs a work when it is its turn; rejects with the signal's reason if the signal aborts while it
 * waits
 */
export function limited(atOnce: number) {
  const waiting = new Set<() => void>();
  let running = 0;
  return async <T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    signal?.throwIfAborted();
    if (running < atOnce) running += 1;
    else {
      await new Promise<void>((begin, giveUp) => {
        waiting.add(begin);
        signal?.addEventListener('abort', () => waiting.delete(begin) && giveUp(signal.reason), {
          once: true,
        });
      });
    }
    try {
      return await work();
    } finally {
      const [next] = waiting;
      if (next) {
        waiting.delete(next);
        next();
      } else running -= 1;
    }
  };
}
