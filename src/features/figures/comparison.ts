/** Figures beside those of another day: what they were, by how much they differ, and the order of groups then and now. */
import * as z from 'zod';
import type { State } from '../../columns/questions.ts';
import { minus, over, type Quotient, scaled, whole } from '../../core/decimals.ts';
import { type Days, type Money, money, oneDecimal, type Rate, rate } from '../../core/numbers.ts';
import { type Known, pinned } from '../../http/known.ts';
import { type Figures, mayTell, type Telling } from './groups.ts';
import { exact, type Measure, MoneyBody, measures } from './measures.ts';
import type { SumName } from './tallies.ts';
import { monthsBefore } from './timeline.ts';

/** What figures are told of: a day, by the dates on record. */
export interface Side {
  asOf: string;
  /** What was known; if left out, what the other side knows. */
  known?: Known;
}

/** Asks of what a side was told from. @param state of the other side */
export const toldFrom = <T>(state: State, { known }: Side, use: (state: State) => Promise<T>): Promise<T> =>
  known ? state.at(known.revision, use) : use(state);

/** Links that stay in what a side was told from. */
export const linksOf = <Links extends object>({ known }: Side, links: Links): Links =>
  known ? pinned({ links }, known.revision).links : links;

/** The same day some months before. */
export const spans = { previousYear: 12, previousQuarter: 3, previousMonth: 1 } as const;
export type Span = keyof typeof spans;
export const spanNames = Object.keys(spans) as [Span, ...Span[]];

export const isSpan = (given: unknown): given is Span =>
  typeof given === 'string' && Object.hasOwn(spans, given);

/** @param compareWith a span, a day, or a word for what was known */
export function comparedSide(asOf: string, compareWith: string, known?: Known): Side {
  if (known) return { asOf, known };
  return { asOf: isSpan(compareWith) ? monthsBefore(asOf, spans[compareWith]) : compareWith };
}

/** Whether the day to compare with is too early; today's is not. The day itself may be faulty. */
export function isTooEarly(asOf: string | undefined, compareWith: string): boolean {
  if (isSpan(compareWith) && asOf === undefined) return false;
  const { asOf: day } = comparedSide(asOf ?? '', compareWith);
  return /^\d/.test(day) && day < '1900-01-01';
}

type Unit = Measure['unit'];

interface Kind<Value> {
  /** Null if unknown. */
  of(value: Value): Quotient | null;
  shown(difference: Quotient): unknown;
  schema: z.ZodType;
}

const inTenths = (what: string) =>
  z.number().meta({ description: `${what}, rounded half-up to one decimal.` });

/** What is compared of the values of a unit. */
const kinds = {
  projects: { of: (count) => whole(count), shown: ({ numerator }) => Number(numerator), schema: z.int() },
  yuan: {
    of: ({ yuan }) => whole(yuan),
    shown: ({ numerator }) => money(Number(numerator)),
    schema: MoneyBody,
  },
  rate: {
    of: ({ numerator, denominator }) => (denominator === 0 ? null : scaled(whole(numerator, denominator), 2)),
    shown: oneDecimal,
    schema: inTenths('Percentage points, from the exact rates'),
  },
  days: {
    // A median is a multiple of one half.
    of: ({ median }) => (median === null ? null : whole(Math.round(2 * median), 2)),
    shown: oneDecimal,
    schema: inTenths('Days between the medians'),
  },
} satisfies { projects: Kind<number>; yuan: Kind<Money>; rate: Kind<Rate>; days: Kind<Days> };

/** A value beside that of another day; null if it is not known or may not be disclosed. */
export interface Change {
  previous: unknown;
  difference: unknown;
  changePercent: number | null;
}

export function changeOf(unit: Unit, now: unknown, previous: unknown): Change {
  const kind: Kind<never> = kinds[unit];
  const exactly = (value: unknown) => (value === null ? null : kind.of(value as never));
  const [after, before] = [exactly(now), exactly(previous)];
  const difference = after && before && minus(after, before);
  return {
    previous,
    difference: difference && kind.shown(difference),
    changePercent:
      difference && before.numerator > 0n ? oneDecimal(scaled(over(difference, before), 2)) : null,
  };
}

/** Whether values of groups add up to that of all. */
const isAdditive = ({ unit }: Measure): boolean => unit === 'projects' || unit === 'yuan';

/** The changes of some measures. @param now, previous their values by name */
export const changesOf = (
  chosen: readonly Measure[],
  now: Figures,
  previous: Figures,
): Record<string, Change> =>
  Object.fromEntries(chosen.map(({ name, unit }) => [name, changeOf(unit, now[name], previous[name])]));

