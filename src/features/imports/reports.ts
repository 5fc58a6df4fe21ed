/** Line-based files: the rows read, and the faults of a report, which are compressed. */
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { constants, createGunzip, createGzip, type Gzip } from 'node:zlib';

/** Extension of a compressed file. */
export const COMPRESSED = '.gz';

const PART_BYTES = 262_144;

/** Writes incrementally; creates the file on the first write. */
export interface ReportWriter {
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

export function writeReport(file: string): ReportWriter {
  let open: { gzip: Gzip; end: Promise<void> } | undefined;

  function begun(): { gzip: Gzip; end: Promise<void> } {
    const gzip = createGzip();
    const target = gzip.pipe(createWriteStream(file));
    gzip.on('error', () => {});
    target.on('error', (error) => gzip.destroy(error));
    const end = finished(target);
    // A failure is reported by the next write, or by closing.
    end.catch(() => {});
    return { gzip, end };
  }

  return {
    write: async (text) => {
      open ??= begun();
      if (!open.gzip.write(text)) await Promise.race([once(open.gzip, 'drain'), open.end]);
    },
    close: async () => {
      open?.gzip.end();
      await open?.end;
    },
  };
}

/**
 * The lines of a text file that ends with a line break, in batches; if it is truncated, its complete lines.
 */
export async function* linesOf(file: string): AsyncGenerator<string[]> {
  const source = createReadStream(file, { highWaterMark: PART_BYTES });
  let text: Readable = source;
  if (file.endsWith(COMPRESSED)) {
    const unzipped = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: PART_BYTES });
    source.on('error', (error) => unzipped.destroy(error));
    text = source.pipe(unzipped);
  }
  let rest = '';
  try {
    for await (const part of text.setEncoding('utf8')) {
      const lines = `${rest}${part}`.split('\n');
      rest = lines.pop() ?? '';
      yield lines;
    }
  } finally {
    source.destroy();
  }
}
