import { describe, expect, it } from 'vitest';
import { newId } from '../../src/core/ids.ts';

describe('ids', () => {
  it('are unique, however many are created at once', () => {
    const ids = Array.from({ length: 20_000 }, () => newId());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are UUIDv7 with their timestamp, so that later ones sort later', () => {
    const moments = [0, 1_000, 1_790_000_000_000, 1_790_000_000_001];
    const ids = moments.map((moment) => newId(moment));
    for (const id of ids)
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(ids.map((id) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16))).toEqual(moments);
    expect(ids).toEqual(ids.toSorted());
  });

  it('have nothing in common but the timestamp', () => {
    const rest = Array.from({ length: 1_000 }, () => newId(1).slice(19));
    expect(new Set(rest).size).toBe(rest.length);
  });
});
