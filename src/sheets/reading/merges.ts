/** Merged cells: what the cells that they cover count as. */
import { type Cell, isEmpty, Unreadable } from './cells.ts';
import { columnsOfField, type Field, type Layout } from './fields.ts';
import { letterOf } from './headings.ts';
import { saysNothing } from './row-reader.ts';
import type { Merge, SourceRow, Warning } from './rows.ts';

const rangeOf = ({ top, bottom, left, right }: Merge): string =>
  `${letterOf(left)}${top}:${letterOf(right)}${bottom}`;

const rowsOf = ({ top, bottom }: Merge): string => `${top}:${bottom}`;

const textIn = (cell: Cell): string => (typeof cell === 'string' ? cell : (cell?.text ?? ''));

interface Column {
  index: number;
  /** The fields that are amounts. */
  amounts: readonly Field[];
  /** The ranges over several rows that begin in the column, from top to bottom. */
  merges: readonly Merge[];
  /** The first of these that may still cover a row, and what its first cell shows. */
  next: number;
  shown: Cell;
}

/** Gives rows the values that merged cells show for them. */
export interface Merged {
  fill(row: SourceRow): SourceRow;
  /** One per column with such values. */
  warnings(): Warning[];
}

const UNMERGED: Merged = { fill: (row) => row, warnings: () => [] };

/**
 * A value that is merged over several rows counts for each of them, except an amount, which would be counted
 * more than once. Where it is merged over several columns, it counts for the first of them.
 * @param lastHeadingRow below which the merged cells must begin
 * @param isAmountField whether the column of a field has amounts
 */
export function mergedValues(
  merges: readonly Merge[],
  { fields }: Pick<Layout, 'fields'>,
  lastHeadingRow: number,
  isAmountField: (field: string) => boolean,
): Merged {
  const within = (index: number) =>
    merges
      .filter(({ top, bottom, left }) => left === index && bottom > top && top > lastHeadingRow)
      .toSorted((a, b) => a.top - b.top);
  const read = new Set(
    fields.flatMap((field) => [...columnsOfField(field), ...(field.when ? [field.when.index] : [])]),
  );
  const columns = [...read]
    .map((index): Column => {
      const amounts = fields.filter((field) => field.index === index && isAmountField(field.field));
      return { index, amounts, merges: within(index), next: 0, shown: undefined };
    })
    .filter((column) => column.merges.length > 0);
  if (columns.length === 0) return UNMERGED;
  const keyMerges = new Set(
    fields.flatMap(({ index, isKey }) => (isKey && index !== null ? within(index) : [])).map(rowsOf),
  );
  const met = new Map<number, { row: number; count: number }>();

  /** What the cell of a merged column counts as. */
  function shownIn(column: Column, merge: Merge, row: number, own: Cell): Cell {
    if (merge.top === row) column.shown = own;
    const { shown } = column;
    const values = { cell: `${letterOf(column.index)}${row}`, range: rangeOf(merge) };
    if (!isEmpty(own) && own !== shown) return new Unreadable('hidden_by_merge', values, textIn(own));
    if (isEmpty(shown)) return own;
    // An amount may be merged over all rows of a record that is written in several rows.
    const isOfOneRecord = merge.top === row && keyMerges.has(rowsOf(merge));
    const isAmount = column.amounts.some((field) => !saysNothing(field, textIn(shown)));
    if (isAmount) return isOfOneRecord ? own : new Unreadable('merged_amount', values, textIn(shown));
    if (merge.top !== row) {
      const known = met.get(column.index);
      if (known) known.count += 1;
      else met.set(column.index, { row, count: 1 });
    }
    return shown;
  }

  return {
    fill: (source) => {
      const { row, cells } = source;
      const isBlank = [...read].every((index) => isEmpty(cells[index]));
      if (isBlank) return source;
      let filled: Cell[] | undefined;
      for (const column of columns) {
        while ((column.merges[column.next]?.bottom ?? Number.POSITIVE_INFINITY) < row) {
          column.next += 1;
          column.shown = undefined;
        }
        const merge = column.merges[column.next];
        if (!merge || merge.top > row) continue;
        const value = shownIn(column, merge, row, cells[column.index]);
        if (value === cells[column.index]) continue;
        filled ??= cells.slice();
        filled[column.index] = value;
      }
      return filled ? { row, cells: filled } : source;
    },
    warnings: () =>
      [...met].map(([index, { row, count }]) => {
        return { row, column: letterOf(index), code: 'merged_values_taken', values: { count } };
      }),
  };
}
