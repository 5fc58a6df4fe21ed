/** Database rules protect the log from changes; if someone circumvents them, verification shows it. */
import { existsSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open.ts';
import { verify } from '../../src/workers/works.ts';
import { concurrent, emptyDatabase, engine, freshDatabase, type TestDatabase } from '../support/engines.ts';
import { endAll, luodi } from '../support/process.ts';
import { type Connection, connect, perform } from '../support/sql.ts';
import { expectVerified } from '../support/verified.ts';
import { populate } from '../support/works.ts';

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

/** The values of entry 2 with another actor, to replace it. */
const forged = `into changes (seq, entity, entity_id, action, actor, at, fields, previous_hash, hash)
  select seq, entity, entity_id, action, 'somebody else', at, fields, previous_hash, hash from changes where seq = 2`;

const replacements: Record<typeof engine, [string, string][]> = {
  sqlite: [
    ['replaced', `insert or replace ${forged}`],
    ['replaced by another word', `replace ${forged}`],
    ['replaced by its row number', `insert or replace ${forged.replaceAll('seq', 'rowid')}`],
    ['replaced by a change of another', 'update or replace changes set seq = 2 where seq = 3'],
    ['changed by an upsert', `insert ${forged} on conflict (seq) do update set actor = excluded.actor`],
    ['passed over', `insert or ignore ${forged}`],
  ],
  postgres: [
    ['changed by an upsert', `insert ${forged} on conflict (seq) do update set actor = excluded.actor`],
    [
      'changed by a merge',
      'merge into changes using (select 2 as n) other on seq = n when matched then update set actor = $$x$$',
    ],
  ],
};

describe('the change log', () => {
  it.each([
    ['changed', "update changes set actor = 'somebody else' where seq = 2"],
    ['changed as a whole', 'update changes set seq = seq + 1'],
    ['deleted', 'delete from changes where seq = 1'],
    ['emptied', engine === 'sqlite' ? 'delete from changes' : 'truncate changes'],
    ['written a second time', `insert ${forged}`],
    ...replacements[engine],
  ])('cannot be %s', async (_, statement) => {
    const before = await database.revision();
    const refusal = /append-only|duplicate key/;
    await expect(database.write((tx) => perform(tx, statement))).rejects.toThrow(refusal);
    expect((await expectVerified(database)).head).toEqual(before);
  });

  it('is verified to its end, with progress', async () => {
    const told: [number, number][] = [];
    const { broken, head, rows } = await verify(database, (done, total) => told.push([done, total]));
    expect(broken).toBeNull();
    expect(head).toEqual(await database.revision());
    expect(rows).toBeGreaterThan(100);
    expect(told.at(-1)).toEqual([2 * head.seq, 2 * head.seq]);
  });
});

/** The means of an attacker who owns the database file or server, and can therefore disable its rules. */
const unlock = {
  sqlite: ['update', 'delete', 'replace'].map((what) => `drop trigger changes_no_${what}`),
  postgres: ['alter table changes disable trigger all'],
}[engine];

type Forgery = [what: string, statements: string[], seq: number | ((last: number) => number)];

/** PostgreSQL accepts only valid JSON. */
const notJson: Forgery[] = [
  ['what was said is no JSON any more', ["update changes set fields = '{' where seq = 2"], 2],
];

const forgeries: Forgery[] = [
  ['an actor was changed', ["update changes set actor = 'x' where seq = 3"], 3],
  ['what was said was changed', [`update changes set fields = '{"name":{"after":"x"}}' where seq = 2`], 2],
  ['the moment was changed', ["update changes set at = '2001-01-01T00:00:00.000Z' where seq = 4"], 4],
  ['an entry was removed', ['delete from changes where seq = 3'], 3],
  ['the first entry was removed', ['delete from changes where seq = 1'], 1],
  ['a hash was changed', [`update changes set hash = '${'a'.repeat(64)}' where seq = 3`], 3],
  ...(engine === 'sqlite' ? notJson : []),
  ['an entry was put before the first', [`insert ${forged.replace('select seq', 'select 0')}`], 0],
  [
    'an entry was put after the last',
    [`insert ${forged.replace('select seq', 'select (select max(seq) + 1 from changes)')}`],
    (last) => last + 1,
  ],
  ['the end was cut off', ['delete from changes where seq = (select max(seq) from changes)'], (last) => last],
];

// A second connection, which PGlite does not accept.
if (concurrent) {
  describe('circumventing its rules is detected:', () => {
    let aside: Connection;
    beforeEach(async () => {
      aside = await connect(place.url);
      for (const statement of unlock) await aside.rows(statement);
    });
    afterEach(() => aside.close());

    it.each(forgeries)('%s', async (_, statements, seq) => {
      const { seq: last } = await database.revision();
      for (const statement of statements) await aside.rows(statement);
      const { broken } = await verify(database);
      expect(broken?.seq).toBe(typeof seq === 'number' ? seq : seq(last));
      expect(broken?.reason).toMatch(/\w/);
    });

    it('`luodi verify` reports the entry and exits with an error, and confirms an intact log', async () => {
      const env = { DATABASE_URL: place.url };
      const whole = await luodi(['verify'], { env }).ended;
      const { seq, hash } = await database.revision();
      expect(whole).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`${seq} entries, head ${hash}`),
      });
      expect(whole.stdout).toMatch(/The data matches it: \d+ rows\.\n$/);
      await aside.rows("update changes set actor = 'x' where seq = 3");
      const broken = await luodi(['verify'], { env }).ended;
      expect(broken.code).not.toBe(0);
      expect(broken.stderr).toMatch(/luodi: the change log is broken at entry 3: \w+/);
    });

    it('`luodi verify` does not confirm a missing or empty database', async () => {
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
      expect(nothing.stderr).toContain('luodi: the change log is empty');
      await empty.remove();
    });
  });

  describe('changing data without the log is detected:', () => {
    let aside: Connection;
    beforeEach(async () => {
      aside = await connect(place.url);
    });
    afterEach(() => aside.close());

    const admin = `insert into api_keys (id, name, prefix, hash, role, created_at)
      values ('0190a1b2-0000-7000-8000-00000000000c', 'a clerk', 'luodi_abcdef', 'x', 'admin', '2026-11-22T04:00:00.000Z')`;

    const attacks: [what: string, statements: string[], says: RegExp[], counts: string][] = [
      [
        'an amount was changed',
        ["update projects set investment_yuan = 10000000000 where code = 'P-1'"],
        [/^projects [\w-]{36}: investmentYuan is 10000000000; the log has 100000000$/m],
        '1 of projects',
      ],
      [
        'an entry of a ledger was deleted',
        ["delete from funds_entries where project_id = (select id from projects where code = 'P-2')"],
        [/^projects \S+, funds_entries id "\S+": the row is missing; .*amountYuan 1000000,/m],
        '1 of projects',
      ],
      [
        'a key of an administrator was inserted',
        [admin],
        [/^keys 0190a1b2-0000-7000-8000-00000000000c: the row is not in the log$/m],
        '1 of keys',
      ],
      [
        'an editor was made an administrator, and bound to no region',
        ["update api_keys set role = 'admin', regions = null where name = 'a key'"],
        [/: role is "admin"; the log has "editor"$/m, /: regions is null; the log has \["430100"\]$/m],
        '1 of keys',
      ],
      [
        'things were deleted with all that belongs to them',
        ['funds_entries', 'project_investors', 'kept_answers', 'projects'].map(
          (table) => `delete from ${table}`,
        ),
        [
          /^projects \S+: the row is missing; the log has .*code "P-1"/m,
          /^projects \S+, project_investors position 0: the row is missing/m,
        ],
        '6 of projects',
      ],
      [
        'something deleted came back, and something else is new',
        [
          "insert into events (code, name, starts_on, ends_on) values ('gone', 'x', '2020-06-29', '2020-06-30')",
          "insert into events (code, name, starts_on, ends_on) values ('a\u001b[2J😀', 'x', '2020-06-29', '2020-06-30')",
        ],
        [/^events gone: the row is not in the log/m, /^events "a\\u001b\[2J😀": the row is not in the log/m],
        '2 of events',
      ],
    ];

    it.each(attacks)('%s', async (_, statements, says, counts) => {
      for (const statement of statements) await aside.rows(statement);
      const { code, stdout, stderr } = await luodi(['verify'], { env: { DATABASE_URL: place.url } }).ended;
      expect(code).toBe(1);
      for (const line of says) expect(stdout).toMatch(line);
      expect(stderr).toMatch(/^luodi: rows that differ from the change log: .*$/m);
      expect(stderr).toContain(`change log: ${counts}\n`);
    });

    it('lists the first hundred rows, and counts the others', async () => {
      for (let i = 0; i < 150; i++) {
        await aside.rows(
          `insert into events (code, name, starts_on, ends_on) values ('e-${i}', 'x', '2020-06-29', '2020-06-30')`,
        );
      }
      await aside.rows("update projects set note = 'x'");
      const { code, stdout, stderr } = await luodi(['verify'], { env: { DATABASE_URL: place.url } }).ended;
      expect({ code, lines: stdout.trimEnd().split('\n').length }).toEqual({ code: 1, lines: 100 });
      expect(stderr).toContain('change log: 150 of events, 2 of projects (the first 100 are listed)\n');
    });
  });
}
