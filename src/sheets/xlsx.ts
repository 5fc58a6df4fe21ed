/** Sheets as streamed Excel workbooks: with real dates, codes that remain text, and a frozen heading row. */
import type { CellValue, ColumnDef, WriteSheet } from 'hucre/xlsx';
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

/** The headings, and the columns that say what a row is about. */
export const frozen = ({ frozenColumns = 0 }: Pick<Sheet, 'frozenColumns'>) => ({
  rows: 1,
  ...(frozenColumns > 0 && { columns: frozenColumns }),
});

/** On paper: as wide as the page, with the headings on each. The streaming writer has no such setting. */
export const PRINTED = {
  paperSize: 'a4',
  orientation: 'landscape',
  fitToPage: true,
  fitToWidth: 1,
  fitToHeight: 0,
  printTitlesRow: '$1:$1',
} as const satisfies WriteSheet['pageSetup'];

export async function* writeXlsx(sheet: Sheet): AsyncGenerator<Uint8Array> {
  // Loaded on demand, because it would slow down every start of the service.
  const { writeXlsxStream } = await import('hucre/xlsx');
  yield* writeXlsxStream(valuesOf(sheet), {
    name: sheet.name,
    columns: sheet.headings.map(columnOf),
    freezePane: frozen(sheet),
  });
}
