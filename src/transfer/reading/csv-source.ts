/** The rows of a CSV file, with commas, semicolons or tabs. */
import { CsvRecords } from './csv-records.ts';
import { type TextEncoding, TextFile } from './encoding.ts';
import { limits } from './limits.ts';
import type { Source, SourceRow } from './source.ts';

const DELIMITERS = [',', ';', '\t'] as const;

/** What is said by `sep=;` in the first line, which Excel takes for itself. */
const SEPARATOR_LINE = /^sep=(.)[\r\n]/i;

/** How often a character stands in a line, outside quotation marks. */
const countIn = (line: string, character: string): number =>
  line.replaceAll(/"[^"]*"/g, '').split(character).length - 1;

/** The character that some line near the beginning has most of: the one with the headings. */
function delimiterOf(start: string): string {
  const said = SEPARATOR_LINE.exec(start)?.[1];
  if (said) return said;
  const lines = start.split(/\r\n|\r|\n/, limits.headingRows);
  const most = (character: string) => Math.max(...lines.map((line) => countIn(line, character)));
  return DELIMITERS.toSorted((a, b) => most(b) - most(a))[0] as string;
}

async function* rowsOf(texts: TextFile): AsyncGenerator<SourceRow[]> {
  let records: CsvRecords | undefined;
  for await (const text of texts) {
    records ??= new CsvRecords(delimiterOf(text));
    yield records.take(text, false);
  }
  if (records) yield records.take('', true);
}

export function csvSource(file: string, encoding: TextEncoding): Source {
  const texts = new TextFile(file, encoding);
  return {
    sheet: null,
    otherSheets: [],
    encoding: encoding.encoding,
    rows: rowsOf(texts),
    bytes: () => texts.bytes,
  };
}
