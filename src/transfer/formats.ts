/** Each file format of the projects: how they are written in it. */
import type { StreamReader } from '../database/database.ts';
import type { FileFormat } from '../http/formats.ts';
import { projectBatches } from '../projects/batches.ts';
import { headings, rowMaker } from './columns.ts';
import { writeCsv } from './csv.ts';
import type { ExportRequest } from './export-head.ts';
import type { Sheet } from './sheet.ts';
import { utf8Encoder } from './utf8.ts';
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

const lineOf = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** One project a line, as the list has it; the last line says that it is the last. */
async function* writeNdjson(reader: StreamReader, { query, asOf }: ExportRequest, revision: number) {
  const encode = utf8Encoder();
  let count = 0;
  for await (const batch of projectBatches(reader, query, asOf)) {
    count += batch.length;
    yield encode(
      batch.map((project) => {
        const investors = project.investors.map(({ id, name }) => ({ id, name }));
        return lineOf(Object.assign(project, { investors }));
      }),
    );
  }
  yield encode([lineOf({ end: true, count, revision })]);
}

const writers: Record<FileFormat, Write> = {
  csv: (reader, request) => writeCsv(sheetOf(reader, request), request.encoding),
  ndjson: writeNdjson,
  xlsx: (reader, request) => writeXlsx(sheetOf(reader, request)),
};

/** The projects that a request selects, as the bytes of a file. */
export const writeProjects: Write = (reader, request, revision) =>
  writers[request.format](reader, request, revision);
