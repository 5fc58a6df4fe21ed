/** Writes files atomically: complete under their name, or not at all. */
import { existsSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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

/** Bytes per sync: much at once would hold up others who sync to the same disk. */
const SYNCED = 16 << 20;

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
    await writeSynced(unfinished, parts, mode, signal);
    expectFree(file, replace);
    await moveInto(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
}

async function writeSynced(
  file: string,
  parts: AsyncIterable<Uint8Array>,
  mode: number,
  signal: AbortSignal,
): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    let unsynced = 0;
    for await (const part of parts) {
      signal.throwIfAborted();
      // Only now: parts that were not begun would not be told that they are not wanted.
      handle ??= await open(file, 'wx', mode);
      await handle.writeFile(part);
      unsynced += part.length;
      if (unsynced < SYNCED) continue;
      await handle.datasync();
      unsynced = 0;
    }
    handle ??= await open(file, 'wx', mode);
    await handle.sync();
  } finally {
    await handle?.close();
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
