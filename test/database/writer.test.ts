/** The single writer: atomic, in order, and failures affect nobody else. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database, Transaction } from '../../src/database/database.ts';
import { isUniqueViolation, NestedWriteError } from '../../src/database/errors.ts';
import { openDatabase } from '../../src/database/open.ts';
import { revisionIn } from '../../src/database/revision.ts';
import { concurrent, engine, freshDatabase, type TestDatabase } from '../support/engines.ts';
import { connect, perform, provenLog } from '../support/sql.ts';
import { eventCodes, insertEvent, recordEvent, writeEvent } from '../support/works.ts';

describe('the writer', () => {
  let place: TestDatabase;
  let database: Database;
  beforeEach(async () => {
    place = await freshDatabase();
    database = await openDatabase(place.url);
  });
  afterEach(async () => {
    await database.close();
    await place.remove();
  });

  /** The outcome of each write, with the reason of failures. */
  const outcomes = async (writes: readonly Promise<unknown>[]): Promise<string[]> =>
    (await Promise.allSettled(writes)).map((outcome) => {
      if (outcome.status === 'fulfilled') return 'kept';
      return isUniqueViolation(outcome.reason) ? 'not unique' : String(outcome.reason);
    });

  const code = (i: number) => `e-${String(i).padStart(3, '0')}`;

  // PGlite's single connection cannot handle more of them within the timeout of a write.
  const many = concurrent ? 200 : 40;

  it(`commits, of ${many} concurrent writes, exactly those that did not fail`, async () => {
    await writeEvent(database, 'taken');
    const { seq: before } = await database.revision();
    const kinds: { outcome: string; work(tx: Transaction, i: number): Promise<unknown> }[] = [
      { outcome: 'Error: before it wrote', work: () => Promise.reject(new Error('before it wrote')) },
      {
        outcome: 'Error: after two rows and two numbers',
        work: async (tx, i) => {
          await recordEvent(tx, code(i));
          await recordEvent(tx, `${code(i)}-b`);
          throw new Error('after two rows and two numbers');
        },
      },
      {
        outcome: 'not unique',
        work: async (tx, i) => {
          await recordEvent(tx, code(i));
          await insertEvent(tx, 'taken');
        },
      },
      { outcome: 'kept', work: (tx, i) => recordEvent(tx, code(i)) },
      { outcome: 'kept', work: (tx, i) => recordEvent(tx, code(i)) },
    ];
    const kindOf = (i: number) => kinds[i % kinds.length] as (typeof kinds)[number];
    const numbers = Array.from({ length: many }, (_, i) => i);

    const given = await outcomes(numbers.map((i) => database.write((tx) => kindOf(i).work(tx, i))));

    expect(given).toEqual(numbers.map((i) => kindOf(i).outcome));
    const kept = numbers.filter((i) => kindOf(i).outcome === 'kept').map(code);
    expect(await eventCodes(database.read)).toEqual([...kept, 'taken']);
    const log = await provenLog(database);
    expect(
      log
        .slice(before)
        .map(({ entityId }) => entityId)
        .sort(),
    ).toEqual(kept);
  });

  it('never shows gaps in the log, so that numbers are in commit order', async () => {
    let writing = true;
    const looked: number[] = [];
    const look = async () => {
      while (writing) {
        const { rows, last } = await database.snapshot(async (reader) => {
          const { changes } = reader.tables;
          const entries = await reader.select({ seq: changes.seq }).from(changes);
          return { rows: entries.length, last: (await revisionIn(reader)).seq };
        });
        expect(rows).toBe(last);
        looked.push(last);
        await new Promise((turn) => setTimeout(turn, 1));
      }
    };
    const looking = look();
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 12 }, (_, i) => writeEvent(database, `r${round}-${i}`)));
    }
    writing = false;
    await looking;
    expect(new Set(looked).size).toBeGreaterThan(3);
  });

  it('returns to each write the number of its entry', async () => {
    const { seq } = await database.revision();
    const taken = await Promise.all(Array.from({ length: 30 }, (_, i) => writeEvent(database, code(i))));
    expect(taken.toSorted((a, b) => a - b)).toEqual(taken.map((_, i) => seq + 1 + i));
    const log = await provenLog(database);
    expect(taken.map((number) => log[number - 1]?.entityId)).toEqual(taken.map((_, i) => code(i)));
  });

  it('refuses a write inside a write, without deadlock or loss of the outer one', async () => {
    let refusal: unknown;
    await database.write(async (tx) => {
      await recordEvent(tx, 'outer');
      refusal = await database.write((inner) => recordEvent(inner, 'inner')).catch((error: unknown) => error);
    });
    expect(refusal).toBeInstanceOf(NestedWriteError);
    await expect(database.write(() => database.write(async () => 'never'))).rejects.toThrow(NestedWriteError);
    expect(await eventCodes(database.read)).toEqual(['outer']);
    await writeEvent(database, 'later');
    await provenLog(database);
  });

  it('leaves the revision unchanged after works without entries', async () => {
    const before = await database.revision();
    await database.write((tx) => insertEvent(tx, 'bookkeeping'));
    await database.write(async () => 'nothing at all');
    expect(await database.revision()).toEqual(before);
    expect(await eventCodes(database.read)).toEqual(['bookkeeping']);
  });

  it('lets a work see its own writes and entries', async () => {
    const { seq } = await database.revision();
    await database.write(async (tx) => {
      await recordEvent(tx, 'a');
      await recordEvent(tx, 'b');
      expect(await eventCodes(tx)).toEqual(['a', 'b']);
      expect(tx.log.seq).toBe(seq + 2);
    });
  });

  it('returns the work’s own error or value to its caller', async () => {
    const error = new Error('mine');
    await expect(
      database.write(async () => {
        throw error;
      }),
    ).rejects.toBe(error);
    await expect(database.write(async () => ({ answer: 42 }))).resolves.toEqual({ answer: 42 });
  });

  it('keeps what it acknowledges, even if the work caught an error of the database', async () => {
    await writeEvent(database, 'taken');
    const acknowledged = await database
      .write(async (tx) => {
        await insertEvent(tx, 'survivor');
        await insertEvent(tx, 'taken').catch(() => {});
        return true;
      })
      .catch(() => false);
    expect(await eventCodes(database.read)).toEqual(acknowledged ? ['survivor', 'taken'] : ['taken']);
  });

  it('rejects a work that fails at commit, and continues', async () => {
    await database.write(async (tx) => {
      await perform(
        tx,
        'create table promises (event text references events (code) deferrable initially deferred)',
      );
    });
    const given = await outcomes([
      writeEvent(database, 'before'),
      database.write(async (tx) => {
        await recordEvent(tx, 'broken');
        await perform(tx, "insert into promises values ('nowhere')");
      }),
      writeEvent(database, 'after'),
    ]);
    // SQLite commits the three together; PostgreSQL commits each separately.
    const kept = engine === 'sqlite' ? [] : ['after', 'before'];
    expect(given.filter((outcome) => outcome === 'kept')).toHaveLength(kept.length);
    expect(given[1]).toMatch(/foreign key/i);
    expect(await eventCodes(database.read)).toEqual(kept);
    await writeEvent(database, 'later');
    await provenLog(database);
  });

  if (concurrent) {
    it('hides a work until it is committed', async () => {
      const { seq } = await database.revision();
      await database.write(async (tx) => {
        await recordEvent(tx, 'hidden');
        expect(await eventCodes(database.read)).toEqual([]);
        expect((await database.revision()).seq).toBe(seq);
      });
      expect(await eventCodes(database.read)).toEqual(['hidden']);
    });

    it('shares the log with another instance on the same database', async () => {
      const other = await openDatabase(place.url);
      try {
        await Promise.all(
          Array.from({ length: 60 }, (_, i) => writeEvent(i % 2 ? database : other, code(i))),
        );
        expect(await eventCodes(database.read)).toHaveLength(60);
        await provenLog(database);
        expect(await other.revision()).toEqual(await database.revision());
      } finally {
        await other.close();
      }
    });

    it('loses only the group whose transaction is aborted', async () => {
      const aside = await connect(place.url);
      // Like a full disk, this ends SQLite's whole transaction, and like a stopping server, PostgreSQL's
      // connection.
      if (engine === 'sqlite') {
        await aside.rows(`create trigger disaster before insert on events when new.code = 'disaster'
          begin select raise(rollback, 'the transaction is gone'); end`);
      }
      const disaster = (tx: Transaction): Promise<void> =>
        engine === 'sqlite'
          ? insertEvent(tx, 'disaster')
          : perform(tx, 'select pg_terminate_backend(pg_backend_pid())');
      await writeEvent(database, 'long-before');
      const given = await outcomes([
        writeEvent(database, 'before'),
        database.write(async (tx) => {
          await recordEvent(tx, 'beside');
          await disaster(tx);
        }),
        writeEvent(database, 'after'),
      ]);
      const kept = engine === 'sqlite' ? [] : ['after', 'before'];
      expect(given.filter((outcome) => outcome === 'kept')).toHaveLength(kept.length);
      expect(given[1]).toMatch(/the transaction is gone|terminat/);
      expect(await eventCodes(database.read)).toEqual([...kept, 'long-before']);
      await writeEvent(database, 'long-after');
      await provenLog(database);
      await aside.close();
    });
  }
});
