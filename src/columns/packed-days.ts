/**
 * Days as 16 bits that compare like days, and whose month and year are a shift away:
 * `(12 × (year − 1900) + month − 1) × 32 + day of the month`, from 1900 to 2069.
 */

import { addDays } from '../core/days.ts';

const FIRST_YEAR = 1900;
export const LAST_DAY = '2069-12-31';

/** Larger than any day: a comparison needs no check for a missing one. */
export const NEVER = 0xff_ff;

const MONTHS = 1 << 11;
/**
 * Any day after the last one. No figure is asked for such a day (`effectiveDay`), and for earlier ones it does not
 * matter how much later it is.
 */
const LATER = (MONTHS - 1) << 5;

const ZERO = 48;
const digit = (text: string, i: number): number => text.charCodeAt(i) - ZERO;

/** @param day like `2020-06-29`; null for none */
export function packedDay(day: string | null): number {
  if (day === null) return NEVER;
  const year = digit(day, 0) * 1000 + digit(day, 1) * 100 + digit(day, 2) * 10 + digit(day, 3) - FIRST_YEAR;
  const month = digit(day, 5) * 10 + digit(day, 6) - 1;
  const packed = (year * 12 + month) * 32 + digit(day, 8) * 10 + digit(day, 9);
  return packed < 0 ? 0 : packed > LAST ? LATER : packed;
}

const LAST = ((12 * (2069 - FIRST_YEAR) + 11) << 5) + 31;

/** The day that figures are asked for. @throws RangeError if it is later than days that can be told apart */
export function effectiveDay(day: string): number {
  if (day > LAST_DAY) throw new RangeError(`Figures know no days after ${LAST_DAY}.`);
  return packedDay(day);
}

/** The first month that there is, counted from year 0. */
export const FIRST_MONTH = 12 * FIRST_YEAR;

/** Months since year 0. */
export const monthOf = (packed: number): number => (packed >> 5) + FIRST_MONTH;
export const yearOf = (packed: number): number => (((packed >> 5) / 12) | 0) + FIRST_YEAR;
export const dayOfMonth = (packed: number): number => packed & 31;

export const monthText = (month: number): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;

/** The months and years of packed days, by their number from the first one on. */
export const months = Array.from({ length: MONTHS }, (_, i) => monthText(FIRST_MONTH + i));
export const years = Array.from({ length: MONTHS / 12 + 1 }, (_, i) => String(FIRST_YEAR + i));
export const monthPlaceOf = (packed: number): number => packed >> 5;
export const yearPlaceOf = (packed: number): number => ((packed >> 5) / 12) | 0;

/** The day as text. */
export const dayText = (packed: number): string =>
  `${monthText(monthOf(packed))}-${String(dayOfMonth(packed)).padStart(2, '0')}`;

/** The day after; of `NEVER` itself. */
export const nextDay = (packed: number): number =>
  packed === NEVER || dayOfMonth(packed) < 28
    ? Math.min(packed + 1, NEVER)
    : packedDay(addDays(dayText(packed), 1));

const DAY_MS = 86_400_000;

/** For each month, the number of days from 1970 to the day before its first. */
const daysBefore = Int32Array.from(months, (_, i) => Date.UTC(FIRST_YEAR, i, 1) / DAY_MS - 1);

/** Days since 1970, for differences. */
export const dayNumber = (packed: number): number => (daysBefore[packed >> 5] as number) + (packed & 31);
