/** The parts of a workbook, a zip archive: all entries are checked before any is unpacked. */
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { limits } from './limits.ts';
import { Refusal } from './refusal.ts';

const MIB = 1024 * 1024;

/** The compression methods of workbooks: stored and deflate. */
const METHODS: ReadonlySet<number> = new Set([0, 8]);

/** Entries found only in workbooks with macros, including Excel 4 macro sheets. */
const MACROS = /(^|\/)vbaProject\.bin$|^xl\/macrosheets\/|^(Basic|Scripts)\//i;

const damaged = (reason: string, cause?: unknown): Refusal =>
  new Refusal('imports.damaged_workbook', { reason }, cause);

const tooLarge = (max: number, what: { en: string; zh: string }): Refusal =>
  new Refusal('imports.zip_too_large', { max, what });

const megabytes = (bytes: number) => [bytes / MIB, { en: 'MB', zh: 'MB' }] as const;

/** @throws Refusal for an entry that no spreadsheet program writes */
function refuseEntry(entry: Entry, sizes: { unpacked: number; count: number }, seen: Set<string>): void {
  if (sizes.count > limits.entries) throw tooLarge(limits.entries, { en: 'parts', zh: '个部分' });
  if (sizes.unpacked > limits.unpackedBytes) throw tooLarge(...megabytes(limits.unpackedBytes));
  if (entry.isEncrypted()) throw new Refusal('imports.old_or_locked_workbook');
  if (MACROS.test(entry.fileName)) throw new Refusal('imports.macro_workbook');
  if (!METHODS.has(entry.compressionMethod)) throw damaged(`compression ${entry.compressionMethod}`);
  if (seen.has(entry.fileName)) throw damaged(`${entry.fileName.slice(0, 100)} twice`);
  const isLarge = entry.uncompressedSize > limits.ratioFromBytes;
  if (isLarge && entry.uncompressedSize > limits.ratio * entry.compressedSize) {
    throw tooLarge(...megabytes(limits.ratioFromBytes));
  }
}

/** Reports errors of the zip reader as faults of the archive. */
async function blaming<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Refusal ? error : damaged((error as Error).message.slice(0, 200), error);
  }
}

export interface Package {
  has(name: string): boolean;
  names(): string[];
  /** A small part as a whole. @throws Refusal if it is too large or damaged */
  text(name: string): Promise<string>;
  /** The bytes of a part. @throws Refusal if it is damaged */
  bytes(name: string): AsyncIterable<Buffer>;
  /** The same, and which share of them has been read. */
  counted(name: string): { bytes: AsyncIterable<Buffer>; done(): number };
}

async function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  const seen = new Set<string>();
  const sizes = { unpacked: 0, count: 0 };
  for await (const entry of zip.eachEntry()) {
    sizes.unpacked += entry.uncompressedSize;
    sizes.count += 1;
    refuseEntry(entry, sizes, seen);
    seen.add(entry.fileName);
    entries.set(entry.fileName, entry);
  }
  return entries;
}

/**
 * Remains open until the process ends.
 * @throws Refusal if the archive is damaged, or would unpack to an excessive size
 */
export async function openPackage(file: string): Promise<Package> {
  const zip = await blaming(() => openPromise(file, { autoClose: false }));
  const entries = await blaming(() => entriesOf(zip));
  const entryOf = (name: string): Entry => {
    const entry = entries.get(name);
    if (!entry) throw new Refusal('imports.not_a_workbook', { reason: `${name.slice(0, 100)}: –` });
    return entry;
  };

  /** The zip reader checks the length against the archive's directory. */
  async function* bytes(name: string): AsyncGenerator<Buffer> {
    const entry = entryOf(name);
    const stream = await blaming(() => zip.openReadStreamPromise(entry));
    let sum = 0;
    try {
      for await (const chunk of stream) {
        sum = crc32(chunk, sum);
        yield chunk;
      }
    } catch (error) {
      throw error instanceof Refusal ? error : damaged((error as Error).message.slice(0, 200), error);
    } finally {
      stream.destroy();
    }
    if (sum !== entry.crc32) throw damaged(`CRC-32: ${name.slice(0, 100)}`);
  }

  return {
    has: (name) => entries.has(name),
    names: () => [...entries.keys()],
    text: async (name) => {
      if (entryOf(name).uncompressedSize > limits.partBytes) throw tooLarge(...megabytes(limits.partBytes));
      const chunks: Buffer[] = [];
      for await (const chunk of bytes(name)) chunks.push(chunk);
      return Buffer.concat(chunks).toString('utf8');
    },
    bytes,
    counted: (name) => {
      const size = Math.max(1, entryOf(name).uncompressedSize);
      let read = 0;
      async function* counting() {
        for await (const chunk of bytes(name)) {
          read += chunk.length;
          yield chunk;
        }
      }
      return { bytes: counting(), done: () => Math.min(read, size) / size };
    },
  };
}
