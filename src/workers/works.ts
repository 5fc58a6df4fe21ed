/** Long work that runs on threads if the database has them, each with the module that the thread loads. */
import type { BackupWorks } from '../backup/copying.ts';
import type { ContentWork } from '../backup/digests.ts';
import { forgetState } from '../backup/kept-state.ts';
import type { RowsWork } from '../backup/rows.ts';
import { type ColumnStore, columnStore, type StoreLimits, storeLimits } from '../columns/store.ts';
import { derived, exporters, pastStateReader, questions } from '../contributions.ts';
import type { Clock } from '../core/clock.ts';
import { moduleBeside } from '../core/module-beside.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { ImportWork } from '../features/imports/import-rows.ts';
import { interruptImports } from '../features/imports/runner.ts';
import { settleStates } from '../features/webhooks/state.ts';
import type { Report } from '../log/verification/verifying.ts';
import { type ExportService, exportService } from '../sheets/exporting/service.ts';
import { load as appendEntries, run as readBackup } from './backup-job.ts';
import { run as keepColumns } from './columns-job.ts';
import { run as makeExport } from './export-job.ts';
import { load as loadRows, run as lookAtRows } from './import-job.ts';
import { run as verifyAll } from './verify-job.ts';

const exporting = { module: moduleBeside(import.meta, 'export-job'), run: makeExport, shadows: true };
const verifying = { module: moduleBeside(import.meta, 'verify-job'), run: verifyAll };

export const importWork: ImportWork = {
  module: moduleBeside(import.meta, 'import-job'),
  remembersRows: true,
  run: lookAtRows,
  load: loadRows,
};

const backup = { module: moduleBeside(import.meta, 'backup-job') };

export const backupWorks: BackupWorks = {
  rows: { ...backup, run: readBackup as RowsWork['run'] },
  content: { ...backup, run: readBackup as ContentWork['run'] },
  append: { ...backup, load: appendEntries },
};

/** What a restored database needs besides. @param clock says when what was under way ended */
export const restoringWorks = (clock: Clock) => ({
  works: backupWorks,
  settle: async (tx: Transaction): Promise<void> => {
    await interruptImports(tx, clock.now());
    await settleStates(tx);
    await forgetState(tx);
  },
});

/** The store of columns of a database. */
export const columnsOf = (database: Database, limits?: Partial<StoreLimits>): ColumnStore =>
  columnStore({
    database,
    derived,
    questions,
    pastOf: pastStateReader,
    work: {
      module: moduleBeside(import.meta, 'columns-job'),
      run: keepColumns,
      resident: true,
      shadows: true,
    },
    limits: { ...storeLimits, ...limits },
  });

export const exportsOf = (database: Database): ExportService => exportService(database, exporters, exporting);

/** Verifies the change log, and the data against it, in one snapshot. */
export async function verify(
  database: Pick<Database, 'stream'>,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Report> {
  let report: Report | undefined;
  for await (const part of database.stream(verifying, null)) {
    if ('head' in part) report = part;
    else onProgress(part.done, part.total);
  }
  return report as Report;
}
