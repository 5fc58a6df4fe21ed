import { and, asc, count, eq, sql } from 'drizzle-orm';
import type { Reader, Transaction } from '../../database/database.ts';
import { afterValues, comesAfter, orderBy } from '../../database/keyset.ts';
import { everyColumn, inValues, paddedValues } from '../../database/prepared.ts';
import type { Tables } from '../../database/tables.ts';
import type { PageRequest, SortKey, SortKeys } from '../../http/pages.ts';

export type FigureRow = Tables['publishedFigures']['$inferSelect'];

const textKey = (field: 'id' | 'asOf' | 'measure'): SortKey<FigureRow> => ({
  expression: ({ publishedFigures }) => publishedFigures[field],
  type: 'string',
  of: (row) => row[field],
});

export const figureSortKeys = {
  id: textKey('id'),
  asOf: textKey('asOf'),
  measure: textKey('measure'),
} as const satisfies SortKeys<FigureRow>;

export const figureTieBreaker = { name: 'id', key: textKey('id') };

export async function findFigure(reader: Reader, id: string): Promise<FigureRow | undefined> {
  // PostgreSQL refuses NUL in a text; nothing has such an id.
  if (id.includes('\0')) return undefined;
  const [row] = await reader.prepared('published.find', { id }, (db) =>
    db
      .select()
      .from(db.tables.publishedFigures)
      .where(eq(db.tables.publishedFigures.id, sql.placeholder('id'))),
  );
  return row;
}

/** Filters of the list, by column. */
export type FigureFilter = Readonly<Partial<Record<'event' | 'measure' | 'partOf', string>>>;

const names = (filter: FigureFilter) => Object.keys(filter) as (keyof FigureFilter)[];

const matching = ({ publishedFigures }: Tables, filter: FigureFilter) =>
  and(...names(filter).map((name) => eq(publishedFigures[name], sql.placeholder(name))));

/** One figure more than the page's limit, if there is one. */
export function listFigures(
  reader: Reader,
  filter: FigureFilter,
  page: PageRequest<FigureRow>,
): Promise<FigureRow[]> {
  const values = { ...filter, ...afterValues(page.after ?? []), limit: page.limit + 1 };
  const shape = `published.list ${page.shape} ${page.after !== null} ${names(filter)}`;
  return reader.prepared(shape, values, (db) => {
    const columns = page.columns(db.tables);
    return db
      .select()
      .from(db.tables.publishedFigures)
      .where(and(matching(db.tables, filter), page.after ? comesAfter(columns) : undefined))
      .orderBy(...orderBy(columns))
      .limit(sql.placeholder('limit'));
  });
}

export async function countFigures(reader: Reader, filter: FigureFilter): Promise<number> {
  const [row] = await reader.prepared(`published.count ${names(filter)}`, { ...filter }, (db) =>
    db.select({ total: count() }).from(db.tables.publishedFigures).where(matching(db.tables, filter)),
  );
  return row?.total ?? 0;
}

/** The parts of the given figures, in the order in which they were entered. */
export function partsOf(reader: Reader, ids: readonly string[], limit: number): Promise<FigureRow[]> {
  const values = paddedValues(ids, '');
  return reader.prepared(`published.parts ${Object.keys(values).length}`, { ...values, limit }, (db) =>
    db
      .select()
      .from(db.tables.publishedFigures)
      .where(sql`${db.tables.publishedFigures.partOf} in ${inValues(values)}`)
      .orderBy(asc(db.tables.publishedFigures.id))
      .limit(sql.placeholder('limit')),
  );
}

export const insertFigure = (tx: Transaction, row: FigureRow): Promise<void> =>
  tx.perform('published.insert', { ...row }, (db) =>
    db.insert(db.tables.publishedFigures).values(everyColumn(db.tables.publishedFigures)),
  );

export const updateFigure = (tx: Transaction, row: FigureRow): Promise<void> =>
  tx.perform('published.update', { ...row }, (db) =>
    db
      .update(db.tables.publishedFigures)
      .set(everyColumn(db.tables.publishedFigures))
      .where(eq(db.tables.publishedFigures.id, sql.placeholder('id'))),
  );

export async function deleteFigure(tx: Transaction, id: string): Promise<void> {
  await tx.delete(tx.tables.publishedFigures).where(eq(tx.tables.publishedFigures.id, id));
}
