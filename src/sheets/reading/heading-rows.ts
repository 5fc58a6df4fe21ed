/** Headings over several rows: `投资额` above `固定资产投资` and `合同引资额`. */
import { type Cell, isEmpty } from './cells.ts';
import type { Merge, SourceRow } from './rows.ts';

/** The headings of a table; those of several rows as one row. */
export interface HeadingRow extends SourceRow {
  /** The headings above the one in `cells`, by column; sparse. */
  over: readonly string[];
}

/** Where the headings are among the rows of a file: zero-based, both inclusive. */
export interface HeadingRows {
  first: number;
  last: number;
  row: HeadingRow;
}

/** A heading with the one above it, if there is one. */
export const joined = (upper: string | undefined, lower: string): string =>
  upper === undefined ? lower : `${upper} / ${lower}`;

/** Deeper headings are not in use. */
export const MAX_HEADING_ROWS = 3;

/** A heading above others: zero-based columns, both inclusive. */
interface Span {
  left: number;
  right: number;
  text: string;
}

const textIn = (cell: Cell): string | undefined => {
  const text = typeof cell === 'string' ? cell.trim().replaceAll(/\s+/g, ' ') : '';
  return text === '' ? undefined : text;
};

/** The columns in which a row has a value. */
const columnsOf = ({ cells }: SourceRow): number[] =>
  [...cells.entries()].flatMap(([column, cell]) => (isEmpty(cell) ? [] : [column]));

const covers = ({ left, right }: Pick<Span, 'left' | 'right'>, column: number): boolean =>
  left <= column && column <= right;

/** The headings of a row that are merged over several columns. */
const mergedSpans = ({ row, cells }: SourceRow, merges: readonly Merge[]): Span[] =>
  merges.flatMap(({ top, bottom, left, right }) => {
    const text = textIn(cells[left]);
    return top === row && bottom === row && right > left && text ? [{ left, right, text }] : [];
  });

/** Each heading, with the empty cells after it. */
function openSpans(row: SourceRow): Span[] {
  const columns = columnsOf(row);
  return columns.flatMap((left, i) => {
    const text = textIn(row.cells[left]);
    const right = (columns[i + 1] ?? Number.POSITIVE_INFINITY) - 1;
    return text ? [{ left, right, text }] : [];
  });
}

/**
 * The headings of a row that stand above those of the next row; empty if that is no row of headings.
 * @param isKnown whether a text is the heading of a column
 */
function spansOver(
  upper: SourceRow,
  lower: SourceRow | undefined,
  merges: readonly Merge[],
  isKnown: (heading: string) => boolean,
): Span[] {
  if (lower?.row !== upper.row + 1) return [];
  const isCovered = (column: number) =>
    merges.some((merge) => merge.top <= upper.row && merge.bottom >= lower.row && covers(merge, column));
  const columns = columnsOf(lower).filter((column) => !isCovered(column));
  if (columns.length === 0 || !columns.every((column) => textIn(lower.cells[column]))) return [];
  const merged = mergedSpans(upper, merges);
  if (columns.every((column) => merged.some((span) => covers(span, column)))) return merged;
  // Without merged cells only a known heading tells a row of headings from one of values.
  const open = openSpans(upper).filter(({ left, right }) => {
    return right > left && columns.filter((column) => covers({ left, right }, column)).length > 1;
  });
  const isUnderOpen = columns.every((column) => open.some((span) => covers(span, column)));
  const areKnown = columns.some((column) => isKnown(textIn(lower.cells[column]) as string));
  return isUnderOpen && areKnown ? open : [];
}

/** The headings that begin in a row, with those of the rows below it. */
function headingsFrom(
  rows: readonly SourceRow[],
  first: number,
  merges: readonly Merge[],
  isKnown: (heading: string) => boolean,
): HeadingRows {
  const top = rows[first] as SourceRow;
  const cells: Cell[] = [...top.cells];
  const over: string[] = [];
  let last = first;
  while (last - first + 1 < MAX_HEADING_ROWS) {
    const lower = rows[last + 1];
    const spans = spansOver(rows[last] as SourceRow, lower, merges, isKnown);
    if (!lower || spans.length === 0) break;
    const higher = over.slice();
    for (const column of columnsOf(lower)) {
      const span = spans.find((one) => covers(one, column));
      const text = textIn(lower.cells[column]);
      if (!span || !text) continue;
      over[column] = joined(higher[span.left], span.text);
      cells[column] = text;
    }
    last += 1;
  }
  return { first, last, row: { row: top.row, cells, over } };
}

/**
 * The headings of which a row is part. A row above it belongs to them if one of its headings is merged with
 * the cell below; a title above the headings is not.
 * @param isKnown whether a text is the heading of a column
 */
export function headingRowsAt(
  rows: readonly SourceRow[],
  index: number,
  merges: readonly Merge[],
  isKnown: (heading: string) => boolean,
): HeadingRows {
  const { row } = rows[index] as SourceRow;
  const tops = merges
    .filter(({ top, bottom, left, right }) => left === right && top < row && row <= bottom)
    .map(({ top }) => rows.findIndex((one) => one.row === top))
    .filter((first) => first >= 0);
  const upper = tops.map((first) => headingsFrom(rows, first, merges, isKnown));
  const around = upper.find(({ last }) => last >= index);
  return around ?? headingsFrom(rows, index, merges, isKnown);
}
