/** Verifies the change log: its numbers, the hash of each entry, and the link to the previous one. */
import type { Revision, StreamReader } from '../database/database.ts';
import { GENESIS } from '../database/revision.ts';
import * as repository from './repository.ts';
import { hashOf } from './service.ts';

/** The first position where the log is corrupt. */
export interface Break {
  seq: number;
  reason: string;
}

/**
 * Walks the log to its end, or to the first corrupt entry.
 * @param head the end of the log according to the revision
 * @returns the position every now and then; finally the break, if there is one
 */
export async function* walkLog(reader: StreamReader, head: Revision): AsyncGenerator<number | Break> {
  let last: Revision = { seq: 0, hash: GENESIS };
  for await (const entries of repository.streamEntries(reader)) {
    for (const entry of entries) {
      const broken = breakAt(entry, last, head);
      if (broken) {
        yield broken;
        return;
      }
      last = entry;
    }
    yield last.seq;
  }
  if (last.seq < head.seq) yield missing(last.seq + 1);
  else if (last.hash !== head.hash) {
    yield { seq: head.seq, reason: 'the revision does not name it as the last' };
  }
}

const missing = (seq: number): Break => ({ seq, reason: 'the entry is missing' });

function breakAt(entry: repository.ChangeEntry, last: Revision, head: Revision): Break | null {
  const { seq } = entry;
  if (seq > last.seq + 1) return missing(last.seq + 1);
  if (seq <= last.seq) return { seq, reason: 'the log begins with entry 1' };
  if (seq > head.seq) return { seq, reason: 'the revision knows nothing of it' };
  return breakAfter(entry, last);
}

/** What is wrong with an entry that should follow another one. */
export function breakAfter(entry: repository.ChangeEntry, last: Revision): Break | null {
  const { seq, previousHash } = entry;
  if (seq !== last.seq + 1) return missing(last.seq + 1);
  if (previousHash !== last.hash) return { seq, reason: 'it does not follow from the entry before' };
  return saysItsHash(entry) ? null : { seq, reason: 'it does not say what it said when it was written' };
}

function saysItsHash({ hash, ...entry }: repository.ChangeEntry): boolean {
  try {
    return hashOf(entry) === hash;
  } catch {
    // A value without a canonical form cannot have been written.
    return false;
  }
}
