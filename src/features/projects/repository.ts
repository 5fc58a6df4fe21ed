import { and, asc, count, eq, getTableColumns, type SQLWrapper, sql } from 'drizzle-orm';
import type { Reader, StreamReader, Transaction } from '../../database/database.ts';
import { orEmpty } from '../../database/expressions.ts';
import { afterValues, comesAfter, orderBy } from '../../database/keyset.ts';
import { only } from '../../database/only.ts';
import { everyColumn, inValues, paddedValues, possibleKeys } from '../../database/prepared.ts';
import type { Tables } from '../../database/tables.ts';
import { indexText, reindexText } from '../../database/text-index.ts';
import type { PageRequest, SortKey, SortKeys } from '../../http/pages.ts';
import { asOfDay, inPopulation } from './conditions.ts';
import type { Condition } from './filter.ts';
import type { FundsEntry, Project } from './schema.ts';

/** A stored project. */
export type ProjectRecord = Tables['projects']['$inferSelect'];
/** The same with its investors, and its funds in place on the day of the query. */
export type ProjectRow = Omit<ProjectRecord, 'searchText'> & {
  fundsInPlaceYuan: number;
  investors: Project['investors'];
};
type Coded = Project['investors'][number] & { socialCreditCode: string | null };
export type StreamedRow = Omit<ProjectRow, 'investors'> & { investors: Coded[] };
export type FundsRecord = Tables['fundsEntries']['$inferSelect'];

const textKey = (
  field: 'code' | 'name' | 'signedOn' | 'createdAt' | 'updatedAt' | 'id',
): SortKey<ProjectRow> => ({
  expression: ({ projects }) => projects[field],
  type: 'string',
  of: (row) => row[field],
});

const dayKey = (field: 'startedOn' | 'productionOn'): SortKey<ProjectRow> => ({
  expression: ({ projects }) => orEmpty(projects[field]),
  type: 'string',
  of: (row) => row[field] ?? '',
});

/** Sort keys of the list; a missing day sorts before all others. */
export const projectSortKeys = {
  code: textKey('code'),
  name: textKey('name'),
  signedOn: textKey('signedOn'),
  startedOn: dayKey('startedOn'),
  productionOn: dayKey('productionOn'),
  investmentYuan: {
    expression: ({ projects }) => projects.investmentYuan,
    type: 'number',
    of: (row) => row.investmentYuan,
  },
  createdAt: textKey('createdAt'),
  updatedAt: textKey('updatedAt'),
} as const satisfies SortKeys<ProjectRow>;

export const projectTieBreaker = { name: 'id', key: textKey('id') };

/** The investors of a project, the lead first. @param fields of enterprises, besides their ids */
function listOfInvestors<Item>(
  { tables, functions }: Reader,
  fields: readonly (keyof Tables['enterprises'] & string)[],
) {
  const { projects, projectInvestors, enterprises } = tables;
  const values = fields.map(
    (field) => sql`(select ${enterprises[field as 'name']} from ${enterprises}
      where ${enterprises.id} = ${projectInvestors.enterpriseId}) as ${sql.identifier(field)}`,
  );
  const listed = functions.apart(sql`select ${projectInvestors.position} as place,
    ${projectInvestors.enterpriseId} as id, ${sql.join(values, sql`, `)}
    from ${projectInvestors} where ${projectInvestors.projectId} = ${projects.id}`);
  return functions.listOfObjects<Item>(
    Object.fromEntries(
      ['id', ...fields].map((field) => [field, sql.identifier(field) as unknown as SQLWrapper]),
    ),
    sql`from (${listed}) as listed`,
    sql`place`,
    projects.leadInvestorId,
  );
}

