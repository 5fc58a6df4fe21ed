/** Sheets as Excel workbooks, written as a stream: real days, codes that stay text, a heading row that stays put. */
import type { CellValue, ColumnDef } from 'hucre/xlsx';
import type { Cell, Heading, Kind, Sheet } from './sheet.ts';

/** What a worksheet holds below its heading row. */
export const XLSX_ROWS = 1_048_575;

const FORMATS: Partial<Record<Kind, string>> = { code: '@', day: 'yyyy-mm-dd' };

/** Excel keeps fifteen digits of a number: one that has more stays text, so that none is lost. */
const EXCEL_DIGITS = 15;

const amount = (text: string): CellValue =>
  text.replace(/[-.]/g, '').replace(/^0+/, '').length > EXCEL_DIGITS ? text : Number(text);

const values: Partial<Record<Kind, (cell: string) => CellValue>> = {
  day: (day) => new Date(`${day}T00:00:00Z`),
  money: amount,
};

/** A literal `_x000D_` would be read as the character that it names; and two characters XML does not allow. */
export const escaped = (text: string): string =>
  text
    .replace(/_(?=x[\dA-Fa-f]{4}_)/g, '_x005F_')
    .replaceAll('\uFFFE', '_xFFFE_')
    .replaceAll('\uFFFF', '_xFFFF_');

function written(cell: Cell, { kind }: Heading): CellValue {
  if (typeof cell !== 'string') return cell;
  const convert = values[kind];
  return convert ? convert(cell) : escaped(cell);
}

/** The rows of a sheet as the cells of a workbook. */
export async function* valuesOf({ headings, rows }: Sheet): AsyncGenerator<CellValue[]> {
  for await (const batch of rows) {
    for (const row of batch) yield row.map((cell, i) => written(cell, headings[i] as Heading));
  }
}

export const columnOf = ({ text, kind, width }: Heading): ColumnDef => {
  const numFmt = FORMATS[kind];
  return { header: text, width, ...(numFmt && { numFmt }) };
};

export async function* writeXlsx(sheet: Sheet): AsyncGenerator<Uint8Array> {
  // Loaded where a workbook is made: every start of the service would wait for it.
  const { writeXlsxStream } = await import('hucre/xlsx');
  yield* writeXlsxStream(valuesOf(sheet), {
    name: sheet.name,
    columns: sheet.headings.map(columnOf),
    freezePane: { rows: 1 },
  });
}
