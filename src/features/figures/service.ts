/** Figures about the projects selected by a filter. */
import type { ColumnStore } from '../../columns/store.ts';
import type { Computed } from '../../http/answers.ts';
import { filterOf, type ProjectFilter } from '../projects/filter.ts';
import { breakdown, summary } from './answers.ts';
import { cohorts } from './cohort-answers.ts';
import { type CohortDimension, type CohortMeasure, cohortTerms } from './cohorts.ts';
import { definitionsVersion, versions } from './definitions.ts';
import { type DimensionName, dimensions } from './dimensions.ts';
import type { Disclosure } from './disclosure.ts';
import { type Measure, measures } from './measures.ts';
import type { Interval } from './timeline.ts';
import { type TimelineDimension, timeline } from './timelines.ts';

/** All that the feature asks of columns. */
export const figureQuestions = [summary, breakdown, timeline, cohorts];

export interface StatisticsService {
  /** All measures for a filter. @param disclosure the restrictions, if any */
  summary(query: SummaryRequest, asOf: string, disclosure?: Disclosure): Promise<Computed>;
  /** The measures for each group, and their total. @param disclosure as for `summary` */
  breakdown(query: BreakdownRequest, asOf: string, disclosure?: Disclosure): Promise<Computed>;
  timeline(query: TimelineRequest, asOf: string): Promise<Computed>;
  /** Rates at each age of the projects, for each cohort. */
  cohorts(query: CohortsRequest, asOf: string): Promise<Computed>;
  /** The meaning of all measures and dimensions. */
  definitions(): object;
}

export type SummaryRequest = ProjectFilter & { measures?: string[] | undefined };

export type BreakdownRequest = SummaryRequest & {
  by: DimensionName[];
  empty?: boolean | undefined;
  sort?: string | undefined;
  limit?: number | undefined;
};

export type TimelineRequest = ProjectFilter & {
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

/** @param outreach the outreach figures, which are part of the definitions */
export const statisticsService = (
  columns: Pick<ColumnStore, 'ask'>,
  outreach: readonly Defined[] = [],
): StatisticsService => ({
  summary: ({ measures, ...query }, asOf, disclosure) =>
    columns.ask(summary, { filter: filterOf(query), asOf, measures, disclosure }),
  breakdown: ({ by, sort, limit, empty = false, measures, ...query }, asOf, disclosure) =>
    columns.ask(breakdown, { filter: filterOf(query), by, sort, limit, empty, measures, asOf, disclosure }),
  timeline: ({ interval, by, from, to, limit, ...query }, asOf) =>
    columns.ask(timeline, { filter: filterOf(query), interval, by, from, to, limit, asOf }),
  cohorts: ({ by, measure, step, sort, limit, ...query }, asOf) =>
    columns.ask(cohorts, { filter: filterOf(query), by, measures: measure, step, sort, limit, asOf }),

  definitions: () => ({
    measures: measures.map(definition),
    dimensions: Object.entries(dimensions).map(([name, { zh, en }]) => ({
      name,
      label: { zh, en },
      parameter: name,
    })),
    cohorts: Object.entries(cohortTerms).map(([name, { zh, en, sentence, formula }]) => ({
      name,
      label: { zh, en },
      sentence,
      formula,
    })),
    outreach: outreach.map(definition),
    version: definitionsVersion,
    versions,
  }),
});

type Defined = Pick<Measure, 'name' | 'zh' | 'en' | 'sentence' | 'formula'> & { unit: string };

const definition = ({ name, unit, zh, en, sentence, formula }: Defined) => ({
  name,
  unit,
  label: { zh, en },
  sentence,
  formula,
});
