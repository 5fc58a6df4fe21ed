/** Waiting for new entries of the change log. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database/database.ts';

/** Maximum delay of an entry. Polling is needed, because other instances and commands write too. */
const LOOK_EVERY_MS = 250;

export interface News {
  /**
   * @returns whether there is an entry after the position; resolves when there is one, or after the given
   * time
   */
  since(after: number, ms: number, isGone: () => boolean): Promise<boolean>;
}

/** Polls the revision once for all waiting followers, and not at all if there are none. */
export function newsOf(database: Pick<Database, 'revision'>): News {
  let head = 0;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    await sleep(LOOK_EVERY_MS, undefined, { ref: false });
    // If the database is unavailable, the followers keep waiting.
    head = await database.revision().then(
      ({ seq }) => seq,
      () => head,
    );
    looking = undefined;
  }

  return {
    since: async (after, ms, isGone) => {
      const deadline = performance.now() + ms;
      while (!isGone() && performance.now() < deadline) {
        looking ??= look();
        await looking;
        if (head > after) return true;
      }
      return false;
    },
  };
}
