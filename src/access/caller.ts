/** Who asks, and what they may do. Until keys exist, writing is open only to the machine itself. */
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../changes/service.ts';
import { Problem } from '../http/problems.ts';

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/** What a proxy adds: a request that carries one comes from elsewhere, whatever its last hop. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'];

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Request hook. @throws Problem 403 for a write that does not come straight from this machine */
export async function refuseRemoteWrites(request: FastifyRequest): Promise<void> {
  if (READS.has(request.method)) return;
  const direct = !FORWARDED.some((header) => header in request.headers);
  if (!direct || !LOOPBACK.test(request.socket.remoteAddress ?? '')) {
    throw new Problem('access.loopback_only');
  }
}

export const callerOf = (request: FastifyRequest): Caller => ({ actor: 'anonymous', requestId: request.id });
