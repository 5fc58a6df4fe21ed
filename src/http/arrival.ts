/** Time limits for receiving bodies. Node has only one limit for all requests, but files need more time than others. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type LeastRate, watchRate } from './least-rate.ts';

/** The default for bodies. */
export const ARRIVAL_MS = 30_000;

const timers = new WeakMap<FastifyRequest, NodeJS.Timeout[]>();

function stop(request: FastifyRequest): void {
  for (const timer of timers.get(request) ?? []) clearTimeout(timer);
}

/** Limits the time for receiving the body of each request; `allowArrival` changes it for one. */
export function limitArrival(app: FastifyInstance, milliseconds: number): void {
  app.addHook('onRequest', (request, _, done) => {
    const { 'content-length': length = '0', 'transfer-encoding': coding } = request.headers;
    if (coding !== undefined || length !== '0') {
      allowArrival(request, milliseconds);
      request.raw.once('close', () => stop(request));
    }
    done();
  });
}

/** Limits the time for the rest of a body, and its minimum rate. Beyond that the connection is closed, as Node itself does. */
export function allowArrival(request: FastifyRequest, milliseconds: number, least?: LeastRate): void {
  stop(request);
  const cut = () => {
    const { socket, complete } = request.raw;
    if (complete !== false || socket.destroyed) return;
    const late = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
    request.server.server.emit('clientError', late, socket);
  };
  const set = [setTimeout(cut, milliseconds).unref()];
  if (least) {
    const { socket } = request.raw;
    // While the connection is paused, the delay is ours.
    const isOurs = () => socket.isPaused?.() ?? false;
    set.push(watchRate(least, () => socket.bytesRead, isOurs, cut));
  }
  timers.set(request, set);
}
