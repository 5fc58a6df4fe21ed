/**
 * Cohorts: groups of projects compared at the same age. An age that not all projects of a cohort have reached
 * covers only those that have; nothing is extrapolated.
 */

import { type Rate, rate } from '../../core/numbers.ts';
import { Problem } from '../../http/problems.ts';
import type { DimensionName } from './dimensions.ts';
import { type Interval, MONTHS } from './timeline.ts';

/** The dimensions of cohorts: those that never change during the life of a project. */
export const cohortDimensions = ['event', 'signedYear'] as const satisfies readonly DimensionName[];
export type CohortDimension = (typeof cohortDimensions)[number];

/**
 * The rates that can be followed by age, each with the date that adds a project to its numerator, or `funds`.
 */
export const cohortMeasures = {
  operatingRate: 'startedOn',
  productionRate: 'productionOn',
  registrationRate: 'registeredOn',
  completionRate: 'completedOn',
  fundsInPlaceRate: 'funds',
} as const;
export type CohortMeasure = keyof typeof cohortMeasures;

/** Maximum number of ages of all cohorts shown; more are refused rather than held in memory. */
export const MAX_AGES = 10_000;

/** The data of a cohort, by age in months. */
export interface CohortTally {
  projectCount: number;
  totalInvestment: number;
  /** Projects by their age on the requested day. */
  last: Map<number, { count: number; yuan: number }>;
  /**
   * For each rate the additions to the numerator less subtractions, by age, including projects that do not get
   * older.
   */
  changes: Partial<Record<CohortMeasure, Map<number, number>>>;
}

export const emptyCohort = (measures: readonly CohortMeasure[]): CohortTally => ({
  projectCount: 0,
  totalInvestment: 0,
  last: new Map(),
  changes: Object.fromEntries(measures.map((measure) => [measure, new Map()])),
});

/** The first rate at an age, with the number of projects that have reached the age, and all rates if several. */
export interface AgeRow extends Rate {
  /** In steps of the interval. */
  age: number;
  reachedCount: number;
  /** Whether all projects have reached it. */
  complete: boolean;
  rates?: Partial<Record<CohortMeasure, Rate>>;
}

/** Number of ages of a cohort, starting with 0. */
export const ageCount = ({ last }: CohortTally, step: Interval): number =>
  1 + Math.floor(Math.max(...last.keys()) / MONTHS[step]);

/**
 * The rates at each age, up to the highest age of a project.
 * @throws Problem 422 if a sum is too large to be exact
 */
export function agesOf(
  cohort: CohortTally,
  measures: readonly [CohortMeasure, ...CohortMeasure[]],
  step: Interval,
): AgeRow[] {
  const { projectCount, last, changes } = cohort;
  const rows: AgeRow[] = [];
  const reached = { count: projectCount, yuan: cohort.totalInvestment };
  const numerators = new Map(measures.map((measure) => [measure, 0]));
  const end = (ageCount(cohort, step) - 1) * MONTHS[step];
  const rateOf = (measure: CohortMeasure): Rate =>
    rate(
      numerators.get(measure) as number,
      cohortMeasures[measure] === 'funds' ? reached.yuan : reached.count,
    );
  for (let month = 0; month <= end; month++) {
    const left = last.get(month - 1);
    reached.count -= left?.count ?? 0;
    reached.yuan -= left?.yuan ?? 0;
    for (const [measure, before] of numerators) {
      const numerator = before + (changes[measure]?.get(month) ?? 0);
      if (!Number.isSafeInteger(numerator)) {
        throw new Problem('statistics.sum_too_large', { values: { measure: 'fundsInPlace' } });
      }
      numerators.set(measure, numerator);
    }
    if (month % MONTHS[step] !== 0) continue;
    rows.push({
      age: month / MONTHS[step],
      ...rateOf(measures[0]),
      reachedCount: reached.count,
      complete: reached.count === projectCount,
      ...(measures.length > 1 && {
        rates: Object.fromEntries(measures.map((measure) => [measure, rateOf(measure)])),
      }),
    });
  }
  return rows;
}

interface Term {
  zh: string;
  en: string;
  sentence: { zh: string; en: string };
  formula: string;
}

/** Explanations of the figures of a cohort. */
export const cohortTerms = {
  age: {
    zh: '签约后时长',
    en: 'age',
    sentence: {
      zh: '自各项目签约之日起的整月（季、年）数；月末签约的，遇天数较少的月份，以该月最后一日为满月。',
      en: 'Whole months, quarters or years since the signing of each project; in shorter months, a month counted from the 31st ends on the last day.',
    },
    formula: 'the largest a with signedOn + a steps ≤ T',
  },
  reachedCount: {
    zh: '已满该时长的项目数',
    en: 'projects that have reached the age',
    sentence: {
      zh: '截至该日签约已满该时长的项目数；未满的不计入该时长的分子和分母。',
      en: 'Projects that are at least that old on the day; younger ones are in neither the numerator nor the denominator at that age.',
    },
    formula: 'count of projects with signedOn + a steps ≤ T',
  },
  complete: {
    zh: '是否全部已满',
    en: 'complete',
    sentence: {
      zh: '该组全部项目均已满该时长；否则该比率只反映较早签约的项目，不能与前后时长直接比较。',
      en: 'Whether all projects of the cohort have reached the age; if not, the rate covers only those signed earlier and is not comparable with the ages before.',
    },
    formula: 'reachedCount = projectCount',
  },
  numerator: {
    zh: '分子',
    en: 'numerator',
    sentence: {
      zh: '已满该时长的项目中，签约后该时长内达到该节点且届时未终止的项目数；签约前已达到的计入时长 0。资金到位率为这些项目该时长内的到位资金之和，终止的项目也计入。',
      en: 'Of the projects that have reached the age, those that had reached the milestone by then and were not terminated; milestones before the signing count from age 0. For the funds-in-place rate, the funds these projects had received by then, terminated or not.',
    },
    formula:
      'count where milestone ≤ signedOn + a steps and not terminatedOn ≤ signedOn + a steps; or Σ amountYuan of entries with receivedOn ≤ signedOn + a steps',
  },
  denominator: {
    zh: '分母',
    en: 'denominator',
    sentence: {
      zh: '已满该时长的项目数，已终止的仍计入；资金到位率为这些项目的投资总额。',
      en: 'Projects that have reached the age, including terminated ones; for the funds-in-place rate, their total investment.',
    },
    formula: 'reachedCount; or Σ investmentYuan of the projects that it counts',
  },
} as const satisfies Record<string, Term>;
