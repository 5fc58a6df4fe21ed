/** A SQLite connection on a thread of its own, so that long work does not hold up the event loop. */
import { MessageChannel, type MessagePort, type ResourceLimits, Worker } from 'node:worker_threads';
import { moduleBeside } from '../module-beside.ts';
import type { LoadWork, StreamWork } from './database.ts';

/** Statements without rows to give back, one after the other: which of the texts each is, and its parameters. */
export interface Commands {
  texts: string[];
  runs: { text: number; params: unknown[] }[];
}

/** What a thread's connection is for; one that only reads refuses to write. */
export interface ThreadData {
  file: string;
  writes: boolean;
}

export type Question =
  | { id: number; sql: string; params: unknown[] }
  | { id: number; commands: Commands }
  /** The module of a `StreamWork` or `LoadWork`, and the port over which its parts are asked for and given. */
  | { stream: string; input: unknown; port: MessagePort }
  | { load: string; input: unknown; port: MessagePort };

export type Answer =
  | { id: number; rows: unknown[][] }
  | { id: number; error: { message: string; code: string } };

/** What is asked of a stream: its next part, or that it ends. */
export type Demand = 'next' | 'end';

export type Streamed = { part: unknown } | { end: true } | { error: { message: string; code: string } };

const failureOf = ({ message, code }: { message: string; code: string }): Error =>
  Object.assign(new Error(message), { code });

export class SqliteThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, { resolve: (rows: unknown[][]) => void; reject: (e: Error) => void }>();
  #last = 0;
  #failure: Error | null = null;

  /** @param resourceLimits of the thread's memory; it ends where that is not enough, and the process goes on */
  constructor(file: string, resourceLimits: ResourceLimits = {}, writes = false) {
    const workerData: ThreadData = { file, writes };
    this.#worker = new Worker(moduleBeside(import.meta, 'sqlite-worker'), { workerData, resourceLimits });
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => {
      const asker = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      if ('error' in answer) asker?.reject(failureOf(answer.error));
      else asker?.resolve(answer.rows);
      if (this.#pending.size === 0) this.#worker.unref();
    });
    this.#worker.on('error', (error) => this.#fail(error as Error));
    this.#worker.on('exit', () => this.#fail(new Error('The thread of a connection has ended.')));
  }

  /** False once the thread has died; the pool then drops it. */
  get usable(): boolean {
    return this.#failure === null;
  }

  /** Runs one statement. @returns its rows as arrays, in the order of the selection; none for a command. */
  run(sql: string, params: unknown[]): Promise<unknown[][]> {
    return this.#ask((id) => ({ id, sql, params }));
  }

  /** Runs statements up to the first that fails. */
  async perform(commands: Commands): Promise<void> {
    await this.#ask((id) => ({ id, commands }));
  }

  #ask(question: (id: number) => Question): Promise<unknown[][]> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage(question(id));
    });
  }

  /** Runs a work that reads, one part ahead of what is taken. The transaction ends before this does. */
  stream<Input, Part>({ module }: StreamWork<Input, Part>, input: Input): AsyncGenerator<Part, void> {
    return this.#run((port) => ({ stream: module.href, input, port }), true);
  }

  /**
   * Runs a work that writes, on a connection of its own; what it wrote is committed when this ends. It is never ahead of
   * what is taken, or it would have committed already what is given up after its last part.
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
    // The other end closes when the stream has ended, and also when its thread has.
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
