/** How much is imported at once and how long is waited for it; tests make do with less. */
import { limits as reading } from '../../sheets/reading/limits.ts';

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;

export const importLimits = {
  /** Of a file as it comes in. */
  textBytes: reading.textBytes as number,
  workbookBytes: reading.workbookBytes as number,
  /** The largest file over a slow line. */
  uploadMs: HOUR_MS / 4,
  /** A file up to this is answered when it is done, if that does not take longer; a larger one at once. */
  answeredBytes: 5 * MIB,
  answeredMs: 25_000,
  /** Rows that are committed as a whole. A larger file comes in slices, each of them whole. */
  atOnce: 100_000,
  slice: 50_000,
  /** Imports that run side by side, each with a process that reads; and those that wait, or are still arriving. */
  running: 2,
  waiting: 20,
  /** Of the places for them, those that one key may take. */
  ofOneKey: 8,
  /** An upload of which less than this comes in any such time is cut, so that its place is free again. */
  leastBytes: 65_536,
  leastWithinMs: 30_000,
  /** Of the disk, for files that come in and reports; the service has a setting for it. */
  quotaBytes: Number.POSITIVE_INFINITY,
  /** Imports on record, however small. */
  kept: 10_000,
  /** Faults of a file in its report, the first ones: more than anybody corrects by hand. Of the others it counts each code. */
  reported: 10_000,
  /** An owner that has not been seen for so long is taken for dead, where nothing else can be told of it. */
  silentMs: HOUR_MS / 12,
  /** A file that has arrived and still belongs to no import belongs to nothing. */
  strayMs: HOUR_MS,
  /** Ended, an import and the report on its faults are kept for so long. */
  keptDays: 7,
  /** So many crashes an import outlives. More, and it may be what they come from. */
  crashes: 5,
};

export type ImportLimits = Readonly<typeof importLimits>;
