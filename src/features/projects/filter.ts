/**
 * The one filter: the list, all statistics, exports and links use this table of parameters. Each row has the
 * accepted values, the SQL, and whether the parameter can reveal a single project.
 */
import { and, type SQL, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Reader } from '../../database/database.ts';
import type { Values } from '../../database/prepared.ts';
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
import { rankingLists } from '../enterprises/rankings.ts';
import { investmentBandOf, investmentBands, investorOriginOf, investorOrigins, isTop500 } from './classes.ts';
import { countsAs, inPopulation, monthOf, operatingStatusOf, yearOf } from './conditions.ts';
import { lifecycleFlags, operatingStatuses } from './lifecycle.ts';
import {
  among,
  andBelow,
  anyOf,
  bound,
  choiceList,
  describe,
  from,
  leadInvestor,
  missing,
  NONE,
  open,
  orNoLead,
  type Parameter,
  type ParameterKind,
  type Plan,
  projectsIn as p,
  question,
  referenceList,
  revealing,
  to,
  yesNo,
} from './parameter-kinds.ts';
import { levels } from './schema.ts';

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
  lifecycleFlags.map((flag) => [flag, open(yesNo(flagDescriptions[flag], (r) => countsAs(flag, p(r))))]),
) as Record<(typeof lifecycleFlags)[number], Parameter<boolean[]>>;

/** All parameters of the filter. */
export const parameters = {
  event: open(
    anyOf(
      referenceList(slug, 'not_a_slug', 'Code of the event.', 'hyrd-2020'),
      among((r) => p(r).event),
      missing((r) => p(r).event),
    ),
  ),
  region: open(
    anyOf(
      referenceList(
        regionCode,
        'not_a_region',
        'Region including its subordinate regions: a prefecture includes its counties.',
        '430100',
      ),
      andBelow('regions', (r) => p(r).region),
      missing((r) => p(r).region),
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
      among((r) => p(r).region),
      missing((r) => p(r).region),
    ),
  ),
  zone: open(
    anyOf(
      referenceList(slug, 'not_a_slug', 'Code of the development zone.', 'changsha-etdz'),
      among((r) => p(r).zone),
      missing((r) => p(r).zone),
    ),
  ),
  industry: open(
    anyOf(
      referenceList(industryCode, 'not_an_industry', 'Industry; a section includes its divisions.', 'C'),
      andBelow('industries', (r) => p(r).industry),
      missing((r) => p(r).industry),
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
      among((r) => p(r).industry),
      (r) => sql`${p(r).industry} is null or length(${p(r).industry}) < 2`,
    ),
  ),
  level: open(
    anyOf(
      choiceList(levels, 'Level of government.'),
      among((r) => p(r).level),
    ),
  ),
  investor: revealing(
    anyOf(
      referenceList(
        uuid,
        'not_an_id',
        'Id of an enterprise among the investors.',
        '0190a1b2-0000-7000-8000-000000000001',
      ),
      (r, values) => {
        const { projectInvestors } = r.tables;
        return sql`${p(r).id} in (select ${projectInvestors.projectId} from ${projectInvestors}
        where ${projectInvestors.enterpriseId} in ${values})`;
      },
      missing((r) => p(r).leadInvestorId),
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
      (r, values) => leadInvestor((e) => sql`${e.country} in ${values}`)(r),
      orNoLead(leadInvestor((e) => sql`${e.country} is null`)),
    ),
  ),
  investorOrigin: open(
    anyOf(
      choiceList([...codesOf(investorOrigins), NONE] as const, 'Origin of the lead investor.'),
      (r, values) => leadInvestor((e) => sql`${investorOriginOf(e.country)} in ${values}`)(r),
      orNoLead(leadInvestor((e) => sql`${e.country} is null`)),
    ),
  ),
  code: revealing(
    anyOf(
      describe(listOf(code), 'Code of the project. Repeated or comma-separated: any of them.', [
        'HYRD-2020-0001',
      ]),
      among((r) => p(r).code),
    ),
  ),
  operatingStatus: open(
    anyOf(
      choiceList(operatingStatuses, 'Status on the day.'),
      among((r) => operatingStatusOf(p(r))),
    ),
  ),
  investmentBand: revealing(
    anyOf(
      choiceList(codesOf(investmentBands), 'Band of the total investment, including the lower bound.'),
      among((r) => investmentBandOf(p(r).investmentYuan)),
    ),
  ),
  signedYear: open(
    anyOf(
      describe(listOf(z.string().regex(/^\d{4}$/, { error: 'not_a_year' })), 'Year of signing.', ['2020']),
      among((r) => yearOf(p(r).signedOn)),
    ),
  ),
  signedMonth: open(
    anyOf(
      describe(
        listOf(z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, { error: 'not_a_month' })),
        'Month of signing.',
        ['2020-06'],
      ),
      among((r) => monthOf(p(r).signedOn)),
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
    ),
  ),
  estimated: open(
    yesNo(
      'Whether the amount is an estimate because it was not disclosed.',
      (r) => sql`${p(r).investmentEstimated} = true`,
    ),
  ),
  minInvestment: revealing(
    bound(
      describe(integerText(yuan(0)), 'Total investment of at least this, yuan.', 1_000_000_000).optional(),
      '>=',
      (r) => p(r).investmentYuan,
    ),
  ),
  maxInvestment: revealing(
    bound(
      describe(integerText(yuan(0)), 'Total investment of at most this, yuan.', 5_000_000_000).optional(),
      '<=',
      (r) => p(r).investmentYuan,
    ),
  ),
  signedFrom: open(from('Signed', (r) => p(r).signedOn)),
  signedTo: open(to('Signed', (r) => p(r).signedOn)),
  startedFrom: open(from('Started', (r) => p(r).startedOn)),
  startedTo: open(to('Started', (r) => p(r).startedOn)),
  productionFrom: open(from('In production', (r) => p(r).productionOn)),
  productionTo: open(to('In production', (r) => p(r).productionOn)),
  updatedSince: revealing(
    bound(
      describe(instant, 'Changed at this time or later.', '2022-08-31T16:00:00Z').optional(),
      '>=',
      (r) => p(r).updatedAt,
    ),
  ),
  q: revealing({
    schema: searchField('code, names and investors’ names', '半导体 长沙').optional(),
    plan: (name, given, asTheyWere) => {
      const text = textQuery(name, given);
      return {
        ...text,
        where: (reader) =>
          text.where(reader, ({ isIn, fromThoseWith }) => {
            const { projects, projectInvestors, enterprises } = reader.tables;
            // The index only has the current names.
            if (fromThoseWith && !asTheyWere) {
              return sql`${projects.id} in (select ${projects.id} ${fromThoseWith('projects')}
                union select ${projectInvestors.projectId} from ${projectInvestors}
                where ${projectInvestors.enterpriseId} in (select ${enterprises.id} ${fromThoseWith('enterprises')}))`;
            }
            return sql`(${isIn(projects.searchText)} or exists (select 1 from ${projectInvestors}
              join ${enterprises} on ${enterprises.id} = ${projectInvestors.enterpriseId}
              where ${projectInvestors.projectId} = ${projects.id} and ${isIn(enterprises.searchText)}))`;
          }),
      };
    },
  } satisfies ParameterKind<string>),
} as const satisfies Record<string, { reveals: boolean }>;

