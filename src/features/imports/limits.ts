/** Limits and time limits of imports; tests use smaller ones. */
import { limits as reading } from '../../sheets/reading/limits.ts';

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;

export const importLimits = {
  /** Maximum size of an uploaded file. */
  textBytes: reading.textBytes as number,
  workbookBytes: reading.workbookBytes as number,
  /** Enough for the largest file over a slow connection. */
  uploadMs: HOUR_MS / 4,
  /**
   * Files up to this size are answered when the import is done, unless it takes longer; larger ones
   * immediately.
   */
  answeredBytes: 5 * MIB,
  answeredMs: 25_000,
  /** Rows that are committed atomically. Larger files are committed in slices. */
  atOnce: 100_000,
  slice: 50_000,
  /**
   * Number of concurrent imports, each with a reading process; and of those waiting or still being uploaded.
   */
  running: 2,
  waiting: 20,
  /** Maximum number of these for one key. */
  ofOneKey: 8,
  /** Minimum upload rate: slower uploads are aborted, so that they do not block others. */
  leastBytes: 65_536,
  leastWithinMs: 30_000,
  /** Disk space for uploaded files and reports; configurable. */
  quotaBytes: Number.POSITIVE_INFINITY,
  /** Maximum number of import records. */
  kept: 10_000,
  /**
   * Maximum number of faults listed in a report: more than anybody corrects by hand. The others are counted
   * by code.
   */
  reported: 10_000,
  /** An owner without a heartbeat for this long is considered dead, unless more is known about it. */
  silentMs: HOUR_MS / 12,
  /** An uploaded file that still belongs to no import after this time is deleted. */
  strayMs: HOUR_MS,
  /** How long finished imports and their fault reports are kept. */
  keptDays: 7,
  /** Number of crashes that an import may survive; after more, the import itself is suspected. */
  crashes: 5,
};

export type ImportLimits = Readonly<typeof importLimits>;
