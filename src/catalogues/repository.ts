/** SQL for any catalogue. */
import { and, count, eq, getTableColumns, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Column, Reader, StreamReader, Table, Transaction } from '../database/database.ts';
import { afterValues, comesAfter, orderBy } from '../database/keyset.ts';
import { everyColumn } from '../database/prepared.ts';
import type { Tables } from '../database/tables.ts';
import { forgetText, type Indexed, indexText, reindexText, type TextQuery } from '../database/text-index.ts';
import type { PageRequest } from '../http/pages.ts';
import type { Catalogue, Entry, Referable } from './catalogue.ts';

export const columnOf = (table: Table, name: string): Column => getTableColumns(table)[name] as Column;

/** Name of the table of an entity: `clusterMembers` for `cluster_members`. */
export const tableName = (entity: Referable): keyof Tables =>
  entity.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()) as keyof Tables;

export const tableIn = (tables: Tables, entity: Referable): Table => tables[tableName(entity)];

const tableOf = (db: Reader, entity: Referable): Table => tableIn(db.tables, entity);

function columnsOf(db: Reader, catalogue: Catalogue): Record<string, Column> {
  const table = tableOf(db, catalogue.entity);
  return Object.fromEntries(catalogue.columns.map((name) => [name, columnOf(table, name)]));
}

export async function findEntry(db: Reader, catalogue: Catalogue, key: string): Promise<Entry | undefined> {
  // PostgreSQL refuses NUL in a text; nothing has such a key.
  if (key.includes('\0')) return undefined;
  const [row] = await db.prepared(`${catalogue.entity}.find`, { key }, (reader) => {
    const table = tableOf(reader, catalogue.entity);
    return reader
      .select(columnsOf(reader, catalogue))
      .from(table)
      .where(eq(columnOf(table, catalogue.key), sql.placeholder('key')));
  });
  return row;
}

/** Whether an entry other than `key` has this value in a column. */
export async function valueTaken(
  db: Reader,
  catalogue: Catalogue,
  column: string,
  value: string,
  key: string,
): Promise<boolean> {
  const table = tableOf(db, catalogue.entity);
  const rows = await db
    .select({ key: columnOf(table, catalogue.key) })
    .from(table)
    .where(eq(columnOf(table, column), value));
  return rows.some((row) => row.key !== key);
}

export async function keyExists(db: Reader, entity: Referable, key: string): Promise<boolean> {
  if (key.includes('\0')) return false;
  const rows = await db.prepared(`${entity}.exists`, { key }, (reader) => {
    const table = tableOf(reader, entity);
    // Resources with an id are referred to by it, even if they also have a code.
    const column = columnOf(table, 'id') ?? columnOf(table, 'code');
    return reader
      .select({ key: column })
      .from(table)
      .where(eq(column, sql.placeholder('key')));
  });
  return rows.length > 0;
}

export interface ListFilter {
  /** Columns and their required values. */
  equal: Readonly<Record<string, string>>;
  /** The catalogue's conditions, by name, with the requested values. */
  conditions: Readonly<Record<string, string>>;
  /** The day of the list. */
  day: string;
  /** The search for names. */
  text: TextQuery | undefined;
}

function conditions(db: Reader, catalogue: Catalogue, filter: ListFilter): SQL | undefined {
  const table = tableOf(db, catalogue.entity);
  const equal = Object.keys(filter.equal).map((name) =>
    eq(columnOf(table, name), sql.placeholder(`equal_${name}`)),
  );
  const found = filter.text?.where(db, ({ isIn, idsOf }) => {
    const key = columnOf(table, catalogue.key);
    return idsOf
      ? sql`${key} in (${idsOf(catalogue.entity as Indexed)})`
      : isIn(columnOf(table, 'searchText'));
  });
  const others = Object.keys(filter.conditions).map((name) => {
    const value: SQLWrapper = sql`${sql.placeholder(`such_${name}`)}`;
    return catalogue.conditions?.[name]?.means(db, value, sql`${sql.placeholder('day')}`);
  });
  return and(...equal, ...others, found);
}

const shapeOf = ({ equal, conditions, text }: ListFilter): string =>
  `${Object.keys(equal)} ${Object.keys(conditions)} ${text?.shape}`;

