/** An item of a pool. */
export interface Lent {
  /** False once it is broken; the pool then replaces it. */
  readonly usable?: boolean;
  close(): unknown;
}

/** Items lent to one borrower at a time, created on demand, at most `size` of them. */
export class Pool<T extends Lent> {
  readonly #make: () => T;
  readonly #size: number;
  readonly #idle: T[] = [];
  readonly #all = new Set<T>();
  readonly #waiting: ((item: T) => void)[] = [];

  constructor(size: number, make: () => T) {
    this.#size = size;
    this.#make = make;
  }

  /** Calls `use` with exclusive access to an item, waiting for one if all are in use. */
  async lend<R>(use: (item: T) => Promise<R>): Promise<R> {
    const item = await this.#take();
    try {
      return await use(item);
    } finally {
      this.#takeBack(item);
    }
  }

  /** As `lend`, until the iteration over the result of `use` completes or is abandoned. */
  async *lendTo<Part>(use: (item: T) => AsyncIterable<Part>): AsyncGenerator<Part, void> {
    const item = await this.#take();
    try {
      yield* use(item);
    } finally {
      this.#takeBack(item);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((item) => item.close()));
  }

  async #take(): Promise<T> {
    return this.#idle.pop() ?? this.#grow() ?? new Promise<T>((give) => this.#waiting.push(give));
  }

  #grow(): T | undefined {
    if (this.#all.size >= this.#size) return undefined;
    const item = this.#make();
    this.#all.add(item);
    return item;
  }

  #takeBack(item: T): void {
    const broken = item.usable === false;
    if (broken) this.#all.delete(item);
    const give = this.#waiting.shift();
    if (give) give((broken && this.#grow()) || item);
    else if (!broken) this.#idle.push(item);
  }
}
