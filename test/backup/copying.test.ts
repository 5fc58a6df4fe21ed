/** Rows of a database, copied into another one, and its later entries. */
import { statSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyRows, WITHIN } from '../../src/backup/copying.ts';
import type { Content } from '../../src/backup/digests.ts';
import { COPIED, type CopiedTable, copiedTables } from '../../src/backup/rows.ts';
import { catalogueService } from '../../src/catalogues/service.ts';
import { loggedEntities } from '../../src/contributions.ts';
import { clockIn } from '../../src/core/clock.ts';
import type { Database } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open.ts';
import { searchText } from '../../src/database/search-text.ts';
import { GRAM_INDEXES, gramsIn, type Indexed } from '../../src/database/text-index.ts';
import { webhooks } from '../../src/features/webhooks/catalogue.ts';
import { type CarriedEntry, carriedAfter } from '../../src/log/appending.ts';
import { backupWorks, restoringWorks } from '../../src/workers/works.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { contentIn, differences, expectEveryKind, knownHistory, someOf } from '../support/backups.ts';
import { concurrent, emptyDatabase, engine, freshDatabase, type TestDatabase } from '../support/engines.ts';
import { runs } from '../support/runs.ts';
import { definitionsIn } from '../support/schema.ts';
import { connect } from '../support/sql.ts';
import { expectVerified } from '../support/verified.ts';
import { populate, writeEvent } from '../support/works.ts';
import { insertCopies } from '../support/world.ts';

const clock = clockIn('Asia/Shanghai');

async function copied(source: Database): Promise<{ copy: Database; url: string; remove(): Promise<void> }> {
  const place = await emptyDatabase();
  const copy = await openDatabase(place.url);
  await copyRows(source, copy, backupWorks, () => {});
  const remove = async () => {
    await copy.close();
    await place.remove();
  };
  return { copy, url: place.url, remove };
}

async function definitionsOf(url: string) {
  const connection = await connect(url);
  const definitions = await definitionsIn(connection);
  await connection.close();
  expect(definitions.length).toBeGreaterThan(50);
  return definitions;
}

async function append(target: Database, entries: readonly CarriedEntry[]): Promise<number[]> {
  const numbers: number[] = [];
  for await (const seq of target.load(backupWorks.append, { entries })) numbers.push(seq);
  return numbers;
}

/**
 * What the index of names finds, by gram: of all names that there have been, since an index that was left as it was
 * would still find the earlier ones.
 */
async function namesFoundIn({ read }: Database, table: Indexed): Promise<Record<string, string[]>> {
  const entries = await read.select({ fields: read.tables.changes.fields }).from(read.tables.changes);
  const names = entries.flatMap(({ fields }) => [
    fields.name?.after,
    fields.nameEn?.after,
    fields.code?.after,
  ]);
  const grams = new Set(names.flatMap((name) => gramsIn(searchText(String(name ?? ''))).split(' ')));
  grams.delete('');
  const index = read.tables[GRAM_INDEXES[table]];
  const found: Record<string, string[]> = {};
  for (const gram of grams) {
    const match = sql`${`"${gram}"`}`;
    const rows = await read.select({ id: index.id }).from(index).where(read.functions.hasGrams(index, match));
    found[gram] = rows.map(({ id }) => String(id)).sort();
  }
  return found;
}

