/** Figures about the projects selected by a filter, each response from one snapshot. */

import { money, rate } from '../../core/numbers.ts';
import { paced } from '../../core/pace.ts';
import type { Database, Reader } from '../../database/database.ts';
import { areMany } from '../../database/joins.ts';
import { revisionIn } from '../../database/revision.ts';
import type { Computed } from '../../http/answers.ts';
import { DEFAULT_LIMIT } from '../../http/pages.ts';
import { Problem } from '../../http/problems.ts';
import { type Condition, filterOf, type ProjectFilter, queryOf, select } from '../projects/filter.ts';
import type { Question } from './answers.ts';
import {
  ageCount,
  agesOf,
  type CohortDimension,
  type CohortMeasure,
  type CohortTally,
  cohortMeasures,
  cohortTerms,
  emptyCohort,
  MAX_AGES,
} from './cohorts.ts';
import { type Dimension, type DimensionName, dimensions, groupOf } from './dimensions.ts';
import type { Disclosure } from './disclosure.ts';
import type { FigureWork } from './figure-work.ts';
import { sortGroups, summaryLinks } from './groups.ts';
import { exact, type Measure, measures, valuesOf } from './measures.ts';
import * as repository from './repository.ts';
import { bounded } from './repository.ts';
import { addLengths, addSums, type DurationName, durations, emptyTally, type Tally } from './tallies.ts';
import { type Interval, periods } from './timeline.ts';

export interface StatisticsService {
  /** All measures for a filter. @param disclosure the restrictions, if any */
  summary(filter: ProjectFilter, asOf: string, disclosure?: Disclosure): Promise<Computed>;
  /** The measures for each group, and their total. @param disclosure as for `summary` */
  breakdown(query: BreakdownRequest, asOf: string, disclosure?: Disclosure): Promise<Computed>;
  timeline(filter: ProjectFilter, interval: Interval, asOf: string): Promise<Computed>;
  /** A rate at each age of the projects, for each cohort. */
  cohorts(query: CohortsRequest, asOf: string): Promise<Computed>;
  /** The meaning of all measures and dimensions. */
  definitions(): object;
}

export type BreakdownRequest = ProjectFilter & {
  by: DimensionName[];
  sort?: string | undefined;
  limit?: number | undefined;
};

export type CohortsRequest = ProjectFilter & {
  by: CohortDimension;
  measure: CohortMeasure;
  step: Interval;
  sort?: string | undefined;
  limit?: number | undefined;
};

/** @param outreach the outreach figures, which are part of the definitions */
export function statisticsService({
  database,
  outreach = [],
  work,
}: {
  database: Database;
  outreach?: readonly Defined[];
  work: FigureWork;
}): StatisticsService {
  async function ask(question: Question): Promise<Computed> {
    const answer = await database.reside(work, question);
    if ('refusal' in answer) throw new Problem(answer.refusal.kind, answer.refusal.details);
    return answer;
  }

  return {
    summary: (filter, asOf, disclosure) => ask({ summary: { filter: filterOf(filter), asOf, disclosure } }),
    breakdown: ({ by, sort, limit, ...query }, asOf, disclosure) =>
      ask({ breakdown: { filter: filterOf(query), by, sort, limit, asOf, disclosure } }),

    timeline: async (query, interval, asOf) => {
      const filter = filterOf(query);
      return database.analyze(async (reader) => {
        const items = await timelineItems(reader, select(filter, asOf), interval, asOf);
        const revision = await revisionIn(reader);
        return { revision, body: { asOf, revision: revision.seq, filter, interval, items } };
      });
    },

    cohorts: ({ by, measure, step, sort, limit, ...query }, asOf) =>
      database.analyze(async (reader) => {
        const filter = filterOf(query);
        const dimension: Dimension = dimensions[by];
        const grouping = await dimension.grouping(reader);
        const cohorts = await cohortTallies(reader, select(filter, asOf), by, measure, asOf);
        const rows = [...cohorts].map(([value, cohort]) => {
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
            ages: agesOf(cohort, measure, step),
            links: { projects: `/v1/projects?${queryOf(narrowed, { asOf })}` },
          };
        });
        const revision = await revisionIn(reader);
        const heading = { asOf, revision: revision.seq, filter, by, measure, step };
        return { revision, body: { ...heading, groupCount: rows.length, items } };
      }),

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
    }),
  };
}

type Defined = Pick<Measure, 'name' | 'zh' | 'en' | 'sentence' | 'formula'> & { unit: string };

const definition = ({ name, unit, zh, en, sentence, formula }: Defined) => ({
  name,
  unit,
  label: { zh, en },
  sentence,
  formula,
});

/** A summary in a snapshot, for use with its other data. */
export interface Summarized {
  /** The filter as parsed. */
  filter: ProjectFilter;
  /** All measures by name. */
  values: Readonly<Record<string, unknown>>;
  /** Link to the summary itself (`self`), and to the projects behind each count. */
  links: Readonly<Record<string, string>>;
}

/** All measures for a filter. @throws Problem 422 if a sum is too large to be exact */
export async function summarize(reader: Reader, query: ProjectFilter, asOf: string): Promise<Summarized> {
  const filter = filterOf(query);
  const tally = await tallyOf(reader, filter, asOf);
  return { filter, values: valuesOf(tally), links: summaryLinks(filter, asOf) };
}

