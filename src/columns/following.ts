/**
 * Fills columns from a snapshot, and has them follow the log: of what the entries after the last known one name, the
 * current state is read again. So it does not matter how an entry describes its change, nor who wrote it.
 */
import { and, asc, count, eq, gt, ne, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { type Pace, paced } from '../core/pace.ts';
import type { Reader, Revision, StreamReader } from '../database/database.ts';
import { inValues, paddedValues, type Values } from '../database/prepared.ts';
import { revisionIn } from '../database/revision.ts';
import {
  Columns,
  codeNames,
  dayNames,
  RANKED,
  type StoredProject,
  type TreeName,
  treeNames,
} from './columns.ts';
import { entryAt, type Touched, touchedBetween } from './entries.ts';

/** Columns, and the revision that they stand at. */
export interface Filled {
  columns: Columns;
  revision: Revision;
}

/** What columns hold of projects besides their fields. */
export interface Derived {
  /** The lists of the largest enterprises. */
  lists: readonly string[];
  /** Whether a year's ranking counts for a project signed on a day. */
  inTime(year: SQLWrapper, signedOn: SQLWrapper): SQL;
  /** The same of a year of signing. */
  countsFor(year: number, signedIn: number): boolean;
  /** An integer that is equal for nearly equal names, and in practice only for these; 0 for none. */
  likenessOf(searchText: string): number;
}

/** Projects read so far. */
export interface Progress {
  done: number;
  total: number;
}

/** Rows per query. */
const AT_ONCE = 500;

/** Rows of a table that have some ids. */
interface Some {
  shape: string;
  values: Values;
  are(id: SQLWrapper): SQL;
}

function these(ids: readonly string[]): Some {
  const values = paddedValues(ids, ids[0] as string);
  const shape = String(Object.keys(values).length);
  return { shape, values, are: (id) => sql`${id} in ${inValues(values)}` };
}

const between = (first: string, last: string): Some => ({
  shape: 'between',
  values: { first, last },
  are: (id) => sql`${id} between ${sql.placeholder('first')} and ${sql.placeholder('last')}`,
});

const projectFields = ({ tables: { projects } }: Reader) => ({
  id: projects.id,
  ...(Object.fromEntries(
    [...dayNames, ...codeNames].map((name) => [name, projects[name]]),
  ) as unknown as Pick<typeof projects, (typeof dayNames)[number] | (typeof codeNames)[number]>),
  investmentYuan: projects.investmentYuan,
  investmentEstimated: projects.investmentEstimated,
  contractedFundsYuan: projects.contractedFundsYuan,
  searchText: projects.searchText,
  updatedAt: projects.updatedAt,
  archivedAt: projects.archivedAt,
});

/**
 * Fills new columns, and tells how far it is. Each table is read once, in its own order or that of one of its indexes.
 * @param reader a snapshot
 */
export async function* fill(reader: StreamReader, derived: Derived): AsyncGenerator<Progress, Filled> {
  const columns = new Columns();
  const pace = paced();
  const total = await countOf(reader, 'projects');
  yield { done: 0, total };
  columns.reserve(total);
  columns.reserveLedger(await countOf(reader, 'fundsEntries'));
  const projects = reader.batches('columns.fill', {}, AT_ONCE, (db) =>
    db.select(projectFields(db)).from(db.tables.projects),
  ) as AsyncIterable<StoredProject[]>;
  for await (const some of projects) {
    for (const project of some) columns.put(project, derived.likenessOf(project.searchText));
    yield { done: columns.count, total };
    await pace();
  }
  const entries = reader.batches('columns.fill ledger', {}, AT_ONCE, (db) =>
    ledgerIn(db).orderBy(asc(db.tables.fundsEntries.projectId)),
  );
  await eachProject(columns, entries, pace, (row, its) => columns.putLedger(row, its));
  const others = reader.batches('columns.fill others', {}, AT_ONCE, (db) =>
    othersIn(db).where(areOthers(db)).orderBy(asc(db.tables.projectInvestors.projectId)),
  );
  await eachProject(columns, others, pace, (row, its) =>
    columns.putOthers(
      row,
      its.map(({ enterpriseId }) => enterpriseId),
    ),
  );
  const ranked = reader.batches('columns.fill ranked', {}, AT_ONCE, (db) => rankedIn(db, derived));
  for await (const some of ranked) putRanked(columns, derived, some);
  await readTrees(columns, reader);
  await readInvestors(columns, reader, 0, pace);
  return { columns, revision: await revisionIn(reader) };
}

/** Hands on the rows of each project together. @param batches sorted by project */
async function eachProject<Row extends { projectId: string }>(
  columns: Columns,
  batches: AsyncIterable<Row[]>,
  pace: Pace,
  put: (row: number, its: readonly Row[]) => void,
): Promise<void> {
  let its: Row[] = [];
  const putLast = () => {
    if (its[0]) put(columns.ids.find(its[0].projectId), its);
  };
  for await (const rows of batches) {
    for (const row of rows) {
      if (row.projectId !== its[0]?.projectId) {
        putLast();
        its = [];
      }
      its.push(row);
    }
    await pace();
  }
  putLast();
}

const ledgerIn = (db: Reader) => {
  const { projectId, receivedOn, amountYuan } = db.tables.fundsEntries;
  return db.select({ projectId, receivedOn, amountYuan }).from(db.tables.fundsEntries);
};

/** The investors other than the lead, with `areOthers`. */
const othersIn = (db: Reader) => {
  const { projectId, enterpriseId } = db.tables.projectInvestors;
  return db.select({ projectId, enterpriseId }).from(db.tables.projectInvestors);
};
const areOthers = (db: Reader): SQL => ne(db.tables.projectInvestors.position, 0);

/** The lists that count for some projects, or for all. */
function rankedIn(db: Reader, { inTime }: Derived, some?: Some) {
  const { projects, projectInvestors, rankings } = db.tables;
  const selection = db.selectDistinct({ id: projects.id, list: rankings.list });
  // SQLite joins in this order: from some projects to their investors, but for all from the few that are ranked.
  const joined = some
    ? selection.from(projects).crossJoin(projectInvestors).crossJoin(rankings)
    : selection.from(rankings).crossJoin(projectInvestors).crossJoin(projects);
  return joined.where(
    and(
      some?.are(projects.id),
      eq(projectInvestors.projectId, projects.id),
      eq(rankings.enterpriseId, projectInvestors.enterpriseId),
      inTime(rankings.year, projects.signedOn),
    ),
  );
}

function putRanked(
  columns: Columns,
  { lists }: Derived,
  ranked: readonly { id: string; list: string }[],
): void {
  for (const { id, list } of ranked) {
    const row = columns.ids.find(id);
    columns.flags[row] = (columns.flags[row] as number) | (RANKED << lists.indexOf(list));
  }
}

/** Reads the next projects after an id. @returns their ids */
export async function readPage(
  columns: Columns,
  reader: Reader,
  derived: Derived,
  after: string,
): Promise<string[]> {
  const page = (await reader.prepared('columns.page', { after, limit: AT_ONCE }, (db) =>
    db
      .select(projectFields(db))
      .from(db.tables.projects)
      .where(gt(db.tables.projects.id, sql.placeholder('after')))
      .orderBy(asc(db.tables.projects.id))
      .limit(sql.placeholder('limit')),
  )) as StoredProject[];
  const ids = page.map(({ id }) => id);
  const [first, last] = [ids[0], ids.at(-1)];
  if (first !== undefined && last !== undefined)
    await putProjects(columns, reader, derived, page, between(first, last));
  return ids;
}

/** How many rows there are, archived projects too. */
export async function countOf(reader: Reader, table: 'projects' | 'fundsEntries'): Promise<number> {
  const [row] = await reader.prepared(`columns.count ${table}`, {}, (db) =>
    db.select({ total: count() }).from(db.tables[table]),
  );
  return row?.total ?? 0;
}

/**
 * Brings columns to the revision of a snapshot.
 * @param most the number of projects that may have changed
 * @returns false if more have, or its log does not continue the known one, as after a backup was restored: fill
 * them anew
 */
export async function follow(
  filled: Filled,
  reader: Reader,
  derived: Derived,
  most = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  const now = await revisionIn(reader);
  const { seq, hash } = filled.revision;
  if (now.seq === seq) return now.hash === hash;
  if (now.seq < seq || (await entryAt(reader, seq + 1))?.previousHash !== hash) return false;
  const touched = await touchedBetween(reader, seq, now.seq);
  const projects = await projectsAmong(reader, touched);
  if (projects.size > most) return false;
  await readAgain(filled.columns, reader, derived, touched, projects);
  filled.revision = now;
  return true;
}

/** The projects to read again: the lists that an enterprise is on may count for those that it invests in. */
async function projectsAmong(reader: Reader, touched: Touched): Promise<Set<string>> {
  const projects = new Set(touched.get('projects'));
  const pace = paced();
  for (const ids of batchesOf(touched.get('enterprises') ?? [])) {
    for (const id of await projectsOf(reader, ids)) projects.add(id);
    await pace();
  }
  return projects;
}

/** Has columns say of some resources what a reader says. */
async function readAgain(
  columns: Columns,
  reader: Reader,
  derived: Derived,
  touched: Touched,
  projects: Iterable<string>,
): Promise<void> {
  const pace = paced();
  for (const tree of treeNames) if (touched.get(tree)?.size) await readTree(columns, reader, tree);
  for (const ids of batchesOf(touched.get('enterprises') ?? [])) {
    await readCountries(columns, reader, ids);
    await pace();
  }
  const known = columns.dictionaries.leadInvestorId.size;
  for (const ids of batchesOf(projects)) {
    const some = these(ids);
    const stored = (await reader.prepared(`columns.projects ${some.shape}`, some.values, (db) =>
      db.select(projectFields(db)).from(db.tables.projects).where(some.are(db.tables.projects.id)),
    )) as StoredProject[];
    await putProjects(columns, reader, derived, stored, some);
    const there = new Set(stored.map(({ id }) => id));
    for (const id of ids) if (!there.has(id)) columns.remove(id);
    await pace();
  }
  await readInvestors(columns, reader, known, pace);
}

function* batchesOf(ids: Iterable<string>): Generator<string[]> {
  const all = [...ids];
  for (let i = 0; i < all.length; i += AT_ONCE) yield all.slice(i, i + AT_ONCE);
}

/** Writes projects, with their ledgers and lists. */
async function putProjects(
  columns: Columns,
  reader: Reader,
  derived: Derived,
  stored: readonly StoredProject[],
  some: Some,
): Promise<void> {
  const entries = await reader.prepared(`columns.ledger ${some.shape}`, some.values, (db) =>
    ledgerIn(db).where(some.are(db.tables.fundsEntries.projectId)),
  );
  const investors = await reader.prepared(`columns.others ${some.shape}`, some.values, (db) =>
    othersIn(db).where(and(some.are(db.tables.projectInvestors.projectId), areOthers(db))),
  );
  const ledgers = Map.groupBy(entries, ({ projectId }) => projectId);
  const others = Map.groupBy(investors, ({ projectId }) => projectId);
  for (const project of stored) {
    const before = columns.watcher ? columns.ids.find(project.id) : -1;
    if (before >= 0) columns.watcher?.leave(before);
    const row = columns.put(project, derived.likenessOf(project.searchText));
    columns.putLedger(row, ledgers.get(project.id) ?? []);
    columns.putOthers(row, others.get(project.id)?.map(({ enterpriseId }) => enterpriseId) ?? []);
    columns.watcher?.enter(row);
  }
  const ranked = await reader.prepared(`columns.ranked ${some.shape}`, some.values, (db) =>
    rankedIn(db, derived, some),
  );
  putRanked(columns, derived, ranked);
}

/** Reads the regions and industries. */
export async function readTrees(columns: Columns, reader: Reader): Promise<void> {
  for (const tree of treeNames) await readTree(columns, reader, tree);
}

async function readTree(columns: Columns, reader: Reader, tree: TreeName): Promise<void> {
  const rows = await reader.prepared(`columns.${tree}`, {}, (db) => {
    const { code, parent } = db.tables[tree];
    return db.select({ code, parent }).from(db.tables[tree]);
  });
  const parents = columns.parents[tree];
  parents.clear();
  for (const { code, parent } of rows) parents.set(code, parent);
}

/** Reads the investors from a code on. */
export async function readInvestors(
  columns: Columns,
  reader: Reader,
  from: number,
  pace: Pace,
): Promise<void> {
  const ids = columns.dictionaries.leadInvestorId.texts().slice(from);
  for (const some of batchesOf(ids.filter((id) => id !== null))) {
    await readCountries(columns, reader, some);
    await pace();
  }
}

async function readCountries(columns: Columns, reader: Reader, ids: readonly string[]): Promise<void> {
  const some = these(ids);
  const rows = await reader.prepared(`columns.countries ${some.shape}`, some.values, (db) => {
    const { id, country } = db.tables.enterprises;
    return db.select({ id, country }).from(db.tables.enterprises).where(some.are(id));
  });
  for (const { id, country } of rows) {
    const code = columns.dictionaries.leadInvestorId.known(id);
    if (code !== undefined) columns.countries[code] = country;
  }
}

/** The projects of investors: the lists that these are on may count for them. */
export async function projectsOf(reader: Reader, ids: readonly string[]): Promise<string[]> {
  const some = these(ids);
  const rows = await reader.prepared(`columns.investments ${some.shape}`, some.values, (db) => {
    const { projectId, enterpriseId } = db.tables.projectInvestors;
    return db.select({ projectId }).from(db.tables.projectInvestors).where(some.are(enterpriseId));
  });
  return rows.map(({ projectId }) => projectId);
}
