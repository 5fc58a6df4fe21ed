/** `luodi verify`. */
import type { Command } from 'commander';
import { readConfig } from '../core/config.ts';
import { StartupError } from '../core/startup-error.ts';
import { rootMessage } from '../database/errors.ts';
import { counted } from '../http/nouns.ts';
import type { Difference } from '../log/verification/differences.ts';
import type { Report } from '../log/verification/verifying.ts';
import { withProgress } from './progress.ts';

export function addVerifyCommand(program: Command): void {
  program
    .command('verify')
    .description('Verify that the change log was not altered and that the data matches it.')
    .action(run);
}

async function run(): Promise<void> {
  const config = readConfig(process.env);
  const { expectDatabase, openDatabase } = await import('../database/open.ts');
  expectDatabase(config.DATABASE_URL);
  const { verify } = await import('../workers/works.ts');
  const database = await openDatabase(config.DATABASE_URL, { upgradeBackup: config.UPGRADE_BACKUP });
  try {
    const faults = await database.integrity();
    if (faults.length > 0) throw new StartupError(`the database is damaged: ${faults.join('; ')}`);
    tell(await withProgress('Verifying', (onProgress) => verify(database, onProgress)));
  } catch (error) {
    if (error instanceof StartupError) throw error;
    // Whatever cannot be read is a finding, such as a text that is no longer JSON.
    throw new StartupError(`the database cannot be read: ${rootMessage(error)}`, { cause: error });
  } finally {
    await database.close();
  }
}

/** @throws StartupError if there is any difference */
function tell({ head, broken, rows, differing, differences }: Report): void {
  if (broken) {
    throw new StartupError(`the change log is broken at entry ${broken.seq}: ${broken.reason}`);
  }
  // Even a new database has entries: its reference data.
  if (head.seq === 0) throw new StartupError('the change log is empty; is this the right database?');
  for (const line of differences.flatMap(inWords)) process.stdout.write(`${line}\n`);
  const counts = Object.entries(differing).map(([entity, count]) => `${count} of ${entity}`);
  if (counts.length > 0) {
    const total = Object.values(differing).reduce((sum, count) => sum + count, 0);
    const some = total > differences.length ? ` (the first ${differences.length} are listed)` : '';
    throw new StartupError(`rows that differ from the change log: ${counts.join(', ')}${some}`);
  }
  process.stdout.write(`The change log is intact: ${counted(head.seq, 'entry')}, head ${head.hash}.\n`);
  process.stdout.write(`The data matches it: ${counted(rows, 'row')}.\n`);
}

const LONGEST = 200;

/** Any value as text on one line, of limited length. */
function literal(value: unknown): string {
  const text =
    value instanceof Uint8Array ? `the bytes ${value.join(' ')}` : (JSON.stringify(value) ?? 'null');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

const nameOf = (text: string): string => (/^[\w.-]+$/.test(text) ? text : literal(text));

const fieldsInWords = (fields: readonly (readonly [string, unknown])[]): string =>
  fields.map(([field, value]) => `${field} ${literal(value)}`).join(', ');

/** One line for each field that differs. */
function inWords({ entity, id, part, what, fields }: Difference): string[] {
  const row = part ? `, ${part.table} ${fieldsInWords(Object.entries(part.key))}` : '';
  const name = `${entity} ${nameOf(id)}${row}`;
  if (what === 'unknown') return [`${name}: the row is not in the log`];
  if (what === 'missing') {
    return [
      `${name}: the row is missing; the log has ${fieldsInWords(fields.map(({ field, log }) => [field, log]))}`,
    ];
  }
  return fields.map(
    ({ field, data, log }) => `${name}: ${field} is ${literal(data)}; the log has ${literal(log)}`,
  );
}
