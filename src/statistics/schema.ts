/** Statistics as the API words them. */
import * as z from 'zod';
import { asOfField } from '../http/as-of.ts';
import { integerText } from '../http/fields.ts';
import { formatField, langField } from '../http/formats.ts';
import { sortField } from '../http/pages.ts';
import { filterFields } from '../projects/filter.ts';
import { lifecycleFlags } from '../projects/lifecycle.ts';
import { encodingField, unitField } from '../transfer/schema.ts';
import { dimensionNames } from './dimensions.ts';
import { MoneyBody, measures, RateBody, valuesOf } from './measures.ts';
import { money, rate } from './numbers.ts';
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
    limit: integerText(z.int().min(1).max(500)).optional().meta({
      description: 'Groups to show, 1–500; 50 if left out. `groupCount` says how many there are.',
      example: 50,
    }),
  })
  .refine(({ by, sort = '' }) => sort.split(',').every((part) => isSortable(part.replace(/^-/, ''), by)), {
    path: ['sort'],
    error: 'not_sortable',
    params: { choices: 'the measures and the dimensions that `by` names' },
  });

const isSortable = (name: string, by: readonly string[]): boolean =>
  !(dimensionNames as readonly string[]).includes(name) || by.includes(name);

/** Parameters whose meaning moves with the day, so that they cannot stand over a timeline. */
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

export const measureFields = Object.fromEntries(
  measures.map(({ name, schema, sentence, zh, formula }) => [
    name,
    schema.meta({ description: `${sentence.en} (${zh}; ${formula})` }),
  ]),
);

const links = z.record(z.string(), z.string()).meta({
  description: 'Addresses of the projects that make up each count, named like the measure without `Count`.',
});

const heading = {
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

const exampleHeading = { asOf: '2022-08-31', revision: 1207, filter: { event: ['hyrd-2020'] } };
const exampleLinks = { projects: '/v1/projects?event=hyrd-2020&asOf=2022-08-31' };

export const Summary = z.object({ ...heading, ...measureFields, links }).meta({
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
    items: z.array(z.object({ groups: z.record(z.string(), Group), ...measureFields, links })),
    total: z.object({ ...measureFields, links }).meta({
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

const bilingual = z.object({ zh: z.string(), en: z.string() });

export const Definitions = z
  .object({
    measures: z.array(
      z.object({
        name: z.string(),
        unit: z.enum(['projects', 'yuan', 'rate', 'days']),
        label: bilingual,
        sentence: bilingual,
        formula: z.string(),
      }),
    ),
    dimensions: z.array(
      z.object({
        name: z.string(),
        label: bilingual,
        parameter: z.string().meta({ description: 'The filter parameter that selects a group.' }),
      }),
    ),
  })
  .meta({ id: 'Definitions', description: 'What each measure and dimension means.' });
