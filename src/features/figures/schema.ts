/** API schemas of statistics. */
import * as z from 'zod';
import { money, rate } from '../../core/numbers.ts';
import { asOfField } from '../../http/as-of.ts';
import { integerText, link, linksNamed } from '../../http/fields.ts';
import { formatField, langField } from '../../http/formats.ts';
import { sortField } from '../../http/pages.ts';
import { encodingField, unitField } from '../../sheets/schema.ts';
import { Filter, filterFields } from '../projects/filter.ts';
import { lifecycleFlags } from '../projects/lifecycle.ts';
import { agesOf, type CohortTally, cohortDimensions, cohortMeasures, cohortTerms } from './cohorts.ts';
import { dimensionNames } from './dimensions.ts';
import { MoneyBody, measures, outreachUnits, RateBody, valuesOf } from './measures.ts';
import { emptyTally, type Tally } from './tallies.ts';
import { intervals } from './timeline.ts';

export const formats = ['json', 'csv', 'xlsx'] as const;

const sheetFields = {
  format: formatField(formats),
  lang: langField,
  unit: unitField,
  encoding: encodingField,
};

export const SummaryQuery = z.strictObject({ ...filterFields, asOf: asOfField, ...sheetFields });

export const breakdownSortNames = [...measures.map(({ name }) => name), ...dimensionNames];

const groupLimit = integerText(z.int().min(1).max(500)).optional().meta({
  description: 'Groups to show, 1–500; default 50. `groupCount` is the total number.',
  example: 50,
});

export const BreakdownQuery = z
  .strictObject({
    ...filterFields,
    asOf: asOfField,
    ...sheetFields,
    by: z
      .preprocess(
        (given) => [given].flat().flatMap((part) => (typeof part === 'string' ? part.split(',') : [part])),
        z
          .array(z.enum(dimensionNames))
          .min(1)
          .max(2)
          .refine((names) => new Set(names).size === names.length, { error: 'duplicate' }),
      )
      .meta({
        description: 'One or two dimensions to group by, separated by a comma.',
        example: ['region'],
      }),
    sort: sortField(breakdownSortNames, '-projectCount'),
    limit: groupLimit,
  })
  .refine(({ by, sort = '' }) => sort.split(',').every((part) => isSortable(part.replace(/^-/, ''), by)), {
    path: ['sort'],
    error: 'not_sortable',
    params: { choices: 'the measures and the dimensions that `by` names' },
  });

const isSortable = (name: string, by: readonly string[]): boolean =>
  !(dimensionNames as readonly string[]).includes(name) || by.includes(name);

/** Parameters whose meaning depends on the day, so they cannot be used for figures of several days. */
const moving = Object.fromEntries(
  (['operatingStatus', ...lifecycleFlags] as const).map((name) => [
    name,
    z.never({ error: 'depends_on_day' }).optional(),
  ]),
);

export const TimelineQuery = z.strictObject({
  ...filterFields,
  ...moving,
  asOf: asOfField,
  ...sheetFields,
  interval: z
    .enum(intervals)
    .optional()
    .meta({ description: 'Length of a period; default `month`.', example: 'quarter' }),
});

const cohortMeasureNames = Object.keys(cohortMeasures) as [keyof typeof cohortMeasures];

/** The dimension of cohorts, the rate to follow, and the interval between ages; each with its default. */
export const CohortsQuery = z.strictObject({
  ...filterFields,
  ...moving,
  asOf: asOfField,
  ...sheetFields,
  by: z
    .enum(cohortDimensions)
    .optional()
    .meta({ description: 'What defines a cohort; default `event`.', example: 'event' }),
  measure: z
    .enum(cohortMeasureNames)
    .optional()
    .meta({ description: 'The rate to compute; default `operatingRate`.', example: 'operatingRate' }),
  step: z
    .enum(intervals)
    .optional()
    .meta({ description: 'Unit of the ages; default `month`.', example: 'quarter' }),
  sort: sortField(['code', 'projectCount', 'totalInvestment'], 'code'),
  limit: groupLimit,
});

export const measureFields = Object.fromEntries(
  measures.map(({ name, schema, sentence, zh, formula }) => [
    name,
    schema.meta({ description: `${sentence.en} (${zh}; ${formula})` }),
  ]),
);

