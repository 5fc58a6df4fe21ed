/** The outcome of a file's rows: counts, the first changes, the first faults. */

import type { Differences, PlannedRow } from '../../sheets/importer.ts';
import type { FileFault } from './faults.ts';

export interface Outcome {
  rows: number;
  created: number;
  changed: number;
  unchanged: number;
  refused: number;
  /** Number of refused rows that changed since the sheet was exported. */
  conflicts: number;
  faultCount: number;
  /** Number of faults not listed in the report, by code. */
  unreported: Readonly<Record<string, number>>;
  /** The first changes and faults. */
  changes: ShownChange[];
  faults: FileFault[];
}

interface ShownChange {
  row: number;
  key: string | null;
  effect: 'create' | 'change';
  fields: Differences;
}

/** Maximum numbers shown in a response; the report lists more faults. */
export const SHOWN_CHANGES = 20;
export const SHOWN_FAULTS = 1_000;

export const startOutcome = (): Outcome => ({
  rows: 0,
  created: 0,
  changed: 0,
  unchanged: 0,
  refused: 0,
  conflicts: 0,
  faultCount: 0,
  unreported: {},
  changes: [],
  faults: [],
});

const COUNTS = { create: 'created', change: 'changed', unchanged: 'unchanged', refused: 'refused' } as const;

/** Counts a row. @param reported number of its first faults that are in the report */
export function addRow(
  outcome: Outcome,
  planned: PlannedRow,
  faults: readonly FileFault[],
  reported: number,
): void {
  const { row, key, effect } = planned;
  outcome.rows += 1;
  outcome[COUNTS[effect]] += 1;
  outcome.faultCount += faults.length;
  for (const { code } of faults.slice(reported)) {
    outcome.unreported = summed(outcome.unreported, { [code]: 1 });
  }
  if (faults.some(({ code }) => code === 'changed_since')) outcome.conflicts += 1;
  if ((effect === 'create' || effect === 'change') && outcome.changes.length < SHOWN_CHANGES) {
    outcome.changes.push({ row, key, effect, fields: planned.differences() });
  }
  if (outcome.faults.length < SHOWN_FAULTS) {
    outcome.faults.push(...faults.slice(0, SHOWN_FAULTS - outcome.faults.length));
  }
}

/** Adds counts by name. */
const summed = (
  first: Readonly<Record<string, number>>,
  next: Readonly<Record<string, number>>,
): Record<string, number> => {
  const sums = { ...first };
  for (const [name, count] of Object.entries(next)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
};

/** Number of faults in the report. */
export const reportedOf = ({ faultCount, unreported }: Pick<Outcome, 'faultCount' | 'unreported'>): number =>
  Object.values(unreported).reduce((left, count) => left - count, faultCount);

/** Combines the outcomes of consecutive rows. */
export function joined(first: Outcome, next: Outcome): Outcome {
  const sums = (
    ['rows', 'created', 'changed', 'unchanged', 'refused', 'conflicts', 'faultCount'] as const
  ).map((name) => [name, first[name] + next[name]]);
  return {
    ...(Object.fromEntries(sums) as Omit<Outcome, 'changes' | 'faults' | 'unreported'>),
    unreported: summed(first.unreported, next.unreported),
    changes: [...first.changes, ...next.changes].slice(0, SHOWN_CHANGES),
    faults: [...first.faults, ...next.faults].slice(0, SHOWN_FAULTS),
  };
}

/** The outcome of an import that faulty rows ended, with the rows committed before them. */
export const brokenOff = (
  kept: Outcome,
  { refused, conflicts, faultCount, unreported, faults }: Outcome,
): Outcome =>
  joined(kept, { ...startOutcome(), rows: refused, refused, conflicts, faultCount, unreported, faults });

/** The stored form: the counts are separate from the shown details, which a list of imports does not need. */
export const onRecord = ({ changes, faults, ...counts }: Outcome): Kept => ({
  outcome: counts,
  shown: { changes, faults },
});

/** Restores an outcome stored by `onRecord`; an empty one if there is none. */
export const outcomeOf = ({ outcome, shown }: Partial<Kept>): Outcome =>
  ({ ...startOutcome(), ...outcome, ...shown }) as Outcome;

interface Kept {
  outcome: Record<string, unknown> | null;
  shown: Record<string, unknown> | null;
}
