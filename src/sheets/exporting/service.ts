/** Exports: whole selections as files, each from one snapshot, with limited concurrency. */

import { currentAsker } from '../../database/asker.ts';
import type { Database, StreamWork } from '../../database/database.ts';
import { revisionIn } from '../../database/revision.ts';
import { notFound, Problem } from '../../http/problems.ts';
import { XLSX_ROWS } from '../xlsx.ts';
import {
  type Exported,
  type Exporters,
  type ExportHead,
  type ExportRequest,
  exportedBy,
} from './exported.ts';
import type { ExportPart } from './parts.ts';

export interface ExportService {
  /** The head of an export, without running it. @throws Problem 404 as `start` */
  describe(request: ExportRequest): Promise<ExportHead>;
  /**
   * Starts an export. The caller must read its parts to the end or abandon them.
   * @param onRows called with the number of rows read so far, if the request is watched
   * @throws Problem 404 if the parent does not exist, 422 for more rows than the format can hold, 503 if too
   * many exports are running
   */
  start(
    request: ExportRequest,
    onRows?: (rows: number) => void,
  ): Promise<{ head: ExportHead; parts: AsyncIterable<Uint8Array> }>;
}

const RETRY_AFTER_S = '5';

const missing = ({ entity, id }: NonNullable<Exported['partOf']>): Problem => notFound(entity, id);

/** The bytes of the file, without the other parts of the stream. */
async function* bytesOf(
  parts: AsyncIterable<ExportPart>,
  onRows: (rows: number) => void,
): AsyncGenerator<Uint8Array, void> {
  for await (const part of parts) {
    if (part instanceof Uint8Array) yield part;
    else if ('rowsSoFar' in part) onRows(part.rowsSoFar);
  }
}

/** @param work `exporting` with the same exporters */
export function exportService(
  database: Database,
  exporters: Exporters,
  work: StreamWork<ExportRequest, ExportPart>,
): ExportService {
  const running = new Set<{ hasKey: boolean }>();

  /** A stream that counts as running until it ends. */
  async function* counted(request: ExportRequest): AsyncGenerator<ExportPart, void> {
    const one = { hasKey: currentAsker().hasKey };
    running.add(one);
    try {
      yield* database.stream(work, request);
    } finally {
      running.delete(one);
    }
  }

  /** If there are several streams, callers without a key leave one to callers with a key. */
  function expectRoom(): void {
    const max = database.streams;
    const share = Math.max(1, max - 1);
    const withoutKey = [...running].filter(({ hasKey }) => !hasKey).length;
    if (running.size < max && (currentAsker().hasKey || withoutKey < share)) return;
    throw new Problem('transfer.too_many_exports', {
      values: { max, share },
      headers: { 'retry-after': RETRY_AFTER_S },
    });
  }

  async function start(request: ExportRequest, onRows: (rows: number) => void = () => {}) {
    expectRoom();
    const parts = counted(request);
    const first = await parts.next();
    const head = first.value as ExportHead;
    if (head.missing || head.tooMany) {
      await parts.return();
      if (head.missing) throw missing(head.missing);
      throw new Problem('transfer.too_many_rows', { values: { max: XLSX_ROWS } });
    }
    return {
      head,
      parts: request.watched ? bytesOf(parts, onRows) : (parts as AsyncGenerator<Uint8Array, void>),
    };
  }

  return {
    start,

    describe: async (request) => {
      if (request.seq !== undefined) {
        const { head, parts } = await start(request);
        await parts.return();
        return head;
      }
      return database.snapshot(async (reader) => {
        const all = exportedBy(exporters, request);
        const subject = (await all.subject(reader)) ?? null;
        if (subject === null && all.partOf) throw missing(all.partOf);
        return { revision: await revisionIn(reader), subject, missing: null, tooMany: false, rows: null };
      });
    },
  };
}