/** The tally of all projects selected by a filter, in a snapshot. */
export async function tallyOf(reader: Reader, filter: ProjectFilter, asOf: string): Promise<Tally> {
  const [tally = emptyTally()] = (await tallyGroups(reader, select(filter, asOf), [])).values();
  return tally;
}

/**
 * The tally of each combination of values, keyed by the values as JSON.
 * @throws Problem 422 if there are too many
 */
export async function tallyGroups(
  reader: Reader,
  selection: Condition,
  by: readonly DimensionName[],
): Promise<Map<string, Tally>> {
  const groups = new Map<string, Tally>();
  const tallyOf = (row: repository.GroupValues): Tally => {
    const key = JSON.stringify(by.map((_, i) => row[`group${i}`]));
    const known = groups.get(key);
    if (known) return known;
    const made = emptyTally();
    groups.set(key, made);
    return made;
  };
  let total = 0;
  const pace = paced();
  for (const row of bounded(await repository.tallyProjects(reader, selection, by))) {
    await pace();
    const tally = tallyOf(row);
    addSums(tally, row as never);
    for (const name of Object.keys(durations) as DurationName[]) addLengths(tally, name, row[name]);
    total += row.projectCount ?? 0;
  }
  const many = areMany(total);
  for (const row of await repository.tallyLedger(reader, selection, by, many)) {
    await pace();
    addSums(tallyOf(row), row);
  }
  return groups;
}

/** The cohorts by value of their dimension. @throws Problem 422 if there are too many, or too many ages */
async function cohortTallies(
  reader: Reader,
  selection: Condition,
  by: CohortDimension,
  measure: CohortMeasure,
  asOf: string,
): Promise<Map<string | null, CohortTally>> {
  const cohorts = new Map<string | null, CohortTally>();
  let total = 0;
  const reached = await repository.projectsByAge(reader, selection, by, asOf);
  for (const { group0, age, count, yuan } of bounded(reached)) {
    const cohort = cohorts.get(group0) ?? emptyCohort();
    cohorts.set(group0, cohort);
    cohort.projectCount += count;
    cohort.totalInvestment += yuan;
    cohort.last.set(age, { count, yuan });
    total += count;
  }
  const many = areMany(total);
  const advance = cohortMeasures[measure];
  const changes = await repository.changesByAge(reader, selection, by, advance, asOf, many);
  for (const { group0, age, change } of bounded(changes)) {
    cohorts.get(group0)?.changes.set(age, change);
  }
  return cohorts;
}

async function timelineItems(reader: Reader, selection: Condition, interval: Interval, asOf: string) {
  const signed = byMonth(await repository.signedByMonth(reader, selection));
  const milestones = {
    startedCount: await milestone(reader, selection, 'startedOn'),
    inProductionCount: await milestone(reader, selection, 'productionOn'),
  };
  const total = [...signed.values()].reduce((sum, { count }) => sum + count, 0);
  const funds = byMonth(await repository.fundsByMonth(reader, selection, areMany(total)));
  const first = [...signed.keys()].sort()[0];
  if (first === undefined) return [];

  const cumulative = {
    signedCount: 0,
    investment: 0,
    startedCount: 0,
    inProductionCount: 0,
    fundsInPlace: 0,
  };
  return periods(interval, first, asOf).map(({ months, ...period }) => {
    const sum = <Row>(rows: Map<string, Row>, of: (row: Row) => number): number =>
      months.reduce((total, month) => {
        const row = rows.get(month);
        return row ? total + of(row) : total;
      }, 0);
    const during = {
      signedCount: sum(signed, (row) => row.count),
      investment: sum(signed, (row) => row.yuan),
      startedCount: sum(milestones.startedCount.reached, (row) => row.count),
      inProductionCount: sum(milestones.inProductionCount.reached, (row) => row.count),
      fundsInPlace: sum(funds, (row) => row.yuan),
    };
    for (const name of Object.keys(cumulative) as (keyof typeof cumulative)[])
      cumulative[name] += during[name];
    // Terminated projects are subtracted.
    cumulative.startedCount -= sum(milestones.startedCount.left, (row) => row.count);
    cumulative.inProductionCount -= sum(milestones.inProductionCount.left, (row) => row.count);
    return {
      ...period,
      during: moneyIn(during),
      cumulative: {
        ...moneyIn(cumulative),
        operatingRate: rate(cumulative.startedCount, cumulative.signedCount),
        productionRate: rate(cumulative.inProductionCount, cumulative.signedCount),
      },
    };
  });
}

const byMonth = <Row extends { month: string }>(rows: readonly Row[]): Map<string, Row> =>
  new Map(rows.map((row) => [row.month, row]));

const milestone = async (reader: Reader, selection: Condition, day: 'startedOn' | 'productionOn') => ({
  reached: byMonth(await repository.milestoneByMonth(reader, selection, day, 'reached')),
  left: byMonth(await repository.milestoneByMonth(reader, selection, day, 'left')),
});

/** @throws Problem 422 if a sum is too large to be exact */
function moneyIn<Counts extends { investment: number; fundsInPlace: number }>(counts: Counts) {
  for (const measure of ['investment', 'fundsInPlace'] as const) {
    if (!Number.isSafeInteger(counts[measure])) {
      throw new Problem('statistics.sum_too_large', { values: { measure } });
    }
  }
  return { ...counts, investment: money(counts.investment), fundsInPlace: money(counts.fundsInPlace) };
}
