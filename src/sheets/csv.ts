/** Sheets as CSV for Excel: with BOM and CRLF, and with formulas neutralised. */
import iconv from 'iconv-lite';
import { neutralised } from './formulas.ts';
import type { Cell, Kind, Sheet } from './sheet.ts';
import { utf8Encoder } from './utf8.ts';

export const encodings = ['utf-8', 'gb18030'] as const;
export type Encoding = (typeof encodings)[number];

/** Encoders of consecutive texts of a file. */
const encoders: Record<Encoding, () => (texts: readonly string[]) => Uint8Array> = {
  'utf-8': utf8Encoder,
  gb18030: () => (texts) => iconv.encode(texts.join(''), 'gb18030'),
};

const BOM = '\uFEFF';

const NEEDS_QUOTES = /[",\r\n]/;

const quoted = (text: string): string => (NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * Kinds whose cells are written unchanged: they never need quotes, and a negative amount is not a formula.
 */
const PLAIN: ReadonlySet<Kind> = new Set(['money', 'day', 'integer', 'number', 'instant']);

export async function* writeCsv({ headings, rows }: Sheet, encoding: Encoding): AsyncGenerator<Uint8Array> {
  const encode = encoders[encoding]();
  const plain = headings.map(({ kind }) => PLAIN.has(kind));
  const written = (row: readonly Cell[]): string => {
    let line = '';
    for (let i = 0; i < row.length; i++) {
      const cell = row[i] as Cell;
      if (i > 0) line += ',';
      if (cell !== null) line += plain[i] ? cell : quoted(neutralised(String(cell)));
    }
    return `${line}\r\n`;
  };
  const mark = encoding === 'utf-8' ? BOM : '';
  yield encode([`${mark}${headings.map(({ text }) => quoted(text)).join()}\r\n`]);
  for await (const batch of rows) yield encode(batch.map(written));
}
