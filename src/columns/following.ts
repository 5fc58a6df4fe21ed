/**
 * Fills columns from a snapshot, and has them follow the log: of what the entries after the last known one name, the
 * current state is read again. So it does not matter how an entry describes its change, nor who wrote it.
 */
import { asc, eq, gt, type SQL, sql } from 'drizzle-orm';
import { paced } from '../core/pace.ts';
import type { Reader, Revision, StreamReader } from '../database/database.ts';
import { inValues, paddedValues } from '../database/prepared.ts';
import { revisionIn } from '../database/revision.ts';
import { Columns, codeNames, dayNames, RANKED, type StoredEntry, type StoredProject } from './columns.ts';

/** Columns, and the revision that they stand at. */
export interface Filled {
  columns: Columns;
  revision: Revision;
}

/** A rule that a list of the largest enterprises counts for a project. */
export interface RankedRule {
  lists: readonly string[];
  /** Whether a year's ranking counts for a project signed on a day. */
  inTime(year: SQL, signedOn: SQL): SQL;
}

/** Rows per batch: some milliseconds of work. */
const AT_ONCE = 500;

const projectFields = ({ tables: { projects } }: Reader) => ({
  id: projects.id,
  ...(Object.fromEntries(
    [...dayNames, ...codeNames].map((name) => [name, projects[name]]),
  ) as unknown as Pick<typeof projects, (typeof dayNames)[number] | (typeof codeNames)[number]>),
  investmentYuan: projects.investmentYuan,
  investmentEstimated: projects.investmentEstimated,
  contractedFundsYuan: projects.contractedFundsYuan,
  updatedAt: projects.updatedAt,
  archivedAt: projects.archivedAt,
});

type EntryRow = StoredEntry & { projectId: string };
type RankedRow = { projectId: string; list: string };

const ledgerQuery = (db: Reader, condition?: SQL) => {
  const { projectId, receivedOn, amountYuan } = db.tables.fundsEntries;
  return db
    .select({ projectId, receivedOn, amountYuan })
    .from(db.tables.fundsEntries)
    .where(condition)
    .orderBy(asc(projectId));
};

const rankedQuery = (db: Reader, { inTime }: RankedRule, condition?: SQL) => {
  const { projects, projectInvestors, rankings } = db.tables;
  return db
    .selectDistinct({ projectId: projects.id, list: rankings.list })
    .from(rankings)
    .innerJoin(projectInvestors, eq(projectInvestors.enterpriseId, rankings.enterpriseId))
    .innerJoin(projects, eq(projects.id, projectInvestors.projectId))
    .where(
      sql`${inTime(sql`${rankings.year}`, sql`${projects.signedOn}`)} ${condition ? sql`and ${condition}` : sql``}`,
    );
};

const leadsQuery = (db: Reader, condition?: SQL) => {
  const { id, country } = db.tables.enterprises;
  return db.select({ id, country }).from(db.tables.enterprises).where(condition);
};

/** Fills new columns. @param reader a snapshot */
export async function fill(reader: StreamReader, rule: RankedRule): Promise<Filled> {
  const columns = new Columns();
  const pace = paced();
  for await (const batch of reader.batches('columns.projects', {}, AT_ONCE, (db) =>
    db.select(projectFields(db)).from(db.tables.projects).orderBy(asc(db.tables.projects.id)),
  )) {
    for (const project of batch) columns.put(project as StoredProject);
    await pace();
  }
  let of: string | undefined;
  let entries: StoredEntry[] = [];
  const putEntries = () => {
    if (of !== undefined) columns.putLedger(columns.ids.find(of), entries);
    entries = [];
  };
  for await (const batch of reader.batches<EntryRow>('columns.ledger', {}, AT_ONCE, (db) =>
    ledgerQuery(db),
  )) {
    for (const entry of batch) {
      if (entry.projectId !== of) putEntries();
      of = entry.projectId;
      entries.push(entry);
    }
    await pace();
  }
  putEntries();
  for await (const batch of reader.batches<RankedRow>('columns.ranked', {}, AT_ONCE, (db) =>
    rankedQuery(db, rule),
  ))
    putRanked(columns, rule, batch);
  for await (const batch of reader.batches('columns.leads', {}, AT_ONCE, (db) => leadsQuery(db)))
    putCountries(columns, batch);
  return { columns, revision: await revisionIn(reader) };
}

function putRanked(columns: Columns, { lists }: RankedRule, rows: readonly RankedRow[]): void {
  for (const { projectId, list } of rows) {
    const row = columns.ids.find(projectId);
    columns.flags[row] = (columns.flags[row] as number) | (RANKED << lists.indexOf(list));
  }
}

function putCountries(columns: Columns, rows: readonly { id: string; country: string | null }[]): void {
  for (const { id, country } of rows) {
    const code = columns.dictionaries.leadInvestorId.known(id);
    if (code !== undefined) columns.countries[code] = country;
  }
}

