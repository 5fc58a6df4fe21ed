/** Sample enterprises, and which of them invest in a sample project. */
import type { Ranking } from '../enterprises/schema.ts';
import type { Random } from './random.ts';
import { type DemoEnterprise, padded } from './rows.ts';

const COUNT = 120;

const key = (number: number): string => `sample-${padded(number, 3)}`;
const keys = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => key(from + i));

/** On a list in 2021 or 2022, so that they are top 500 for the 2022 edition. */
const RANKED_2022 = ['CN', 'CN', 'DE', 'CN', 'US', 'CN', 'JP', 'CN', 'HK', 'CN'];
/** On a list in 2019 or 2020 and not later, so that they are top 500 for the 2020 edition only. */
const RANKED_2020 = ['CN', 'CN', 'US', 'CN', 'TW', 'CN', 'CN', 'FR', 'CN', 'CN', 'KR', 'CN'];
/** On a list too long ago for either edition. */
const RANKED_EARLIER = ['CN', 'JP'];

const ranked2022 = keys(1, RANKED_2022.length);
const ranked2020 = keys(ranked2022.length + 1, ranked2022.length + RANKED_2020.length);
const others = keys(ranked2022.length + ranked2020.length + 1, COUNT);

const countries = [
  ['CN', 74],
  ['HK', 7],
  ['TW', 4],
  ['MO', 2],
  ['DE', 3],
  ['US', 3],
  ['JP', 3],
  ['SG', 3],
  ['KR', 2],
  ['FR', 1],
  [null, 2],
] as const;

const provinces = [
  ['上海市', 8],
  ['江苏省', 7],
  ['浙江省', 7],
  ['安徽省', 3],
  ['广东省', 7],
  ['北京市', 4],
  ['福建省', 2],
  ['湖南省', 3],
  [null, 5],
] as const;

export function sampleEnterprises(random: Random): DemoEnterprise[] {
  const ranked = [
    ...RANKED_2022.map((country) => ({
      country,
      years: random.pick([[2021], [2022], [2021, 2022], [2020, 2021, 2022]]),
    })),
    ...RANKED_2020.map((country) => ({ country, years: random.pick([[2019], [2020], [2019, 2020]]) })),
    ...RANKED_EARLIER.map((country) => ({ country, years: [2017, 2018] })),
  ];
  return Array.from({ length: COUNT }, (_, i) => {
    const { country, years } = ranked[i] ?? { country: random.weighted(countries), years: [] };
    return sample(random, i + 1, country, years);
  });
}

const sample = (
  random: Random,
  number: number,
  country: string | null,
  years: readonly number[],
): DemoEnterprise => ({
  key: key(number),
  name: `示例企业 ${padded(number, 3)}`,
  nameEn: `Sample enterprise ${padded(number, 3)}`,
  socialCreditCode: null,
  country,
  province: country === 'CN' ? random.weighted(provinces) : null,
  rankings: rankingsOf(random, country, years),
});

const MET_COUNT = 31;
const FOREIGN = ['DE', 'US', 'JP', 'FR', 'KR', 'GB', 'CH', 'NL'];

/** On a list in 2022, but investors of nothing: multinationals that the 2022 edition brought contact with. */
export const metEnterprises = (random: Random): DemoEnterprise[] =>
  Array.from({ length: MET_COUNT }, (_, i) =>
    sample(random, COUNT + i + 1, random.pick(FOREIGN), random.pick([[2021], [2022], [2021, 2022]])),
  );

/** The top-500 enterprises from abroad, of which some invest; the keys. */
export const multinationals: readonly string[] = [
  ...ranked2022.filter((_, i) => FOREIGN.includes(RANKED_2022[i] as string)),
  ...keys(COUNT + 1, COUNT + MET_COUNT),
];

/** Places on one or two of the lists that are open to the country, in the order in which the API answers them. */
function rankingsOf(random: Random, country: string | null, years: readonly number[]): Ranking[] {
  const lists: Ranking['list'][] =
    country === 'CN'
      ? random.shuffled(['fortune_global_500', 'china_500', 'china_private_500'])
      : ['fortune_global_500'];
  const rank = random.whole(40, 460);
  return lists
    .slice(0, random.whole(1, 2))
    .toSorted()
    .flatMap((list) =>
      years.map((year) => ({ list, year, rank: random.chance(0.9) ? rank + random.whole(-30, 30) : null })),
    );
}

/** Investors of a project of the 2020 edition: most have one, some several, some none. */
export const investors2020 = (random: Random): string[] => {
  if (random.chance(0.06)) return [];
  if (random.chance(0.12)) return withPartners(random, random.pick(ranked2020));
  return withPartners(random, random.chance(0.03) ? random.pick(ranked2022) : frequent(random));
};

/** Investors of a project of the 2022 edition, of which one is top 500 or none. */
export function investors2022(random: Random, top500: boolean): string[] {
  if (top500) {
    const giant = random.pick(ranked2022);
    return random.chance(0.8) ? withPartners(random, giant) : [frequent(random), giant];
  }
  if (random.chance(0.06)) return [];
  return withPartners(random, random.chance(0.1) ? random.pick(ranked2020) : frequent(random));
}

/** Some enterprises invest far more often than others. */
const frequent = (random: Random): string => others[random.small(0, others.length - 1)] as string;

function withPartners(random: Random, lead: string): string[] {
  const wanted = random.weighted([
    [0, 78],
    [1, 16],
    [2, 6],
  ]);
  const partners = Array.from({ length: wanted }, () => random.pick(others));
  return [...new Set([lead, ...partners])];
}
