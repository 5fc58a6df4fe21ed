/** Amounts that add up to a published total, to the yuan. */

/** What one of the amounts may be, and how large it wants to be beside the others. */
export interface Portion {
  weight: number;
  min: number;
  max: number;
}

/** Made-up amounts are whole millions of yuan. */
export const MILLION = 1_000_000;

/**
 * Shares a total out by weight within the bounds of each portion.
 * @param unit every amount is a multiple of it, and so is the total
 * @returns one amount for each portion; their sum is the total
 * @throws when the bounds do not allow it
 */
export function allocate(total: number, portions: readonly Portion[], unit = MILLION): number[] {
  const floors = portions.map(({ min }) => Math.ceil(min / unit));
  const rooms = portions.map(({ max }, i) => Math.floor(max / unit) - (floors[i] as number));
  const given = portions.map(() => 0);
  let rest = total / unit - floors.reduce((sum, floor) => sum + floor, 0);
  while (rest > 0) {
    const open = portions.flatMap(({ weight }, i) =>
      weight > 0 && (given[i] as number) < (rooms[i] as number) ? [i] : [],
    );
    if (open.length === 0) break;
    const weights = open.reduce((sum, i) => sum + (portions[i] as Portion).weight, 0);
    const shared = rest;
    for (const i of open) {
      const room = (rooms[i] as number) - (given[i] as number);
      // At least one unit each, so that rounding down leaves nothing over in the end.
      const share = Math.max(1, Math.floor((shared * (portions[i] as Portion).weight) / weights));
      const step = Math.min(share, room, rest);
      given[i] = (given[i] as number) + step;
      rest -= step;
    }
  }
  if (rest !== 0) throw new Error(`${total} yuan do not fit ${portions.length} portions.`);
  return given.map((units, i) => ((floors[i] as number) + units) * unit);
}
