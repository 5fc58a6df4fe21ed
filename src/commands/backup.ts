/** `luodi backup`. */
import type { Command } from 'commander';
import { clockIn } from '../core/clock.ts';
import { readConfig } from '../core/config.ts';
import { counted } from '../http/nouns.ts';
import { megabytes, secondsSince, stepsOnTerminal, tellAway } from './progress.ts';
import { whileStoppable } from './stoppable.ts';

interface Options {
  follow?: boolean;
  prune?: boolean;
  json?: boolean;
}

export function addBackupCommand(program: Command): void {
  program
    .command('backup')
    .description(
      'Write a backup of the database into a folder, while it is in use or not: a compressed file, complete under its name or not there at all.',
    )
    .argument('<folder>', 'created if missing')
    .option('--follow', 'then append every further entry of the change log, until stopped')
    .option(
      '--prune',
      'then delete backups that are neither among the newest BACKUP_KEEP nor younger than BACKUP_KEEP_DAYS',
    )
    .option('--json', 'report as a JSON object')
    .action(run);
}

async function run(folder: string, { follow = false, prune = false, json = false }: Options): Promise<void> {
  const config = readConfig(process.env);
  const clock = clockIn(config.TIME_ZONE);
  const { expectDatabase, openDatabase } = await import('../database/open.ts');
  const { makeBase } = await import('../backup/base.ts');
  const { backupWorks: works } = await import('../workers/works.ts');
  expectDatabase(config.DATABASE_URL);
  const database = await openDatabase(config.DATABASE_URL, {
    upgradeBackup: config.UPGRADE_BACKUP,
    isGuest: true,
  });
  try {
    await whileStoppable('The backup', async (signal) => {
      const began = performance.now();
      const { file, stem, manifest, bytes } = await makeBase(database, folder, clock.now(), {
        works,
        steps: stepsOnTerminal,
        signal,
      });
      const { head } = manifest;
      const seconds = secondsSince(began);
      const deleted = prune ? await pruned(folder, config, clock.milliseconds()) : [];
      const report = { file, revision: head.seq, hash: head.hash, at: manifest.at, bytes, seconds, deleted };
      process.stdout.write(
        json
          ? `${JSON.stringify(report)}\n`
          : `${file}: ${counted(head.seq, 'entry')}, ${megabytes(bytes)} in ${seconds} s\n`,
      );
      if (follow) await following(database, folder, stem, head, signal);
    });
  } finally {
    await database.close();
  }
}

async function pruned(
  folder: string,
  { BACKUP_KEEP: bases, BACKUP_KEEP_DAYS: days }: ReturnType<typeof readConfig>,
  milliseconds: number,
): Promise<string[]> {
  const { prune } = await import('../backup/folder.ts');
  return prune(folder, { bases, days }, milliseconds);
}

async function following(
  database: Awaited<ReturnType<typeof import('../database/open.ts').openDatabase>>,
  folder: string,
  stem: string,
  from: { seq: number; hash: string },
  signal: AbortSignal,
): Promise<void> {
  const { follow } = await import('../backup/following.ts');
  const { segmentWriter } = await import('../backup/segments.ts');
  const { loggedEntities: entities } = await import('../contributions.ts');
  const segments = segmentWriter(folder, stem);
  try {
    await follow({ database, entities, from, write: segments.append, signal, onAway: tellAway });
  } finally {
    await segments.close();
  }
}
