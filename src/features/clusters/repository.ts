import {
  and,
  asc,
  count,
  countDistinct,
  eq,
  getTableColumns,
  isNull,
  type SQL,
  type SQLWrapper,
  sql,
} from 'drizzle-orm';
import type { Entry } from '../../catalogues/catalogue.ts';
import type { Reader } from '../../database/database.ts';
import { inValues, paddedValues, possibleKeys } from '../../database/prepared.ts';
import type { Tables } from '../../database/tables.ts';
import { hasNotLeft, wasIntroduced } from './filter.ts';
import type { Membership, Role } from './membership.ts';
import type { TargetTally } from './progress.ts';
import type { ClusterTarget } from './schema.ts';

export interface ClusterRow {
  id: string;
  name: string;
  nameEn: string | null;
  leader: string | null;
  targets: readonly ClusterTarget[];
}

/** The clusters with one of the values in a column. */
export async function findClustersBy(
  reader: Reader,
  column: 'id' | 'name',
  wanted: readonly string[],
): Promise<ClusterRow[]> {
  const possible = possibleKeys(wanted);
  if (possible.length === 0) return [];
  const values = paddedValues(possible, '');
  return reader.prepared(`clusters.by ${column} ${Object.keys(values).length}`, values, (db) => {
    const { clusters } = db.tables;
    const { id, name, nameEn, leader, targets } = clusters;
    return db
      .select({ id, name, nameEn, leader, targets })
      .from(clusters)
      .where(sql`${clusters[column]} in ${inValues(values)}`);
  }) as Promise<ClusterRow[]>;
}

/** Whether an enterprise is currently a member of a cluster. */
export async function isMember(reader: Reader, cluster: string, enterprise: string): Promise<boolean> {
  const rows = await reader.prepared('clusterMembers.isMember', { cluster, enterprise }, (db) => {
    const { clusterMembers: members } = db.tables;
    return db
      .select({ id: members.id })
      .from(members)
      .where(and(...isOf(members), isNull(members.leftOn)))
      .limit(1);
  });
  return rows.length > 0;
}

const isOf = (members: Tables['clusterMembers']): SQL[] => [
  eq(members.cluster, sql.placeholder('cluster')),
  eq(members.enterprise, sql.placeholder('enterprise')),
];

/** All memberships of an enterprise in a cluster. */
export const membershipsOf = (reader: Reader, cluster: string, enterprise: string): Promise<Membership[]> =>
  reader.prepared('clusterMembers.of', { cluster, enterprise }, (db) => {
    const { clusterMembers: members } = db.tables;
    const { id, introducedOn, leftOn } = members;
    return db
      .select({ id, introducedOn, leftOn })
      .from(members)
      .where(and(...isOf(members)))
      .orderBy(asc(introducedOn));
  });

/** The members with the given ids. */
export async function findMembers(reader: Reader, ids: readonly string[]): Promise<Entry[]> {
  const possible = possibleKeys(ids);
  if (possible.length === 0) return [];
  const values = paddedValues(possible, '');
  return reader.prepared(`clusterMembers.byIds ${Object.keys(values).length}`, values, (db) => {
    const { clusterMembers: members } = db.tables;
    return db
      .select(getTableColumns(members))
      .from(members)
      .where(sql`${members.id} in ${inValues(values)}`);
  });
}

/** All memberships of the given enterprises in any cluster, by day of introduction. */
export async function membershipsOfAll(reader: Reader, enterprises: readonly string[]): Promise<Entry[]> {
  if (enterprises.length === 0) return [];
  const values = paddedValues(enterprises, '');
  return reader.prepared(`clusterMembers.ofAll ${Object.keys(values).length}`, values, (db) => {
    const { clusterMembers: members } = db.tables;
    return db
      .select(getTableColumns(members))
      .from(members)
      .where(sql`${members.enterprise} in ${inValues(values)}`)
      .orderBy(asc(members.introducedOn));
  });
}

const DAY: SQLWrapper = sql`${sql.placeholder('asOf')}`;

const wereIntroduced = (members: Tables['clusterMembers']): SQL =>
  sql`${members.cluster} = ${sql.placeholder('cluster')} and ${wasIntroduced(members, DAY)}`;

export interface Tally {
  introduced: number;
  present: number;
}

/** Number of enterprises introduced by a day, and of those still members on it, by role. */
export async function tallyRoles(reader: Reader, cluster: string, asOf: string) {
  const rows = await reader.prepared('clusterMembers.tallyRoles', { cluster, asOf }, (db) => {
    const { clusterMembers: members } = db.tables;
    const present = sql<number>`sum(case when ${hasNotLeft(members, DAY)} then 1 else 0 end)`.mapWith(Number);
    return db
      .select({ role: members.role, introduced: countDistinct(members.enterprise), present })
      .from(members)
      .where(wereIntroduced(members))
      .groupBy(members.role);
  });
  return rows as (Tally & { role: Role })[];
}

/** Number of different enterprises introduced by a day, in any role. */
export async function countIntroduced(reader: Reader, cluster: string, asOf: string): Promise<number> {
  const [row] = await reader.prepared('clusterMembers.introduced', { cluster, asOf }, (db) => {
    const { clusterMembers: members } = db.tables;
    return db
      .select({ introduced: countDistinct(members.enterprise) })
      .from(members)
      .where(wereIntroduced(members));
  });
  return row?.introduced ?? 0;
}

/**
 * Enterprises introduced in a period, except those that were members when it started: leaving and returning
 * does not count as a new introduction.
 */
function cameIn({ clusterMembers: members }: Tables): SQL {
  const [cluster, from] = [sql.placeholder('cluster'), sql.placeholder('from')];
  const were = sql`select ${members.enterprise} from ${members} where ${members.cluster} = ${cluster} and
    ${members.introducedOn} < ${from} and (${members.leftOn} is null or ${members.leftOn} >= ${from})`;
  return sql`${members.cluster} = ${cluster} and ${members.introducedOn} >= ${from} and
    ${members.introducedOn} <= ${sql.placeholder('until')} and ${members.enterprise} not in (${were})`;
}

/** The data for a target. @param until the last day considered, not before the target's first day */
export async function tallyTarget(
  reader: Reader,
  cluster: string,
  from: string,
  until: string,
): Promise<TargetTally> {
  const values = { cluster, from, until };
  const came = await reader.prepared('clusterMembers.came', values, (db) => {
    const { clusterMembers: members } = db.tables;
    return db
      .select({ day: members.introducedOn, count: count() })
      .from(members)
      .where(cameIn(db.tables))
      .groupBy(members.introducedOn);
  });
  const left = await reader.prepared('clusterMembers.left', values, (db) => {
    const { clusterMembers: members } = db.tables;
    return db
      .select({ day: members.leftOn, count: count() })
      .from(members)
      .where(sql`${cameIn(db.tables)} and ${members.leftOn} <= ${sql.placeholder('until')}`)
      .groupBy(members.leftOn);
  });
  const [total] = await reader.prepared('clusterMembers.cameTotal', values, (db) =>
    db
      .select({ came: countDistinct(db.tables.clusterMembers.enterprise) })
      .from(db.tables.clusterMembers)
      .where(cameIn(db.tables)),
  );
  const changes = new Map<string, number>();
  for (const { day, count } of came) changes.set(day, count);
  for (const { day, count } of left) {
    const on = day as string;
    changes.set(on, (changes.get(on) ?? 0) - count);
  }
  const days = [...changes].map(([day, change]) => ({ day, change }));
  return { days: days.sort((a, b) => (a.day < b.day ? -1 : 1)), came: total?.came ?? 0 };
}