const columnsOf = (reader: Reader) => {
  const { projects, fundsEntries } = reader.tables;
  const { searchText, ...columns } = getTableColumns(projects);
  const received = reader.functions.apart(sql`select ${fundsEntries.amountYuan} as yuan from ${fundsEntries}
    where ${fundsEntries.projectId} = ${projects.id} and ${fundsEntries.receivedOn} <= ${asOfDay}`);
  return {
    ...columns,
    investors: listOfInvestors<Project['investors'][number]>(reader, ['name']),
    // Nested, because drizzle omits table names when selecting from a single table.
    fundsInPlaceYuan:
      sql<number>`${sql`(select coalesce(sum(yuan), 0) from (${received}) as received)`}`.mapWith(Number),
  };
};

/** One project by id, archived or not, with its funds in place on the day. */
export async function findProject(reader: Reader, id: string, asOf: string): Promise<ProjectRow | undefined> {
  // PostgreSQL refuses NUL in a text; nothing has such an id.
  if (id.includes('\0')) return undefined;
  const one = await only(reader, 'projects', [id]);
  const [row] = await one.prepared('projects.find', { id, asOf }, (db) =>
    db
      .select(columnsOf(db))
      .from(db.tables.projects)
      .where(eq(db.tables.projects.id, sql.placeholder('id'))),
  );
  return row;
}

/** The projects with the given ids, archived or not, in the same order. */
export async function findByIds(reader: Reader, ids: readonly string[], asOf: string): Promise<ProjectRow[]> {
  const values = paddedValues(ids, '');
  const shape = `projects.byIds ${Object.keys(values).length}`;
  const some = await only(reader, 'projects', ids);
  const rows = await some.prepared(shape, { ...values, asOf }, (db) =>
    db
      .select(columnsOf(db))
      .from(db.tables.projects)
      .where(sql`${db.tables.projects.id} in ${inValues(values)}`),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id)).filter((row) => row !== undefined);
}

/** The projects with the given codes, archived or not. */
export async function findByCodes(
  reader: Reader,
  codes: readonly string[],
  asOf: string,
): Promise<ProjectRow[]> {
  const possible = possibleKeys(codes);
  if (possible.length === 0) return [];
  const values = paddedValues(possible, '');
  const shape = `projects.byCodes ${Object.keys(values).length}`;
  return reader.prepared(shape, { ...values, asOf }, (db) =>
    db
      .select(columnsOf(db))
      .from(db.tables.projects)
      .where(sql`${db.tables.projects.code} in ${inValues(values)}`),
  );
}

/** One project by code, archived or not. */
export const findByCode = async (
  reader: Reader,
  code: string,
  asOf: string,
): Promise<ProjectRow | undefined> => (await findByCodes(reader, [code], asOf))[0];

/** The ids and codes of the projects with the given ids or codes. */
export async function findKeys(
  reader: Reader,
  column: 'id' | 'code',
  wanted: readonly string[],
): Promise<{ id: string; code: string }[]> {
  const possible = possibleKeys(wanted);
  if (possible.length === 0) return [];
  const values = paddedValues(possible, '');
  const some = column === 'id' ? await only(reader, 'projects', possible) : reader;
  return some.prepared(`projects.keys ${column} ${Object.keys(values).length}`, values, (db) => {
    const { id, code } = db.tables.projects;
    return db
      .select({ id, code })
      .from(db.tables.projects)
      .where(sql`${db.tables.projects[column]} in ${inValues(values)}`);
  });
}

export async function codeExists(reader: Reader, code: string): Promise<boolean> {
  const { projects } = reader.tables;
  const rows = await reader.prepared('projects.code', { code }, (db) =>
    db
      .select({ id: projects.id })
      .from(projects)
      .where(eq(projects.code, sql.placeholder('code'))),
  );
  return rows.length > 0;
}

