/** Acknowledged writes are on disk, with no more syncs than necessary. */
import { existsSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenOptions } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open.ts';
import { concurrent, engine, freshDatabase, type TestDatabase } from '../support/engines.ts';
import { endAll, start, until } from '../support/process.ts';
import { provenLog } from '../support/sql.ts';
import { commitsInWal } from '../support/wal.ts';
import { eventCodes, writeEvent } from '../support/works.ts';

const endlessWriter = fileURLToPath(new URL('../support/endless-writer.ts', import.meta.url));

/** Settings of the writing connection, as texts. */
const settings: Record<typeof engine, Record<string, string>> = {
  sqlite: {
    // FULL
    'select synchronous from pragma_synchronous': '2',
    'select foreign_keys from pragma_foreign_keys': '1',
    'select trusted_schema from pragma_trusted_schema': '0',
    'select journal_mode from pragma_journal_mode': 'wal',
    // A wait for another process must not block the event loop.
    'select timeout from pragma_busy_timeout': '0',
  },
  postgres: {
    "select current_setting('synchronous_commit')": 'on',
    "select current_setting('transaction_isolation')": 'read committed',
    "select current_setting('transaction_read_only')": 'off',
  },
};

describe('durability', () => {
  let place: TestDatabase;
  beforeEach(async () => {
    place = await freshDatabase();
  });
  afterEach(async () => {
    await endAll();
    await place.remove();
  });

  it.each(Object.entries(settings[engine]))('is configured for the writer: %s', async (question, answer) => {
    for (const opening of ['first', 'again']) {
      const database = await openDatabase(place.url);
      await writeEvent(database, opening);
      const given = await database.write((tx) =>
        tx.select({ value: sql<string>`cast((${sql.raw(question)}) as text)` }).from(sql`(select 1) as one`),
      );
      expect(given).toEqual([{ value: answer }]);
      await database.close();
    }
  });

  it('keeps everything when closed and reopened', async () => {
    for (const opening of ['first', 'second', 'third']) {
      const database = await openDatabase(place.url);
      const { seq } = await database.revision();
      expect(await writeEvent(database, opening)).toBe(seq + 1);
      await database.close();
    }
    const database = await openDatabase(place.url);
    expect(await eventCodes(database.read)).toEqual(['first', 'second', 'third']);
    await provenLog(database);
    await database.close();
  });

  if (engine === 'sqlite') {
    const file = () => place.url.slice('file:'.length);

    /** Number of commits for 40 writes requested in one event-loop turn. */
    async function commitsOf40(options: OpenOptions): Promise<number> {
      const database = await openDatabase(place.url, options);
      const before = commitsInWal(file());
      await Promise.all(Array.from({ length: 40 }, (_, i) => writeEvent(database, `w-${i}`)));
      const commits = commitsInWal(file()) - before;
      await provenLog(database);
      await database.close();
      return commits;
    }

    it.each([
      { options: {}, commits: 1 },
      { options: { groupLimit: 16 }, commits: 3 },
      { options: { groupLimit: 1 }, commits: 40 },
    ])('takes one sync for concurrent writes: $options takes $commits', async ({ options, commits }) => {
      expect(await commitsOf40(options)).toBe(commits);
    });

    it('leaves one file with the whole database, after waiting writes', async () => {
      const database = await openDatabase(place.url);
      const writes = Array.from({ length: 20 }, (_, i) => writeEvent(database, `waiting-${i}`));
      await database.close();
      expect(await Promise.all(writes)).toHaveLength(20);
      expect(existsSync(`${file()}-wal`) ? statSync(`${file()}-wal`).size : 0).toBe(0);
    });
  }

  it(
    concurrent
      ? 'keeps every acknowledged write when the process is killed in the middle of writing'
      : 'keeps every acknowledged write when the client is killed (PGlite: the database itself lives on in this process)',
    async () => {
      const acknowledged: string[] = [];
      for (let round = 0; round < 3; round++) {
        const writer = start(endlessWriter, [place.url, `r${round}`]);
        await until(() => writer.stdout().split('\n').length > 20);
        // At a random moment in the middle of a write.
        await sleep(Math.random() * 60);
        writer.signal('SIGKILL');
        const { stdout } = await writer.ended;
        acknowledged.push(...stdout.split('\n').slice(0, -1));

        const database = await openDatabase(place.url);
        expect(await eventCodes(database.read)).toEqual(expect.arrayContaining(acknowledged));
        const log = await provenLog(database);
        const logged = log.map(({ entityId }) => entityId).filter((id) => id.startsWith('r'));
        expect(logged.toSorted()).toEqual(await eventCodes(database.read));
        await database.close();
      }
    },
  );
});
