/** Imports files from the command line one after the other, directly into the database. */

import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';
import { type Language, say } from '../core/languages.ts';
import type { Database } from '../database/database.ts';
import { rootMessage } from '../database/errors.ts';
import { faultSheet } from '../features/imports/fault-sheet.ts';
import { importRunner } from '../features/imports/runner.ts';
import type { Import } from '../features/imports/schema.ts';
import { type Asked, type ImportCaller, importService } from '../features/imports/service.ts';
import type { Progress } from '../features/imports/steps.ts';
import { uploadsIn } from '../features/imports/uploads.ts';
import { problems } from '../http/messages.ts';
import { counted } from '../http/nouns.ts';
import { Problem } from '../http/problems.ts';
import { byLuodi } from '../log/service.ts';
import { writeSheet } from '../sheets/sheet-file.ts';
import { importWork } from '../workers/works.ts';
import { megabytes, type OnProgress, withProgress } from './progress.ts';

/** A file that was refused before an import was created. */
interface NotTaken {
  status: 'refused';
  file: { name: string | null };
  problem: { code: string; detail: string };
}

/** The result of a file, with or without an import. */
export type FileResult = Import | NotTaken;

/** An imported file and its result. */
export interface FileImport {
  /** The file name as given. */
  file: string;
  result: FileResult;
  /** An error that has nothing to do with the file. */
  reason: string | null;
}

export interface CommandImports {
  /**
   * Imports files one at a time, continuing when the consumer has taken the previous result.
   * @throws Problem for errors that do not depend on the file; the signal's reason if it is aborted
   */
  run(files: readonly string[], asked: Asked): AsyncGenerator<FileImport>;
  /** The faults of all files so far, as a file. */
  faults(format: 'csv' | 'xlsx'): AsyncIterable<Uint8Array>;
}

/** The name for standard input. */
export const STDIN = '-';

const nameOf = (file: string): string | null => (file === STDIN ? null : basename(file));

const caller: ImportCaller = { ...byLuodi('import'), role: 'admin' };

/** @param folder for the files while they are imported */
export function importsAtCommandLine(
  service: { database: Database; clock: Clock },
  folder: string,
  language: Language,
  signal: AbortSignal,
): CommandImports {
  const errors: unknown[] = [];
  const uploads = uploadsIn(folder);
  const runner = importRunner(service, importWork, uploads, (error) => errors.push(error));
  const imports = importService(service, uploads, runner);
  const begun: { file: string; id: string }[] = [];

  async function importOne(file: string, asked: Asked): Promise<Import> {
    const stream = addAbortSignal(signal, file === STDIN ? process.stdin : createReadStream(file));
    const { id, upload } = await imports.receive(caller, stream, { name: nameOf(file), format: null });
    await imports.begin(caller, asked, id, upload);
    begun.push({ file, id });
    const cancel = () => void runner.cancel(id);
    signal.addEventListener('abort', cancel);
    if (signal.aborted) cancel();
    await watched(runner.ended(id), () => runner.progress(id), upload.bytes);
    signal.removeEventListener('abort', cancel);
    const result = await imports.read(caller, id, language);
    // Its final state could not be written, so it still appears as running.
    if (result.status === 'running') throw errors.at(-1);
    return result;
  }

  async function attempt(file: string, asked: Asked): Promise<FileImport> {
    errors.length = 0;
    try {
      const result = await importOne(file, asked);
      const reason = result.status === 'failed' && errors.length > 0 ? rootMessage(errors[0]) : null;
      return { file, result, reason };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { code, kind, details } = error;
      const problem = { code, detail: say(problems[kind], language, details.values) };
      return { file, result: { status: 'refused', file: { name: nameOf(file) }, problem }, reason: null };
    }
  }

  async function* allFaults() {
    for (const { file, id } of begun) {
      for await (const fault of await imports.allFaults(id)) yield { file, ...fault };
    }
  }

  return {
    run: async function* (files, asked) {
      await imports.expectAllowed(caller, asked);
      for (const file of files) {
        yield await attempt(file, asked);
        signal.throwIfAborted();
      }
    },
    faults: (format) => writeSheet(faultSheet(allFaults(), language, { isOfSeveral: true }), format),
  };
}

/** Interval between two updates of the bar. */
const LOOK_MS = 100;

const LABELS: Readonly<Record<Progress['phase'], string>> = {
  waiting: 'Waiting',
  reading: 'Reading',
  checking: 'Checking',
  writing: 'Writing',
};

/** Waits for an import to end, with a progress bar for each of its phases. */
async function watched(ended: Promise<void>, look: () => Progress | undefined, bytes: number): Promise<void> {
  const isOver = ended.then(() => true);
  const goesOn = () => Promise.race([isOver.then(() => false), sleep(LOOK_MS, true, { ref: false })]);
  for (let now = look(); now; now = look()) {
    const { phase } = now;
    const isReading = phase === 'reading';
    const total = isReading ? bytes : now.rowsRead;
    const began = { at: performance.now(), rows: isReading ? now.rowsRead : now.rowsDone };
    const show = (onProgress: OnProgress, { bytesRead, rowsRead, rowsDone }: Progress) => {
      const rows = isReading ? rowsRead : rowsDone;
      const speed = Math.round(((rows - began.rows) / (performance.now() - began.at + 1)) * 1_000);
      const faster = `${speed} rows/s`;
      onProgress(
        isReading ? bytesRead : rowsDone,
        total,
        isReading ? `${counted(rows, 'row')} | ${faster}` : faster,
      );
    };
    await withProgress(
      LABELS[phase],
      async (onProgress) => {
        while (now?.phase === phase && (await goesOn())) {
          show(onProgress, now);
          now = look();
        }
      },
      { onlyOnTerminal: true, ...(isReading && { unit: megabytes }) },
    );
    if (!(await goesOn())) return;
  }
  await ended;
}
