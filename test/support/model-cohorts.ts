/** A naive model of rates by age: at each age, the projects that are old enough, one by one. */
import {
  groupsOf,
  isCounted,
  type ModelFilter,
  type ModelProject,
  type ModelWorld,
  populationOf,
} from './model.ts';
import { fundsInPlaceOf, type Interval, modelMoney, modelRate } from './model-figures.ts';

type Day = string;

export const COHORT_MEASURES = {
  operatingRate: 'started',
  productionRate: 'inProduction',
  registrationRate: 'registered',
  completionRate: 'completed',
  fundsInPlaceRate: null,
} as const;
export type CohortMeasure = keyof typeof COHORT_MEASURES;

export const STEP_MONTHS: Record<Interval, number> = { month: 1, quarter: 3, year: 12 };

const two = (n: number) => String(n).padStart(2, '0');

/** The same day of the month some months later, or else the last day of that month. */
export function monthsAfter(day: Day, months: number): Day {
  let year = Number(day.slice(0, 4));
  let month = Number(day.slice(5, 7));
  for (let i = 0; i < months; i++) {
    month += 1;
    if (month === 13) [year, month] = [year + 1, 1];
  }
  for (let date = Number(day.slice(8)); ; date--) {
    const found = new Date(`${year}-${two(month)}-${two(date)}T00:00:00Z`);
    if (!Number.isNaN(found.getTime()) && found.getUTCDate() === date)
      return found.toISOString().slice(0, 10);
  }
}

function agesOf(cohort: ModelProject[], measure: CohortMeasure, months: number, asOf: Day) {
  const flag = COHORT_MEASURES[measure];
  const rows = [];
  for (let age = 0; ; age++) {
    const birthday = (p: ModelProject) => monthsAfter(p.signedOn, age * months);
    const reached = cohort.filter((p) => birthday(p) <= asOf);
    if (reached.length === 0) return rows;
    let [numerator, denominator] = [0, 0];
    for (const p of reached) {
      numerator += flag ? Number(isCounted(flag, p, birthday(p))) : fundsInPlaceOf(p, birthday(p));
      denominator += flag ? 1 : p.investmentYuan;
    }
    rows.push({
      age,
      ...modelRate(numerator, denominator),
      reachedCount: reached.length,
      complete: reached.length === cohort.length,
    });
  }
}

/** The cohorts in the order of their codes, with null last. */
export function cohortsOf(
  world: ModelWorld,
  filter: ModelFilter,
  by: string,
  measure: CohortMeasure,
  step: Interval,
  asOf: Day,
) {
  const groups = groupsOf(world, [by], populationOf(world, filter, asOf), asOf);
  const cohorts = [...groups].map(([key, members]) => ({
    code: (JSON.parse(key) as [string | null])[0],
    projectCount: members.length,
    totalInvestment: modelMoney(members.reduce((sum, p) => sum + p.investmentYuan, 0)),
    ages: agesOf(members, measure, STEP_MONTHS[step], asOf),
  }));
  return cohorts.sort((a, b) => {
    if (a.code === null || b.code === null) return a.code === null ? 1 : -1;
    return a.code < b.code ? -1 : 1;
  });
}
