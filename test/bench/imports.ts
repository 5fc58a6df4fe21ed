/**
 * Speed and memory of importing a file of 100 000 projects with their history, and latency of other requests
 * meanwhile.
 */
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { parse } from 'csv-parse/sync';
import { gramsIn } from '../../src/database/text-index.ts';
import { importSheet, keyFor } from './calls.ts';
import { smallDatabase, type Watched, watch, watchedRows } from './exports.ts';
import { startService } from './processes.ts';
import type { Row, Setting } from './sections.ts';

/** The same database without its projects, and an administrator's key. */
export async function emptied(full: string, empty: string): Promise<string> {
  copyFileSync(full, empty);
  const db = new Sqlite(empty);
  db.pragma('foreign_keys = OFF');
  for (const table of ['funds_entries', 'project_investors', 'projects', 'project_grams'])
    db.exec(`delete from ${table}`);
  db.exec('vacuum');
  db.close();
  return keyFor(empty);
}

/** The tables that an import writes, and the rows that it has written. */
const written = (lastBefore: number): Record<string, string> => ({
  projects: 'select * from projects',
  project_investors: 'select * from project_investors',
  changes: `select * from changes where seq > ${lastBefore}`,
});

/**
 * Rows per second of a program that only writes: it inserts the rows of an import into the same tables, with the
 * same indexes, of another database, in one transaction.
 */
function bareInserts(imported: string, empty: string, file: string): number {
  copyFileSync(empty, file);
  const from = new Sqlite(imported, { readonly: true });
  const to = new Sqlite(file);
  to.pragma('journal_mode = WAL');
  to.pragma('synchronous = FULL');
  to.pragma('foreign_keys = ON');
  to.pragma('cache_size = -32768');
  const last = to.prepare('select max(seq) from changes').pluck().get() as number;
  const tables = Object.entries(written(last)).map(([table, selected]) => {
    const rows = from.prepare(selected).raw().all() as unknown[][];
    const insert = to.prepare(`insert into ${table} values (${rows[0]?.map(() => '?').join(', ')})`);
    return { rows, insert };
  });
  const texts = from.prepare('select id, search_text from projects').raw().all() as [string, string][];
  const grams = texts.map(([id, text]) => [id, gramsIn(text)]);
  tables.push({ rows: grams, insert: to.prepare('insert into project_grams (id, grams) values (?, ?)') });
  from.close();
  const began = performance.now();
  to.transaction(() => {
    for (const { rows, insert } of tables) for (const row of rows) insert.run(row);
  })();
  const seconds = (performance.now() - began) / 1_000;
  to.close();
  return texts.length / seconds;
}

/** The columns of a sheet that is filled in by hand. */
const USUAL = [
  'Code',
  'Name',
  'Event',
  'Level',
  'Region',
  'Zone',
  'Industry',
  'Investors',
  'Investment (yuan)',
  'Signed',
  'Registered',
  'Started',
];

/** A sheet of all columns with the usual ones only. */
export function usualColumnsOf(file: Buffer): Buffer {
  const rows: Record<string, string>[] = parse(file, { bom: true, columns: true });
  const cell = (text = '') => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = rows.map((row) => USUAL.map((name) => cell(row[name])).join());
  return Buffer.from(`${[USUAL.join(), ...lines].join('\r\n')}\r\n`);
}

/** All projects of a database as csv. */
export async function sheetOf(file: string): Promise<Buffer> {
  const service = await startService(file);
  const sheet = await (await fetch(`${service.url}/v1/projects?format=csv`)).arrayBuffer();
  await service.stop();
  return Buffer.from(sheet);
}

const ALL = 'all columns';

interface Measured {
  rows: number;
  /** Of the fastest run. */
  seconds: number;
  /** Of all runs. */
  seen: Watched;
  /** Rows per second of the bare loop. */
  bare: number;
}

/** Both cores belong to the service: it reads on one; then one computes what the other writes. */
async function measured(
  { folder, runs }: Setting,
  template: string,
  key: string,
  file: Buffer,
): Promise<Measured> {
  const seen: Watched = { waits: [], peak: 0 };
  const found: Measured = { rows: 0, seconds: Number.POSITIVE_INFINITY, seen, bare: 0 };
  const [database, bare] = [join(folder, 'imports-run.db'), join(folder, 'imports-bare.db')];
  for (let run = 0; run < Math.min(runs, 3); run++) {
    for (const one of [database, bare])
      for (const end of ['', '-wal', '-shm']) rmSync(one + end, { force: true });
    copyFileSync(template, database);
    const service = await startService(database, { IMPORT_DIR: join(folder, 'imports') }, 'both');
    const stop = watch(service);
    const began = performance.now();
    found.rows = (await importSheet(service, key, file)).created;
    found.seconds = Math.min(found.seconds, (performance.now() - began) / 1_000);
    const { waits, peak } = await stop();
    seen.waits.push(...waits);
    seen.peak = Math.max(seen.peak, peak);
    await service.stop();
    found.bare = Math.max(found.bare, bareInserts(database, template, bare));
  }
  return found;
}

export async function imports(setting: Setting): Promise<Row[]> {
  const full = await smallDatabase(setting);
  const all = await sheetOf(full);
  const template = join(setting.folder, 'imports.db');
  const key = await emptied(full, template);
  const files = { [ALL]: all, 'the twelve usual columns': usualColumnsOf(all) };
  const report: Row[] = [];
  for (const [columns, file] of Object.entries(files)) {
    const { rows, seconds, seen, bare } = await measured(setting, template, key, file);
    const speed = rows / seconds;
    report.push(
      {
        name: `import of ${rows} projects with ${columns} as csv (${(file.byteLength / 1e6).toFixed(0)} MB), committed with their history ÷ a loop that only inserts the finished rows`,
        ours: `${Math.round(speed)} rows/s (${seconds.toFixed(1)} s)`,
        yardstick: `${Math.round(bare)} rows/s`,
        ratio: speed / bare,
        ...(columns !== ALL && { target: { least: 0.7 } }),
      },
      ...watchedRows('while the file comes in', seen),
    );
  }
  return report;
}