/** Entries per query. */
const ENTRIES = 5_000;

/**
 * Brings columns to the revision of a snapshot.
 * @returns false if its log does not continue the known one, as after a backup was restored: fill them anew
 */
export async function follow(filled: Filled, reader: Reader, rule: RankedRule): Promise<boolean> {
  const now = await revisionIn(reader);
  const { seq, hash } = filled.revision;
  if (now.seq === seq) return now.hash === hash;
  if (now.seq < seq || (seq > 0 && (await hashAt(reader, seq)) !== hash)) return false;
  const pace = paced();
  const projects = new Set<string>();
  const enterprises = new Set<string>();
  for (let after = seq; after < now.seq; ) {
    const touched = await reader.prepared('columns.touched', { after, limit: ENTRIES }, (db) => {
      const { changes } = db.tables;
      return db
        .select({ seq: changes.seq, entity: changes.entity, entityId: changes.entityId })
        .from(changes)
        .where(gt(changes.seq, sql.placeholder('after')))
        .orderBy(asc(changes.seq))
        .limit(sql.placeholder('limit'));
    });
    for (const { entity, entityId } of touched) {
      if (entity === 'projects') projects.add(entityId);
      if (entity === 'enterprises') enterprises.add(entityId);
    }
    const last = touched.at(-1)?.seq;
    if (last === undefined) break;
    after = last;
  }
  const { columns } = filled;
  for (const ids of batchesOf(enterprises)) {
    await readEnterprises(columns, reader, ids);
    for (const id of await projectsOf(reader, ids)) projects.add(id);
    await pace();
  }
  for (const ids of batchesOf(projects)) {
    await readProjects(columns, reader, rule, ids);
    await pace();
  }
  filled.revision = now;
  return true;
}

function* batchesOf(ids: ReadonlySet<string>): Generator<string[]> {
  const all = [...ids];
  for (let i = 0; i < all.length; i += AT_ONCE) yield all.slice(i, i + AT_ONCE);
}

async function hashAt(reader: Reader, seq: number): Promise<string | undefined> {
  const [entry] = await reader.prepared('columns.hash', { seq }, (db) =>
    db
      .select({ hash: db.tables.changes.hash })
      .from(db.tables.changes)
      .where(eq(db.tables.changes.seq, sql.placeholder('seq'))),
  );
  return entry?.hash;
}

/** Values and condition for rows of these ids. */
function among(ids: readonly string[]) {
  const values = paddedValues(ids, ids[0] as string);
  return {
    values,
    count: Object.keys(values).length,
    isIn: (column: unknown) => sql`${column} in ${inValues(values)}`,
  };
}

async function readEnterprises(columns: Columns, reader: Reader, ids: readonly string[]): Promise<void> {
  const { values, count, isIn } = among(ids);
  const rows = await reader.prepared(`columns.leads ${count}`, values, (db) =>
    leadsQuery(db, isIn(db.tables.enterprises.id)),
  );
  putCountries(columns, rows);
}

/** The projects of investors: the lists that they are on may count for these. */
async function projectsOf(reader: Reader, ids: readonly string[]): Promise<string[]> {
  const { values, count, isIn } = among(ids);
  const rows = await reader.prepared(`columns.investments ${count}`, values, (db) => {
    const { projectId, enterpriseId } = db.tables.projectInvestors;
    return db.select({ projectId }).from(db.tables.projectInvestors).where(isIn(enterpriseId));
  });
  return rows.map(({ projectId }) => projectId);
}

async function readProjects(
  columns: Columns,
  reader: Reader,
  rule: RankedRule,
  ids: readonly string[],
): Promise<void> {
  const { values, count, isIn } = among(ids);
  const { size } = columns.dictionaries.leadInvestorId;
  const projects = await reader.prepared(`columns.projects ${count}`, values, (db) =>
    db.select(projectFields(db)).from(db.tables.projects).where(isIn(db.tables.projects.id)),
  );
  for (const project of projects) columns.put(project as StoredProject);
  const entries = await reader.prepared<EntryRow>(`columns.ledger ${count}`, values, (db) =>
    ledgerQuery(db, isIn(db.tables.fundsEntries.projectId)),
  );
  const ledgers = Map.groupBy(entries, ({ projectId }) => projectId);
  for (const { id } of projects) columns.putLedger(columns.ids.find(id), ledgers.get(id) ?? []);
  putRanked(
    columns,
    rule,
    await reader.prepared<RankedRow>(`columns.ranked ${count}`, values, (db) =>
      rankedQuery(db, rule, isIn(db.tables.projects.id)),
    ),
  );
  if (columns.dictionaries.leadInvestorId.size > size) {
    const leads = [...new Set(projects.map(({ leadInvestorId }) => leadInvestorId))].filter(
      (id) => id !== null,
    );
    for (const some of batchesOf(new Set(leads))) await readEnterprises(columns, reader, some);
  }
}