const links = linksNamed(['self', ...measures.flatMap(({ link }) => (link ? [link.name] : []))]).meta({
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

/** Figures in summaries and breakdowns: null if suppressed. */
const figureFields = {
  ...Object.fromEntries(
    Object.entries(measureFields).map(([name, schema]) => [
      name,
      schema.nullable().meta({ description: schema.meta()?.description as string }),
    ]),
  ),
  withheld,
  links: links.optional(),
};

export const heading = {
  asOf: z.iso.date().meta({ description: 'Day of the figures.' }),
  revision: z.int().meta({ description: 'Revision of the data from which the figures were computed.' }),
  filter: Filter,
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

/** The same projects as a cohort: one was signed a year after the others. */
const exampleCohort: CohortTally = {
  projectCount: 4,
  totalInvestment: 5_000_000_000,
  last: new Map([
    [14, { count: 1, yuan: 800_000_000 }],
    [26, { count: 3, yuan: 4_200_000_000 }],
  ]),
  changes: new Map([
    [3, 1],
    [4, 2],
    [27, -3],
  ]),
};

export const exampleHeading = { asOf: '2022-08-31', revision: 1207, filter: { event: ['hyrd-2020'] } };
const exampleLinks = { projects: '/v1/projects?event=hyrd-2020&asOf=2022-08-31' };

export const Summary = z.object({ ...heading, ...figureFields }).meta({
  id: 'Summary',
  description: 'All measures over the projects selected by a filter, on a day.',
  examples: [
    {
      ...exampleHeading,
      ...valuesOf(exampleTally),
      links: { self: '/v1/statistics/summary?event=hyrd-2020&asOf=2022-08-31', ...exampleLinks },
    },
  ],
});

const Group = z
  .object({
    code: z.string().nullable().meta({ description: 'Null for projects without a value.' }),
    name: z.string().nullable(),
    nameEn: z.string().nullable(),
  })
  .meta({ id: 'Group' });

const Groups = z
  .object(Object.fromEntries(dimensionNames.map((name) => [name, Group.optional()])))
  .meta({ id: 'Groups', description: 'The group in each dimension of `by`.' });

export const Breakdown = z
  .object({
    ...heading,
    by: z.array(z.enum(dimensionNames)),
    groupCount: z.int().meta({ description: 'Number of groups, shown or not.' }),
    items: z.array(z.object({ groups: Groups, ...figureFields })),
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
    ],
  });

const movement = {
  signedCount: z.int(),
  investment: MoneyBody,
  startedCount: z.int(),
  inProductionCount: z.int(),
  fundsInPlace: MoneyBody,
};

const exampleMovement = {
  signedCount: 4,
  investment: money(5_000_000_000),
  startedCount: 0,
  inProductionCount: 0,
  fundsInPlace: money(0),
};

export const Timeline = z
  .object({
    ...heading,
    interval: z.enum(intervals),
    items: z.array(
      z.object({
        period: z.string().meta({ examples: ['2020-06'] }),
        from: z.iso.date(),
        to: z.iso.date(),
        during: z.object(movement).meta({
          description:
            'What happened in the period; milestones before the signing count on the day of signing.',
        }),
        cumulative: z.object({ ...movement, operatingRate: RateBody, productionRate: RateBody }).meta({
          description:
            'Summary as of the last day of the period. Not a running total: terminated projects drop out.',
        }),
      }),
    ),
  })
  .meta({
    id: 'Timeline',
    description: 'Development of the figures from the first signing on, without gaps.',
    examples: [
      {
        ...exampleHeading,
        interval: 'month',
        items: [
          {
            period: '2020-06',
            from: '2020-06-01',
            to: '2020-06-30',
            during: exampleMovement,
            cumulative: { ...exampleMovement, operatingRate: rate(0, 4), productionRate: rate(0, 4) },
          },
        ],
      },
    ],
  });

const inTerms = (name: keyof typeof cohortTerms): string =>
  `${cohortTerms[name].sentence.en} (${cohortTerms[name].zh}; ${cohortTerms[name].formula})`;

export const Cohorts = z
  .object({
    ...heading,
    by: z.enum(cohortDimensions),
    measure: z.enum(cohortMeasureNames).meta({ description: 'Defined by `/v1/statistics/definitions`.' }),
    step: z.enum(intervals),
    groupCount: z.int().meta({ description: 'Number of cohorts, shown or not.' }),
    items: z.array(
      z.object({
        group: Group,
        projectCount: z.int().meta({ description: 'All projects of the cohort, of any age.' }),
        totalInvestment: MoneyBody,
        ages: z
          .array(
            z.object({
              age: z.int().meta({ description: `In steps: ${inTerms('age')}` }),
              numerator: z.int().meta({ description: inTerms('numerator') }),
              denominator: z.int().meta({ description: inTerms('denominator') }),
              ratio: z.number().nullable(),
              percent: z.number().nullable().meta({ description: 'Rounded half-up to one decimal.' }),
              reachedCount: z.int().meta({ description: inTerms('reachedCount') }),
              complete: z.boolean().meta({ description: inTerms('complete') }),
            }),
          )
          .meta({ description: 'From 0 to the last age reached by at least one project.' }),
        links: z.object({ projects: link }).meta({ description: 'Link to the projects.' }),
      }),
    ),
  })
  .meta({
    id: 'Cohorts',
    description: 'A rate at each age since signing, to compare cohorts at the same age.',
    examples: [
      {
        ...exampleHeading,
        by: 'event',
        measure: 'operatingRate',
        step: 'year',
        groupCount: 1,
        items: [
          {
            group: { code: 'hyrd-2020', name: '沪洽周', nameEn: null },
            projectCount: 4,
            totalInvestment: money(5_000_000_000),
            ages: agesOf(exampleCohort, 'operatingRate', 'year'),
            links: exampleLinks,
          },
        ],
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
    outreach: z
      .array(definitionOf(z.string(), outreachUnits))
      .meta({ description: 'The figures of `/v1/events/{code}/outreach`.' }),
  })
  .meta({
    id: 'Definitions',
    description: 'What each measure and dimension means, and each field of a cohort.',
  });
