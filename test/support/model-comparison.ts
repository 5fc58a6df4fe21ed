/** A naive model of figures beside those of another day. */
import {
  addDays,
  type Figures,
  type MeasureName,
  modelMoney,
  modelRate,
  nearest,
  sortValueOf,
} from './model-figures.ts';

type Day = string;

export const SPANS = { previousYear: 12, previousQuarter: 3, previousMonth: 1 };
export type Span = keyof typeof SPANS;

const isLast = (day: Day): boolean => addDays(day, 1).endsWith('-01');

/** Goes back month by month, to the same day of the month or the last that there is. */
export function dayBefore(day: Day, span: Span): Day {
  let found = day;
  for (let months = SPANS[span]; months > 0; months--) {
    found = addDays(`${found.slice(0, 7)}-01`, -1);
  }
  if (isLast(day)) return found;
  while (found.slice(8) > day.slice(8)) found = addDays(found, -1);
  return found;
}

const tenths = (a: bigint, b: bigint): number => Number(nearest(10n * a, b)) / 10;

/** A value as a quotient of whole numbers; null if it is unknown. */
function quotientOf(value: Figures[MeasureName]): [bigint, bigint] | null {
  if (typeof value === 'number') return [BigInt(value), 1n];
  if ('yuan' in value) return [BigInt(value.yuan), 1n];
  if ('ratio' in value)
    return value.denominator === 0 ? null : [BigInt(value.numerator), BigInt(value.denominator)];
  return value.median === null ? null : [BigInt(2 * value.median), 2n];
}

function differenceOf(value: Figures[MeasureName], a: bigint, b: bigint): unknown {
  if (typeof value === 'number') return Number(a / b);
  if ('yuan' in value) return modelMoney(Number(a / b));
  return tenths('ratio' in value ? 100n * a : a, b);
}

/** What becomes of a measure between two days. */
export function changeOf(now: Figures[MeasureName], previous: Figures[MeasureName]) {
  const [after, before] = [quotientOf(now), quotientOf(previous)];
  if (!after || !before) return { previous, difference: null, changePercent: null };
  const [a, b] = [after[0] * before[1] - before[0] * after[1], after[1] * before[1]];
  return {
    previous,
    difference: differenceOf(now, a, b),
    changePercent: before[0] > 0n ? tenths(100n * a * before[1], b * before[0]) : null,
  };
}

export const changesOf = (now: object, previous: object): object =>
  Object.fromEntries(
    Object.entries(now).map(([name, value]) => [name, changeOf(value, previous[name as keyof object])]),
  );

/** The place of each group by a measure: one more than the groups before it. */
export function placesOf(groups: Figures[], measure: MeasureName, descending: boolean): (number | null)[] {
  const values = groups.map((figures) => (figures.projectCount === 0 ? null : sortValueOf(figures, measure)));
  return values.map((value) => {
    if (value === null) return null;
    return (
      1 + values.filter((other) => other !== null && (descending ? other > value : other < value)).length
    );
  });
}

export function shareOf(group: Figures, all: Figures, measure: MeasureName) {
  const [part, whole] = [group[measure], all[measure]];
  if (typeof part === 'number') return modelRate(part, whole as number);
  return 'yuan' in part ? modelRate(part.yuan, (whole as typeof part).yuan) : null;
}
