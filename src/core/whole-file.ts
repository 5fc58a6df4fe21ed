/** Writes files atomically: complete under their name, or not at all. */
import { createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { StartupError } from './startup-error.ts';

interface Options {
  /** Whether an existing file may be replaced. */
  replace: boolean;
  /** Who may read it; everybody by default. */
  mode?: number;
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
  { replace, mode = 0o666, signal }: Options,
): Promise<void> {
  const unfinished = join(dirname(file), `.${basename(file)}.${process.pid}.part`);
  try {
    await pipeline(parts, createWriteStream(unfinished, { flags: 'wx', flush: true, mode }), { signal });
    expectFree(file, replace);
    await moveInto(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Renames a file that has been synced, so that a power failure leaves it under one name or the other. */
export async function moveInto(from: string, to: string): Promise<void> {
  await rename(from, to);
  await synced(dirname(to));
}

/** Has what was written to a file, or the names in a folder, on the disk. */
export async function synced(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
