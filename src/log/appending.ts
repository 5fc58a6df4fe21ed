/**
 * Appends entries of another database's log, each with the rows that it makes of its resource: so a copy follows its
 * original, and a backup is brought to a later entry.
 */
import { isDeepStrictEqual } from 'node:util';
import { getTableColumns, sql } from 'drizzle-orm';
import type { Reader, Table, Transaction } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';
import { forgetText, GRAM_INDEXES, type Indexed, indexText, reindexText } from '../database/text-index.ts';
import { canonical } from './canonical.ts';
import { breakAfter } from './chain.ts';
import { type LoggedEntity, type LoggedTable, type Row, replay, type Told } from './logged.ts';
import { toldUntil } from './past.ts';
import { type ChangeEntry, entriesAfter, insertChange } from './repository.ts';

/** An entry with what its resource has in columns that are not in the log. */
export interface CarriedEntry extends ChangeEntry {
  unlogged?: Row;
  /** The row that its resource has beside the log. */
  beside?: Row;
}

/** An entry that does not follow from those before it, or whose rows cannot be written. */
export class AppendError extends Error {
  readonly seq: number;

  constructor(seq: number, reason: string, options?: ErrorOptions) {
    super(`entry ${seq}: ${reason}`, options);
    this.seq = seq;
  }
}

/** Up to `limit` entries after a position, to be appended elsewhere. */
export async function carriedAfter(
  reader: Reader,
  entities: readonly LoggedEntity[],
  after: number,
  limit: number,
): Promise<CarriedEntry[]> {
  const entries: CarriedEntry[] = await entriesAfter(reader, after, limit);
  for (const { entity, tables, beside } of entities) {
    const about = () => entries.filter((one) => one.entity === entity);
    for (const { table, of, unlogged } of tables) {
      if (!unlogged) continue;
      for (const entry of about()) {
        const [row] = await unloggedOf(reader, table, of, unlogged, entry.entityId);
        if (row) entry.unlogged = row;
      }
    }
    if (!beside) continue;
    const { table, of } = beside;
    const names = Object.keys(getTableColumns(reader.tables[table] as Table));
    for (const entry of about()) {
      const [row] = await unloggedOf(reader, table, of, names, entry.entityId);
      if (row) entry.beside = row;
    }
  }
  return entries;
}

const unloggedOf = (
  reader: Reader,
  table: keyof Tables,
  of: string,
  names: readonly string[],
  id: string,
): Promise<Row[]> =>
  reader.prepared(`append.unlogged ${table}`, { id }, (db) => {
    const columns = getTableColumns(db.tables[table] as Table);
    return db
      .select(Object.fromEntries(names.map((name) => [name, columns[name] as never])))
      .from(db.tables[table] as Table)
      .where(sql`${columns[of]} = ${sql.placeholder('id')}`);
  });

/** Entries between two reports: each waits for its consumer. */
const TOLD_EVERY = 1_000;
/** Resources per query. */
const AT_ONCE = 500;

/** A resource with its rows, in the order of its tables. */
interface State {
  told: Told | null;
  rows: readonly (readonly Row[])[];
}

export interface AppendInput {
  /** Those after the end of the log, in order. */
  entries: readonly CarriedEntry[];
}

/** Makes the `load` of a work that appends entries; it yields the number of the last one every now and then. */
export const appending = (entities: readonly LoggedEntity[]) => {
  const byName = new Map<string, LoggedEntity>(entities.map((one) => [one.entity, one]));
  return async function* load(
    tx: Transaction,
    before: Reader,
    { entries }: AppendInput,
  ): AsyncGenerator<number> {
    const states = await statesBefore(tx, before, byName, entries);
    for (const { unlogged = {}, beside, ...entry } of entries) {
      const broken = breakAfter(entry, tx.log);
      if (broken) throw new AppendError(broken.seq, broken.reason);
      const logged = byName.get(entry.entity);
      if (!logged) throw new AppendError(entry.seq, `nothing is known of “${entry.entity}”`);
      const key = nameOf(entry);
      const state = states.get(key) ?? { told: null, rows: logged.tables.map(() => []) };
      const next = stateAfter(tx, logged, replay(state.told, entry));
      await write(tx, logged, state, next, { ...entry, unlogged });
      if (logged.beside && next.told && beside) await replaceBeside(tx, logged.beside, beside);
      states.set(key, next);
      await insertChange(tx, entry, canonical(entry.fields));
      Object.assign(tx.log, { seq: entry.seq, hash: entry.hash });
      if (entry.seq % TOLD_EVERY === 0) yield entry.seq;
    }
    yield tx.log.seq;
  };
};

const nameOf = ({ entity, entityId }: Pick<ChangeEntry, 'entity' | 'entityId'>): string =>
  `${entity} ${entityId}`;

/** What the log has told so far about the resources that entries are about. */
async function statesBefore(
  tx: Transaction,
  before: Reader,
  entities: ReadonlyMap<string, LoggedEntity>,
  entries: readonly CarriedEntry[],
): Promise<Map<string, State>> {
  const states = new Map<string, State>();
  for (const [entity, some] of Map.groupBy(entries, (entry) => entry.entity)) {
    const logged = entities.get(entity);
    if (!logged) continue;
    const ids = [...new Set(some.map(({ entityId }) => entityId))];
    for (let i = 0; i < ids.length; i += AT_ONCE) {
      for (const told of await toldUntil(before, entity, ids.slice(i, i + AT_ONCE), tx.log.seq)) {
        states.set(nameOf({ entity, entityId: told.id }), stateAfter(tx, logged, told));
      }
    }
  }
  return states;
}

