import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { mapPaced, paced, turn } from '../../src/core/pace.ts';

describe('work in slices', () => {
  it('lets others run between two slices, however many works there are', async () => {
    let works = 3;
    const parts: number[] = [];
    const work = async (name: number) => {
      for (let part = 0; part < 5; part++) {
        parts.push(name);
        await turn();
      }
      works -= 1;
    };
    for (const name of [1, 2, 3]) void work(name);
    const inTurn: number[] = [];
    while (works > 0) {
      const before = parts.length;
      await nextTurn();
      inTurn.push(parts.length - before);
    }
    expect(Math.max(...inTurn)).toBe(1);
    expect(parts.slice(0, 6)).toEqual([1, 2, 3, 1, 2, 3]);
  });

  it('continues without a pause while little time has passed', () => {
    expect(paced(60_000)()).toBeUndefined();
    expect(paced(0)()).toBeInstanceOf(Promise);
  });

  it('keeps the order of its results', async () => {
    const items = Array.from({ length: 100 }, (_, i) => i);
    expect(await mapPaced(items, (item, place) => [item, place], paced(0))).toEqual(items.map((i) => [i, i]));
  });
});
