/** Reads records from a replica, for clients that say what they have seen. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Database } from '../database/database.ts';
import { readingFromReplica } from '../database/replica.ts';
import { typeNames } from './messages.ts';
import { notesOf } from './notes.ts';
import { invalid, type Problem } from './problems.ts';

const HEADER = 'X-Luodi-Revision';

/** The last revision that a client says it has seen; null if it says nothing. */
function seenBy({ headers }: FastifyRequest): number | Problem | null {
  const given = headers[HEADER.toLowerCase()];
  if (given !== undefined) {
    if (typeof given === 'string' && /^\d{1,15}$/.test(given)) return Number(given);
    return invalid([{ parameter: HEADER, code: 'wrong_type', values: { expected: typeNames.int } }]);
  }
  const etags = [...(headers['if-none-match'] ?? '').matchAll(/"(\d{1,15})-[^"]*"/g)];
  return etags.length > 0 ? Math.max(...etags.map(([, seq]) => Number(seq))) : null;
}

/** Call after the hooks that determine what a request asks for. */
export function readFromReplica(app: FastifyInstance, database: Database, records: Database): void {
  app.addHook('preHandler', (request, _, done) => {
    const isRecord = notesOf(request.routeOptions.schema)?.asKnown === 'records';
    if (!isRecord || request.known || !['GET', 'HEAD'].includes(request.method)) return done();
    const seen = seenBy(request);
    if (seen instanceof Error) return done(seen);
    if (seen === null || !database.replica) return done();
    database.replica.has(seen).then((isThere) => (isThere ? readingFromReplica(done) : done()), done);
  });
  if (!database.replica) return;
  app.addHook('onSend', async (request, reply) => {
    const notes = notesOf(request.routeOptions.schema);
    if (!notes || notes.access === 'open' || reply.statusCode >= 400) return;
    // What it has seen is at most this.
    reply.header(HEADER, String((await records.revision()).seq));
  });
}
