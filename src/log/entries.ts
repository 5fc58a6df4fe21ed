/** Entries of the log about what is asked for, for those who explain differences. */
import { asc, sql } from 'drizzle-orm';
import type { Reader } from '../database/database.ts';
import { inValues, paddedValues } from '../database/prepared.ts';
import { type ChangeEntry, entryIn } from './repository.ts';

export { type ChangeEntry, entryIn } from './repository.ts';

/** When an entry was made; null if there is none. */
export const entryTime = async (reader: Reader, seq: number): Promise<string | null> =>
  seq === 0 ? null : (await entryIn(reader, seq)).at;

/** Resources, or entries, per query. */
const RESOURCES = 500;

/** The entries about some resources of an entity after one up to another, in order; nothing but what they say. */
export async function entriesAbout(
  reader: Reader,
  entity: string,
  ids: readonly string[],
  { after, last }: { after: number; last: number },
): Promise<Pick<ChangeEntry, 'seq' | 'entityId' | 'action' | 'fields'>[]> {
  const found = [];
  for (let i = 0; i < ids.length; i += RESOURCES) {
    const listed = paddedValues(ids.slice(i, i + RESOURCES), ids[i] as string);
    const shape = `changes.about ${Object.keys(listed).length}`;
    const some = await reader.prepared(shape, { entity, after, last, ...listed }, (db) => {
      const { seq, entity, entityId, action, fields } = db.tables.changes;
      return db
        .select({ seq, entityId, action, fields })
        .from(db.tables.changes)
        .where(
          sql`${entity} = ${sql.placeholder('entity')} and ${entityId} in ${inValues(listed)}
            and ${seq} > ${sql.placeholder('after')} and ${seq} <= ${sql.placeholder('last')}`,
        )
        .orderBy(asc(seq));
    });
    found.push(...some);
  }
  return found;
}

/** The last entry about each resource of some entities after one up to another. */
export const lastEntries = (
  reader: Reader,
  entities: readonly string[],
  { after, last }: { after: number; last: number },
): Promise<{ seq: number; entity: string; entityId: string }[]> => {
  const listed = paddedValues(entities, entities[0] as string);
  return reader.prepared(`changes.last ${Object.keys(listed).length}`, { after, last, ...listed }, (db) => {
    const { seq, entity, entityId } = db.tables.changes;
    return db
      .select({ seq: sql<number>`max(${seq})`.mapWith(Number), entity, entityId })
      .from(db.tables.changes)
      .where(
        sql`${db.functions.unindexed(entity)} in ${inValues(listed)}
          and ${seq} > ${sql.placeholder('after')} and ${seq} <= ${sql.placeholder('last')}`,
      )
      .groupBy(entity, entityId);
  });
};

/** Entries by their numbers. */
export async function entriesBySeq(
  reader: Reader,
  seqs: readonly number[],
): Promise<ReadonlyMap<number, ChangeEntry>> {
  const found = new Map<number, ChangeEntry>();
  for (let i = 0; i < seqs.length; i += RESOURCES) {
    const listed = paddedValues(seqs.slice(i, i + RESOURCES), seqs[i] as number);
    const entries = (await reader.prepared(`changes.some ${Object.keys(listed).length}`, listed, (db) =>
      db
        .select()
        .from(db.tables.changes)
        .where(sql`${db.tables.changes.seq} in ${inValues(listed)}`),
    )) as ChangeEntry[];
    for (const entry of entries) found.set(entry.seq, entry);
  }
  return found;
}