type Parameters = typeof parameters;
export type ParameterName = keyof Parameters;

/** The shape of a project filter, for `z.strictObject`. */
export const filterFields = Object.fromEntries(
  Object.entries(parameters).map(([name, { schema }]) => [name, schema]),
) as { [Name in ParameterName]: Parameters[Name]['schema'] };

const filterSchema = z.strictObject(filterFields);
export type ProjectFilter = z.infer<typeof filterSchema>;

/** A filter as responses repeat it: lists as arrays, numbers as numbers. */
export const Filter = z.object(filterFields).meta({
  id: 'Filter',
  description: 'The filter as parsed. Parameters that were not given are left out.',
  examples: [{ event: ['hyrd-2020'] }],
});

const parameterNames = Object.keys(parameters) as ParameterName[];

/** With these a figure may concern a single project. */
export const revealingParameters = parameterNames.filter((name) => parameters[name].reveals);

/** Extracts the filter from the parameters of a query. */
export function filterOf(query: ProjectFilter): ProjectFilter {
  const filter: Record<string, unknown> = {};
  for (const name of parameterNames) {
    if (query[name] !== undefined) filter[name] = query[name];
  }
  return filter as ProjectFilter;
}

/** A filter for a day, ready for a query. */
export interface Selection {
  shape: string;
  values: Values;
  /** @param population the base set; by default the signed, unarchived projects */
  where(reader: Reader, population?: SQL): SQL;
}

/**
 * @param asOf the effective day
 * @param asTheyWere whether it is applied to projects in a state other than the stored one
 */
export function select(filter: ProjectFilter, asOf: string, asTheyWere = false): Selection {
  const plans: Plan[] = [];
  for (const name of parameterNames) {
    const given = filter[name];
    if (given !== undefined)
      plans.push((parameters[name] as Parameter<unknown>).plan(name, given, asTheyWere));
  }
  return {
    shape: plans.map((plan) => plan.shape).join('&'),
    values: Object.assign({ asOf }, ...plans.map((plan) => plan.values)),
    where: (reader, population = inPopulation(reader)) =>
      and(population, ...plans.map((plan) => plan.where(reader))) as SQL,
  };
}

/** The query string of a filter, without the question mark: comma-separated lists, repeated flags. */
export function queryOf(filter: ProjectFilter, more: Readonly<Record<string, string>> = {}): string {
  const parts: string[] = [];
  const add = (name: string, value: unknown) =>
    parts.push(`${name}=${encodeURIComponent(String(value)).replaceAll('%2C', ',').replaceAll('%3A', ':')}`);
  for (const [name, given] of Object.entries(filter)) {
    if (!Array.isArray(given)) add(name, given);
    else if (typeof given[0] === 'boolean' || name === 'top500') for (const one of given) add(name, one);
    else add(name, given.join());
  }
  for (const [name, value] of Object.entries(more)) add(name, value);
  return parts.join('&');
}
