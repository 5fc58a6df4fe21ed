/** PUT at an address that the client chooses: it creates or replaces, as its condition says (RFC 9110 §13). */
import type { FastifyRequest } from 'fastify';
import { etagOf, expectUnchanged } from './conditional.ts';
import { Problem } from './problems.ts';

/** What a client takes to be there: what its `If-Match` names, or nothing (`If-None-Match: *`). */
export type Expected = { ifMatch: string } | 'nothing';

/** @throws Problem 428 for a request that says neither, 400 for one that says both */
export function requireExpected(request: FastifyRequest): Expected {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
  if (ifMatch !== undefined && ifNoneMatch !== undefined) throw new Problem('request.two_conditions');
  if (ifMatch !== undefined) return { ifMatch };
  // Another If-None-Match would replace whatever the client has not read.
  if (ifNoneMatch?.trim() !== '*') throw new Problem('request.condition_required');
  return 'nothing';
}

/**
 * @param current what is there; null where there is nothing
 * @throws Problem 412 when it is not what the client expected, with the ETag of what is there
 */
export function expectAsExpected(expected: Expected, current: object | null): void {
  if (current === null) {
    if (expected !== 'nothing') throw new Problem('request.nothing_there');
  } else if (expected === 'nothing') {
    throw new Problem('request.exists_already', { headers: { etag: etagOf(JSON.stringify(current)) } });
  } else {
    expectUnchanged(expected.ifMatch, current);
  }
}
