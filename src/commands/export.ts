/** `luodi export`. */

import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { clockIn } from '../core/clock.ts';
import { type Config, readConfig } from '../core/config.ts';
import { StartupError } from '../core/startup-error.ts';
import { expectFree, writeWhole } from '../core/whole-file.ts';
import { counted } from '../http/nouns.ts';
import type { ExportRequest } from '../sheets/exporting/exported.ts';
import { megabytes, withProgress } from './progress.ts';
import { whileStoppable } from './stoppable.ts';

interface Options {
  output?: string;
  force?: boolean;
  json?: boolean;
  filter?: string[];
  archived?: boolean;
  format: string;
  asOf?: string;
  sort?: string;
  lang?: string;
  unit?: string;
  encoding?: string;
}

export function addTransferCommands(program: Command): void {
  const collect = (one: string, before: readonly string[] = []): string[] => [...before, one];
  program
    .command('export')
    .description('Write all projects selected by a filter, from one snapshot.')
    .requiredOption('--format <format>', 'csv, xlsx or ndjson')
    .option('-o, --output <file>', 'output file; default standard output')
    .option('--force', 'replace an existing file')
    .option('--filter <name=value>', 'any filter parameter of the list; may be repeated', collect)
    .option('--archived', 'only archived projects')
    .option('--as-of <day>', 'day of the figures, like 2022-08-31; default today')
    .option('--sort <order>', 'order, order, like -investmentYuan,signedOn')
    .option('--lang <language>', 'language of headings and labels: en (default) or zh')
    .option('--unit <unit>', 'unit of amounts: yuan (default), qian, wan, baiwan, yi or shiyi')
    .option('--encoding <encoding>', 'encoding of csv: utf-8 (default) or gb18030')
    .option('--json', 'report as a JSON object, on standard error if the file goes to standard output')
    .action(run);
}

async function run({ filter = [], output, force = false, json = false, ...options }: Options): Promise<void> {
  const config = readConfig(process.env);
  const { exportRequest, optionOf } = await import('./export-query.ts');
  const given = { ...parametersIn(filter, optionOf), ...options, archived: options.archived && 'true' };
  const request = exportRequest(given, clockIn(config.TIME_ZONE));
  if (output !== undefined) expectFree(output, force);
  else if (request.format === 'xlsx' && process.stdout.isTTY) {
    throw new StartupError('A workbook cannot be written to a terminal; name a file with --output');
  }
  const report = await whileStoppable('The export', (signal) =>
    write(config, request, { output, force, signal }),
  );
  const to = output === undefined ? process.stderr : process.stdout;
  if (json) to.write(`${JSON.stringify(report)}\n`);
  else if (output !== undefined || to.isTTY) to.write(`${inWords(report)}\n`);
}

/** A repeated name becomes a list, as in a query string. */
function parametersIn(
  filters: readonly string[],
  optionOf: (parameter: string) => string | undefined,
): Record<string, string | string[]> {
  const parameters: Record<string, string | string[]> = {};
  for (const filter of filters) {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/s.exec(filter) ?? [];
    if (name === '') throw new StartupError(`--filter takes NAME=VALUE like region=430100, not ${filter}`);
    const option = optionOf(name);
    if (option) throw new StartupError(`--filter does not take ${name}; use ${option}`);
    const before = parameters[name];
    parameters[name] = before === undefined ? value : [before, value].flat();
  }
  return parameters;
}

interface Report {
  /** Null for standard output. */
  file: string | null;
  asOf: string;
  revision: number;
  rows: number;
  bytes: number;
  seconds: number;
}

const inWords = ({ file, asOf, revision, rows, bytes, seconds }: Report): string =>
  `${file ?? 'Written'}: ${counted(rows, 'project')} as of ${asOf}, revision ${revision}, ${megabytes(bytes)} in ${seconds} s`;

async function write(
  { DATABASE_URL, UPGRADE_BACKUP }: Config,
  request: ExportRequest,
  { output, force, signal }: { output: string | undefined; force: boolean; signal: AbortSignal },
): Promise<Report> {
  const { expectDatabase, openDatabase } = await import('../database/open.ts');
  const { exportsOf } = await import('../workers/works.ts');
  expectDatabase(DATABASE_URL);
  const database = await openDatabase(DATABASE_URL, { upgradeBackup: UPGRADE_BACKUP });
  try {
    return await withProgress(
      'Exporting',
      async (onProgress) => {
        const began = performance.now();
        const secondsSince = (moment: number) => (performance.now() - moment) / 1_000;
        let rowsSoFar = 0;
        let bytes = 0;
        const { head, parts } = await exportsOf(database).start(request, (rows) => {
          rowsSoFar = rows;
        });
        const firstRow = performance.now();
        const rows = head.rows ?? 0;
        async function* shown() {
          for await (const part of parts) {
            bytes += part.byteLength;
            const speed = Math.round(rowsSoFar / secondsSince(firstRow));
            onProgress(rowsSoFar, rows, `${megabytes(bytes)} | ${speed} rows/s`);
            yield part;
          }
        }
        if (output === undefined) await pipeline(shown(), process.stdout, { end: false, signal });
        else await writeWhole(output, shown(), { replace: force, signal });
        const took = Number(secondsSince(began).toFixed(3));
        const { seq: revision } = head.revision;
        return { file: output ?? null, asOf: request.asOf, revision, rows, bytes, seconds: took };
      },
      { onlyOnTerminal: true },
    );
  } finally {
    await database.close();
  }
}
