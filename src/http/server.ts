/** The Fastify instance that every feature is registered on: limits, parsing, validation, and one shape for errors. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Clock } from '../core/clock.ts';
import { duplicateKeyIn } from '../core/json.ts';
import { ARRIVAL_MS, limitArrival } from './arrival.ts';
import { noteBody } from './idempotency.ts';
import { logRequests } from './logging.ts';
import { type ProblemKind, problems, titles } from './messages.ts';
import { MERGE_PATCH } from './operation.ts';
import {
  invalid,
  Problem,
  problemHandler,
  SECURITY,
  standardHeaders,
  unsupportedMediaType,
} from './problems.ts';
import { gatherFaults, validatorFor } from './validation.ts';

export interface ServerOptions {
  logger: Logger;
  bodyLimit: number;
  trustProxy: readonly string[];
  clock: Clock;
  /** How long the body of a request may take to arrive, where its route gives it no more. */
  arrivalMs?: number;
  /** Aborted once the service is about to stop: connections are not kept any more. */
  stopping?: AbortSignal | undefined;
}

/** How long a client may take to send the head of its request, and the service to answer. */
const HEAD_TIMEOUT_MS = 30_000;
/** More than any route gives to a body. */
const REQUEST_TIMEOUT_MS = 1_200_000;
const HANDLER_TIMEOUT_MS = 60_000;
/** Longer than proxies keep theirs, so that it is the proxy that closes an idle connection. */
const KEEP_ALIVE_MS = 72_000;

export function createServer({
  logger,
  bodyLimit,
  trustProxy,
  clock,
  arrivalMs = ARRIVAL_MS,
  stopping,
}: ServerOptions): FastifyInstance {
  const handleProblem = problemHandler(logger);
  const app = Fastify({
    bodyLimit,
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: HANDLER_TIMEOUT_MS + ARRIVAL_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { headersTimeout: HEAD_TIMEOUT_MS, maxHeaderSize: 16_384, requireHostHeader: false },
    routerOptions: { maxParamLength: 200 },
    genReqId,
    clientErrorHandler: clientErrorHandler(logger),
    frameworkErrors: handleProblem,
    // What still arrives on an open connection while the service stops is answered, and the connection then closed.
    return503OnClosing: false,
    // Zod validates and answers are text already: Ajv and its serializer would be loaded for nothing.
    schemaController: {
      compilersFactory: {
        buildValidator: () => validatorFor(clock) as never,
        buildSerializer: () => () => JSON.stringify,
      },
    },
  });

  // A timer for each request costs half as much again as answering from memory. What reads is bounded by the database
  // and, like everything, by the connection's own timeout.
  app.addHook('onRoute', (route) => {
    if (route.method !== 'GET' && route.method !== 'HEAD') route.handlerTimeout ??= HANDLER_TIMEOUT_MS;
  });
  app.setErrorHandler(handleProblem);
  app.setNotFoundHandler(() => {
    throw new Problem('request.unknown_path');
  });

  // Text is not a body that anything here takes; a merge patch is JSON by another name.
  app.removeContentTypeParser('text/plain');
  const parseJson = app.getDefaultJsonParser('error', 'error');
  const parse = (
    request: FastifyRequest,
    body: Buffer,
    done: (error: Error | null, body?: unknown) => void,
  ) => {
    refuseOtherMediaTypes(request);
    noteBody(request, body);
    const text = decode(body);
    parseJson(request, text, (error, value) => {
      const pointer = error ? undefined : duplicateKeyIn(text, value);
      done(pointer === undefined ? error : invalid([{ pointer, code: 'duplicate_key' }]), value);
    });
  };
  app.removeContentTypeParser('application/json');
  for (const type of MERGE_PATCH) app.addContentTypeParser(type, { parseAs: 'buffer' }, parse);

  logRequests(app, logger);
  limitArrival(app, arrivalMs);
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  // Hooks call back rather than promise: a promise each costs a request more than all that they do.
  app.addHook('onRequest', (request, reply, done) => {
    if (closing || stopping?.aborted) reply.header('connection', 'close');
    reply.headers(standardHeaders(request));
    // Left to Node, this would be refused in another shape.
    const nameless = request.headers.host === undefined && request.raw.httpVersion === '1.1';
    done(nameless ? new Problem('request.malformed', { values: { reason: 'Host' } }) : undefined);
  });
  gatherFaults(app);
  return app;
}

/** The client's own request id where it is a plain one, else a new one. */
function genReqId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  // It stays in the change log forever, so it must not contain a key sent by mistake.
  const isFit = typeof given === 'string' && /^(?!.*luodi_)[A-Za-z0-9_-]{8,64}$/.test(given);
  return isFit ? given : newRequestId();
}

/** Of this process, in this life of it; with a count, unlike any other. */
const life = randomUUID().slice(0, 8);
let requests = 0;
const newRequestId = (): string => `${life}-${(++requests).toString(36).padStart(6, '0')}`;

