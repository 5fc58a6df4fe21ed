/** Follows the log of a database, and hands its entries on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { StartupError } from '../core/startup-error.ts';
import type { Database, Revision } from '../database/database.ts';
import { isUnavailable, rootMessage } from '../database/errors.ts';
import { type CarriedEntry, carriedAfter } from '../log/appending.ts';
import type { LoggedEntity } from '../log/logged.ts';

/** Entries at once: they are read on the event loop, and with long texts each can have some 100 kB. */
const AT_ONCE = 100;
/** How much may be lost when the machine is. */
const LOOK_MS = 1_000;

export interface Following {
  database: Pick<Database, 'read'>;
  entities: readonly LoggedEntity[];
  /** The last entry that need not be handed on. */
  from: Revision;
  /**
   * Keeps entries; they are not handed on again once it returns. If it fails because a database is away, they are:
   * all of them, or some of them may have been kept.
   */
  write(entries: readonly CarriedEntry[]): Promise<void>;
  /** Ends it, after what has been written until then. */
  signal: AbortSignal;
  /** Told after each look. */
  onHead?(head: Revision): void;
  /** Told when a database is away, once until it is back: the following waits for it. */
  onAway?: ((reason: string) => void) | undefined;
}

/**
 * @returns the last entry that was handed on
 * @throws StartupError if the log goes on from another entry, as after a restore, or if a database is away at the end
 */
export async function follow({
  database: { read },
  entities,
  from,
  write,
  signal,
  onHead,
  onAway,
}: Following): Promise<Revision> {
  let last = from;
  let isAway = false;
  for (;;) {
    const isLast = signal.aborted;
    try {
      const entries = await carriedAfter(read, entities, last.seq, AT_ONCE);
      const [first] = entries;
      if (first && first.previousHash !== last.hash) {
        throw new StartupError(
          `entry ${first.seq} does not follow the ${last.seq} that was copied: the database is another one, or an earlier state of it`,
        );
      }
      await write(entries);
      last = entries.at(-1) ?? last;
      isAway = false;
      onHead?.(last);
      if (entries.length === AT_ONCE) continue;
      if (isLast) return last;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      const reason = rootMessage(error);
      if (isLast) throw new StartupError(`what came after entry ${last.seq} was not copied: ${reason}`);
      if (!isAway) onAway?.(reason);
      isAway = true;
    }
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
  }
}
