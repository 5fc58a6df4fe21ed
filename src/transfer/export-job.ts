/** An export, as it runs: where the database has threads for streams, on one of them. */
import type { StreamReader } from '../database/database.ts';
import { countOf, selectsMoreThan } from '../projects/batches.ts';
import { type ExportHead, type ExportRequest, headOf, type RowsSoFar } from './export-head.ts';
import { writeProjects } from './formats.ts';
import { XLSX_ROWS } from './xlsx.ts';

export type ExportPart = ExportHead | RowsSoFar | Uint8Array;

/** First the head, then the file. */
export async function* run(reader: StreamReader, request: ExportRequest): AsyncGenerator<ExportPart> {
  const { format, query, asOf, watched = false } = request;
  const tooMany = format === 'xlsx' && (await selectsMoreThan(reader, query, asOf, XLSX_ROWS));
  const rows = watched ? await countOf(reader, query, asOf) : null;
  const head = { ...(await headOf(reader, query)), tooMany, rows };
  yield head;
  if (tooMany) return;
  if (watched) yield* watchedParts(reader, request, head.revision.seq);
  else yield* writeProjects(reader, request, head.revision.seq);
}

async function* watchedParts(reader: StreamReader, request: ExportRequest, revision: number) {
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
  for await (const part of writeProjects(counting, request, revision)) {
    yield { rowsSoFar };
    yield part;
  }
}