const prefixed = (prefix: string, values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}_${name}`, value]));

const valuesOf = (filter: ListFilter) => ({
  ...prefixed('equal', filter.equal),
  ...prefixed('such', filter.conditions),
  day: filter.day,
  ...filter.text?.values,
});

/** One row more than the page's limit, if there is one. */
export function listEntries(
  db: Reader,
  catalogue: Catalogue,
  filter: ListFilter,
  page: PageRequest<Entry>,
): Promise<Entry[]> {
  const shape = `${catalogue.entity}.list ${page.shape} ${page.after !== null} ${shapeOf(filter)}`;
  const values = { ...valuesOf(filter), ...afterValues(page.after ?? []), limit: page.limit + 1 };
  return db.prepared(shape, values, (reader) => {
    const table = tableOf(reader, catalogue.entity);
    const order = page.columns(reader.tables);
    return reader
      .select(columnsOf(reader, catalogue))
      .from(table)
      .where(and(conditions(reader, catalogue, filter), page.after ? comesAfter(order) : undefined))
      .orderBy(...orderBy(order))
      .limit(sql.placeholder('limit'));
  });
}

/** All entries that match a filter, in order, `size` at a time. */
export const streamEntries = (
  reader: StreamReader,
  catalogue: Catalogue,
  filter: ListFilter,
  order: Pick<PageRequest<Entry>, 'shape' | 'columns'>,
  size: number,
): AsyncIterable<Entry[]> =>
  reader.batches(
    `${catalogue.entity}.stream ${order.shape} ${shapeOf(filter)}`,
    valuesOf(filter),
    size,
    (db) =>
      db
        .select(columnsOf(db, catalogue))
        .from(tableOf(db, catalogue.entity))
        .where(conditions(db, catalogue, filter))
        .orderBy(...orderBy(order.columns(db.tables))),
  );

/** Whether a filter matches more than a number of entries, without counting further. */
export async function areMoreThan(
  db: Reader,
  catalogue: Catalogue,
  filter: ListFilter,
  most: number,
): Promise<boolean> {
  const values = { ...valuesOf(filter), most };
  const rows = await db.prepared(`${catalogue.entity}.moreThan ${shapeOf(filter)}`, values, (reader) => {
    const table = tableOf(reader, catalogue.entity);
    return reader
      .select({ key: columnOf(table, catalogue.key) })
      .from(table)
      .where(conditions(reader, catalogue, filter))
      .limit(1)
      .offset(sql.placeholder('most'));
  });
  return rows.length > 0;
}

export async function countEntries(db: Reader, catalogue: Catalogue, filter: ListFilter): Promise<number> {
  const shape = `${catalogue.entity}.count ${shapeOf(filter)}`;
  const [row] = await db.prepared(shape, valuesOf(filter), (reader) => {
    const table = tableOf(reader, catalogue.entity);
    return reader
      .select({ total: count() })
      .from(table)
      .where(conditions(reader, catalogue, filter));
  });
  return row?.total ?? 0;
}

export async function insertEntry(tx: Transaction, catalogue: Catalogue, row: Entry): Promise<void> {
  await tx.perform(`${catalogue.entity}.insert`, row, (db) => {
    const table = tableOf(db, catalogue.entity);
    return db.insert(table).values(everyColumn(table));
  });
  if (catalogue.searchable) await indexText(tx, ...indexedAs(catalogue, row));
}

/** The search index of an entry, its key there, and its text. */
const indexedAs = ({ entity, key }: Catalogue, row: Entry): [Indexed, string, string] => [
  entity as Indexed,
  row[key] as string,
  row.searchText as string,
];

/** @param before the current row */
export async function updateEntry(
  tx: Transaction,
  catalogue: Catalogue,
  before: Entry,
  row: Entry,
): Promise<void> {
  await tx.perform(`${catalogue.entity}.update`, row, (db) => {
    const table = tableOf(db, catalogue.entity);
    return db
      .update(table)
      .set(everyColumn(table))
      .where(eq(columnOf(table, catalogue.key), sql.placeholder(catalogue.key)));
  });
  if (!catalogue.searchable) return;
  const [table, key, after] = indexedAs(catalogue, row);
  await reindexText(tx, table, key, { before: before.searchText as string, after });
}

export async function deleteEntry(tx: Transaction, catalogue: Catalogue, row: Entry): Promise<void> {
  const table = tableOf(tx, catalogue.entity);
  await tx.delete(table).where(eq(columnOf(table, catalogue.key), row[catalogue.key] as string));
  if (catalogue.searchable) await forgetText(tx, ...indexedAs(catalogue, row));
}

/** Number of rows in a table that refer to the entry. */
export async function countReferences(
  db: Reader,
  table: keyof Tables,
  column: string,
  key: string,
): Promise<number> {
  const [row] = await db
    .select({ count: count() })
    .from(db.tables[table] as Table)
    .where(eq(columnOf(db.tables[table], column), key));
  return row?.count ?? 0;
}

/** A node of a tree of codes, with its parent. */
export interface TreeNode {
  code: string;
  name: string;
  nameEn: string | null;
  parent: string | null;
}

export const readTree = (db: Reader, tree: 'regions' | 'industries'): Promise<TreeNode[]> =>
  db.prepared(`${tree}.tree`, {}, (reader) => {
    const { code, name, nameEn, parent } = reader.tables[tree];
    return reader.select({ code, name, nameEn, parent }).from(reader.tables[tree]);
  });

/** The parent of a region; null if it has none, undefined if the region does not exist. */
export async function parentOf(reader: Reader, code: string): Promise<string | null | undefined> {
  const [row] = await reader.prepared('regions.parentOf', { code }, (db) =>
    db
      .select({ parent: db.tables.regions.parent })
      .from(db.tables.regions)
      .where(eq(db.tables.regions.code, sql.placeholder('code'))),
  );
  return row?.parent;
}

/** The names of all events or zones, by code. */
export async function namesOf(
  db: Reader,
  entity: 'events' | 'zones',
): Promise<Map<string, { name: string; nameEn: string | null }>> {
  const rows = await db.prepared(`${entity}.names`, {}, (reader) => {
    const { code, name, nameEn } = reader.tables[entity];
    return reader.select({ code, name, nameEn }).from(reader.tables[entity] as Table);
  });
  return new Map(rows.map(({ code, ...names }) => [code, names]));
}
