/** Reads an uploaded file in a separate process, whose failure does no harm. */
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
  /** Stops reading; the promise then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** How to start a reading process, and its time limit. */
export interface Reader {
  start(): ChildProcess;
  milliseconds: number;
}

const module = fileURLToPath(moduleBeside(import.meta, 'read-job'));

const reader: Reader = {
  // Without the service's environment, which contains secrets and its own Node settings.
  start: () =>
    fork(module, [], {
      execArgv: [`--max-old-space-size=${limits.heapMib}`, '--max-semi-space-size=32'],
      env: {},
      // In its own process group: Ctrl+C in a terminal must not end it before its parent has handled the
      // signal.
      detached: true,
      // Columns contain `Map`s.
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    }),
  milliseconds: limits.milliseconds,
};

/** The problem behind the end of a process, according to its last output. */
function problemOf(words: string, code: number | null, signal: string | null): Problem {
  const isOutOfMemory =
    signal === 'SIGKILL' || /heap out of memory|Array buffer allocation failed/.test(words);
  const cause = new Error(`The reading process ended with ${signal ?? code}: ${words.slice(-2_000)}`);
  return new Problem(isOutOfMemory ? 'imports.out_of_memory' : 'imports.not_readable', { cause });
}

/** How much of a failing process's output to keep. */
const MAX_WORDS = 8_192;

/** As `readFile`, with a given reader. */
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
      } else if ('failure' in message) {
        fail(Object.assign(new Error(message.failure.message), { code: message.failure.code }));
      } else {
        end();
        resolve(message.result);
      }
    });
    child.on('error', fail);
    // `close` comes after all output. After a result, it has no effect.
    child.on('close', (code, killedBy) => fail(problemOf(words, code, killedBy)));
    // The error is ignored here: if the process is already gone, the `close` event reports it.
    child.send(request, () => undefined);
  });
}

/**
 * Writes the rows of a file to `request.rows`, faulty ones with their faults.
 * @throws Problem 422 or 413 `imports.…` if the file as a whole cannot be read; the content of `request.rows`
 * is then invalid
 */
export const readFile = (request: ReadRequest, options?: ReadOptions): Promise<ReadResult> =>
  readWith(reader, request, options);
