import { and, asc, count, eq, getTableColumns, inArray, lt, ne, sql } from 'drizzle-orm';
import type { Reader, Transaction } from '../../database/database.ts';
import { afterValues, comesAfter, orderBy } from '../../database/keyset.ts';
import type { Tables } from '../../database/tables.ts';
import type { PageRequest, SortKey } from '../../http/pages.ts';
import { joined, type Outcome, onRecord, outcomeOf } from './outcome.ts';

export type ImportRecord = Tables['imports']['$inferSelect'];

/** Makes a record storable in PostgreSQL, which refuses NUL and lone surrogates. */
const storable = <T>(record: T): T =>
  JSON.parse(
    JSON.stringify(record, (_, value) =>
      typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\uFFFD') : value,
    ),
  );
/** Parameters per statement. */
const AT_ONCE = 500;

export const insertImport = async (tx: Transaction, record: ImportRecord): Promise<void> => {
  await tx.insert(tx.tables.imports).values(storable(record));
};

export async function findImport(reader: Reader, id: string): Promise<ImportRecord | undefined> {
  // PostgreSQL refuses NUL in a text; nothing has such an id.
  if (id.includes('\0')) return undefined;
  const { imports } = reader.tables;
  const [row] = await reader.select().from(imports).where(eq(imports.id, id));
  return row;
}

/** The imports with the given ids, as far as they exist. */
export async function findImports(reader: Reader, ids: readonly string[]): Promise<ImportRecord[]> {
  const { imports } = reader.tables;
  const found: ImportRecord[] = [];
  for (let done = 0; done < ids.length; done += AT_ONCE) {
    const some = ids.slice(done, done + AT_ONCE);
    found.push(...(await reader.select().from(imports).where(inArray(imports.id, some))));
  }
  return found;
}

export async function updateImport(
  tx: Transaction,
  id: string,
  changes: Partial<ImportRecord>,
): Promise<void> {
  const { imports } = tx.tables;
  await tx.update(imports).set(storable(changes)).where(eq(imports.id, id));
}

/**
 * Records processed rows and their outcome, in the transaction that writes them.
 * @throws if another process has taken over the import, so that nothing is written twice
 */
export async function noteRows(
  tx: Transaction,
  { id, life, from }: { id: string; life: string; from: number },
  rowsDone: number,
  outcome: Outcome,
): Promise<void> {
  const record = await findImport(tx, id);
  if (record?.owner?.life !== life || record.rowsDone !== from) {
    throw new Error(`Another process works on the import ${id}.`);
  }
  await updateImport(tx, id, { rowsDone, ...onRecord(joined(outcomeOf(record), outcome)) });
}

/** Imports that are not finished. */
export const unfinished = (reader: Reader): Promise<ImportRecord[]> => {
  const { imports } = reader.tables;
  return reader.select().from(imports).where(eq(imports.status, 'running'));
};

export async function areFinishedBefore(reader: Reader, instant: string): Promise<boolean> {
  const { imports } = reader.tables;
  const old = await reader
    .select({ id: imports.id })
    .from(imports)
    .where(lt(imports.finishedAt, instant))
    .limit(1);
  return old.length > 0;
}

/** Deletes imports finished before a point in time. @returns their ids */
export async function removeFinishedBefore(tx: Transaction, instant: string): Promise<string[]> {
  const { imports } = tx.tables;
  const old = await tx.select({ id: imports.id }).from(imports).where(lt(imports.finishedAt, instant));
  const ids = old.map(({ id }) => id);
  if (ids.length > 0) await tx.delete(imports).where(inArray(imports.id, ids));
  return ids;
}

/** The number of imports on record, by status. */
export async function countByStatus(reader: Reader): Promise<Record<string, number>> {
  const rows = await reader.prepared('imports.countByStatus', {}, (db) => {
    const { status } = db.tables.imports;
    return db.select({ status, imports: count() }).from(db.tables.imports).groupBy(status);
  });
  return Object.fromEntries(rows.map(({ status, imports }) => [status, imports]));
}

/** Disk usage of the records of a key, or of the command line. */
export interface Usage {
  caller: string | null;
  hasEnded: boolean;
  imports: number;
  bytes: number;
}

export async function usage(reader: Reader): Promise<Usage[]> {
  const rows = await reader.prepared('imports.usage', {}, (db) => {
    const { caller, status, bytes } = db.tables.imports;
    return db
      .select({
        caller,
        status,
        imports: count(),
        bytes: sql<number>`sum(${bytes})`.mapWith(Number),
      })
      .from(db.tables.imports)
      .groupBy(caller, status);
  });
  return rows.map(({ status, ...row }) => ({ ...row, hasEnded: status !== 'running' }));
}

/**
 * Deletes finished imports, the oldest first, until enough space is freed or none is left.
 * @param caller id of the key that sent them; null for all
 * @returns their ids
 */
export async function removeOldest(
  tx: Transaction,
  caller: string | null,
  { bytes, imports: number }: Pick<Usage, 'bytes' | 'imports'>,
): Promise<string[]> {
  const { imports } = tx.tables;
  const removed: string[] = [];
  let freed = 0;
  while (freed < bytes || removed.length < number) {
    const oldest = await tx
      .select({ id: imports.id, bytes: imports.bytes })
      .from(imports)
      .where(and(ne(imports.status, 'running'), caller === null ? undefined : eq(imports.caller, caller)))
      .orderBy(asc(imports.createdAt), asc(imports.id))
      .limit(AT_ONCE);
    const some = oldest.filter((one, i) => {
      const isNeeded = freed < bytes || removed.length + i < number;
      if (isNeeded) freed += one.bytes;
      return isNeeded;
    });
    if (some.length === 0) break;
    const ids = some.map(({ id }) => id);
    await tx.delete(imports).where(inArray(imports.id, ids));
    removed.push(...ids);
  }
  return removed;
}

const textKey = (field: 'createdAt' | 'id'): SortKey<ListedImport> => ({
  expression: ({ imports }) => imports[field],
  type: 'string',
  of: (row) => row[field],
});

export const importSortKeys = { createdAt: textKey('createdAt') };
export const importTieBreaker = { name: 'id', key: textKey('id') };

export type ListedImport = Omit<ImportRecord, 'shown'>;

/** Imports sent by a key; all if null. */
const sentBy = ({ imports }: Tables, caller: string | null) =>
  caller === null ? undefined : eq(imports.caller, sql.placeholder('caller'));

/**
 * One import more than the page's limit, if there is one; without their shown details.
 * @param caller id of the key that sent them; null for all
 */
export function listImports(
  reader: Reader,
  page: PageRequest<ListedImport>,
  caller: string | null,
): Promise<ListedImport[]> {
  const values = { ...afterValues(page.after ?? []), limit: page.limit + 1, caller };
  const shape = `imports.list ${page.shape} ${page.after !== null} ${caller !== null}`;
  return reader.prepared(shape, values, (db) => {
    const columns = page.columns(db.tables);
    const { shown: _, ...listed } = getTableColumns(db.tables.imports);
    return db
      .select(listed)
      .from(db.tables.imports)
      .where(and(page.after ? comesAfter(columns) : undefined, sentBy(db.tables, caller)))
      .orderBy(...orderBy(columns))
      .limit(sql.placeholder('limit'));
  });
}

export async function countImports(reader: Reader, caller: string | null): Promise<number> {
  const [row] = await reader.prepared(`imports.count ${caller !== null}`, { caller }, (db) =>
    db.select({ total: count() }).from(db.tables.imports).where(sentBy(db.tables, caller)),
  );
  return row?.total ?? 0;
}
