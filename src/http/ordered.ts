/** Pages of lists that are in memory. */
import type { OrderKey, PageOrder } from './pages.ts';

/** What rows are ordered by. */
export interface RowKey extends OrderKey<number> {
  /** The same order, if the values take long to make. */
  compare?(a: number, b: number): number;
}

type Order = Pick<PageOrder<number, RowKey>, 'order' | 'after'>;

/**
 * The first rows of a page, in order.
 * @param count rows are numbered from 0 to this
 * @param wanted how many at most
 */
export function firstOf(count: number, wanted: number, { order, after }: Order): number[] {
  const inOrder = (difference: (key: RowKey, i: number) => number): number => {
    for (const [i, { key, descending }] of order.entries()) {
      const by = difference(key, i);
      if (by !== 0) return descending ? -by : by;
    }
    return 0;
  };
  const compare = (a: number, b: number) =>
    inOrder((key) => key.compare?.(a, b) ?? differenceOf(key.of(a), key.of(b)));
  const isAfter = (row: number) =>
    !after || inOrder((key, i) => differenceOf(key.of(row), after[i] as string | number)) > 0;
  let kept: number[] = [];
  let last: number | undefined;
  const cut = () => {
    kept = kept.sort(compare).slice(0, wanted);
    if (kept.length === wanted) last = kept.at(-1);
  };
  for (let row = 0; row < count; row++) {
    if (!isAfter(row)) continue;
    if (last !== undefined && compare(row, last) > 0) continue;
    kept.push(row);
    // Sorting seldom costs less than keeping everything in order.
    if (kept.length > 2 * wanted) cut();
  }
  cut();
  return kept;
}

const differenceOf = <T extends string | number>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
