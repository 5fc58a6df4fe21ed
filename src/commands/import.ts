/** `luodi import`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Command } from 'commander';
import { clockIn } from '../core/clock.ts';
import { readConfig } from '../core/config.ts';
import { StartupError } from '../core/startup-error.ts';
import { expectFree, writeWhole } from '../core/whole-file.ts';
import type { ImportOptions } from './import-options.ts';
import type { FileImport } from './import-run.ts';
import { expectReadable } from './readable.ts';
import { whileStoppable } from './stoppable.ts';

interface Options extends ImportOptions {
  faults?: string;
  force?: boolean;
  json?: boolean;
}

export function addImportCommands(program: Command): void {
  program
    .command('import')
    .description(
      'Import files one after the other: all rows of each, or none. Exit code: 0 if every row is imported (with --preview: would be), 2 if --partial leaves some out, else 1.',
    )
    .argument('<file...>', 'xlsx, ods, csv, ndjson or json; - for standard input')
    .option('--preview', 'show what would change and write nothing')
    .option('--partial', 'write the valid rows of a file with faulty ones')
    .option(
      '--entity <entity>',
      'projects (default), funds, contacts, cluster_members, enterprises, events, regions, zones or industries',
    )
    .option('--mapping <mapping>', 'mapping to use: a file NAME.json, or the code of a stored mapping')
    .option('--lang <language>', 'language of the output: en (default) or zh')
    .option(
      '--unit <unit>',
      'unit of amounts whose heading has none: yuan (default), qian, wan, baiwan, yi or shiyi',
    )
    .option('--days <day>', 'day on which a month or a year counts: first or last; without it a fault')
    .option('--encoding <encoding>', 'encoding of csv: utf-8 or gb18030; detected by default')
    .option('--empty <meaning>', 'meaning of an empty cell: keep (default) or clear')
    .option('--create-enterprises', 'create unknown investors')
    .option('--faults <file>', 'file to write all faults to, NAME.csv or NAME.xlsx')
    .option('--force', 'replace an existing --faults file')
    .option('--json', 'report each file as a JSON object on one line')
    .action(run);
}

const STDIN = '-';

function faultFormatOf(file: string): 'csv' | 'xlsx' {
  const ending = extname(file).slice(1).toLowerCase();
  if (ending === 'csv' || ending === 'xlsx') return ending;
  throw new StartupError(`--faults takes a file that ends with .csv or .xlsx, not ${file}`);
}

/** Exit codes per file: all rows imported (or valid, in a dry run); all except faulty rows; anything else. */
const CODES = { whole: 0, partly: 2, failed: 1 } as const;

function codeOf({ result }: FileImport): number {
  if (result.status !== 'done') return CODES.failed;
  if (result.refused === 0) return CODES.whole;
  return result.partial ? CODES.partly : CODES.failed;
}

async function run(
  files: string[],
  { faults, force = false, json = false, ...options }: Options,
): Promise<void> {
  const config = readConfig(process.env);
  const { importOptions } = await import('./import-options.ts');
  const { asked, language } = importOptions(options, clockIn(config.TIME_ZONE));
  for (const file of files) if (file !== STDIN) expectReadable(file);
  const format = faults === undefined ? null : faultFormatOf(faults);
  if (faults !== undefined) expectFree(faults, force);
  const { expectDatabase } = await import('../database/open.ts');
  expectDatabase(config.DATABASE_URL);
  const { openService } = await import('../main.ts');
  const { importsAtCommandLine } = await import('./import-run.ts');
  const { reportInWords } = await import('./import-report.ts');

  // The reader of the report may close the pipe early (as `head` does); the files are imported anyway.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const service = await openService(config);
  // Separate from the service's own folder, or the service would resume imports that were stopped here.
  const folder = mkdtempSync(join(tmpdir(), 'luodi-import-'));
  try {
    await whileStoppable('The import', async (signal) => {
      const imports = importsAtCommandLine(service, folder, language, signal);
      const codes = new Set<number>();
      for await (const one of imports.run(files, asked)) {
        codes.add(codeOf(one));
        const text = json
          ? JSON.stringify(one.result)
          : reportInWords(one.result, { name: one.file, report: faults, language });
        process.stdout.write(`${text}\n`);
        if (one.reason !== null) process.stderr.write(`luodi: ${one.file}: ${one.reason}\n`);
      }
      if (faults !== undefined && format) {
        await writeWhole(faults, imports.faults(format), { replace: force, signal });
      }
      process.exitCode = [CODES.failed, CODES.partly].find((code) => codes.has(code)) ?? CODES.whole;
    });
  } finally {
    await service.database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