/** All columns of the rows, except those that are not in the log. */
const stateAfter = (tx: Transaction, { tables }: LoggedEntity, told: Told | null): State => ({
  told,
  rows: tables.map(({ table, of, unlogged = [], rowsOf }) => {
    if (!told) return [];
    const names = Object.keys(getTableColumns(tx.tables[table] as Table)).filter(
      (name) => !unlogged.includes(name),
    );
    return rowsOf(told).map((row) => ({
      ...Object.fromEntries(names.map((name) => [name, row[name] ?? null])),
      [of]: told.id,
    }));
  }),
});

/** Writes what differs: parts are deleted before what they are parts of, and inserted after it. */
async function write(
  tx: Transaction,
  { tables }: LoggedEntity,
  before: State,
  after: State,
  { seq, unlogged = {} }: CarriedEntry,
): Promise<void> {
  const steps = tables.map((logged, i) => changesOf(logged, before.rows[i] ?? [], after.rows[i] ?? []));
  for (const [i, logged] of [...tables.entries()].reverse()) {
    for (const row of steps[i]?.deleted ?? []) await deleteRow(tx, logged, row);
  }
  for (const [i, logged] of tables.entries()) {
    for (const change of steps[i]?.updated ?? []) await updateRow(tx, logged, change);
    for (const row of steps[i]?.inserted ?? []) {
      const missing = logged.unlogged?.find((name) => !(name in unlogged));
      if (missing) throw new AppendError(seq, `“${missing}” of the new resource is not given`);
      await insertRow(tx, logged, { ...row, ...unlogged });
    }
  }
}

async function replaceBeside(
  tx: Transaction,
  { table, of }: NonNullable<LoggedEntity['beside']>,
  row: Row,
): Promise<void> {
  const columns = getTableColumns(tx.tables[table] as Table);
  await tx.perform(`append.beside ${table}`, { id: row[of] }, (db) =>
    db.delete(db.tables[table] as Table).where(sql`${columns[of]} = ${sql.placeholder('id')}`),
  );
  await tx.insertRows(tx.tables[table] as Table, [row]);
}

interface Update {
  before: Row;
  after: Row;
}

interface RowChanges {
  deleted: Row[];
  updated: Update[];
  inserted: Row[];
}

/** A changed part is deleted and inserted, since parts may exchange what must be unique. */
function changesOf({ key }: LoggedTable, before: readonly Row[], after: readonly Row[]): RowChanges {
  const keyOf = (row: Row): string => key.map((name) => String(row[name])).join('\n');
  const left = new Map(before.map((row) => [keyOf(row), row]));
  const changes: RowChanges = { deleted: [], updated: [], inserted: [] };
  for (const row of after) {
    const was = left.get(keyOf(row));
    left.delete(keyOf(row));
    if (!was) changes.inserted.push(row);
    else if (isDeepStrictEqual(was, row)) continue;
    else if (key.length === 0) changes.updated.push({ before: was, after: row });
    else {
      changes.deleted.push(was);
      changes.inserted.push(row);
    }
  }
  changes.deleted.push(...left.values());
  return changes;
}

/** The search index of a table, if it has one. */
const searched = (table: keyof Tables): Indexed | undefined =>
  table in GRAM_INDEXES ? (table as Indexed) : undefined;

const textOf = (row: Row): string => row.searchText as string;

const isRow = (tx: Transaction, { table, of, key }: LoggedTable) => {
  const columns = getTableColumns(tx.tables[table] as Table);
  return sql.join(
    [of, ...key].map((name) => sql`${columns[name]} = ${sql.placeholder(`key.${name}`)}`),
    sql` and `,
  );
};

const keyValues = ({ of, key }: LoggedTable, row: Row): Row =>
  Object.fromEntries([of, ...key].map((name) => [`key.${name}`, row[name]]));

async function insertRow(tx: Transaction, { table, of }: LoggedTable, row: Row): Promise<void> {
  await tx.insertRows(tx.tables[table] as Table, [row]);
  const index = searched(table);
  if (index) await indexText(tx, index, row[of] as string, textOf(row));
}

async function deleteRow(tx: Transaction, logged: LoggedTable, row: Row): Promise<void> {
  const { table, of } = logged;
  await tx.perform(`append.delete ${table}`, keyValues(logged, row), (db) =>
    db.delete(db.tables[table] as Table).where(isRow(db, logged)),
  );
  const index = searched(table);
  if (index) await forgetText(tx, index, row[of] as string, textOf(row));
}

/** Only columns that changed, so that no index is written in vain. */
async function updateRow(tx: Transaction, logged: LoggedTable, { before, after }: Update): Promise<void> {
  const { table, of } = logged;
  const changed = Object.keys(after).filter((name) => !isDeepStrictEqual(before[name], after[name]));
  const values = {
    ...keyValues(logged, after),
    ...Object.fromEntries(changed.map((name) => [name, after[name]])),
  };
  await tx.perform(`append.update ${table} ${changed}`, values, (db) =>
    db
      .update(db.tables[table] as Table)
      .set(Object.fromEntries(changed.map((name) => [name, sql.placeholder(name)])))
      .where(isRow(db, logged)),
  );
  const index = searched(table);
  if (!index) return;
  await reindexText(tx, index, after[of] as string, { before: textOf(before), after: textOf(after) });
}
