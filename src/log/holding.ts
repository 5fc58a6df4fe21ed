/** Checks that a key is still valid when a change is made, because accepted requests may have to wait. */

import { eq, sql } from 'drizzle-orm';
import type { Reader, Transaction } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';
import type { ProblemKind } from '../http/messages.ts';
import { Problem } from '../http/problems.ts';

export type Refusal = Extract<
  ProblemKind,
  `access.${string}_key` | 'access.key_required' | 'access.invalid_token'
>;

/** 401, saying how to do better (RFC 6750). */
export const unauthorized = (kind: Refusal, values: Readonly<Record<string, string>> = {}): Problem => {
  const refused = /\.(key_required|\w+_needs_key)$/.test(kind) ? '' : ', error="invalid_token"';
  return new Problem(kind, { values, headers: { 'www-authenticate': `Bearer realm="luodi"${refused}` } });
};

/** The key on whose behalf something is done. */
export interface Holder {
  /** Id of an API key; undefined for the service itself and for callers without a key. */
  id?: string;
  /** Hash of the revision at which the key was found valid. */
  asOf?: string;
}

type KeyRecord = Tables['apiKeys']['$inferSelect'];

export async function findKey(reader: Reader, id: string): Promise<KeyRecord | undefined> {
  if (id.includes('\0')) return undefined;
  const [row] = await reader.prepared('apiKeys.find', { id }, (db) =>
    db
      .select()
      .from(db.tables.apiKeys)
      .where(eq(db.tables.apiKeys.id, sql.placeholder('id'))),
  );
  return row;
}

/**
 * @param at the time of the check, RFC 3339 in UTC.
 * @returns why the key is refused; undefined if it is valid
 */
export async function refusalOf(reader: Reader, { id }: Holder, at: string): Promise<Refusal | undefined> {
  if (id === undefined) return undefined;
  const key = await findKey(reader, id);
  if (!key) return 'access.invalid_key';
  if (key.revokedAt) return 'access.revoked_key';
  return key.expiresAt && key.expiresAt <= at ? 'access.expired_key' : undefined;
}

/**
 * The revision at which a holder was last found valid, in addition to `asOf`: each entry it writes makes a
 * new one.
 */
const foundToHold = new WeakMap<Holder, string>();

export const noteHolding = (tx: Transaction, holder: Holder): void =>
  void foundToHold.set(holder, tx.log.hash);

/**
 * As `refusalOf`, in the transaction that writes, so that no revocation can come between. Needs no query
 * while the revision is unchanged, because every change makes a new one.
 */
export async function refusalIn(tx: Transaction, holder: Holder, at: string): Promise<Refusal | undefined> {
  const { hash } = tx.log;
  if (hash === holder.asOf || hash === foundToHold.get(holder)) return undefined;
  const refusal = await refusalOf(tx, holder, at);
  if (!refusal) noteHolding(tx, holder);
  return refusal;
}

/** @throws Problem 401 if the key has been revoked or has expired since the request was authorized */
export async function expectHolds(tx: Transaction, holder: Holder, at: string): Promise<void> {
  const refusal = await refusalIn(tx, holder, at);
  if (refusal) throw unauthorized(refusal);
}
