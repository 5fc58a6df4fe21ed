/** An export, as it runs: where the database has threads for streams, on one of them. */
import type { StreamReader } from '../database/database.ts';
import { selectsMoreThan } from '../projects/batches.ts';
import { type ExportHead, type ExportRequest, headOf } from './export-head.ts';
import { writeProjects } from './formats.ts';
import { XLSX_ROWS } from './xlsx.ts';

/** First the head, then the file. */
export async function* run(
  reader: StreamReader,
  request: ExportRequest,
): AsyncGenerator<ExportHead | Uint8Array> {
  const { format, query, asOf } = request;
  const tooMany = format === 'xlsx' && (await selectsMoreThan(reader, query, asOf, XLSX_ROWS));
  const head = { ...(await headOf(reader, query)), tooMany };
  yield head;
  if (!tooMany) yield* writeProjects(reader, request, head.revision.seq);
}
