/** Which encoding a text file has, and its text. */
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import type { Encoding } from '../csv.ts';
import { Refusal } from './refusal.ts';
import type { FileEncoding } from './rows.ts';

/** What is read at once. */
export const CHUNK = 256 * 1024;

const MARKS: readonly (readonly [FileEncoding, Buffer])[] = [
  ['utf-8', Buffer.from([0xef, 0xbb, 0xbf])],
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
];

export interface TextEncoding {
  encoding: FileEncoding;
  /** Bytes of the mark that says so, before the text. */
  mark: number;
}

/** Where the last character that begins in a piece of UTF-8 begins, if it may go on in the next piece. */
function lastStart(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte >= 0xc0) return bytes.length - back;
    if (byte < 0x80) break;
  }
  return bytes.length;
}

/** Whether all of a file is UTF-8, held a piece at a time. */
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

/**
 * The encoding that a mark says, or else UTF-8 if all of the file is, or else GB18030, as Excel writes it in China.
 * @param start the first bytes of the file
 * @param asked what the client says, which comes before anything but a mark
 * @throws Refusal where a file that is asked to be UTF-8 is not
 */
export async function encodingOf(file: string, start: Buffer, asked: Encoding | null): Promise<TextEncoding> {
  for (const [encoding, mark] of MARKS) {
    if (start.subarray(0, mark.length).equals(mark)) {
      if (encoding === 'utf-8' && !(await isUtf8File(file))) throw wrongEncoding(encoding);
      return { encoding, mark: mark.length };
    }
  }
  if (asked === 'gb18030') return { encoding: asked, mark: 0 };
  if (await isUtf8File(file)) return { encoding: 'utf-8', mark: 0 };
  if (asked === 'utf-8') throw wrongEncoding(asked);
  return { encoding: 'gb18030', mark: 0 };
}

const wrongEncoding = (encoding: FileEncoding, cause?: unknown): Refusal =>
  new Refusal('imports.wrong_encoding', { encoding }, cause);

/** The text of a file, in pieces, and how many of its bytes have been read. */
export class TextFile implements AsyncIterable<string> {
  bytes = 0;
  readonly #file: string;
  readonly #encoding: TextEncoding;

  constructor(file: string, encoding: TextEncoding) {
    this.#file = file;
    this.#encoding = encoding;
  }

  /** @throws Refusal for bytes that the encoding does not have */
  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    const { encoding, mark } = this.#encoding;
    const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
    const decode = (chunk?: Buffer): string => {
      try {
        return decoder.decode(chunk, { stream: chunk !== undefined });
      } catch (cause) {
        throw wrongEncoding(encoding, cause);
      }
    };
    for await (const chunk of createReadStream(this.#file, { highWaterMark: CHUNK, start: mark })) {
      this.bytes += (chunk as Buffer).length;
      yield decode(chunk);
    }
    yield decode();
  }
}
