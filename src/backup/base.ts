/** Makes the base of a backup, and opens one again. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { packageVersion } from '../core/package.ts';
import { StartupError } from '../core/startup-error.ts';
import { writeWhole } from '../core/whole-file.ts';
import type { Database } from '../database/database.ts';
import { rootMessage } from '../database/errors.ts';
import { openDatabase, schemaVersion } from '../database/open.ts';
import { entryTime } from '../log/entries.ts';
import { type BackupWorks, copyRows, expectIntact, expectSame } from './copying.ts';
import { contentOf, type OnProgress } from './digests.ts';
import { type Base, baseName, stemOf } from './folder.ts';
import { frameOf, type Manifest, readManifest } from './manifest.ts';

/** Tells how far each of several steps is. */
export type Steps = <T>(step: string, work: (onProgress: OnProgress) => Promise<T>) => Promise<T>;

/** For those whom it is told to nobody. */
export const untold: Steps = (_, work) => work(() => {});

export interface Context {
  works: BackupWorks;
  steps: Steps;
  signal: AbortSignal;
}

/** Fast, and nearly as small as with more effort. */
const COMPRESSION = {
  chunkSize: 1 << 20,
  params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
};
const READ = { highWaterMark: 1 << 20 };

export interface MadeBase extends Pick<Base, 'file' | 'stem'> {
  manifest: Manifest;
  /** Size of the file. */
  bytes: number;
}

/**
 * Copies one state of a database to a file, with what is needed to check it, and compresses that into a folder.
 * @param at the current time
 * @throws StartupError if the folder cannot be written
 */
export async function makeBase(
  source: Database,
  folder: string,
  at: string,
  { works, steps, signal }: Context,
): Promise<MadeBase> {
  const scratch = join(folder, `.luodi-${process.pid}-${at.replaceAll(/\D/g, '')}.part.db`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { facts, bytes } = await copyToFile(source, scratch, { works, steps, signal });
    signal.throwIfAborted();
    const stem = stemOf(facts.head.seq, at);
    const file = join(folder, baseName(stem));
    const manifest = { version: packageVersion, schema: schemaVersion(), at, ...facts, bytes };
    await steps('Compressing', (onProgress) =>
      writeWhole(file, compressed(scratch, manifest, onProgress), { replace: true, mode: 0o600, signal }),
    );
    const { size } = await stat(file);
    return {
      file,
      stem,
      manifest: (await readManifest(file)).manifest,
      bytes: size,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof StartupError) throw error;
    throw new StartupError(`no backup was written to ${folder}: ${rootMessage(error)}`, { cause: error });
  } finally {
    await removeDatabase(scratch);
  }
}

/**
 * Writes one state of a database to a new file, and reads there what it consists of.
 * @param use is given the copy before it is closed
 */
export async function copyToFile(
  source: Database,
  file: string,
  { works, steps, signal }: Context,
  use: (copy: Database) => Promise<void> = async () => {},
) {
  const copiesItself = source.copyFile !== undefined;
  if (copiesItself) await steps('Copying', () => source.copyFile?.(file) as Promise<void>);
  signal.throwIfAborted();
  const copy = await openDatabase(`file:${file}`, { upgradeBackup: false });
  let facts: Pick<Manifest, 'head' | 'tables'>;
  try {
    const content = copiesItself
      ? await steps('Checking', (onProgress) => contentOf(copy, works.content, onProgress))
      : await steps('Copying', (onProgress) => copyRows(source, copy, works, onProgress));
    expectIntact(content);
    const { head, tables } = content;
    facts = { head: { ...head, at: await entryTime(copy.read, head.seq) }, tables };
    await use(copy);
  } finally {
    await copy.close();
  }
  return { facts, bytes: (await stat(file)).size };
}

/** Deletes a database file with those beside it; what cannot be deleted is in nobody's way. */
export async function removeDatabase(file: string): Promise<void> {
  for (const ending of ['', '-wal', '-shm', '-journal']) {
    await rm(`${file}${ending}`, { force: true }).catch(() => {});
  }
}

async function* compressed(
  file: string,
  manifest: Parameters<typeof frameOf>[0],
  onProgress: OnProgress,
): AsyncGenerator<Uint8Array> {
  yield frameOf(manifest);
  const zstd = createZstdCompress(COMPRESSION);
  const counted = counting((done) => onProgress(done, manifest.bytes));
  const compressing = pipeline(createReadStream(file, READ), counted, zstd);
  // A failure ends the iteration with the same error.
  compressing.catch(() => {});
  yield* zstd;
  await compressing;
}

/** Passes bytes on. @param onBytes is told how many so far */
function counting(onBytes: (done: number) => void): Transform {
  let done = 0;
  return new Transform({
    transform(chunk: Buffer, _, give) {
      done += chunk.length;
      onBytes(done);
      give(null, chunk);
    },
  });
}

/**
 * Unpacks a base and compares what is in it with what it says of itself.
 * @returns the open database, brought to the schema of this version
 * @throws StartupError if it is damaged, or of a newer version
 */
export async function openBase(
  { file }: Pick<Base, 'file'>,
  to: string,
  { works, steps, signal }: Context,
): Promise<{ database: Database; manifest: Manifest }> {
  const { manifest, start } = await readManifest(file);
  if (manifest.schema > schemaVersion()) {
    throw new StartupError(`${file} was written by a newer version of Luodi (${manifest.version})`);
  }
  await steps('Unpacking', (onProgress) => unpack(file, start, to, manifest, onProgress, signal));
  const database = await openDatabase(`file:${to}`, { upgradeBackup: false });
  try {
    const content = await steps('Checking', (onProgress) => contentOf(database, works.content, onProgress));
    // Migrations change what a digest is made of; the log remains, and says what the data must be.
    const tables = manifest.schema === schemaVersion() ? manifest.tables : content.tables;
    expectSame(content, { head: manifest.head, tables });
    return { database, manifest };
  } catch (error) {
    await database.close();
    throw new StartupError(`${file} is damaged: ${rootMessage(error)}`, { cause: error });
  }
}

async function unpack(
  file: string,
  start: number,
  to: string,
  { bytes }: Manifest,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<void> {
  let done = 0;
  const counted = counting((so) => {
    done = so;
    onProgress(done, bytes);
  });
  try {
    await pipeline(
      createReadStream(file, { ...READ, start }),
      createZstdDecompress({ chunkSize: 1 << 20 }),
      counted,
      createWriteStream(to, { flags: 'wx' }),
      { signal },
    );
  } catch (error) {
    signal.throwIfAborted();
    throw new StartupError(`${file} cannot be unpacked to ${to}: ${rootMessage(error)}`, { cause: error });
  }
  if (done !== bytes) throw new StartupError(`${file} is cut off`);
}
