/** Merges sorted streams: rows of one resource come together, and no more than that is in memory. */

export interface Group<Value> {
  /** The id or code of the resource. */
  of: string;
  value: Value;
}

/** Reduces consecutive items of the same resource. @param add combines the value so far with one more item */
export async function* grouped<Item, Value>(
  batches: AsyncIterable<readonly Item[]>,
  keyOf: (item: Item) => unknown,
  start: () => Value,
  add: (value: Value, item: Item) => Value,
): AsyncGenerator<Group<Value>> {
  let group: Group<Value> | undefined;
  for await (const batch of batches) {
    for (const item of batch) {
      const of = String(keyOf(item));
      if (group?.of !== of) {
        if (group) yield group;
        group = { of, value: start() };
      }
      group.value = add(group.value, item);
    }
  }
  if (group) yield group;
}

/** Both engines order texts by their UTF-8 bytes, unlike JavaScript. */
const comesBefore = (a: string, b: string): boolean =>
  a !== b && Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;

/**
 * Merges streams that are sorted by the keys of their groups: one resource at a time, undefined for a stream
 * without data about it.
 */
export async function* sideBySide<Value>(
  streams: readonly AsyncGenerator<Group<Value>, void>[],
): AsyncGenerator<{ of: string; values: (Value | undefined)[] }> {
  const next = async (stream: AsyncGenerator<Group<Value>, void>) => (await stream.next()).value ?? undefined;
  try {
    const heads: (Group<Value> | undefined)[] = [];
    for (const stream of streams) heads.push(await next(stream));
    for (;;) {
      let of: string | undefined;
      for (const head of heads) if (head && (of === undefined || comesBefore(head.of, of))) of = head.of;
      if (of === undefined) return;
      const values: (Value | undefined)[] = [];
      for (const [i, stream] of streams.entries()) {
        const head = heads[i];
        const isOfIt = head?.of === of;
        values.push(isOfIt ? head.value : undefined);
        if (isOfIt) heads[i] = await next(stream);
      }
      yield { of, values };
    }
  } finally {
    for (const stream of streams) await stream.return();
  }
}
