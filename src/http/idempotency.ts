/** `Idempotency-Key`: a repeated POST takes effect once and gets the same response. */
import { hash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { notesOf } from './notes.ts';
import { Problem } from './problems.ts';
import type { Answer } from './replayed.ts';

/** What a write needs to know of a request that may be sent again. */
export interface Retry {
  key: string;
  /** Of the method, the address and the body. */
  fingerprint: string;
  /** The answer to what the work gives back. */
  answer(value: unknown): Answer;
}

const keyOf = (request: FastifyRequest): string | undefined =>
  request.method === 'POST' ? (request.headers['idempotency-key'] as string | undefined) : undefined;

/** @returns undefined for a request without the header */
export function retryOf<T>(request: FastifyRequest, answer: (value: T) => Answer): Retry | undefined {
  const key = keyOf(request);
  if (key === undefined) return undefined;
  const fingerprint = hash('sha256', `${request.method} ${request.url} ${request.bodyDigest}`, 'hex');
  return { key, fingerprint, answer: answer as Retry['answer'] };
}

/** To be told of the bytes of every body: two bodies are the same when their bytes are. */
export function noteBody(request: FastifyRequest, body: Buffer): void {
  if (keyOf(request) !== undefined) request.bodyDigest = hash('sha256', body, 'hex');
}

/**
 * Refuses what is no key, a key where no answer may be kept, and one whose first request is still under way.
 * @param callerOf tells apart the keys of one caller from those of another
 */
export function guardRetries(app: FastifyInstance, callerOf: (request: FastifyRequest) => string): void {
  const underWay = new Set<string>();
  app.decorateRequest('bodyDigest', '');
  app.decorateRequest('underWay', '');

  /** Takes hold of the key, unless something is against it. */
  function take(request: FastifyRequest, retryable: boolean): Problem | undefined {
    const key = keyOf(request);
    if (key === undefined) return undefined;
    if (!/^[\x21-\x7e]{1,255}$/.test(key)) return new Problem('request.bad_idempotency_key');
    if (!retryable) return new Problem('request.not_retryable');
    const name = `${callerOf(request)} ${key}`;
    if (underWay.has(name)) return new Problem('request.under_way', { headers: { 'retry-after': '1' } });
    underWay.add(name);
    request.underWay = name;
    return undefined;
  }

  const release = (request: FastifyRequest, _: unknown, __: unknown, done: HookHandlerDoneFunction): void => {
    if (request.underWay) underWay.delete(request.underWay);
    done();
  };
  app.addHook('onRoute', (route) => {
    if (route.method !== 'POST') return;
    const retryable = notesOf(route.schema)?.retryable ?? false;
    route.preValidation = (request, _, done) => done(take(request, retryable));
    route.onSend = release;
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    /** SHA-256 of the body of a request that has an `Idempotency-Key`. */
    bodyDigest: string;
    /** What it holds while it is under way. */
    underWay: string;
  }
}