/** @throws Problem 415 for another charset than UTF-8, and for a merge patch that is not a PATCH */
function refuseOtherMediaTypes(request: FastifyRequest): void {
  const type = request.headers['content-type'] ?? '';
  const charset = /charset\s*=\s*"?([^;"\s]+)/i.exec(type)?.[1]?.toLowerCase() ?? 'utf-8';
  const misplaced = type.includes('merge-patch') && request.method !== 'PATCH';
  if (misplaced || (charset !== 'utf-8' && charset !== 'utf8')) throw unsupportedMediaType(request);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws Problem 400 for bytes that are not UTF-8, whose characters would be lost */
function decode(body: Buffer): string {
  try {
    return utf8.decode(body);
  } catch (cause) {
    throw new Problem('request.malformed_json', { cause });
  }
}

const clientErrors: Readonly<Record<string, ProblemKind>> = {
  HPE_HEADER_OVERFLOW: 'request.headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request.timeout',
};

/** What is not even HTTP is answered in the same shape, by hand: there is no request yet. */
const clientErrorHandler = (logger: Logger) => (error: NodeJS.ErrnoException, socket: Socket) => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const kind = clientErrors[error.code ?? ''] ?? 'request.malformed';
  const problem = new Problem(kind, { values: { reason: 'parse error' }, cause: error });
  const { status } = problems[kind];
  const requestId = newRequestId();
  logger.info({ requestId, err: { code: error.code, message: error.message } }, 'client error');
  const body = JSON.stringify({
    type: `urn:luodi:problem:${kind}`,
    title: titles[status].en,
    status,
    detail: problem.message,
    instance: '',
    code: kind,
    requestId,
  });
  if (!socket.writable) return;
  const cut = () => socket.destroy();
  const head = Object.entries({
    ...SECURITY,
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-request-id': requestId,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  socket.end(
    `HTTP/1.1 ${status} ${titles[status].en}\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
    // Who has taken too long could go on taking longer over a connection of which only one half is closed.
    kind === 'request.timeout' ? cut : undefined,
  );
};

/** Sorts addresses as the router tries them: in each part, what is spelled out before a parameter. */
const orderOf = (url: string): string => url.replaceAll(/\/[:*][^/]*/g, '/\uffff');

/** Whether something that one address matches, the pattern of another matches as well. */
function meets(url: string, other: { url: string; pattern: RegExp }): boolean {
  const parts = other.url.split('/');
  const filled = url.split('/').map((part, i) => (part.startsWith(':') ? (parts[i] ?? part) : part));
  return other.pattern.test(filled.join('/'));
}

/** What matches the addresses of a route. */
const patternOf = (url: string): RegExp =>
  new RegExp(`^${url.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll(/:\w+/g, '[^/]+')}$`);

/**
 * Answers every known path: OPTIONS with what it takes, 405 to any other method. Call before the routes are
 * registered; what it returns, after.
 */
export function refuseOtherMethods(app: FastifyInstance): () => void {
  const known = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ method, url }) => {
    const methods = known.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    known.set(url, methods);
  });
  const paths: { url: string; pattern: RegExp; methods: ReadonlySet<string>; allowed: string }[] = [];
  const refusal = (method: string, allowed: string) =>
    new Problem('request.method_not_allowed', { values: { method, allowed }, headers: { allow: allowed } });
  // Routes of their own for all other methods would be most of all routes, and a tenth of each start. Refused before
  // the body is read: what it is does not matter.
  app.addHook('onRequest', (request, _, done) => {
    if (!request.is404) return done();
    const path = request.url.split('?', 1)[0] as string;
    const known = paths.find(({ pattern }) => pattern.test(path));
    done(known && refusal(request.method, known.allowed));
  });
  return () => {
    // What is spelled out comes before what has a parameter in its place, as it does for the router.
    const spelled = [...known].toSorted(([a], [b]) => (orderOf(a) < orderOf(b) ? -1 : 1));
    for (const [url, methods] of spelled) {
      const allowed = [...methods, 'OPTIONS'].sort().join(', ');
      paths.push({ url, pattern: patternOf(url), methods, allowed });
    }
    for (const { url, methods, allowed } of paths) {
      const common = { url, schema: { hide: true }, config: { access: 'open' as const } };
      app.route({
        ...common,
        method: 'OPTIONS',
        handler: (_, reply) => reply.code(204).header('allow', allowed).send(),
      });
      // Else the router takes what is spelled out for a parameter of another path, whose methods it does not have.
      const others = paths.filter((other) => orderOf(url) < orderOf(other.url) && meets(url, other));
      const taken = new Set(others.flatMap((other) => [...other.methods].filter((one) => !methods.has(one))));
      // The route of GET answers HEAD as well.
      if (taken.has('GET')) taken.delete('HEAD');
      for (const method of taken) {
        app.route({
          ...common,
          method,
          onRequest: async (request) => {
            throw refusal(request.method, allowed);
          },
          handler: () => undefined,
        });
      }
    }
  };
}
