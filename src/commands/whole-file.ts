/** Writes files atomically: complete under their name, or not at all. */
import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { StartupError } from '../core/startup-error.ts';

interface Options {
  /** Whether a file of that name may be replaced. */
  replace: boolean;
  signal: AbortSignal;
}

/** @throws StartupError when there is such a file, and it may not be replaced */
export function expectFree(file: string, replace: boolean): void {
  if (!replace && existsSync(file)) throw new StartupError(`${file} already exists; --force replaces it`);
}

/**
 * Writes beside, and gives the file its name when it is complete and on the disk. Whatever breaks off leaves nothing.
 * @throws StartupError as `expectFree`; whatever the parts or the file system throw
 */
export async function writeWhole(
  file: string,
  parts: AsyncIterable<Uint8Array>,
  { replace, signal }: Options,
): Promise<void> {
  const unfinished = join(dirname(file), `.${basename(file)}.${process.pid}.part`);
  try {
    await pipeline(parts, createWriteStream(unfinished, { flags: 'wx', flush: true }), { signal });
    expectFree(file, replace);
    await rename(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}
