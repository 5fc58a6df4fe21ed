/** Reckoning with days like `2020-06-29`. */
import { addDays, daysBetween } from '../../core/days.ts';
import type { Random } from './random.ts';

export type Day = string;

/** What is recorded ends here; no event of the demo is dated later. */
export const LAST_DAY: Day = '2026-06-30';

export const earlier = (a: Day, b: Day): Day => (a < b ? a : b);
export const later = (a: Day, b: Day): Day => (a < b ? b : a);

/** A day of the span, both ends included; its beginning where it is empty. */
export const dayIn = (random: Random, from: Day, to: Day): Day =>
  addDays(from, random.whole(0, Math.max(0, daysBetween(from, to))));

/** As `dayIn`, with the days of the beginning more likely. */
export const earlyDayIn = (random: Random, from: Day, to: Day): Day =>
  addDays(from, random.small(0, Math.max(0, daysBetween(from, to))));

/** The day, unless it lies beyond what is recorded. */
export const recorded = (day: Day): Day | null => (day <= LAST_DAY ? day : null);
