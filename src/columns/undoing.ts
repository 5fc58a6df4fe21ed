/**
 * Undoes entries of the log in columns: each says what a field was before. What no figure needs, the names and the
 * time of the last change, is left to `past.ts`.
 */
import { sql } from 'drizzle-orm';
import { paced } from '../core/pace.ts';
import type { Reader } from '../database/database.ts';
import { inValues, paddedValues } from '../database/prepared.ts';
import type { FieldChange } from '../database/tables.ts';
import {
  ARCHIVED,
  type CodeName,
  type Columns,
  codeNames,
  type DayName,
  dayNames,
  ESTIMATED,
  RANKED,
  type StoredEntry,
  type TreeName,
  treeNames,
} from './columns.ts';
import { type Derived, projectsOf } from './following.ts';
import { packedDay, yearOf } from './packed-days.ts';

interface Entry {
  entity: string;
  entityId: string;
  action: string;
  fields: Record<string, FieldChange>;
}

type Undo = (columns: Columns, row: number, before: unknown) => void;

const flagged =
  (flag: number): Undo =>
  (columns, row, before) => {
    const flags = columns.flags[row] as number;
    columns.flags[row] = before ? flags | flag : flags & ~flag;
  };

/** How to undo the change of a field of a project; others are not in columns. */
const undoField: Readonly<Record<string, Undo>> = {
  ...Object.fromEntries(
    dayNames.map((name: DayName): [string, Undo] => [
      name,
      (columns, row, before) => {
        columns.days[name][row] = packedDay(before as string | null);
      },
    ]),
  ),
  ...Object.fromEntries(
    codeNames.map((name: CodeName): [string, Undo] => [
      name,
      (columns, row, before) => columns.putCode(name, row, before as string | null),
    ]),
  ),
  investmentYuan: (columns, row, before) => {
    columns.investmentYuan[row] = before as number;
  },
  contractedFundsYuan: (columns, row, before) => {
    columns.contractedFundsYuan[row] = (before as number | null) ?? Number.NaN;
  },
  investmentEstimated: flagged(ESTIMATED),
  archivedAt: flagged(ARCHIVED),
  investorIds: (columns, row, before) => {
    const [lead = null, ...others] = before as string[];
    columns.putCode('leadInvestorId', row, lead);
    columns.putOthers(row, others);
  },
};

/** Fields on which it depends which lists count for a project. */
const RANKED_BY: ReadonlySet<string> = new Set(['investorIds', 'signedOn']);

interface Ranking {
  list: string;
  year: number;
}

/** Entries per query. */
const ENTRIES = 5_000;
/** Enterprises per query. */
const AT_ONCE = 500;

/**
 * Undoes the entries after one up to the last.
 * @param reader a snapshot of the present, at `last`
 * @param isUndone whether the entries about a project are to be left alone
 * @param touch is told of projects before they are changed
 */
export async function undo(
  columns: Columns,
  reader: Reader,
  derived: Derived,
  { after, last }: { after: number; last: number },
  isUndone: (row: number) => boolean,
  touch: (rows: readonly number[]) => void,
): Promise<void> {
  const pace = paced();
  const unranked = new Set<number>();
  const rankings = new Map<string, readonly Ranking[]>();
  for (let until = last; until > after; until -= ENTRIES) {
    const entries = await entriesBetween(reader, Math.max(after, until - ENTRIES), until);
    const rows = entries.map(({ entity, entityId }) =>
      entity === 'projects' ? columns.ids.find(entityId) : -1,
    );
    touch(rows.filter((row) => row >= 0));
    for (const [i, entry] of entries.entries()) {
      const row = rows[i] as number;
      if (row >= 0) {
        if (!isUndone(row)) undoProject(columns, row, entry, unranked);
      } else if (entry.entity === 'enterprises') undoEnterprise(columns, entry, rankings);
      else if ((treeNames as readonly string[]).includes(entry.entity))
        undoTree(columns.parents[entry.entity as TreeName], entry);
    }
    await pace();
  }
  const ranked = [...rankings.keys()];
  for (let i = 0; i < ranked.length; i += AT_ONCE) {
    const projects = await projectsOf(reader, ranked.slice(i, i + AT_ONCE));
    const rows = projects.map((id) => columns.ids.find(id)).filter((row) => row >= 0);
    touch(rows);
    for (const row of rows) if (!isUndone(row)) unranked.add(row);
    await pace();
  }
  await rankAgain(columns, reader, derived, unranked, rankings);
}

