/** The definitions of `lifecycle.ts` in SQL, for the day in the placeholder `asOf`. */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Reader } from '../../database/database.ts';
import type { Tables } from '../../database/tables.ts';
import type { LifecycleFlag } from './lifecycle.ts';

type Projects = Tables['projects'];

/** The effective day. Every query about projects must bind it. */
export const asOfDay = sql.placeholder('asOf');

const by = (column: SQLWrapper): SQL => sql`${column} <= ${asOfDay}`;
const notBy = (column: SQLWrapper): SQL => sql`(${column} is null or ${column} > ${asOfDay})`;

export const yearOf = (column: SQLWrapper): SQL<string> => sql<string>`substr(${column}, 1, 4)`;
export const monthOf = (column: SQLWrapper): SQL<string> => sql<string>`substr(${column}, 1, 7)`;

const suspended = (p: Projects): SQL => sql`(${by(p.suspendedOn)} and ${notBy(p.resumedOn)})`;

/**
 * Signed by the day and not archived: the basis of all lists and figures.
 * @param scanned whether an index on the day should not be used, because another condition, or a scan, is
 * better
 */
export const inPopulation = ({ tables: { projects: p }, functions }: Reader, scanned = false): SQL =>
  sql`(${p.archivedAt} is null and ${by(scanned ? functions.unindexed(p.signedOn) : p.signedOn)})`;

export const operatingStatusOf = (p: Projects): SQL<string> => sql<string>`(case
  when ${by(p.terminatedOn)} then 'terminated'
  when ${suspended(p)} then 'suspended'
  when ${by(p.productionOn)} then 'in_production'
  when ${by(p.completedOn)} then 'completed'
  when ${by(p.startedOn)} then 'under_construction'
  when ${by(p.registeredOn)} then 'registered'
  else 'signed' end)`;

const holds: Record<LifecycleFlag, (p: Projects) => SQL> = {
  registered: (p) => by(p.registeredOn),
  started: (p) => by(p.startedOn),
  completed: (p) => by(p.completedOn),
  inProduction: (p) => by(p.productionOn),
  performing: (p) => sql`(${by(p.registeredOn)} or ${by(p.startedOn)})`,
  suspended,
  terminated: (p) => by(p.terminatedOn),
  overdueStart: (p) => sql`(${p.agreedStartOn} < ${asOfDay} and ${notBy(p.startedOn)})`,
  overdueProduction: (p) => sql`(${p.agreedProductionOn} < ${asOfDay} and ${notBy(p.productionOn)})`,
  sameYear: (p) => sql`(${by(p.productionOn)}
    and ${yearOf(p.startedOn)} = ${yearOf(p.signedOn)} and ${yearOf(p.productionOn)} = ${yearOf(p.signedOn)})`,
};

/** Whether a project has a flag on the day; null if a date is missing, so negate with `is not true`. */
export function countsAs(flag: LifecycleFlag, p: Projects): SQL {
  const condition = holds[flag](p);
  return flag === 'terminated' ? condition : sql`(${condition} and ${notBy(p.terminatedOn)})`;
}
