/** Streams: in batches, from one state, and always ended. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open.ts';
import { concurrent, engine, freshDatabase, type TestDatabase } from '../support/engines.ts';
import { type Asked, codesInBatches } from '../support/stream-work.ts';
import { eventCodes, writeEvent } from '../support/works.ts';

const CODES = Array.from({ length: 25 }, (_, i) => `event-${10 + i}`);

describe('a stream', () => {
  let place: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    place = await freshDatabase();
    database = await openDatabase(place.url);
    for (const code of CODES) await writeEvent(database, code);
  });
  afterAll(async () => {
    await database.close();
    await place.remove();
  });

  const whole = async (asked: Asked) => {
    const parts: string[][] = [];
    for await (const part of database.stream(codesInBatches, asked)) parts.push(part);
    return parts;
  };

  it.each([
    [10, [10, 10, 5]],
    [5, [5, 5, 5, 5, 5]],
    [100, [25]],
  ])('returns batches of %i', async (size, lengths) => {
    const parts = await whole({ size });
    expect(parts.pop()).toEqual(['end']);
    expect(parts.map(({ length }) => length)).toEqual(lengths);
    expect(parts.flat()).toEqual(CODES);
  });

  it('cannot write', async () => {
    const statement = 'delete from events where 1 = 0 returning code';
    await expect(whole({ size: 1, statement })).rejects.toThrow(/readonly|read-only/);
  });

  it('reports the error of its work after the previous parts, and releases its slot', async () => {
    for (let i = 0; i < 2 * database.streams + 1; i++) {
      const parts: string[][] = [];
      const broken = (async () => {
        for await (const part of database.stream(codesInBatches, { size: 5, breakAfter: 2 }))
          parts.push(part);
      })();
      await expect(broken).rejects.toThrow('broken in the middle');
      expect(parts.flat()).toEqual(CODES.slice(0, 10));
    }
  });

  it('that is abandoned releases its slot', async () => {
    for (let i = 0; i < 2 * database.streams + 1; i++) {
      for await (const part of database.stream(codesInBatches, { size: 5 })) {
        expect(part).toEqual(CODES.slice(0, 5));
        break;
      }
    }
    expect((await whole({ size: 5 })).at(-1)).toEqual(['end']);
    expect(await eventCodes(database.read)).toEqual(CODES);
  });

  if (!concurrent) return;

  it('shows one state, despite concurrent writes', async () => {
    const seen: string[] = [];
    for await (const part of database.stream(codesInBatches, { size: 1 })) {
      if (seen.length === 0) await writeEvent(database, 'event-99');
      seen.push(...part);
    }
    expect(seen).toEqual([...CODES, 'end']);
    expect((await whole({ size: 100 }))[0]).toContain('event-99');
  });

  it('waits if the maximum number is running', async () => {
    const running = Array.from({ length: database.streams }, () =>
      database.stream(codesInBatches, { size: 1 })[Symbol.asyncIterator](),
    );
    for (const one of running) expect((await one.next()).value).toEqual(CODES.slice(0, 1));
    expect(await eventCodes(database.read)).toContain(CODES[0]);
    expect(await database.analyze(eventCodes)).toContain(CODES[0]);
    for (const one of running) await one.return?.();
    expect((await whole({ size: 100 })).at(-1)).toEqual(['end']);
  });

  if (engine === 'sqlite') {
    it('fails if the database is closed', async () => {
      const own = await freshDatabase();
      const other = await openDatabase(own.url);
      for (const code of CODES) await writeEvent(other, code);
      const parts = other.stream(codesInBatches, { size: 1 })[Symbol.asyncIterator]();
      await parts.next();
      await other.close();
      const rest = (async () => {
        while (!(await parts.next()).done);
      })();
      await expect(rest).rejects.toThrow(/thread/);
      await own.remove();
    });
  }
});
