/**
 * The data as it was at an earlier revision. The log says what each resource was then, so nothing is stored twice: the
 * rows of what later entries name are replaced by those that its entries up to then give.
 */
import { sql } from 'drizzle-orm';
import { type Pace, paced } from '../core/pace.ts';
import type { Reader, Row, Shadow, StreamReader } from '../database/database.ts';
import { inValues, paddedValues } from '../database/prepared.ts';
import { GENESIS, hashAt, revisionIn } from '../database/revision.ts';
import { type LoggedEntity, replay, type Told } from './logged.ts';
import type { ChangeEntry } from './repository.ts';

/** How many are kept on a connection. */
const KEPT = 4;
/** Of more resources than this, putting together only those that later entries name takes less time. */
const FEW = 2_000;
/** Resources per query. */
const AT_ONCE = 500;

/**
 * Reads the data as it was. Nobody sees more of it than of the present: keys, for one, are not shown.
 * @param reader a snapshot of the present, with `shadows`
 * @param seq at most the revision of the snapshot
 */
export async function pastOf(
  reader: StreamReader,
  entities: readonly LoggedEntity[],
  seq: number,
): Promise<StreamReader> {
  const past = await pastAt(reader, seq);
  if (!past) return reader;
  await past.complete(entities);
  return past.shadow.reader();
}

/**
 * The same, but of one entity, the one with most entries, rows are put together when a statement is about it: all of
 * them, or those that `only` names. Not for works that read something else meanwhile, in batches.
 */
export async function latePastOf(
  reader: StreamReader,
  entities: readonly LoggedEntity[],
  seq: number,
  late: LoggedEntity,
): Promise<StreamReader> {
  const past = await pastAt(reader, seq);
  if (!past) return reader;
  const { shadow } = past;
  await past.complete(entities.filter((one) => one !== late));
  // What a reader shows must not change once statements are made for it.
  for (const { table, of } of late.tables) await shadow.replace(table, of, [], []);
  // Two statements at once must not replace the same rows.
  let last = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
  const complete = () => inTurn(() => past.complete([late]));
  const some = shadow.reader();
  return {
    ...shadow.reader({ tables: late.tables.map(({ table }) => table), show: complete }),
    only: async (entity, ids) => {
      if (entity !== late.entity || ids.length > FEW) await complete();
      else if (!past.isComplete(late)) await inTurn(() => past.show(late, ids));
      return some;
    },
  };
}

/** What puts a past together; nothing for the present. */
async function pastAt(reader: StreamReader, seq: number) {
  const now = await revisionIn(reader);
  if (seq === now.seq) return undefined;
  if (!reader.shadows) throw new Error('A work must ask for shadows to read the past.');
  const shadow = await reader.shadows.at({ seq, hash: (await hashAt(reader, seq)) ?? GENESIS }, KEPT);
  const pace = paced();

  const isComplete = ({ entity }: LoggedEntity): boolean => shadow.completeTo.get(entity) === now.seq;

  async function show(logged: LoggedEntity, ids: readonly string[]): Promise<void> {
    for (let i = 0; i < ids.length; i += AT_ONCE) {
      const [{ table }] = logged.tables as [LoggedEntity['tables'][number]];
      const some = await shadow.missing(table, ids.slice(i, i + AT_ONCE));
      if (some.length > 0) await replaceAll(shadow, reader, logged, some, seq, pace);
    }
  }
  return {
    shadow,
    show,
    isComplete,
    /** Has all rows of some entities be those of the past. */
    complete: async (entities: readonly LoggedEntity[]) => {
      const incomplete = entities.filter((one) => !isComplete(one));
      // Those that were last completed together are looked for together.
      for (const [from = seq, some] of Map.groupBy(incomplete, ({ entity }) =>
        shadow.completeTo.get(entity),
      )) {
        const names = some.map(({ entity }) => entity);
        const touched = await touchedBetween(reader, from, now.seq, names);
        for (const logged of some) {
          await show(logged, [...(touched.get(logged.entity) ?? [])]);
          shadow.completeTo.set(logged.entity, now.seq);
        }
      }
    },
  };
}

/** Ids that entries about some entities name, after one entry up to another. */
async function touchedBetween(
  reader: Reader,
  after: number,
  last: number,
  entities: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  if (after === last) return new Map();
  const listed = paddedValues(entities, entities[0] as string);
  const shape = `past.touched ${Object.keys(listed).length}`;
  const rows = await reader.prepared(shape, { after, last, ...listed }, (db) => {
    const { seq, entity, entityId } = db.tables.changes;
    return db
      .selectDistinct({ entity, entityId })
      .from(db.tables.changes)
      .where(
        sql`${seq} > ${sql.placeholder('after')} and ${seq} <= ${sql.placeholder('last')}
          and ${db.functions.unindexed(entity)} in ${inValues(listed)}`,
      );
  });
  const ids = new Map<string, Set<string>>(entities.map((entity) => [entity, new Set()]));
  for (const { entity, entityId } of rows) ids.get(entity)?.add(entityId);
  return ids;
}

/** Has a shadow show what some resources were. */
async function replaceAll(
  shadow: Shadow,
  reader: Reader,
  { entity, tables }: LoggedEntity,
  ids: readonly string[],
  seq: number,
  pace: Pace,
): Promise<void> {
  const rows = new Map<string, Row[]>(tables.map(({ table }) => [table, []]));
  for (const told of await toldUntil(reader, entity, ids, seq)) {
    for (const { table, of, rowsOf } of tables) {
      for (const row of rowsOf(told)) rows.get(table)?.push({ ...row, [of]: told.id });
    }
    await pace();
  }
  for (const { table, of } of tables) await shadow.replace(table, of, ids, rows.get(table) ?? []);
}

/** Resources as the log told them up to an entry; those that there were. */
export async function toldUntil(
  reader: Reader,
  entity: string,
  ids: readonly string[],
  last: number,
): Promise<Told[]> {
  const listed = paddedValues(ids, ids[0] as string);
  const shape = `past.told ${Object.keys(listed).length}`;
  const entries = (await reader.prepared(shape, { entity, last, ...listed }, (db) => {
    const { changes } = db.tables;
    return db
      .select()
      .from(changes)
      .where(
        sql`${changes.entity} = ${sql.placeholder('entity')} and ${changes.entityId} in ${inValues(listed)}
          and ${changes.seq} <= ${sql.placeholder('last')}`,
      )
      .orderBy(changes.entityId, changes.seq);
  })) as ChangeEntry[];
  const told = new Map<string, Told | null>();
  for (const entry of entries) told.set(entry.entityId, replay(told.get(entry.entityId) ?? null, entry));
  return [...told.values()].filter((one) => one !== null);
}
