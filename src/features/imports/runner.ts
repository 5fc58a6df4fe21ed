/** Imports as jobs, and the cleanup after them. */
import type { Clock } from '../../core/clock.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { type Cause, type JobRunner, jobRunner } from '../../jobs/runner.ts';
import type { ImportWork } from './import-rows.ts';
import { type ImportLimits, importLimits } from './limits.ts';
import { onRecord, outcomeOf, rowFaultCount } from './outcome.ts';
import * as repository from './repository.ts';
import { type Ending, importSteps, type Progress, type StoredProblem } from './steps.ts';
import { FAULTS, type Uploads } from './uploads.ts';

export type Runner = JobRunner<repository.ImportRecord, Progress>;

const DAY_MS = 86_400_000;

const hasReport = (record: repository.ImportRecord): boolean => rowFaultCount(outcomeOf(record)) > 0;

/** The status and problem of an import that ended early. */
const endings: Readonly<Record<Cause, { status: Ending['status']; kind?: StoredProblem['kind'] }>> = {
  cancelled: { status: 'cancelled' },
  key_refused: { status: 'cancelled', kind: 'imports.key_refused' },
  interrupted: { status: 'failed', kind: 'imports.interrupted' },
  failed: { status: 'failed', kind: 'service.error' },
};

/** Ends what was under way where the data comes from: nothing of it goes on here. For restored databases. */
export async function interruptImports(tx: Transaction, now: string): Promise<void> {
  const { status, kind } = endings.interrupted;
  for (const { id, rowsDone } of await repository.unfinished(tx)) {
    const problem = { kind, values: { done: rowsDone } };
    await repository.updateImport(tx, id, { status, problem, owner: null, finishedAt: now });
  }
}

export function importRunner(
  { database, clock }: { database: Database; clock: Clock },
  work: ImportWork,
  uploads: Uploads,
  onError: (error: unknown) => void,
  limits: ImportLimits = importLimits,
): Runner {
  let sweptAt = 0;

  /** Deletes everything of a finished import except its report. */
  const tidy = (record: repository.ImportRecord): Promise<void> =>
    hasReport(record) ? uploads.tidy(record.id) : uploads.remove(record.id);

  const jobs: Runner = jobRunner<repository.ImportRecord, Progress, Ending>(
    { database, clock },
    {
      find: repository.findImport,
      unfinished: repository.unfinished,
      update: repository.updateImport,
      folder: uploads.root,
      isHere: uploads.has,
      startProgress: ({ rowsDone }) => ({
        phase: 'waiting',
        bytesRead: 0,
        rowsRead: 0,
        rowsRefused: 0,
        rowsDone,
      }),
      run: importSteps({ database, clock }, work, uploads, limits),
      endingOf: (cause, { rowsDone }) => {
        const { status, kind } = endings[cause];
        return { status, ...(kind && { problem: { kind, values: { done: rowsDone } } }) };
      },
      recordOf: async ({ outcome, ...ending }, before) => {
        const ended = { ...ending, ...(outcome && onRecord(outcome)), owner: null, finishedAt: clock.now() };
        const record = { ...before, ...ended };
        const report = hasReport(record) ? await uploads.size(record.id, FAULTS) : 0;
        return { ...ended, bytes: report + Buffer.byteLength(JSON.stringify(record)) };
      },
      tidy,
    },
    onError,
    limits,
  );

  async function removeOld(): Promise<void> {
    const oldest = new Date(clock.milliseconds() - limits.keptDays * DAY_MS).toISOString();
    if (!(await repository.areFinishedBefore(database.read, oldest))) return;
    const removed = await database.write((tx) => repository.removeFinishedBefore(tx, oldest));
    for (const id of removed) await uploads.remove(id);
  }

  /**
   * Deletes files left behind by crashed processes, and those of imports deleted from the database elsewhere.
   */
  async function sweep(): Promise<void> {
    if (sweptAt > clock.milliseconds() - limits.strayMs) return;
    sweptAt = clock.milliseconds();
    const ids = await uploads.before(clock.milliseconds() - limits.strayMs);
    const records = await repository.findImports(
      database.read,
      ids.filter((id) => !jobs.isRunning(id)),
    );
    const known = new Map(records.map((record) => [record.id, record]));
    for (const id of ids) {
      const record = known.get(id);
      if (record && record.status !== 'running') await tidy(record);
      else if (!record && !jobs.isRunning(id)) await uploads.remove(id);
    }
  }

  return {
    ...jobs,
    get count() {
      return jobs.count;
    },
    get isStopped() {
      return jobs.isStopped;
    },
    takeOver: async () => {
      await jobs.takeOver();
      await removeOld();
      await sweep();
    },
  };
}
