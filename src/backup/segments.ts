/** Entries of the log after a base: lines of JSON in files of bounded size. */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../core/startup-error.ts';
import { synced } from '../core/whole-file.ts';
import type { CarriedEntry } from '../log/appending.ts';
import { type Segment, segmentName } from './folder.ts';

/** Size after which the next file is begun. */
const SEGMENT_BYTES = 16_777_216;

export interface SegmentWriter {
  /** Appends entries; they are on the disk when it returns. After a failure it goes on in a new file. */
  append(entries: readonly CarriedEntry[]): Promise<void>;
  close(): Promise<void>;
}

/** @param stem of the base */
export function segmentWriter(folder: string, stem: string, bytes = SEGMENT_BYTES): SegmentWriter {
  let current: FileHandle | undefined;
  let size = 0;

  async function close(): Promise<void> {
    const handle = current;
    current = undefined;
    await handle?.close();
  }

  async function begin(first: number): Promise<FileHandle> {
    const file = join(folder, segmentName(stem, first, randomBytes(4).toString('hex')));
    const handle = await open(file, 'ax', 0o600);
    await synced(folder);
    size = 0;
    return handle;
  }

  return {
    append: async (entries) => {
      const [first] = entries;
      if (!first) return;
      current ??= await begin(first.seq);
      try {
        const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
        await current.appendFile(text);
        await current.datasync();
        size += Buffer.byteLength(text);
      } catch (error) {
        // Its last line may be cut off.
        await close().catch(() => {});
        throw error;
      }
      if (size >= bytes) await close();
    },
    close,
  };
}

/** A transaction of so many entries takes little longer than that of a tenth. */
const AT_ONCE = 5_000;
const CHARACTERS_AT_ONCE = 8_388_608;

/**
 * The entries of segments, in batches. The last line of a file may be cut off: the next file has
 * it whole.
 * @throws StartupError after the entries before a damaged line
 */
export async function* readSegments(segments: readonly Segment[]): AsyncGenerator<CarriedEntry[]> {
  for (const { file } of segments) {
    let batch: CarriedEntry[] = [];
    let characters = 0;
    let number = 0;
    for await (const line of wholeLines(file)) {
      number += 1;
      const entry = entryIn(line);
      characters += line.length;
      if (entry && batch.push(entry) < AT_ONCE && characters < CHARACTERS_AT_ONCE) continue;
      yield batch;
      [batch, characters] = [[], 0];
      if (!entry) throw new StartupError(`${file} is damaged in line ${number}`);
    }
    if (batch.length > 0) yield batch;
  }
}

/** Undefined if the line is damaged. What it says is checked when it is appended to a log. */
function entryIn(line: string): CarriedEntry | undefined {
  try {
    const entry = JSON.parse(line);
    return Number.isInteger(entry.seq) && typeof entry.fields === 'object' ? entry : undefined;
  } catch {
    return undefined;
  }
}

async function* wholeLines(file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 18 })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() as string;
    yield* lines;
  }
}
