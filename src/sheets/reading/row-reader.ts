/** Reads the values of a row from its cells. */
import { restored } from '../formulas.ts';
import { type Cell, isEmpty, isMark, plain, Unreadable } from './cells.ts';
import { columnsOfField, type Field, type Layout, type Outside } from './fields.ts';
import { letterOf } from './headings.ts';
import { limits } from './limits.ts';
import { joinedCell } from './mapped-source.ts';
import { cut, Refusal } from './refusal.ts';
import type { CellFault, ReadRequest, ReadRow, SourceRow } from './rows.ts';

/** The first character of the template's row that explains the columns. */
const EXPLANATION = '※';

const isExplanation = (cells: readonly Cell[]): boolean => {
  const first = cells.find((cell) => !isEmpty(cell));
  return typeof first === 'string' && first.trimStart().startsWith(EXPLANATION);
};

/** @throws Refusal for a row with too many columns */
export function refuseTooWide({ row, cells }: SourceRow): void {
  if (cells.length <= limits.columns) return;
  let count = 0;
  // `forEach` skips the holes of sparse rows quickly.
  cells.forEach((cell) => {
    if (!isEmpty(cell)) count += 1;
  });
  if (count > limits.columns) throw new Refusal('imports.too_many_columns', { row, max: limits.columns });
}

const faultAt = ({ field, column, heading }: Field, text: string | null, why: Unreadable): CellFault => ({
  field,
  column,
  heading,
  value: text === null ? null : cut(text),
  code: why.code,
  ...(why.values && { values: why.values }),
});

const TOO_LONG = new Unreadable('too_long', { max: limits.cellCharacters });

/** The value of a field's cell, null for none, or why it cannot be read. */
function valueIn(field: Field, cell: Cell) {
  if (isEmpty(cell)) return null;
  if (cell instanceof Unreadable) return cell;
  const text = cell as string;
  if (text.length > limits.cellCharacters) return TOO_LONG;
  const prepared = field.prepare ? field.prepare(text) : text;
  const code = field.translate ? field.translate(prepared) : prepared;
  return typeof code === 'string' ? field.read(code) : code;
}

/** Whether a text stands for an empty cell, by the mapping or by common usage. */
export const saysNothing = ({ kind, isKey, empty, translate }: Field, text: string): boolean =>
  empty?.has(plain(text)) || (translate === undefined && !isKey && isMark(text, kind));

function applies({ when }: Field, cells: readonly Cell[]): boolean {
  if (!when) return true;
  const cell = cells[when.index];
  return !(cell instanceof Unreadable) && when.texts.has(plain(cell ?? ''));
}

/** @param isCsv texts that a spreadsheet would run as a formula then have an apostrophe */
function cellOf({ index, joined }: Field, cells: readonly Cell[], isCsv: boolean): Cell {
  const at = (column: number): Cell => {
    const given = cells[column];
    return isCsv && typeof given === 'string' ? restored(given) : given;
  };
  return joined
    ? joinedCell(
        joined,
        joined.columns.map((column) => at(column.index)),
      )
    : at(index as number);
}

/** The columns of which at least one must be filled for a row to count. */
const columnsOf = (fields: readonly Field[]): number[] => [
  ...new Set(
    fields.flatMap((field) => [...columnsOfField(field), ...(field.when ? [field.when.index] : [])]),
  ),
];

export type ReadSourceRow = (row: SourceRow) => ReadRow | undefined;

/** Cells of a column that deserve a warning: their number, the first of them, and the row of the last. */
type Met = Map<number, { count: number; row: number; text: string; last: number }>;

/** By zero-based column. */
export interface Notes {
  /** Values in columns without a heading. */
  strays: Met;
  /** Texts taken for empty cells. */
  marks: Met;
}

export const startNotes = (): Notes => ({ strays: new Map(), marks: new Map() });

function note(met: Met, index: number, row: number, cell: Cell): void {
  const known = met.get(index);
  if (!known) {
    const text = typeof cell === 'string' ? cell : '';
    if (met.size < limits.columns) met.set(index, { count: 1, row, text, last: row });
  } else if (known.last !== row) {
    // Several fields may take their values from one column.
    known.count += 1;
    known.last = row;
  }
}

function noteStrays({ row, cells }: SourceRow, { width, holes }: Outside, strays: Met): void {
  const look = (index: number) => {
    if (!isEmpty(cells[index])) note(strays, index, row, cells[index]);
  };
  for (const index of holes) look(index);
  for (let index = width; index < cells.length; index++) look(index);
}

/** In CSV, more cells than headings: probably a value with an unquoted separator, which moved all after it. */
function surplusIn({ row, cells }: SourceRow, width: number): ReadRow | undefined {
  const surplus = cells.slice(width).filter((cell): cell is string => !isEmpty(cell));
  if (surplus.length === 0) return undefined;
  const values = { cells: cells.length, headings: width };
  const place = { field: null, column: letterOf(width), heading: null, value: cut(surplus.join(', ')) };
  return { row, fields: {}, faults: [{ ...place, code: 'surplus_cells', values }] };
}

/**
 * Reads the rows below the headings; undefined for rows that are blank in these columns, and for
 * explanations.
 * @param notes filled with what deserves a warning
 * @throws Refusal for a row with too many columns
 */
export function rowReader(
  { fields, outside }: Pick<Layout, 'fields' | 'outside'>,
  { empty }: Pick<ReadRequest, 'empty'>,
  isCsv: boolean,
  { strays, marks }: Notes,
): ReadSourceRow {
  const columns = columnsOf(fields);
  return (source) => {
    refuseTooWide(source);
    const { row, cells } = source;
    if (cells.length > outside.width || outside.holes.length > 0) {
      const surplus = isCsv ? surplusIn(source, outside.width) : undefined;
      if (surplus) return surplus;
      noteStrays(source, outside, strays);
    }
    if (columns.every((index) => isEmpty(cells[index])) || isExplanation(cells)) return undefined;
    const values: Record<string, unknown> = {};
    const faults: CellFault[] = [];
    let texts: Record<string, string> | undefined;
    for (const field of fields) {
      if (!applies(field, cells)) {
        if (empty === 'clear') values[field.field] = null;
        continue;
      }
      if (field.index === null) {
        values[field.field] = field.constant;
        continue;
      }
      const cell = cellOf(field, cells, isCsv);
      const isNoValue = typeof cell === 'string' && saysNothing(field, cell);
      if (isNoValue) note(marks, field.index, row, cell);
      const value = isNoValue ? null : valueIn(field, cell);
      if (value instanceof Unreadable) {
        if (!field.isCopy)
          faults.push(faultAt(field, typeof cell === 'string' ? cell : value.text || null, value));
      } else if (value !== null) {
        values[field.field] = value;
        if (value !== cell && field.kind !== 'list' && String(value) !== cell) {
          texts ??= {};
          texts[field.field] = cut(cell as string);
        }
      } else {
        if (empty === 'clear' && field.field !== 'version') values[field.field] = null;
        // For the fault, if the field is required.
        if (isNoValue) {
          texts ??= {};
          texts[field.field] = cut(cell as string);
        }
      }
    }
    return { row, fields: values, ...(texts && { texts }), faults };
  };
}
