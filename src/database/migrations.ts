/** Migration steps common to both engines. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../core/package.ts';
import { StartupError } from '../core/startup-error.ts';

/** The folder with drizzle-kit's migrations for the engine. */
export const migrationsFolder = (engine: 'sqlite' | 'postgres'): string =>
  join(packageFolder, 'migrations', engine);

/** Creation time of this version's newest migration, in milliseconds. */
function newestIn(folder: string): number {
  const journal = JSON.parse(readFileSync(`${folder}/meta/_journal.json`, 'utf8'));
  return Math.max(...journal.entries.map((entry: { when: number }) => entry.when));
}

/**
 * Refuses a database that a later version has migrated: this version would corrupt it.
 * @param applied creation time of the last applied migration, in milliseconds, as stored in the database
 */
export function refuseNewer(database: string, folder: string, applied: unknown): void {
  if (Number(applied ?? 0) > newestIn(folder)) {
    throw new StartupError(
      `${database} was migrated by a newer version of Luodi; this version would damage it. Start the newer one.`,
    );
  }
}

/** @throws if another version has migrated the schema since */
export function expectCurrent(engine: 'sqlite' | 'postgres', applied: unknown): void {
  if (Number(applied) !== newestIn(migrationsFolder(engine))) {
    throw new Error('The schema of the database is not that of this version.');
  }
}
