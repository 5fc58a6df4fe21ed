/** API schemas of figures over time: timelines and cohorts. */
import * as z from 'zod';
import { money, rate } from '../../core/numbers.ts';
import { asOfField } from '../../http/as-of.ts';
import { day, link, listOf } from '../../http/fields.ts';
import { knownWord, permalinks } from '../../http/known.ts';
import { sortField } from '../../http/pages.ts';
import { filterFields, movingParameters } from '../projects/filter.ts';
import { describe } from '../projects/parameter-kinds.ts';
import { agesOf, type CohortTally, cohortDimensions, cohortMeasures, cohortTerms } from './cohorts.ts';
import { changeSchema, isSpan, spanNames, spans } from './comparison.ts';
import { DaysBody, type Measure, MoneyBody, RateBody } from './measures.ts';
import {
  comparable,
  comparedWith,
  exampleHeading,
  exampleLinks,
  Group,
  groupLimit,
  heading,
  sheetFields,
} from './schema.ts';
import { intervals, MONTHS } from './timeline.ts';
import { changesIn, EMPTY_PERIOD, flowUnits, stockUnits, timelineDimensions } from './timelines.ts';

/** Parameters that cannot be used for figures of several days. */
const moving = Object.fromEntries(
  movingParameters.map((name) => [name, z.never({ error: 'depends_on_day' }).optional()]),
);

export const TimelineQuery = z
  .strictObject({
    ...filterFields,
    ...moving,
    asOf: asOfField,
    ...sheetFields,
    interval: z
      .enum(intervals)
      .optional()
      .meta({ description: 'Length of a period; default `month`.', example: 'quarter' }),
    by: z.enum(timelineDimensions).optional().meta({
      description: 'A dimension: adds a line for each group.',
      example: 'event',
    }),
    from: describe(
      day,
      'Only periods with this day or later ones; cumulative figures count all before.',
      '2020-01-01',
    ).optional(),
    to: describe(day, 'Only periods with this day or earlier ones.', '2022-12-31').optional(),
    limit: groupLimit,
    compareWith: z
      .union([z.enum(spanNames), knownWord('not_comparable_periods')])
      .optional()
      .meta({
        description:
          'Adds to each period a `comparison` with the one a year, quarter or month before, not shorter than `interval`; or with the same period as it was known earlier: `known:` with a timestamp or a day, or `revision:` with a number. The last period, unless it is over, is compared with the earlier one up to the same day.',
        example: 'previousYear',
      }),
  })
  .refine(
    ({ compareWith, interval = 'month' }) => !isSpan(compareWith) || spans[compareWith] >= MONTHS[interval],
    { path: ['compareWith'], error: 'shorter_than_interval' },
  )
  .refine(...comparable)
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    error: 'before_from',
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
  measure: listOf(z.enum(cohortMeasureNames)).meta({
    description: 'The rates to compute, repeated or comma-separated; default `operatingRate`.',
    example: ['operatingRate'],
  }),
  step: z
    .enum(intervals)
    .optional()
    .meta({ description: 'Unit of the ages; default `month`.', example: 'quarter' }),
  sort: sortField(['code', 'projectCount', 'totalInvestment'], 'code'),
  limit: groupLimit,
});

/** The same projects as a cohort: one was signed a year after the others. */
const exampleCohort: CohortTally = {
  projectCount: 4,
  totalInvestment: 5_000_000_000,
  last: new Map([
    [14, { count: 1, yuan: 800_000_000 }],
    [26, { count: 3, yuan: 4_200_000_000 }],
  ]),
  changes: {
    operatingRate: new Map([
      [3, 1],
      [4, 2],
      [27, -3],
    ]),
  },
};

type Unit = Measure['unit'];
const bodies: Readonly<Record<Unit, z.ZodType>> = {
  projects: z.int(),
  yuan: MoneyBody,
  rate: RateBody,
  days: DaysBody,
};

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

const exampleStock = { ...exampleMovement, operatingRate: rate(0, 4), productionRate: rate(0, 4) };

const changeSchemas = (units: Readonly<Record<string, Unit>>) =>
  z.object(
    Object.fromEntries(Object.entries(units).map(([name, unit]) => [name, changeSchema(unit, bodies[unit])])),
  );

const Periods = z.array(
  z.object({
    period: z.string().meta({ examples: ['2020-06'] }),
    from: z.iso.date(),
    to: z.iso.date(),
    during: z.object(movement).meta({
      description: 'What happened in the period; milestones before the signing count on the day of signing.',
    }),
    cumulative: z.object({ ...movement, operatingRate: RateBody, productionRate: RateBody }).meta({
      description:
        'Summary as of the last day of the period. Not a running total: terminated projects drop out.',
    }),
    comparison: z
      .object({
        period: z.string().meta({ description: 'The earlier period.', examples: ['2019-06'] }),
        during: changeSchemas(flowUnits),
        cumulative: changeSchemas(stockUnits),
      })
      .optional()
      .meta({ description: 'With `compareWith`; a period before the first signing has zeros.' }),
  }),
);

export const Timeline = z
  .object({
    ...heading,
    interval: z.enum(intervals),
    by: z.enum(timelineDimensions).optional(),
    comparedWith,
    groupCount: z.int().optional().meta({ description: 'With `by`: number of groups, shown or not.' }),
    items: Periods.meta({ description: 'All projects.' }),
    lines: z
      .array(z.object({ group: Group, items: Periods, links: z.object({ projects: link }) }))
      .max(500)
      .optional()
      .meta({ description: 'With `by`: each group, in the order of their codes.' }),
    links: permalinks,
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
            cumulative: exampleStock,
          },
        ],
      },
      {
        ...exampleHeading,
        interval: 'month',
        comparedWith: { asOf: '2021-08-31' },
        items: [
          {
            period: '2020-06',
            from: '2020-06-01',
            to: '2020-06-30',
            during: exampleMovement,
            cumulative: exampleStock,
            comparison: {
              period: '2019-06',
              ...changesIn({ during: exampleMovement, cumulative: exampleStock }, EMPTY_PERIOD),
            },
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
    measure: z.enum(cohortMeasureNames).meta({
      description: 'The first rate, defined by `/v1/statistics/definitions`.',
    }),
    measures: z.array(z.enum(cohortMeasureNames)).optional().meta({ description: 'If several.' }),
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
              rates: z
                .object(Object.fromEntries(cohortMeasureNames.map((name) => [name, RateBody.optional()])))
                .optional()
                .meta({ description: 'All rates, if several.' }),
            }),
          )
          .meta({ description: 'From 0 to the last age reached by at least one project.' }),
        links: z.object({ projects: link }).meta({ description: 'Link to the projects.' }),
      }),
    ),
    links: permalinks,
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
            ages: agesOf(exampleCohort, ['operatingRate'], 'year'),
            links: exampleLinks,
          },
        ],
      },
    ],
  });
