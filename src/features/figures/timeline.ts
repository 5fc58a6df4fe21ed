/** Periods of a timeline: months aggregated to months, quarters or years, without gaps. */
import { monthText } from '../../columns/packed-days.ts';

export const intervals = ['month', 'quarter', 'year'] as const;
export type Interval = (typeof intervals)[number];

export interface Period {
  /** `2020-06`, `2020-Q2` or `2020`. */
  period: string;
  /** First and last day. */
  from: string;
  to: string;
  /** Its first and last month, counted from year 0. */
  firstMonth: number;
  lastMonth: number;
}

/** How many months each interval has. */
export const MONTHS: Record<Interval, number> = { month: 1, quarter: 3, year: 12 };

/** Number of months from year 0 to the month of a day. */
export const monthIndex = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;

/** The name of the period that begins with a month. */
export function periodName(first: number, interval: Interval): string {
  const month = monthText(first);
  if (interval === 'month') return month;
  const year = month.slice(0, 4);
  return interval === 'year' ? year : `${year}-Q${Math.floor((first % 12) / 3) + 1}`;
}

/** The last day of a month: day 0 of the next one. */
export const lastDay = (month: number): string =>
  `${monthText(month)}-${new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).getUTCDate()}`;

export const isMonthEnd = (day: string): boolean => day === lastDay(monthIndex(day));

/**
 * The same day some months before: of the last day of a month the last day, so that whole months are compared with whole
 * months; of a day that the earlier month lacks its last day.
 */
export function monthsBefore(day: string, months: number): string {
  const last = lastDay(monthIndex(day) - months);
  const same = `${last.slice(0, 8)}${day.slice(8)}`;
  return isMonthEnd(day) || same > last ? last : same;
}

/** All periods from that of the first month to that of the last day. */
export function periods(interval: Interval, first: number, last: string): Period[] {
  const length = MONTHS[interval];
  const all: Period[] = [];
  for (let month = first - (first % length); month <= monthIndex(last); month += length) {
    all.push({
      period: periodName(month, interval),
      from: `${monthText(month)}-01`,
      to: lastDay(month + length - 1),
      firstMonth: month,
      lastMonth: month + length - 1,
    });
  }
  return all;
}
