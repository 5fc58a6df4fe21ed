/** Child process: measures the latency of a health check, a cached figure, and an uncached one. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface WatchJob {
  url: string;
  key: string;
  milliseconds: number;
  known: string;
  /** Each is requested once. */
  unknown: string[];
}

export interface Waits {
  livez: number[];
  cached: number[];
  fresh: number[];
  refused: number;
}

async function watch({ url, key, milliseconds, known, unknown }: WatchJob): Promise<Waits> {
  const seen: Waits = { livez: [], cached: [], fresh: [], refused: 0 };
  const end = performance.now() + milliseconds;
  const looking = async (waits: number[], path: () => string | undefined, pause: number) => {
    for (let next = path(); next !== undefined && performance.now() < end; next = path()) {
      const began = performance.now();
      const response = await fetch(url + next, { headers: { authorization: `Bearer ${key}` } });
      await response.arrayBuffer();
      if (response.status === 200) waits.push(performance.now() - began);
      else seen.refused += 1;
      await sleep(pause);
    }
  };
  await Promise.all([
    looking(seen.livez, () => '/livez', 10),
    looking(seen.cached, () => known, 10),
    looking(seen.fresh, () => unknown.pop(), 500),
  ]);
  return seen;
}

process.once('message', async (job: WatchJob) => {
  process.send?.(await watch(job));
});
