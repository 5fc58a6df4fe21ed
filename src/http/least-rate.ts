/** Disconnects clients that transfer too slowly. */

/** The minimum number of bytes in any such period. */
export interface LeastRate {
  bytes: number;
  withinMs: number;
}

/** Checks per period. */
const LOOKS = 6;

/**
 * Runs until cleared.
 * @param moved bytes so far
 * @param isOurs whether the service itself is the cause of the delay
 * @param cut called if too few bytes moved in the last period
 */
export function watchRate(
  { bytes, withinMs }: LeastRate,
  moved: () => number,
  isOurs: () => boolean,
  cut: () => void,
): NodeJS.Timeout {
  let seen = [moved()];
  const look = (): void => {
    if (isOurs()) seen = [];
    seen.push(moved());
    if (seen.length > LOOKS && moved() - (seen.shift() as number) < bytes) cut();
  };
  return setInterval(look, withinMs / LOOKS).unref();
}
