/**
 * The groups that the sample projects fall into. Their sizes and sums are chosen so that the published figures come
 * out by computation; no total is stored anywhere.
 */
import { MILLION } from './allocation.ts';
import type { Fate } from './lives.ts';

/** The day that the figures of the 2020 edition are published for. */
export const COUNTED_2020 = '2022-08-31';

/** Nothing is published about the progress of the 2022 edition: its fates are made up as of this day. */
export const COUNTED_2022 = '2025-12-31';

/** 319 projects with the two named ones, of which one has started: 266 started. */
export const fates2020: Readonly<Record<Fate, number>> = {
  swift: 9,
  started: 256,
  startedThenEnded: 4,
  waiting: 38,
  unregistered: 7,
  abandoned: 3,
};

export const fates2022: Readonly<Record<Fate, number>> = {
  swift: 0,
  started: 72,
  startedThenEnded: 3,
  waiting: 7,
  unregistered: 3,
  abandoned: 3,
};

/** Yuan, with what the two named projects take. (Whole factors: 136.55 × 10⁹ is not a whole number in floating point.) */
export const totals2020 = {
  investment: 297_880 * MILLION,
  contracted: 267_300 * MILLION,
  inPlace: 136_550 * MILLION,
} as const;

/** Projects of the 2022 edition that are alike in what the published breakdown tells apart. */
export interface Cell {
  manufacturing: boolean;
  /** An investor stands on one of the three lists in 2021 or 2022. */
  top500: boolean;
  count: number;
  /** What they come to, and between which bounds each lies; yuan. */
  total: number;
  min: number;
  max: number;
}

const giant = { count: 1, min: 5_100 * MILLION, max: 20_000 * MILLION };
const large = { min: 1_000 * MILLION, max: 4_800 * MILLION };
const small = { min: 50 * MILLION, max: 980 * MILLION };

/** 88 projects of 93.588 billion yuan; the sums by size, by top 500 and by manufacturing are the published ones. */
export const cells2022: readonly Cell[] = [
  { manufacturing: true, top500: true, ...giant, total: 12_000 * MILLION },
  { manufacturing: false, top500: false, ...giant, total: 10_500 * MILLION },
  { manufacturing: true, top500: true, ...giant, total: 6_800 * MILLION },
  { manufacturing: true, top500: true, ...large, count: 4, total: 6_300 * MILLION },
  { manufacturing: true, top500: false, ...large, count: 18, total: 25_410 * MILLION },
  { manufacturing: false, top500: true, ...large, count: 2, total: 3_600 * MILLION },
  { manufacturing: false, top500: false, ...large, count: 5, total: 9_300 * MILLION },
  { manufacturing: true, top500: true, ...small, count: 4, total: 1_360 * MILLION },
  { manufacturing: true, top500: false, ...small, count: 37, total: 11_958 * MILLION },
  { manufacturing: false, top500: true, ...small, count: 2, total: 800 * MILLION },
  { manufacturing: false, top500: false, ...small, count: 13, total: 5_560 * MILLION },
];
