/**
 * The parameters of the one filter. Each row has the accepted values, the SQL, the same over columns, and whether the
 * parameter can reveal a single project.
 */
import { sql } from 'drizzle-orm';
import * as z from 'zod';
import { type Columns, RANKED } from '../../columns/columns.ts';
import { monthPlaceOf, months, yearPlaceOf, years } from '../../columns/packed-days.ts';
import { textQuery } from '../../database/text-index.ts';
import {
  code,
  codesOf,
  industryCode,
  instant,
  integerText,
  listOf,
  regionCode,
  searchField,
  slug,
  uuid,
  yuan,
} from '../../http/fields.ts';
import { type RankingList, rankingLists } from '../enterprises/rankings.ts';
import {
  bandOf,
  investmentBandOf,
  investmentBands,
  investorOriginOf,
  investorOrigins,
  isTop500,
  originOf,
} from './classes.ts';
import { countsAs, monthOf, operatingStatusOf, yearOf } from './conditions.ts';
import { FLAG_BITS, flagsOf, statusOf } from './day-flags.ts';
import { lifecycleFlags, operatingStatuses } from './lifecycle.ts';
import {
  anyOf,
  bound,
  choice,
  choiceList,
  classified,
  describe,
  from,
  NONE,
  ofLeadInvestor,
  open,
  type Parameter,
  type ParameterKind,
  projectsIn as p,
  question,
  reference,
  referenceBelow,
  referenceList,
  revealing,
  to,
  yesNo,
} from './parameter-kinds.ts';
import { levels } from './schema.ts';
import { keepCodes, keepRows } from './sieves.ts';

const flagDescriptions: Record<(typeof lifecycleFlags)[number], string> = {
  registered: 'Registered by the day, not terminated.',
  started: 'Started by the day, not terminated.',
  completed: 'Completed by the day, not terminated.',
  inProduction: 'In production by the day, not terminated.',
  performing: 'Registered or started by the day, not terminated.',
  suspended: 'Suspended on the day.',
  terminated: 'Terminated by the day.',
  overdueStart: 'The agreed start has passed without an actual start.',
  overdueProduction: 'The agreed start of production has passed without production.',
  sameYear: 'Signed, started and in production in one calendar year, by the day.',
};

const flagParameters = Object.fromEntries(
  lifecycleFlags.map((flag) => [
    flag,
    open(
      yesNo(
        flagDescriptions[flag],
        (r) => countsAs(flag, p(r)),
        ({ days }, asOf) =>
          (row) =>
            (flagsOf(days, row, asOf) & FLAG_BITS[flag]) !== 0,
      ),
    ),
  ]),
) as Record<(typeof lifecycleFlags)[number], Parameter<boolean[]>>;

const INVESTMENT = { of: ({ investmentYuan }: Columns) => investmentYuan, to: (yuan: number) => yuan };

const RANKED_AT_ALL = rankingLists.reduce((bits, _, i) => bits | (RANKED << i), 0);

/** @param flags of a row */
export function rankedAs(answer: 'true' | 'false' | RankingList, flags: number): boolean {
  if (answer === 'true' || answer === 'false') return ((flags & RANKED_AT_ALL) !== 0) === (answer === 'true');
  return (flags & (RANKED << rankingLists.indexOf(answer))) !== 0;
}

