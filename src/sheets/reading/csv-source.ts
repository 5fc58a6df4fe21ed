/** The rows of a CSV file, with commas, semicolons or tabs. */
import { CsvRecords } from './csv-records.ts';
import { type TextEncoding, TextFile } from './encoding.ts';
import { limits } from './limits.ts';
import type { Source, SourceRow } from './source.ts';

const DELIMITERS = [',', ';', '\t'] as const;

/** What is said by `sep=;` in the first line, which Excel takes for itself. */
const SEPARATOR_LINE = /^sep=(.)[\r\n]/i;

/** How many lines have a character equally often, and how often that is. */
function regularity(lines: readonly string[], character: string): { lines: number; times: number } {
  const counts = new Map<number, number>();
  for (const line of lines) {
    const times = line.split(character).length - 1;
    if (times > 0) counts.set(times, (counts.get(times) ?? 0) + 1);
  }
  const [times, most] = [...counts].toSorted((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [0, 0];
  return { lines: most, times };
}

/** The character that stands equally often in most lines near the beginning: it separates columns. */
function delimiterOf(start: string): string {
  const said = SEPARATOR_LINE.exec(start)?.[1];
  if (said) return said;
  const unquoted = start.replaceAll(/"(?:[^"]|"")*"/g, '');
  const lines = unquoted.split(/[\r\n]+/, limits.headingRows);
  const found = DELIMITERS.map((character) => ({ character, ...regularity(lines, character) }));
  return found.toSorted((a, b) => b.lines - a.lines || b.times - a.times)[0]?.character as string;
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
