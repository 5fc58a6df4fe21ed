/** Proves that the log of changes is what was written, and the data what the log says; from one state of both. */

import { moduleBeside } from '../../core/module-beside.ts';
import type { Database, StreamWork } from '../../database/database.ts';
import { type Report, run, type VerifyPart } from './verify-job.ts';

const work: StreamWork<null, VerifyPart> = { module: moduleBeside(import.meta, 'verify-job'), run };

export async function verify(
  database: Pick<Database, 'stream'>,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Report> {
  let report: Report | undefined;
  for await (const part of database.stream(work, null)) {
    if ('head' in part) report = part;
    else onProgress(part.done, part.total);
  }
  return report as Report;
}
