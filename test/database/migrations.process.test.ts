/** Migrations: from any earlier version to this one, without losing data. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StartupError } from '../../src/core/startup-error.ts';
import { openDatabase } from '../../src/database/open.ts';
import { concurrent, emptyDatabase, engine, freshDatabase, type TestDatabase } from '../support/engines.ts';
import { addMigration, copyOfTheHouse, type House, journal, keepMigrations } from '../support/house.ts';
import { endAll, luodi, projectFolder, start } from '../support/process.ts';
import { actualSchema, definedSchema } from '../support/schema.ts';
import { type Connection, connect, provenLog } from '../support/sql.ts';
import { populate, writeEvent } from '../support/works.ts';

describe('migrations', () => {
  let house: House;
  const places: TestDatabase[] = [];
  beforeEach(() => {
    house = copyOfTheHouse();
  });
  afterEach(async () => {
    await endAll();
    house.remove();
    for (const place of places.splice(0)) await place.remove();
  });

  async function place(make: () => Promise<TestDatabase>): Promise<string> {
    const made = await make();
    places.push(made);
    return made.url;
  }

  async function looking<T>(url: string, look: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await connect(url);
    try {
      return await look(connection);
    } finally {
      await connection.close();
    }
  }

  const schemaOf = (url: string) => looking(url, actualSchema);

  /** All rows of all tables as text, for comparing dumps. */
  const dump = (url: string): Promise<Record<string, string[]>> =>
    looking(url, async ({ rows }) => {
      const tables = Object.keys(definedSchema());
      const entries: [string, string[]][] = [];
      for (const table of tables) {
        const all = await rows(`select * from ${table}`);
        entries.push([table, all.map((row) => JSON.stringify(row)).sort()]);
      }
      return Object.fromEntries(entries);
    });

  const migrateBy = async (
    cli: string,
    url: string,
    { args = [], env = {} }: { args?: string[]; env?: Record<string, string> } = {},
  ) => start(cli, ['migrate', ...args], { env: { DATABASE_URL: url, ...env } }).ended;

  it('give an empty database the defined schema', async () => {
    const url = await place(emptyDatabase);
    const database = await openDatabase(url);
    expect(await database.revision()).toEqual({ seq: 0, hash: '0'.repeat(64) });
    await database.close();
    expect(await schemaOf(url)).toEqual(definedSchema());
  });

  it('do nothing to a current database', async () => {
    const url = await place(freshDatabase);
    const database = await openDatabase(url);
    await populate(database);
    await database.close();
    const [schema, rows] = [await schemaOf(url), await dump(url)];
    const again = await openDatabase(url);
    await provenLog(again);
    await again.close();
    expect(await schemaOf(url)).toEqual(schema);
    expect(await dump(url)).toEqual(rows);
  });

  const entries = journal(projectFolder, engine);

  it.each(entries.map(({ tag }, count) => ({ count, tag })))(
    'continue from any earlier version, $count applied, $tag the next',
    async ({ count }) => {
      const url = await place(emptyDatabase);
      keepMigrations(house.folder, engine, count);
      await migrateOnly(url, join(house.folder, 'migrations', engine));
      const database = await openDatabase(url);
      await writeEvent(database, 'afterwards');
      await provenLog(database);
      await database.close();
      expect(await schemaOf(url)).toEqual(definedSchema());
    },
  );

  it('keep every row if a later version rebuilds every table', async () => {
    const url = await place(freshDatabase);
    const database = await openDatabase(url);
    await populate(database);
    await database.close();
    const before = await dump(url);
    for (const [table, rows] of Object.entries(before))
      expect({ table, rows }).not.toEqual({ table, rows: [] });

    addMigration(house.folder, engine, '9999_anew', await looking(url, rebuilding));
    const { code, stdout, stderr } = await migrateBy(house.cli, url);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(String(before.changes?.length));

    expect(await dump(url)).toEqual(before);
    expect(await schemaOf(url)).toEqual(definedSchema());
  });

  it('that leave dangling references prevent every start, not only the first', async () => {
    const url = await place(freshDatabase);
    const database = await openDatabase(url);
    await populate(database);
    await database.close();
    addMigration(house.folder, engine, '9999_broken', ["delete from projects where code = 'P-1'"]);
    for (const attempt of ['first', 'second']) {
      const { code, stderr } = await migrateBy(house.cli, url);
      expect(code, attempt).not.toBe(0);
      expect(stderr, attempt).toMatch(
        engine === 'sqlite' ? /rows that refer to rows that do not exist/ : /foreign key/,
      );
    }
  });

  if (concurrent) {
    it('are done once by processes that start together on a new database', async () => {
      const url = await place(emptyDatabase);
      const all = await Promise.all(Array.from({ length: 6 }, () => luodi(['migrate'], at(url)).ended));
      for (const { code, stderr } of all) expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(await schemaOf(url)).toEqual(definedSchema());
    });

    it('are done once by processes that start together on an older database', async () => {
      const url = await place(freshDatabase);
      addMigration(house.folder, engine, '9999_once', ['create table once (a integer)']);
      const all = await Promise.all(Array.from({ length: 4 }, () => migrateBy(house.cli, url)));
      for (const { code, stderr } of all) expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    });
  }

  it('are told by a dry run, which changes nothing', async () => {
    const url = await place(emptyDatabase);
    const told = async () => {
      const { code, stdout, stderr } = await migrateBy(house.cli, url, { args: ['--dry-run'] });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return stdout;
    };
    expect(await told()).toMatch(/no database yet/);
    if (engine === 'sqlite') expect(existsSync(fileOf(url))).toBe(false);
    const database = await openDatabase(url);
    await writeEvent(database, 'before');
    await database.close();
    expect(await told()).toMatch(/up to date/);
    const [schema, rows] = [await schemaOf(url), await dump(url)];
    addMigration(house.folder, engine, '9999_pending', ['create table pending (a integer)']);
    const pending = await told();
    expect(pending).toContain('9999_pending');
    expect(pending.includes(`${fileOf(url)}.before-9999_pending`)).toBe(engine === 'sqlite');
    expect(await schemaOf(url)).toEqual(schema);
    expect(await dump(url)).toEqual(rows);
    if (engine === 'sqlite') expect(beside(url)).toEqual([]);
  });

  it('that fail change nothing', async () => {
    const url = await place(freshDatabase);
    const [schema, rows] = [await schemaOf(url), await dump(url)];
    addMigration(house.folder, engine, '9999_half', ['create table half (a integer)', 'no statement']);
    const { code } = await migrateBy(house.cli, url);
    expect(code).toBe(1);
    expect(await schemaOf(url)).toEqual(schema);
    expect(await dump(url)).toEqual(rows);
  });

  if (engine === 'sqlite') {
    it('copy the database beside itself before they change it, unless that is switched off', async () => {
      const url = await place(freshDatabase);
      const database = await openDatabase(url);
      await populate(database);
      await database.close();
      expect(beside(url)).toEqual([]);
      const rows = await dump(url);
      addMigration(house.folder, engine, '9999_first', ["update projects set name = 'changed'"]);
      addMigration(house.folder, engine, '9999_second', ['no statement']);
      // A second attempt replaces the copy of the first.
      for (const attempt of ['first', 'second']) {
        expect((await migrateBy(house.cli, url)).code, attempt).toBe(1);
        expect(beside(url), attempt).toEqual(['test.db.before-9999_first']);
      }
      expect(await dump(`${url}.before-9999_first`)).toEqual(rows);

      const other = await place(freshDatabase);
      await migrateBy(house.cli, other, { env: { UPGRADE_BACKUP: 'false' } });
      expect(beside(other)).toEqual([]);
    });

    it('are not begun if the copy cannot be written', async () => {
      const url = await place(freshDatabase);
      const schema = await schemaOf(url);
      mkdirSync(`${fileOf(url)}.before-9999_table/in-the-way`, { recursive: true });
      addMigration(house.folder, engine, '9999_table', ['create table made (a integer)']);
      const { code, stderr } = await migrateBy(house.cli, url);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^luodi: .*cannot be copied.*UPGRADE_BACKUP=false.*\n$/);
      expect(await schemaOf(url)).toEqual(schema);
      expect(beside(url)).toEqual(['test.db.before-9999_table']);
    });
  }

  it('of a newer version are refused, with the name of the database', async () => {
    const url = await place(freshDatabase);
    addMigration(house.folder, engine, '9999_newer', ['create table newer (a integer)']);
    const { code, stderr } = await migrateBy(house.cli, url);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const rows = await dump(url);

    const refused = await openDatabase(url).then(
      async (opened) => {
        await opened.close();
        return null;
      },
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(StartupError);
    const { message } = refused as StartupError;
    expect(message).toMatch(/newer version/);
    const name = engine === 'sqlite' ? url.slice('file:'.length) : new URL(url).pathname.slice(1);
    expect(message).toContain(name);
    expect(await dump(url)).toEqual(rows);
  });

  it('match the definition, so that drizzle-kit finds nothing to add', async () => {
    const before = readdirSync(join(house.folder, 'migrations', engine), { recursive: true }).sort();
    const { code, stdout, stderr } = await generate();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('No schema changes');
    expect(readdirSync(join(house.folder, 'migrations', engine), { recursive: true }).sort()).toEqual(before);
  });

  const generate = () => {
    const { bin } = JSON.parse(
      readFileSync(join(projectFolder, 'node_modules/drizzle-kit/package.json'), 'utf8'),
    );
    const kit = join(projectFolder, 'node_modules/drizzle-kit', bin['drizzle-kit']);
    return start(kit, ['generate'], { cwd: house.folder, env: { ENGINE: engine } }).ended;
  };

  it('are the same on both engines, one for one', () => {
    const tags = (['sqlite', 'postgres'] as const).map((one) =>
      journal(projectFolder, one).map(({ idx, tag }) => ({ idx, tag })),
    );
    expect(tags[0]).toEqual(tags[1]);
  });
});

