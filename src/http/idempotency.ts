/** `Idempotency-Key`: a repeated POST takes effect once and gets the same response. */
import { hash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { notesOf } from './notes.ts';
import { Problem } from './problems.ts';
import type { Answer } from './replayed.ts';

/** What a write stores about a retryable request. */
export interface Retry {
  key: string;
  /** Hash of the method, URL and body. */
  fingerprint: string;
  /** The response to the result of the work. */
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

/** Records the bytes of a body: two bodies are the same if their bytes are. */
export function noteBody(request: FastifyRequest, body: Buffer): void {
  if (keyOf(request) !== undefined) request.bodyDigest = hash('sha256', body, 'hex');
}

/**
 * Refuses invalid keys, keys on routes that do not support them, and keys whose first request is in progress.
 * @param callerOf identifies the caller, so that callers do not share keys
 */
export function guardRetries(app: FastifyInstance, callerOf: (request: FastifyRequest) => string): void {
  const underWay = new Set<string>();
  app.decorateRequest('bodyDigest', '');
  app.decorateRequest('underWay', '');

  /** Reserves the key. */
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
    /** The key reserved while the request is in progress. */
    underWay: string;
  }
}
