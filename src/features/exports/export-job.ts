/** An export, as it runs: where the database has threads for streams, on one of them. */
import type { StreamReader } from '../../database/database.ts';
import { revisionIn } from '../../database/revision.ts';
import { writeFile } from '../../sheets/formats.ts';
import { XLSX_ROWS } from '../../sheets/xlsx.ts';
import type { ExportHead, ExportRequest, RowsSoFar } from './export-head.ts';
import { type Exported, exported } from './exported.ts';

export type ExportPart = ExportHead | RowsSoFar | Uint8Array;

/** First the head, then the file. */
export async function* run(reader: StreamReader, request: ExportRequest): AsyncGenerator<ExportPart> {
  const { format, watched = false } = request;
  const all = exported(request);
  const subject = await all.subject(reader);
  const tooMany = format === 'xlsx' && (await all.isMoreThan(reader, XLSX_ROWS));
  const rows = watched ? await all.count(reader) : null;
  const missing = subject === undefined;
  const head = { revision: await revisionIn(reader), subject: subject ?? null, missing, tooMany, rows };
  yield head;
  if (missing || tooMany) return;
  if (watched) yield* watchedParts(reader, all, request, head.revision.seq);
  else yield* writeFile(reader, all, request, head.revision.seq);
}

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
