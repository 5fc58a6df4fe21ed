/**
 * Responses about collections, which depend only on the revision, the effective day and the query. They are reused
 * while these stay the same, with 304 for a client that has them, at the cost of reading the revision.
 */
import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.ts';
import { byLabel, type MetricSource } from '../core/metrics.ts';
import { type Asker, Askers, onBehalfOf } from '../database/asker.ts';
import type { Database, Revision } from '../database/database.ts';
import type { Kept } from './compression.ts';
import { isFresh, PERMANENT, REVALIDATE } from './conditional.ts';
import { varyByFormat, wantsJson } from './formats.ts';
import { type Known, permalinkOf, pinned } from './known.ts';
import { notesOf } from './notes.ts';
import { projectedPage } from './projection.ts';

/** The result of a service, and the revision it was computed from. */
export interface Computed {
  revision: Revision;
  body: object;
}

interface Answer extends Kept {
  etag: string;
  /** The revision's hash, which unlike its number also changes when a backup is restored; null for one that stays. */
  revision: string | null;
  /** The day of the response if the request gave none, so that it is valid today only. */
  day: string | null;
  text: string;
}

export interface Answers {
  /** Route hook: sends the cached response if it is still valid. */
  reuse(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void;
  /**
   * Computes and sends a response, and caches it for `reuse` if the route has that hook.
   * @param variant distinguishes responses of one URL to different callers
   * @param asOf the day given by the request; if undefined, `compute` gets today
   */
  send(
    request: FastifyRequest,
    reply: FastifyReply,
    asOf: string | undefined,
    compute: (day: string) => Promise<Computed>,
    headers?: (body: object) => Readonly<Record<string, string>>,
    variant?: string,
  ): Promise<FastifyReply>;
  /** As `send`, for a file made from the result. */
  sendFile(
    request: FastifyRequest,
    reply: FastifyReply,
    asOf: string | undefined,
    variant: string,
    compute: (day: string) => Promise<Computed>,
    toFile: (body: object, revision: Revision, day: string) => Promise<File>,
  ): Promise<FastifyReply>;
  /** How often a response was there already. */
  readonly metrics: MetricSource;
  /** Whether the client has the response already; for streamed responses, which are not cached. */
  validate(request: FastifyRequest, asOf: string | undefined, variant: string): Promise<Validation>;
}

/** The identity of the response if it were made now. */
export interface Validation {
  day: string;
  etag: string;
  /** The client has it already and gets 304. */
  fresh: boolean;
  /** The ETag at another revision. */
  etagAt(revision: Revision): string;
}

/** What figures say of themselves. */
export interface Telling {
  /** The version of the definitions that they follow. */
  definitionsVersion: number;
  told(revision: number): Promise<Known>;
}

export interface File {
  headers: Readonly<Record<string, string>>;
  content: Buffer;
}

/**
 * @param maxBytes memory for cached responses
 * @param build version of the service: another version may respond differently to the same data
 * @param known what figures say of themselves
 */
export function createAnswers(
  database: Database,
  clock: Clock,
  maxBytes: number,
  build: string,
  known: Telling,
): Answers {
  const kept =
    maxBytes > 0 ? new LRUCache<string, Answer>({ maxSize: maxBytes, sizeCalculation: sizeOf }) : null;
  const counts = { kept: 0, shared: 0, computed: 0 };
  /** Running computations; identical concurrent requests share one. */
  const underWay = new Map<string, { askers: Askers; computed: Promise<Computed> }>();

  /** A permanent answer is the same of every version of the service. */
  const etagFor = (revision: Revision, day: string, url: string, isPermanent: boolean): string =>
    `"${revision.seq}-${hash('sha256', `${isPermanent ? '' : build} ${revision.hash} ${day} ${url}`, 'base64url').slice(0, 22)}"`;

  /** Adds what an answer knows, and links that keep it. */
  async function told(request: FastifyRequest, { revision, body }: Computed, day: string): Promise<object> {
    const { asKnown } = notesOf(request.routeOptions.schema) ?? {};
    if (!asKnown || (asKnown === 'records' && !request.known)) return body;
    const { links, ...fields } = (request.known ? pinned(body, revision.seq) : body) as {
      links?: object;
      language?: string;
    };
    const fixed = {
      asOf: day,
      revision: revision.seq,
      definitionsVersion: known.definitionsVersion,
      lang: fields.language,
    };
    // Without a key, only the latest figures are open: any difference between two revisions could single out a project.
    const isPinned = asKnown === 'figures' && request.fewest <= 1;
    const permalink = isPinned && { permalink: permalinkOf(request, fixed) };
    return {
      ...fields,
      known: await known.told(revision.seq),
      ...((links || permalink) && { links: { ...links, ...permalink } }),
    };
  }

  function share(key: string, asker: Asker, compute: () => Promise<Computed>): Promise<Computed> {
    const joined = underWay.get(key);
    if (joined) {
      counts.shared += 1;
      joined.askers.add(asker);
      return joined.computed;
    }
    counts.computed += 1;
    const askers = new Askers();
    askers.add(asker);
    const forget = () => underWay.get(key)?.askers === askers && underWay.delete(key);
    // After all callers have disconnected, the same request is computed again.
    askers.signal.addEventListener('abort', forget, { once: true });
    const computed = onBehalfOf(askers, compute).finally(forget);
    underWay.set(key, { askers, computed });
    return computed;
  }

  async function validate(request: FastifyRequest, asOf: string | undefined, variant: string) {
    const day = asOf ?? clock.today();
    const url = `${addressOf(request)}${variant && ` ${variant}`}`;
    const before = request.known ?? (await database.revision());
    const etagAt = (revision: Revision) => etagFor(revision, day, url, request.permanent);
    const etag = etagAt(before);
    // `*` asks whether the resource exists, which is known only once it is computed.
    const fresh = request.headers['if-none-match'] !== '*' && isFresh(request, etag);
    return { day, etag, etagAt, fresh, key: `${before.hash} ${day} ${url}` };
  }

  return {
    reuse: (request, reply, done) => {
      if (!wantsJson(request)) return done();
      const answer = kept?.get(addressOf(request));
      if (!answer || (answer.day !== null && answer.day !== clock.today())) return done();
      const send = () => {
        counts.kept += 1;
        reply.kept = answer;
        sendText(request, varyByFormat(reply), answer.etag, answer.text);
      };
      if (answer.revision === null) {
        request.permanent = true;
        return send();
      }
      database.revision().then((revision) => {
        if (answer.revision !== revision.hash) return done();
        send();
      }, done);
    },

    send: async (request, reply, asOf, compute, headers, variant = '') => {
      const { day, etag, etagAt, fresh, key } = await validate(request, asOf, variant);
      if (fresh) return sendText(request, reply, etag, '');
      const computed = await share(key, reply.asker, () => compute(day));
      const { revision, body } = computed;
      const answer: Answer = {
        etag: etagAt(revision),
        revision: request.permanent ? null : revision.hash,
        day: asOf === undefined ? day : null,
        text: JSON.stringify(projectedPage(request, await told(request, computed, day))),
      };
      if (request.routeOptions.config.reusable && kept) {
        const address = addressOf(request);
        answer.keep = (encoding, compressed) => {
          const now = kept.peek(address);
          // A new object, because the cache recalculates the size only then.
          if (now?.etag === answer.etag) {
            kept.set(address, { ...now, compressed: { ...now.compressed, [encoding]: compressed } });
          }
        };
        kept.set(address, answer);
        reply.kept = answer;
      }
      if (headers) reply.headers(headers(body));
      return sendText(request, reply, answer.etag, answer.text);
    },

    sendFile: async (request, reply, asOf, variant, compute, toFile) => {
      const { day, etag, etagAt, fresh, key } = await validate(request, asOf, variant);
      reply.headers({ etag, 'cache-control': REVALIDATE });
      if (fresh) return reply.code(304).send();
      const { revision, body } = await share(key, reply.asker, () => compute(day));
      const { headers, content } = await toFile(body, revision, day);
      return reply.headers({ ...headers, etag: etagAt(revision) }).send(content);
    },

    validate,

    metrics: () => [
      ...byLabel(
        {
          name: 'luodi_answers_total',
          help: 'Responses about collections: kept from before, shared with a request under way, or computed.',
          type: 'counter',
        },
        'origin',
        counts,
      ),
      {
        name: 'luodi_answers_bytes',
        help: 'Memory of kept responses.',
        type: 'gauge',
        value: kept?.calculatedSize ?? 0,
      },
    ],
  };
}

/** The cache key: the URL, and the minimum group size for callers with restricted statistics. */
const addressOf = ({ url, fewest }: FastifyRequest): string => (fewest > 1 ? `${url} ${fewest}` : url);

const sizeOf = ({ text, compressed = {} }: Answer, url: string): number =>
  Object.values(compressed).reduce((sum, { length }) => sum + length, 2 * (text.length + url.length) + 256);

function sendText(request: FastifyRequest, reply: FastifyReply, etag: string, text: string): FastifyReply {
  reply.headers({ etag, 'cache-control': request.permanent ? PERMANENT : REVALIDATE });
  if (isFresh(request, etag)) return reply.code(304).send();
  return reply.header('content-type', 'application/json; charset=utf-8').send(text);
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Smallest number of projects that a figure for this caller may concern; 1 without restriction. */
    fewest: number;
  }
  interface FastifyContextConfig {
    /** Responses of this route are cached. */
    reusable?: true;
  }
}
