/** Migrations, common to both engines: those of this version, and which of them a database needs. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../core/package.ts';
import { StartupError } from '../core/startup-error.ts';
import type { MigrationPlan } from './database.ts';

type Engine = 'sqlite' | 'postgres';

export interface Migration {
  tag: string;
  /** When it was made, in milliseconds: what the database notes, as drizzle's own migrator does. */
  when: number;
  hash: string;
  statements: readonly string[];
}

const BREAKPOINT = '--> statement-breakpoint';

/** The migrations of this version, the oldest first. */
export function migrationsOf(engine: Engine): Migration[] {
  const folder = join(packageFolder, 'migrations', engine);
  const journal: { entries: { tag: string; when: number }[] } = JSON.parse(
    readFileSync(join(folder, 'meta/_journal.json'), 'utf8'),
  );
  return journal.entries.map(({ tag, when }) => {
    const text = readFileSync(join(folder, `${tag}.sql`), 'utf8');
    const hash = createHash('sha256').update(text).digest('hex');
    return { tag, when, hash, statements: text.split(BREAKPOINT) };
  });
}

/**
 * The migrations that a database still needs.
 * @param applied when the last applied migration was made, as noted in the database; null if none was
 * @throws StartupError if a later version has migrated it: this version would corrupt it
 */
export function pendingIn(database: string, migrations: readonly Migration[], applied: unknown): Migration[] {
  const last = Number(applied ?? 0);
  if (last > Math.max(...migrations.map(({ when }) => when))) {
    throw new StartupError(
      `${database} was migrated by a newer version of Luodi; this version would damage it. Start the newer one.`,
    );
  }
  return migrations.filter(({ when }) => when > last);
}

export function planOf(
  migrations: readonly Migration[],
  pending: readonly Migration[],
  rest: Pick<MigrationPlan, 'isNew' | 'copy'>,
): MigrationPlan {
  const last = migrations[migrations.length - pending.length - 1];
  return { ...rest, last: last?.tag ?? null, pending: pending.map(({ tag }) => tag) };
}

const newest: Partial<Record<Engine, number>> = {};

/** @throws if another version has migrated the schema since */
export function expectCurrent(engine: Engine, applied: unknown): void {
  newest[engine] ??= Math.max(...migrationsOf(engine).map(({ when }) => when));
  if (Number(applied) !== newest[engine]) {
    throw new Error('The schema of the database is not that of this version.');
  }
}
