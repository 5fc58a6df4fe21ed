/** Backup and restore of a million projects with 100 000 later entries. */
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { backupsIn } from '../../src/backup/folder.ts';
import { follow } from '../../src/backup/following.ts';
import { readManifest } from '../../src/backup/manifest.ts';
import { segmentWriter } from '../../src/backup/segments.ts';
import { loggedEntities as entities } from '../../src/contributions.ts';
import { openDatabase } from '../../src/database/open.ts';
import { corrected } from './past.ts';
import { root, run } from './processes.ts';
import type { Row, Setting } from './sections.ts';
import { startPostgres } from './throw-away-postgres.ts';

const PROJECTS = 1_000_000;
const WANTED = { base: 90, entries: 5_000, hold: 50 };
const COPY = `const fs = require('node:fs');
const [from, to] = process.argv.slice(1);
fs.copyFileSync(from, to);
fs.fsyncSync(fs.openSync(to, 'r+'));`;

export async function backup(setting: Setting): Promise<Row[]> {
  const original = await setting.madeUp(PROJECTS);
  const { file: later, last } = corrected(original);
  const file = join(setting.folder, 'backed-up.db');
  copyFileSync(original, file);
  const folder = join(setting.folder, 'backups');
  const commandOn = (url: string, args: string[]) =>
    run([join(root, 'dist/cli.js'), ...args], { DATABASE_URL: url });
  const command = (args: string[], file: string) => commandOn(`file:${file}`, args);

  const alone = await longestWrites(file, () => new Promise((later) => setTimeout(later, 10_000)));
  const copied = await longestWrites(file, () =>
    run(['-e', COPY, original, join(setting.folder, 'copied.db')], {}),
  );
  rmSync(join(setting.folder, 'copied.db'));
  const meanwhile = await longestWrites(file, () => command(['backup', folder], file));
  rmSync(file);
  const entries = await segmentsFrom(later, folder);

  const restored = join(setting.folder, 'restored.db');
  const restoring = ['restore', folder, '--to', String(last - entries)];
  const base = await secondsOf(() => command(restoring, restored));
  rmSync(restored);
  const all = await secondsOf(() => command(['restore', folder], restored));
  rmSync(restored);
  const rate = entries / (all - base);
  const elsewhere = await intoPostgres((url) => commandOn(url, restoring));
  return [
    { name: 'a million: backup', ours: `${meanwhile.seconds.toFixed(0)} s`, yardstick: '' },
    {
      name: 'a million: longest of the writes during a backup',
      ours: `${meanwhile.longest.toFixed(0)} ms`,
      yardstick: `${WANTED.hold} ms`,
      ratio: meanwhile.longest / WANTED.hold,
      target: { most: 1 },
    },
    {
      name: 'a million: the limit, ÷ the longest while only a file of that size is copied and synced',
      ours: `${meanwhile.longest.toFixed(0)} ms`,
      yardstick: `${copied.longest.toFixed(0)} ms`,
      ratio: meanwhile.longest / copied.longest,
    },
    {
      name: 'a million: the limit, ÷ the longest while nothing else happens',
      ours: `${meanwhile.longest.toFixed(0)} ms`,
      yardstick: `${alone.longest.toFixed(0)} ms`,
      ratio: meanwhile.longest / alone.longest,
    },
    restoredIn(base, 'a million: restore of a base'),
    ...elsewhere,
    {
      name: `a million: replay of ${entries} later entries`,
      ours: `${rate.toFixed(0)}/s`,
      yardstick: `${WANTED.entries}/s`,
      ratio: rate / WANTED.entries,
      target: { least: 1 },
    },
  ];
}

const restoredIn = (seconds: number, name: string): Row => ({
  name,
  ours: `${seconds.toFixed(0)} s`,
  yardstick: `${WANTED.base} s`,
  ratio: seconds / WANTED.base,
  target: { most: 1 },
});

async function intoPostgres(restore: (url: string) => Promise<unknown>): Promise<Row[]> {
  const postgres = await startPostgres();
  if (!postgres) {
    process.stderr.write('\nPostgreSQL is not installed; restoring into it is left out.\n');
    return [];
  }
  try {
    const seconds = await secondsOf(() => restore(postgres.url));
    return [restoredIn(seconds, 'a million: restore of a base into PostgreSQL')];
  } finally {
    postgres.stop();
  }
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}

/** Writes one after the other during a work, in another process than that. */
async function longestWrites(file: string, work: () => Promise<unknown>) {
  const database = await openDatabase(`file:${file}`);
  let isOver = false;
  let longest = 0;
  const writing = (async () => {
    while (!isOver) {
      const began = performance.now();
      await database.write(async (tx) => {
        await tx.delete(tx.tables.streamTokens);
      });
      longest = Math.max(longest, performance.now() - began);
      await new Promise((next) => setTimeout(next, 5));
    }
  })();
  const seconds = await secondsOf(work);
  isOver = true;
  await writing;
  await database.close();
  return { seconds, longest };
}

/** Appends the entries after the base, as if they had been written since. @returns how many */
async function segmentsFrom(file: string, folder: string): Promise<number> {
  const [base] = (await backupsIn(folder)).bases;
  if (!base) throw new Error('There is no backup.');
  const { head } = (await readManifest(base.file)).manifest;
  const database = await openDatabase(`file:${file}`);
  const segments = segmentWriter(folder, base.stem);
  const stop = AbortSignal.abort();
  const { seq } = await follow({ database, entities, from: head, write: segments.append, signal: stop });
  await segments.close();
  await database.close();
  return seq - head.seq;
}
