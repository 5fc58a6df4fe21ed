/** How long the body of a request may take to arrive. Node knows one time for all of them, and files take longer than anything else. */
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** For a body that is not given more. */
export const ARRIVAL_MS = 30_000;

const timers = new WeakMap<FastifyRequest, NodeJS.Timeout>();

/** Has the body of every request arrive within a time; `allowArrival` gives one another. */
export function limitArrival(app: FastifyInstance, milliseconds: number): void {
  app.addHook('onRequest', (request, _, done) => {
    const { 'content-length': length = '0', 'transfer-encoding': coding } = request.headers;
    if (coding !== undefined || length !== '0') {
      allowArrival(request, milliseconds);
      request.raw.once('close', () => clearTimeout(timers.get(request)));
    }
    done();
  });
}

/** Gives the rest of a body so long from now. Then its connection is cut, as Node does by itself. */
export function allowArrival(request: FastifyRequest, milliseconds: number): void {
  clearTimeout(timers.get(request));
  const cut = () => {
    const { socket, complete } = request.raw;
    if (complete !== false || socket.destroyed) return;
    const late = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
    request.server.server.emit('clientError', late, socket);
  };
  timers.set(request, setTimeout(cut, milliseconds).unref());
}
