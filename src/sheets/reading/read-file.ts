/** Reads an uploaded file in a process of its own, which may fail without harm. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { moduleBeside } from '../../core/module-beside.ts';
import { Problem } from '../../http/problems.ts';
import { limits } from './limits.ts';
import type { JobMessage } from './read-job.ts';
import type { ReadProgress, ReadRequest, ReadResult } from './rows.ts';

export interface ReadOptions {
  /** Called a few times a second. */
  onProgress?(progress: ReadProgress): void;
  /** Ends the reading; the promise then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** What reads a file, and how long it may take. */
export interface Reader {
  start(): ChildProcess;
  milliseconds: number;
}

const module = fileURLToPath(moduleBeside(import.meta, 'read-job'));

const reader: Reader = {
  // Without the environment of the service: there are secrets in it, and settings of its own for Node.
  start: () =>
    fork(module, [], {
      execArgv: [`--max-old-space-size=${limits.heapMib}`, '--max-semi-space-size=32'],
      env: {},
      // Out of the reach of a terminal, which would stop it before whoever asked can say what that means.
      detached: true,
      // Columns have maps of words.
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    }),
  milliseconds: limits.milliseconds,
};

/** What the last words of a process say about its end. */
function problemOf(words: string, code: number | null, signal: string | null): Problem {
  const isOutOfMemory =
    signal === 'SIGKILL' || /heap out of memory|Array buffer allocation failed/.test(words);
  const cause = new Error(`The reading process ended with ${signal ?? code}: ${words.slice(-2_000)}`);
  return new Problem(isOutOfMemory ? 'imports.out_of_memory' : 'imports.not_readable', { cause });
}

/** Enough of what a failing process says of itself. */
const MAX_WORDS = 8_192;

/** As `readFile`, by another reader. */
export function readWith(
  { start, milliseconds }: Reader,
  request: ReadRequest,
  { onProgress, signal }: ReadOptions = {},
): Promise<ReadResult> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = start();
    let words = '';
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      child.kill('SIGKILL');
    };
    const fail = (reason: unknown) => {
      end();
      reject(reason);
    };
    const abort = () => fail(signal?.reason);
    const timer = setTimeout(
      () => fail(new Problem('imports.too_slow', { values: { seconds: milliseconds / 1000 } })),
      milliseconds,
    );
    signal?.addEventListener('abort', abort);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-MAX_WORDS);
    });
    child.on('message', (message: JobMessage) => {
      if ('progress' in message) onProgress?.(message.progress);
      else if ('refusal' in message) {
        fail(new Problem(message.refusal.kind, { values: message.refusal.values }));
      } else {
        end();
        resolve(message.result);
      }
    });
    child.on('error', fail);
    // Once its streams have ended: then it has said everything. After an answer this says nothing any more.
    child.on('close', (code, killedBy) => fail(problemOf(words, code, killedBy)));
    // One that is gone before it was asked says so by its end.
    child.send(request, () => undefined);
  });
}

/**
 * Writes the rows of a file to `request.rows`, faulty ones with their faults.
 * @throws Problem 422 or 413 `imports.…` for a file that cannot be read as a whole; then what is in `request.rows` is
 * not to be used
 */
export const readFile = (request: ReadRequest, options?: ReadOptions): Promise<ReadResult> =>
  readWith(reader, request, options);
