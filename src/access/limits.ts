/** How often one may ask: each key, and each address that sends keys which do not hold. Counted in each instance. */
import type { RateLimitPluginOptions } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.ts';
import { Problem } from '../http/problems.ts';

const WINDOW_MS = 60_000;

/** For `app.register(rateLimit, …)`: nothing is limited but by `limitsOf`, and memory is bounded. */
export const rateLimitOptions: RateLimitPluginOptions = { global: false, cache: 20_000 };

export interface Limits {
  /** Counts a request of a key, and tells the client what is left. @throws Problem 429 */
  spend(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Before a key is looked up that has not been seen to hold. @throws Problem 429 */
  expectFewFailures(request: FastifyRequest): Promise<void>;
  /** Counts a key that does not hold. @throws Problem 429 */
  noteFailure(request: FastifyRequest): Promise<void>;
}

/** What the plugin says of a request that it counted. */
interface Count {
  max: number;
  remaining: number;
  ttlInSeconds: number;
}

/** The fields of the IETF draft "RateLimit header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers-10). */
const headersOf = (policy: string, { max, remaining, ttlInSeconds }: Count) => ({
  'ratelimit-policy': `"${policy}";q=${max};w=${WINDOW_MS / 1000}`,
  ratelimit: `"${policy}";r=${remaining};t=${ttlInSeconds}`,
});

const tooMany = (policy: string, count: Count): Problem =>
  new Problem('request.too_many', {
    values: { seconds: count.ttlInSeconds },
    headers: { ...headersOf(policy, count), 'retry-after': String(count.ttlInSeconds) },
  });

/** @param app with the plugin of `rateLimitOptions` */
export function limitsOf(
  app: FastifyInstance,
  { RATE_LIMIT, FAILED_KEYS_LIMIT }: Pick<Config, 'RATE_LIMIT' | 'FAILED_KEYS_LIMIT'>,
): Limits {
  const requests = app.createRateLimit({
    max: RATE_LIMIT,
    timeWindow: WINDOW_MS,
    keyGenerator: (request) => request.caller.id as string,
  });
  // By address, of version 6 by its /64, which is one network.
  const failures = app.createRateLimit({ max: FAILED_KEYS_LIMIT, timeWindow: WINDOW_MS });

  return {
    spend: async (request, reply) => {
      if (RATE_LIMIT === 0) return;
      const count = await requests(request);
      if (count.isAllowed) return;
      if (count.isExceeded) throw tooMany('key', count);
      reply.headers(headersOf('key', count));
    },

    expectFewFailures: async (request) => {
      if (FAILED_KEYS_LIMIT === 0) return;
      const count = await failures(request, { increment: false });
      if (!count.isAllowed && count.remaining === 0) throw tooMany('failed-keys', count);
    },

    noteFailure: async (request) => {
      if (FAILED_KEYS_LIMIT === 0) return;
      const count = await failures(request);
      if (!count.isAllowed && count.isExceeded) throw tooMany('failed-keys', count);
    },
  };
}
