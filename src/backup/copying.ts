/** Copies all rows of a database into an empty one, of any engine. */
import { eq, sql } from 'drizzle-orm';
import { StartupError } from '../core/startup-error.ts';
import type { Database, LoadWork, Revision, Row, Table, Transaction } from '../database/database.ts';
import { GRAM_INDEXES, type Indexed, indexTexts } from '../database/text-index.ts';
import type { AppendInput } from '../log/appending.ts';
import {
  type Content,
  type ContentWork,
  contentOf,
  type Digests,
  differingTables,
  digesting,
  type OnProgress,
} from './digests.ts';
import { COPIED, type CopiedTable, copiedTables, type RowsPart, type RowsWork } from './rows.ts';

/** The works that read a database as a whole, and that append entries to one. */
export interface BackupWorks {
  rows: RowsWork;
  content: ContentWork;
  append: LoadWork<AppendInput, number>;
}

/**
 * Fields that refer to a row of the same table, which may come later: they are written once all rows are there.
 */
export const WITHIN: Partial<Record<CopiedTable, string>> = {
  regions: 'parent',
  industries: 'parent',
  publishedFigures: 'partOf',
};

/**
 * Copies one state of the source, in one transaction, and then compares what arrived.
 * @param target without data
 * @throws StartupError if the copy differs from what was read
 */
export async function copyRows(
  source: Pick<Database, 'stream'>,
  target: Database,
  { rows, content }: Pick<BackupWorks, 'rows' | 'content'>,
  onProgress: OnProgress,
): Promise<Content> {
  const read = digesting();
  let head: Revision | undefined;
  let total = 0;
  async function* parts(): AsyncGenerator<RowsPart> {
    for await (const part of source.stream(rows, copiedTables)) {
      if ('head' in part) ({ head, total } = part);
      else read.add(part);
      yield part;
    }
  }
  // Reading the copy again takes about as long as entries take.
  for await (const done of target.loadHere((tx) => fill(tx, parts()))) onProgress(done, 2 * total);
  const copied = await contentOf(target, content, (done, all) =>
    onProgress(total + Math.round((done / Math.max(all, 1)) * total), 2 * total),
  );
  expectSame(copied, { head: head as Revision, tables: withoutLog(read.result()) });
  return copied;
}

const withoutLog = ({ changes, ...tables }: Digests): Digests => tables;

/** @throws StartupError naming the entry at which the log is broken */
export function expectIntact({ broken }: Pick<Content, 'broken'>): void {
  if (broken) throw new StartupError(`the change log is broken at entry ${broken.seq}: ${broken.reason}`);
}

/** @throws StartupError naming what differs */
export function expectSame(is: Content, wanted: Pick<Content, 'head' | 'tables'>): void {
  expectIntact(is);
  if (is.head.seq !== wanted.head.seq || is.head.hash !== wanted.head.hash) {
    throw new StartupError(
      `the change log ends with entry ${is.head.seq} (${is.head.hash}), not ${wanted.head.seq} (${wanted.head.hash})`,
    );
  }
  const differing = differingTables(is.tables, wanted.tables);
  if (differing.length > 0) throw new StartupError(`these tables differ: ${differing.join(', ')}`);
}

async function* fill(tx: Transaction, parts: AsyncIterable<RowsPart>): AsyncGenerator<number> {
  let done = 0;
  let table: CopiedTable | undefined;
  let references: Row[] = [];
  for await (const part of parts) {
    if ('head' in part) {
      Object.assign(tx.log, part.head);
      continue;
    }
    if (part.table !== table) {
      if (table) await refer(tx, table, references);
      ({ table } = part);
      references = [];
      await tx.announceRows(tx.tables[table] as Table, part.total);
      if (table in GRAM_INDEXES) await tx.announceRows(tx.tables[GRAM_INDEXES[table as Indexed]], part.total);
    }
    const field = WITHIN[table];
    if (field) references.push(...part.rows.filter((row) => row[field] !== null));
    await insert(tx, table, field ? part.rows.map((row) => ({ ...row, [field]: null })) : part.rows);
    done += part.rows.length;
    yield done;
  }
  if (table) await refer(tx, table, references);
}

async function insert(tx: Transaction, table: CopiedTable, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.insertRows(tx.tables[table] as Table, rows);
  if (table in GRAM_INDEXES) await indexTexts(tx, table as Indexed, rows as never);
}

async function refer(tx: Transaction, table: CopiedTable, rows: readonly Row[]): Promise<void> {
  const field = WITHIN[table] as string;
  const [key] = COPIED[table];
  for (const row of rows) {
    await tx.perform(`backup.refer ${table}`, { key: row[key], to: row[field] }, (db) => {
      const to = db.tables[table] as Table;
      return db
        .update(to)
        .set({ [field]: sql.placeholder('to') })
        .where(eq((to as never)[key], sql.placeholder('key')));
    });
  }
}
