/** How often one may ask: each key, and each address that sends keys which do not hold. Counted in each instance. */
import type { RateLimitPluginOptions } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { Problem } from '../http/problems.ts';

const WINDOW_MS = 60_000;
const MAX_COUNTED = 20_000;

/** For `app.register(rateLimit, …)`: nothing is limited but by `limitsOf`, and memory is bounded. */
export const rateLimitOptions: RateLimitPluginOptions = { global: false, cache: MAX_COUNTED };

export interface Limits {
  /** Counts a request of a key, and tells the client what is left once that is half. @returns Problem 429, if nothing was */
  spend(keyId: string, reply: FastifyReply): Problem | undefined;
  /** Before a key is looked up that has not been seen to hold. @throws Problem 429 */
  expectFewFailures(request: FastifyRequest): Promise<void>;
  /** Counts a key that does not hold. @throws Problem 429 */
  noteFailure(request: FastifyRequest): Promise<void>;
}

/** The fields of the IETF draft "RateLimit header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers-10). */
const policyOf = (name: string, max: number): string => `"${name}";q=${max};w=${WINDOW_MS / 1000}`;
const leftOf = (name: string, left: number, seconds: number): string => `"${name}";r=${left};t=${seconds}`;

const kinds = { key: 'request.too_many', 'failed-keys': 'access.too_many_failures' } as const;

const tooMany = (name: keyof typeof kinds, max: number, seconds: number): Problem =>
  new Problem(kinds[name], {
    values: { max, seconds },
    headers: {
      'ratelimit-policy': policyOf(name, max),
      ratelimit: leftOf(name, 0, seconds),
      'retry-after': String(seconds),
    },
  });

/** @param app with the plugin of `rateLimitOptions` */
export function limitsOf(
  app: FastifyInstance,
  clock: Clock,
  { RATE_LIMIT, FAILED_KEYS_LIMIT }: Pick<Config, 'RATE_LIMIT' | 'FAILED_KEYS_LIMIT'>,
): Limits {
  // Not by the plugin: its promises cost a request a quarter of an answer from memory.
  const requests = new LRUCache<string, { count: number; endsAt: number }>({ max: MAX_COUNTED });
  const policy = policyOf('key', RATE_LIMIT);
  // By address, of version 6 by its /64, which is one network.
  const failures = app.createRateLimit({ max: FAILED_KEYS_LIMIT, timeWindow: WINDOW_MS });

  return {
    spend: (keyId, reply) => {
      if (RATE_LIMIT === 0) return undefined;
      const now = clock.milliseconds();
      let window = requests.get(keyId);
      if (!window || now >= window.endsAt) {
        window = { count: 0, endsAt: now + WINDOW_MS };
        requests.set(keyId, window);
      }
      window.count += 1;
      const left = RATE_LIMIT - window.count;
      const seconds = Math.ceil((window.endsAt - now) / 1000);
      if (left < 0) return tooMany('key', RATE_LIMIT, seconds);
      // Two more headers on every answer would cost most clients more than they are worth to any.
      if (left <= RATE_LIMIT / 2) {
        reply.headers({ 'ratelimit-policy': policy, ratelimit: leftOf('key', left, seconds) });
      }
      return undefined;
    },

    expectFewFailures: async (request) => {
      if (FAILED_KEYS_LIMIT === 0) return;
      const count = await failures(request, { increment: false });
      if (!count.isAllowed && count.remaining === 0) {
        throw tooMany('failed-keys', FAILED_KEYS_LIMIT, count.ttlInSeconds);
      }
    },

    noteFailure: async (request) => {
      if (FAILED_KEYS_LIMIT === 0) return;
      const count = await failures(request);
      if (!count.isAllowed && count.isExceeded) {
        throw tooMany('failed-keys', FAILED_KEYS_LIMIT, count.ttlInSeconds);
      }
    },
  };
}
