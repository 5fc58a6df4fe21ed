/** API schemas of enterprises. */
import * as z from 'zod';
import { inputSchemas } from '../../catalogues/input-schemas.ts';
import { legible, line, year } from '../../http/fields.ts';
import { isCountry } from '../references/countries.ts';
import { rankingLists } from './rankings.ts';
import { isSocialCreditCode } from './social-credit-code.ts';

export const Ranking = z
  .strictObject({
    list: z.enum(rankingLists).meta({ description: 'Fortune Global 500, China 500 or China private 500.' }),
    year: year.meta({ description: 'Year of the list.' }),
    rank: z.int().min(1).max(500).nullable().default(null).meta({ description: 'Rank on the list, 1–500.' }),
  })
  .meta({ id: 'Ranking' });
export type Ranking = z.infer<typeof Ranking>;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const fields = {
  name: line(300).meta({ description: 'Registered name.' }),
  nameEn: line(300).nullable().meta({ description: 'Name in English.' }),
  socialCreditCode: legible(z.string())
    .refine(isSocialCreditCode, { error: 'not_a_social_credit_code' })
    .meta({ pattern: '^[0-9A-HJ-NPQRTUWXY]{18}$' })
    .nullable()
    .meta({
      description: 'Unified social credit code, 18 characters (GB 32100-2015); unique.',
      examples: ['91350100M000100Y43'],
    }),
  country: legible(z.string())
    .refine(isCountry, { error: 'not_a_country' })
    .meta({ pattern: '^[A-Z]{2}$' })
    .nullable()
    .meta({ description: 'ISO 3166-1 alpha-2.', examples: ['CN'] }),
  province: line(100).nullable().meta({ description: 'Province or state of its registered office.' }),
  rankings: z
    .array(Ranking)
    .max(200)
    .refine(
      (rankings) => new Set(rankings.map(({ list, year }) => `${list} ${year}`)).size === rankings.length,
      {
        error: 'ranking_twice',
      },
    )
    // Sorted as stored, so that another order is not a change.
    .overwrite((rankings) => rankings.toSorted((a, b) => compare(a.list, b.list) || a.year - b.year))
    .meta({ description: 'Rankings on the three top-500 lists, by year.' }),
};

const example = {
  name: '示例企业 001',
  nameEn: 'Sample enterprise 001',
  socialCreditCode: null,
  country: 'CN',
  province: '上海市',
  rankings: [{ list: 'china_500', year: 2022, rank: 120 }],
};

export const Enterprise = z.object({ id: z.uuid(), ...fields, rankings: z.array(Ranking) }).meta({
  id: 'Enterprise',
  description: 'An investor or potential investor.',
  examples: [{ id: '0190a1b2-0000-7000-8000-000000000001', ...example }],
});

export const enterpriseInputs = inputSchemas('Enterprise', fields, ['name'], example);
