/** Where a database is to be restored or copied to. */
import { existsSync } from 'node:fs';
import { StartupError } from '../core/startup-error.ts';

/**
 * Also of what belongs to a database that was there: SQLite would take it for a part of the new one.
 * @throws StartupError if there is anything
 */
export function expectFreeTarget(file: string): void {
  for (const one of [file, `${file}-wal`, `${file}-shm`, `${file}-journal`]) {
    if (existsSync(one)) throw new StartupError(`${one} already exists; nothing was changed`);
  }
}