/** One row more than the page's limit, if there is one. */
export function listProjects(
  reader: Reader,
  selection: Condition,
  archived: boolean,
  page: PageRequest<ProjectRow>,
): Promise<ProjectRow[]> {
  const { projects } = reader.tables;
  // A page after the first starts at its cursor instead of the day.
  const population = archived ? archivedOnly(reader) : inPopulation(reader, page.after !== null);
  const shape = `projects.list ${archived} ${page.shape} ${page.after !== null} ${selection.shape}`;
  const values = { ...selection.values, ...afterValues(page.after ?? []), limit: page.limit + 1 };
  return reader.prepared(shape, values, (db) => {
    const columns = page.columns(db.tables);
    // The ids first: sorting is then narrow, and investors are only read for this page.
    const ids = db
      .select({ id: projects.id })
      .from(projects)
      .where(and(selection.where(db, population), page.after ? comesAfter(columns) : undefined))
      .orderBy(...orderBy(columns))
      .limit(sql.placeholder('limit'));
    return db
      .select(columnsOf(db))
      .from(projects)
      .where(sql`${projects.id} in (${ids})`)
      .orderBy(...orderBy(columns));
  });
}

/** All projects of a selection in order, `size` at a time, each investor with its social credit code. */
export const streamProjects = (
  reader: StreamReader,
  selection: Condition,
  archived: boolean,
  order: Pick<PageRequest<ProjectRow>, 'shape' | 'columns'>,
  size: number,
): AsyncIterable<StreamedRow[]> =>
  reader.batches(
    `projects.stream ${archived} ${order.shape} ${selection.shape}`,
    selection.values,
    size,
    (db) => {
      return db
        .select({
          ...columnsOf(db),
          investors: listOfInvestors<Coded>(db, ['name', 'socialCreditCode']),
        })
        .from(db.tables.projects)
        .where(selection.where(db, archived ? archivedOnly(db) : undefined))
        .orderBy(...orderBy(order.columns(db.tables)));
    },
  );

/** Whether a selection has more than a number of projects, without counting further. */
export async function areMoreThan(
  reader: Reader,
  selection: Condition,
  archived: boolean,
  most: number,
): Promise<boolean> {
  const rows = await reader.prepared(
    `projects.moreThan ${archived} ${selection.shape}`,
    { ...selection.values, most },
    (db) =>
      db
        .select({ id: db.tables.projects.id })
        .from(db.tables.projects)
        .where(selection.where(db, archived ? archivedOnly(db) : undefined))
        .limit(1)
        .offset(sql.placeholder('most')),
  );
  return rows.length > 0;
}

const archivedOnly = ({ tables: { projects } }: Reader) =>
  sql`(${projects.archivedAt} is not null and ${projects.signedOn} <= ${asOfDay})`;

export async function countProjects(
  reader: Reader,
  selection: Condition,
  archived: boolean,
): Promise<number> {
  const population = archived ? archivedOnly(reader) : undefined;
  const [row] = await reader.prepared(
    `projects.count ${archived} ${selection.shape}`,
    selection.values,
    (db) => db.select({ total: count() }).from(db.tables.projects).where(selection.where(db, population)),
  );
  return row?.total ?? 0;
}

export async function insertProject(tx: Transaction, project: ProjectRecord): Promise<void> {
  await tx.perform('projects.insert', project, (db) =>
    db.insert(db.tables.projects).values(everyColumn(db.tables.projects)),
  );
  await indexText(tx, 'projects', project.id, project.searchText);
}

/** @param foundBy the indexed text before the change */
export async function updateProject(tx: Transaction, project: ProjectRecord, foundBy: string): Promise<void> {
  await tx.perform('projects.update', project, (db) =>
    db
      .update(db.tables.projects)
      .set(everyColumn(db.tables.projects))
      .where(eq(db.tables.projects.id, sql.placeholder('id'))),
  );
  await reindexText(tx, 'projects', project.id, { before: foundBy, after: project.searchText });
}

export async function insertInvestors(
  tx: Transaction,
  projectId: string,
  ids: readonly string[],
): Promise<void> {
  for (const row of investorRows(projectId, ids)) {
    await tx.perform('projectInvestors.insert', row, (db) =>
      db.insert(db.tables.projectInvestors).values(everyColumn(db.tables.projectInvestors)),
    );
  }
}

