/** API schemas of statistics. */
import * as z from 'zod';
import { rate } from '../../core/numbers.ts';
import { asOfField, dayUntilToday } from '../../http/as-of.ts';
import { flag, integerText, linksNamed, listOf } from '../../http/fields.ts';
import { formatField, langField } from '../../http/formats.ts';
import { exampleKnown, Known, knownWord, permalinks } from '../../http/known.ts';
import { sortField } from '../../http/pages.ts';
import { encodingField, unitField } from '../../sheets/schema.ts';
import { Filter, filterFields } from '../projects/filter.ts';

import { allCauseNames } from './causes.ts';
import { cohortTerms } from './cohorts.ts';
import { changeSchema, changesOf, comparisonTerms, isTooEarly, spanNames } from './comparison.ts';
import { dimensionNames, everyGroup } from './dimensions.ts';
import { measures, outreachUnits, RateBody, valuesOf } from './measures.ts';
import { emptyTally, type Tally } from './tallies.ts';

export const formats = ['json', 'csv', 'xlsx'] as const;
export type Format = (typeof formats)[number];

export const sheetFields = {
  format: formatField(formats),
  lang: langField,
  unit: unitField,
  encoding: encodingField,
};

const measuresField = listOf(z.enum(measures.map(({ name }) => name))).meta({
  description:
    'Only these measures, repeated or comma-separated; the response then lacks all others, also those that its schema requires.',
  example: ['projectCount', 'operatingRate'],
});

const compareWithField = dayUntilToday(
  z
    .union([z.enum(spanNames), z.iso.date(), knownWord('not_comparable')], { error: 'not_comparable' })
    .optional()
    .meta({
      description:
        'Adds a `comparison` with another day: the same day a year, quarter or month before (of the last day of a month the last day), or a given day until today. Or with the same day as it was known earlier: `known:` with a timestamp or a day, or `revision:` with a number.',
      example: 'previousYear',
    }),
);

/** The day to compare with must be one that figures can be about. */
export const comparable = [
  ({ asOf, compareWith }: { asOf?: string | undefined; compareWith?: string | undefined }) =>
    compareWith === undefined || !isTooEarly(asOf, compareWith),
  { path: ['compareWith'], error: 'before_1900' },
] satisfies Parameters<z.ZodType<{ asOf?: string; compareWith?: string }>['refine']>;

export const SummaryQuery = z
  .strictObject({
    ...filterFields,
    measures: measuresField,
    asOf: asOfField,
    compareWith: compareWithField,
    ...sheetFields,
  })
  .refine(...comparable);

export const breakdownSortNames = [...measures.map(({ name }) => name), ...dimensionNames];

export const groupLimit = integerText(z.int().min(1).max(500)).optional().meta({
  description: 'Groups to show, 1–500; default 50. `groupCount` is the total number.',
  example: 50,
});

export const BreakdownQuery = z
  .strictObject({
    ...filterFields,
    measures: measuresField,
    asOf: asOfField,
    compareWith: compareWithField,
    ...sheetFields,
    by: z
      .preprocess(
        (given) => [given].flat().flatMap((part) => (typeof part === 'string' ? part.split(',') : [part])),
        z
          .array(z.enum(dimensionNames))
          .min(1)
          .max(3)
          .refine((names) => new Set(names).size === names.length, { error: 'duplicate' }),
      )
      .meta({
        description: 'One to three dimensions to group by, separated by commas.',
        example: ['region'],
      }),
    sort: sortField(breakdownSortNames, '-projectCount'),
    limit: groupLimit,
    empty: flag.meta({
      description: `Whether to show groups without projects, too; for one of ${everyGroup.join(', ')}.`,
      example: false,
    }),
  })
  .refine(
    ({ by, empty }) =>
      !empty || (by.length === 1 && (everyGroup as readonly string[]).includes(by[0] as string)),
    {
      path: ['empty'],
      error: 'no_empty_groups',
      params: { choices: everyGroup.join(', ') },
    },
  )
  .refine(({ by, sort = '' }) => sort.split(',').every((part) => isSortable(part.replace(/^-/, ''), by)), {
    path: ['sort'],
    error: 'not_sortable',
    params: { choices: 'the measures and the dimensions that `by` names' },
  })
  .refine(...comparable);

const isSortable = (name: string, by: readonly string[]): boolean =>
  !(dimensionNames as readonly string[]).includes(name) || by.includes(name);

