import { asc, type SQL, sql } from 'drizzle-orm';
import type { Reader } from '../database/database.ts';
import { inPopulation } from '../projects/conditions.ts';
import type { Selection } from '../projects/filter.ts';
import { durationOf } from '../statistics/tallies.ts';
import { type HighlightName, highlights } from './highlights.ts';

/** A project that a highlight names. */
export interface HighlightedProject {
  id: string;
  code: string;
  name: string;
  nameEn: string | null;
  investmentYuan: number;
  /** From the signing to production; null where it does not produce. */
  days: number | null;
}

/** The projects of a selection that a highlight names, the first of them first. */
export const highlighted = (
  reader: Reader,
  name: HighlightName,
  selection: Selection,
): Promise<HighlightedProject[]> =>
  reader.prepared(`briefing.${name} ${selection.shape}`, selection.values, (db) => {
    const { most, candidates, order } = highlights[name];
    const { projects } = db.tables;
    return db
      .select({
        id: projects.id,
        code: projects.code,
        name: projects.name,
        nameEn: projects.nameEn,
        investmentYuan: projects.investmentYuan,
        days: sql<number | null>`${durationOf(db, 'daysToProduction') as SQL}`.mapWith(Number),
      })
      .from(projects)
      .where(sql`${selection.where(db, inPopulation(db, true))} and ${candidates(db)}`)
      .orderBy(...order(db), asc(projects.code))
      .limit(most);
  });
