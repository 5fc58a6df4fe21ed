/**
 * Days as integers that compare like days, and whose month and year are a shift away:
 * `(12 × year + month − 1) × 32 + day of the month`.
 */

import { addDays } from '../core/days.ts';

/** Larger than any day: a comparison needs no check for a missing one. */
export const NEVER = 0x7f_ff_ff_ff;

const ZERO = 48;
const digit = (text: string, i: number): number => text.charCodeAt(i) - ZERO;

/** @param day like `2020-06-29`; null for none */
export function packedDay(day: string | null): number {
  if (day === null) return NEVER;
  const year = digit(day, 0) * 1000 + digit(day, 1) * 100 + digit(day, 2) * 10 + digit(day, 3);
  const month = digit(day, 5) * 10 + digit(day, 6) - 1;
  return (year * 12 + month) * 32 + digit(day, 8) * 10 + digit(day, 9);
}

/** Months since year 0. */
export const monthOf = (packed: number): number => packed >> 5;
export const yearOf = (packed: number): number => ((packed >> 5) / 12) | 0;
export const dayOfMonth = (packed: number): number => packed & 31;

export const monthText = (month: number): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;
export const yearText = (year: number): string => String(year).padStart(4, '0');

/** The day as text. */
export const dayText = (packed: number): string =>
  `${monthText(monthOf(packed))}-${String(dayOfMonth(packed)).padStart(2, '0')}`;

/** The day after; of `NEVER` itself. */
export const nextDay = (packed: number): number =>
  packed === NEVER || dayOfMonth(packed) < 28
    ? Math.min(packed + 1, NEVER)
    : packedDay(addDays(dayText(packed), 1));

const DAY_MS = 86_400_000;
const MONTHS = 12 * 10_000;

/** For each month since year 0, the number of days from 1970 to the day before its first. */
const daysBefore: Int32Array = (() => {
  const days = new Int32Array(MONTHS);
  const date = new Date(0);
  for (let month = 0; month < MONTHS; month++) {
    date.setUTCFullYear(Math.floor(month / 12), month % 12, 1);
    days[month] = date.getTime() / DAY_MS - 1;
  }
  return days;
})();

/** Days since 1970, for differences. */
export const dayNumber = (packed: number): number => (daysBefore[packed >> 5] as number) + (packed & 31);
