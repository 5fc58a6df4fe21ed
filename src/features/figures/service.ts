/** Figures about the projects selected by a filter. */
import type { ColumnStore } from '../../columns/store.ts';
import type { Computed } from '../../http/answers.ts';
import type { Known } from '../../http/known.ts';
import type { PageQuery } from '../../http/pages.ts';
import { filterOf, type ProjectFilter } from '../projects/filter.ts';
import { breakdown, summary } from './answers.ts';
import { allCauses } from './causes.ts';
import { cohorts } from './cohort-answers.ts';
import { type CohortDimension, type CohortMeasure, cohortTerms } from './cohorts.ts';
import { comparedSide, comparisonTerms, spans } from './comparison.ts';
import { definitionsVersion, versions } from './definitions.ts';
import { differences } from './difference-answers.ts';
import { type DimensionName, dimensions } from './dimensions.ts';
import type { Disclosure } from './disclosure.ts';
import { type Measure, measures } from './measures.ts';
import { type Interval, monthsBefore } from './timeline.ts';
import { type TimelineDimension, timeline } from './timelines.ts';

/** All that the feature asks of columns. */
export const figureQuestions = [summary, breakdown, timeline, cohorts, differences];

interface Compared {
  /** A span, a day, or a word for what was known. */
  compareWith?: string | undefined;
  /** What that word stands for. */
  knownBefore?: Known | undefined;
}

const sidesOf = (asOf: string, { compareWith, knownBefore }: Compared) => ({
  asOf,
  comparedWith: compareWith === undefined ? undefined : comparedSide(asOf, compareWith, knownBefore),
});

export interface StatisticsService {
  /** All measures for a filter. @param disclosure the restrictions, if any */
  summary(query: SummaryRequest, asOf: string, disclosure?: Disclosure): Promise<Computed>;
  /** The measures for each group, and their total. @param disclosure as for `summary` */
  breakdown(query: BreakdownRequest, asOf: string, disclosure?: Disclosure): Promise<Computed>;
  timeline(query: TimelineRequest, asOf: string): Promise<Computed>;
  /** Rates at each age of the projects, for each cohort. */
  cohorts(query: CohortsRequest, asOf: string): Promise<Computed>;
  /**
   * What the difference of a measure between two days consists of.
   * @param to the second day
   * @param isWhole whether all contributions are in the answer instead of a page
   */
  differences(query: DifferencesRequest, to: string, isWhole: boolean): Promise<Computed>;
  /** The meaning of all measures and dimensions. */
  definitions(): object;
}

export type SummaryRequest = ProjectFilter & Compared & { measures?: string[] | undefined };

export type BreakdownRequest = SummaryRequest & {
  by: DimensionName[];
  empty?: boolean | undefined;
  sort?: string | undefined;
  limit?: number | undefined;
};

export type TimelineRequest = ProjectFilter &
  Compared & {
    interval: Interval;
    by?: TimelineDimension | undefined;
    from?: string | undefined;
    to?: string | undefined;
    limit?: number | undefined;
  };

export type CohortsRequest = ProjectFilter & {
  by: CohortDimension;
  measure: CohortMeasure[];
  step: Interval;
  sort?: string | undefined;
  limit?: number | undefined;
};

export type DifferencesRequest = ProjectFilter &
  PageQuery & {
    measure: string;
    from?: string | undefined;
    /** What was known on the first side. */
    knownBefore?: Known | undefined;
  };

/** @param outreach the outreach figures, which are part of the definitions */
export const statisticsService = (
  columns: Pick<ColumnStore, 'ask'>,
  outreach: readonly Defined[] = [],
): StatisticsService => ({
  summary: ({ measures, ...query }, asOf, disclosure) =>
    columns.ask(summary, { filter: filterOf(query), ...sidesOf(asOf, query), measures, disclosure }),
  breakdown: ({ by, sort, limit, empty = false, measures, ...query }, asOf, disclosure) =>
    columns.ask(breakdown, {
      filter: filterOf(query),
      ...sidesOf(asOf, query),
      ...{ by, sort, limit, empty, measures, disclosure },
    }),
  timeline: ({ interval, by, from, to, limit, ...query }, asOf) =>
    columns.ask(timeline, {
      filter: filterOf(query),
      ...sidesOf(asOf, query),
      interval,
      by,
      from,
      to,
      limit,
    }),
  cohorts: ({ by, measure, step, sort, limit, ...query }, asOf) =>
    columns.ask(cohorts, { filter: filterOf(query), by, measures: measure, step, sort, limit, asOf }),
  differences: ({ measure, from, knownBefore, limit, cursor, sort, ...query }, to, isWhole) =>
    columns.ask(differences, {
      filter: filterOf(query),
      measure,
      from: knownBefore
        ? { asOf: from ?? to, known: knownBefore }
        : { asOf: from ?? monthsBefore(to, spans.previousYear) },
      to: { asOf: to },
      page: { limit, cursor, sort },
      isWhole,
    }),

  definitions: () => ({
    measures: measures.map(definition),
    dimensions: Object.entries(dimensions).map(([name, { zh, en }]) => ({
      name,
      label: { zh, en },
      parameter: name,
    })),
    cohorts: explained(cohortTerms),
    comparison: explained(comparisonTerms),
    causes: Object.entries(allCauses).map(([name, { zh, en }]) => ({ name, label: { zh, en } })),
    outreach: outreach.map(definition),
    version: definitionsVersion,
    versions,
  }),
});

type Explained = Pick<Measure, 'zh' | 'en' | 'sentence' | 'formula'>;

const explained = (terms: Readonly<Record<string, Explained>>) =>
  Object.entries(terms).map(([name, { zh, en, sentence, formula }]) => ({
    name,
    label: { zh, en },
    sentence,
    formula,
  }));

type Defined = Pick<Measure, 'name' | 'zh' | 'en' | 'sentence' | 'formula'> & { unit: string };

const definition = ({ name, unit, zh, en, sentence, formula }: Defined) => ({
  name,
  unit,
  label: { zh, en },
  sentence,
  formula,
});
