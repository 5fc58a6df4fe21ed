/** Classes of projects by size, origin of the investor, and top-500 list. */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Reader } from '../../database/database.ts';
import { yearOf } from './conditions.ts';

/** Lower bounds in yuan; a project belongs to the last band that it reaches. */
export const investmentBands = [
  { code: 'under_100m', from: 0, name: '1亿元以下', nameEn: 'under 100 million yuan' },
  { code: '100m_500m', from: 100_000_000, name: '1亿—5亿元', nameEn: '100–500 million yuan' },
  { code: '500m_1b', from: 500_000_000, name: '5亿—10亿元', nameEn: '500 million – 1 billion yuan' },
  { code: '1b_5b', from: 1_000_000_000, name: '10亿—50亿元', nameEn: '1–5 billion yuan' },
  { code: '5b_10b', from: 5_000_000_000, name: '50亿—100亿元', nameEn: '5–10 billion yuan' },
  { code: '10b_and_over', from: 10_000_000_000, name: '100亿元及以上', nameEn: '10 billion yuan and over' },
] as const;

export const investorOrigins = [
  { code: 'domestic', name: '内资', nameEn: 'domestic' },
  { code: 'hong_kong_macao_taiwan', name: '港澳台资', nameEn: 'Hong Kong, Macao, Taiwan' },
  { code: 'foreign', name: '外资', nameEn: 'foreign' },
] as const;

/** The band of an investment. */
export const investmentBandOf = (column: SQLWrapper): SQL<string> =>
  sql<string>`(case ${sql.join(
    investmentBands
      .toReversed()
      .map((band) => sql`when ${column} >= ${sql.raw(`${band.from} then '${band.code}'`)}`),
    sql` `,
  )} end)`;

export const bandOf = (yuan: number): string =>
  (investmentBands.findLast(({ from }) => yuan >= from) ?? investmentBands[0]).code;

/** Origin of an investor by country. */
export function originOf(country: string): string {
  if (country === 'CN') return 'domestic';
  return ['HK', 'MO', 'TW'].includes(country) ? 'hong_kong_macao_taiwan' : 'foreign';
}

/** Origin of an investor by country; null if the country is unknown. */
export const investorOriginOf = (country: SQLWrapper): SQL<string | null> => sql<string | null>`(case
  when ${country} is null then null
  when ${country} = 'CN' then 'domestic'
  when ${country} in ('HK', 'MO', 'TW') then 'hong_kong_macao_taiwan'
  else 'foreign' end)`;

/**
 * Whether a ranking of a year makes an enterprise one of the top 500 on a day: in the same year or the next
 * one.
 */
export function inTimeFor(year: SQLWrapper, day: SQLWrapper): SQL {
  const then = sql`cast(${yearOf(day)} as integer)`;
  return sql`${year} between ${then} - 1 and ${then}`;
}

/** The same of a ranking and of a day in given years. */
export const countsFor = (year: number, dayIn: number): boolean => year === dayIn || year === dayIn - 1;

/** Whether an investor is on one of the three lists in the year of signing or the year before. */
export function isTop500({ tables }: Reader, list?: SQLWrapper): SQL {
  const { projects, projectInvestors, rankings } = tables;
  // Nested, because drizzle omits table names when selecting from a single table.
  return sql`${sql`exists (select 1 from ${projectInvestors}
    join ${rankings} on ${rankings.enterpriseId} = ${projectInvestors.enterpriseId}
    where ${projectInvestors.projectId} = ${projects.id}
      and ${inTimeFor(rankings.year, projects.signedOn)}
      ${list ? sql`and ${rankings.list} = ${list}` : sql``})`}`;
}
