/** The log cannot be altered through the database's own rules; where somebody gets round them, it shows. */
import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyLog } from '../../src/changes/service.ts';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { concurrent, emptyDatabase, engine, freshDatabase, type TestDatabase } from '../support/engines.ts';
import { endAll, luodi } from '../support/process.ts';
import { type Connection, connect, perform } from '../support/sql.ts';
import { populate } from '../support/works.ts';

const quiet = () => {};

let place: TestDatabase;
let database: Database;
beforeEach(async () => {
  place = await freshDatabase();
  database = await openDatabase(place.url);
  await populate(database);
});
afterEach(async () => {
  await database.close();
  await endAll();
  await place.remove();
});

describe('the log of changes', () => {
  it.each([
    ['changed', "update changes set actor = 'somebody else' where seq = 2"],
    ['changed as a whole', 'update changes set seq = seq + 1'],
    ['deleted', 'delete from changes where seq = 1'],
    ['emptied', engine === 'sqlite' ? 'delete from changes' : 'truncate changes'],
  ])('cannot be %s', async (_, statement) => {
    const before = await database.revision();
    await expect(database.write((tx) => perform(tx, statement))).rejects.toThrow(/append-only|Failed query/);
    expect(await verifyLog(database, quiet)).toEqual({ broken: null, head: before });
  });

  it('is verified to its end, with its progress', async () => {
    const told: [number, number][] = [];
    const { broken, head } = await verifyLog(database, (done, total) => told.push([done, total]));
    expect(broken).toBeNull();
    expect(head).toEqual(await database.revision());
    expect(told.at(-1)).toEqual([head.seq, head.seq]);
  });
});

/** What somebody does who owns the database file or server, and so can switch its rules off. */
const unlock = {
  sqlite: ['drop trigger changes_no_update', 'drop trigger changes_no_delete'],
  postgres: ['alter table changes disable trigger all'],
}[engine];

const forgeries: [string, string[], number][] = [
  ['an actor was changed', ["update changes set actor = 'x' where seq = 3"], 3],
  ['what was said was changed', [`update changes set fields = '{"name":{"after":"x"}}' where seq = 2`], 2],
  ['the moment was changed', ["update changes set at = '2001-01-01T00:00:00.000Z' where seq = 4"], 4],
  ['an entry was removed', ['delete from changes where seq = 3'], 3],
  ['the first entry was removed', ['delete from changes where seq = 1'], 1],
  ['a hash was changed', [`update changes set hash = '${'a'.repeat(64)}' where seq = 3`], 3],
  ['the end was cut off', ['delete from changes where seq = (select max(seq) from changes)'], Number.NaN],
];

// Another connection, which PGlite does not have.
if (concurrent) {
  describe('somebody who gets round its rules is found out:', () => {
    let aside: Connection;
    beforeEach(async () => {
      aside = await connect(place.url);
      for (const statement of unlock) await aside.rows(statement);
    });
    afterEach(() => aside.close());

    it.each(forgeries)('%s', async (_, statements, seq) => {
      const { seq: last } = await database.revision();
      for (const statement of statements) await aside.rows(statement);
      const { broken } = await verifyLog(database, quiet);
      expect(broken?.seq).toBe(Number.isNaN(seq) ? last : seq);
      expect(broken?.reason).toMatch(/\w/);
    });

    it('`luodi verify` says which entry, and ends with an error; of a whole log it says so', async () => {
      const env = { DATABASE_URL: place.url };
      const whole = await luodi(['verify'], { env }).ended;
      const { seq, hash } = await database.revision();
      expect(whole).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`${seq} entries, head ${hash}`),
      });
      await aside.rows("update changes set actor = 'x' where seq = 3");
      const broken = await luodi(['verify'], { env }).ended;
      expect(broken.code).not.toBe(0);
      expect(broken.stderr).toMatch(/luodi: the log of changes is broken at entry 3: \w+/);
    });

    it('`luodi verify` does not call the log of a database whole that is not there, or has nothing in it', async () => {
      const empty = await emptyDatabase();
      if (engine === 'sqlite') {
        const missing = await luodi(['verify'], { env: { DATABASE_URL: empty.url } }).ended;
        expect(missing).toMatchObject({ code: 1, stdout: '' });
        expect(missing.stderr).toMatch(/^luodi: There is no database at .*\n$/);
        expect(existsSync(empty.url.slice('file:'.length))).toBe(false);
        writeFileSync(empty.url.slice('file:'.length), '');
      }
      const nothing = await luodi(['verify'], { env: { DATABASE_URL: empty.url } }).ended;
      expect(nothing).toMatchObject({ code: 1, stdout: '' });
      expect(nothing.stderr).toContain('luodi: the log of changes is empty');
      await empty.remove();
    });
  });
}
