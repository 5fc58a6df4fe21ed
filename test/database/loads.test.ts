/** Loads: atomic, off the event loop, serialized with other writes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { BusyError, NestedWriteError } from '../../src/database/errors.ts';
import { openDatabase } from '../../src/database/open.ts';
import { concurrent, engine, freshDatabase, type TestDatabase } from '../support/engines.ts';
import { type Growth, growing, type Seen } from '../support/load-growth.ts';
import { eventsInOne, type Wanted } from '../support/load-work.ts';
import { connect, provenLog } from '../support/sql.ts';
import { eventCodes, writeEvent } from '../support/works.ts';

let made = 0;
const codes = (many: number): string[] => Array.from({ length: many }, () => `load-${1_000 + ++made}`);

describe('a load', () => {
  let place: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    place = await freshDatabase();
    database = await openDatabase(place.url);
  });
  afterAll(async () => {
    await database.close();
    await place.remove();
  });

  async function whole(wanted: Wanted): Promise<string[]> {
    const parts: string[] = [];
    for await (const part of database.load(eventsInOne, wanted)) parts.push(part);
    return parts;
  }

  const present = async (wanted: readonly string[]) => {
    const there = new Set(await eventCodes(database.read));
    return wanted.filter((code) => there.has(code));
  };

  it('is committed when read to its end, with its log entries', async () => {
    const wanted = codes(5);
    const { seq } = await database.revision();
    expect(await whole({ codes: wanted })).toEqual(wanted);
    expect(await present(wanted)).toEqual(wanted);
    expect((await database.revision()).seq).toBe(seq + 5);
  });

  it('that fails leaves nothing, and releases its numbers', async () => {
    const wanted = codes(5);
    const { seq } = await database.revision();
    await expect(whole({ codes: wanted, breakAt: wanted[3] as string })).rejects.toThrow(
      'broken in the middle',
    );
    expect(await present(wanted)).toEqual([]);
    expect((await database.revision()).seq).toBe(seq);
    const after = codes(1);
    expect(await whole({ codes: after })).toEqual(after);
  });

  it.each([0, 2, 4])('that is abandoned after part %i leaves nothing', async (last) => {
    const wanted = codes(5);
    for await (const part of database.load(eventsInOne, { codes: wanted })) {
      if (part === wanted[last]) break;
    }
    expect(await present(wanted)).toEqual([]);
    await writeEvent(database, codes(1)[0] as string);
  });

  it('inside a write is refused, because it would deadlock', async () => {
    const nested = database.write(async () => whole({ codes: codes(1) }));
    await expect(nested).rejects.toThrow(NestedWriteError);
  });

  describe('of many rows', () => {
    const ids = (many: number) => Array.from({ length: many }, () => `grown-${++made}`);
    const grow = async (growth: Growth): Promise<Seen[]> => {
      const seen: Seen[] = [];
      for await (const part of database.load(growing, growth)) seen.push(part);
      return seen;
    };
    const enterprises = async () => {
      const { enterprises } = database.read.tables;
      return (await database.read.select({ id: enterprises.id }).from(enterprises)).length;
    };

    it.each([0, 1, 3_000])('of which %i were expected reads what it writes', async (expected) => {
      const there = await enterprises();
      const [seen] = await grow({ ids: ids(2_500), expected });
      expect(seen?.within).toBe(there + 2_500);
      if (engine === 'sqlite') expect(seen?.before).toBe(there);
      expect(await enterprises()).toBe(there + 2_500);
    });

    it('leaves nothing if one of them is invalid', async () => {
      const there = await enterprises();
      await expect(grow({ ids: ids(2_500), expected: 2_500, isFaulty: true })).rejects.toThrow(
        /unique|social_credit_code/i,
      );
      expect(await enterprises()).toBe(there);
    });

    if (engine !== 'sqlite') return;

    it('leaves every index unchanged, whether it succeeds or fails', async () => {
      const connection = await connect(place.url);
      const schema = () =>
        connection.rows("select name, sql from sqlite_schema where name not like 'sqlite_%' order by name");
      const indexes = await schema();
      const there = await enterprises();
      await grow({ ids: ids(10), expected: 1_000_000, isFaulty: true }).catch(() => {});
      expect(await schema()).toEqual(indexes);
      await grow({ ids: ids(10), expected: 1_000_000 });
      expect(await schema()).toEqual(indexes);
      expect(await connection.rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
      // Rebuilt indexes have been analyzed: nothing else does that before the service ends.
      const looked = await connection.rows("select stat from sqlite_stat1 where idx = 'enterprises_name'");
      expect(looked).toEqual([{ stat: expect.stringMatching(new RegExp(`^${there + 10} `)) }]);
      await connection.close();
    });
  });

  it('is serialized with writes and other loads: every number is used once', async () => {
    const many = Array.from({ length: 4 }, () => codes(10));
    const singles = codes(20);
    await Promise.all([
      ...many.map((wanted) => whole({ codes: wanted })),
      ...singles.map((code) => writeEvent(database, code)),
    ]);
    const wanted = [...many.flat(), ...singles].sort();
    expect((await present(wanted)).sort()).toEqual(wanted);
    await provenLog(database);
  });

  if (!concurrent) return;

  it('is invisible to readers before its end', async () => {
    const wanted = codes(3);
    for await (const part of database.load(eventsInOne, { codes: wanted })) {
      expect(await present([part])).toEqual([]);
    }
    expect(await present(wanted)).toEqual(wanted);
  });

  it('lets other writers wait for some seconds, then retry later, while readers continue', async () => {
    const parts = database.load(eventsInOne, { codes: codes(2) })[Symbol.asyncIterator]();
    await parts.next();
    const began = performance.now();
    const waits = writeEvent(database, codes(1)[0] as string).catch((error) => error);
    let longest = 0;
    const looks = (async () => {
      while (performance.now() - began < 4_000) {
        const asked = performance.now();
        await database.revision();
        longest = Math.max(longest, performance.now() - asked);
        await sleep(10);
      }
    })();
    const refusal = await waits;
    const waited = performance.now() - began;
    await looks;
    expect(refusal).toBeInstanceOf(Error);
    if (engine === 'sqlite') expect(refusal).toBeInstanceOf(BusyError);
    expect(waited).toBeGreaterThan(4_000);
    expect(waited).toBeLessThan(30_000);
    expect(longest).toBeLessThan(3_000);
    while (!(await parts.next()).done);
    const after = codes(1);
    await writeEvent(database, after[0] as string);
    expect(await present(after)).toEqual(after);
  });
});
