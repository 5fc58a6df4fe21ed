/** `luodi restore`. */
import type { Command } from 'commander';
import type { Until } from '../backup/restoring.ts';
import { type Calendar, clockIn } from '../core/clock.ts';
import { readConfig } from '../core/config.ts';
import { addDays } from '../core/days.ts';
import { StartupError } from '../core/startup-error.ts';
import { counted } from '../http/nouns.ts';
import { secondsSince, stepsOnTerminal } from './progress.ts';
import { whileStoppable } from './stoppable.ts';

interface Options {
  to?: string;
  json?: boolean;
}

export function addRestoreCommand(program: Command): void {
  program
    .command('restore')
    .description(
      'Restore a backup into the database that DATABASE_URL names, of either engine, which must be empty.',
    )
    .argument('<source>', 'folder of backups; or the file of one, to use no other base')
    .option(
      '--to <entry>',
      'number of the last entry, a time like 2022-08-31T12:00:00Z, or a day, to its end; default all there is',
    )
    .option('--json', 'report as a JSON object')
    .action(run);
}

async function run(source: string, { to, json = false }: Options): Promise<void> {
  const config = readConfig(process.env);
  const clock = clockIn(config.TIME_ZONE);
  const until = untilOf(to, clock);
  const { restore } = await import('../backup/restoring.ts');
  const { restoringWorks } = await import('../workers/works.ts');
  const began = performance.now();
  const { base, head, entries } = await whileStoppable('The restore', (signal) =>
    restore(source, config.DATABASE_URL, until, {
      ...restoringWorks(clock),
      steps: stepsOnTerminal,
      signal,
    }),
  );
  const seconds = secondsSince(began);
  const report = { base, revision: head.seq, hash: head.hash, knownAt: head.at, entries, seconds };
  process.stdout.write(
    json
      ? `${JSON.stringify(report)}\n`
      : `Restored to entry ${head.seq} (${head.at}): ${base}, and ${counted(entries, 'entry')} after it, in ${seconds} s\n`,
  );
}

/** @throws StartupError unless it is a number, a time with its zone, or a day */
function untilOf(to: string | undefined, clock: Calendar): Until {
  if (to === undefined) return null;
  if (/^\d{1,12}$/.test(to)) return { seq: Number(to) };
  const isDay = /^\d{4}-\d\d-\d\d$/.test(to);
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(to);
  const milliseconds = isTime
    ? Date.parse(to)
    : isDay && !Number.isNaN(Date.parse(to)) && addDays(to, 0) === to
      ? Date.parse(clock.startOf(addDays(to, 1))) - 1
      : Number.NaN;
  if (Number.isNaN(milliseconds)) {
    throw new StartupError(
      `--to takes the number of an entry, a time with its zone like 2022-08-31T12:00:00Z, or a day, not ${to}`,
    );
  }
  return { at: new Date(milliseconds).toISOString() };
}
