/** Each file format of a list: how it is written in it. */
import type { StreamReader } from '../../database/database.ts';
import type { FileFormat } from '../../http/formats.ts';
import { writeCsv } from '../csv.ts';
import type { Sheet } from '../sheet.ts';
import { utf8Encoder } from '../utf8.ts';
import { writeXlsx } from '../xlsx.ts';
import type { Exported, ExportRequest } from './exported.ts';

type Write = (
  reader: StreamReader,
  exported: Exported,
  request: ExportRequest,
  revision: number,
) => AsyncIterable<Uint8Array>;

const sheetOf = (reader: StreamReader, exported: Exported, { language }: ExportRequest): Sheet => ({
  name: exported.sheetName[language],
  headings: exported.headings(),
  rows: exported.rows(reader),
});

const lineOf = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** One item a line, as the list has it; the last line says that it is the last. */
const writeNdjson: Write = async function* (reader, exported, _, revision) {
  const encode = utf8Encoder();
  let count = 0;
  for await (const batch of exported.items(reader)) {
    count += batch.length;
    yield encode(batch.map(lineOf));
  }
  yield encode([lineOf({ end: true, count, revision })]);
};

const writers: Record<FileFormat, Write> = {
  csv: (reader, exported, request) => writeCsv(sheetOf(reader, exported, request), request.encoding),
  ndjson: writeNdjson,
  xlsx: (reader, exported, request) => writeXlsx(sheetOf(reader, exported, request)),
};

/** What a request selects, as the bytes of a file. */
export const writeFile: Write = (reader, exported, request, revision) =>
  writers[request.format](reader, exported, request, revision);
