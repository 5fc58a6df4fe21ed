/** A deterministic random generator, so that the fictional projects are the same everywhere. */

export interface Random {
  /** At least 0, less than 1. */
  fraction(): number;
  /** An integer, both bounds inclusive. */
  whole(min: number, max: number): number;
  /** As `whole`, with small numbers more likely. */
  small(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** One of the values, with probabilities given by their weights. */
  weighted<T>(items: readonly (readonly [value: T, weight: number])[]): T;
  /** Realistic sizes: half of them between 0.3 and 1.3, a few up to 60. */
  size(): number;
}

/** @param seed equal seeds give equal sequences */
export function randomFrom(seed: number): Random {
  const fraction = mulberry32(seed);
  const whole = (min: number, max: number): number => min + Math.floor(fraction() * (max - min + 1));
  const pick = <T>(items: readonly T[]): T => items[whole(0, items.length - 1)] as T;
  return {
    fraction,
    whole,
    small: (min, max) => min + Math.floor(fraction() * fraction() * (max - min + 1)),
    chance: (probability) => fraction() < probability,
    pick,
    weighted: (items) => {
      let rest = fraction() * items.reduce((sum, [, weight]) => sum + weight, 0);
      const chosen = items.find(([, weight]) => {
        rest -= weight;
        return rest < 0;
      });
      return (chosen ?? pick(items))[0];
    },
    // Only divisions: functions like Math.exp may differ in the last digit between engines.
    size: () => 1 / (1 - 0.984 * fraction()) - 0.7,
  };
}

/** Tommy Ettinger's mulberry32 with 32 bits of state: sufficient for fictional data, but not for secrets. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
