/** Days as `2022-08-31`, without time zones: the service says which day it is. */
const MS = 86_400_000;

const parts = (day: string): [number, number, number] =>
  day.split('-').map(Number) as [number, number, number];

const dayIn = (year: number, month: number, date: number): string =>
  new Date(Date.UTC(year, month - 1, date)).toISOString().slice(0, 10);

export const numberOf = (day: string): number => Date.parse(day) / MS;
export const dayAt = (number: number): string => new Date(number * MS).toISOString().slice(0, 10);
export const isDay = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

const lastOf = (year: number, month: number): number => parts(dayIn(year, month + 1, 0))[2];

/** The same day a year before; the last day of a month stays the last. */
export function yearBefore(day: string): string {
  const [year, month, date] = parts(day);
  const last = lastOf(year - 1, month);
  return dayIn(year - 1, month, date === lastOf(year, month) ? last : Math.min(date, last));
}

/** The last day of the month before. */
export function monthEndBefore(day: string): string {
  const [year, month] = parts(day);
  return dayIn(year, month, 0);
}
