/** The rows of a CSV file, with commas, semicolons or tabs. */
import { type CsvError, type Options, type Parser, parse } from 'csv-parse';
import { type TextEncoding, Utf8Bytes } from './encoding.ts';
import { limits } from './limits.ts';
import { Refusal, type RefusalKind } from './refusal.ts';
import type { Source, SourceRow } from './source.ts';

const DELIMITERS = [',', ';', '\t'] as const;

/** What is said by `sep=;` in the first line, which Excel takes for itself. */
const SEPARATOR_LINE = /^sep=(.)\r?\n/i;

/** How often a character stands in a line, outside quotation marks. */
const countIn = (line: string, character: string): number =>
  line.replaceAll(/"[^"]*"/g, '').split(character).length - 1;

/** The character that some line near the beginning has most of: the one with the headings. */
export function delimiterOf(start: string): string {
  const said = SEPARATOR_LINE.exec(start)?.[1];
  if (said) return said;
  const lines = start.split(/\r\n|\r|\n/).slice(0, limits.headingRows);
  const most = (character: string) => Math.max(...lines.map((line) => countIn(line, character)));
  return DELIMITERS.toSorted((a, b) => most(b) - most(a))[0] as string;
}

/** What the parser's own errors mean. Those in which a quotation mark is open name the row where it opened. */
const refusals: Readonly<Record<string, RefusalKind>> = {
  CSV_QUOTE_NOT_CLOSED: 'imports.unclosed_quote',
  CSV_INVALID_CLOSING_QUOTE: 'imports.misplaced_quote',
  INVALID_OPENING_QUOTE: 'imports.misplaced_quote',
};

function refusalOf(error: CsvError, parser: Parser): Error {
  const row = parser.info.records + 1;
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    // A record of such a size is mostly one that nobody closed.
    const isOpen = (parser as unknown as { state: { quoting: boolean } }).state.quoting;
    return isOpen
      ? new Refusal('imports.unclosed_quote', { row })
      : new Refusal('imports.record_too_large', { row, max: limits.recordBytes });
  }
  const kind = refusals[error.code];
  return kind ? new Refusal(kind, { row }, error) : error;
}

async function* rowsOf(bytes: Utf8Bytes, delimiter: string): AsyncGenerator<SourceRow[]> {
  const parser = parse({
    delimiter,
    relax_column_count: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: limits.recordBytes,
    // Of the stream that the parser is: a batch is what one piece of the file gives.
    readableHighWaterMark: Number.MAX_SAFE_INTEGER,
  } as Options);
  let failure: CsvError | undefined;
  parser.on('error', (error) => {
    failure ??= error as CsvError;
  });
  let count = 0;
  function* taken(): Generator<SourceRow[]> {
    const rows: SourceRow[] = [];
    for (let record = parser.read(); record !== null; record = parser.read()) {
      count += 1;
      rows.push({ row: count, cells: record });
    }
    yield rows;
    if (failure) throw refusalOf(failure, parser);
  }
  for await (const chunk of bytes) {
    await new Promise((written) => parser.write(chunk, written));
    yield* taken();
  }
  await new Promise<unknown>((ended) => parser.end(ended));
  yield* taken();
}

/** @param start the first bytes of the file */
export function csvSource(file: string, start: Buffer, encoding: TextEncoding): Source {
  const bytes = new Utf8Bytes(file, encoding);
  const text = new TextDecoder(encoding.encoding).decode(start);
  return {
    sheet: null,
    otherSheets: [],
    encoding: encoding.encoding,
    rows: rowsOf(bytes, delimiterOf(text)),
    bytes: () => bytes.bytes,
  };
}
