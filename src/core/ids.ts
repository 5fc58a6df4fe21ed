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

const fixed = new AsyncLocalStorage<string[]>();

/** Fixes the first id that some work assigns, for sample data whose ids are documented. */
export const withFirstId = <T>(id: string, work: () => T): T => fixed.run([id], work);

/** A new id. @param milliseconds its timestamp; now by default */
export const newId = (milliseconds?: number): string =>
  fixed.getStore()?.pop() ?? v7({ rng: random, ...(milliseconds !== undefined && { msecs: milliseconds }) });
