/**
 * The commands of `luodi`. Each reads the configuration, opens what it needs, and reports errors in one line.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { readConfig } from '../core/config.ts';
import { packageVersion } from '../core/package.ts';
import { StartupError } from '../core/startup-error.ts';
import { isOutside } from '../database/errors.ts';
import { faultsInWords, Problem } from '../http/problems.ts';
import { addBackupCommand } from './backup.ts';
import { addCopyCommand } from './copy.ts';
import { addTransferCommands } from './export.ts';
import { addImportCommands } from './import.ts';
import { addKeyCommands } from './keys.ts';
import { addMappingCommand } from './mapping.ts';
import { addMigrateCommand } from './migrate.ts';
import { addProveCommand } from './prove.ts';
import { addRestoreCommand } from './restore.ts';
import { addVerifyCommand } from './verify.ts';

export async function run(argv: readonly string[]): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const program = new Command('luodi')
    .description(
      'Tracks investment projects from signing to production and computes every figure on request.',
    )
    .version(packageVersion)
    .showHelpAfterError();

  program.command('serve').description('Serve the API.').action(serve);
  addMigrateCommand(program);
  program
    .command('demo')
    .description(
      'Fill an empty database with two published editions and serve it (./data/demo.db unless DATABASE_URL is set).',
    )
    .action(demo);
  addKeyCommands(program);
  addImportCommands(program);
  addMappingCommand(program);
  addTransferCommands(program);
  addVerifyCommand(program);
  addBackupCommand(program);
  addRestoreCommand(program);
  addCopyCommand(program);
  addProveCommand(program);
  program
    .command('openapi')
    .description('Write the OpenAPI document.')
    .argument('[file]', 'output file; default standard output')
    .action(openapi);

  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof StartupError || error instanceof Problem || isOutside(error))) throw error;
    const faults = error instanceof Problem ? faultsInWords(error, 'en') : [];
    process.stderr.write(`luodi: ${[(error as Error).message, ...faults].join('\n  ')}\n`);
    process.exit(1);
  }
}

async function serve(): Promise<void> {
  const config = readConfig(process.env);
  const { openService, serve } = await import('../main.ts');
  await serve(config, await openService(config));
}

async function demo(): Promise<void> {
  const config = readConfig({
    ...process.env,
    DATABASE_URL: process.env.DATABASE_URL || 'file:./data/demo.db',
    ANONYMOUS_READ: process.env.ANONYMOUS_READ || 'all',
  });
  const { serveDemo } = await import('./demo.ts');
  await serveDemo(config);
}

async function openapi(file: string | undefined): Promise<void> {
  const { openApiDocument } = await import('../app.ts');
  const text = `${JSON.stringify(await openApiDocument(), null, 2)}\n`;
  if (file === undefined) process.stdout.write(text);
  else writeFileSync(file, text);
}
