/** Work on the event loop that may take long, in parts between which everybody else has a turn. */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** To be awaited between two parts: gives a turn to others where so much time has gone by since the last one. */
export type Pace = () => Promise<void> | undefined;

export function paced(milliseconds = 4): Pace {
  let since = performance.now();
  return () => {
    if (performance.now() < since + milliseconds) return undefined;
    return nextTurn().then(() => {
      since = performance.now();
    });
  };
}
