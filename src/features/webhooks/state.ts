/** How far a webhook has been told, and its secrets: what is not in the change log. */
import type { Transaction } from '../../database/database.ts';
import * as repository from './repository.ts';
import { newSecret } from './signing.ts';

/** A state without failures. */
export const trying = { message: null, failures: 0, failingSince: null, nextAttemptAt: null };

/** @param cursor the last entry that it need not be told */
export const newState = (id: string, cursor: number): repository.State => ({
  id,
  secret: newSecret(),
  formerSecret: null,
  formerUntil: null,
  cursor,
  ...trying,
  attempts: 0,
  owner: null,
  seenAt: '',
});

/**
 * Of a restored database: nobody tells its webhooks yet, and none has been told what the log no longer says. One that
 * had been deleted before its secret was carried gets another, which must be changed to be known.
 */
export async function settleStates(tx: Transaction): Promise<void> {
  const { seq } = tx.log;
  await repository.releaseStates(tx);
  await repository.updateStatesAfter(tx, seq, { cursor: seq, ...trying });
  for (const id of await repository.idsWithoutState(tx)) await repository.insertState(tx, newState(id, seq));
}