// PGlite accepts one connection.
describe.runIf(concurrent)('a database', () => {
  let place: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    place = await freshDatabase();
    database = await openDatabase(place.url);
    await populate(database);
  });
  afterAll(async () => {
    await database.close();
    await place.remove();
  });

  it('is copied with its log, and the copy can be verified and written', async () => {
    const { copy, remove } = await copied(database);
    expect(await contentIn(copy)).toEqual(await contentIn(database));
    const found = await namesFoundIn(database, 'projects');
    expect(Object.values(found).flat().length).toBeGreaterThan(0);
    expect(await namesFoundIn(copy, 'projects')).toEqual(found);
    await expectVerified(copy);
    await writeEvent(copy, 'written-to-the-copy');
    await expectVerified(copy);
    await remove();
  });

  it('is copied to the last character, with the indexes, constraints and triggers of any database', async () => {
    const [original] = await database.read.select().from(database.read.tables.projects).limit(1);
    const note = '\\N \\. \\x41 \\\\ "\'\t\n\r\u2028\u0001 湖南𠮷';
    await insertCopies({ database }, { code: String(original?.code), note, description: '' }, 500);
    const { copy, url, remove } = await copied(database);
    expect(await contentIn(copy)).toEqual(await contentIn(database));
    const [of, ofCopy] = await Promise.all([place.url, url].map(definitionsOf));
    expect(ofCopy).toEqual(of);
    await remove();
  });

  if (engine === 'sqlite')
    it('is not changed by one that only copies it', async () => {
      const file = place.url.slice('file:'.length);
      const stateOf = () =>
        [file, `${file}-wal`].map((path) => {
          const { size, mtimeMs } = statSync(path);
          return { size, mtimeMs };
        });
      await writeEvent(database, 'in-the-log-of-the-engine');
      const before = stateOf();
      expect(before[1]?.size).toBeGreaterThan(0);
      const guest = await openDatabase(place.url, { isGuest: true });
      const copy = `${file}.copy`;
      await guest.copyFile?.(copy);
      await guest.close();
      expect(stateOf()).toEqual(before);
      expect(statSync(copy).size).toBeGreaterThan(0);
    });

  it('refuses entries that do not follow, by their number, and changes nothing', async () => {
    const { copy, remove } = await copied(database);
    const { seq } = await copy.revision();
    for (const code of ['a', 'b', 'c']) await writeEvent(database, `follows-${code}`);
    const entries = await carriedAfter(database.read, loggedEntities, seq, 10);
    const [first, second, third] = entries as [CarriedEntry, CarriedEntry, CarriedEntry];
    const before = await contentIn(copy);
    const refused: [CarriedEntry[], string][] = [
      [[second], `entry ${seq + 1}: the entry is missing`],
      [[first, third], `entry ${seq + 2}: the entry is missing`],
      [
        [first, { ...second, actor: 'x' }],
        `entry ${seq + 2}: it does not say what it said when it was written`,
      ],
      [[{ ...first, previousHash: '0' }], `entry ${seq + 1}: it does not follow from the entry before`],
    ];
    for (const [some, reason] of refused) await expect(append(copy, some)).rejects.toThrow(reason);
    expect(await contentIn(copy)).toEqual(before);
    expect((await append(copy, entries)).at(-1)).toBe(seq + 3);
    expect((await contentIn(copy)).tables).toEqual((await contentIn(database)).tables);
    await remove();
  });

  it('refuses a key whose secret is not given', async () => {
    const { copy, remove } = await copied(database);
    const { seq } = await copy.revision();
    await populate(database).catch(() => {});
    const entries = await carriedAfter(database.read, loggedEntities, seq, 10);
    const key = entries.find(({ entity }) => entity === 'keys') as CarriedEntry;
    expect(key.unlogged).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const without = entries.map(({ unlogged, ...entry }) => entry);
    await expect(append(copy, without)).rejects.toThrow(`entry ${key.seq}: “hash” of the new resource`);
    await remove();
  });

  it('gives a webhook that has no secret any more a new one', async () => {
    const { copy, remove } = await copied(database);
    const { seq } = await copy.revision();
    const service = catalogueService({ database, clock }, webhooks);
    const caller = { actor: 'test', requestId: null, regions: null };
    const { id } = await service.create(caller, { name: '推送', url: 'https://example.org/' });
    // As if it had been deleted before its entry was carried.
    const entries = (await carriedAfter(database.read, loggedEntities, seq, 100)).map(
      ({ beside, ...entry }) => entry,
    );
    await append(copy, entries);
    await copy.write(restoringWorks(clock).settle);
    const { webhookStates } = copy.read.tables;
    const states = await copy.read.select().from(webhookStates);
    expect(states.find((state) => state.id === id)).toMatchObject({
      secret: expect.stringMatching(/^whsec_/),
      cursor: entries.at(-1)?.seq,
      owner: null,
    });
    await remove();
  });
});

describe('the tables that are copied', () => {
  it('are all that hold data', async () => {
    const place = await freshDatabase();
    const database = await openDatabase(place.url);
    const others = Object.keys(database.read.tables).filter((name) => !(name in COPIED));
    expect(others.sort()).toEqual([
      'enterpriseGrams',
      'projectGrams',
      'revision',
      'settings',
      'streamTokens',
      'webhookDeliveries',
    ]);
    await database.close();
    await place.remove();
  });

  // Both engines have the same keys.
  if (engine === 'sqlite')
    it('come after those that they refer to, in the order of their keys', async () => {
      const place = await freshDatabase();
      const database = await openDatabase(place.url);
      const aside = await connect(place.url);
      const nameOf = (name: CopiedTable) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      const names = copiedTables.map(nameOf);
      for (const [i, table] of copiedTables.entries()) {
        const of = (pragma: string) => aside.rows(`select * from ${pragma}('${names[i]}')`);
        const columns = await of('pragma_table_info');
        const keys = columns.filter(({ pk }) => Number(pk) > 0).sort((a, b) => Number(a.pk) - Number(b.pk));
        const fields = database.read.tables[table] as unknown as Record<string, { name: string }>;
        expect(COPIED[table].map((field) => fields[field]?.name)).toEqual(keys.map(({ name }) => name));
        for (const { table: to, from } of await of('pragma_foreign_key_list')) {
          if (to === names[i]) expect(fields[WITHIN[table] as string]?.name).toBe(from);
          else expect(names.indexOf(to as string)).toBeLessThan(i);
        }
      }
      await aside.close();
      await database.close();
      await place.remove();
    });
});

describe.runIf(concurrent)('after any history', () => {
  let api: TestApp;
  let start: Awaited<ReturnType<typeof copied>>;
  let known: Map<number, Content>;
  beforeAll(async () => {
    api = await testApp();
    start = await copied(api.database);
    known = await knownHistory(api, 150);
  });
  afterAll(async () => {
    await start.remove();
    await api.close();
  });

  it('every kind of resource and action was there', () => expectEveryKind(api.database));

  it('a copy that follows is, at each entry, what the database was', async () => {
    const { copy } = start;
    for (const stop of someOf(known, runs(75))) {
      const { seq } = await copy.revision();
      await append(copy, await carriedAfter(api.database.read, loggedEntities, seq, stop - seq));
      expect(differences(await contentIn(copy), known.get(stop) as Content)).toEqual([]);
    }
    await expectVerified(copy);
  });

  it.each(['projects', 'enterprises'] as const)('the copy finds the same names: %s', async (table) => {
    const found = await namesFoundIn(api.database, table);
    expect(Object.values(found).flat().length).toBeGreaterThan(10);
    expect(await namesFoundIn(start.copy, table)).toEqual(found);
  });

  it('the copy accepts the same keys', async () => {
    const rowsIn = ({ read }: Database) => {
      const { id, hash } = read.tables.apiKeys;
      return read.select({ id, hash }).from(read.tables.apiKeys).orderBy(id);
    };
    expect((await rowsIn(api.database)).length).toBeGreaterThan(1);
    expect(await rowsIn(start.copy)).toEqual(await rowsIn(api.database));
  });
});
