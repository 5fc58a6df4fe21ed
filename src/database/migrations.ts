/** Migration steps common to both engines. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../core/package.ts';
import { StartupError } from '../core/startup-error.ts';

/** The folder that drizzle-kit fills for the engine. */
export const migrationsFolder = (engine: 'sqlite' | 'postgres'): string =>
  join(packageFolder, 'migrations', engine);

/** When the newest migration of this version was made, in milliseconds. */
function newestIn(folder: string): number {
  const journal = JSON.parse(readFileSync(`${folder}/meta/_journal.json`, 'utf8'));
  return Math.max(...journal.entries.map((entry: { when: number }) => entry.when));
}

/**
 * Refuses a database that a later version has migrated: this one would write it wrongly.
 * @param applied when the last applied migration was made, in milliseconds, as the database has it
 */
export function refuseNewer(database: string, folder: string, applied: unknown): void {
  if (Number(applied ?? 0) > newestIn(folder)) {
    throw new StartupError(
      `${database} was migrated by a newer version of Luodi; this version would damage it. Start the newer one.`,
    );
  }
}

/** @throws when the schema is no longer that of this version, because another has migrated it meanwhile */
export function expectCurrent(engine: 'sqlite' | 'postgres', applied: unknown): void {
  if (Number(applied) !== newestIn(migrationsFolder(engine))) {
    throw new Error('The schema of the database is not that of this version.');
  }
}
