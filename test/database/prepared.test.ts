/** Statements prepared once per shape. */
import { and, eq, lte, type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database, Reader } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open.ts';
import { everyColumn, inValues, paddedValues } from '../../src/database/prepared.ts';
import { freshDatabase, type TestDatabase } from '../support/engines.ts';
import { eventCodes, recordEvent, writeEvent } from '../support/works.ts';

/** More shapes than a connection caches. */
const MANY = 1_100;
/** In addition to three named ones. */
const EVENTS = 200;

describe('prepared statements', () => {
  let place: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    place = await freshDatabase();
    database = await openDatabase(place.url);
    for (const code of ['a', 'b', 'c']) await writeEvent(database, code);
    await database.write(async (tx) => {
      for (let i = 0; i < EVENTS; i++) await recordEvent(tx, `one of many ${i}`);
    });
  });
  afterAll(async () => {
    await database.close();
    await place.remove();
  });

  const readers: Record<'read' | 'snapshot' | 'analyze', <T>(work: (r: Reader) => Promise<T>) => Promise<T>> =
    {
      read: (work) => work(database.read),
      snapshot: (work) => database.snapshot(work),
      analyze: (work) => database.analyze(work),
    };

  const named = (reader: Reader, shape: string, code: string, condition?: SQL) =>
    reader.prepared(shape, { code }, (db) => {
      const { events } = db.tables;
      return db
        .select({ code: events.code, edition: events.edition })
        .from(events)
        .where(and(eq(events.code, sql.placeholder('code')), condition));
    });

  describe.each(Object.entries(readers))('through %s', (kind, using) => {
    it('are built once per shape, and run with new values each time', async () => {
      let built = 0;
      const find = (reader: Reader, code: string) =>
        reader.prepared(`found by ${kind}`, { code }, (db) => {
          built++;
          return db
            .select({ name: db.tables.events.name })
            .from(db.tables.events)
            .where(eq(db.tables.events.code, sql.placeholder('code')));
        });
      for (const code of ['a', 'b', 'c', 'nothing', 'a']) {
        expect(await using((reader) => find(reader, code))).toEqual(
          code === 'nothing' ? [] : [{ name: code }],
        );
      }
      expect(built).toBe(1);
    });

    it('return all rows in order, also to concurrent callers', async () => {
      const { seq: last } = await database.revision();
      expect(last).toBeGreaterThan(500);
      const upTo = async (reader: Reader, seq: number) => {
        const rows = await reader.prepared(`numbers by ${kind}`, { seq }, (db) => {
          const { changes } = db.tables;
          return db
            .select({ seq: changes.seq })
            .from(changes)
            .where(lte(changes.seq, sql.placeholder('seq')))
            .orderBy(changes.seq);
        });
        return rows.map((row) => row.seq);
      };
      const wanted = [last, 1, 200, 201, 400, 0];
      const found = await using((reader) => Promise.all(wanted.map((seq) => upTo(reader, seq))));
      expect(found).toEqual(wanted.map((length) => Array.from({ length }, (_, i) => i + 1)));
    });

    it('return values of the columns’ types, and null', async () => {
      expect(await using((reader) => named(reader, 'kinds', 'a'))).toEqual([{ code: 'a', edition: null }]);
      const counted = await using((reader) =>
        reader.prepared('counted', {}, (db) =>
          db.select({ n: sql`count(*)`.mapWith(Number) }).from(db.tables.events),
        ),
      );
      expect(counted).toEqual([{ n: 3 + EVENTS }]);
    });

    it('name a placeholder without a value', async () => {
      const asked = using((reader) =>
        reader.prepared(`missing ${kind}`, { other: 1 } as never, (db) =>
          db
            .select({ code: db.tables.events.code })
            .from(db.tables.events)
            .where(eq(db.tables.events.code, sql.placeholder('code'))),
        ),
      );
      await expect(asked).rejects.toThrow('"code"');
    });

    it('work with more shapes than are cached', async () => {
      await using(async (reader) => {
        for (let i = 0; i < MANY; i++) {
          const rows = await named(reader, `${kind} ${i}`, 'b', sql`${sql.raw(String(i))} = ${i}`);
          expect(rows).toHaveLength(1);
        }
        // The first one was evicted long ago.
        expect(await named(reader, `${kind} 0`, 'c', sql`0 = ${0}`)).toHaveLength(1);
      });
    });

    it('accept lists of any length', async () => {
      for (const wanted of [[], ['a'], ['a', 'c'], ['a', 'b', 'c'], ['x', 'y', 'z', 'b', 'w']]) {
        const values = paddedValues(wanted, '');
        const rows = await using((reader) =>
          reader.prepared(`listed ${Object.keys(values).length}`, values, (db) =>
            db
              .select({ code: db.tables.events.code })
              .from(db.tables.events)
              .where(sql`${db.tables.events.code} in ${inValues(values)}`)
              .orderBy(db.tables.events.code),
          ),
        );
        expect(rows.map(({ code }) => code)).toEqual(['a', 'b', 'c'].filter((code) => wanted.includes(code)));
      }
    });
  });

  it('write as well, one shape with various values, and name missing ones', async () => {
    const row = { nameEn: null, series: null, edition: 2020, hostCity: null, note: null };
    const days = { startsOn: '2020-06-29', endsOn: '2020-06-30' };
    const values = (code: string) => ({ code, name: `Event ${code}`, ...row, ...days });
    await database.write(async (tx) => {
      for (const code of ['p', 'q']) {
        await tx.perform('test.insert', values(code), (db) =>
          db.insert(db.tables.events).values(everyColumn(db.tables.events)),
        );
      }
    });
    expect(await named(database.read, 'written', 'q')).toEqual([{ code: 'q', edition: 2020 }]);
    const { name: _, ...nameless } = values('r');
    await expect(
      database.write((tx) =>
        tx.perform('test.insert', nameless, (db) =>
          db.insert(db.tables.events).values(everyColumn(db.tables.events)),
        ),
      ),
    ).rejects.toThrow('"name"');
    expect(await eventCodes(database.read)).not.toContain('r');
  });

  it('refuse nested selections', async () => {
    const nested = (db: Reader) =>
      db.select({ event: { code: db.tables.events.code } }).from(db.tables.events);
    await expect(database.read.prepared('nested', {}, nested)).rejects.toThrow('"event"');
  });
});
