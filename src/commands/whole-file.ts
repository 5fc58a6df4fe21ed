/** Writes files atomically: complete under their name, or not at all. */
import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { StartupError } from '../core/startup-error.ts';

interface Options {
  /** Whether an existing file may be replaced. */
  replace: boolean;
  signal: AbortSignal;
}

/** @throws StartupError if the file exists and may not be replaced */
export function expectFree(file: string, replace: boolean): void {
  if (!replace && existsSync(file)) throw new StartupError(`${file} already exists; --force replaces it`);
}

/**
 * Writes to a temporary file beside it, which is synced and renamed when complete; failures leave nothing
 * behind.
 * @throws StartupError as `expectFree`; errors of the parts and the file system are passed on
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
