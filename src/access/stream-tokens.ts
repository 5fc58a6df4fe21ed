/** Tokens that open one stream of changes: `EventSource` in browsers cannot send a key, only an address. */
import type { Clock } from '../core/clock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { Problem } from '../http/problems.ts';
import { expectHolds, unauthorized } from '../log/holding.ts';
import type { Caller } from '../log/service.ts';
import { expiryOf, hashOfKey, newStreamToken } from './key-format.ts';
import type { StreamToken } from './schema.ts';
import type { Identity, KeyService } from './service.ts';
import * as repository from './token-repository.ts';

/** Long enough to open a stream; an address may stay in the log of a proxy. */
const VALID_MS = 60_000;

/** Maximum number of tokens of one key that are neither used nor expired. */
export const MAX_TOKENS = 100;

/** Maximum number of expired tokens dropped whenever one is made: more than are made. */
const DROPPED_AT_ONCE = 100;

export interface StreamTokens {
  /** @throws Problem 401 without a key, 429 if the key has too many tokens */
  create(caller: Caller): Promise<StreamToken>;
  /** Whether the token can still be valid. A browser that reconnects sends one that cannot, by itself. */
  mayHold(token: unknown): token is string;
  /**
   * Uses up a token.
   * @returns the key that asked for it
   * @throws Problem 401 if the token is unknown, used or expired, or its key is no longer valid
   */
  redeem(token: string): Promise<Readonly<Identity>>;
}

export const streamTokens = ({
  database,
  clock,
  keys,
}: {
  database: Database;
  clock: Clock;
  keys: Pick<KeyService, 'identifyById'>;
}): StreamTokens => ({
  create: (caller) =>
    database.write(async (tx) => {
      const { id: keyId } = caller;
      if (keyId === undefined) throw unauthorized('access.key_required');
      const now = clock.now();
      await expectHolds(tx, caller, now);
      await repository.dropExpiredTokens(tx, now, DROPPED_AT_ONCE);
      const { total, firstEnds } = await repository.liveTokens(tx, keyId, now);
      if (firstEnds !== null && total >= MAX_TOKENS) throw tooMany(Date.parse(firstEnds) - Date.parse(now));
      const token = newStreamToken(Date.parse(now) + VALID_MS);
      const expiresAt = new Date(expiryOf(token) ?? 0).toISOString();
      await repository.insertToken(tx, { hash: hashOfKey(token), keyId, expiresAt });
      return { token, expiresAt };
    }),

  mayHold: (token): token is string =>
    typeof token === 'string' && (expiryOf(token) ?? 0) > clock.milliseconds(),

  redeem: async (token) => {
    const hash = hashOfKey(token);
    // Only a token that there is waits for the writer.
    const exists = await repository.findToken(database.read, hash);
    const found = exists && (await database.write((tx) => take(tx, hash)));
    if (!found || found.expiresAt <= clock.now()) throw unauthorized('access.invalid_token');
    return keys.identifyById(found.keyId);
  },
});

/** Writes are serialized across instances, so only one request finds the token. */
async function take(tx: Transaction, hash: string): Promise<repository.TokenRecord | undefined> {
  const found = await repository.findToken(tx, hash);
  if (found) await repository.dropToken(tx, hash);
  return found;
}

function tooMany(waitMs: number): Problem {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  return new Problem('access.too_many_tokens', {
    values: { max: MAX_TOKENS, seconds },
    headers: { 'retry-after': String(seconds) },
  });
}
