/** Runs a verification, on a thread for streams if the database has any. */

import type { Revision, StreamReader } from '../../database/database.ts';
import { revisionIn } from '../../database/revision.ts';
import { type Break, walkLog } from '../chain.ts';
import { histories, type LoggedEntity, type Row, replay, type Told } from '../logged.ts';
import { type Difference, differencesIn } from './differences.ts';
import { type Group, grouped, sideBySide } from './groups.ts';
import { storedRows } from './repository.ts';

export interface Report {
  /** The end of the log. */
  head: Revision;
  /** Where the log is broken; the data then has nothing to be compared with. */
  broken: Break | null;
  /** Number of rows compared with the log. */
  rows: number;
  /** Number of rows that differ, by entity; entities without differences are left out. */
  differing: Partial<Record<LoggedEntity['entity'], number>>;
  /** The first differences. */
  differences: Difference[];
}

/** Progress and total: each log entry is read twice. */
export type VerifyPart = { done: number; total: number } | Report;

/** Maximum number of differences listed in full. */
const SHOWN = 100;
/** Resources compared between two progress reports. */
const TOLD_EVERY = 1_000;

/** Verifies the log, and the rows of the given entities. The report comes last. */
export const verifying = (entities: readonly LoggedEntity[]) =>
  async function* run(reader: StreamReader): AsyncGenerator<VerifyPart> {
    const head = await revisionIn(reader);
    const total = 2 * head.seq;
    const report: Report = { head, broken: null, rows: 0, differing: {}, differences: [] };
    for await (const step of walkLog(reader, head)) {
      if (typeof step === 'number') yield { done: step, total };
      else report.broken = step;
    }
    if (!report.broken) {
      let done = head.seq;
      for (const logged of entities) {
        for await (const { entries, rows, differences } of compared(reader, logged)) {
          done += entries;
          report.rows += rows;
          note(report, logged, differences);
          yield { done, total };
        }
      }
    }
    yield report;
  };

function note(
  { differing, differences }: Report,
  { entity }: LoggedEntity,
  found: readonly Difference[],
): void {
  if (found.length === 0) return;
  differing[entity] = (differing[entity] ?? 0) + found.length;
  differences.push(...found.slice(0, Math.max(0, SHOWN - differences.length)));
}

interface Compared {
  /** Number of log entries and rows read. */
  entries: number;
  rows: number;
  differences: Difference[];
}

const nothing = (): Compared => ({ entries: 0, rows: 0, differences: [] });

/** Compares all resources of an entity with their rows, in batches. */
async function* compared(reader: StreamReader, logged: LoggedEntity): AsyncGenerator<Compared> {
  let some = nothing();
  const replayed = grouped(
    histories(reader, logged),
    ({ entityId }) => entityId,
    (): Told | null => null,
    (told, entry) => {
      some.entries += 1;
      return replay(told, entry);
    },
  );
  const stored = logged.tables.map((table) =>
    grouped(
      storedRows(reader, table),
      (row) => row[table.of],
      (): Row[] => [],
      (rows, row) => {
        some.rows += 1;
        rows.push(row);
        return rows;
      },
    ),
  );
  const finders = logged.tables.map((table) => differencesIn(reader.tables, logged, table));
  let things = 0;
  const all = [replayed, ...stored] as AsyncGenerator<Group<Told | null | Row[]>, void>[];
  for await (const { of, values } of sideBySide(all)) {
    const [told = null, ...rows] = values as [Told | null | undefined, ...(Row[] | undefined)[]];
    for (const [i, differences] of finders.entries()) {
      some.differences.push(...differences(of, told, rows[i] ?? []));
    }
    if (++things % TOLD_EVERY > 0) continue;
    yield some;
    some = nothing();
  }
  yield some;
}
