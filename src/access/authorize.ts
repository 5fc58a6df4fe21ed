/** Authorization: the one place where a request is allowed or refused. */
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { Config } from '../core/config.ts';
import type { Asker } from '../database/asker.ts';
import { retryOf } from '../http/idempotency.ts';
import { type Access, notesOf } from '../http/notes.ts';
import { Problem } from '../http/problems.ts';
import { type Answer, sendAnswer } from '../http/replayed.ts';
import { unauthorized } from '../log/holding.ts';
import type { Caller } from '../log/service.ts';
import { type Limits, networkOf } from './limits.ts';
import type { Role } from './schema.ts';
import type { Identity, KeyService } from './service.ts';
import type { StreamTokens } from './stream-tokens.ts';

type Rights = Exclude<Access, 'open'>;

/** The minimum role for each level of rights. */
const NEEDED: Record<Rights, Role> = {
  statistics: 'viewer',
  read: 'viewer',
  key: 'viewer',
  edit: 'editor',
  administer: 'admin',
};

const RANK: Record<Role, number> = { viewer: 1, editor: 2, admin: 3 };

/** What needs no key, by ANONYMOUS_READ. */
export const anonymousAccess: Record<Config['ANONYMOUS_READ'], readonly Access[]> = {
  none: ['open'],
  statistics: ['open', 'statistics'],
  all: ['open', 'statistics', 'read'],
};

type AnonymousConfig = Pick<Config, 'ANONYMOUS_READ' | 'ANONYMOUS_MIN_GROUP'>;

const ANONYMOUS_CALLER = { actor: 'anonymous', regions: null, role: null } as const;

/** Whether the key that authorized a request is still valid, as far as can be determined. */
export type StillHolds = (request: FastifyRequest) => Promise<boolean>;

/**
 * Requires every route to declare its access, and checks the key of every request against it.
 * @param revealing parameters that need a key if only statistics are public
 */
export function authorize(
  app: FastifyInstance,
  keys: KeyService,
  tokens: StreamTokens,
  limits: Limits,
  { ANONYMOUS_READ: anonymousRead, ANONYMOUS_MIN_GROUP: fewest }: AnonymousConfig,
  revealing: readonly string[],
): StillHolds {
  app.addHook('onRoute', (route) => {
    const notes = notesOf(route.schema);
    const access = notes?.access ?? route.config?.access;
    if (!access) throw new Error(`${route.method} ${route.url} does not say who may use it.`);
    route.config = { ...route.config, access, takesToken: notes?.takesToken ?? false };
  });

  const open = anonymousAccess[anonymousRead];

  function anonymous(request: FastifyRequest, access: Access): Problem | undefined {
    if (!open.includes(access)) return unauthorized('access.key_required');
    if (access === 'statistics' && anonymousRead === 'statistics') {
      const asked = request.query as Record<string, unknown>;
      const parameter = revealing.find((name) => asked[name] !== undefined);
      if (parameter) return unauthorized('access.parameter_needs_key', { parameter });
      request.fewest = fewest;
    }
    request.caller = { ...ANONYMOUS_CALLER, requestId: request.id };
    return undefined;
  }

  function identified(
    request: FastifyRequest,
    reply: FastifyReply,
    access: Rights,
    who: Identity,
  ): Problem | undefined {
    const needed = NEEDED[access];
    const { id, actor, role, regions, asOf } = who;
    request.caller = { id, actor, requestId: request.id, regions, role, asOf };
    const tooMany = limits.spend(id, reply);
    if (tooMany) return tooMany;
    return RANK[role] < RANK[needed] ? new Problem('access.role', { values: { needed, role } }) : undefined;
  }

  function admit(
    identity: Promise<Identity>,
    request: FastifyRequest,
    reply: FastifyReply,
    access: Rights,
    done: HookHandlerDoneFunction,
  ): void {
    identity.then(
      (found) => done(identified(request, reply, access, found)),
      (error) => done((error instanceof Problem && limits.noteFailure(request.ip)) || error),
    );
  }

  app.decorateRequest('caller');
  app.decorateRequest('fewest', 1);
  app.decorateReply('asker', {
    getter() {
      return askerOf(this as FastifyReply);
    },
  });
  app.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => {
    // Only the handler for unknown paths is not a route; it refuses everything anyway.
    const access = request.routeOptions.config.access ?? 'open';
    const { authorization } = request.headers;
    const { token } = request.query as { token?: unknown };
    if (token !== undefined && request.routeOptions.config.takesToken) {
      if (authorization !== undefined) return done(new Problem('access.two_credentials'));
      if (!tokens.mayHold(token)) return done(unauthorized('access.invalid_token'));
      const tooMany = limits.tooManyFailures(request.ip);
      return tooMany ? done(tooMany) : admit(tokens.redeem(token), request, reply, access as Rights, done);
    }
    if (access === 'open' || authorization === undefined) return done(anonymous(request, access));
    // Keys known to be valid still work from an address that has used up its failed attempts.
    const tooMany = keys.recognizes(authorization) ? undefined : limits.tooManyFailures(request.ip);
    if (tooMany) return done(tooMany);
    admit(keys.identify(authorization), request, reply, access, done);
  });

  const stillHolds: StillHolds = async ({ headers: { authorization }, caller: { id } }) => {
    if (id === undefined) return true;
    const key = authorization === undefined ? keys.identifyById(id) : keys.identify(authorization);
    return key.then(
      () => true,
      (error) => !(error instanceof Problem),
    );
  };
  app.decorateRequest('stillHolds', function (this: FastifyRequest) {
    return stillHolds(this);
  });
  return stillHolds;
}

/** The caller for queueing: a key, or a network without one, for as long as it is connected. */
function askerOf({ request: { caller, ip }, raw }: FastifyReply): Asker {
  const left = new AbortController();
  if (raw.destroyed) left.abort();
  raw.once('close', () => raw.writableFinished || left.abort());
  return { names: [caller.id ?? networkOf(ip)], hasKey: caller.id !== undefined, signal: left.signal };
}

/** The caller of a request. */
export const callerOf = (request: FastifyRequest): Caller & { role: Role | null } => request.caller;

/**
 * Runs the work of a POST and responds; only once if the request has an `Idempotency-Key`.
 * @param answer responds with the result of the work
 */
export async function answerOnce<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: (value: T) => Answer,
  work: (caller: Caller) => Promise<T>,
): Promise<FastifyReply> {
  const value = await work({ ...request.caller, retry: retryOf(request, answer) });
  return sendAnswer(reply, answer(value));
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route; set by its schema (`operation`) unless it is not in the document. */
    access?: Access;
    /** Whether a token in the address may take the place of the header. */
    takesToken?: boolean;
  }
  interface FastifyReply {
    /** The caller on whose behalf queued work runs (`onBehalfOf`). */
    readonly asker: Asker;
  }
  interface FastifyRequest {
    caller: Caller & { role: Role | null };
  }
}