const at = (url: string) => ({ env: { DATABASE_URL: url } });

const fileOf = (url: string): string => url.slice('file:'.length);

/** The files beside a SQLite database that are not its own. */
const beside = (url: string): string[] =>
  readdirSync(dirname(fileOf(url))).filter((name) => !/^test\.db(-wal|-shm)?$/.test(name));

/**
 * The statements that drizzle-kit generates if it cannot alter a SQLite table; PostgreSQL alters tables in
 * place.
 */
async function rebuilding({ rows }: Connection): Promise<string[]> {
  const names = Object.keys(definedSchema());
  if (engine === 'postgres') {
    return names.flatMap((name) => [
      `ALTER TABLE "${name}" ADD COLUMN "anew" integer;`,
      `ALTER TABLE "${name}" DROP COLUMN "anew";`,
    ]);
  }
  const statements: string[] = [];
  for (const name of names) {
    const [table] = await rows(`select sql from sqlite_schema where type = 'table' and name = '${name}'`);
    const indexes = await rows(
      `select sql from sqlite_schema where type = 'index' and tbl_name = '${name}' and sql is not null`,
    );
    statements.push(
      'PRAGMA foreign_keys=OFF;',
      `${String(table?.sql).replace(`\`${name}\``, `\`__new_${name}\``)};`,
      `INSERT INTO \`__new_${name}\` SELECT * FROM \`${name}\`;`,
      `DROP TABLE \`${name}\`;`,
      `ALTER TABLE \`__new_${name}\` RENAME TO \`${name}\`;`,
      'PRAGMA foreign_keys=ON;',
      ...indexes.map(({ sql }) => `${sql};`),
    );
  }
  return statements;
}

/** Applies only the migrations of a folder, as an earlier version did. */
async function migrateOnly(url: string, folder: string): Promise<void> {
  if (engine === 'sqlite') {
    const [{ default: Sqlite }, { drizzle }, { migrate }] = await Promise.all([
      import('better-sqlite3'),
      import('drizzle-orm/better-sqlite3'),
      import('drizzle-orm/better-sqlite3/migrator'),
    ]);
    const client = new Sqlite(url.slice('file:'.length));
    migrate(drizzle(client), { migrationsFolder: folder });
    client.close();
    return;
  }
  const [{ default: pg }, { drizzle }, { migrate }] = await Promise.all([
    import('pg'),
    import('drizzle-orm/node-postgres'),
    import('drizzle-orm/node-postgres/migrator'),
  ]);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await migrate(drizzle(client), { migrationsFolder: folder });
  await client.end();
}
