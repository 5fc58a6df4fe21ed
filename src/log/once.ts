/** Work that is done once however often it is requested: its response is stored in the transaction of its effect. */

import type { Clock } from '../core/clock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { Problem } from '../http/problems.ts';
import { Replayed } from '../http/replayed.ts';
import { expectHolds } from './holding.ts';
import * as repository from './kept-answers.ts';
import type { Caller } from './service.ts';

const KEPT_MS = 24 * 60 * 60 * 1_000;
const MIB = 1024 * 1024;

/** Of one API key. Beyond it nothing is dropped, which might then be done twice: it takes no more. */
export const KEPT = { answers: 100_000, bytes: 256 * MIB } as const;

/** How many that are too old are dropped with each that is kept. */
const DROPPED_AT_ONCE = 1_000;

/** Size of a row besides the response: its key of up to 255 characters is also in an index. */
const ROW_BYTES = 1_000;

/**
 * A write of its own, once for the caller's `Idempotency-Key`. Two that arrive at the same moment, at whatever
 * instance, are written one after the other: the second finds the answer of the first. What fails is not kept, nor is
 * what changed nothing: it does as little when it is done again.
 * @param isLogged whether all that the work does stands in the log of changes
 * @throws Replayed with the answer of the first time; Problem 422 when that was to another request, 429 where too many
 * are kept
 */
export const once = <T>(
  { database, clock }: { database: Database; clock: Clock },
  caller: Caller,
  work: (tx: Transaction) => Promise<T>,
  { isLogged = true }: { isLogged?: boolean } = {},
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
      throw new Replayed(kept);
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

/** @throws Problem 429 where as many answers are kept for a caller as may be */
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
