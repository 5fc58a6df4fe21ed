/** Things lent to one borrower at a time, made when first needed, at most `size` of them. */
export class Pool<T extends { close(): unknown }> {
  readonly #make: () => T;
  readonly #size: number;
  readonly #idle: T[] = [];
  readonly #all = new Set<T>();
  readonly #queue: ((item: T) => void)[] = [];

  constructor(size: number, make: () => T) {
    this.#size = size;
    this.#make = make;
  }

  /** Runs `use` with an item that nobody else has, waiting for one where all are lent. */
  async lend<R>(use: (item: T) => Promise<R>): Promise<R> {
    const item = this.#idle.pop() ?? this.#grow() ?? (await new Promise<T>((r) => this.#queue.push(r)));
    try {
      return await use(item);
    } finally {
      const next = this.#queue.shift();
      if (next) next(item);
      else this.#idle.push(item);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((item) => item.close()));
  }

  #grow(): T | undefined {
    if (this.#all.size >= this.#size) return undefined;
    const item = this.#make();
    this.#all.add(item);
    return item;
  }
}
