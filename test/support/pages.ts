/** Reads lists page by page, and defines their expected order. */
import { expect } from 'vitest';
import type { Body, Client } from './app.ts';

/** Reads a whole list by following `page.nextCursor`, optionally doing something between pages. */
export async function everyPage(
  client: Client,
  url: string,
  between: (items: Body[], page: number) => Promise<void> = async () => {},
): Promise<Body[]> {
  const and = url.includes('?') ? '&' : '?';
  const items: Body[] = [];
  const cursors = new Set<string | null>();
  let cursor: string | null = null;
  for (let page = 1; ; page++) {
    if (cursors.has(cursor)) throw new Error(`${url} comes back to the cursor ${cursor}.`);
    cursors.add(cursor);
    const { status, body, text } = await client.get(cursor === null ? url : `${url}${and}cursor=${cursor}`);
    if (status !== 200) throw new Error(`${url}: ${text}`);
    items.push(...body.items);
    cursor = body.page.nextCursor;
    expect(body.items.length).toBeLessThanOrEqual(body.page.limit);
    if (cursor === null) return items;
    expect(body.items).toHaveLength(body.page.limit);
    await between(items, page);
  }
}

type Value = string | number;

/** Compares like both engines: numbers by value, text by UTF-8 bytes. */
function compare(a: Value, b: Value): number {
  if (typeof a === 'number' || typeof b === 'number') return Number(a) - Number(b);
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * Sorts items by a `sort` parameter. Missing values come first, and ties are resolved by the tie-breaker in
 * the direction of the last key.
 */
export function inOrder(items: readonly Body[], sort: string, tieBreaker: string): Body[] {
  const names = sort.split(',');
  if (!names.some((name) => name.replace('-', '') === tieBreaker)) {
    names.push(names.at(-1)?.startsWith('-') ? `-${tieBreaker}` : tieBreaker);
  }
  return items.toSorted((a, b) => {
    for (const name of names) {
      const field = name.replace('-', '');
      const difference = compare(a[field] ?? '', b[field] ?? '');
      if (difference !== 0) return name.startsWith('-') ? -difference : difference;
    }
    return 0;
  });
}
