/** Readers: they cannot write, they see one state, and long work does not block others. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database, Reader } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open.ts';
import { Pool } from '../../src/database/pool.ts';
import { revisionIn } from '../../src/database/revision.ts';
import { SqliteThread } from '../../src/database/sqlite-thread.ts';
import { concurrent, engine, freshDatabase, type TestDatabase } from '../support/engines.ts';
import { query } from '../support/sql.ts';
import { eventCodes, writeEvent } from '../support/works.ts';

/** Counts slowly up to a number, in the database. */
const slowly = (reader: Reader, to: number) =>
  reader.select({ n: sql<number>`n`.mapWith(Number) }).from(
    sql`(with recursive c(n) as (select 1 union all select n + 1 from c where n < ${sql.raw(String(to))})
        select count(*) as n from c) as counted`,
  );

describe('readers', () => {
  let place: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    place = await freshDatabase();
    database = await openDatabase(place.url);
    await writeEvent(database, 'first');
  });
  afterAll(async () => {
    await database.close();
    await place.remove();
  });

  const kinds: Record<'read' | 'snapshot' | 'analyze', (work: (r: Reader) => Promise<unknown>) => unknown> = {
    read: (work) => work(database.read),
    snapshot: (work) => database.snapshot(work),
    analyze: (work) => database.analyze(work),
  };

  describe.each(Object.entries(kinds))('%s', (_, using) => {
    it.each([
      // Harmless if it is not refused, so that one failure does not cause others.
      'delete from events where 1 = 0 returning code',
      'update events set name = name returning code',
      'create table if not exists intruders (a integer)',
    ])('refuses %s', async (statement) => {
      await expect(using((reader) => query(reader, statement))).rejects.toThrow(
        /readonly|read-only|only for statements that return data/,
      );
    });

    it('returns the work’s value or error, and remains usable', async () => {
      expect(await using(async () => 42)).toBe(42);
      const error = new Error('mine');
      const failing = async () => {
        throw error;
      };
      await expect((async () => using(failing))()).rejects.toBe(error);
      await expect(using((reader) => query(reader, 'select 1 from nowhere'))).rejects.toThrow(/nowhere/);
      expect(await using(eventCodes)).toContain('first');
    });
  });

  it('all see the latest commit', async () => {
    await writeEvent(database, 'latest');
    for (const using of Object.values(kinds)) expect(await using(eventCodes)).toContain('latest');
  });

  it('serve more concurrent works than there are connections', async () => {
    const works = Array.from({ length: 40 }, (_, i) =>
      i % 2 ? database.snapshot(eventCodes) : database.analyze(eventCodes),
    );
    for (const codes of await Promise.all(works)) expect(codes).toContain('first');
  });

  if (concurrent) {
    it.each(['snapshot', 'analyze'] as const)(
      'see one state through a %s, despite concurrent writes',
      async (kind) => {
        const state = async (reader: Reader) => ({
          codes: await eventCodes(reader),
          revision: await revisionIn(reader),
        });
        const [before, after] = await database[kind](async (reader) => {
          const first = await state(reader);
          await writeEvent(database, `between-${kind}-1`);
          const second = await state(reader);
          await writeEvent(database, `between-${kind}-2`);
          expect(await eventCodes(database.read)).toContain(`between-${kind}-2`);
          expect(await state(reader)).toEqual(second);
          return [first, second];
        });
        expect(after).toEqual(before);
        expect(await database[kind](eventCodes)).toContain(`between-${kind}-1`);
      },
    );

    it('analyze without blocking the event loop', async () => {
      let longest = 0;
      let last = performance.now();
      const tick = setInterval(() => {
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
      }, 5);
      const started = performance.now();
      const counted = await database.analyze((reader) => slowly(reader, 5_000_000));
      const lasted = performance.now() - started;
      clearInterval(tick);
      expect(counted).toEqual([{ n: 5_000_000 }]);
      expect(lasted).toBeGreaterThan(300);
      expect(longest).toBeLessThan(lasted / 2);
    });

    it('read and write while others analyze', async () => {
      const analyses = [1, 2].map(() => database.analyze((reader) => slowly(reader, 5_000_000)));
      let analyzing = true;
      const all = Promise.all(analyses).finally(() => {
        analyzing = false;
      });
      await sleep(20);
      await writeEvent(database, 'beside');
      expect(await eventCodes(database.read)).toContain('beside');
      expect(await database.snapshot(eventCodes)).toContain('beside');
      expect(analyzing).toBe(true);
      await all;
    });
  }

  if (engine === 'sqlite') {
    it('replace a thread that has died', async () => {
      const own = await freshDatabase();
      const file = own.url.slice('file:'.length);
      // A thread that cannot open its file ends at once.
      const files = [`${file}.missing`, file];
      const threads = new Pool(1, () => new SqliteThread(files.shift() as string));
      const ask = () => threads.lend((thread) => thread.run('select 1', []));
      await expect(ask()).rejects.toThrow(/unable to open|thread/i);
      for (let i = 0; i < 4; i++) expect(await ask()).toEqual([[1]]);
      await threads.close();
      await own.remove();
    });
  }
});
