/** Parses the rows of a worksheet cell by cell; its declared dimensions are ignored. */
import { type Cell, Unreadable } from './cells.ts';
import { textOfSerial } from './days.ts';
import { limits } from './limits.ts';
import { decimalOf } from './money.ts';
import { PLAIN, type Shown } from './number-formats.ts';
import { Refusal } from './refusal.ts';
import type { SourceRow } from './rows.ts';
import type { SharedTexts } from './shared-texts.ts';
import { type Attributes, malformed, readXml, unescaped, type XmlEvents, xmlPieces } from './xml.ts';

/** The data that a worksheet refers to. */
export interface Book {
  texts: SharedTexts | undefined;
  /** How a cell style, by its index, shows numbers. */
  styles: readonly Shown[];
  is1904: boolean;
}

const MAX_ROWS = 1_048_576;
const MAX_COLUMNS = 16_384;

/** Excel keeps fifteen digits of a number, and shows zeros for the others. */
const UNSAFE = 1e15;

/** What is shown of a day: `2020-06-29` with its time, `2020-06`, `2020`. */
const SHOWN_CHARACTERS = { day: 19, month: 7, year: 4 } as const;

export function numberAs({ digits, before, after, isScaled }: Shown, number: number): Cell {
  const text = decimalOf(number);
  if (Math.abs(number) >= UNSAFE) return new Unreadable('too_many_digits', undefined, text);
  if (isScaled) return new Unreadable('scaled_number', undefined, text);
  const isCode = digits > 0 && Number.isInteger(number) && number >= 0;
  return before + (isCode ? text.padStart(digits, '0') : text) + after;
}

/** Cache size: one hundred years. */
const MAX_DAYS = 36_525;

/** Zero-based column of a reference like `AB12`. */
export function columnOf(reference: string): number {
  let column = 0;
  for (let i = 0; i < reference.length; i++) {
    const letter = reference.charCodeAt(i) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  if (column < 1 || column > MAX_COLUMNS) throw malformed(reference);
  return column - 1;
}

const namedBy = <T>(handlers: Readonly<Record<string, T>>): ReadonlyMap<string, T> =>
  new Map(Object.entries(handlers));

export class SheetParser {
  readonly formulas = new Map<number, { count: number; row: number }>();
  readonly #book: Book;
  readonly #days = new Map<number, Cell>();
  #rows: SourceRow[] = [];
  #row = 0;
  #cells: Cell[] = [];
  #column = -1;
  #type = '';
  #style = 0;
  #text = '';
  #takesText = false;
  #isFormula = false;
  #hasValue = false;
  #hints = 0;

  constructor(book: Book) {
    this.#book = book;
  }

  // Maps, because element names come from the file.
  readonly #opening = namedBy<(attributes: () => Attributes) => void>({
    row: (attributes) => {
      const { r } = attributes();
      this.#row = r === undefined ? this.#row + 1 : Number(r);
      if (!Number.isInteger(this.#row) || this.#row < 1 || this.#row > MAX_ROWS) throw malformed(`r="${r}"`);
      this.#cells = [];
      this.#column = -1;
    },
    c: (attributes) => {
      const { r, t = 'n', s } = attributes();
      this.#column = r === undefined ? this.#column + 1 : columnOf(r);
      this.#type = t;
      this.#style = s === undefined ? 0 : Number(s);
      this.#text = '';
      this.#isFormula = false;
      this.#hasValue = false;
    },
    v: () => {
      this.#takesText = true;
      this.#hasValue = true;
    },
    f: () => {
      this.#isFormula = true;
    },
    // Within `is`; phonetic hints are not part of the text.
    t: () => {
      this.#takesText = this.#hints === 0;
    },
    rPh: () => {
      this.#hints += 1;
    },
  });

  readonly #closing = namedBy<() => void>({
    row: () => {
      if (this.#cells.length > 0) this.#rows.push({ row: this.#row, cells: this.#cells });
      this.#cells = [];
    },
    c: () => {
      const cell = this.#cell();
      if (this.#column >= limits.lastColumn) return;
      if (cell !== undefined && cell !== '') this.#cells[this.#column] = cell;
    },
    v: () => {
      this.#takesText = false;
    },
    t: () => {
      this.#takesText = false;
    },
    rPh: () => {
      this.#hints -= 1;
    },
  });

  #cell(): Cell {
    if (this.#isFormula) {
      if (!this.#hasValue) return new Unreadable('formula_without_value');
      const met = this.formulas.get(this.#column);
      if (met) met.count += 1;
      else this.formulas.set(this.#column, { count: 1, row: this.#row });
    }
    const text = this.#text;
    if (text === '') return undefined;
    switch (this.#type) {
      case 's': {
        const shared = this.#book.texts?.text(Number(text));
        if (shared === undefined) throw malformed(`t="s" ${text}`);
        return shared;
      }
      case 'str':
      case 'inlineStr':
        return unescaped(text);
      case 'b':
        return text === '1' || text === 'true' ? 'TRUE' : 'FALSE';
      case 'e':
        return new Unreadable('error_value', undefined, text.slice(0, 100));
      case 'n':
        return this.#number(text);
      default:
        return text;
    }
  }

  #number(text: string): Cell {
    const number = Number(text);
    if (!Number.isFinite(number)) return text;
    const shown = this.#book.styles[this.#style] ?? PLAIN;
    switch (shown.as) {
      case 'number':
        return shown === PLAIN && Math.abs(number) < UNSAFE ? decimalOf(number) : numberAs(shown, number);
      case 'percent':
        return `${decimalOf(number * 100)}%`;
      default: {
        const day = this.#day(number);
        return typeof day === 'string' ? day.slice(0, SHOWN_CHARACTERS[shown.as]) : day;
      }
    }
  }

  /** Cached, because many rows have the same days. */
  #day(serial: number): Cell {
    const known = this.#days.get(serial);
    if (known !== undefined) return known;
    const text = textOfSerial(serial, this.#book.is1904);
    if (this.#days.size < MAX_DAYS) this.#days.set(serial, text);
    return text;
  }

  readonly #events: XmlEvents = {
    open: (name, attributes) => this.#opening.get(name)?.(attributes),
    close: (name) => this.#closing.get(name)?.(),
    text: (text) => {
      if (this.#takesText) this.#text += text;
    },
  };

  /** The rows completed by a piece of the sheet's XML. */
  take(piece: string): SourceRow[] {
    readXml(piece, this.#events);
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  /** Number of the current row. */
  get row(): number {
    return this.#row;
  }
}

/** @throws Refusal if it is not a worksheet */
export async function* sheetRows(
  bytes: AsyncIterable<Buffer>,
  parser: SheetParser,
): AsyncGenerator<SourceRow[]> {
  const pieces = xmlPieces(bytes, {
    root: 'worksheet',
    list: 'sheetData',
    element: 'row',
    most: limits.rowXml,
    tooLong: () => new Refusal('imports.record_too_large', { row: parser.row + 1, max: limits.rowXml }),
  });
  for await (const piece of pieces) yield parser.take(piece);
}
