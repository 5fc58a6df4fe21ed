/** Long work on the event loop, in slices between which other requests are served. */

/** To be awaited between two parts, where it gives something to await: others have a turn once so much time is over. */
export type Pace = () => Promise<void> | undefined;

const PART_MS = 1.5;

const waiting: (() => void)[] = [];

/** One part in each turn of the event loop, however many works there are. */
function goOn(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(goOn);
}

/** A turn of the event loop in which no other work has one. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(goOn);
  });

export function paced(milliseconds = PART_MS): Pace {
  let since = performance.now();
  return () => {
    if (performance.now() < since + milliseconds) return undefined;
    return turn().then(() => {
      since = performance.now();
    });
  };
}

/** `items.map(of)`, in parts. */
export async function mapPaced<Item, Value>(
  items: readonly Item[],
  of: (item: Item, place: number) => Value,
  pace: Pace = paced(),
): Promise<Value[]> {
  const values: Value[] = [];
  for (const [place, item] of items.entries()) {
    values.push(of(item, place));
    const pause = pace();
    if (pause) await pause;
  }
  return values;
}
