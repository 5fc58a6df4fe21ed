/** Statistics as the API words them. */
import * as z from 'zod';
import { money, rate } from '../../core/numbers.ts';
import { asOfField } from '../../http/as-of.ts';
import { integerText } from '../../http/fields.ts';
import { formatField, langField } from '../../http/formats.ts';
import { sortField } from '../../http/pages.ts';
import { encodingField, unitField } from '../../sheets/schema.ts';
import { filterFields } from '../projects/filter.ts';
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
  description: 'Groups to show, 1–500; 50 if left out. `groupCount` says how many there are.',
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

/** Parameters whose meaning moves with the day, so that they cannot stand over figures of several days. */
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
    .meta({ description: 'Length of a period; `month` if left out.', example: 'quarter' }),
});

/** What to gather projects by, which rate to follow, and how far apart its ages are; each with its default. */
export const CohortsQuery = z.strictObject({
  ...filterFields,
  ...moving,
  asOf: asOfField,
  ...sheetFields,
  by: z
    .enum(cohortDimensions)
    .optional()
    .meta({ description: 'What makes a cohort; `event` if left out.', example: 'event' }),
  measure: z
    .enum(Object.keys(cohortMeasures) as [keyof typeof cohortMeasures])
    .optional()
    .meta({ description: 'The rate to follow; `operatingRate` if left out.', example: 'operatingRate' }),
  step: z
    .enum(intervals)
    .optional()
    .meta({ description: 'What ages are counted in; `month` if left out.', example: 'quarter' }),
  sort: sortField(['code', 'projectCount', 'totalInvestment'], 'code'),
  limit: groupLimit,
});

export const measureFields = Object.fromEntries(
  measures.map(({ name, schema, sentence, zh, formula }) => [
    name,
    schema.meta({ description: `${sentence.en} (${zh}; ${formula})` }),
  ]),
);

const links = z.record(z.string(), z.string()).meta({
  description:
    'Addresses of the projects that make up each count, named like the measure without `Count`. Left out for whoever may not read projects.',
});

const withheld = z
  .object({
    fewerThan: z.int().meta({ description: 'The fewest projects that a figure may be about.' }),
    reason: z.enum(['small_group', 'difference']).meta({
      description:
        '`small_group`: there are fewer projects than that. `difference`: there are not, but with other figures one of those withheld would tell something about fewer.',
    }),
  })
  .optional()
  .meta({
    description:
      'Why figures are null: without a key, where only statistics are open (`ANONYMOUS_READ=statistics`), none tells anything about fewer projects than `ANONYMOUS_MIN_GROUP`.',
  });

/** Figures as summaries and breakdowns have them: those that may not be told are null. */
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
  asOf: z.iso.date().meta({ description: 'The day that the figures are for.' }),
  revision: z.int().meta({ description: 'The state of the data that the figures were computed from.' }),
  filter: z.record(z.string(), z.unknown()).meta({ description: 'The filter as it was understood.' }),
};

/** The figures of four made-up projects, for the examples. */
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

/** The same as a cohort: one was signed a year later than the others. */
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
  description: 'Every measure over the projects that a filter selects, on a day.',
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
    code: z.string().nullable().meta({ description: 'Null for projects that have no value.' }),
    name: z.string().nullable(),
    nameEn: z.string().nullable(),
  })
  .meta({ id: 'Group' });

export const Breakdown = z
  .object({
    ...heading,
    by: z.array(z.string()),
    groupCount: z.int().meta({ description: 'How many groups there are, shown or not.' }),
    items: z.array(z.object({ groups: z.record(z.string(), Group), ...figureFields })),
    total: z.object(figureFields).meta({
      description: 'The summary of the filter, whatever `limit` shows.',
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
            'What happened in the period; what happened before the signing counts on the day of the signing.',
        }),
        cumulative: z.object({ ...movement, operatingRate: RateBody, productionRate: RateBody }).meta({
          description:
            'The summary as of the last day of the period. Not a running sum: terminated projects leave.',
        }),
      }),
    ),
  })
  .meta({
    id: 'Timeline',
    description: 'How the figures came about, from the first signing, without holes.',
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
    measure: z.string().meta({ description: 'Defined by `/v1/statistics/definitions`.' }),
    step: z.enum(intervals),
    groupCount: z.int().meta({ description: 'How many cohorts there are, shown or not.' }),
    items: z.array(
      z.object({
        group: Group,
        projectCount: z.int().meta({ description: 'All projects of the cohort, however old.' }),
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
          .meta({ description: 'From 0 to the last age that at least one project has reached.' }),
        links: z.object({ projects: z.string() }).meta({ description: 'Address of the projects.' }),
      }),
    ),
  })
  .meta({
    id: 'Cohorts',
    description: 'A rate at each age since the signing, so that cohorts compare at the same age.',
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

const definitionOf = (units: readonly [string, ...string[]]) =>
  z.object({
    name: z.string(),
    unit: z.enum(units),
    label: bilingual,
    sentence: bilingual,
    formula: z.string(),
  });

export const Definitions = z
  .object({
    measures: z.array(definitionOf(['projects', 'yuan', 'rate', 'days'])),
    dimensions: z.array(
      z.object({
        name: z.string(),
        label: bilingual,
        parameter: z.string().meta({ description: 'The filter parameter that selects a group.' }),
      }),
    ),
    cohorts: z.array(
      z.object({
        name: z.string().meta({ description: 'The field of an age of a cohort.' }),
        label: bilingual,
        sentence: bilingual,
        formula: z.string(),
      }),
    ),
    outreach: z
      .array(definitionOf(outreachUnits))
      .meta({ description: 'The figures of `/v1/events/{code}/outreach`.' }),
  })
  .meta({
    id: 'Definitions',
    description: 'What each measure and dimension means, and each field of a cohort.',
  });
