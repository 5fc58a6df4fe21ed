/** An export, as it runs: where the database has threads for streams, on one of them. */
import type { StreamReader } from '../../database/database.ts';
import { revisionIn } from '../../database/revision.ts';
import { XLSX_ROWS } from '../xlsx.ts';
import {
  type Exported,
  type Exporters,
  type ExportHead,
  type ExportRequest,
  exportedBy,
  type RowsSoFar,
} from './exported.ts';
import { writeFile } from './formats.ts';

export type ExportPart = ExportHead | RowsSoFar | Uint8Array;

/** Makes exports of what it is given: first the head, then the file. */
export const exporting = (exporters: Exporters) =>
  async function* run(reader: StreamReader, request: ExportRequest): AsyncGenerator<ExportPart> {
    const { format, watched = false } = request;
    const all = exportedBy(exporters, request);
    const subject = await all.subject(reader);
    const tooMany = format === 'xlsx' && (await all.isMoreThan(reader, XLSX_ROWS));
    const rows = watched ? await all.count(reader) : null;
    const missing = (subject === undefined && all.partOf) || null;
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
