/** A copy of the whole service, to be modified like a later version. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from './engines.ts';
import { projectFolder } from './process.ts';

export interface House {
  folder: string;
  /** Path of its `luodi`. */
  cli: string;
  remove(): void;
}

export interface JournalEntry {
  idx: number;
  version: string;
  when: number;
  tag: string;
  breakpoints: boolean;
}

const COPIED = ['src', 'migrations', 'package.json', 'drizzle.config.ts', 'tsconfig.json'];

export function copyOfTheHouse(): House {
  const folder = mkdtempSync(join(tmpdir(), 'luodi-house-'));
  for (const name of COPIED) cpSync(join(projectFolder, name), join(folder, name), { recursive: true });
  symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,
    cli: join(folder, 'src/cli.ts'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const journalIn = (folder: string, engine: Engine) =>
  join(folder, 'migrations', engine, 'meta/_journal.json');

export const journal = (folder: string, engine: Engine): JournalEntry[] =>
  JSON.parse(readFileSync(journalIn(folder, engine), 'utf8')).entries;

/** Keeps only the first migrations of a copy, like an earlier version. */
export function keepMigrations(folder: string, engine: Engine, count: number): void {
  const file = journalIn(folder, engine);
  const content = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...content, entries: content.entries.slice(0, count) }));
}

/** Adds a migration to a copy, dated a second after the last one. */
export function addMigration(
  folder: string,
  engine: Engine,
  tag: string,
  statements: readonly string[],
): void {
  const file = journalIn(folder, engine);
  const content = JSON.parse(readFileSync(file, 'utf8'));
  const last: JournalEntry = content.entries.at(-1);
  content.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1_000, tag });
  writeFileSync(file, JSON.stringify(content));
  writeFileSync(
    join(folder, 'migrations', engine, `${tag}.sql`),
    statements.join('\n--> statement-breakpoint\n'),
  );
}
