/** The outcome of a file's rows: counts, the first changes, the first faults. */

import type { Differences, PlannedRow } from '../../sheets/importer.ts';
import type { FileFault } from './faults.ts';
import { type SortedFaults, withFaultsOfFile } from './missing-columns.ts';

export interface Outcome {
  rows: number;
  created: number;
  changed: number;
  unchanged: number;
  refused: number;
  /** Number of refused rows that changed since the sheet was exported. */
  conflicts: number;
  /** Number of enterprises created besides. */
  enterprisesCreated: number;
  faultCount: number;
  /** Number of faults not listed in the report, by code. */
  unreported: Readonly<Record<string, number>>;
  /** Faults that concern all rows; they are not in the report of rows. */
  faultsOfFile: readonly FileFault[];
  /** The first changes and faults. */
  changes: ShownChange[];
  faults: FileFault[];
  /** The names of the first enterprises created besides. */
  newEnterprises: string[];
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
export const SHOWN_ENTERPRISES = 100;

export const startOutcome = (): Outcome => ({
  rows: 0,
  created: 0,
  changed: 0,
  unchanged: 0,
  refused: 0,
  conflicts: 0,
  enterprisesCreated: 0,
  faultCount: 0,
  unreported: {},
  faultsOfFile: [],
  changes: [],
  faults: [],
  newEnterprises: [],
});

const COUNTS = { create: 'created', change: 'changed', unchanged: 'unchanged', refused: 'refused' } as const;

/** Counts a row. @param reported number of its own first faults that are in the report */
export function addRow(
  outcome: Outcome,
  planned: PlannedRow,
  { own: faults, ofFile }: SortedFaults,
  reported: number,
): void {
  const { row, key, effect, newEnterprises } = planned;
  outcome.rows += 1;
  outcome[COUNTS[effect]] += 1;
  const faultsOfFile = withFaultsOfFile(outcome.faultsOfFile, ofFile);
  outcome.faultCount += faults.length + faultsOfFile.length - outcome.faultsOfFile.length;
  outcome.faultsOfFile = faultsOfFile;
  for (const { code } of faults.slice(reported)) {
    outcome.unreported = summed(outcome.unreported, { [code]: 1 });
  }
  if (faults.some(({ code }) => code === 'changed_since')) outcome.conflicts += 1;
  if ((effect === 'create' || effect === 'change') && outcome.changes.length < SHOWN_CHANGES) {
    outcome.changes.push({ row, key, effect, fields: planned.differences() });
  }
  outcome.enterprisesCreated += newEnterprises.length;
  outcome.newEnterprises.push(...newEnterprises.slice(0, SHOWN_ENTERPRISES - outcome.newEnterprises.length));
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

/** Number of faults of rows: those of the file are not in its report on disk. */
export const rowFaultCount = ({ faultCount, faultsOfFile }: Outcome): number =>
  faultCount - faultsOfFile.length;

/** Number of faults in the report. */
export const reportedOf = ({ faultCount, unreported }: Pick<Outcome, 'faultCount' | 'unreported'>): number =>
  Object.values(unreported).reduce((left, count) => left - count, faultCount);

const SUMMED = ['rows', ...Object.values(COUNTS), 'conflicts', 'enterprisesCreated'] as const;

/** Combines the outcomes of consecutive rows. */
export function joined(first: Outcome, next: Outcome): Outcome {
  const sums = SUMMED.map((name) => [name, first[name] + next[name]]);
  const faultsOfFile = withFaultsOfFile(first.faultsOfFile, next.faultsOfFile);
  const repeated = first.faultsOfFile.length + next.faultsOfFile.length - faultsOfFile.length;
  return {
    ...(Object.fromEntries(sums) as Pick<Outcome, (typeof SUMMED)[number]>),
    faultCount: first.faultCount + next.faultCount - repeated,
    unreported: summed(first.unreported, next.unreported),
    faultsOfFile,
    changes: [...first.changes, ...next.changes].slice(0, SHOWN_CHANGES),
    faults: [...first.faults, ...next.faults].slice(0, SHOWN_FAULTS),
    newEnterprises: [...first.newEnterprises, ...next.newEnterprises].slice(0, SHOWN_ENTERPRISES),
  };
}

/** The outcome of an import that faulty rows ended, with the rows committed before them. */
export const brokenOff = (
  kept: Outcome,
  { refused, conflicts, faultCount, unreported, faultsOfFile, faults }: Outcome,
): Outcome =>
  joined(kept, {
    ...startOutcome(),
    rows: refused,
    refused,
    conflicts,
    faultCount,
    unreported,
    faultsOfFile,
    faults,
  });

/** The first faults, those that concern all rows before the others. */
export const shownFaults = ({ faultsOfFile, faults }: Outcome): FileFault[] =>
  [...faultsOfFile, ...faults].slice(0, SHOWN_FAULTS);

/** The stored form: the counts are separate from the shown details, which a list of imports does not need. */
export const onRecord = ({ changes, faults, faultsOfFile, newEnterprises, ...counts }: Outcome): Kept => ({
  outcome: counts,
  shown: { changes, faults, faultsOfFile, newEnterprises },
});

/** Restores an outcome stored by `onRecord`; an empty one if there is none. */
export const outcomeOf = ({ outcome, shown }: Partial<Kept>): Outcome =>
  ({ ...startOutcome(), ...outcome, ...shown }) as Outcome;

interface Kept {
  outcome: Record<string, unknown> | null;
  shown: Record<string, unknown> | null;
}
