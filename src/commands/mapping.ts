/** `luodi mapping`: proposes a mapping for a file. */
import type { Command } from 'commander';
import { clockIn } from '../core/clock.ts';
import { readConfig } from '../core/config.ts';
import { expectReadable } from './readable.ts';

interface Options {
  entity?: string;
  format?: string;
  encoding?: string;
  lang?: string;
}

export function addMappingCommand(program: Command): void {
  program
    .command('mapping')
    .description(
      'Propose a mapping for a file by its headings and first rows: as JSON on standard output, to be edited and used with `luodi import --mapping`. What is unsure is on standard error. Needs no database.',
    )
    .argument('<file>', 'xlsx, ods or csv')
    .option(
      '--entity <entity>',
      'projects (default), funds, contacts, cluster_members, enterprises, events, regions, zones or industries',
    )
    .option('--format <format>', 'format of the file: xlsx, ods or csv; detected by default')
    .option('--encoding <encoding>', 'encoding of csv: utf-8 or gb18030; detected by default')
    .option('--lang <language>', 'language of the remarks: en (default) or zh')
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const config = readConfig(process.env);
  const { proposed } = await import('./mapping-proposal.ts');
  expectReadable(file);
  const { json, remarks } = await proposed(file, options, clockIn(config.TIME_ZONE));
  process.stderr.write(remarks.map((remark) => `${remark}\n`).join(''));
  process.stdout.write(`${json}\n`);
}