/** Figures beside those of the other day, with what is beside these. */
export function comparisonOf(chosen: readonly Measure[], now: Figures, previous: Figures): object {
  const { withheld, links } = previous;
  return {
    ...changesOf(chosen, now, previous),
    ...(withheld !== undefined && { withheld }),
    ...(links !== undefined && { links }),
  };
}

const schemas = new Map<string, z.ZodObject>();

/** @param value the schema of the values */
export function changeSchema(unit: Unit, value: z.ZodType): z.ZodObject {
  const id = `${value.meta()?.id ?? 'Count'}Change`;
  const known = schemas.get(id);
  if (known) return known;
  const made = z
    .object({
      previous: value.nullable(),
      difference: kinds[unit].schema.nullable(),
      changePercent: z.number().nullable(),
    })
    .meta({
      id,
      description:
        'The value on the other day, the difference, and the difference in percent of the other value, rounded half-up to one decimal; null if it is zero, negative, unknown or not disclosed.',
    });
  schemas.set(id, made);
  return made;
}

/** The place of a group in an order; null if it has no projects, or a value that is unknown or not disclosed. */
export type Place = number | null;

/** What groups are ranked by: the first measure of their order. @param sort as in a request */
export function rankingOf(sort: string): { measure: Measure; isDescending: boolean } {
  for (const part of sort.split(',')) {
    const measure = measures.find(({ name }) => name === part.replace(/^-/, ''));
    if (measure) return { measure, isDescending: part.startsWith('-') };
  }
  return { measure: measures[0] as Measure, isDescending: true };
}

/** The places of groups; equal values share one, and leave out those that follow. */
export function placesOf(
  groups: readonly Telling[],
  { measure, isDescending }: ReturnType<typeof rankingOf>,
): Place[] {
  const values = groups.map((group) =>
    group.tally.projectCount > 0 && mayTell(group, measure) ? measure.sortValue(group.tally) : null,
  );
  const known = values.filter((value) => value !== null).sort((a, b) => (isDescending ? b - a : a - b));
  const places = new Map<number, number>();
  for (const [i, value] of known.entries()) if (!places.has(value)) places.set(value, i + 1);
  return values.map((value) => (value === null ? null : (places.get(value) as number)));
}

/** The part of a group in the total of a count or a sum; null for others, and if either may not be disclosed. */
export function shareOf(measure: Measure, group: Telling, total: Telling): Rate | null {
  if (!isAdditive(measure) || !mayTell(group, measure) || !mayTell(total, measure)) return null;
  const [name] = measure.of as [SumName];
  return rate(exact(group.tally, name), exact(total.tally, name));
}

interface Term {
  zh: string;
  en: string;
  sentence: { zh: string; en: string };
  formula: string;
}

/** Explanations of what is added to figures. */
export const comparisonTerms = {
  previous: {
    zh: '对比值',
    en: 'before',
    sentence: {
      zh: '同一指标在对比日的数值：同比为上年同日，环比为上季或上月同日；月末对应月末。',
      en: 'The same measure on the day compared with: that of a year, quarter or month before, of a month end the month end.',
    },
    formula: 'the measure as of the day compared with',
  },
  difference: {
    zh: '增减',
    en: 'difference',
    sentence: {
      zh: '当前值减对比值；比率以百分点计，天数按中位数计。',
      en: 'The value less the one before; of rates in percentage points, of days between the medians.',
    },
    formula: 'value − previous',
  },
  changePercent: {
    zh: '增幅',
    en: 'change',
    sentence: {
      zh: '增减占对比值的百分比；对比值为零、为负或未知时为空。',
      en: 'The difference in percent of the value before; null if that is zero, negative or unknown.',
    },
    formula: '100 × (value − previous) ÷ previous',
  },
  rank: {
    zh: '位次',
    en: 'rank',
    sentence: {
      zh: '按 sort 的首个指标排列的位次，数值相同则并列；没有项目或数值未知的分组无位次。',
      en: 'The place by the first measure of `sort`; equal values share a place. Groups without projects or with an unknown value have none.',
    },
    formula: '1 + count of groups whose value comes before',
  },
  previousRank: {
    zh: '对比位次',
    en: 'rank before',
    sentence: {
      zh: '对比日的位次。',
      en: 'The rank on the day compared with.',
    },
    formula: 'rank as of the day compared with',
  },
  share: {
    zh: '占比',
    en: 'share of the total',
    sentence: {
      zh: '分组占合计的比重；仅适用于以个数或金额排列时。',
      en: 'The part of the group in the total, if the groups are ranked by a count or a sum.',
    },
    formula: 'value ÷ total',
  },
} as const satisfies Record<string, Term>;