/** Entries after one up to another, the last one first. */
const entriesBetween = (reader: Reader, after: number, until: number): Promise<Entry[]> =>
  reader.prepared('columns.undo', { after, until }, (db) => {
    const { seq, entity, entityId, action, fields } = db.tables.changes;
    return db
      .select({ entity, entityId, action, fields })
      .from(db.tables.changes)
      .where(sql`${seq} > ${sql.placeholder('after')} and ${seq} <= ${sql.placeholder('until')}`)
      .orderBy(sql`${seq} desc`);
  });

function undoProject(columns: Columns, row: number, { action, fields }: Entry, unranked: Set<number>): void {
  if (action === 'create') {
    unranked.delete(row);
    columns.empty(row);
    return;
  }
  for (const [name, { before = null, after }] of Object.entries(fields)) {
    if (action === 'add_funds') takeFromLedger(columns, row, after as StoredEntry);
    else undoField[name]?.(columns, row, before);
    if (RANKED_BY.has(name)) unranked.add(row);
  }
}

/** Takes an entry out of the ledger of a project. Its others move to the end, since nothing else may change. */
function takeFromLedger(columns: Columns, row: number, { receivedOn, amountYuan }: StoredEntry): void {
  const start = columns.ledgerStart[row] as number;
  const count = columns.ledgerCount[row] as number;
  const day = packedDay(receivedOn);
  for (let i = start; i < start + count; i++) {
    if (columns.ledgerDay[i] !== day || columns.ledgerYuan[i] !== amountYuan) continue;
    columns.moveLedger(row, i);
    return;
  }
}

function undoEnterprise(
  { countries, dictionaries }: Columns,
  { entityId, action, fields: { country, rankings: ranked } }: Entry,
  rankings: Map<string, readonly Ranking[]>,
): void {
  const code = dictionaries.leadInvestorId.known(entityId);
  if (country && action !== 'create' && code !== undefined)
    countries[code] = (country.before as string | null | undefined) ?? null;
  if (ranked) rankings.set(entityId, (ranked.before as Ranking[] | null | undefined) ?? []);
}

function undoTree(
  parents: Map<string, string | null>,
  { entityId, action, fields: { parent } }: Entry,
): void {
  if (action === 'create') parents.delete(entityId);
  else if (action === 'delete' || parent) {
    parents.set(entityId, (parent?.before as string | null | undefined) ?? null);
  }
}

/** Works out anew which lists count for some projects. @param undone the rankings of enterprises that changed */
async function rankAgain(
  columns: Columns,
  reader: Reader,
  { lists, countsFor }: Derived,
  rows: ReadonlySet<number>,
  undone: ReadonlyMap<string, readonly Ranking[]>,
): Promise<void> {
  if (rows.size === 0) return;
  const { leadInvestorId: investors } = columns.dictionaries;
  const codes = new Set<number>();
  for (const row of rows) columns.forInvestors(row, (code) => void codes.add(code));
  const known = await rankingsOf(
    reader,
    [...codes].map((code) => investors.textOf(code) as string),
  );
  const all = (1 << lists.length) - 1;
  for (const row of rows) {
    const year = yearOf(columns.days.signedOn[row] as number);
    let flags = (columns.flags[row] as number) & ~(all * RANKED);
    columns.forInvestors(row, (code) => {
      const id = investors.textOf(code) as string;
      for (const ranking of undone.get(id) ?? known.get(id) ?? [])
        if (countsFor(ranking.year, year)) flags |= RANKED << lists.indexOf(ranking.list);
    });
    columns.flags[row] = flags;
  }
}

async function rankingsOf(
  reader: Reader,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly Ranking[]>> {
  const found: (Ranking & { id: string })[] = [];
  const pace = paced();
  for (let i = 0; i < ids.length; i += AT_ONCE) {
    const listed = paddedValues(ids.slice(i, i + AT_ONCE), ids[i] as string);
    const some = await reader.prepared(`columns.rankings ${Object.keys(listed).length}`, listed, (db) => {
      const { enterpriseId, list, year } = db.tables.rankings;
      return db
        .select({ id: enterpriseId, list, year })
        .from(db.tables.rankings)
        .where(sql`${enterpriseId} in ${inValues(listed)}`);
    });
    for (const ranking of some) found.push(ranking);
    await pace();
  }
  return Map.groupBy(found, ({ id }) => id);
}
