/**
 * Where regions stand in the tile grid, as `[column, row]`: roughly as they lie to each other. No boundary is drawn.
 * Regions that are not listed follow below, so that another province is shown as well, only without positions.
 */
const HUNAN: Readonly<Record<string, readonly [number, number]>> = {
  '433100': [1, 1],
  '430800': [2, 1],
  '430700': [3, 1],
  '430600': [4, 1],
  '431200': [1, 2],
  '431300': [2, 2],
  '430900': [3, 2],
  '430100': [4, 2],
  '430500': [2, 3],
  '430300': [3, 3],
  '430200': [4, 3],
  '431100': [2, 4],
  '430400': [3, 4],
  '431000': [4, 4],
};

const COLUMNS = 4;

/** @returns the place of each code */
export function placesOf(codes: readonly string[]): Map<string, readonly [number, number]> {
  const known = codes.filter((code) => code in HUNAN);
  const rows = Math.max(0, ...known.map((code) => HUNAN[code]?.[1] ?? 0));
  const others = codes.filter((code) => !(code in HUNAN)).sort();
  return new Map([
    ...known.map((code): [string, readonly [number, number]] => [
      code,
      HUNAN[code] as readonly [number, number],
    ]),
    ...others.map((code, index): [string, readonly [number, number]] => [
      code,
      [(index % COLUMNS) + 1, rows + 1 + Math.floor(index / COLUMNS)],
    ]),
  ]);
}

/** All known places, if any of these is among them: one without projects is shown as such. */
export const placesAround = (codes: readonly string[]): string[] =>
  codes.some((code) => code in HUNAN) ? [...new Set([...Object.keys(HUNAN), ...codes])] : [...codes];
