/** Sheets as files: streamed, or built as a whole if they are small. */
import { buffer } from 'node:stream/consumers';
import type { CellValue } from 'hucre/xlsx';
import type { Language } from '../core/languages.ts';
import type { File } from '../http/answers.ts';
import { contentLanguage, fileHeaders } from '../http/files.ts';
import type { FileFormat } from '../http/media-types.ts';
import { type Encoding, writeCsv } from './csv.ts';
import type { Sheet } from './sheet.ts';
import { columnOf, frozen, PRINTED, valuesOf, writeXlsx } from './xlsx.ts';

const streamed = { csv: (sheet: Sheet) => writeCsv(sheet, 'utf-8'), xlsx: writeXlsx };

/** A sheet as a file, streamed because it may be long. */
export const writeSheet = (sheet: Sheet, format: keyof typeof streamed): AsyncIterable<Uint8Array> =>
  streamed[format](sheet);

/**
 * A workbook built as a whole, with filters on the headings, which a streamed one cannot have.
 * @param day written as its modification date
 */
async function writeTableXlsx(sheet: Sheet, day: string): Promise<Uint8Array> {
  // Loaded on demand, because it would slow down every start of the service.
  const { rangeRef, writeXlsx } = await import('hucre/xlsx');
  const rows: CellValue[][] = [sheet.headings.map(({ text }) => text)];
  for await (const row of valuesOf(sheet)) rows.push(row);
  const last = rows.length - (sheet.endsInTotal ? 2 : 1);
  return writeXlsx({
    sheets: [
      {
        name: sheet.name,
        columns: sheet.headings.map(columnOf),
        rows,
        autoFilter: { range: rangeRef(0, 0, last, sheet.headings.length - 1) },
        freezePane: frozen(sheet),
        pageSetup: PRINTED,
      },
    ],
    // The writer's default is the current time, which would make every file different.
    properties: { modified: new Date(`${day}T00:00:00Z`) },
  });
}

export type TableFormat = Exclude<FileFormat, 'ndjson'>;

interface TableOptions {
  format: TableFormat;
  language: Language;
  encoding: Encoding;
  /** The day of the figures. */
  day: string;
}

const writers: Record<TableFormat, (sheet: Sheet, options: TableOptions) => Promise<Uint8Array>> = {
  csv: (sheet, { encoding }) => buffer(writeCsv(sheet, encoding)),
  xlsx: (sheet, { day }) => writeTableXlsx(sheet, day),
};

/**
 * A table small enough to be built as a whole: figures, not projects.
 * @param name of the file, without the extension
 * @param plain the same in ASCII
 */
export async function tableFile(
  sheet: Sheet,
  name: string,
  plain: string,
  options: TableOptions,
): Promise<File> {
  const { format, language, encoding } = options;
  return {
    headers: { ...fileHeaders(format, encoding, name, plain), 'content-language': contentLanguage(language) },
    content: Buffer.from(await writers[format](sheet, options)),
  };
}
