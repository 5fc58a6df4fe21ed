/** A sheet as a file, written as it comes: for what may be long. */
import { writeCsv } from './csv.ts';
import type { Sheet } from './sheet.ts';
import { writeXlsx } from './xlsx.ts';

const writers = { csv: (sheet: Sheet) => writeCsv(sheet, 'utf-8'), xlsx: writeXlsx };

export const writeSheet = (sheet: Sheet, format: keyof typeof writers): AsyncIterable<Uint8Array> =>
  writers[format](sheet);