/** All parameters of the filter. */
export const parameters = {
  event: open(
    anyOf(referenceList(slug, 'not_a_slug', 'Code of the event.', 'hyrd-2020'), reference('event')),
  ),
  region: open(
    anyOf(
      referenceList(
        regionCode,
        'not_a_region',
        'Region including its subordinate regions: a prefecture includes its counties.',
        '430100',
      ),
      referenceBelow('region', 'regions'),
    ),
  ),
  county: open(
    anyOf(
      referenceList(
        regionCode,
        'not_a_region',
        'Exactly this region, without subordinate regions.',
        '430121',
      ),
      reference('region'),
    ),
  ),
  zone: open(
    anyOf(
      referenceList(slug, 'not_a_slug', 'Code of the development zone.', 'changsha-etdz'),
      reference('zone'),
    ),
  ),
  industry: open(
    anyOf(
      referenceList(industryCode, 'not_an_industry', 'Industry; a section includes its divisions.', 'C'),
      referenceBelow('industry', 'industries'),
    ),
  ),
  division: open(
    anyOf(
      referenceList(
        z.string().regex(/^\d{2}$/),
        'not_an_industry',
        'Two-digit division of the industry; `none` includes projects with only a section.',
        '39',
      ),
      {
        ...reference('industry'),
        none: (r) => sql`${p(r).industry} is null or length(${p(r).industry}) < 2`,
        sieve: (values, withNone) =>
          keepCodes('industry', (text) => (text === null || text.length < 2 ? withNone : values.has(text))),
      },
    ),
  ),
  level: open(anyOf(choiceList(levels, 'Level of government.'), choice('level'))),
  investor: revealing(
    anyOf(
      referenceList(
        uuid,
        'not_an_id',
        'Id of an enterprise among the investors.',
        '0190a1b2-0000-7000-8000-000000000001',
      ),
      {
        sql: (r, values) => {
          const { projectInvestors } = r.tables;
          return sql`${p(r).id} in (select ${projectInvestors.projectId} from ${projectInvestors}
        where ${projectInvestors.enterpriseId} in ${values})`;
        },
        none: (r) => sql`${p(r).leadInvestorId} is null`,
        sieve: (values, withNone) =>
          keepRows((columns) => {
            const { leadInvestorId: investors } = columns.dictionaries;
            const wanted = new Set([...values].map((id) => investors.known(id)));
            return (row) => {
              let [isNone, isWanted] = [true, false];
              columns.forInvestors(row, (code) => {
                isNone = false;
                isWanted ||= wanted.has(code);
              });
              return isWanted || (isNone && withNone);
            };
          }),
      },
    ),
  ),
  investorCountry: open(
    anyOf(
      referenceList(
        z.string().regex(/^[A-Z]{2}$/),
        'not_a_country',
        'Country of the lead investor, ISO 3166-1.',
        'DE',
      ),
      ofLeadInvestor(
        (country) => country,
        (country) => country,
      ),
    ),
  ),
  investorOrigin: open(
    anyOf(
      choiceList([...codesOf(investorOrigins), NONE] as const, 'Origin of the lead investor.'),
      ofLeadInvestor(investorOriginOf, originOf),
    ),
  ),
  code: revealing(
    anyOf(
      describe(listOf(code), 'Code of the project. Repeated or comma-separated: any of them.', [
        'HYRD-2020-0001',
      ]),
      { sql: (r, values) => sql`${p(r).code} in ${values}` },
    ),
  ),
  operatingStatus: open(
    anyOf(
      choiceList(operatingStatuses, 'Status on the day.'),
      classified(
        (r) => operatingStatusOf(p(r)),
        ({ days }, asOf) =>
          (row) =>
            statusOf(flagsOf(days, row, asOf)),
      ),
    ),
  ),
  investmentBand: revealing(
    anyOf(
      choiceList(codesOf(investmentBands), 'Band of the total investment, including the lower bound.'),
      classified(
        (r) => investmentBandOf(p(r).investmentYuan),
        ({ investmentYuan }) =>
          (row) =>
            bandOf(investmentYuan[row] as number),
      ),
    ),
  ),
  signedYear: open(
    anyOf(
      describe(listOf(z.string().regex(/^\d{4}$/, { error: 'not_a_year' })), 'Year of signing.', ['2020']),
      classified(
        (r) => yearOf(p(r).signedOn),
        ({ days: { signedOn } }) =>
          (row) =>
            years[yearPlaceOf(signedOn[row] as number)] as string,
      ),
    ),
  ),
  signedMonth: open(
    anyOf(
      describe(
        listOf(z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, { error: 'not_a_month' })),
        'Month of signing.',
        ['2020-06'],
      ),
      classified(
        (r) => monthOf(p(r).signedOn),
        ({ days: { signedOn } }) =>
          (row) =>
            months[monthPlaceOf(signedOn[row] as number)] as string,
      ),
    ),
  ),
  ...flagParameters,
  top500: open(
    question(
      describe(
        listOf(z.enum(['true', 'false', ...rankingLists]), 5),
        'An investor is on one of the three top-500 lists in the year of signing or the year before; a list name restricts it to that list.',
        ['true'],
      ),
      (reader, answer) => {
        if (answer === 'true') return isTop500(reader);
        if (answer === 'false') return sql`not ${isTop500(reader)}`;
        return isTop500(reader, sql.raw(`'${answer}'`));
      },
      (answer) =>
        keepRows(
          ({ flags }) =>
            (row) =>
              rankedAs(answer, flags[row] as number),
        ),
    ),
  ),
  estimated: open(
    yesNo(
      'Whether the amount is an estimate because it was not disclosed.',
      (r) => sql`${p(r).investmentEstimated} = true`,
      (columns) => (row) => columns.isEstimated(row),
    ),
  ),
  minInvestment: revealing(
    bound(
      describe(integerText(yuan(0)), 'Total investment of at least this, yuan.', 1_000_000_000).optional(),
      '>=',
      (r) => p(r).investmentYuan,
      INVESTMENT,
    ),
  ),
  maxInvestment: revealing(
    bound(
      describe(integerText(yuan(0)), 'Total investment of at most this, yuan.', 5_000_000_000).optional(),
      '<=',
      (r) => p(r).investmentYuan,
      INVESTMENT,
    ),
  ),
  signedFrom: open(from('Signed', 'signedOn')),
  signedTo: open(to('Signed', 'signedOn')),
  startedFrom: open(from('Started', 'startedOn')),
  startedTo: open(to('Started', 'startedOn')),
  productionFrom: open(from('In production', 'productionOn')),
  productionTo: open(to('In production', 'productionOn')),
  updatedSince: revealing(
    bound(
      describe(instant, 'Changed at this time or later.', '2022-08-31T16:00:00Z').optional(),
      '>=',
      (r) => p(r).updatedAt,
      { of: ({ updatedAt }) => updatedAt, to: Date.parse },
    ),
  ),
  q: revealing({
    schema: searchField('code, names and investors’ names', '半导体 长沙').optional(),
    plan: (name, given) => {
      const text = textQuery(name, given);
      return {
        ...text,
        where: (reader) =>
          text.where(reader, ({ isIn, idsOf }) => {
            const { projects, projectInvestors, enterprises } = reader.tables;
            if (idsOf) {
              return sql`${projects.id} in (${idsOf('projects')}
                union select ${projectInvestors.projectId} from ${projectInvestors}
                where ${projectInvestors.enterpriseId} in (${idsOf('enterprises')}))`;
            }
            const name = sql`(select ${enterprises.searchText} from ${enterprises}
              where ${enterprises.id} = ${projectInvestors.enterpriseId})`;
            return sql`(${isIn(projects.searchText)} or exists (select 1 from ${projectInvestors}
              where ${projectInvestors.projectId} = ${projects.id} and ${isIn(name)}))`;
          }),
      };
    },
  } satisfies ParameterKind<string>),
} as const satisfies Record<string, { reveals: boolean }>;
