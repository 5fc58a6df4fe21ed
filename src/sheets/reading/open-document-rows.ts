/** Parses the tables of an OpenDocument spreadsheet row by row. */
import type { Cell } from './cells.ts';
import { limits } from './limits.ts';
import { cellOf } from './open-document-cells.ts';
import { Refusal } from './refusal.ts';
import type { Merge, SourceRow } from './rows.ts';
import { type Attributes, malformed, readXml, type XmlEvents, xmlPieces } from './xml.ts';

/** A table, with what is known only after it has been read. */
export interface Table {
  name: string;
  style: string;
  merges: Merge[];
}

const MAX_ROWS = 1_048_576;

/** Rows at a time, because one may be repeated a million times. */
const BATCH = 1_000;

const countIn = (attributes: Attributes, name: string): number => {
  const count = Number(attributes[`table:number-${name}`] ?? 1);
  if (!Number.isInteger(count) || count < 1) throw malformed(`${name}="${count}"`);
  return count;
};

/** What has the text of a cell; other elements in it, such as comments, have paragraphs of their own. */
const PARAGRAPHS: ReadonlySet<string> = new Set(['p', 'h']);
const BLANKS: Readonly<Record<string, string>> = { s: ' ', tab: '\t', 'line-break': '\n' };

interface OpenRow {
  cells: Cell[];
  column: number;
  repeated: number;
}

interface OpenCell {
  attributes: Attributes;
  depth: number;
  isCovered: boolean;
  lines: string[];
  /** Whether it is within a paragraph of the cell itself. */
  isInText: boolean;
}

/** A row, and how many times it follows. */
interface Repeated {
  source: SourceRow;
  times: number;
}

/** Reads all tables, and keeps the rows of one. */
export class TablesParser {
  readonly tables: Table[] = [];
  /** Names of styles of tables that are not shown. */
  readonly hiddenStyles = new Set<string>();
  readonly formulas = new Map<number, { count: number; row: number }>();
  readonly #wanted: number;
  #style = '';
  #depth = 0;
  #tableDepth: number | undefined;
  #number = 0;
  #row: OpenRow | undefined;
  #cell: OpenCell | undefined;
  #rows: Repeated[] = [];
  #merges = 0;

  /** @param wanted index of the table whose rows are kept */
  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  get #isWanted(): boolean {
    return this.tables.length - 1 === this.#wanted;
  }

  #open(name: string, given: () => Attributes): void {
    this.#depth += 1;
    if (this.#cell) {
      this.#openInCell(this.#cell, name, given);
      return;
    }
    switch (name) {
      case 'style':
        this.#style = given()['style:name'] ?? '';
        break;
      case 'table-properties':
        if (given()['table:display'] === 'false') this.hiddenStyles.add(this.#style);
        break;
      case 'table': {
        if (this.#tableDepth !== undefined) break;
        const { 'table:name': title = '', 'table:style-name': style = '' } = given();
        this.#tableDepth = this.#depth;
        this.#number = 0;
        this.tables.push({ name: title, style, merges: [] });
        break;
      }
      case 'table-row':
        if (this.#tableDepth === undefined) break;
        this.#row = { cells: [], column: 0, repeated: countIn(given(), 'rows-repeated') };
        break;
      case 'table-cell':
      case 'covered-table-cell':
        if (!this.#row) break;
        this.#cell = {
          attributes: given(),
          depth: this.#depth,
          isCovered: name !== 'table-cell',
          lines: [],
          isInText: false,
        };
    }
  }

  #openInCell(cell: OpenCell, name: string, given: () => Attributes): void {
    if (this.#depth === cell.depth + 1) {
      cell.isInText = PARAGRAPHS.has(name);
      if (cell.isInText) cell.lines.push('');
    } else if (cell.isInText && name in BLANKS) {
      const count = Math.min(Number(given()['text:c'] ?? 1) || 1, limits.cellCharacters);
      this.#text((BLANKS[name] as string).repeat(count));
    }
  }

  #text(text: string): void {
    const { lines, isInText } = this.#cell ?? { lines: [], isInText: false };
    if (isInText) lines[lines.length - 1] += text;
  }

  #close(name: string): void {
    if (this.#cell?.depth === this.#depth) this.#closeCell(this.#cell);
    else if (this.#cell?.depth === this.#depth - 1) this.#cell.isInText = false;
    else if (!this.#cell && name === 'table-row' && this.#row) this.#closeRow(this.#row);
    else if (this.#tableDepth === this.#depth) this.#tableDepth = undefined;
    this.#depth -= 1;
  }

  #closeCell({ attributes, isCovered, lines }: OpenCell): void {
    this.#cell = undefined;
    const row = this.#row as OpenRow;
    const repeated = countIn(attributes, 'columns-repeated');
    const value = this.#isWanted ? cellOf(attributes, lines.join('\n')) : undefined;
    const last = Math.min(row.column + repeated, limits.lastColumn);
    if (value !== undefined && value !== '') {
      for (let column = row.column; column < last; column++) row.cells[column] = value;
      if (attributes['table:formula'] !== undefined) this.#noteFormula(row.column);
    }
    if (!isCovered) this.#noteMerge(attributes, row.column);
    row.column += repeated;
  }

  #noteFormula(column: number): void {
    const met = this.formulas.get(column);
    if (met) met.count += 1;
    else this.formulas.set(column, { count: 1, row: this.#number + 1 });
  }

  #noteMerge(attributes: Attributes, left: number): void {
    const rows = countIn(attributes, 'rows-spanned');
    const columns = countIn(attributes, 'columns-spanned');
    if (rows === 1 && columns === 1) return;
    this.#merges += 1;
    if (this.#merges > limits.merges) throw new Refusal('imports.too_many_merges', { max: limits.merges });
    const top = this.#number + 1;
    this.tables.at(-1)?.merges.push({ top, bottom: top + rows - 1, left, right: left + columns - 1 });
  }

  #closeRow({ cells, repeated }: OpenRow): void {
    this.#row = undefined;
    const row = this.#number + 1;
    this.#number += repeated;
    if (cells.length === 0) return;
    if (this.#number > MAX_ROWS) throw malformed(`rows: ${this.#number}`);
    this.#rows.push({ source: { row, cells }, times: repeated });
  }

  readonly #events: XmlEvents = {
    open: (name, attributes) => this.#open(name, attributes),
    close: (name) => this.#close(name),
    text: (text) => this.#text(text),
  };

  /** The rows completed by a piece of the XML. */
  *take(piece: string): Generator<SourceRow[]> {
    readXml(piece, this.#events);
    const rows = this.#rows;
    this.#rows = [];
    let batch: SourceRow[] = [];
    for (const { source, times } of rows) {
      for (let i = 0; i < times; i++) {
        batch.push({ row: source.row + i, cells: source.cells });
        if (batch.length < BATCH) continue;
        yield batch;
        batch = [];
      }
    }
    yield batch;
  }

  /** Number of the last complete row. */
  get row(): number {
    return this.#number;
  }
}

/** @throws Refusal if it is not the content of a spreadsheet */
export async function* tableRows(
  bytes: AsyncIterable<Buffer>,
  parser: TablesParser,
): AsyncGenerator<SourceRow[]> {
  const pieces = xmlPieces(bytes, {
    root: 'document-content',
    list: 'spreadsheet',
    element: 'table:table-row',
    most: limits.rowXml,
    tooLong: () => new Refusal('imports.record_too_large', { row: parser.row + 1, max: limits.rowXml }),
  });
  for await (const piece of pieces) yield* parser.take(piece);
}
