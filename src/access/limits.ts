/** Rate limits for each key, and for each address that sends invalid keys. Counted per instance. */
import type { FastifyReply } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.ts';
import type { Config } from '../core/config.ts';
import { Problem } from '../http/problems.ts';

const WINDOW_MS = 60_000;
/** Above this number, the least recently seen counters are dropped. */
const MAX_COUNTED = 20_000;

export interface Limits {
  /**
   * Counts a request of a key, and tells the client its remaining quota.
   * @returns Problem 429 if the quota is used up
   */
  spend(keyId: string, reply: FastifyReply): Problem | undefined;
  /**
   * Called before looking up a key that is not known to be valid.
   * @returns Problem 429 after too many failures
   */
  tooManyFailures(address: string): Problem | undefined;
  /** Counts an invalid key. @returns Problem 429 after too many failures */
  noteFailure(address: string): Problem | undefined;
}

/**
 * The fields of the IETF draft "RateLimit header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers-10).
 */
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

/** Counts in windows of a minute, each of which starts with its first request. */
function counterOf(name: keyof typeof kinds, max: number, clock: Clock) {
  const windows = new LRUCache<string, { count: number; endsAt: number }>({ max: MAX_COUNTED });
  const current = (key: string) => {
    const window = windows.get(key);
    return window && clock.milliseconds() < window.endsAt ? window : undefined;
  };
  const secondsLeft = (endsAt: number) => Math.ceil((endsAt - clock.milliseconds()) / 1000);

  return {
    /** @returns the remaining quota, below 0 if exceeded, and the seconds until it is reset */
    count: (key: string): { left: number; seconds: number } => {
      let window = current(key);
      if (!window) {
        window = { count: 0, endsAt: clock.milliseconds() + WINDOW_MS };
        windows.set(key, window);
      }
      window.count += 1;
      return { left: max - window.count, seconds: secondsLeft(window.endsAt) };
    },
    /** @returns Problem 429 if the quota is used up */
    spent: (key: string): Problem | undefined => {
      const window = current(key);
      return window && window.count >= max ? tooMany(name, max, secondsLeft(window.endsAt)) : undefined;
    },
  };
}

/** The network of an address: for IPv6 its /64. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [, version4] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (version4 !== undefined) return version4;
  const [head = '', tail = ''] = address.split('::');
  const before = head.split(':').filter(Boolean);
  const after = tail.split(':').filter(Boolean);
  const zeros = address.includes('::')
    ? Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0')
    : [];
  return [...before, ...zeros, ...after]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

/** The limits of one instance. 0 disables a limit. */
export function limitsOf(
  clock: Clock,
  { RATE_LIMIT, FAILED_KEYS_LIMIT }: Pick<Config, 'RATE_LIMIT' | 'FAILED_KEYS_LIMIT'>,
): Limits {
  const requests = counterOf('key', RATE_LIMIT, clock);
  const failures = counterOf('failed-keys', FAILED_KEYS_LIMIT, clock);
  const policy = policyOf('key', RATE_LIMIT);

  return {
    spend: (keyId, reply) => {
      if (RATE_LIMIT === 0) return undefined;
      const { left, seconds } = requests.count(keyId);
      if (left < 0) return tooMany('key', RATE_LIMIT, seconds);
      reply.header('ratelimit-policy', policy).header('ratelimit', leftOf('key', left, seconds));
      return undefined;
    },

    tooManyFailures: (address) => (FAILED_KEYS_LIMIT === 0 ? undefined : failures.spent(networkOf(address))),

    noteFailure: (address) => {
      if (FAILED_KEYS_LIMIT === 0) return undefined;
      const { left, seconds } = failures.count(networkOf(address));
      return left < 0 ? tooMany('failed-keys', FAILED_KEYS_LIMIT, seconds) : undefined;
    },
  };
}
