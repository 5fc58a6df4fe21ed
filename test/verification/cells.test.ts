/** Every change in any column of any logged table is detected by verification. */
import { setTimeout } from 'node:timers/promises';
import { getTableColumns, getTableName } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loggedEntities } from '../../src/contributions.ts';
import type { Column, Database, Table } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open.ts';
import type { LoggedTable } from '../../src/log/logged.ts';
import { verify } from '../../src/workers/works.ts';
import { concurrent, engine, freshDatabase, type TestDatabase } from '../support/engines.ts';
import { type Connection, connect } from '../support/sql.ts';
import { expectVerified } from '../support/verified.ts';
import { populate, writeEvent } from '../support/works.ts';

/** Columns that cannot be checked against the log, also listed in docs/operations.md. */
const UNSEEN_COLUMNS = ['api_keys.hash', 'api_keys.last_used_at'];
const UNSEEN_TABLES = [
  'enterprise_grams',
  'imports',
  'kept_answers',
  'project_grams',
  // The log itself and its end, which are verified by the chain.
  'changes',
  'revision',
  'settings',
  'stream_tokens',
  'webhook_deliveries',
  'webhook_states',
];

const logged = loggedEntities.flatMap(({ entity, tables }) => tables.map((table) => ({ entity, ...table })));

const quoted = (value: unknown): string => `'${String(value).replaceAll("'", "''")}'`;

/** SQL for a value that differs from that of a column. */
function otherThan({ name, dataType }: Column): string {
  if (dataType === 'boolean') return engine === 'sqlite' ? `1 - ${name}` : `not ${name}`;
  if (dataType === 'number') return `coalesce(${name}, 0) + 1`;
  if (dataType === 'json') return `'{"forged":true}'`;
  return `coalesce(${name}, '') || 'x'`;
}

/** Disables foreign keys, as the owner of the file can. */
const unbind = {
  sqlite: 'pragma foreign_keys = off',
  postgres: 'set session_replication_role = replica',
}[engine];

