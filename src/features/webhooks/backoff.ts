/** When a message that failed is sent again. */

const FIRST_MS = 5_000;
const LONGEST_MS = 3_600_000;
/** Failures for so long end the attempts. */
const GIVE_UP_MS = 24 * 3_600_000;

/**
 * Doubles from seconds to an hour, each time shortened by up to a half at random, so that many do not come back at
 * once.
 * @param failures one after the other, at least 1
 * @param chance from 0 to 1
 * @param retryAfter the seconds that the receiver asked for
 */
export const pauseAfter = (failures: number, chance: number, retryAfter: number): number =>
  Math.max(
    Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS) * (1 - chance / 2),
    Math.min(retryAfter * 1_000, LONGEST_MS),
  );

/** @param since the first failure, in milliseconds since 1970 */
export const isOver = (since: number, now: number): boolean => now - since >= GIVE_UP_MS;
