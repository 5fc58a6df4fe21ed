/** The measures that can be published: those of the summary and of outreach, each with its exact value. */

import type { State } from '../../columns/questions.ts';
import { type Quotient, whole } from '../../core/decimals.ts';
import type { Message } from '../../core/languages.ts';
import { centresOf, type Rate } from '../../core/numbers.ts';
import { Problem } from '../../http/problems.ts';
import { tallyOf } from '../figures/answers.ts';
import { type Measure, measures } from '../figures/measures.ts';
import type { DurationName, Tally } from '../figures/tallies.ts';
import { type OutreachTally, outreachFigures } from '../outreach/figures.ts';
import { outreachTally } from '../outreach/service.ts';
import { queryOf } from '../projects/filter.ts';
import { scopeOf } from './scope.ts';
import type { Kind } from './units.ts';

/** The computed value of a figure. */
export interface Quantity {
  /** A count, yuan, days, or a ratio; null if there is none. */
  exact: Quotient | null;
  /** In the form of other responses; null if it is not part of any. */
  raw: unknown;
  /** Why there is none. */
  missing?: Message;
}

/** The scope of a figure. */
export interface Scope {
  event: string | null;
  filter: string | null;
  asOf: string;
}

interface FigureOf<Material> {
  name: string;
  kind: Kind;
  of(material: Material): Quantity;
}

const NO_DENOMINATOR = { zh: '分母为零', en: 'the denominator is zero' };
const NO_DAYS = { zh: '尚无项目达到该阶段', en: 'no project has reached that stage' };
const TOO_LARGE = {
  zh: '总和超过 9007199254740991，无法精确给出',
  en: 'the sum exceeds 9007199254740991 and cannot be given exactly',
};

/** The value, or none if a sum is too large. */
function quantityOf(
  value: () => unknown,
  exact: (raw: unknown) => Quotient | null,
  missing: Message,
): Quantity {
  try {
    const raw = value();
    const found = exact(raw);
    return found ? { exact: found, raw } : { exact: null, raw, missing };
  } catch (error) {
    if (!(error instanceof Problem && error.kind === 'statistics.sum_too_large')) throw error;
    return { exact: null, raw: null, missing: TOO_LARGE };
  }
}

/** The exact value of a figure in a response. */
function exactOf(raw: unknown): Quotient | null {
  if (typeof raw === 'number') return whole(raw);
  if ('yuan' in (raw as object)) return whole((raw as { yuan: number }).yuan);
  const { numerator, denominator } = raw as Rate;
  return denominator === 0 ? null : whole(numerator, denominator);
}

/** A measure of days has two figures. */
function ofSummary(measure: Measure): FigureOf<Tally>[] {
  const { name, unit: kind } = measure;
  if (kind !== 'days') {
    const of = (tally: Tally) => quantityOf(() => measure.value(tally), exactOf, NO_DENOMINATOR);
    return [{ name, kind, of }];
  }
  return (['median', 'mean'] as const).map((centre) => ({
    name: `${name}:${centre}`,
    kind,
    of: (tally) => {
      // The value in the response is rounded.
      const found = centresOf(tally[name as DurationName])[centre];
      const exact = found;
      return quantityOf(
        () => measure.value(tally),
        () => exact,
        NO_DAYS,
      );
    },
  }));
}

const ofProjects = measures.flatMap(ofSummary);

const ofOutreach = outreachFigures.map(
  ({ name, unit, value }): FigureOf<OutreachTally> => ({
    name,
    kind: unit,
    of: (tally) => quantityOf(() => value(tally), exactOf, NO_DENOMINATOR),
  }),
);

/** By name. */
export type Quantities = ReadonlyMap<string, Quantity>;

const quantities = <Material>(figures: readonly FigureOf<Material>[], material: Material): Quantities =>
  new Map(figures.map(({ name, of }) => [name, of(material)]));

/** The sources of figures: all figures of one source, scope and day are computed together. */
export const sources = {
  projects: {
    figures: ofProjects,
    address: (scope) => `/v1/statistics/summary?${queryOf(scopeOf(scope), { asOf: scope.asOf })}`,
    differences: (scope, measure, since) =>
      `/v1/statistics/differences?${queryOf(scopeOf(scope), {
        // Of days, the median and the mean differ by the same projects.
        measure: measure.replace(/:.*/, ''),
        to: scope.asOf,
        fromRevision: String(since),
      })}`,
    compute: async (state, scope) => quantities(ofProjects, await tallyOf(state, scopeOf(scope), scope.asOf)),
  },
  outreach: {
    figures: ofOutreach,
    address: ({ event, asOf }) => `/v1/events/${event}/outreach?asOf=${asOf}`,
    compute: async ({ reader }, { event, asOf }) =>
      quantities(ofOutreach, await outreachTally(reader, event as string, asOf)),
  },
} as const satisfies Record<
  string,
  {
    figures: readonly Pick<FigureOf<never>, 'name' | 'kind'>[];
    /** The URL of the response with the figures. */
    address(scope: Scope): string;
    /** The URL of what a difference consists of since a revision, if that can be told. */
    differences?(scope: Scope, measure: string, since: number): string;
    compute(state: State, scope: Scope): Promise<Quantities>;
  }
>;

export type SourceName = keyof typeof sources;

export interface PublishedMeasure {
  name: string;
  kind: Kind;
  source: SourceName;
}

const publishedMeasures: readonly PublishedMeasure[] = (Object.keys(sources) as SourceName[]).flatMap(
  (source) => sources[source].figures.map(({ name, kind }) => ({ name, kind, source })),
);

export const measureNames = publishedMeasures.map(({ name }) => name) as [string, ...string[]];

const byName = new Map(publishedMeasures.map((measure) => [measure.name, measure]));

/** @param name one of `measureNames` */
export const measureOf = (name: string): PublishedMeasure => byName.get(name) as PublishedMeasure;
