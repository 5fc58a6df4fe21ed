import { and, asc, count, eq, getTableColumns, gt, lte, sql } from 'drizzle-orm';
import type { Reader, Transaction } from '../../database/database.ts';
import { afterValues, comesAfter, orderBy } from '../../database/keyset.ts';
import { everyColumn, inValues, paddedValues } from '../../database/prepared.ts';
import type { FieldChange, Tables } from '../../database/tables.ts';
import type { PageRequest, SortKey, SortKeys } from '../../http/pages.ts';
import type { Action } from '../../log/service.ts';
import type { Condition } from '../projects/filter.ts';
import { searchTextOf } from '../projects/record.ts';

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

/** A log entry about a project, with the project's current state. */
export interface ProjectEntry {
  seq: number;
  projectId: string;
  code: string;
  action: Action;
  at: string;
  fields: Record<string, FieldChange>;
  signedOn: string;
  /** Whether the filter selects the current project, archived or not. */
  selected: boolean;
}

/** When a log entry was written. */
export async function writtenAt(reader: Reader, seq: number): Promise<string | undefined> {
  const [row] = await reader.prepared('published.writtenAt', { seq }, (db) =>
    db
      .select({ at: db.tables.changes.at })
      .from(db.tables.changes)
      .where(eq(db.tables.changes.seq, sql.placeholder('seq'))),
  );
  return row?.at;
}

/** The log entry that created a figure. */
export async function entered(reader: Reader, id: string): Promise<{ seq: number; at: string } | undefined> {
  const [row] = await reader.prepared('published.entered', { id }, (db) => {
    const { changes } = db.tables;
    return db
      .select({ seq: changes.seq, at: changes.at })
      .from(changes)
      .where(and(eq(changes.entity, 'published_figures'), eq(changes.entityId, sql.placeholder('id'))))
      .orderBy(asc(changes.seq))
      .limit(1);
  });
  return row;
}

/**
 * Entries about projects that are selected now, or whose given fields have changed, in log order.
 * @param from limits the entries to a range of positions, and to those written at or after a point in time
 */
export function projectEntries(
  reader: Reader,
  selection: Condition,
  fields: readonly string[],
  from: { afterSeq: number; untilSeq: number; since: string; limit: number },
): Promise<ProjectEntry[]> {
  const shape = `published.entries ${fields} ${selection.shape}`;
  return reader.prepared(shape, { ...selection.values, ...from }, (db) => {
    const { changes, projects } = db.tables;
    const isSelected = sql`(${selection.where(db, sql`true`)})`;
    const text = sql`cast(${changes.fields} as text)`;
    const mentions = fields.map((field) => sql`${text} like ${sql.raw(`'%"${field}"%'`)}`);
    return db
      .select({
        seq: changes.seq,
        projectId: changes.entityId,
        code: projects.code,
        action: sql<Action>`${changes.action}`,
        at: changes.at,
        fields: changes.fields,
        signedOn: projects.signedOn,
        selected: sql<boolean>`(case when ${isSelected} then 1 else 0 end)`.mapWith(Boolean),
      })
      .from(changes)
      .innerJoin(projects, eq(projects.id, changes.entityId))
      .where(
        and(
          gt(changes.seq, sql.placeholder('afterSeq')),
          lte(changes.seq, sql.placeholder('untilSeq')),
          // An expression instead of the column, because the index of entities would scan the whole log.
          sql`${changes.entity} || '' = 'projects'`,
          sql`${changes.at} >= ${sql.placeholder('since')}`,
          sql`(${isSelected} or (${changes.action} = 'change' and (${sql.join(mentions, sql` or `)})))`,
        ),
      )
      .orderBy(asc(changes.seq))
      .limit(sql.placeholder('limit'));
  });
}

export type ProjectRecord = Tables['projects']['$inferSelect'];

export function projectsById(reader: Reader, ids: readonly string[]): Promise<ProjectRecord[]> {
  const values = paddedValues(ids, '');
  return reader.prepared(`published.projects ${Object.keys(values).length}`, values, (db) =>
    db
      .select()
      .from(db.tables.projects)
      .where(sql`${db.tables.projects.id} in ${inValues(values)}`),
  );
}

/**
 * The given projects that a selection would contain if they had the given fields: the filter is applied to
 * the given rows instead of the stored ones. Investors are the current ones, except for the lead.
 * @param fields the fields that differ from the stored ones
 */
export async function selectedAmong(
  reader: Reader,
  selection: Condition,
  projects: readonly ProjectRecord[],
  fields: readonly (keyof ProjectRecord)[],
): Promise<Set<string>> {
  const ids = paddedValues(
    projects.map(({ id }) => id),
    '',
  );
  const differing = [...fields, 'searchText' as const];
  const given: Record<string, unknown> = {};
  for (let i = 0; i < Object.keys(ids).length; i++) {
    const project = projects[i] ?? projects[0];
    for (const field of differing) given[`${field}_${i}`] = project?.[field];
  }
  const shape = `published.among ${differing} ${Object.keys(ids).length} ${selection.shape}`;
  const rows = await reader.prepared(shape, { ...selection.values, ...ids, ...given }, (db) => {
    const table = db.tables.projects;
    const columns = Object.entries(getTableColumns(table)).map(([field, column]) => {
      const name = sql.identifier(column.name);
      if (!(differing as string[]).includes(field)) return sql`${column} as ${name}`;
      const cases = Object.keys(ids).map(
        (id, i) =>
          sql`when ${sql.placeholder(id)} then ${sql.param(sql.placeholder(`${field}_${i}`), column)}`,
      );
      return sql`case ${table.id} ${sql.join(cases, sql` `)} else ${column} end as ${name}`;
    });
    const rolledBack = sql`(select ${sql.join(columns, sql`, `)} from ${table}
      where ${table.id} in ${inValues(ids)}) as ${table}`;
    // Drizzle does not know the table of this selection, and would reject its columns.
    const id = sql<string>`${sql`${table.id}`}`;
    return db.select({ id }).from(rolledBack).where(selection.where(db, sql`true`));
  });
  return new Set(rows.map(({ id }) => id));
}

/** A project in an earlier state, including its text for `q`. */
export const asItWas = (now: ProjectRecord, fields: Partial<ProjectRecord>): ProjectRecord => {
  const was = { ...now, ...fields };
  return { ...was, searchText: searchTextOf(was) };
};
