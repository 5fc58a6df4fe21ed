/** Disconnects clients that transfer too slowly. */

/** How many bytes have to move in any such time. */
export interface LeastRate {
  bytes: number;
  withinMs: number;
}

/** How often in that time it is looked. */
const LOOKS = 6;

/**
 * Watches until it is cleared.
 * @param moved bytes so far
 * @param isOurs whether it is the service that things wait for, at the moment
 * @param cut called when too little has moved in the time before a look
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
