/** Ids: UUIDv7 (RFC 9562), so that later ids sort later in an index. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const BYTES = 16;
const pool = new Uint8Array(256 * BYTES);
let used = pool.length;

/** Requesting random bytes for each id separately would take longer than everything else. */
function random(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += BYTES;
  return pool.subarray(used - BYTES, used);
}

const fixed = new AsyncLocalStorage<() => string | undefined>();

/** Fixes the ids that some work assigns, until `next` gives no more. */
export const withIds = <T>(next: () => string | undefined, work: () => T): T => fixed.run(next, work);

/** Fixes the first id that some work assigns, for sample data whose ids are documented. */
export function withFirstId<T>(id: string, work: () => T): T {
  const first = [id];
  const others = fixed.getStore();
  return withIds(() => first.pop() ?? others?.(), work);
}

/** A new id. @param milliseconds its timestamp; now by default */
export const newId = (milliseconds?: number): string =>
  fixed.getStore()?.() ?? v7({ rng: random, ...(milliseconds !== undefined && { msecs: milliseconds }) });
