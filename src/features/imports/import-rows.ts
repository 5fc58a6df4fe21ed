/** An import as it runs, over the rows that reading its file has left: in a snapshot to see what it would do, in a transaction to do it. */
import { rm } from 'node:fs/promises';
import type { LoadWork, Reader, StreamWork, Transaction } from '../../database/database.ts';
import { type Refusal, refusalIn } from '../../log/holding.ts';
import type { Caller } from '../../log/service.ts';
import type { ImportContext, Importer } from '../../sheets/importer.ts';
import { rowParser } from '../../sheets/reading/row-lines.ts';
import type { ReadRow, RecognisedColumn } from '../../sheets/reading/rows.ts';
import { rowFaults } from './faults.ts';
import type { ImportEntity } from './importable.ts';
import { addRow, type Outcome, startOutcome } from './outcome.ts';
import { linesOf, writeReport } from './reports.ts';
import { noteRows } from './repository.ts';

/** Plain data: it goes to a thread. */
export interface ImportRun {
  id: string;
  /** Of the process that works on it. */
  life: string;
  entity: ImportEntity;
  /** Where the rows lie, as `row-lines.ts` has them. */
  rows: string;
  /** Where the faults of these rows are written, a `FileFault` a line; how many of them the report takes. */
  faults: string;
  room: number;
  columns: readonly RecognisedColumn[];
  /** Which of the rows, counted from 0. */
  from: number;
  count: number;
  /** Whether the good rows are written where there are others. */
  partial: boolean;
  createEnterprises: boolean;
  caller: Pick<Caller, 'actor' | 'requestId' | 'regions' | 'id'>;
  /** The moment and the day at which everything in it happens. */
  now: string;
  today: string;
}

/** How far it is; at the end what the rows do, or have done, or why the key may do nothing any more. */
export type ImportPart = { done: number } | { outcome: Outcome } | { refusal: Refusal };

/** What is planned together, and looked up with a few queries. */
const BATCH = 128;

/** How often it is told how far the work is; until it is asked to go on it waits. */
const TOLD_EVERY_MS = 50;

/** An import as a thread does it, where the database has threads. */
export type ImportWork = StreamWork<ImportRun, ImportPart> & LoadWork<ImportRun, ImportPart>;

/** What the rows of each kind do. */
export type Importers = Readonly<Record<ImportEntity, (context: ImportContext) => Importer>>;

/** The work of imports with these importers: `run` says what the rows would do; `load` does it. */
export const importing = (importers: Importers): Pick<ImportWork, 'run' | 'load'> => ({
  run: (reader, asked) => go(importers, reader, null, asked),
  // Where a row is refused, and not the good ones are wanted, nothing should be kept: whoever asked gives it up.
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
        const found = rowFaults(row.faults, batch[i] as ReadRow, asked.columns);
        const reported = found.slice(0, Math.max(0, asked.room - outcome.faultCount));
        for (const fault of reported) lines.push(`${JSON.stringify(fault)}\n`);
        addRow(outcome, row, found, reported.length);
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

/** Some of the rows, counted from 0, a batch at a time. */
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
