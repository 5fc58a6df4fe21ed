/** Where files lie that came in, until they are dealt with: one folder an import. */
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FileFormat } from '../http/formats.ts';
import { Problem } from '../http/problems.ts';
import { limits } from '../transfer/reading/limits.ts';

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

export const sizeLimit = (format: FileFormat | null): number =>
  format === 'xlsx' ? limits.workbookBytes : limits.textBytes;

export interface Uploads {
  /**
   * Takes a file in, as it comes.
   * @throws Problem 413 for one that is too large, 422 for an empty one
   */
  receive(id: string, stream: Readable, about: Pick<Upload, 'name' | 'format'>): Promise<Upload>;
  /** The parts of an import: its file, its rows as they were read, the faults of rows from a number on. */
  file(id: string): string;
  rows(id: string): string;
  faults(id: string, from: number): string;
  /** The files of faults, in the order of their rows. */
  allFaults(id: string): Promise<string[]>;
  has(id: string): boolean;
  /** Removes what is not needed once an import has ended: all but its faults. */
  tidy(id: string): Promise<void>;
  remove(id: string): Promise<void>;
}

export function uploadsIn(folder: string): Uploads {
  const root = resolve(folder);
  const at = (id: string, ...parts: string[]) => join(root, id, ...parts);
  return {
    file: (id) => at(id, 'file'),
    rows: (id) => at(id, 'rows.ndjson'),
    faults: (id, from) => at(id, `faults-${String(from).padStart(9, '0')}.ndjson`),
    allFaults: async (id) => {
      const names = await readdir(at(id)).catch(() => []);
      return names
        .filter((name) => name.startsWith('faults-'))
        .sort()
        .map((name) => at(id, name));
    },
    has: (id) => existsSync(at(id)),

    receive: async (id, stream, { name, format }) => {
      await mkdir(at(id), { recursive: true });
      const limit = sizeLimit(format);
      const hash = createHash('sha256');
      let bytes = 0;
      async function* measured(source: AsyncIterable<Buffer>) {
        for await (const part of source) {
          bytes += part.byteLength;
          if (bytes > limit)
            throw new Problem('imports.too_large', { values: { max: limit / MIB, format: format ?? 'csv' } });
          hash.update(part);
          yield part;
        }
      }
      const arriving = at(id, 'arriving');
      try {
        await pipeline(stream, measured, createWriteStream(arriving));
        if (bytes === 0) throw new Problem('imports.empty_file');
        await rename(arriving, at(id, 'file'));
      } catch (error) {
        await rm(at(id), { recursive: true, force: true });
        throw error;
      }
      return { path: at(id, 'file'), name, format, bytes, digest: hash.digest('hex') };
    },

    tidy: async (id) => {
      await rm(at(id, 'file'), { force: true });
      await rm(at(id, 'rows.ndjson'), { force: true });
      for (const path of await readdir(at(id)).catch(() => [])) {
        if ((await stat(at(id, path))).size === 0) await rm(at(id, path), { force: true });
      }
    },
    remove: (id) => rm(at(id), { recursive: true, force: true }),
  };
}
