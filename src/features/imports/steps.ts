/** The steps of an import. */
import type { Clock } from '../../core/clock.ts';
import type { MessageValue } from '../../core/languages.ts';
import type { Database } from '../../database/database.ts';
import type { ProblemKind } from '../../http/messages.ts';
import { Problem } from '../../http/problems.ts';
import { KeyRefused, type Run } from '../../jobs/runner.ts';
import type { Mapping } from '../../sheets/reading/mapping.ts';
import { readFile } from '../../sheets/reading/read-file.ts';
import type { FileHead, ReadResult } from '../../sheets/reading/rows.ts';
import type { ImportPart, ImportRun, ImportWork } from './import-rows.ts';
import { type ImportEntity, tables } from './importable.ts';
import type { ImportLimits } from './limits.ts';
import { brokenOff, type Outcome, outcomeOf } from './outcome.ts';
import type { ImportRecord } from './repository.ts';
import type { ImportQuery, phases } from './schema.ts';
import type { Uploads } from './uploads.ts';

/** The stored request. */
export interface ImportRequest extends Omit<ImportQuery, 'mapping' | 'lang' | 'entity' | 'filename'> {
  entity: ImportEntity;
  mapping: Mapping | null;
  name: string | null;
  bytes: number;
  /** The regions of the caller; null for all. */
  regions: readonly string[] | null;
}

/** Progress of an import in this process. */
export interface Progress {
  phase: (typeof phases)[number];
  bytesRead: number;
  rowsRead: number;
  rowsRefused: number;
  rowsDone: number;
}

/** Why an import failed or was refused. */
export interface StoredProblem extends Record<string, unknown> {
  kind: ProblemKind;
  values?: Readonly<Record<string, MessageValue>>;
}

/** The final state of an import. */
export interface Ending extends Pick<ImportRecord, 'status'>, Partial<Pick<ImportRecord, 'problem'>> {
  /** If different from that of the rows written. */
  outcome?: Outcome;
}

/**
 * Runs one import: reads, checks and writes its file.
 * @param work previews and writes rows
 */
export function importSteps(
  { database, clock }: { database: Database; clock: Clock },
  work: ImportWork,
  uploads: Uploads,
  { atOnce, slice, reported }: Pick<ImportLimits, 'atOnce' | 'slice' | 'reported'>,
): (run: Run<ImportRecord, Progress>) => Promise<Ending> {
  return async ({ job: record, progress, signal, life, note, current, retry, onError }) => {
    const { id } = record;
    const request = record.request as unknown as ImportRequest;

    async function read(): Promise<ReadResult | Problem> {
      progress.phase = 'reading';
      const {
        name,
        format = null,
        encoding = null,
        unit = null,
        days = null,
        empty = 'keep',
        entity,
        mapping,
      } = request;
      const [file, rows] = [uploads.file(id), uploads.rows(id)];
      try {
        return await readFile(
          { file, rows, name, format, encoding, table: tables[entity], unit, days, empty, mapping },
          {
            signal,
            onProgress: ({ rows, bytes, refused }) =>
              Object.assign(progress, { rowsRead: rows, bytesRead: bytes, rowsRefused: refused }),
          },
        );
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof Problem) return error;
        throw error;
      }
    }

    const runOf = (head: FileHead, from: number, count: number, room = reported): ImportRun => ({
      id,
      life,
      entity: request.entity,
      rows: uploads.rows(id),
      faults: uploads.faults(id, from),
      room,
      columns: head.columns,
      namedBy: request.mapping ? 'mapping' : head.headingRow === null ? 'keys' : 'headings',
      mapped: Object.keys(request.mapping?.fields ?? {}),
      from,
      count,
      partial: request.partial ?? false,
      createEnterprises: request.createEnterprises ?? false,
      caller: {
        actor: record.actor,
        requestId: record.requestId,
        regions: request.regions,
        ...(record.caller !== null && { id: record.caller }),
      },
      now: clock.now(),
      today: clock.today(),
    });

    /** Processes a range of rows. If a refused row refuses the others too, nothing is committed. */
    async function pass(run: ImportRun, writes: boolean): Promise<Outcome> {
      progress.phase = writes ? 'writing' : 'checking';
      progress.rowsDone = run.from;
      const parts: AsyncIterable<ImportPart> = writes ? database.load(work, run) : database.stream(work, run);
      let outcome: Outcome | undefined;
      try {
        for await (const part of parts) {
          signal.throwIfAborted();
          if ('refusal' in part) throw new KeyRefused();
          if ('outcome' in part) outcome = part.outcome;
          progress.rowsDone = 'done' in part ? part.done : run.from + part.outcome.rows;
          // Leaving the loop rolls the load back.
          if (outcome && writes && isRefused(outcome)) break;
        }
      } catch (error) {
        await uploads.dropFaults(id, run.from);
        throw error;
      }
      return outcome as Outcome;
    }

    async function write(head: FileHead, from: number, count: number): Promise<Outcome> {
      const { faultCount } = outcomeOf(await current());
      const run = runOf(head, from, count, Math.max(0, reported - faultCount));
      return retry(
        () => pass(run, true),
        // After a failure, the commit may nevertheless have succeeded.
        async () => (await current()).rowsDone === from,
      );
    }

    const isRefused = ({ refused }: Outcome): boolean => refused > 0 && !request.partial;

    const found = await read();
    if (found instanceof Problem) {
      if (found.cause !== undefined) onError(found.cause);
      return { status: 'refused', problem: stored(found) };
    }
    const { head, rows: all } = found;
    Object.assign(progress, { rowsRead: all, bytesRead: request.bytes });
    await note({ file: { ...head }, bytes: await uploads.size(id) });

    let { rowsDone } = await current();
    const isCommit = request.mode === 'commit';
    // When resuming, the check was done before; repeating it would report rows already written as duplicates.
    if (!isCommit || (all > atOnce && rowsDone === 0)) {
      const outcome = await pass(runOf(head, 0, all), false);
      if (!isCommit) return { status: 'done', outcome };
      if (isRefused(outcome)) return faulty(outcome);
    }
    const step = all > atOnce ? slice : atOnce;
    do {
      const outcome = await write(head, rowsDone, Math.min(step, all - rowsDone));
      if (isRefused(outcome)) {
        if (rowsDone === 0) return faulty(outcome);
        return {
          status: 'failed',
          outcome: brokenOff(outcomeOf(await current()), outcome),
          problem: { kind: 'imports.changed_meanwhile', values: { done: rowsDone } } satisfies StoredProblem,
        };
      }
      rowsDone += outcome.rows;
    } while (rowsDone < all);
    return { status: 'done' };
  };
}

const faulty = (outcome: Outcome): Ending => ({
  status: 'refused',
  outcome,
  problem: {
    kind: 'imports.faulty_rows',
    values: { refused: outcome.refused, rows: outcome.rows },
  } satisfies StoredProblem,
});

const stored = ({ kind, details: { values } }: Problem): StoredProblem => ({
  kind,
  ...(values && { values }),
});
