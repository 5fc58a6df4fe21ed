/** A SQLite connection on its own thread, so that long work does not block the event loop. */
import { MessageChannel, type MessagePort, type ResourceLimits, Worker } from 'node:worker_threads';
import { moduleBeside } from '../core/module-beside.ts';
import { turn } from '../core/pace.ts';
import type { LoadWork, StreamWork } from './database.ts';

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
  /**
   * The module of a `StreamWork` or `LoadWork`, and the port through which its parts are requested and
   * returned.
   */
  | { stream: string; input: unknown; port: MessagePort }
  | { load: string; input: unknown; port: MessagePort };

export type Answer =
  /** Some of the rows, and whether there are more: sending all in one message would block the event loop. */
  | { id: number; rows: unknown[][]; isRest: boolean }
  | { id: number; error: { message: string; code: string } };

/** Request to a stream: for its next part, or to end. */
export type Demand = 'next' | 'end';

export type Streamed = { part: unknown } | { end: true } | { error: { message: string; code: string } };

const failureOf = ({ message, code }: { message: string; code: string }): Error =>
  Object.assign(new Error(message), { code });

interface Asked {
  rows: unknown[];
  /** Converts each row immediately, so that the raw rows can be garbage collected early. */
  made: (row: unknown[]) => unknown;
  resolve: (rows: never[]) => void;
  reject: (e: Error) => void;
}

export class SqliteThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Asked>();
  #last = 0;
  #failure: Error | null = null;

  /**
   * @param resourceLimits memory limits of the thread; if exceeded, the thread ends and the process continues
   */
  constructor(file: string, resourceLimits: ResourceLimits = {}, writes = false) {
    const workerData: ThreadData = { file, writes };
    this.#worker = new Worker(moduleBeside(import.meta, 'sqlite-worker'), { workerData, resourceLimits });
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => {
      const asked = this.#pending.get(answer.id);
      if (asked && 'rows' in answer) {
        for (const row of answer.rows) asked.rows.push(asked.made(row));
        if (answer.isRest) return void turn().then(() => this.#say({ id: answer.id, rest: true }));
        asked.resolve(asked.rows as never[]);
      }
      this.#pending.delete(answer.id);
      if ('error' in answer) asked?.reject(failureOf(answer.error));
      if (this.#pending.size === 0) this.#worker.unref();
    });
    this.#worker.on('error', (error) => this.#fail(error as Error));
    this.#worker.on('exit', () => this.#fail(new Error('The thread of a connection has ended.')));
  }

  /** False once the thread has died; the pool then drops it. */
  get usable(): boolean {
    return this.#failure === null;
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
    if (this.#failure) return Promise.reject(this.#failure);
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { rows: [], made, resolve, reject });
      this.#worker.ref();
      this.#say(question(id));
    });
  }

  #say(question: Question): void {
    this.#worker.postMessage(question);
  }

  /** Runs a reading work, one part ahead of the consumer. The transaction has ended when this returns. */
  stream<Input, Part>({ module }: StreamWork<Input, Part>, input: Input): AsyncGenerator<Part, void> {
    return this.#run((port) => ({ stream: module.href, input, port }), true);
  }

  /**
   * Runs a writing work on its own connection; it is committed when this returns. It never runs ahead of the
   * consumer, or it might have committed before the consumer abandons it after the last part.
   */
  load<Input, Part>({ module }: LoadWork<Input, Part>, input: Input): AsyncGenerator<Part, void> {
    return this.#run((port) => ({ load: module.href, input, port }), false);
  }

  async *#run<Part>(ask: (port: MessagePort) => Question, isAhead: boolean): AsyncGenerator<Part, void> {
    if (this.#failure) throw this.#failure;
    const { port1: port, port2 } = new MessageChannel();
    const question = ask(port2);
    let arrived = Promise.withResolvers<Streamed>();
    const arrivals = [arrived.promise];
    port.on('message', (message: Streamed) => {
      arrived.resolve(message);
      arrived = Promise.withResolvers();
      arrivals.push(arrived.promise);
    });
    // The other end closes when the stream has ended, and also when its thread dies.
    port.on('close', () =>
      arrived.resolve({ error: { message: 'The thread of a connection has ended.', code: '' } }),
    );
    const demand = (what: Demand) => port.postMessage(what);
    this.#worker.ref();
    this.#worker.postMessage(question, [port2]);
    demand('next');
    let ended = false;
    try {
      for (;;) {
        const message = (await arrivals[0]) as Streamed;
        arrivals.shift();
        if ('part' in message) {
          if (isAhead) demand('next');
          yield message.part as Part;
          if (!isAhead) demand('next');
          continue;
        }
        ended = true;
        if ('error' in message) throw failureOf(message.error);
        return;
      }
    } finally {
      if (!ended) {
        demand('end');
        for (let last: Streamed = { part: null }; 'part' in last; arrivals.shift()) {
          last = (await arrivals[0]) as Streamed;
        }
      }
      port.close();
      if (this.#pending.size === 0) this.#worker.unref();
    }
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
