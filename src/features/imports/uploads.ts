/** Storage of uploaded files until they are processed: one folder per import. */
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { version } from 'uuid';
import { newId } from '../../core/ids.ts';
import { isWorkbook, type ReadFormat } from '../../http/media-types.ts';
import { Problem } from '../../http/problems.ts';
import { type ImportLimits, importLimits } from './limits.ts';
import { COMPRESSED } from './reports.ts';

/** A completely received file. */
export interface Upload {
  /** Its path. */
  path: string;
  /** File name according to the client. */
  name: string | null;
  /** Format according to the client. */
  format: ReadFormat | null;
  bytes: number;
  /** SHA-256, in hexadecimal. */
  digest: string;
}

const MIB = 1024 * 1024;

/** Prefix of the files of a report. */
export const FAULTS = 'faults-';

export interface Uploads {
  /** The root folder. */
  readonly root: string;
  /**
   * Receives a file as a stream. A refused stream is left unconsumed, because its sender may wait for a
   * response.
   * @throws Problem 413 if it is too large, 422 if empty, 503 if the disk is full
   */
  receive(id: string, stream: Readable, about: Pick<Upload, 'name' | 'format'>): Promise<Upload>;
  /** Maximum size of a file, by format. */
  limitOf(format: ReadFormat | null): number;
  /** Paths of an import: its file, its rows, and the faults of rows from an index on. */
  file(id: string): string;
  rows(id: string): string;
  faults(id: string, from: number): string;
  /** The files with faults, in the order of rows. */
  allFaults(id: string): Promise<string[]>;
  /** Deletes the faults of rows that were not committed. */
  dropFaults(id: string, from: number): Promise<void>;
  has(id: string): boolean;
  /** Total size of an import's files whose names have a prefix. */
  size(id: string, beginning?: string): Promise<number>;
  /** The imports with files here that started before a point in time. */
  before(milliseconds: number): Promise<string[]>;
  /** Deletes everything but the faults. */
  tidy(id: string): Promise<void>;
  remove(id: string): Promise<void>;
}

/** An import id for a point in time, which is contained in the id. */
export const importId = (milliseconds: number): string => newId(milliseconds);

const madeAt = (id: string): number => Number.parseInt(id.slice(0, 13).replace('-', ''), 16);

/** Other entries in the folder are not ours. */
const isId = (name: string): boolean => /^[0-9a-f-]{36}$/.test(name) && version(name) === 7;

export function uploadsIn(
  folder: string,
  { textBytes, workbookBytes }: Pick<ImportLimits, 'textBytes' | 'workbookBytes'> = importLimits,
): Uploads {
  const root = resolve(folder);
  const at = (id: string, ...parts: string[]) => join(root, id, ...parts);
  const faults = (id: string, from: number) =>
    at(id, `${FAULTS}${String(from).padStart(9, '0')}.ndjson${COMPRESSED}`);
  const limitOf = (format: ReadFormat | null) => (isWorkbook(format) ? workbookBytes : textBytes);
  const names = (id: string): Promise<string[]> => readdir(at(id)).catch(() => []);

  /**
   * The files with faults. An earlier version wrote them uncompressed; the compressed one takes precedence.
   */
  async function reports(id: string): Promise<string[]> {
    const found = (await names(id)).filter((name) => name.startsWith(FAULTS)).sort();
    return found.filter((name) => !found.includes(`${name}${COMPRESSED}`));
  }

  return {
    root,
    limitOf,
    file: (id) => at(id, 'file'),
    rows: (id) => at(id, 'rows.ndjson'),
    faults,
    allFaults: async (id) => (await reports(id)).map((name) => at(id, name)),
    dropFaults: (id, from) => rm(faults(id, from), { force: true }),
    size: async (id, beginning = '') => {
      let bytes = 0;
      for (const name of await names(id)) {
        if (!name.startsWith(beginning)) continue;
        bytes += await stat(at(id, name)).then(
          (found) => found.size,
          () => 0,
        );
      }
      return bytes;
    },
    has: (id) => existsSync(at(id, 'file')),
    before: async (milliseconds) =>
      (await readdir(root).catch(() => [])).filter((name) => isId(name) && madeAt(name) < milliseconds),

    receive: async (id, stream, { name, format }) => {
      const limit = limitOf(format);
      const tooLarge = { max: limit / MIB, format: format ?? 'csv' };
      const hash = createHash('sha256');
      let bytes = 0;
      async function* measured() {
        for await (const part of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
          bytes += part.byteLength;
          if (bytes > limit) throw new Problem('imports.too_large', { values: tooLarge });
          hash.update(part);
          yield part;
        }
      }
      const arriving = at(id, 'arriving');
      try {
        await mkdir(at(id), { recursive: true });
        // Flushed, because the import may be recorded before a power failure.
        await pipeline(measured, createWriteStream(arriving, { flush: true }));
        if (bytes === 0) throw new Problem('imports.empty_file');
        await rename(arriving, at(id, 'file'));
      } catch (error) {
        await rm(at(id), { recursive: true, force: true });
        if (!NO_ROOM.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
        throw new Problem('imports.no_room', { cause: error, headers: { 'retry-after': '60' } });
      }
      return { path: at(id, 'file'), name, format, bytes, digest: hash.digest('hex') };
    },

    tidy: async (id) => {
      const kept = await reports(id);
      for (const name of await names(id)) if (!kept.includes(name)) await rm(at(id, name), { force: true });
    },
    remove: (id) => rm(at(id), { recursive: true, force: true }),
  };
}

/** Error codes of a full disk or quota. */
const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);
