/**
 * Refuses work that would come too late, and connections for which no file descriptor would be left.
 * @fastify/under-pressure asks for the memory in use as well, which fails when no descriptor is left, and ends the
 * process.
 */
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import { overloaded } from './problems.ts';

const SAMPLE_MS = 1_000;
const RESOLUTION_MS = 10;

/**
 * Refuses requests while the event loop is behind; routes with `alwaysServed` are exempt.
 * @param maxDelayMs its mean delay over a second, above which requests are refused; 0 refuses none
 */
export function refuseWhenBehind(app: FastifyInstance, maxDelayMs: number): void {
  if (maxDelayMs === 0) return;
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let delay = 0;
  // It waits for itself: a timer that is due several times at once would see nothing in between.
  const timer = setTimeout(() => {
    // Without a single sample, the loop has stood still.
    delay = histogram.count === 0 ? Number.POSITIVE_INFINITY : histogram.mean / 1e6 - RESOLUTION_MS;
    histogram.reset();
    timer.refresh();
  }, SAMPLE_MS);
  timer.unref();
  app.addHook('onRequest', (request, _, done) => {
    const isRefused = delay > maxDelayMs && !request.routeOptions.config.alwaysServed;
    done(isRefused ? overloaded() : undefined);
  });
  app.addHook('onClose', (_, done) => {
    clearTimeout(timer);
    histogram.disable();
    done();
  });
}

/** Descriptors for the database, its threads, files and logs. */
const KEPT_FREE = 256;

/** How many connections may be open at once: at least half of the descriptors are theirs. */
export const mostConnections = (openFiles: number): number =>
  Math.max(openFiles - KEPT_FREE, Math.floor(openFiles / 2));

/** Closes further connections at once. */
export function limitConnections(app: FastifyInstance): void {
  const openFiles = openFilesLimit();
  if (openFiles !== undefined) app.server.maxConnections = mostConnections(openFiles);
}

/** The limit of this process; undefined where the system does not say. */
function openFilesLimit(): number | undefined {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const [, soft] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether it is served whatever the load. */
    alwaysServed?: boolean;
  }
}