// A second connection, which PGlite does not accept.
describe.runIf(concurrent)('in the logged tables', () => {
  let place: TestDatabase;
  let database: Database;
  let aside: Connection;
  beforeEach(async () => {
    place = await freshDatabase();
    database = await openDatabase(place.url);
    await populate(database);
    aside = await connect(place.url);
    await aside.rows(unbind);
  });
  afterEach(async () => {
    await aside.close();
    await database.close();
    await place.remove();
  });

  const tableOf = ({ table }: LoggedTable) => database.read.tables[table] as Table;
  const columnsOf = (table: LoggedTable) =>
    getTableColumns(tableOf(table)) as unknown as Record<string, Column>;

  /** The last row of a table, and the SQL that finds it. */
  async function someRow(table: LoggedTable) {
    const columns = columnsOf(table);
    const names = [table.of, ...table.key].map((field) => (columns[field] as Column).name);
    const name = getTableName(tableOf(table));
    const [row = {}] = await aside.rows(
      `select * from ${name} order by ${names.join(' desc, ')} desc limit 1`,
    );
    return { row, name, where: names.map((column) => `${column} = ${quoted(row[column])}`).join(' and ') };
  }

  const forge = (name: string, columns: readonly Column[], where: string) =>
    aside.rows(
      `update ${name} set ${columns.map((column) => `${column.name} = ${otherThan(column)}`).join(', ')} where ${where}`,
    );

  it('every table is known, and others are ignored', () => {
    const known = new Set(logged.map((table) => getTableName(tableOf(table))));
    const all = Object.values(database.read.tables).map((table) => getTableName(table as Table));
    expect(all.filter((name) => !known.has(name)).sort()).toEqual([...UNSEEN_TABLES].sort());
  });

  it('a change in every other column is detected, with the values of the data and the log', async () => {
    await expectVerified(database);
    const forged: string[] = [];
    for (const table of logged) {
      const { name, where } = await someRow(table);
      const columns = Object.entries(columnsOf(table)).filter(
        ([field]) => field !== table.of && !table.key.includes(field),
      );
      if (columns.length === 0) continue;
      const all = columns.map(([, column]) => column);
      await forge(name, all, where);
      forged.push(...all.map((column) => `${name}.${column.name}`));
    }
    const { broken, differences } = await verify(database);
    expect(broken).toBeNull();
    const seen = differences.flatMap(({ entity, part, what, fields }) => {
      expect(what).toBe('changed');
      const table = logged.find((one) =>
        part ? getTableName(tableOf(one)) === part.table : one.entity === entity && one.key.length === 0,
      ) as LoggedTable;
      return fields.map(({ field, data, log }) => {
        expect(data).not.toEqual(log);
        return `${getTableName(tableOf(table))}.${columnsOf(table)[field]?.name}`;
      });
    });
    expect([...seen, ...UNSEEN_COLUMNS].sort()).toEqual(forged.sort());
  });

  /** The key columns, in rounds: one of each table that has as many. */
  const rounds = [0, 1, 2].map((i) =>
    logged.flatMap((table) => {
      const field = [table.of, ...table.key][i];
      return field === undefined ? [] : [{ table, field }];
    }),
  );

  it.each(rounds.map((keys) => ({ keys, names: keys.map(({ table, field }) => `${table.table} ${field}`) })))(
    'a change in every key column is detected: $names',
    async ({ keys }) => {
      const before = await expectVerified(database);
      const forged: string[] = [];
      for (const { table, field } of keys) {
        const { name, where } = await someRow(table);
        await forge(name, [columnsOf(table)[field] as Column], where);
        const row = table.key.length > 0 ? name : table.entity;
        forged.push(`${row} is missing`, `${row} is unknown`);
      }
      const { rows, differences } = await verify(database);
      expect(rows).toBe(before.rows);
      expect(
        differences.map(({ entity, part, what }) => `${part?.table ?? entity} is ${what}`).sort(),
      ).toEqual(forged.sort());
    },
  );

  const odd: Record<typeof engine, [what: string, change: string, data: unknown][]> = {
    sqlite: [
      ['a flag that is neither', 'investment_estimated = 2', 2],
      ['a number in words', "investment_yuan = 'many'", 'many'],
      ['a broken number', 'investment_yuan = 0.5', 0.5],
      ['bytes', "name = x'00ff'", new Uint8Array([0, 255])],
    ],
    postgres: [],
  };
  const everywhere: typeof odd.sqlite = [
    ['a blank at the end', "name = name || ' '", '示例项目 '],
    ['an empty text for none', "note = ''", ''],
    ['no amount for none in place', 'contracted_funds_yuan = 0', 0],
    ['an amount beyond all', 'investment_yuan = 9007199254740993', 9007199254740992],
    ['a character that is not seen', "name = '示例\u200b项目'", '示例\u200b项目'],
  ];
  it.each([...everywhere, ...odd[engine]])('%s is detected', async (_, change, data) => {
    await aside.rows(`update projects set ${change} where code = 'P-1'`);
    const { differences } = await verify(database);
    expect(differences).toMatchObject([{ what: 'changed', fields: [{ data }] }]);
  });

  // PostgreSQL cannot store such a value.
  if (engine === 'sqlite') {
    it('invalid JSON is detected', async () => {
      await aside.rows("update clusters set targets = '['");
      await aside.rows("update mappings set definition = ''");
      const { differences } = await verify(database);
      expect(differences.map(({ entity, fields }) => [entity, fields[0]?.data])).toEqual([
        ['mappings', ''],
        ['clusters', '['],
      ]);
    });
  }

  it('no row is confused with another, in any order', async () => {
    for (const code of ['', ' ', 'Z', 'z', '\ue000', '\u{1f600}', 'populated0']) {
      await aside.rows(
        `insert into events (code, name, starts_on, ends_on) values ('${code}', 'x', '2020-06-29', '2020-06-30')`,
      );
    }
    const { differences } = await verify(database);
    expect(differences.map(({ what }) => what)).toEqual(Array(7).fill('unknown'));
    await aside.rows("delete from events where name = 'x'");
    await expectVerified(database);
  });

  it('concurrent writes are not reported as differences', async () => {
    let isOver = false;
    const writing = (async () => {
      for (let i = 0; !isOver; i++) {
        await writeEvent(database, `meanwhile-${i}`);
        // Otherwise other work would never run.
        await setTimeout(2);
      }
    })();
    for (let round = 0; round < 5; round++) await expectVerified(database);
    isOver = true;
    await writing;
    await expectVerified(database);
  });
});
