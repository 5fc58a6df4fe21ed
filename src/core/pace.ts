/** Long work on the event loop, in slices between which other requests are served. */

/** To be awaited between slices, if it returns a promise: lets others run once a time slice is used up. */
export type Pace = () => Promise<void> | undefined;

const PART_MS = 1.5;

const waiting: (() => void)[] = [];

/** One slice per event-loop turn, however many works there are. */
function goOn(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(goOn);
}

/** Waits for an event-loop turn that no other work uses. */
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

/** `items.map(of)`, in slices. */
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
