/** Reads files into memory, in this process or in a child process. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Language, say } from '../../src/core/languages.ts';
import { tables } from '../../src/features/imports/importable.ts';
import { problems } from '../../src/http/messages.ts';
import { Problem } from '../../src/http/problems.ts';
import { read } from '../../src/sheets/reading/read.ts';
import { readFile } from '../../src/sheets/reading/read-file.ts';
import { Refusal } from '../../src/sheets/reading/refusal.ts';
import { rowParser } from '../../src/sheets/reading/row-lines.ts';
import type { FileHead, ReadRequest, ReadResult, ReadRow } from '../../src/sheets/reading/rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'luodi-reading-'));

let count = 0;

export function aPath(): string {
  count += 1;
  return join(folder, String(count));
}

export function aFile(content: string | Buffer): string {
  const path = aPath();
  writeFileSync(path, content);
  return path;
}

export const aRequest = (options: Partial<ReadRequest> = {}): ReadRequest => ({
  file: '',
  rows: aPath(),
  name: null,
  format: null,
  encoding: null,
  table: tables.projects,
  unit: null,
  days: null,
  empty: 'keep',
  mapping: null,
  ...options,
});

export interface Read {
  rows: ReadRow[];
  head: FileHead;
  result: ReadResult;
}

/** The rows written by reading a file. */
export function rowsOf({ rows }: ReadRequest): ReadRow[] {
  const [names = '', ...lines] = readFileSync(rows, 'utf8').split('\n').filter(Boolean);
  return lines.map(rowParser(names));
}

const withRows = (request: ReadRequest, result: ReadResult): Read => ({
  rows: rowsOf(request),
  head: result.head,
  result,
});

/** Reads in this process. */
export async function reading(content: string | Buffer, options: Partial<ReadRequest> = {}): Promise<Read> {
  const request = aRequest({ file: aFile(content), ...options });
  return withRows(request, await read(request, () => undefined));
}

/** Reads in a child process. */
export async function readingApart(file: string, options: Partial<ReadRequest> = {}): Promise<Read> {
  const request = aRequest({ file, ...options });
  return withRows(request, await readFile(request));
}

/** Why a file is refused, with the message in both languages. */
export async function refusal(content: string | Buffer, options: Partial<ReadRequest> = {}) {
  const error = await reading(content, options).catch((reason: unknown) => reason);
  if (!(error instanceof Refusal))
    throw new Error(`It was not refused: ${JSON.stringify(error)}`, { cause: error });
  const message = (language: Language) => say(problems[error.kind], language, error.values);
  return { kind: error.kind, values: error.values, en: message('en'), zh: message('zh') };
}

/** The code with which a child process refuses a file. */
export async function refusalApart(file: string, options: Partial<ReadRequest> = {}): Promise<Problem> {
  const error = await readFile(aRequest({ file, ...options })).catch((reason: unknown) => reason);
  if (!(error instanceof Problem)) throw new Error('It was not refused.', { cause: error });
  return error;
}
