/** Where files lie that came in, until they are dealt with: one folder an import. */
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { version } from 'uuid';
import { newId } from '../../core/ids.ts';
import type { FileFormat } from '../../http/formats.ts';
import { Problem } from '../../http/problems.ts';
import { type ImportLimits, importLimits } from './limits.ts';
import { COMPRESSED } from './reports.ts';

/** A file that has arrived as a whole. */
export interface Upload {
  /** Where it lies. */
  path: string;
  /** As the client calls it. */
  name: string | null;
  /** As the client says. */
  format: FileFormat | null;
  bytes: number;
  /** SHA-256, in hexadecimal. */
  digest: string;
}

const MIB = 1024 * 1024;

/** How the names of the files of a report begin. */
export const FAULTS = 'faults-';

export interface Uploads {
  /** The folder in which all of it lies. */
  readonly root: string;
  /**
   * Takes a file in, as it comes. A stream that is refused is left as it stands, for its sender may wait for an answer.
   * @throws Problem 413 for one that is too large, 422 for an empty one, 503 where there is no room
   */
  receive(id: string, stream: Readable, about: Pick<Upload, 'name' | 'format'>): Promise<Upload>;
  /** How large a file of a format may be. */
  limitOf(format: FileFormat | null): number;
  /** The parts of an import: its file, its rows as they were read, the faults of rows from a number on. */
  file(id: string): string;
  rows(id: string): string;
  faults(id: string, from: number): string;
  /** The files of faults, in the order of their rows. */
  allFaults(id: string): Promise<string[]>;
  /** Forgets the faults of rows that were not dealt with after all. */
  dropFaults(id: string, from: number): Promise<void>;
  has(id: string): boolean;
  /** How many bytes lie here of an import, in files whose names begin so. */
  size(id: string, beginning?: string): Promise<number>;
  /** The imports from before a moment of which something lies here. */
  before(milliseconds: number): Promise<string[]>;
  /** Removes what is not needed once an import has ended: all but its faults. */
  tidy(id: string): Promise<void>;
  remove(id: string): Promise<void>;
}

/** The id of an import that begins at a moment; it tells when. */
export const importId = (milliseconds: number): string => newId(milliseconds);

const madeAt = (id: string): number => Number.parseInt(id.slice(0, 13).replace('-', ''), 16);

/** What else lies in the folder is none of ours. */
const isId = (name: string): boolean => /^[0-9a-f-]{36}$/.test(name) && version(name) === 7;

export function uploadsIn(
  folder: string,
  { textBytes, workbookBytes }: Pick<ImportLimits, 'textBytes' | 'workbookBytes'> = importLimits,
): Uploads {
  const root = resolve(folder);
  const at = (id: string, ...parts: string[]) => join(root, id, ...parts);
  const faults = (id: string, from: number) =>
    at(id, `${FAULTS}${String(from).padStart(9, '0')}.ndjson${COMPRESSED}`);
  const limitOf = (format: FileFormat | null) => (format === 'xlsx' ? workbookBytes : textBytes);
  const names = (id: string): Promise<string[]> => readdir(at(id)).catch(() => []);

  /** The files that have faults in them. An earlier version wrote them as they are; what is written again goes before. */
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
        // Flushed, for the import may be on record when the power fails.
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

/** How a full disk says it is. */
const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);
