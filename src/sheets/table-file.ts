/** Tables small enough to be made as a whole: figures, not projects. */
import { buffer } from 'node:stream/consumers';
import type { Language } from '../core/languages.ts';
import type { File } from '../http/answers.ts';
import { contentLanguage, fileHeaders } from '../http/files.ts';
import type { FileFormat } from '../http/formats.ts';
import { type Encoding, writeCsv } from './csv.ts';
import type { Sheet } from './sheet.ts';
import { writeTableXlsx } from './table-xlsx.ts';

export type TableFormat = Exclude<FileFormat, 'ndjson'>;

interface TableOptions {
  format: TableFormat;
  language: Language;
  encoding: Encoding;
  /** Day of the figures. */
  day: string;
}

const writers: Record<TableFormat, (sheet: Sheet, options: TableOptions) => Promise<Uint8Array>> = {
  csv: (sheet, { encoding }) => buffer(writeCsv(sheet, encoding)),
  xlsx: (sheet, { day }) => writeTableXlsx(sheet, day),
};

/**
 * @param name of the file, without what its format adds
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
