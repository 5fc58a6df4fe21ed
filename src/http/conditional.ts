/** Conditional requests (RFC 9110 §13): ETags of single resources, and the checks before a change. */
import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { plainEtag } from './compression.ts';
import { pinned } from './known.ts';
import { Problem } from './problems.ts';
import { projected } from './projection.ts';
import { type Answer, sendAnswer } from './replayed.ts';

/** A strong ETag: a hash of the response body. */
export const etagOf = (text: string): string => `"${hash('sha256', text, 'base64url').slice(0, 27)}"`;

/** Whether a list of ETags (or `*`) contains this one. If-None-Match compares weakly, If-Match strongly. */
export function namesEtag(header: string, etag: string, weakly: boolean): boolean {
  if (header.trim() === '*') return true;
  const named = (header.match(/(W\/)?"[^"]*"/g) ?? []).map(plainEtag);
  return named.some((one) => one === etag || (weakly && one === `W/${etag}`));
}

/** Whether the client already has this answer. */
export function isFresh(request: FastifyRequest, etag: string): boolean {
  const header = request.headers['if-none-match'];
  return header !== undefined && namesEtag(header, etag, true);
}

export const REVALIDATE = 'private, no-cache';
/** For a year, the longest that caches honour. */
export const PERMANENT = 'private, max-age=31536000, immutable';

/** A response with a resource and its ETag. */
export function resourceAnswer(resource: object, status: number, location?: string): Answer {
  const body = JSON.stringify(resource);
  const headers = { etag: etagOf(body), 'cache-control': REVALIDATE, ...(location && { location }) };
  return { status, headers, body };
}

/** A response with a secret, which no cache may store. */
export const secretAnswer = (resource: object, status: number, location?: string): Answer => ({
  status,
  headers: { 'cache-control': 'no-store', ...(location && { location }) },
  body: JSON.stringify(resource),
});

/** Sends the requested fields of a resource; 304 to a reader that has it already. */
export function sendResource(request: FastifyRequest, reply: FastifyReply, resource: object): FastifyReply {
  const { known } = request;
  const told = known
    ? { ...pinned(projected(request, resource), known.seq), known: { revision: known.seq, at: known.at } }
    : projected(request, resource);
  const answer = resourceAnswer(told, 200);
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (reads && isFresh(request, answer.headers.etag as string)) {
    return reply.code(304).headers(answer.headers).send();
  }
  return sendAnswer(reply, answer);
}

/** The If-Match of a request that changes something. @throws Problem 428 without one */
export function requireIfMatch(request: FastifyRequest): string {
  const header = request.headers['if-match'];
  if (header === undefined) throw new Problem('request.if_match_required');
  return header;
}

/** @throws Problem 412, with the current ETag, when the resource is no longer what the client read */
export function expectUnchanged(ifMatch: string, current: object): void {
  const etag = etagOf(JSON.stringify(current));
  if (!namesEtag(ifMatch, etag, false)) {
    throw new Problem('request.changed_meanwhile', { headers: { etag } });
  }
}
