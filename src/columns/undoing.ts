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
  type ColumnName,
  type Columns,
  codeNames,
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

/** How to undo the change of a field: the columns that it is in, and what they held before. */
interface Undo {
  columns: readonly ColumnName[];
  put(columns: Columns, row: number, before: unknown): void;
}

const flagged = (flag: number): Undo => ({
  columns: ['flags'],
  put: ({ flags }, row, before) => {
    const others = (flags[row] as number) & ~flag;
    flags[row] = before ? others | flag : others;
  },
});

/** Of the fields of a project; others are not in columns. */
const undoField: Readonly<Record<string, Undo>> = {
  ...Object.fromEntries(
    dayNames.map((name): [string, Undo] => [
      name,
      {
        columns: [name],
        put: ({ days }, row, before) => {
          days[name][row] = packedDay(before as string | null);
        },
      },
    ]),
  ),
  ...Object.fromEntries(
    codeNames.map((name): [string, Undo] => [
      name,
      { columns: [name], put: (columns, row, before) => columns.putCode(name, row, before as string | null) },
    ]),
  ),
  investmentYuan: {
    columns: ['investmentYuan'],
    put: ({ investmentYuan }, row, before) => {
      investmentYuan[row] = before as number;
    },
  },
  contractedFundsYuan: {
    columns: ['contractedFundsYuan'],
    put: ({ contractedFundsYuan }, row, before) => {
      contractedFundsYuan[row] = (before as number | null) ?? Number.NaN;
    },
  },
  investmentEstimated: flagged(ESTIMATED),
  archivedAt: flagged(ARCHIVED),
  investorIds: {
    columns: ['leadInvestorId', 'othersStart', 'othersCount'],
    put: (columns, row, before) => {
      const [lead = null, ...others] = before as string[];
      columns.putCode('leadInvestorId', row, lead);
      columns.putOthers(row, others);
    },
  },
};

/** Entries are only added to a ledger. */
const undoFunds: Undo = {
  columns: ['ledgerStart', 'ledgerCount'],
  put: (columns, row, added) => takeFromLedger(columns, row, added as StoredEntry),
};

/** The columns that a place without a project is known by. */
const EMPTIED: readonly ColumnName[] = ['flags', 'signedOn', 'likeness', 'ledgerCount', 'othersCount'];

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

/** Who keeps what is about to change. */
export interface Keeper {
  /** Is told of each project with an entry: its name and time of change may differ, too. */
  touch(row: number): void;
  /** @returns false if they must not change, being as they were already */
  keep(row: number, names: readonly ColumnName[]): boolean;
  /** Is told of a project that was not there. */
  lose(row: number): void;
  /** Is told of what is not of projects, before it changes. @returns as `keep` */
  keepOf(entity: string, id: string): boolean;
}

/**
 * Undoes the entries after one up to the last.
 * @param reader a snapshot of the present, at `last`
 */
export async function undo(
  columns: Columns,
  reader: Reader,
  derived: Derived,
  { after, last }: { after: number; last: number },
  keeper: Keeper,
): Promise<void> {
  const pace = paced();
  const unranked = new Set<number>();
  const rankings = new Map<string, readonly Ranking[]>();
  for (let until = last; until > after; until -= ENTRIES) {
    for (const entry of await entriesBetween(reader, Math.max(after, until - ENTRIES), until)) {
      if (entry.entity === 'projects') undoProject(columns, entry, keeper, unranked);
      else if (entry.entity === 'enterprises') undoEnterprise(columns, entry, keeper, rankings);
      else if ((treeNames as readonly string[]).includes(entry.entity))
        undoTree(columns.parents[entry.entity as TreeName], entry, keeper);
    }
    await pace();
  }
  const ranked = [...rankings.keys()];
  for (let i = 0; i < ranked.length; i += AT_ONCE) {
    for (const id of await projectsOf(reader, ranked.slice(i, i + AT_ONCE))) {
      const row = columns.ids.find(id);
      if (row >= 0) unranked.add(row);
    }
    await pace();
  }
  for (const row of unranked) if (!keeper.keep(row, ['flags'])) unranked.delete(row);
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

function undoProject(
  columns: Columns,
  { entityId, action, fields }: Entry,
  { touch, keep, lose }: Keeper,
  unranked: Set<number>,
): void {
  const row = columns.ids.find(entityId);
  if (row < 0) return;
  touch(row);
  undoIn(columns, row, { action, fields }, keep);
  if (action === 'create') {
    unranked.delete(row);
    lose(row);
  } else if (Object.keys(fields).some((name) => RANKED_BY.has(name))) unranked.add(row);
}

/** Undoes an entry about a project in its row, apart from the lists that count for it. */
export function undoIn(
  columns: Columns,
  row: number,
  { action, fields }: Pick<Entry, 'action' | 'fields'>,
  keep: Keeper['keep'] = () => true,
): void {
  if (action === 'create') {
    keep(row, EMPTIED);
    columns.empty(row);
    return;
  }
  for (const [name, { before = null, after }] of Object.entries(fields)) {
    const undoing = action === 'add_funds' ? undoFunds : undoField[name];
    if (undoing && keep(row, undoing.columns))
      undoing.put(columns, row, action === 'add_funds' ? after : before);
  }
}

/** Whether figures read a field of projects. */
export const isInFigures = (field: string): boolean => Object.hasOwn(undoField, field);

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
  { entity, entityId, action, fields: { country, rankings: ranked } }: Entry,
  { keepOf }: Keeper,
  rankings: Map<string, readonly Ranking[]>,
): void {
  const code = dictionaries.leadInvestorId.known(entityId);
  if (country && action !== 'create' && code !== undefined && keepOf(entity, entityId))
    countries[code] = (country.before as string | null | undefined) ?? null;
  if (ranked) rankings.set(entityId, (ranked.before as Ranking[] | null | undefined) ?? []);
}

function undoTree(
  parents: Map<string, string | null>,
  { entity, entityId, action, fields: { parent } }: Entry,
  { keepOf }: Keeper,
): void {
  if (action === 'change' && !parent) return;
  if (!keepOf(entity, entityId)) return;
  if (action === 'create') parents.delete(entityId);
  else parents.set(entityId, (parent?.before as string | null | undefined) ?? null);
}

/** Whether the change of a field can change which lists count for a project. */
export const isRankedBy = (field: string): boolean => RANKED_BY.has(field);

/** Works out anew which lists count for some projects. @param undone the rankings of enterprises that changed */
export async function rankAgain(
  columns: Columns,
  reader: Reader,
  { lists, countsFor }: Pick<Derived, 'lists' | 'countsFor'>,
  rows: ReadonlySet<number>,
  undone: ReadonlyMap<string, readonly Ranking[]> = new Map(),
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
