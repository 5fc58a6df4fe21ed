import { type SQL, sql } from 'drizzle-orm';
import type { Reader } from '../../database/database.ts';
import { inValues, paddedValues } from '../../database/prepared.ts';
import { inPopulation } from '../projects/conditions.ts';
import type { Condition } from '../projects/filter.ts';
import { type Signing, signingsOf, type Twin, twinsOf } from './double-signing.ts';
import { named, type Rule } from './rules.ts';

/** The number of a selection's projects that each rule matches, in one scan. */
export async function countNamed(
  reader: Reader,
  rules: readonly Rule[],
  selection: Condition,
): Promise<Record<string, number>> {
  const shape = `quality.counts ${rules.map(({ code }) => code)} ${selection.shape}`;
  const [counts = {}] = await reader.prepared(shape, selection.values, (db) => {
    const fields = rules.map((rule) => [
      rule.code,
      sql`${sql`count(*) filter (where ${named(rule, db)})`}`.mapWith(Number),
    ]);
    return db
      .select(Object.fromEntries(fields) as Record<string, SQL<number>>)
      .from(db.tables.projects)
      .where(selection.where(db, inPopulation(db, true)));
  });
  return counts;
}

const column = (name: string): SQL<string> => sql<string>`${sql.raw(name)}`;
const shared = { id: column('id'), share: column('share') };

/** The signings of projects: one row per investor. */
export function findSignings(
  reader: Reader,
  projectIds: readonly string[],
  asOf: string,
): Promise<Signing[]> {
  const ids = paddedValues(projectIds, '');
  const shape = `quality.signings ${Object.keys(ids).length}`;
  return reader.prepared(shape, { ...ids, asOf }, (db) =>
    db.select(shared).from(sql`${signingsOf(db, inValues(ids))} signings`),
  );
}

/** The projects that share something with others, the first `most` at each event. */
export function findTwins(
  reader: Reader,
  projectIds: readonly string[],
  asOf: string,
  most: number,
): Promise<Twin[]> {
  const ids = paddedValues(projectIds, '');
  const shape = `quality.twins ${most} ${Object.keys(ids).length}`;
  return reader.prepared(shape, { ...ids, asOf }, (db) =>
    db
      .select({
        ...shared,
        code: column('code'),
        name: column('name'),
        event: column('event'),
        signedOn: column('signed'),
      })
      .from(sql`${twinsOf(db, inValues(ids), most)} twins`),
  );
}
