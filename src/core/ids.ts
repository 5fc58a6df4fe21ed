/** Ids: UUIDv7 (RFC 9562), so that later ids sort later in an index. */
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

/** A new id. @param milliseconds its timestamp; now by default */
export const newId = (milliseconds?: number): string =>
  v7({ rng: random, ...(milliseconds !== undefined && { msecs: milliseconds }) });
