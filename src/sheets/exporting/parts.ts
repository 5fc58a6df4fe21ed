/** Runs an export, on a thread for streams if the database has any. */
import type { StreamReader } from '../../database/database.ts';
import { revisionIn } from '../../database/revision.ts';
import type { FileFormat } from '../../http/media-types.ts';
import { writeCsv } from '../csv.ts';
import type { Sheet } from '../sheet.ts';
import { utf8Encoder } from '../utf8.ts';
import { writeXlsx, XLSX_ROWS } from '../xlsx.ts';
import {
  type Exported,
  type Exporters,
  type ExportHead,
  type ExportRequest,
  exportedBy,
  type RowsSoFar,
} from './exported.ts';

/** Reads the data as it was at an earlier revision. @param reader a snapshot, with `shadows` */
export type PastOf = (reader: StreamReader, seq: number) => Promise<StreamReader>;

export type ExportPart = ExportHead | RowsSoFar | Uint8Array;

type Write = (
  reader: StreamReader,
  exported: Exported,
  request: ExportRequest,
  revision: number,
) => AsyncIterable<Uint8Array>;

const sheetOf = (reader: StreamReader, exported: Exported, { language }: ExportRequest): Sheet => ({
  name: exported.sheetName[language],
  headings: exported.headings(),
  frozenColumns: exported.frozenColumns ?? 0,
  rows: exported.rows(reader),
});

const lineOf = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** One item per line, in the form of the list; the last line marks the end. */
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

/** The selected rows as the bytes of a file. */
const writeFile: Write = (reader, exported, request, revision) =>
  writers[request.format](reader, exported, request, revision);

/** Generates an export: first its head, then the file. */
export const exporting = (exporters: Exporters, pastOf: PastOf) =>
  async function* run(present: StreamReader, request: ExportRequest): AsyncGenerator<ExportPart> {
    const { format, watched = false, seq } = request;
    const reader = seq === undefined ? present : await pastOf(present, seq);
    const all = exportedBy(exporters, request);
    const subject = await all.subject(reader);
    const missing = (subject === undefined && all.partOf) || null;
    const tooMany = !missing && format === 'xlsx' && (await all.isMoreThan(reader, XLSX_ROWS));
    const rows = watched && !missing ? await all.count(reader) : null;
    const head = { revision: await revisionIn(reader), subject: subject ?? null, missing, tooMany, rows };
    yield head;
    if (missing || tooMany) return;
    if (watched) yield* watchedParts(reader, all, request, head.revision.seq);
    else yield* writeFile(reader, all, request, head.revision.seq);
  };

async function* watchedParts(reader: StreamReader, all: Exported, request: ExportRequest, revision: number) {
  let rowsSoFar = 0;
  const counting: StreamReader = {
    ...reader,
    batches: async function* (...asked) {
      for await (const rows of reader.batches(...asked)) {
        rowsSoFar += rows.length;
        yield rows as never[];
      }
    },
  };
  for await (const part of writeFile(counting, all, request, revision)) {
    yield { rowsSoFar };
    yield part;
  }
}
