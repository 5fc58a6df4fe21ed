/** The log of changes: written in the transaction of every change, gapless, each entry chained to the one before. */
import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Transaction } from '../database/database.ts';
import type { FieldChange } from '../database/tables.ts';
import type { Entity } from '../http/messages.ts';
import { type ChangeEntry, insertChange } from './repository.ts';

/** Who asked for a change. */
export interface Caller {
  actor: string;
  /** Of the HTTP request; null for work at the command line. */
  requestId: string | null;
}

export type Action = 'create' | 'change' | 'archive' | 'restore' | 'delete' | 'add_funds';

export interface Change {
  entity: Entity;
  entityId: string;
  action: Action;
  /** When, RFC 3339 in UTC. */
  at: string;
  fields: Record<string, FieldChange>;
}

/** Writes one entry: takes the next number, and the hash of the entry before. */
export async function record(tx: Transaction, caller: Caller, change: Change): Promise<void> {
  const entry = {
    seq: tx.log.seq + 1,
    ...change,
    actor: caller.actor,
    requestId: caller.requestId,
    previousHash: tx.log.hash,
  };
  const chained = { ...entry, hash: hashOf(entry) };
  await insertChange(tx, chained);
  tx.log.seq = chained.seq;
  tx.log.hash = chained.hash;
}

/** SHA-256 over the canonical JSON (RFC 8785) of an entry without its own hash. */
export const hashOf = (entry: Omit<ChangeEntry, 'hash'>): string =>
  hash('sha256', canonicalize(entry) as string, 'hex');
