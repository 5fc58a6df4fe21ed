/** The shared strings of a workbook: possibly millions, so they are stored as bytes outside the heap. */
import { limits } from './limits.ts';
import { Refusal } from './refusal.ts';
import { readXml, unescaped, xmlPieces } from './xml.ts';

export interface SharedTexts {
  /** Undefined if the index does not exist. */
  text(index: number): string | undefined;
}

const tooMany = (): Refusal =>
  new Refusal('imports.zip_too_large', {
    max: limits.sharedTexts,
    what: { en: 'different texts', zh: '个不同文本' },
  });

const tooMuch = (): Refusal =>
  new Refusal('imports.zip_too_large', {
    max: limits.sharedTextBytes / 1024 / 1024,
    what: { en: 'MB of text', zh: 'MB 文本' },
  });

/** Bytes and offsets in growing buffers that double in size. */
class TextStore implements SharedTexts {
  #bytes = Buffer.allocUnsafeSlow(64 * 1024);
  #ends = new Uint32Array(4096);
  #count = 0;

  #end(index: number): number {
    return index < 0 ? 0 : (this.#ends[index] as number);
  }

  add(text: string): void {
    if (this.#count >= limits.sharedTexts) throw tooMany();
    const start = this.#end(this.#count - 1);
    const end = start + Buffer.byteLength(text);
    if (end > limits.sharedTextBytes) throw tooMuch();
    if (end > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(end, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, start);
      this.#bytes = larger;
    }
    if (this.#count >= this.#ends.length) {
      const longer = new Uint32Array(2 * this.#ends.length);
      longer.set(this.#ends);
      this.#ends = longer;
    }
    this.#bytes.write(text, start);
    this.#ends[this.#count] = end;
    this.#count += 1;
  }

  text(index: number): string | undefined {
    if (!Number.isInteger(index) || index < 0 || index >= this.#count) return undefined;
    return this.#bytes.toString('utf8', this.#end(index - 1), this.#end(index));
  }
}

/** @throws Refusal if they exceed the limit */
export async function readSharedTexts(bytes: AsyncIterable<Buffer>): Promise<SharedTexts> {
  const store = new TextStore();
  let text = '';
  let isIn = false;
  let isText = false;
  let hints = 0;
  const events = {
    open: (name: string) => {
      if (name === 'si') {
        isIn = true;
        text = '';
      } else if (name === 'rPh') hints += 1;
      // Phonetic hints are not part of the text.
      else if (name === 't') isText = isIn && hints === 0;
    },
    text: (part: string) => {
      if (isText) text += part;
    },
    close: (name: string) => {
      if (name === 't') isText = false;
      else if (name === 'rPh') hints -= 1;
      else if (name === 'si') {
        store.add(unescaped(text));
        isIn = false;
      }
    },
  };
  const pieces = xmlPieces(bytes, {
    root: 'sst',
    list: 'sst',
    element: 'si',
    most: limits.rowXml,
    tooLong: tooMuch,
  });
  for await (const piece of pieces) readXml(piece, events);
  return store;
}
