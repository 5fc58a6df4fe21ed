/** `luodi prove`: restores the newest backup aside, and compares it with the database. */
import { isDeepStrictEqual } from 'node:util';
import type { Command } from 'commander';
import type { Restored } from '../backup/restoring.ts';
import { type Calendar, clockIn } from '../core/clock.ts';
import { readConfig } from '../core/config.ts';
import { StartupError } from '../core/startup-error.ts';
import type { Database } from '../database/database.ts';
import type { SummaryRequest } from '../features/figures/service.ts';
import { counted } from '../http/nouns.ts';
import { secondsSince, stepsOnTerminal } from './progress.ts';
import { whileStoppable } from './stoppable.ts';

export function addProveCommand(program: Command): void {
  program
    .command('prove')
    .description(
      'Prove that the newest backup can be restored: restore it into a temporary file beside it, verify it, and compare its figures with those of the database at the same entry.',
    )
    .argument('<folder>', 'folder of backups')
    .option('--json', 'report as a JSON object')
    .action(run);
}

async function run(folder: string, { json = false }: { json?: boolean }): Promise<void> {
  const config = readConfig(process.env);
  const clock = clockIn(config.TIME_ZONE);
  const { expectDatabase, openDatabase } = await import('../database/open.ts');
  const { inScratch } = await import('../backup/restoring.ts');
  const { restoringWorks } = await import('../workers/works.ts');
  expectDatabase(config.DATABASE_URL);
  const database = await openDatabase(config.DATABASE_URL, {
    upgradeBackup: config.UPGRADE_BACKUP,
    isGuest: true,
  });
  try {
    const began = performance.now();
    const { base, head, entries } = await whileStoppable('The proof', (signal) =>
      inScratch(
        folder,
        {
          ...restoringWorks(clock),
          steps: stepsOnTerminal,
          signal,
        },
        (restored) => compare(restored, database, clock),
      ),
    );
    const seconds = secondsSince(began);
    tell({ base, head, entries, seconds }, json);
  } finally {
    await database.close();
  }
}

function tell({ base, head, entries, seconds }: Restored & { seconds: number }, json: boolean): void {
  const report = { base, revision: head.seq, hash: head.hash, knownAt: head.at, entries, seconds };
  process.stdout.write(
    json
      ? `${JSON.stringify(report)}\n`
      : `${base}, and ${counted(entries, 'entry')} after it, are what the database was at entry ${head.seq}; proved in ${seconds} s\n`,
  );
}

/** @throws StartupError if a restored database is not what another one was */
async function compare(restored: Database, database: Database, clock: Calendar): Promise<void> {
  const { hashAt } = await import('../database/revision.ts');
  const { verify } = await import('../workers/works.ts');
  const head = await restored.revision();
  if ((await hashAt(database.read, head.seq)) !== head.hash) {
    throw new StartupError(`the entry ${head.seq} of the backup is not that of the database`);
  }
  const { broken, differing } = await stepsOnTerminal('Verifying', (onProgress) =>
    verify(restored, onProgress),
  );
  if (broken) throw new StartupError(`the restored log is broken at entry ${broken.seq}: ${broken.reason}`);
  const entities = Object.keys(differing);
  if (entities.length > 0) {
    throw new StartupError(`restored rows differ from the log: ${entities.join(', ')}`);
  }
  const [is, was] = [await figuresOf(restored, clock), await figuresOf(database, clock, head.seq)];
  if (!isDeepStrictEqual(is, was)) {
    throw new StartupError(
      `the figures of the backup are not those of the database: ${JSON.stringify(is)} and ${JSON.stringify(was)}`,
    );
  }
}

/** Filling the columns may take as long as it takes. */
const PATIENTLY = { waitMs: 3_600_000 };

/** The summary of all projects. @param seq as it was known at an entry, if not now */
async function figuresOf(database: Database, clock: Calendar, seq?: number): Promise<unknown> {
  const { columnsOf } = await import('../workers/works.ts');
  const { statisticsService } = await import('../features/figures/service.ts');
  const columns = columnsOf(database, PATIENTLY);
  const figures = statisticsService({ ask: (question, input) => columns.ask(question, input, seq) });
  return (await figures.summary({} as SummaryRequest, clock.today())).body;
}
