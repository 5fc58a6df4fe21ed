/** Where a database is restored or copied to: nothing of it may be there, and nothing is to be seen before all is. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StartupError } from '../core/startup-error.ts';
import { moveInto, synced } from '../core/whole-file.ts';
import type { Database } from '../database/database.ts';
import { fileIn, openDatabase } from '../database/open.ts';
import { counted } from '../http/nouns.ts';
import { removeDatabase } from './base.ts';

interface Ways<T> {
  /** Makes the file of a database that is given its name afterwards. */
  file(scratch: string): Promise<T>;
  /** Fills an empty database, all at once. */
  database(database: Database): Promise<T>;
}

/**
 * @param target the URL of a database
 * @throws StartupError if there is something in it
 */
export async function intoEmpty<T>(target: string, ways: Ways<T>): Promise<T> {
  const file = fileIn(target);
  if (file === null) {
    const database = await openDatabase(target);
    try {
      const { seq } = await database.revision();
      if (seq > 0) {
        throw new StartupError(
          `The target is not empty: its change log has ${counted(seq, 'entry')}; nothing was changed`,
        );
      }
      return await ways.database(database);
    } finally {
      await database.close();
    }
  }
  expectFree(file);
  await mkdir(dirname(file), { recursive: true });
  const scratch = `${file}.${process.pid}.part`;
  try {
    const made = await ways.file(scratch);
    await synced(scratch);
    expectFree(file);
    await moveInto(scratch, file);
    return made;
  } finally {
    await removeDatabase(scratch);
  }
}

/** Also of what belongs to a database that was there: it would be taken for a part of the new one. */
function expectFree(file: string): void {
  for (const one of [file, `${file}-wal`, `${file}-shm`, `${file}-journal`]) {
    if (existsSync(one)) throw new StartupError(`${one} already exists; nothing was changed`);
  }
}
