/** Pages of lists that are in memory. */
import type { OrderKey, PageOrder } from '../../http/pages.ts';

type Order = Pick<PageOrder<number, OrderKey<number>>, 'order' | 'after'>;

/**
 * The first rows of a page, in order.
 * @param count rows are numbered from 0 to this
 * @param wanted how many at most
 */
export function firstOf(count: number, wanted: number, { order, after }: Order): number[] {
  const comparing = (otherOf: (key: OrderKey<number>, i: number) => string | number) => (row: number) => {
    for (const [i, { key, descending }] of order.entries()) {
      const [a, b] = [key.of(row), otherOf(key, i)];
      if (a !== b) return a < b === descending ? 1 : -1;
    }
    return 0;
  };
  const compare = (a: number, b: number) => comparing((key) => key.of(b))(a);
  const start = after && comparing((_, i) => after[i] as string | number);
  let kept: number[] = [];
  let last: number | undefined;
  const cut = () => {
    kept = kept.sort(compare).slice(0, wanted);
    if (kept.length === wanted) last = kept.at(-1);
  };
  for (let row = 0; row < count; row++) {
    if (start && start(row) <= 0) continue;
    if (last !== undefined && compare(row, last) > 0) continue;
    kept.push(row);
    // Sorting seldom costs less than keeping everything in order.
    if (kept.length > 2 * wanted) cut();
  }
  cut();
  return kept;
}
