/** Reads files with libraries other than those that wrote them. */
import { parse } from 'csv-parse/sync';
import ExcelJs from 'exceljs';
import iconv from 'iconv-lite';
import type { Answer } from '../support/app.ts';

export type Table = Record<string, unknown>[];

/** Parses a CSV file strictly: with BOM and CRLF for Excel, and with neutralising apostrophes removed. */
export function readCsv(answer: Answer, encoding: 'utf-8' | 'gb18030' = 'utf-8'): Record<string, string>[] {
  const text =
    encoding === 'utf-8'
      ? new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(answer.bytes)
      : iconv.decode(answer.bytes, encoding, { stripBOM: false });
  if (text.startsWith('\uFEFF') !== (encoding === 'utf-8'))
    throw new Error('The mark at the beginning is wrong.');
  const rows: Record<string, string>[] = parse(text.replace('\uFEFF', ''), {
    columns: true,
    record_delimiter: '\r\n',
  });
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, cell]) => [name, cell.replace(/^'(?='*[=+\-@\t\r＝＋－＠])/, '')]),
    ),
  );
}

export async function readXlsx(answer: Answer): Promise<ExcelJs.Worksheet> {
  const workbook = new ExcelJs.Workbook();
  await workbook.xlsx.load(answer.bytes as never);
  const [sheet] = workbook.worksheets;
  if (!sheet) throw new Error('There is no sheet.');
  return sheet;
}

/** Decodes Excel's `_x000D_` (ECMA-376, ST_Xstring); this library does so for shared strings only. */
const unescaped = (cell: unknown): unknown =>
  typeof cell === 'string'
    ? cell.replace(/_x([\dA-Fa-f]{4})_/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    : cell;

/** The rows of a sheet by heading. */
export function tableOf(sheet: ExcelJs.Worksheet): Table {
  const headings = (sheet.getRow(1).values as string[]).slice(1);
  const rows: Table = [];
  sheet.eachRow((row, number) => {
    if (number === 1) return;
    rows.push(Object.fromEntries(headings.map((name, i) => [name, unescaped(row.getCell(i + 1).value)])));
  });
  return rows;
}
