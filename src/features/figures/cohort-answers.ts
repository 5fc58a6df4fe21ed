/** Cohorts, from one pass over the selected projects. */
import type { Columns } from '../../columns/columns.ts';
import { effectiveDay } from '../../columns/packed-days.ts';
import type { Question } from '../../columns/questions.ts';
import { money } from '../../core/numbers.ts';
import type { Computed } from '../../http/answers.ts';
import { DEFAULT_LIMIT } from '../../http/pages.ts';
import { Problem } from '../../http/problems.ts';
import { type ProjectFilter, queryOf, select } from '../projects/filter.ts';
import type { Mask } from '../projects/sieves.ts';
import { ageBy, ageOn } from './ages.ts';
import {
  ageCount,
  agesOf,
  type CohortDimension,
  type CohortMeasure,
  type CohortTally,
  cohortMeasures,
  emptyCohort,
  MAX_AGES,
} from './cohorts.ts';
import { type Dimension, dimensions, groupOf, groupsIn } from './dimensions.ts';
import { sortGroups } from './groups.ts';
import { type Coded, groupRows } from './groups-of-rows.ts';
import { exact } from './measures.ts';
import { emptyTally } from './tallies.ts';
import type { Interval } from './timeline.ts';

interface Asked {
  filter: ProjectFilter;
  by: CohortDimension;
  measures: readonly CohortMeasure[];
  step: Interval;
  sort: string | undefined;
  limit: number | undefined;
  asOf: string;
}

export const cohorts: Question<Asked, Computed> = {
  name: 'cohorts',
  answer: async (state, { filter, by, measures, step, sort, limit, asOf }) => {
    const { reader, columns, revision } = state;
    const dimension: Dimension = dimensions[by];
    const grouping = await dimension.grouping(reader);
    const mask = await select(filter, asOf).mask(state);
    const coded = groupsIn(by, grouping, columns, effectiveDay(asOf));
    const rows = tallyCohorts(columns, mask, coded, measures, asOf).map(({ value, cohort }) => {
      const { projectCount, totalInvestment } = cohort;
      const tally = { ...emptyTally(), projectCount, totalInvestment };
      return { groups: [groupOf(value, grouping)], tally, cohort };
    });
    const sorted = await sortGroups(rows, ['code'], sort ?? 'code');
    const shown = sorted.slice(0, limit ?? DEFAULT_LIMIT);
    if (shown.reduce((total, { cohort }) => total + ageCount(cohort, step), 0) > MAX_AGES) {
      throw new Problem('statistics.too_many_ages', { values: { max: MAX_AGES } });
    }
    const items = shown.map(({ groups: [group], tally, cohort }) => {
      const narrowed = dimension.narrow(filter, group?.code ?? null, grouping);
      return {
        group,
        projectCount: tally.projectCount,
        totalInvestment: money(exact(tally, 'totalInvestment')),
        ages: agesOf(cohort, measures as [CohortMeasure], step),
        links: { projects: `/v1/projects?${queryOf(narrowed, { asOf })}` },
      };
    });
    const [measure] = measures;
    const several = measures.length > 1 && { measures };
    const heading = { asOf, revision: revision.seq, filter, by, measure, ...several, step };
    return { revision, body: { ...heading, groupCount: rows.length, items } };
  },
};

/**
 * The cohorts, each with the additions to the numerators of rates by age. A project, or an entry of its ledger,
 * counts from the age at which its day is reached to the last age of the project; a project only until its
 * termination.
 */
function tallyCohorts(
  columns: Columns,
  mask: Mask,
  by: Coded,
  measures: readonly CohortMeasure[],
  asOf: string,
): { value: string | null; cohort: CohortTally }[] {
  const { values, groupOf } = groupRows(columns, mask, [by]);
  const { days, investmentYuan, ledgerStart, ledgerCount, ledgerDay, ledgerYuan } = columns;
  const cohorts = values.map(() => emptyCohort(measures));
  const day = effectiveDay(asOf);
  const ageThen = ageOn(asOf);
  for (let row = 0; row < mask.length; row++) {
    if (mask[row] === 0) continue;
    const cohort = cohorts[groupOf[row] as number] as CohortTally;
    const signed = days.signedOn[row] as number;
    const yuan = investmentYuan[row] as number;
    const age = ageThen(signed);
    cohort.projectCount += 1;
    cohort.totalInvestment += yuan;
    const last = cohort.last.get(age);
    if (last) {
      last.count += 1;
      last.yuan += yuan;
    } else cohort.last.set(age, { count: 1, yuan });
    for (const measure of measures) {
      const changes = cohort.changes[measure] as Map<number, number>;
      const advance = cohortMeasures[measure];
      if (advance === 'funds') {
        const end = (ledgerStart[row] as number) + (ledgerCount[row] as number);
        for (let entry = ledgerStart[row] as number; entry < end; entry++) {
          const received = ledgerDay[entry] as number;
          if (received <= day) count(changes, ageBy(signed, received), age + 1, ledgerYuan[entry] as number);
        }
      } else if ((days[advance][row] as number) <= day) {
        const until = Math.min(ageBy(signed, days.terminatedOn[row] as number), age + 1);
        count(changes, ageBy(signed, days[advance][row] as number), until, 1);
      }
    }
  }
  return values.map(([value = null], group) => ({ value, cohort: cohorts[group] as CohortTally }));
}

function count(changes: Map<number, number>, since: number, until: number, amount: number): void {
  if (since >= until) return;
  changes.set(since, (changes.get(since) ?? 0) + amount);
  changes.set(until, (changes.get(until) ?? 0) - amount);
}
