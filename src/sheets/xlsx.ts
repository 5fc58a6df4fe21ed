/** Sheets as streamed Excel workbooks: with real dates, codes that remain text, and a frozen heading row. */
import type { CellValue, ColumnDef } from 'hucre/xlsx';
import type { Cell, Heading, Kind, Sheet } from './sheet.ts';

/** Maximum number of rows in a worksheet, without its headings. */
export const XLSX_ROWS = 1_048_575;

const FORMATS: Partial<Record<Kind, string>> = { code: '@', day: 'yyyy-mm-dd' };

/** Excel keeps fifteen digits of a number; longer ones are written as text, so that none are lost. */
const EXCEL_DIGITS = 15;

const amount = (text: string): CellValue =>
  text.replace(/[-.]/g, '').replace(/^0+/, '').length > EXCEL_DIGITS ? text : Number(text);

const values: Partial<Record<Kind, (cell: string) => CellValue>> = {
  day: (day) => new Date(`${day}T00:00:00Z`),
  money: amount,
};

/**
 * Escapes literal `_x000D_`, which would be decoded as a character, and the two characters that XML does not
 * allow.
 */
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

/** The cells of a workbook for the rows of a sheet. */
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
  // Loaded on demand, because it would slow down every start of the service.
  const { writeXlsxStream } = await import('hucre/xlsx');
  yield* writeXlsxStream(valuesOf(sheet), {
    name: sheet.name,
    columns: sheet.headings.map(columnOf),
    freezePane: { rows: 1 },
  });
}
