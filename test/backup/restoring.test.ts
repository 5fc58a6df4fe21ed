/** Backups restored to any entry, or refused. */
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type MadeBase, makeBase, untold } from '../../src/backup/base.ts';
import type { Content } from '../../src/backup/digests.ts';
import { backupsIn, prune } from '../../src/backup/folder.ts';
import { follow } from '../../src/backup/following.ts';
import { frameOf, readManifest } from '../../src/backup/manifest.ts';
import { restore, type Until } from '../../src/backup/restoring.ts';
import { type SegmentWriter, segmentWriter } from '../../src/backup/segments.ts';
import { loggedEntities as entities } from '../../src/contributions.ts';
import type { Database } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open.ts';
import { backupWorks, restoringWorks } from '../../src/workers/works.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { contentIn, differences, knownHistory, someOf } from '../support/backups.ts';
import { concurrent, emptyDatabase, engine } from '../support/engines.ts';
import { runs } from '../support/runs.ts';
import { expectVerified } from '../support/verified.ts';
import { writeEvent } from '../support/works.ts';

const never = new AbortController().signal;
const STEPS = 120;
/** Small, so that there are several. */
const SEGMENT_BYTES = 5_000;

// PGlite accepts one connection.
describe.runIf(concurrent)('a backup of any history', () => {
  let api: TestApp;
  let folder: string;
  let known: Map<number, Content>;
  let bases: MadeBase[];
  let end: number;

  const context = () => ({ ...restoringWorks(api.clock), steps: untold, signal: never });
  const newBase = (database = api.database, to = folder) =>
    makeBase(database, to, api.clock.now(), { works: backupWorks, steps: untold, signal: never });
  /** Appends all entries after the last one. @returns the last one */
  function appendAll(segments: SegmentWriter, from: { seq: number; hash: string }) {
    const { database } = api;
    return follow({ database, entities, from, write: segments.append, signal: AbortSignal.abort() });
  }

  beforeAll(async () => {
    api = await testApp();
    folder = mkdtempSync(join(tmpdir(), 'luodi-backups-'));
    bases = [await newBase()];
    const stem = () => (bases.at(-1) as MadeBase).stem;
    let segments = segmentWriter(folder, stem(), SEGMENT_BYTES);
    let last: { seq: number; hash: string } = (bases[0] as MadeBase).manifest.head;
    known = await knownHistory(api, STEPS, async (i) => {
      last = await appendAll(segments, last);
      if (i !== STEPS / 2) return;
      await segments.close();
      const base = await newBase();
      bases.push(base);
      segments = segmentWriter(folder, stem(), SEGMENT_BYTES);
    });
    await segments.close();
    end = last.seq;
  });
  afterAll(async () => {
    await api.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Restores into an empty database, and looks at it. */
  async function restored<T>(
    until: Until,
    look: (database: Database) => Promise<T>,
    source = folder,
    kind: 'same' | 'file' = 'same',
  ): Promise<T> {
    const place = kind === 'same' ? await emptyDatabase() : fileIn(mkdtempSync(join(tmpdir(), 'luodi-r-')));
    try {
      await restore(source, place.url, until, context());
      const database = await openDatabase(place.url);
      try {
        return await look(database);
      } finally {
        await database.close();
      }
    } finally {
      await place.remove();
    }
  }

  const fileIn = (in_: string) => ({
    url: `file:${join(in_, 'new', 'restored.db')}`,
    remove: async () => rmSync(in_, { recursive: true, force: true }),
  });

  it('is split into several segments', async () => {
    const { segments } = await backupsIn(folder);
    for (const { stem } of bases) {
      expect(segments.filter((one) => one.stem === stem).length).toBeGreaterThan(1);
    }
  });

  it('is restored to any entry, as the data was then', async () => {
    for (const seq of someOf(known, runs(50))) {
      await restored({ seq }, async (database) => {
        expect(differences(await contentIn(database), known.get(seq) as Content)).toEqual([]);
      });
    }
  });

  it('is restored to its end, can be verified, and accepts the same keys', async () => {
    for (const kind of ['same', 'file'] as const) {
      await restored(
        null,
        async (database) => {
          expect(differences(await contentIn(database), known.get(end) as Content)).toEqual([]);
          await expectVerified(database);
          const hashesIn = async ({ read }: Database) =>
            (await read.select().from(read.tables.apiKeys)).map(({ hash }) => hash).sort();
          expect(await hashesIn(database)).toEqual(await hashesIn(api.database));
          const statesIn = async ({ read }: Database) =>
            (await read.select().from(read.tables.webhookStates)).sort((a, b) => (a.id < b.id ? -1 : 1));
          const secrets = async (from: Database) =>
            (await statesIn(from)).map(({ id, secret }) => [id, secret]);
          expect((await secrets(database)).length).toBeGreaterThan(0);
          expect(await secrets(database)).toEqual(await secrets(api.database));
          for (const { cursor, owner } of await statesIn(database))
            expect([cursor <= end, owner]).toEqual([true, null]);
          await writeEvent(database, 'after-the-restore');
          await expectVerified(database);
        },
        folder,
        kind,
      );
    }
  });

  it('is restored to a time: to the last entry that was made by then', async () => {
    const { changes } = api.database.read.tables;
    const all = await api.database.read.select().from(changes).orderBy(changes.seq);
    const [middle, last] = [all[Math.floor(all.length / 2)], all.at(-1)] as [
      (typeof all)[0],
      (typeof all)[0],
    ];
    for (const at of [middle.at, last.at, '2099-01-01T00:00:00.000Z']) {
      const wanted = all.findLast((entry) => entry.at <= at)?.seq;
      expect(await restored({ at }, async (database) => (await database.revision()).seq)).toBe(wanted);
    }
  });

  it('is restored from an earlier base, and the entries up to the end', async () => {
    const [first] = bases as [MadeBase, MadeBase];
    const place = await emptyDatabase();
    const { base, entries } = await restore(first.file, place.url, null, context());
    expect({ base, entries }).toEqual({ base: first.file, entries: end - first.manifest.head.seq });
    const database = await openDatabase(place.url);
    expect(differences(await contentIn(database), known.get(end) as Content)).toEqual([]);
    await database.close();
    await place.remove();
  });

  it('ends imports that were running', async () => {
    const { database } = api;
    const anImport = {
      id: '0190a1b2-0000-7000-8000-00000000000a',
      actor: 'test',
      request: { mode: 'commit', entity: 'projects' },
      status: 'running',
      rowsDone: 7,
      owner: { host: 'here' },
      createdAt: api.clock.now(),
      seenAt: api.clock.now(),
    };
    await database.write(async (tx) => {
      await tx.insert(tx.tables.imports).values(anImport);
    });
    const alone = mkdtempSync(join(tmpdir(), 'luodi-alone-'));
    await newBase(database, alone);
    await restored(
      null,
      async ({ read }) => {
        const rows = await read.select().from(read.tables.imports);
        expect(rows.find(({ id }) => id === anImport.id)).toMatchObject({
          status: 'failed',
          problem: { kind: 'imports.interrupted', values: { done: 7 } },
          owner: null,
        });
      },
      alone,
    );
    rmSync(alone, { recursive: true, force: true });
  });

  describe('that was changed', () => {
    let copy: string;
    beforeEach(() => {
      copy = mkdtempSync(join(tmpdir(), 'luodi-changed-'));
      cpSync(folder, copy, { recursive: true });
      return () => rmSync(copy, { recursive: true, force: true });
    });

    const newest = async () => (await backupsIn(copy)).bases.at(-1)?.file as string;
    const segments = async () => {
      const all = await backupsIn(copy);
      return all.segments.filter(({ stem }) => stem === all.bases.at(-1)?.stem);
    };
    const linesOf = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n');

    /** As if nothing had happened. */
    async function expectNothingAt(url: string): Promise<void> {
      if (engine === 'sqlite') {
        expect(readdirSync(dirname(url.slice('file:'.length)))).toEqual([]);
        return;
      }
      const database = await openDatabase(url);
      expect((await database.revision()).seq).toBe(0);
      await database.close();
    }

    async function expectRefused(reason: RegExp, until: Until = null): Promise<void> {
      const place = await emptyDatabase();
      await expect(restore(copy, place.url, until, context())).rejects.toThrow(reason);
      await expectNothingAt(place.url);
      await place.remove();
    }

    it('is refused if a byte of the base differs', async () => {
      const file = await newest();
      const bytes = readFileSync(file);
      const at = Math.floor(bytes.length * 0.6);
      bytes[at] = (bytes[at] as number) ^ 0x10;
      writeFileSync(file, bytes);
      await expectRefused(/cannot be unpacked|is damaged/);
    });

    it('is refused if the base is cut off', async () => {
      const file = await newest();
      truncateSync(file, readFileSync(file).length - 100);
      await expectRefused(/cannot be unpacked|is cut off/);
      truncateSync(file, 20);
      await expectRefused(/is not the base of a backup, or it is damaged/);
    });

    it('is refused if the base says that other rows were there', async () => {
      const file = await newest();
      const { manifest, start } = await readManifest(file);
      const content = readFileSync(file).subarray(start);
      const events = { rows: 1, hash: '0'.repeat(64) };
      const other = { ...manifest, tables: { ...manifest.tables, events } };
      writeFileSync(file, Buffer.concat([frameOf(other), content]));
      await expectRefused(/is damaged: these tables differ: events$/);
      const head = { ...manifest.head, hash: '0'.repeat(64) };
      writeFileSync(file, Buffer.concat([frameOf({ ...manifest, head }), content]));
      await expectRefused(/is damaged: the change log ends with entry \d+ \(/);
    });

    it('is restored by its log alone if its schema is that of an earlier version', async () => {
      const file = await newest();
      const { manifest, start } = await readManifest(file);
      const content = readFileSync(file).subarray(start);
      const earlier = { ...manifest, schema: '0000_earlier', tables: {} };
      writeFileSync(file, Buffer.concat([frameOf(earlier), content]));
      expect(await restored(null, async (database) => (await database.revision()).seq, copy)).toBe(end);
      const head = { ...manifest.head, hash: '0'.repeat(64) };
      writeFileSync(file, Buffer.concat([frameOf({ ...earlier, head }), content]));
      await expectRefused(/is damaged: the change log ends with entry \d+ \(/);
    });

    it('is refused if a newer version wrote it', async () => {
      const file = await newest();
      const { manifest, start } = await readManifest(file);
      const content = readFileSync(file).subarray(start);
      const newer = frameOf({ ...manifest, version: '9.9.9', schema: '9999_later' });
      writeFileSync(file, Buffer.concat([newer, content]));
      await expectRefused(/was written by a newer version of Luodi \(9\.9\.9\)$/);
      const frame = frameOf(manifest).toString('latin1').replace('"format":1', '"format":2');
      const format = Buffer.from(frame, 'latin1');
      writeFileSync(file, Buffer.concat([format, content]));
      await expectRefused(/was written by a newer version of Luodi$/);
    });

    it('is refused at the entry that was changed', async () => {
      const [first] = await segments();
      const file = first?.file as string;
      const lines = linesOf(file);
      const entry = JSON.parse(lines[1] as string);
      lines[1] = JSON.stringify({ ...entry, actor: 'somebody else' });
      writeFileSync(file, `${lines.join('\n')}\n`);
      await expectRefused(
        new RegExp(`entry ${entry.seq}: it does not say what it said when it was written$`),
      );
    });

    it('is refused at the line that is damaged', async () => {
      const [first] = await segments();
      const file = first?.file as string;
      const lines = linesOf(file);
      const { seq } = JSON.parse(lines[1] as string);
      lines[1] = (lines[1] as string).slice(0, -5);
      writeFileSync(file, `${lines.join('\n')}\n`);
      await expectRefused(new RegExp(`^entry ${seq} cannot be restored: .* is damaged in line 2$`));
    });

    it('is refused at an entry that is missing', async () => {
      const [first] = await segments();
      rmSync(first?.file as string);
      await expectRefused(new RegExp(`entry ${first?.first}: the entry is missing$`));
    });

    it('is restored without a last line that was cut off', async () => {
      const file = (await segments()).at(-1)?.file as string;
      truncateSync(file, readFileSync(file).length - 3);
      expect(await restored(null, async (database) => (await database.revision()).seq, copy)).toBe(end - 1);
    });

    it('is restored if two processes appended the same entries', async () => {
      const [first] = await segments();
      const { file } = first as { file: string };
      const again = file.replace(/-[0-9a-f]{8}\.ndjson$/, '-00000000.ndjson');
      writeFileSync(again, `${linesOf(file).slice(0, 3).join('\n')}\n`);
      expect(await restored(null, async (database) => (await database.revision()).seq, copy)).toBe(end);
    });
  });

  it('ends where the log of a later base is another one', async () => {
    const other = await testApp();
    const alone = mkdtempSync(join(tmpdir(), 'luodi-branch-'));
    const [first] = bases as [MadeBase, MadeBase];
    const { segments } = await backupsIn(folder);
    const own = segments.filter(({ stem }) => stem === first.stem);
    for (const { file } of [first, ...own]) cpSync(file, join(alone, file.slice(folder.length)));
    const lastLine = readFileSync(own.at(-1)?.file as string, 'utf8')
      .trimEnd()
      .split('\n')
      .at(-1);
    const { seq } = JSON.parse(lastLine as string);
    other.clock.set('2026-12-31T00:00:00Z');
    for (let i = 0; (await other.database.revision()).seq <= seq + 5; i++) {
      await writeEvent(other.database, `other-${i}`);
    }
    const base = await makeBase(other.database, alone, other.clock.now(), context());
    const branch = segmentWriter(alone, base.stem);
    await writeEvent(other.database, 'on-the-other');
    await follow({
      database: other.database,
      entities,
      from: base.manifest.head,
      write: branch.append,
      signal: AbortSignal.abort(),
    });
    await branch.close();
    const reached = (source: string) =>
      restored(null, async (database) => (await database.revision()).seq, source);
    expect(await reached(join(alone, first.file.slice(folder.length)))).toBe(seq);
    expect(await reached(alone)).toBe((await other.database.revision()).seq);
    await other.close();
    rmSync(alone, { recursive: true, force: true });
  });

  it('is refused beyond its ends, and where there is none', async () => {
    const place = await emptyDatabase();
    const refused: [string, Until, RegExp][] = [
      [folder, { seq: end + 1 }, new RegExp(`ends with entry ${end}; there is no ${end + 1}$`)],
      [folder, { seq: (bases[0]?.manifest.head.seq ?? 0) - 1 }, /it has no earlier state$/],
      [folder, { at: '2001-01-01T00:00:00.000Z' }, /it has no earlier state$/],
      [join(folder, 'nowhere'), null, /nowhere cannot be read: ENOENT/],
      [tmpdir(), null, /^There is no backup in /],
      [
        join(folder, readdirSync(folder).find((name) => name.endsWith('.ndjson')) as string),
        null,
        /is not the base/,
      ],
    ];
    for (const [source, until, reason] of refused) {
      await expect(restore(source, place.url, until, context())).rejects.toThrow(reason);
    }
    await place.remove();
  });

  it('is refused by a database that has something in it, and by the rest of one', async () => {
    const { seq } = await api.database.revision();
    const refusal = engine === 'sqlite' ? /already exists; nothing was changed$/ : /^The target is not empty/;
    await expect(restore(folder, api.url, null, context())).rejects.toThrow(refusal);
    expect((await api.database.revision()).seq).toBe(seq);
    const rest = mkdtempSync(join(tmpdir(), 'luodi-rest-'));
    writeFileSync(join(rest, 'luodi.db-wal'), '');
    await expect(restore(folder, `file:${join(rest, 'luodi.db')}`, null, context())).rejects.toThrow(
      /luodi\.db-wal already exists; nothing was changed$/,
    );
    expect(readdirSync(rest)).toEqual(['luodi.db-wal']);
    rmSync(rest, { recursive: true, force: true });
  });

  it('is deleted when it is neither among the newest nor young, except for the last one', async () => {
    const copy = mkdtempSync(join(tmpdir(), 'luodi-pruned-'));
    cpSync(folder, copy, { recursive: true });
    const [first, second] = bases as [MadeBase, MadeBase];
    // Of a process that was killed, and of one that is at work.
    for (const [name, age] of [
      ['old', 2],
      ['new', 0],
    ] as const) {
      const part = join(copy, `.luodi-${name}.part.db`);
      writeFileSync(part, '');
      const at = Date.parse(second.manifest.at) / 1_000 - age * 86_400;
      utimesSync(part, at, at);
    }
    expect(await prune(copy, { bases: 9, days: 9 }, Date.parse(second.manifest.at))).toEqual([
      join(copy, '.luodi-old.part.db'),
    ]);
    rmSync(join(copy, '.luodi-new.part.db'));
    const all = readdirSync(copy).length;
    const day = 86_400_000;
    const made = Date.parse(second.manifest.at);
    expect(await prune(copy, { bases: 2, days: 0 }, made + 100 * day)).toEqual([]);
    expect(await prune(copy, { bases: 1, days: 2 }, made + day)).toEqual([]);
    const deleted = await prune(copy, { bases: 1, days: 2 }, made + 3 * day);
    expect(deleted.every((file) => file.includes(first.stem))).toBe(true);
    expect(readdirSync(copy).length).toBe(all - deleted.length);
    expect((await backupsIn(copy)).bases.map(({ stem }) => stem)).toEqual([second.stem]);
    expect(await prune(copy, { bases: 1, days: 0 }, made + 100 * day)).toEqual([]);
    expect(await restored(null, async (database) => (await database.revision()).seq, copy)).toBe(end);
    rmSync(copy, { recursive: true, force: true });
  });
});
