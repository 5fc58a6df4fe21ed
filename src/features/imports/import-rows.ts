/**
 * Runs an import over the rows read from its file: in a snapshot to preview it, in a transaction to perform
 * it.
 */
import { rm } from 'node:fs/promises';
import type { LoadWork, Reader, StreamWork, Transaction } from '../../database/database.ts';
import { type Refusal, refusalIn } from '../../log/holding.ts';
import type { Caller } from '../../log/service.ts';
import type { ImportContext, Importer } from '../../sheets/importer.ts';
import { rowParser } from '../../sheets/reading/row-lines.ts';
import type { ReadRow, RecognisedColumn } from '../../sheets/reading/rows.ts';
import { rowFaults } from './faults.ts';
import type { ImportEntity } from './importable.ts';
import { faultSorter, type Naming } from './missing-columns.ts';
import { addRow, type Outcome, startOutcome } from './outcome.ts';
import { linesOf, writeReport } from './reports.ts';
import { noteRows } from './repository.ts';

/** Plain data that can be sent to a thread. */
export interface ImportRun extends Naming {
  id: string;
  /** Identifies the process that works on it. */
  life: string;
  /** Path of the rows, in the format of `row-lines.ts`. */
  rows: string;
  /** Path for the faults of these rows, one `FileFault` per line; and how many of them the report accepts. */
  faults: string;
  room: number;
  columns: readonly RecognisedColumn[];
  /** The range of rows, from a zero-based index. */
  from: number;
  count: number;
  /** Whether valid rows are written even if others are faulty. */
  partial: boolean;
  createEnterprises: boolean;
  caller: Pick<Caller, 'actor' | 'requestId' | 'regions' | 'id'>;
  /** The time and the day of all its changes. */
  now: string;
  today: string;
}

/** Progress; at the end the outcome, or why the key is no longer valid. */
export type ImportPart = { done: number } | { outcome: Outcome } | { refusal: Refusal };

/** Rows that are planned together, with a few queries for all. */
const BATCH = 128;

/** Interval between progress reports; after each, the work waits until the consumer continues. */
const TOLD_EVERY_MS = 50;

/** The work of an import as run by threads, if the database has them. */
export type ImportWork = StreamWork<ImportRun, ImportPart> & LoadWork<ImportRun, ImportPart>;

/** The importers by entity. */
export type Importers = Readonly<Record<ImportEntity, (context: ImportContext) => Importer>>;

/** The work of imports with the given importers: `run` previews the rows, `load` writes them. */
export const importing = (importers: Importers): Pick<ImportWork, 'run' | 'load'> => ({
  run: (reader, asked) => go(importers, reader, null, asked),
  // If a row is refused and partial imports are not wanted, the caller abandons the load, which rolls it
  // back.
  load: (tx, before, asked) => go(importers, before, tx, asked),
});

async function* go(
  importers: Importers,
  reader: Reader,
  tx: Transaction | null,
  asked: ImportRun,
): AsyncGenerator<ImportPart, void> {
  const { caller, createEnterprises, now, today, partial } = asked;
  const refusal = tx && (await refusalIn(tx, caller, now));
  if (refusal) {
    yield { refusal };
    return;
  }
  const clock = { now: () => now, today: () => today, milliseconds: () => Date.parse(now) };
  const importer = importers[asked.entity]({ caller, clock, createEnterprises });
  const outcome = startOutcome();
  const sorted = faultSorter(asked);
  await rm(asked.faults, { force: true });
  const report = writeReport(asked.faults);
  let told = Number.NEGATIVE_INFINITY;
  const mayWrite = () => tx !== null && (partial || outcome.refused === 0);
  try {
    if (asked.entity === 'projects') await tx?.announceRows(tx.tables.projects, asked.count);
    // If faulty rows refuse the file, the first pass over the whole file has already found repeated rows.
    if (asked.from > 0 && (partial || importer.needsEarlierRows)) {
      for await (const batch of batchesOf(asked.rows, 0, asked.from)) importer.pass(batch.map(toImported));
    }
    for await (const batch of batchesOf(asked.rows, asked.from, asked.count)) {
      const planned = await importer.plan(reader, batch.map(toImported));
      const lines: string[] = [];
      for (const [i, row] of planned.entries()) {
        const faults = sorted(rowFaults(row.faults, batch[i] as ReadRow, asked.columns));
        const reported = faults.own.slice(0, Math.max(0, asked.room - outcome.faultCount));
        for (const fault of reported) lines.push(`${JSON.stringify(fault)}\n`);
        addRow(outcome, row, faults, reported.length);
        if (tx && mayWrite()) await row.write(tx);
      }
      if (lines.length > 0) await report.write(lines.join(''));
      if (performance.now() < told + TOLD_EVERY_MS) continue;
      yield { done: asked.from + outcome.rows };
      told = performance.now();
    }
    if (tx && mayWrite()) await noteRows(tx, asked, asked.from + outcome.rows, outcome);
    yield { outcome };
  } finally {
    await report.close();
  }
}

const toImported = ({ row, fields, faults }: ReadRow) => ({
  row,
  fields,
  faults: faults.map(({ field, code, values }) => ({
    ...(field !== null && { pointer: `/${field}` }),
    code,
    ...(values && { values }),
  })),
});

/** A range of rows from a zero-based index, in batches. */
async function* batchesOf(rows: string, from: number, count: number): AsyncGenerator<ReadRow[]> {
  let parse: ReturnType<typeof rowParser> | undefined;
  let batch: ReadRow[] = [];
  let number = 0;
  for await (const lines of linesOf(rows)) {
    for (const line of lines) {
      if (!parse) {
        parse = rowParser(line);
        continue;
      }
      if (number >= from + count) break;
      if (number++ < from) continue;
      batch.push(parse(line));
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    if (number >= from + count) break;
  }
  if (batch.length > 0) yield batch;
}
