/** A connection on its own thread, so that long work does not block the event loop. */
import { MessageChannel, type MessagePort, type ResourceLimits, Worker } from 'node:worker_threads';
import type { LoadWork, StreamWork } from './database.ts';
import { THREAD_ENDED } from './errors.ts';

/** The module of a `StreamWork` or `LoadWork`, and the port through which its parts are requested and returned. */
export type WorkQuestion =
  | { stream: string; input: unknown; port: MessagePort }
  | { load: string; input: unknown; port: MessagePort };

/** Request to a stream: for its next part, or to end. */
export type Demand = 'next' | 'end';

export type Streamed = { part: unknown } | { end: true } | { error: { message: string; code: string } };

const ENDED = { message: 'The thread of a connection has ended.', code: THREAD_ENDED };

export const failureOf = ({ message, code }: { message: string; code: string }): Error =>
  Object.assign(new Error(message), { code });

export class WorkThread {
  protected readonly worker: Worker;
  protected failure: Error | null = null;
  #held = 0;

  /**
   * @param resourceLimits memory limits of the thread; if exceeded, the thread ends and the process continues
   */
  constructor(module: URL, workerData: unknown, resourceLimits: ResourceLimits = {}) {
    this.worker = new Worker(module, { workerData, resourceLimits });
    this.worker.unref();
    this.worker.on('error', (cause) => this.fail(Object.assign(failureOf(ENDED), { cause })));
    this.worker.on('exit', () => this.fail(failureOf(ENDED)));
  }

  /** False once the thread has died; the pool then drops it. */
  get usable(): boolean {
    return this.failure === null;
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

  async *#run<Part>(ask: (port: MessagePort) => WorkQuestion, isAhead: boolean): AsyncGenerator<Part, void> {
    if (this.failure) throw this.failure;
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
    port.on('close', () => arrived.resolve({ error: ENDED }));
    const demand = (what: Demand) => port.postMessage(what);
    this.hold();
    this.worker.postMessage(question, [port2]);
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
        if ('error' in message) {
          // Before the event of its end arrives, nobody else must get this thread.
          if (message.error === ENDED) this.fail(failureOf(ENDED));
          throw failureOf(message.error);
        }
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
      this.release();
    }
  }

  /** Keeps the process alive until `release`. */
  protected hold(): void {
    if (this.#held++ === 0) this.worker.ref();
  }

  protected release(): void {
    if (--this.#held === 0) this.worker.unref();
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  protected fail(error: Error): void {
    this.failure ??= error;
  }
}
