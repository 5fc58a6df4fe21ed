/** Values of measures as text, and where each leads. */
import type { Change, Duration, Figures, Links, Money, Rate, Value } from './answers.ts';
import { language } from './language.ts';
import {
  amount,
  amountText,
  countText,
  type Figure,
  joined,
  percentFigure,
  percentText,
  shortAmount,
  withSign,
} from './numbers.ts';
import { say } from './words.ts';

/** The link with the projects behind a measure, where it is not named like the measure without `Count`. */
const BEHIND: Readonly<Record<string, string>> = {
  projectCount: 'projects',
  totalInvestment: 'projects',
  contractedFunds: 'projects',
  registrationRate: 'registered',
  startedInvestment: 'started',
  operatingRate: 'started',
  completionRate: 'completed',
  productionRate: 'inProduction',
  fulfilmentRate: 'performing',
  fundsInPlace: 'projects',
  fundsInPlaceRate: 'projects',
  fundsInPlaceOfContractedRate: 'projects',
  daysToStart: 'started',
  daysToProduction: 'inProduction',
};

export const linkBehind = (measure: string, links: Links | undefined): string | undefined =>
  links?.[BEHIND[measure] ?? measure.replace(/Count$/, '')];

export const valueIn = (figures: Figures, measure: string): Value =>
  (figures[measure] as Value | undefined) ?? null;

/** A value beside that of the day compared with, if there is one. */
export const changeIn = ({ comparison }: Figures, measure: string): Change | null =>
  (comparison?.[measure] as Change | undefined) ?? null;

/** For comparisons and the length of bars; null if there is no value. */
export function magnitude(value: Value): number | null {
  if (value === null || typeof value === 'number') return value;
  if ('yuan' in value) return value.yuan;
  return 'ratio' in value ? value.ratio : value.median;
}

const isRate = (value: Value): value is Rate =>
  typeof value === 'object' && value !== null && 'ratio' in value;
const isMoney = (value: Value): value is Money =>
  typeof value === 'object' && value !== null && 'yuan' in value;

export function figureOf(value: Value): Figure | null {
  if (value === null) return null;
  if (typeof value === 'number') return { text: countText(value), unit: say('ofProjects') };
  if (isMoney(value)) return amount(value.yuan);
  if (isRate(value)) return value.percent === null ? null : percentFigure(value.percent);
  const { median } = value as Duration;
  return median === null ? null : { text: String(median), unit: say('days') };
}

export const NO_VALUE = '—';

/** Counts without their unit, as in tables. */
export function valueText(value: Value): string {
  if (typeof value === 'number') return countText(value);
  const figure = figureOf(value);
  return figure ? joined(figure) : NO_VALUE;
}

/** Where there is little room. */
export const shortText = (value: Value): string =>
  isMoney(value) ? shortAmount(value.yuan) : valueText(value);

/** By how much a value exceeds that of the day compared with. */
export function differenceText(value: Value, { difference }: Change): string | null {
  if (difference === null) return null;
  const by = typeof difference === 'number' ? difference : difference.yuan;
  if (by === 0) return say('unchanged');
  if (typeof difference !== 'number') return withSign(by, amountText(by));
  if (typeof value === 'number') return withSign(by, countText(by));
  const unit = isRate(value) ? say('points') : say('days');
  const digits = percentFigure(by).text;
  return withSign(by, language() === 'zh' ? digits + unit : `${digits} ${unit}`);
}

/** The difference in percent of the value before; of rates points say all. */
export const changeText = (value: Value, { changePercent }: Change): string | null =>
  changePercent === null || changePercent === 0 || isRate(value)
    ? null
    : withSign(changePercent, percentText(changePercent));

/** The parts of a rate: 266 / 319. */
export function partsOf(value: Value): string | null {
  if (!isRate(value)) return null;
  return value.denominator >= 1e9
    ? `${amountText(value.numerator)} / ${amountText(value.denominator)}`
    : `${countText(value.numerator)} / ${countText(value.denominator)}`;
}