export const investorRows = (projectId: string, ids: readonly string[]) =>
  ids.map((enterpriseId, position) => ({ projectId, position, enterpriseId }));

export const deleteInvestors = (tx: Transaction, projectId: string): Promise<void> =>
  tx.perform('projectInvestors.delete', { projectId }, (db) =>
    db
      .delete(db.tables.projectInvestors)
      .where(eq(db.tables.projectInvestors.projectId, sql.placeholder('projectId'))),
  );

/** The ledger by day: the amount received (or taken back) on each, in order. */
export async function fundsByDay(
  reader: Reader,
  projectId: string,
): Promise<{ day: string; yuan: number }[]> {
  const { fundsEntries } = reader.tables;
  return reader.prepared('funds.byDay', { projectId }, (db) =>
    db
      .select({
        day: fundsEntries.receivedOn,
        yuan: sql<number>`sum(${fundsEntries.amountYuan})`.mapWith(Number),
      })
      .from(fundsEntries)
      .where(eq(fundsEntries.projectId, sql.placeholder('projectId')))
      .groupBy(fundsEntries.receivedOn)
      .orderBy(asc(fundsEntries.receivedOn)),
  );
}

/** The ledgers of many projects. */
export async function ledgersOf(reader: Reader, projectIds: readonly string[]) {
  const { projectId, receivedOn, amountYuan, note } = reader.tables.fundsEntries;
  if (projectIds.length === 0) return [];
  const values = paddedValues(projectIds, '');
  return reader.prepared(`funds.ledgers ${Object.keys(values).length}`, values, (db) =>
    db
      .select({ projectId, receivedOn, amountYuan, note })
      .from(db.tables.fundsEntries)
      .where(sql`${projectId} in ${inValues(values)}`),
  );
}

export const insertFunds = (tx: Transaction, entry: FundsRecord): Promise<void> =>
  tx.perform('funds.insert', entry, (db) =>
    db.insert(db.tables.fundsEntries).values(everyColumn(db.tables.fundsEntries)),
  );

const fundsKey = (field: 'id' | 'receivedOn'): SortKey<FundsEntry> => ({
  expression: ({ fundsEntries }) => fundsEntries[field],
  type: 'string',
  of: (row) => row[field],
});

export const fundsSortKeys = { receivedOn: fundsKey('receivedOn') } as const satisfies SortKeys<FundsEntry>;
export const fundsTieBreaker = { name: 'id', key: fundsKey('id') };

/** One entry more than the page's limit, if there is one. */
export function listFunds(
  reader: Reader,
  projectId: string,
  page: PageRequest<FundsEntry>,
): Promise<FundsEntry[]> {
  const { fundsEntries } = reader.tables;
  const values = { projectId, ...afterValues(page.after ?? []), limit: page.limit + 1 };
  return reader.prepared(`funds.list ${page.shape} ${page.after !== null}`, values, (db) => {
    const columns = page.columns(db.tables);
    return db
      .select({
        id: fundsEntries.id,
        receivedOn: fundsEntries.receivedOn,
        amountYuan: fundsEntries.amountYuan,
        note: fundsEntries.note,
      })
      .from(fundsEntries)
      .where(
        and(
          eq(fundsEntries.projectId, sql.placeholder('projectId')),
          page.after ? comesAfter(columns) : undefined,
        ),
      )
      .orderBy(...orderBy(columns))
      .limit(sql.placeholder('limit'));
  });
}

export async function countFunds(reader: Reader, projectId: string): Promise<number> {
  const { fundsEntries } = reader.tables;
  const [row] = await reader.prepared('funds.count', { projectId }, (db) =>
    db
      .select({ total: count() })
      .from(fundsEntries)
      .where(eq(fundsEntries.projectId, sql.placeholder('projectId'))),
  );
  return row?.total ?? 0;
}
