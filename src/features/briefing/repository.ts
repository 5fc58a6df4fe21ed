import { asc, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { Reader } from '../../database/database.ts';
import { asOfDay, inPopulation } from '../projects/conditions.ts';
import type { Condition } from '../projects/filter.ts';
import { daysToProduction, type HighlightName, highlights } from './highlights.ts';

/** A project named by a highlight. */
export interface HighlightedProject {
  id: string;
  code: string;
  name: string;
  nameEn: string | null;
  investmentYuan: number;
  /** From signing to production; null if it is not in production. */
  days: number | null;
}

/** The projects of a selection for a highlight, in its order. */
export const highlighted = (
  reader: Reader,
  name: HighlightName,
  selection: Condition,
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
        days: sql<number | null>`${daysToProduction(db) as SQL}`.mapWith(Number),
      })
      .from(projects)
      .where(sql`${selection.where(db, inPopulation(db, true))} and ${candidates(db)}`)
      .orderBy(...order(db), asc(projects.code))
      .limit(most);
  });

/** A cluster of an event, with its leader if it has one. */
export interface EventCluster {
  id: string;
  name: string;
  nameEn: string | null;
  leader: string | null;
  leaderName: string | null;
  leaderNameEn: string | null;
}

/**
 * The best cluster of an event: the one with the most enterprises on the day; ties are resolved by name. A
 * cluster belongs to the event if a member came with a project of it, or its leader invests in one.
 */
export async function bestCluster(
  reader: Reader,
  event: string,
  asOf: string,
): Promise<EventCluster | undefined> {
  const [row] = await reader.prepared('briefing.cluster', { event, asOf }, (db) => {
    const { clusters, clusterMembers: members, enterprises, projectInvestors, projects } = db.tables;
    const there = sql`${members.cluster} = ${clusters.id} and ${members.introducedOn} <= ${asOfDay}
      and (${members.leftOn} is null or ${members.leftOn} > ${asOfDay})`;
    const ofEvent = sql`${projects.event} = ${sql.placeholder('event')} and ${inPopulation(db, true)}`;
    const present = sql`(select count(*) from ${members} where ${there})`;
    const came = sql`select 1 from ${members} join ${projects} on ${projects.id} = ${members.project}
      where ${there} and ${ofEvent}`;
    const invested = sql`select 1 from ${projectInvestors} join ${projects}
      on ${projects.id} = ${projectInvestors.projectId}
      where ${projectInvestors.enterpriseId} = ${clusters.leader} and ${ofEvent}`;
    return db
      .select({
        id: clusters.id,
        name: clusters.name,
        nameEn: clusters.nameEn,
        leader: clusters.leader,
        leaderName: enterprises.name,
        leaderNameEn: enterprises.nameEn,
      })
      .from(clusters)
      .leftJoin(enterprises, eq(enterprises.id, clusters.leader))
      .where(sql`${present} > 0 and (exists (${came}) or exists (${invested}))`)
      .orderBy(desc(present), asc(clusters.name))
      .limit(1);
  });
  return row;
}
