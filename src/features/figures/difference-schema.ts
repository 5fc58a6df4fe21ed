/** API schemas of what a difference between two days consists of. */
import * as z from 'zod';
import { dayUntilToday } from '../../http/as-of.ts';
import { day, link } from '../../http/fields.ts';
import { Known, knownBeforeFields } from '../../http/known.ts';
import { pageFields, pageOf } from '../../http/pages.ts';
import { Change } from '../../log/schema.ts';
import { Filter, filterFields } from '../projects/filter.ts';
import { allCauseNames } from './causes.ts';
import { isTooEarly } from './comparison.ts';
import { CONTRIBUTION_SORT, contributionOrder } from './difference-answers.ts';
import { DaysBody, KnownMoneyBody, MoneyBody, measures, RateBody } from './measures.ts';
import { figureLinks, sheetFields } from './schema.ts';

const measureName = z.enum(measures.map(({ name }) => name));

export const DifferencesQuery = z
  .strictObject({
    ...filterFields,
    measure: measureName.meta({ description: 'The measure.', example: 'startedCount' }),
    from: dayUntilToday(
      day.optional().meta({
        description:
          'The first day; by default the second one a year before, with `fromKnownAt` or `fromRevision` the second one itself.',
        example: '2021-08-31',
      }),
    ),
    to: dayUntilToday(
      day.optional().meta({ description: 'The second day; default today.', example: '2022-08-31' }),
    ),
    ...knownBeforeFields,
    ...pageFields(contributionOrder, CONTRIBUTION_SORT),
    ...sheetFields,
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    error: 'before_from',
  })
  .refine(({ from, to }) => from !== undefined || !isTooEarly(to, 'previousYear'), {
    path: ['from'],
    error: 'before_1900',
  })
  .refine(
    ({ updatedSince, fromKnownAt, fromRevision }) =>
      updatedSince === undefined || (fromKnownAt === undefined && fromRevision === undefined),
    { path: ['updatedSince'], error: 'not_between_states' },
  );

const contributed = {
  contribution: z.int().meta({
    description:
      'Projects or yuan; of a rate what is added to its numerator, of days what is added to their total.',
  }),
  denominatorContribution: z.int().optional().meta({
    description: 'Of a rate what is added to its denominator, of days the number of projects.',
  }),
};

const cause = z.enum(allCauseNames).meta({
  description:
    'What happened on the day: a date of the project, `funds` received or returned, or an agreed date that has passed. Or what an entry of the change log did: a project was `entered`, `archived`, `restored` or `corrected`, funds were entered (`fundsEntered`), or a name or something that the project refers to changed (`references`: of several such entries, the last one is named).',
});

export const Contribution = z
  .object({
    project: z.object({
      id: z.string(),
      code: z.string(),
      name: z.string(),
      nameEn: z.string().nullable(),
    }),
    on: z.iso
      .date()
      .nullable()
      .meta({ description: 'Day of the event; null for an entry of the change log.' }),
    cause,
    entry: Change.pick({
      seq: true,
      at: true,
      actor: true,
      entity: true,
      entityId: true,
      action: true,
      fields: true,
    })
      .optional()
      .meta({
        description:
          'The entry of the change log, with the fields that figures read, before and after; without those of a new project.',
      }),
    ...contributed,
    links: z.object({ project: link }).meta({ description: 'Link to the project on the second day.' }),
  })
  .meta({
    id: 'Contribution',
    description: 'An event or a correction of a project that changed the measure.',
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

const side = z.object({ asOf: z.iso.date(), known: Known.optional(), value, links: figureLinks });

const { items, page, revision } = pageOf('ContributionPage', Contribution).shape;

export const Differences = z
  .object({
    measure: measureName,
    filter: Filter,
    from: side.meta({
      description:
        'The measure on the first side, in the form of the summary; with what was known, if that differs.',
    }),
    to: side.meta({ description: 'The measure on the second side.' }),
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
    description: 'What a difference between two days, or between two states of the data, consists of.',
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
