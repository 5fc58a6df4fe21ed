/** `luodi copy`. */
import type { Command } from 'commander';
import { clockIn } from '../core/clock.ts';
import { readConfig } from '../core/config.ts';
import { StartupError } from '../core/startup-error.ts';
import { counted } from '../http/nouns.ts';
import { secondsSince, stepsOnTerminal, tellAway } from './progress.ts';
import { whileStoppable } from './stoppable.ts';

interface Options {
  to: string;
  follow?: boolean;
  json?: boolean;
}

export function addCopyCommand(program: Command): void {
  program
    .command('copy')
    .description(
      'Copy the database, with its change log, into another one, of either engine, which must be empty.',
    )
    .requiredOption('--to <url>', 'file:PATH or postgres://USER:PASSWORD@HOST/DATABASE')
    .option('--follow', 'then copy every further entry of the change log, until stopped')
    .option('--json', 'report as a JSON object on one line; at the end, too, with --follow')
    .action(run);
}

async function run({ to, follow = false, json = false }: Options): Promise<void> {
  const config = readConfig(process.env);
  if (to === config.DATABASE_URL) throw new StartupError('--to names the same database as DATABASE_URL');
  const clock = clockIn(config.TIME_ZONE);
  const { expectDatabase, openDatabase } = await import('../database/open.ts');
  const { copyDatabase, followInto } = await import('../backup/copy.ts');
  const { restoringWorks } = await import('../workers/works.ts');
  const { loggedEntities } = await import('../contributions.ts');
  expectDatabase(config.DATABASE_URL);
  const source = await openDatabase(config.DATABASE_URL, {
    upgradeBackup: config.UPGRADE_BACKUP,
    isGuest: true,
  });
  const began = performance.now();
  const tell = (what: string, { seq, hash }: { seq: number; hash: string }): void => {
    const seconds = secondsSince(began);
    process.stdout.write(
      json
        ? `${JSON.stringify({ revision: seq, hash, seconds })}\n`
        : `${what}: ${counted(seq, 'entry')}, head ${hash}, in ${seconds} s\n`,
    );
  };
  try {
    await whileStoppable('The copy', async (signal) => {
      const context = {
        ...restoringWorks(clock),
        steps: stepsOnTerminal,
        signal,
        onAway: tellAway,
      };
      const head = await copyDatabase(source, to, context);
      tell('Copied', head);
      if (!follow) return;
      tell('Copied to the end', await followInto(source, to, head, loggedEntities, context));
    });
  } finally {
    await source.close();
  }
}
