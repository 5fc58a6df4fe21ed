/** Digests of tables, equal for equal data on any engine. */
import { createHash, type Hash } from 'node:crypto';
import type { Database, Revision, Row, StreamReader, StreamWork } from '../database/database.ts';
import { canonical } from '../log/canonical.ts';
import { type Break, walkLog } from '../log/chain.ts';
import { allRows, type CopiedTable, copiedTables, type RowsPart } from './rows.ts';

export interface Digest {
  rows: number;
  /** SHA-256, in hexadecimal, over the canonical JSON (RFC 8785) of the values of each row, a line each. */
  hash: string;
}

export type Digests = Partial<Record<CopiedTable, Digest>>;

/** What a database consists of. */
export interface Content {
  head: Revision;
  tables: Digests;
  /** Where its log is broken. */
  broken: Break | null;
}

/** Of an entry only its number and hash: the chain vouches for the rest. */
const valuesOf = (table: CopiedTable, row: Row): unknown[] =>
  table === 'changes' ? [row.seq, row.hash] : Object.values(row);

/** Digests tables as their rows pass by. */
export function digesting() {
  const tables = new Map<CopiedTable, { rows: number; hash: Hash }>();
  return {
    add: ({ table, rows }: Extract<RowsPart, { table: unknown }>): void => {
      const one = tables.get(table) ?? { rows: 0, hash: createHash('sha256') };
      tables.set(table, one);
      for (const row of rows) one.hash.update(`${canonical(valuesOf(table, row))}\n`);
      one.rows += rows.length;
    },
    result: (): Digests =>
      Object.fromEntries(
        [...tables].map(([table, { rows, hash }]) => [table, { rows, hash: hash.copy().digest('hex') }]),
      ),
  };
}

/** Progress and total; the content comes last. */
export type ContentPart = { done: number; total: number } | Content;

export type ContentWork = StreamWork<null, ContentPart>;

/** Digests all tables of a snapshot, and walks its log. */
export async function* readContent(reader: StreamReader): AsyncGenerator<ContentPart> {
  const digests = digesting();
  let head: Revision = { seq: 0, hash: '' };
  let total = 0;
  let done = 0;
  for await (const part of allRows(
    reader,
    copiedTables.filter((table) => table !== 'changes'),
  )) {
    if ('head' in part) {
      head = part.head;
      total = part.total + head.seq;
      continue;
    }
    digests.add(part);
    done += part.rows.length;
    yield { done, total };
  }
  let broken: Break | null = null;
  for await (const step of walkLog(reader, head)) {
    if (typeof step === 'number') yield { done: done + step, total };
    else broken = step;
  }
  yield { head, tables: digests.result(), broken };
}

export type OnProgress = (done: number, total: number) => void;

export async function contentOf(
  database: Pick<Database, 'stream'>,
  work: ContentWork,
  onProgress: OnProgress = () => {},
): Promise<Content> {
  let content: Content | undefined;
  for await (const part of database.stream(work, null)) {
    if ('tables' in part) content = part;
    else onProgress(part.done, part.total);
  }
  return content as Content;
}

/** The tables in which two contents differ. */
export const differingTables = (a: Digests, b: Digests): CopiedTable[] =>
  copiedTables.filter((table) => a[table]?.hash !== b[table]?.hash || a[table]?.rows !== b[table]?.rows);
