/** Finds the table with its row of headings in a file. */
import type { SheetTable } from '../columns.ts';
import type { Cell } from './cells.ts';
import {
  columnsOfField,
  type Field,
  headingsFound,
  knownTo,
  type Layout,
  layoutByHeadings,
  layoutByMapping,
} from './fields.ts';
import { headingRowsAt, MAX_HEADING_ROWS } from './heading-rows.ts';
import { type Headings, headingsOf, letterOf } from './headings.ts';
import { limits } from './limits.ts';
import type { Mapping } from './mapping.ts';
import { mergedValues } from './merges.ts';
import { cut, Refusal } from './refusal.ts';
import { type Notes, refuseTooWide, rowReader, startNotes } from './row-reader.ts';
import type { FileHead, Merge, ReadRequest, ReadRow, Source, SourceRow, Warning } from './rows.ts';

export interface OpenTable {
  source: Source;
  /** All fields that a row may have. */
  names: readonly string[];
  batches: AsyncIterable<ReadRow[]>;
  /** Complete once all batches have been read. */
  head(): Omit<FileHead, 'format'>;
}

const isText = (cell: Cell): cell is string => typeof cell === 'string' && cell.trim() !== '';

/** Two headings are no coincidence; nor is that of the key alone. */
const ENOUGH = 2;

/** The number of headings recognised in a row; 0 if they are too few. */
function scoreBy(headings: Headings, key: string): (row: SourceRow) => number {
  return ({ cells }) => {
    const fields = new Set<string>();
    for (const cell of cells) {
      const found = isText(cell) ? headings.recognise(cell) : undefined;
      if (found && found !== 'unit') fields.add(found.column.field);
    }
    return fields.size >= ENOUGH || fields.has(key) ? fields.size : 0;
  };
}

/** The first row with the highest score. */
function best(rows: readonly SourceRow[], score: (row: SourceRow) => number): number | undefined {
  const scores = rows.map(score);
  const most = Math.max(0, ...scores);
  return most === 0 ? undefined : scores.indexOf(most);
}

const MAX_SEEN = 40;

function noHeadings(rows: readonly SourceRow[]): Refusal {
  const fullest = rows.toSorted((a, b) => b.cells.filter(isText).length - a.cells.filter(isText).length)[0];
  const texts = (fullest?.cells ?? []).filter(isText).slice(0, MAX_SEEN);
  const headings = texts.map((text) => `“${cut(text.trim(), 40)}”`).join(', ');
  return new Refusal('imports.no_headings', { rows: limits.headingRows, headings: headings || '—' });
}

/**
 * Finds the headings among the first rows, and interprets them.
 * @returns their first row, and the index of their last one
 */
function layoutOf(
  rows: readonly SourceRow[],
  merges: readonly Merge[],
  request: ReadRequest,
): { row: number; last: number; layout: Layout } {
  const { table, mapping } = request;
  if (mapping) {
    const index =
      mapping.headingRow === undefined
        ? best(rows, (row) => headingsFound(row, mapping))
        : rows.findIndex(({ row }) => row === mapping.headingRow);
    if (index === undefined || !rows[index]) throw noHeadings(rows);
    const { first, last, row } = headingRowsAt(rows, index, merges, knownTo(mapping));
    return { row: row.row, last, layout: layoutByMapping(row, rows.slice(0, first), mapping, request) };
  }
  const headings = headingsOf(table);
  const index = best(rows, scoreBy(headings, table.key));
  if (index === undefined) throw noHeadings(rows);
  const isKnown = (text: string) => headings.recognise(text) !== undefined;
  const { first, last, row } = headingRowsAt(rows, index, merges, isKnown);
  return { row: row.row, last, layout: layoutByHeadings(row, rows.slice(0, first), headings, request) };
}

/** Reads batches until they must include the headings. */
async function beginning(
  batches: AsyncIterator<readonly SourceRow[]>,
  mapping: Mapping | null,
): Promise<SourceRow[]> {
  const rows: SourceRow[] = [];
  // A heading may have others below it.
  const last = (mapping?.headingRow ?? 0) + MAX_HEADING_ROWS - 1;
  for (;;) {
    const { done, value } = await batches.next();
    if (done) return rows;
    for (const row of value) rows.push(row);
    if (rows.length >= limits.headingRows && (rows.at(-1)?.row ?? 0) >= last) return rows;
  }
}

