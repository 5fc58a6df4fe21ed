/** Work that is done once however often it is asked for: its answer is kept in the transaction of its effect. */
import { expectHolds } from '../access/holding.ts';
import type { Caller } from '../changes/service.ts';
import type { Clock } from '../clock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { Problem } from '../http/problems.ts';
import { Replayed } from '../http/replayed.ts';
import * as repository from './repository.ts';

const KEPT_MS = 24 * 60 * 60 * 1_000;

/**
 * A write of its own, once for the caller's `Idempotency-Key`. Two that arrive at the same moment, at whatever
 * instance, are written one after the other: the second finds the answer of the first. What fails is not kept.
 * @throws Replayed with the answer of the first time; Problem 422 when that was to another request
 */
export const once = <T>(
  { database, clock }: { database: Database; clock: Clock },
  caller: Caller,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> =>
  database.write(async (tx) => {
    await expectHolds(tx, caller, clock.now());
    const { id, retry } = caller;
    if (!retry || id === undefined) return work(tx);
    const oldest = new Date(clock.milliseconds() - KEPT_MS).toISOString();
    const kept = await repository.findAnswer(tx, id, retry.key);
    if (kept && kept.createdAt >= oldest) {
      if (kept.fingerprint !== retry.fingerprint) throw new Problem('request.idempotency_key_reused');
      throw new Replayed(kept);
    }
    const value = await work(tx);
    await repository.dropAnswersBefore(tx, oldest);
    const { key, fingerprint } = retry;
    await repository.keepAnswer(tx, {
      caller: id,
      key,
      fingerprint,
      createdAt: clock.now(),
      ...retry.answer(value),
    });
    return value;
  });
