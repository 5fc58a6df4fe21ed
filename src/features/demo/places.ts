/** Where sample projects stand and what they make: codes of the reference data. */
import regionRows from '../references/data/regions.json' with { type: 'json' };
import zoneRows from '../references/data/zones.json' with { type: 'json' };
import type { Random } from './random.ts';
import { padded } from './rows.ts';

/** Hunan's prefectures, and how many projects each draws beside the others. */
const prefectures = [
  ['430100', 20],
  ['430200', 10],
  ['430300', 9],
  ['430400', 8],
  ['430500', 6],
  ['430600', 9],
  ['430700', 8],
  ['430800', 3],
  ['430900', 6],
  ['431000', 9],
  ['431100', 6],
  ['431200', 4],
  ['431300', 6],
  ['433100', 3],
] as const;

const manufacturing = [
  ['39', 16],
  ['38', 10],
  ['35', 8],
  ['26', 7],
  ['36', 6],
  ['27', 6],
  ['34', 5],
  ['13', 5],
  ['30', 4],
  ['32', 4],
  ['14', 3],
  ['33', 3],
  ['C', 3],
  ['17', 2],
] as const;

const otherIndustries = [
  ['65', 5],
  ['64', 4],
  ['59', 4],
  ['72', 3],
  ['73', 2],
  ['44', 2],
  ['61', 2],
  ['G', 1],
  ['I', 1],
  ['M', 1],
  ['01', 1],
  ['84', 1],
  [null, 2],
] as const;

const prefectureOf = (region: string): string => `${region.slice(0, 4)}00`;

export interface Place {
  region: string;
  zone: string | null;
  owner: string | null;
}

/** A prefecture, one of its counties, or one of its zones with the region where the zone lies. */
export function placeOf(random: Random): Place {
  const prefecture = random.weighted(prefectures);
  const number = prefectures.findIndex(([code]) => code === prefecture) + 1;
  const owner = random.chance(0.93) ? `示例单位 ${padded(number, 2)}` : null;
  const zones = zoneRows.filter(({ region }) => prefectureOf(region) === prefecture);
  if (zones.length > 0 && random.chance(0.4)) {
    const { code, region } = random.pick(zones);
    return { region, zone: code, owner };
  }
  const counties = regionRows.filter(({ parent }) => parent === prefecture);
  const region = random.chance(0.5) ? random.pick(counties).code : prefecture;
  return { region, zone: null, owner };
}

/** A division, here and there only a section, or nothing where it does not manufacture. */
export const industryOf = (random: Random, manufactures: boolean): string | null =>
  manufactures ? random.weighted(manufacturing) : random.weighted(otherIndustries);
