/** Logging: one line per request; changes, failures and slow requests at `info`, successful reads at `debug`. */
import type { FastifyInstance } from 'fastify';
import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import { isOutside, rootMessage } from '../database/errors.ts';
import { addressOf, withoutSecrets } from './secrets.ts';

/** Lines that wait for room, in bytes; further ones are dropped. */
const WAITING_BYTES = 1_048_576;

/**
 * Standard output. If it cannot be written (its disk is full), lines wait for the next attempt, and the service goes on;
 * without this, the error would end the process.
 */
function standardOutput(): DestinationStream {
  // Lines are buffered for up to a quarter of a second.
  const output = pino.destination({ minLength: 4_096, periodicFlush: 250, maxLength: WAITING_BYTES });
  let isFailing = false;
  output.on('write', () => {
    isFailing = false;
  });
  output.on('error', () => {
    isFailing = true;
  });
  const flush = output.flushSync.bind(output);
  // At the end of the process it would try again for ever.
  output.flushSync = () => {
    if (!isFailing) flush();
  };
  return output;
}

/** @param to destination of the lines, one JSON object each; standard output by default */
export const createLogger = (level: string, to: DestinationStream = standardOutput()): Logger =>
  pino(
    {
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: inBrief },
      hooks: { streamWrite: withoutSecrets },
    },
    to,
  );

/** Where the code was says nothing about a database that is away or a disk that is full. */
const inBrief = (error: unknown): unknown =>
  isOutside(error)
    ? { type: (error as Error).name, message: rootMessage(error) }
    : stdSerializers.err(error as Error);

/** The trace that a request belongs to (W3C Trace Context). */
const TRACE = /^[\da-f]{2}-(?!0{32})([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/;

/** Slower requests are always logged. */
const SLOW_MS = 1_000;

/** Fastify's own logging listens for the end of each response, which costs more than this. */
export function logRequests(app: FastifyInstance, logger: Logger): void {
  app.decorateRequest('startedAt', 0);
  app.addHook('onRequest', (request, _, done) => {
    request.startedAt = performance.now();
    done();
  });
  app.addHook('onSend', (request, reply, _, done) => {
    const elapsed = performance.now() - request.startedAt;
    const { id: requestId, method, url } = request;
    const traceId = TRACE.exec(String(request.headers.traceparent))?.[1];
    const status = reply.statusCode;
    const routine = (method === 'GET' || method === 'HEAD') && status < 400 && elapsed < SLOW_MS;
    if (!routine || logger.isLevelEnabled('debug')) {
      const ms = Math.round(elapsed * 100) / 100;
      logger[routine ? 'debug' : 'info'](
        { requestId, ...(traceId && { traceId }), method, url: addressOf(url), status, ms },
        'request',
      );
    }
    done();
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    /** By `performance.now()`. */
    startedAt: number;
  }
}