/** One warning per column whose values came from formulas. */
const formulaWarnings = ({ formulas }: Source, { fields }: Layout): Warning[] =>
  [...new Set(fields.flatMap(columnsOfField))].flatMap((index) => {
    const met = formulas?.get(index);
    return met
      ? [
          {
            row: met.row,
            column: letterOf(index),
            code: 'formula_value_taken',
            values: { count: met.count },
          } as const,
        ]
      : [];
  });

/** One warning per column without a heading that has values, and per column with marks for empty cells. */
const noteWarnings = ({ strays, marks }: Notes, { fields }: Layout): Warning[] => [
  ...[...marks].map(([index, { row, count, text }]): Warning => {
    const values = { count, mark: cut(text, 20) };
    const { column, heading } = fields.find((field) => field.index === index) as Field;
    return { row, column: column ?? heading, code: 'marks_taken_as_empty', values };
  }),
  ...[...strays].map(([index, { row, count }]): Warning => {
    return { row, column: letterOf(index), code: 'value_outside_table', values: { count } };
  }),
];

/** Tells the fields that are amounts: they count once, wherever their cell is shown. */
function amountsOf({ columns }: SheetTable): (field: string) => boolean {
  const amounts = columns.filter(({ kind, form }) => kind === 'money' || form === 'decimal');
  const fields = new Set(amounts.map(({ field }) => field));
  return (field) => fields.has(field);
}

/** The paths of JSON have no letters. */
const withoutColumns = (layout: Layout): Layout => ({
  ...layout,
  fields: layout.fields.map((field) => ({ ...field, column: null })),
});

/** One warning per path of a mapping at which no row has a value. */
const pathWarnings = ({ keys }: Source): Warning[] =>
  (keys?.().missing ?? []).map((path) => {
    return { row: null, column: path, code: 'path_not_found', values: { path: cut(path) } };
  });

async function openOne(source: Source, request: ReadRequest, isCsv: boolean): Promise<OpenTable> {
  const iterator = source.rows[Symbol.asyncIterator]();
  const rows = await beginning(iterator, request.mapping);
  const first = request.mapping?.headingRow === undefined ? rows.slice(0, limits.headingRows) : rows;
  first.forEach(refuseTooWide);
  const { merges = [] } = source;
  const found = layoutOf(first, merges, request);
  const { last } = found;
  const layout = source.keys ? withoutColumns(found.layout) : found.layout;
  const isAmount = amountsOf(request.table);
  const merged = mergedValues(merges, layout, (rows[last] as SourceRow).row, isAmount);
  const notes = startNotes();
  const readRow = rowReader(layout, request, isCsv, notes);
  // In JSON even an object without any value that is read is a row.
  const blankOf = ({ row }: SourceRow): ReadRow | undefined => source.keys && { row, fields: {}, faults: [] };
  const readBatch = (batch: readonly SourceRow[]): ReadRow[] => {
    const read: ReadRow[] = [];
    for (const row of batch) {
      const one = row.unread ?? readRow(merged.fill(row)) ?? blankOf(row);
      if (one) read.push(one);
    }
    return read;
  };
  async function* batches(): AsyncGenerator<ReadRow[]> {
    yield readBatch(rows.slice(last + 1));
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) return;
      yield readBatch(value);
    }
  }
  const columns = layout.fields
    .filter((field) => field.index !== null)
    .map(({ column, heading, field, unit, unitFrom, currency, rate, rateOn }) => ({
      column,
      heading,
      field,
      ...(unit && { unit }),
      ...(unitFrom && { unitFrom }),
      ...(currency && { currency, rate }),
      ...(rateOn && { rateOn }),
    }));
  return {
    source,
    names: layout.fields.map(({ field }) => field),
    batches: batches(),
    head: () => ({
      sheet: source.sheet,
      otherSheets: source.otherSheets,
      encoding: source.encoding,
      headingRow: source.keys ? null : found.row,
      columns,
      ignored: source.keys?.().ignored ?? layout.ignored,
      warnings: [
        ...layout.warnings,
        ...formulaWarnings(source, layout),
        ...merged.warnings(),
        ...noteWarnings(notes, layout),
        ...pathWarnings(source),
      ],
    }),
  };
}

/**
 * Opens the first table with headings.
 * @throws Refusal if none has any, or if those of one are contradictory
 */
export async function openTable(
  sources: readonly (() => Promise<Source>)[],
  request: ReadRequest,
  isCsv: boolean,
): Promise<OpenTable> {
  let first: Refusal | undefined;
  for (const open of sources) {
    try {
      return await openOne(await open(), request, isCsv);
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'imports.no_headings') throw error;
      first ??= error;
    }
  }
  throw first ?? new Refusal('imports.empty_file');
}
