/** API schemas of what a difference between two days consists of. */
import * as z from 'zod';
import { dayUntilToday } from '../../http/as-of.ts';
import { day, link } from '../../http/fields.ts';
import { pageFields, pageOf } from '../../http/pages.ts';
import { Filter, filterFields } from '../projects/filter.ts';
import { causeNames } from './calendar.ts';
import { CONTRIBUTION_SORT, contributionOrder } from './difference-answers.ts';
import { DaysBody, KnownMoneyBody, MoneyBody, measures, RateBody } from './measures.ts';
import { figureLinks, sheetFields } from './schema.ts';

const measureName = z.enum(measures.map(({ name }) => name));

export const DifferencesQuery = z
  .strictObject({
    ...filterFields,
    measure: measureName.meta({ description: 'The measure.', example: 'startedCount' }),
    from: dayUntilToday(day.meta({ description: 'The first day.', example: '2021-08-31' })),
    to: dayUntilToday(
      day.optional().meta({ description: 'The second day; default today.', example: '2022-08-31' }),
    ),
    ...pageFields(contributionOrder, CONTRIBUTION_SORT),
    ...sheetFields,
  })
  .refine(({ from, to }) => to === undefined || from <= to, { path: ['to'], error: 'before_from' });

const contributed = {
  contribution: z.int().meta({
    description:
      'Projects or yuan; of a rate what is added to its numerator, of days what is added to their total.',
  }),
  denominatorContribution: z.int().optional().meta({
    description: 'Of a rate what is added to its denominator, of days the number of projects.',
  }),
};

const cause = z.enum(causeNames).meta({
  description:
    'What happened on the day: a date of the project, `funds` received or returned, or an agreed date that has passed.',
});

export const Contribution = z
  .object({
    project: z.object({
      id: z.string(),
      code: z.string(),
      name: z.string(),
      nameEn: z.string().nullable(),
    }),
    on: z.iso.date(),
    cause,
    ...contributed,
    links: z.object({ project: link }).meta({ description: 'Link to the project on the second day.' }),
  })
  .meta({
    id: 'Contribution',
    description: 'An event of a project that changed the measure.',
    examples: [
      {
        project: {
          id: '0190a1b2-0000-7000-8000-000000000002',
          code: 'HYRD-2020-0001',
          name: '示例项目',
          nameEn: null,
        },
        on: '2021-10-12',
        cause: 'started',
        contribution: 1,
        links: { project: '/v1/projects/0190a1b2-0000-7000-8000-000000000002?asOf=2022-08-31' },
      },
    ],
  });

const value = z.union([z.int(), KnownMoneyBody, MoneyBody, RateBody, DaysBody]);

const side = z.object({ asOf: z.iso.date(), value, links: figureLinks });

const { items, page, revision } = pageOf('ContributionPage', Contribution).shape;

export const Differences = z
  .object({
    measure: measureName,
    filter: Filter,
    from: side.meta({ description: 'The measure on the first day, in the form of the summary.' }),
    to: side.meta({ description: 'The measure on the second day.' }),
    difference: z.union([z.number(), MoneyBody]).nullable().meta({
      description: 'As in a comparison: of rates in percentage points, of days between the medians.',
    }),
    changePercent: z.number().nullable(),
    contribution: contributed.contribution.meta({
      description:
        'The sum of all contributions: the difference of a count or a sum, or of the numerator of a rate.',
    }),
    denominatorContribution: contributed.denominatorContribution,
    causes: z
      .array(z.object({ cause, events: z.int(), ...contributed }))
      .meta({ description: 'The contributions by cause, which add up to the same.' }),
    items,
    page,
    revision,
  })
  .meta({
    id: 'Differences',
    description: 'What a difference between two days consists of.',
    examples: [
      {
        measure: 'startedCount',
        filter: { event: ['hyrd-2020'] },
        from: {
          asOf: '2021-08-31',
          value: 2,
          links: { started: '/v1/projects?event=hyrd-2020&started=true&asOf=2021-08-31' },
        },
        to: {
          asOf: '2022-08-31',
          value: 3,
          links: { started: '/v1/projects?event=hyrd-2020&started=true&asOf=2022-08-31' },
        },
        difference: 1,
        changePercent: 50,
        contribution: 1,
        causes: [{ cause: 'started', events: 1, contribution: 1 }],
        items: Contribution.meta()?.examples,
        page: { total: 1, limit: 50, nextCursor: null },
        revision: 1207,
      },
    ],
  });
