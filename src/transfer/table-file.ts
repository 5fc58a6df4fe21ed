/** Tables small enough to be made as a whole: figures, not projects. */
import { buffer } from 'node:stream/consumers';
import type { File } from '../http/answers.ts';
import { contentLanguage, fileHeaders } from '../http/files.ts';
import type { FileFormat } from '../http/formats.ts';
import type { Language } from '../http/messages.ts';
import { type Encoding, writeCsv } from './csv.ts';
import type { Sheet } from './sheet.ts';
import { writeXlsx } from './xlsx.ts';

export type TableFormat = Exclude<FileFormat, 'ndjson'>;

/** How each format is written. */
export const writers: Record<TableFormat, (sheet: Sheet, encoding: Encoding) => AsyncIterable<Uint8Array>> = {
  csv: writeCsv,
  xlsx: writeXlsx,
};

/** @param name of the file, without what its format adds */
export async function tableFile(
  sheet: Sheet,
  name: string,
  { format, language, encoding }: { format: TableFormat; language: Language; encoding: Encoding },
): Promise<File> {
  return {
    headers: { ...fileHeaders(format, encoding, name, name), 'content-language': contentLanguage(language) },
    content: await buffer(writers[format](sheet, encoding)),
  };
}
