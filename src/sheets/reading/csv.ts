/** The rows of a CSV file (RFC 4180), with commas, semicolons or tabs. */
import { type TextEncoding, TextFile } from './encoding.ts';
import { limits } from './limits.ts';
import { Refusal } from './refusal.ts';
import type { Source, SourceRow } from './rows.ts';

const [NEWLINE, RETURN, QUOTE] = [10, 13, 34];

/** The rest of the text has not arrived yet. */
const MORE = -1;

/**
 * A streaming parser, fed with pieces of text. Hand-written, because it takes a fifth of an import's time,
 * whereas csv-parse, which handles each byte separately, takes more than half; the tests compare the two.
 */
export class CsvRecords {
  readonly #delimiter: number;
  #text = '';
  #isLast = false;
  #row = 0;
  /** The current position in an incomplete record. */
  #at = 0;
  #isOpen = false;

  /** @param delimiter a single character */
  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /**
   * The records completed by the next piece; empty records are counted but left out.
   * @throws Refusal if a quotation mark is misplaced, or a record has no end
   */
  take(piece: string, isLast: boolean): SourceRow[] {
    this.#text += piece;
    this.#isLast = isLast;
    const rows: SourceRow[] = [];
    let start = 0;
    while (start < this.#text.length) {
      this.#at = start;
      const cells = this.#record();
      if (!cells) break;
      if (this.#at - start > limits.recordCharacters) throw this.#tooLarge();
      this.#row += 1;
      if (cells.length > 1 || cells[0] !== '') rows.push({ row: this.#row, cells });
      start = this.#at;
    }
    this.#text = this.#text.slice(start);
    this.#refuseEndless();
    return rows;
  }

  #refuseEndless(): void {
    if (this.#isLast ? this.#text === '' : this.#text.length <= limits.recordCharacters) return;
    // A record of this size is usually an unclosed quote.
    throw this.#isOpen ? new Refusal('imports.unclosed_quote', { row: this.#row + 1 }) : this.#tooLarge();
  }

  #tooLarge(): Refusal {
    return new Refusal('imports.record_too_large', { row: this.#row + 1, max: limits.recordCharacters });
  }

  /** The cells up to the next line break; undefined if it has not arrived yet. */
  #record(): string[] | undefined {
    const cells: string[] = [];
    for (;;) {
      const isQuoted = this.#text.charCodeAt(this.#at) === QUOTE;
      const cell = isQuoted ? this.#quotedCell() : this.#plainCell();
      if (cell === undefined) return undefined;
      cells.push(cell);
      if (this.#text.charCodeAt(this.#at) === this.#delimiter && this.#at < this.#text.length) {
        this.#at += 1;
        if (this.#at < this.#text.length || this.#isLast) continue;
        return undefined;
      }
      const length = this.#breakLength();
      if (length === MORE) return undefined;
      this.#at += length;
      return cells;
    }
  }

  /** Length of the line break at the current position: one or two characters, 0 at the end of the file. */
  #breakLength(): number {
    const { length } = this.#text;
    if (this.#at >= length) return this.#isLast ? 0 : MORE;
    if (this.#text.charCodeAt(this.#at) === NEWLINE) return 1;
    if (this.#at + 1 >= length) return this.#isLast ? 1 : MORE;
    return this.#text.charCodeAt(this.#at + 1) === NEWLINE ? 2 : 1;
  }

  /** In an unquoted cell, a quotation mark is an ordinary character. */
  #plainCell(): string | undefined {
    const text = this.#text;
    const start = this.#at;
    let end = start;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === this.#delimiter || code === NEWLINE || code === RETURN) break;
    }
    if (end === text.length && !this.#isLast) return undefined;
    this.#at = end;
    return text.slice(start, end);
  }

  #quotedCell(): string | undefined {
    const text = this.#text;
    let cell = '';
    let start = this.#at + 1;
    this.#isOpen = true;
    for (;;) {
      const end = text.indexOf('"', start);
      // Whether it closes the cell depends on the next character.
      if (end < 0 || (end + 1 === text.length && !this.#isLast)) return undefined;
      cell += text.slice(start, end);
      if (text.charCodeAt(end + 1) !== QUOTE) {
        this.#at = end + 1;
        break;
      }
      cell += '"';
      start = end + 2;
    }
    this.#isOpen = false;
    const next = text.charCodeAt(this.#at);
    const isEnd = this.#at === text.length || next === NEWLINE || next === RETURN || next === this.#delimiter;
    if (!isEnd) throw new Refusal('imports.misplaced_quote', { row: this.#row + 1 });
    return cell;
  }
}

const DELIMITERS = [',', ';', '\t'] as const;

/** The delimiter in a first line like `sep=;`, a convention of Excel. */
const SEPARATOR_LINE = /^sep=(.)[\r\n]/i;

/** The most frequent number of occurrences of a character per line, and how many lines have it. */
function regularity(lines: readonly string[], character: string): { lines: number; times: number } {
  const counts = new Map<number, number>();
  for (const line of lines) {
    const times = line.split(character).length - 1;
    if (times > 0) counts.set(times, (counts.get(times) ?? 0) + 1);
  }
  const [times, most] = [...counts].toSorted((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [0, 0];
  return { lines: most, times };
}

/** The delimiter: the candidate that occurs equally often in most of the first lines. */
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
