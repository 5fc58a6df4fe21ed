/** Who asks, and what they may do. Until keys exist, writing is open only to the machine itself. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../changes/service.ts';
import { Problem } from '../http/problems.ts';

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/** What a proxy adds: a request that carries one comes from elsewhere, whatever its last hop. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

type Done = (error?: Error) => void;

/** Request hook. Refuses with 403 for a write that does not come straight from this machine */
export function refuseRemoteWrites(request: FastifyRequest, _: FastifyReply, done: Done): void {
  const allowed = READS.has(request.method) || isLocal(request);
  done(allowed ? undefined : new Problem('access.loopback_only'));
}

const isLocal = (request: FastifyRequest): boolean =>
  LOOPBACK.test(request.socket.remoteAddress ?? '') && !FORWARDED.some((header) => header in request.headers);

export const callerOf = (request: FastifyRequest): Caller => ({ actor: 'anonymous', requestId: request.id });
