/** Detects the encoding of a text file and decodes it. */
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import type { Encoding } from '../csv.ts';
import { Refusal } from './refusal.ts';
import type { FileEncoding } from './rows.ts';

/** Bytes read at a time. */
export const CHUNK = 256 * 1024;

const MARKS: readonly (readonly [FileEncoding, Buffer])[] = [
  ['utf-8', Buffer.from([0xef, 0xbb, 0xbf])],
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
];

export interface TextEncoding {
  encoding: FileEncoding;
  /** Length of its byte order mark. */
  mark: number;
}

/** Start of the last character in a piece of UTF-8, if it may continue in the next piece. */
function lastStart(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte >= 0xc0) return bytes.length - back;
    if (byte < 0x80) break;
  }
  return bytes.length;
}

/** Whether a whole file is UTF-8; holds only one piece in memory. */
async function isUtf8File(file: string): Promise<boolean> {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 4 * CHUNK })) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : (chunk as Buffer);
    const end = lastStart(bytes);
    if (!isUtf8(bytes.subarray(0, end))) return false;
    rest = Buffer.from(bytes.subarray(end));
  }
  return isUtf8(rest);
}

/** Whether a whole file is valid in an encoding. */
async function isText(file: string, encoding: FileEncoding): Promise<boolean> {
  if (encoding === 'utf-8') return isUtf8File(file);
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK })) {
      decoder.decode(chunk as Buffer, { stream: true });
    }
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** This many UTF-8 characters in a row are not a coincidence in a file of another encoding. */
const NO_ACCIDENT = 8;

/** Whether a file starts with UTF-8 other than ASCII: then a later error is damage, not another encoding. */
function beginsAsUtf8(start: Buffer): boolean {
  const [sound = ''] = new TextDecoder('utf-8').decode(start).split('\uFFFD', 1);
  return (sound.match(/[^\0-\x7F]/g)?.length ?? 0) >= NO_ACCIDENT;
}

/** The possible encodings of a file, the most likely first. */
function likely(start: Buffer, asked: Encoding | null): readonly FileEncoding[] {
  if (asked) return [asked];
  return beginsAsUtf8(start) ? ['utf-8'] : ['utf-8', 'gb18030'];
}

/**
 * The encoding of the byte order mark; or else UTF-8 if the whole file is valid; or else GB18030, as Excel
 * writes it in China.
 * @param start the first bytes of the file
 * @param asked the encoding from the request, which overrides everything but a byte order mark
 * @throws Refusal if the file is not text in any of them, or not in the requested one
 */
export async function encodingOf(file: string, start: Buffer, asked: Encoding | null): Promise<TextEncoding> {
  const marked = MARKS.find(([, mark]) => start.subarray(0, mark.length).equals(mark));
  const candidates = marked ? [marked[0]] : likely(start, asked);
  for (const encoding of candidates) {
    if (await isText(file, encoding)) return { encoding, mark: marked?.[1].length ?? 0 };
  }
  throw new Refusal('imports.wrong_encoding', { encoding: candidates.join(' / ') });
}

/** The text of a file in pieces, and the number of bytes read. */
export class TextFile implements AsyncIterable<string> {
  bytes = 0;
  readonly #file: string;
  readonly #encoding: TextEncoding;

  constructor(file: string, encoding: TextEncoding) {
    this.#file = file;
    this.#encoding = encoding;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    const { encoding, mark } = this.#encoding;
    // The whole file is known to be valid.
    const decoder = new TextDecoder(encoding, { ignoreBOM: true });
    for await (const chunk of createReadStream(this.#file, { highWaterMark: CHUNK, start: mark })) {
      this.bytes += (chunk as Buffer).length;
      yield decoder.decode(chunk as Buffer, { stream: true });
    }
    yield decoder.decode();
  }
}
