/**
 * On whose behalf the database works, so that long work can be queued, and dropped when the caller has
 * disconnected.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { GoneError } from './errors.ts';

export interface Asker {
  /**
   * The waiting callers: keys, and networks without one. Identical concurrent requests share one response.
   */
  readonly names: Iterable<string>;
  /** Whether one of them has a key. */
  readonly hasKey: boolean;
  /** Aborted when the caller disconnects. */
  readonly signal: AbortSignal;
}

const asking = new AsyncLocalStorage<Asker>();

/** The service itself, which never disconnects. */
const NOBODY: Asker = { names: [''], hasKey: true, signal: new AbortController().signal };

/** Runs a function on behalf of an asker, including everything it starts. */
export const onBehalfOf = <T>(asker: Asker, work: () => T): T => asking.run(asker, work);

export const currentAsker = (): Asker => asking.getStore() ?? NOBODY;

/** @throws GoneError when the asker has disconnected */
export function expectWanted({ signal }: Asker): void {
  if (signal.aborted) throw new GoneError();
}

/** Several callers waiting for the same result; the work is dropped when the last of them disconnects. */
export class Askers implements Asker {
  readonly #waiting = new Map<Asker, readonly string[]>();
  readonly #controller = new AbortController();

  get names(): Iterable<string> {
    return [...this.#waiting.values()].flat();
  }

  get hasKey(): boolean {
    return [...this.#waiting.keys()].some(({ hasKey }) => hasKey);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  add(asker: Asker): void {
    this.#waiting.set(asker, [...asker.names]);
    const leave = () => {
      this.#waiting.delete(asker);
      if (this.#waiting.size === 0) this.#controller.abort();
    };
    if (asker.signal.aborted) leave();
    else asker.signal.addEventListener('abort', leave, { once: true });
  }
}
