/** A query-only SQLite connection on a thread of its own, so that long reads do not hold up the event loop. */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

export interface Question {
  id: number;
  sql: string;
  params: unknown[];
}

export type Answer =
  | { id: number; rows: unknown[][] }
  | { id: number; error: { message: string; code: string } };

export class SqliteThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, { resolve: (rows: unknown[][]) => void; reject: (e: Error) => void }>();
  #last = 0;
  #failure: Error | null = null;

  constructor(file: string) {
    // The neighbour has this file's ending: .ts from source, .js once built.
    const script = new URL(`./sqlite-worker${extname(import.meta.filename)}`, import.meta.url);
    this.#worker = new Worker(script, { workerData: { file } });
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => {
      const asker = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      if ('error' in answer) {
        const { message, code } = answer.error;
        asker?.reject(Object.assign(new Error(message), { code }));
      } else asker?.resolve(answer.rows);
      if (this.#pending.size === 0) this.#worker.unref();
    });
    this.#worker.on('error', (error) => this.#fail(error as Error));
    this.#worker.on('exit', () => this.#fail(new Error('The thread of a reader has ended.')));
  }

  /** False once the thread has died; the pool then drops it. */
  get usable(): boolean {
    return this.#failure === null;
  }

  /** Runs one statement. @returns its rows as arrays, in the order of the selection; none for a command. */
  run(sql: string, params: unknown[]): Promise<unknown[][]> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ id, sql, params } satisfies Question);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