export const measureFields = Object.fromEntries(
  measures.map(({ name, schema, sentence, zh, formula }) => [
    name,
    schema.meta({ description: `${sentence.en} (${zh}; ${formula})` }),
  ]),
);

export const figureLinks = linksNamed([
  'self',
  'permalink',
  ...measures.flatMap(({ link }) => (link ? [link.name] : [])),
]).meta({
  id: 'FigureLinks',
  description:
    'Links to the projects behind each count, named like the measure without `Count`. Left out if the caller may not read projects.',
});

const withheld = z
  .object({
    fewerThan: z
      .int()
      .meta({ description: 'Smallest number of projects about which a figure may be disclosed.' }),
    reason: z.enum(['small_group', 'difference']).meta({
      description:
        '`small_group`: there are fewer projects than that. `difference`: the group is large enough, but the withheld figure combined with others would disclose something about fewer.',
    }),
  })
  .optional()
  .meta({
    description:
      'Why figures are null: without a key, if only statistics are public (`ANONYMOUS_READ=statistics`), no figure discloses anything about fewer projects than `ANONYMOUS_MIN_GROUP`.',
  });

const changes = z
  .object({
    ...Object.fromEntries(measures.map(({ name, unit, schema }) => [name, changeSchema(unit, schema)])),
    withheld,
    links: figureLinks.optional(),
  })
  .optional()
  .meta({
    description:
      'With `compareWith`: each measure on the other day, and the change since. `withheld` and `links` are those of the other day.',
  });

/** Figures in summaries and breakdowns: null if suppressed. */
const figureFields = {
  ...Object.fromEntries(
    Object.entries(measureFields).map(([name, schema]) => [
      name,
      schema.nullable().meta({ description: schema.meta()?.description as string }),
    ]),
  ),
  withheld,
  links: figureLinks.optional(),
  comparison: changes,
};

export const comparedWith = z.object({ asOf: z.iso.date(), known: Known.optional() }).optional().meta({
  description: 'With `compareWith`: the day compared with, and what was known if it is not the same.',
});

export const heading = {
  asOf: z.iso.date().meta({ description: 'Day of the figures.' }),
  revision: z.int().meta({ description: 'Revision of the data from which the figures were computed.' }),
  filter: Filter,
  known: Known,
};

/** A tally of four fictional projects, for the examples. */
const exampleTally: Tally = {
  ...emptyTally(),
  projectCount: 4,
  totalInvestment: 5_000_000_000,
  contractedFunds: 3_000_000_000,
  contractedKnownCount: 3,
  registeredCount: 4,
  startedCount: 3,
  startedInvestment: 4_200_000_000,
  completedCount: 1,
  inProductionCount: 1,
  performingCount: 4,
  fundsInPlace: 2_100_000_000,
  fundsOfContracted: 1_800_000_000,
  daysToStart: new Map([
    [64, 1],
    [92, 1],
    [110, 1],
  ]),
  daysToProduction: new Map([[402, 1]]),
};

export const exampleHeading = {
  asOf: '2022-08-31',
  revision: 1207,
  filter: { event: ['hyrd-2020'] },
  known: exampleKnown,
};
export const exampleLinks = { projects: '/v1/projects?event=hyrd-2020&asOf=2022-08-31' };

/** The same projects a year before, when one of them was still to start. */
const exampleBefore: Tally = { ...exampleTally, startedCount: 2, startedInvestment: 3_000_000_000 };
const exampleComparison = {
  ...changesOf(measures, valuesOf(exampleTally), valuesOf(exampleBefore)),
  links: { projects: '/v1/projects?event=hyrd-2020&asOf=2021-08-31' },
};

export const Summary = z.object({ ...heading, comparedWith, ...figureFields }).meta({
  id: 'Summary',
  description: 'All measures over the projects selected by a filter, on a day.',
  examples: [
    {
      ...exampleHeading,
      ...valuesOf(exampleTally),
      links: { self: '/v1/statistics/summary?event=hyrd-2020&asOf=2022-08-31', ...exampleLinks },
    },
    {
      ...exampleHeading,
      comparedWith: { asOf: '2021-08-31' },
      ...valuesOf(exampleTally),
      links: exampleLinks,
      comparison: exampleComparison,
    },
  ],
});

export const Group = z
  .object({
    code: z.string().nullable().meta({ description: 'Null for projects without a value.' }),
    name: z.string().nullable(),
    nameEn: z.string().nullable(),
  })
  .meta({ id: 'Group' });

const Groups = z
  .object(Object.fromEntries(dimensionNames.map((name) => [name, Group.optional()])))
  .meta({ id: 'Groups', description: 'The group in each dimension of `by`.' });

