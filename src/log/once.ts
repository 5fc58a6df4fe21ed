/**
 * Work that is done once however often it is requested: its response is stored in the transaction of its
 * effect.
 */

import type { Clock } from '../core/clock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { Problem } from '../http/problems.ts';
import { type Answer, Replayed } from '../http/replayed.ts';
import { expectHolds } from './holding.ts';
import * as repository from './kept-answers.ts';
import type { Caller } from './service.ts';

const KEPT_MS = 24 * 60 * 60 * 1_000;
const MIB = 1024 * 1024;

/**
 * Limits per API key. At the limit further requests are refused: dropping stored responses could repeat their
 * work.
 */
export const KEPT = { answers: 100_000, bytes: 256 * MIB } as const;

/** Maximum number of expired responses dropped whenever one is stored. */
const DROPPED_AT_ONCE = 1_000;

/** Overhead of a row besides the response: its key of up to 255 characters is also in an index. */
const ROW_BYTES = 1_000;

/**
 * Runs a write in its own transaction, once per `Idempotency-Key` of the caller. Concurrent requests with the
 * same key are serialized, across instances too: the second finds the response of the first. Failures and
 * work without changes are not stored, since repeating them is harmless.
 * @param isLogged whether the change log shows everything that the work changes
 * @param isVoid whether a stored response no longer counts, so that the work is done again
 * @throws Replayed with the first response; Problem 422 if the key was used for a different request, 429 if
 * too many responses are stored
 */
export const once = <T>(
  { database, clock }: { database: Database; clock: Clock },
  caller: Caller,
  work: (tx: Transaction) => Promise<T>,
  {
    isLogged = true,
    isVoid,
  }: { isLogged?: boolean; isVoid?: (tx: Transaction, kept: Answer) => Promise<boolean> } = {},
): Promise<T> =>
  database.write(async (tx) => {
    await expectHolds(tx, caller, clock.now());
    const { id, retry } = caller;
    if (!retry || id === undefined) return work(tx);
    const now = clock.milliseconds();
    const oldest = new Date(now - KEPT_MS).toISOString();
    const kept = await repository.findAnswer(tx, id, retry.key);
    if (kept && kept.createdAt >= oldest) {
      if (kept.fingerprint !== retry.fingerprint) throw new Problem('request.idempotency_key_reused');
      if (!(await isVoid?.(tx, kept))) throw new Replayed(kept);
    }
    const last = await repository.newestPlace(tx, id);
    if (last) await expectRoom(tx, id, last, now);
    const { seq } = tx.log;
    const value = await work(tx);
    if (isLogged && tx.log.seq === seq) return value;
    await repository.dropAnswersBefore(tx, oldest, DROPPED_AT_ONCE);
    if (kept) await repository.dropAnswer(tx, id, retry.key);
    const { key, fingerprint } = retry;
    const answer = retry.answer(value);
    await repository.keepAnswer(tx, {
      caller: id,
      key,
      fingerprint,
      createdAt: clock.now(),
      ordinal: (last?.ordinal ?? 0) + 1,
      bytesSoFar: (last?.bytesSoFar ?? 0) + Buffer.byteLength(answer.body) + ROW_BYTES,
      ...answer,
    });
    return value;
  });

/** @throws Problem 429 if the caller has reached the limit of stored responses */
async function expectRoom(
  tx: Transaction,
  caller: string,
  last: repository.Place,
  now: number,
): Promise<void> {
  const first = await repository.oldestPlace(tx, caller, new Date(now - KEPT_MS).toISOString());
  if (!first) return;
  const answers = last.ordinal - first.ordinal + 1;
  if (answers < KEPT.answers && last.bytesSoFar - first.bytesSoFar < KEPT.bytes) return;
  const seconds = Math.max(1, Math.ceil((Date.parse(first.createdAt) + KEPT_MS - now + 1) / 1_000));
  throw new Problem('request.too_many_kept', {
    values: { max: KEPT.answers, megabytes: KEPT.bytes / MIB, seconds },
    headers: { 'retry-after': String(seconds) },
  });
}
