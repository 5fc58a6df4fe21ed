/** Each file format of the projects: how they are written in it. */
import type { StreamReader } from '../database/database.ts';
import type { FileFormat } from '../http/formats.ts';
import { projectBatches } from '../projects/batches.ts';
import { headings, rowMaker } from './columns.ts';
import { writeCsv } from './csv.ts';
import type { ExportRequest } from './export-head.ts';
import type { Sheet } from './sheet.ts';
import { writeXlsx } from './xlsx.ts';

type Write = (reader: StreamReader, request: ExportRequest, revision: number) => AsyncIterable<Uint8Array>;

/** What the worksheet is called. */
const SHEET = { zh: '项目', en: 'Projects' };

function sheetOf(reader: StreamReader, { query, asOf, language, unit }: ExportRequest): Sheet {
  const toRow = rowMaker(language, unit);
  async function* rows() {
    for await (const batch of projectBatches(reader, query, asOf)) yield batch.map(toRow);
  }
  return { name: SHEET[language], headings: headings(language, unit), rows: rows() };
}

/** One project a line, as the list has it; the last line says that it is the last. */
async function* writeNdjson(reader: StreamReader, { query, asOf }: ExportRequest, revision: number) {
  let count = 0;
  for await (const batch of projectBatches(reader, query, asOf)) {
    count += batch.length;
    let lines = '';
    for (const project of batch) {
      for (const investor of project.investors as Partial<(typeof project.investors)[0]>[]) {
        delete investor.socialCreditCode;
      }
      lines += `${JSON.stringify(project)}\n`;
    }
    yield Buffer.from(lines);
  }
  yield Buffer.from(`${JSON.stringify({ end: true, count, revision })}\n`);
}

const writers: Record<FileFormat, Write> = {
  csv: (reader, request) => writeCsv(sheetOf(reader, request), request.encoding),
  ndjson: writeNdjson,
  xlsx: (reader, request) => writeXlsx(sheetOf(reader, request)),
};

/** The projects that a request selects, as the bytes of a file. */
export const writeProjects: Write = (reader, request, revision) =>
  writers[request.format](reader, request, revision);