const inTerms = (name: keyof typeof comparisonTerms): string => {
  const { sentence, zh, formula } = comparisonTerms[name];
  return `With \`compareWith\`. ${sentence.en} (${zh}; ${formula})`;
};
const placeOf = (name: 'rank' | 'previousRank') =>
  z
    .int()
    .nullable()
    .optional()
    .meta({ description: inTerms(name) });
const [rank, previousRank] = [placeOf('rank'), placeOf('previousRank')];
const share = RateBody.nullable()
  .optional()
  .meta({ description: inTerms('share') });

export const Breakdown = z
  .object({
    ...heading,
    by: z.array(z.enum(dimensionNames)),
    groupCount: z.int().meta({ description: 'Number of groups, shown or not.' }),
    comparedWith,
    rankedBy: z
      .enum(measures.map(({ name }) => name))
      .optional()
      .meta({
        description: 'With `compareWith`: the first measure of `sort`, which gives ranks and shares.',
      }),
    items: z
      .array(z.object({ groups: Groups, ...figureFields, rank, previousRank, share }))
      .meta({ description: 'With `compareWith` also the groups that only existed on the other day.' }),
    links: permalinks,
    total: z.object(figureFields).meta({
      description: 'Summary of the whole filter, whatever `limit` is.',
    }),
  })
  .meta({
    id: 'Breakdown',
    description: 'The measures for each group of projects.',
    examples: [
      {
        ...exampleHeading,
        by: ['region'],
        groupCount: 1,
        items: [
          {
            groups: { region: { code: '430100', name: '长沙市', nameEn: 'Changsha' } },
            ...valuesOf(exampleTally),
            links: { projects: '/v1/projects?event=hyrd-2020&region=430100&asOf=2022-08-31' },
          },
        ],
        total: { ...valuesOf(exampleTally), links: exampleLinks },
      },
      {
        ...exampleHeading,
        by: ['region'],
        groupCount: 1,
        comparedWith: { asOf: '2021-08-31' },
        rankedBy: 'projectCount',
        items: [
          {
            groups: { region: { code: '430100', name: '长沙市', nameEn: 'Changsha' } },
            ...valuesOf(exampleTally),
            comparison: exampleComparison,
            ...{ rank: 1, previousRank: 1, share: rate(4, 4) },
          },
        ],
        total: { ...valuesOf(exampleTally), comparison: exampleComparison },
      },
    ],
  });

export const bilingual = z.object({ zh: z.string(), en: z.string() });

const definitionOf = (name: z.ZodType<string>, units: readonly [string, ...string[]]) =>
  z.object({
    name,
    unit: z.enum(units),
    label: bilingual,
    sentence: bilingual,
    formula: z.string(),
  });

export const Definitions = z
  .object({
    measures: z.array(
      definitionOf(z.enum(measures.map(({ name }) => name)), ['projects', 'yuan', 'rate', 'days']),
    ),
    dimensions: z.array(
      z.object({
        name: z.enum(dimensionNames),
        label: bilingual,
        parameter: z.string().meta({ description: 'The filter parameter that selects a group.' }),
      }),
    ),
    cohorts: z.array(
      z.object({
        name: z.enum(Object.keys(cohortTerms)).meta({ description: 'The field in the ages of a cohort.' }),
        label: bilingual,
        sentence: bilingual,
        formula: z.string(),
      }),
    ),
    comparison: z
      .array(
        z.object({
          name: z.enum(Object.keys(comparisonTerms)),
          label: bilingual,
          sentence: bilingual,
          formula: z.string(),
        }),
      )
      .meta({ description: 'What `compareWith` adds to figures and groups.' }),
    causes: z
      .array(z.object({ name: z.enum(allCauseNames), label: bilingual }))
      .meta({ description: 'The causes in `/v1/statistics/differences`.' }),
    outreach: z
      .array(definitionOf(z.string(), outreachUnits))
      .meta({ description: 'The figures of `/v1/events/{code}/outreach`.' }),
    version: z.int().meta({ description: 'The version of all of this, which permalinks name.' }),
    versions: z
      .array(
        z.object({
          version: z.int(),
          since: z.iso.date().meta({ description: 'When the service began to follow it.' }),
          ...bilingual.shape,
        }),
      )
      .max(1_000)
      .meta({ description: 'What each version changed, the first one first.' }),
  })
  .meta({
    id: 'Definitions',
    description: 'What each measure and dimension means, and each field of a cohort.',
  });
