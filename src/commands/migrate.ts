/** `luodi migrate`. */
import type { Command } from 'commander';
import { readConfig } from '../core/config.ts';
import type { MigrationPlan } from '../database/database.ts';

export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('Migrate the database to the schema of this version and exit.')
    .option('--dry-run', 'say what would be done, and change nothing')
    .action(run);
}

async function run({ dryRun }: { dryRun?: boolean }): Promise<void> {
  const config = readConfig(process.env);
  if (dryRun) {
    const { planMigration } = await import('../database/open.ts');
    const plan = await planMigration(config.DATABASE_URL, { upgradeBackup: config.UPGRADE_BACKUP });
    process.stdout.write(`${inWords(plan).join('\n')}\n`);
    return;
  }
  const { openService } = await import('../main.ts');
  const { database } = await openService(config);
  const { seq } = await database.revision();
  await database.close();
  process.stdout.write(`The database is up to date at revision ${seq}.\n`);
}

function inWords({ isNew, last, pending, copy }: MigrationPlan): string[] {
  if (isNew) return ['There is no database yet; it would be created, with its reference data.'];
  if (pending.length === 0) return [`The schema is up to date (${last}); nothing would be done.`];
  return [
    ...(copy === null ? [] : [`The database would be copied to ${copy}.`]),
    `Then these migrations would follow ${last}:`,
    ...pending.map((tag) => `  ${tag}`),
  ];
}
