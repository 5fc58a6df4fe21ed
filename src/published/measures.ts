/** What may be published: the figures of the summary, each with its exact value. */
import type { Message } from '../http/messages.ts';
import { Problem } from '../http/problems.ts';
import { type Measure, measures } from '../statistics/measures.ts';
import { centresOf, type Rate } from '../statistics/numbers.ts';
import type { DurationName, Tally } from '../statistics/tallies.ts';
import { type Quotient, whole } from './decimals.ts';
import { type Read, readsOfMeasure } from './reads.ts';
import type { Kind } from './units.ts';

/** What a figure comes to. */
export interface Quantity {
  /** In things, yuan, days, or as a ratio; null where there is none. */
  exact: Quotient | null;
  /** As the statistics answer it; null where they do not. */
  raw: unknown;
  /** Why there is none. */
  missing?: Message;
}

export interface PublishedMeasure {
  name: string;
  kind: Kind;
  zh: string;
  en: string;
  /** Whether parts add up: of a rate, or of days, they do not. */
  additive: boolean;
  /** What it reads of each project. */
  reads: readonly Read[];
  of(tally: Tally): Quantity;
}

const NO_DENOMINATOR = { zh: '分母为零', en: 'there is nothing to divide by' };
const NO_DAYS = { zh: '没有达到该阶段的项目', en: 'no project has got that far' };
const TOO_LARGE = {
  zh: '总和超过 9007199254740991，无法精确给出',
  en: 'the sum is beyond 9007199254740991 and cannot be given exactly',
};

/** A figure of the summary, or none where a sum is too large. */
const safely =
  (measure: Measure, exact: (raw: unknown, tally: Tally) => Quotient | null, missing: Message) =>
  (tally: Tally): Quantity => {
    try {
      const raw = measure.value(tally);
      const found = exact(raw, tally);
      return found ? { exact: found, raw } : { exact: null, raw, missing };
    } catch (error) {
      if (!(error instanceof Problem && error.kind === 'statistics.sum_too_large')) throw error;
      return { exact: null, raw: null, missing: TOO_LARGE };
    }
  };

/** The figures that a measure of the summary gives, by its unit. */
const figuresFor: Record<Measure['unit'], (measure: Measure) => PublishedMeasure[]> = {
  projects: (measure) => [figure(measure, 'projects', true, (raw) => whole(raw as number))],
  yuan: (measure) => [figure(measure, 'yuan', true, (raw) => whole((raw as { yuan: number }).yuan))],
  rate: (measure) => [
    figure(measure, 'rate', false, (raw) => {
      const { numerator, denominator } = raw as Rate;
      return denominator === 0 ? null : whole(numerator, denominator);
    }),
  ],
  days: (measure) =>
    (['median', 'mean'] as const).map((centre) => ({
      ...figure(measure, 'days', false, (_, tally) => {
        const found = centresOf(tally[measure.name as DurationName])[centre];
        return found && whole(found.numerator, found.denominator);
      }),
      name: `${measure.name}:${centre}`,
      zh: `${measure.zh}（${centre === 'mean' ? '平均数' : '中位数'}）`,
      en: `${measure.en} (${centre})`,
    })),
};

function figure(
  measure: Measure,
  kind: Kind,
  additive: boolean,
  exact: (raw: unknown, tally: Tally) => Quotient | null,
): PublishedMeasure {
  const { name, zh, en } = measure;
  const of = safely(measure, exact, kind === 'days' ? NO_DAYS : NO_DENOMINATOR);
  return { name, kind, zh, en, additive, reads: readsOfMeasure(measure), of };
}

export const publishedMeasures: readonly PublishedMeasure[] = measures.flatMap((measure) =>
  figuresFor[measure.unit](measure),
);

export const measureNames = publishedMeasures.map(({ name }) => name) as [string, ...string[]];

const byName = new Map(publishedMeasures.map((measure) => [measure.name, measure]));

/** @param name one of `measureNames` */
export const measureOf = (name: string): PublishedMeasure => byName.get(name) as PublishedMeasure;
