/** A SQLite connection on its own thread, which also runs single statements. */
import type { ResourceLimits } from 'node:worker_threads';
import { moduleBeside } from '../core/module-beside.ts';
import { turn } from '../core/pace.ts';
import { failureOf, type WorkQuestion, WorkThread } from './thread.ts';

/** Statements without results, executed in order: for each, the index of its text, and its parameters. */
export interface Commands {
  texts: string[];
  runs: { text: number; params: unknown[] }[];
}

/** The kind of connection of a thread; a reading one refuses to write. */
export interface ThreadData {
  file: string;
  writes: boolean;
}

export type Question =
  | { id: number; sql: string; params: unknown[] }
  | { id: number; commands: Commands }
  /** The remaining rows of a response. */
  | { id: number; rest: true }
  | WorkQuestion;

export type Answer =
  /** Some of the rows, and whether there are more: sending all in one message would block the event loop. */
  | { id: number; rows: unknown[][]; isRest: boolean }
  | { id: number; error: { message: string; code: string } };

interface Asked {
  rows: unknown[];
  /** Converts each row immediately, so that the raw rows can be garbage collected early. */
  made: (row: unknown[]) => unknown;
  resolve: (rows: never[]) => void;
  reject: (e: Error) => void;
}

export class SqliteThread extends WorkThread {
  readonly #pending = new Map<number, Asked>();
  #last = 0;

  constructor(file: string, resourceLimits: ResourceLimits = {}, writes = false) {
    super(moduleBeside(import.meta, 'sqlite-worker'), { file, writes } satisfies ThreadData, resourceLimits);
    this.worker.on('message', (answer: Answer) => {
      const asked = this.#pending.get(answer.id);
      if (asked && 'rows' in answer) {
        for (const row of answer.rows) asked.rows.push(asked.made(row));
        if (answer.isRest) return void turn().then(() => this.#say({ id: answer.id, rest: true }));
        asked.resolve(asked.rows as never[]);
      }
      if (this.#pending.delete(answer.id)) this.release();
      if ('error' in answer) asked?.reject(failureOf(answer.error));
    });
  }

  /**
   * Runs one statement.
   * @param made converts a row, an array in the order of the selection
   * @returns its rows; none for a command
   */
  run<Row = unknown[]>(
    sql: string,
    params: unknown[],
    made: (row: unknown[]) => Row = (row) => row as Row,
  ): Promise<Row[]> {
    return this.#ask((id) => ({ id, sql, params }), made);
  }

  /** Runs statements up to the first that fails. */
  async perform(commands: Commands): Promise<void> {
    await this.#ask((id) => ({ id, commands }));
  }

  #ask<Row>(
    question: (id: number) => Question,
    made: (row: unknown[]) => Row = (row) => row as Row,
  ): Promise<Row[]> {
    if (this.failure) return Promise.reject(this.failure);
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { rows: [], made, resolve, reject });
      this.hold();
      this.#say(question(id));
    });
  }

  #say(question: Question): void {
    this.worker.postMessage(question);
  }

  protected override fail(error: Error): void {
    super.fail(error);
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
