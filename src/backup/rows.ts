/** Reads all rows of a database, table by table, from one snapshot: equal data gives equal rows on any engine. */
import { sql } from 'drizzle-orm';
import type { Revision, Row, StreamReader, StreamWork, Table } from '../database/database.ts';
import { revisionIn } from '../database/revision.ts';
import type { Tables } from '../database/tables.ts';

/**
 * The tables that are copied, each after those that it refers to, with their primary keys. Not among them are what is
 * derived (the name index, the revision), what concerns only the one database (settings, what was delivered to
 * webhooks), and tokens, which are valid for a minute.
 */
export const COPIED = {
  regions: ['code'],
  industries: ['code'],
  zones: ['code'],
  events: ['code'],
  enterprises: ['id'],
  rankings: ['enterpriseId', 'list', 'year'],
  projects: ['id'],
  projectInvestors: ['projectId', 'position'],
  fundsEntries: ['id'],
  clusters: ['id'],
  clusterMembers: ['id'],
  delegations: ['id'],
  contacts: ['id'],
  publishedFigures: ['id'],
  apiKeys: ['id'],
  mappings: ['code'],
  webhooks: ['id'],
  webhookStates: ['id'],
  imports: ['id'],
  keptAnswers: ['caller', 'key'],
  changes: ['seq'],
} as const satisfies Partial<Record<keyof Tables, readonly string[]>>;

export type CopiedTable = keyof typeof COPIED;

export const copiedTables = Object.keys(COPIED) as CopiedTable[];

/** The rows of a table come in several parts, after one that announces how many there are. */
export type RowsPart = { head: Revision; total: number } | { table: CopiedTable; total: number; rows: Row[] };

export type RowsWork = StreamWork<readonly CopiedTable[], RowsPart>;

const AT_ONCE = 200;

/** @param wanted which tables, in this order */
export async function* allRows(
  reader: StreamReader,
  wanted: readonly CopiedTable[],
): AsyncGenerator<RowsPart> {
  const totals = new Map<CopiedTable, number>();
  for (const table of wanted) totals.set(table, await countRows(reader, table));
  yield { head: await revisionIn(reader), total: [...totals.values()].reduce((sum, one) => sum + one, 0) };
  for (const table of wanted) {
    const total = totals.get(table) as number;
    yield { table, total, rows: [] };
    const batches = reader.batches(`backup.${table}`, {}, AT_ONCE, (db) => {
      const from = db.tables[table] as Table;
      return db
        .select()
        .from(from)
        .orderBy(...COPIED[table].map((field) => sql`${(from as never)[field]}`));
    });
    for await (const rows of batches) yield { table, total, rows };
  }
}

async function countRows(reader: StreamReader, table: CopiedTable): Promise<number> {
  const [row] = await reader.prepared(`backup.count ${table}`, {}, (db) =>
    db.select({ total: sql<number>`count(*)`.mapWith(Number) }).from(db.tables[table] as Table),
  );
  return row?.total ?? 0;
}
