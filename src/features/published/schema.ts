/** API schemas of published figures. */
import * as z from 'zod';
import { day, integerText, line, link, paragraph, slug, uuid } from '../../http/fields.ts';
import { exampleKnown, Known, momentOrDay } from '../../http/known.ts';
import { pageFields, pageOf } from '../../http/pages.ts';
import { fieldsField } from '../../http/projection.ts';
import { measures } from '../figures/measures.ts';
import { outreachFigures } from '../outreach/figures.ts';
import { type Comparator, comparators } from './agreement.ts';
import { measureNames } from './measures.ts';
import { type ReasonCode, reasonMessages, type WarningCode, warningMessages } from './reasons.ts';
import { figureSortKeys } from './repository.ts';
import { filterText } from './scope.ts';
import { unitNames } from './units.ts';

const keysOf = <Key extends string>(table: Readonly<Record<Key, unknown>>) =>
  Object.keys(table) as [Key, ...Key[]];

/** A number as printed, without thousands separators. Its bounds are repeated in the fault message. */
const printedNumber = z
  .string()
  .regex(/^(?!-0(\.0+)?$)-?(0|[1-9]\d{0,17})(\.\d{1,10})?$/, { error: 'not_a_printed_number' });

const SOURCE = 'Where the figure was published.';
const sourceFields = {
  title: line(300)
    .nullable()
    .meta({ description: 'Title of the article, report or bulletin; null if not known.' }),
  publisher: line(200).meta({ description: 'Who published it.', examples: ['湖南日报 / 华声在线'] }),
  publishedOn: day.meta({ description: 'Day of publication.', examples: ['2022-11-03'] }),
  url: z
    .url({ protocol: /^https?$/, error: 'not_a_url' })
    .max(2_000)
    .nullable()
    .meta({ description: 'Where to read it.' }),
};
const sourceInput = {
  ...sourceFields,
  title: sourceFields.title.optional(),
  url: sourceFields.url.optional(),
};

const comparatorWords = Object.entries(comparators)
  .map(([name, { says }]) => `\`${name}\`: ${says}`)
  .join('; ');

const fields = {
  event: slug.nullable().meta({ description: 'The event.', examples: ['hyrd-2020'] }),
  filter: filterText.nullable().meta({
    description: 'Further restriction of the projects: filter parameters as in a query string.',
    examples: ['industry=C&minInvestment=1000000000'],
  }),
  measure: z.enum(measureNames).meta({
    description:
      'A measure of `/v1/statistics/definitions`, for days with the suffix `:median` or `:mean`; or an outreach figure, which needs an event and takes no filter.',
    examples: ['totalInvestment'],
  }),
  value: printedNumber.meta({
    description: 'The number as printed, without thousands separators.',
    examples: ['297.88'],
  }),
  unit: z.enum(unitNames).meta({ description: 'The printed unit; must fit the measure.' }),
  precision: z
    .int()
    .min(-12)
    .max(10)
    .meta({
      description:
        'Number of decimals to which the value is rounded, by default those it has; −2 if rounded to hundreds.',
      examples: [2],
    }),
  comparator: z
    .enum(keysOf<Comparator>(comparators))
    .meta({ description: `The claim; \`exact\` by default. ${comparatorWords}.` }),
  asOf: day.meta({ description: 'The day of the figure, not after today.', examples: ['2022-08-31'] }),
  partOf: uuid.nullable().meta({
    description:
      'Id of the whole figure: its parts add up to it if they have the same measure and day, in any unit.',
  }),
  note: paragraph(2_000).nullable(),
};

const KNOWN_AT =
  'What was known when it was printed: a timestamp with offset, or a day, which means its end; null for the end of the day of publication.';
const knownAtInput = momentOrDay.nullable().meta({ description: KNOWN_AT });

const example = {
  event: 'hyrd-2020',
  filter: null,
  measure: 'totalInvestment',
  value: '297.88',
  unit: 'billionYuan',
  precision: 2,
  comparator: 'exact',
  asOf: '2022-08-31',
  partOf: null,
  source: {
    title: '2020年“沪洽周”签约项目开工超八成',
    publisher: '湖南日报 / 华声在线',
    publishedOn: '2022-11-03',
    url: null,
  },
  note: null,
} as const;

export const PUBLISHED_FIGURES = '/v1/published-figures';

export const NewPublishedFigure = z
  .strictObject({
    ...fields,
    knownAt: knownAtInput,
    source: z.strictObject(sourceInput).meta({ description: SOURCE }),
  })
  .partial({
    event: true,
    filter: true,
    precision: true,
    comparator: true,
    partOf: true,
    note: true,
    knownAt: true,
  })
  .meta({ id: 'NewPublishedFigure', examples: [example] });
export type NewPublishedFigure = z.infer<typeof NewPublishedFigure>;

export const PublishedFigureChanges = z
  .strictObject({
    ...fields,
    knownAt: knownAtInput,
    source: z
      .strictObject(sourceInput)
      .partial()
      .meta({ description: `${SOURCE} Absent fields stay.` }),
  })
  .partial()
  .meta({ id: 'PublishedFigureChanges', examples: [{ value: '297.88' }] });
export type PublishedFigureChanges = z.infer<typeof PublishedFigureChanges>;

const decimalText = z.string().meta({ examples: ['297.88'] });

/** The schemas of amounts, rates and days. */
const namedSchemas = [...measures, ...outreachFigures]
  .map(({ schema }) => schema)
  .filter((schema) => schema.meta()?.id !== undefined);

const Raw = z
  .union([z.int(), ...new Set(namedSchemas)])
  .nullable()
  .meta({ description: 'As in the summary or outreach; null if absent there.' });

const Reason = z
  .object({
    code: z.enum(keysOf<ReasonCode>(reasonMessages)),
    zh: z.string(),
    en: z.string(),
    link: link.optional().meta({
      description: 'Of `changed_since`: link to the corrections that made the difference, one by one.',
    }),
  })
  .meta({ id: 'DisagreementReason' });

const Warning = z
  .object({
    code: z.enum(keysOf<WarningCode>(warningMessages)),
    zh: z.string(),
    en: z.string(),
    sum: decimalText.meta({ description: 'Sum of the parts, in the unit of the figure.' }),
    difference: decimalText.meta({ description: 'The sum minus the printed whole.' }),
    parts: z.array(z.string()).meta({ description: 'Ids of the parts.' }),
  })
  .meta({ id: 'PrintedWarning' });

const Computed = z.object({
  value: decimalText.nullable().meta({
    description:
      'In the unit of the figure: exact, or half-up to ten decimals if it has more. Null if it cannot be computed.',
  }),
  rounded: decimalText.nullable().meta({ description: 'Rounded half-up to the printed precision.' }),
  raw: Raw,
});
const agreesField = z
  .boolean()
  .meta({ description: 'Whether the computed value satisfies the claim of the comparator.' });
const differenceField = decimalText
  .nullable()
  .meta({ description: 'Computed minus printed, in the form of `value`.' });

const WhenPrinted = z
  .object({
    known: Known.nullable().meta({
      description: 'What was known; null if nothing has been entered since, so that it is the same as now.',
    }),
    computed: Computed,
    agrees: agreesField,
    difference: differenceField,
    links: z.object({
      figures: link,
      differences: link.optional().meta({
        description: 'If another value is computed now: the corrections that made the difference.',
      }),
    }),
  })
  .nullable()
  .meta({
    description:
      'The same as it was known when the figure was printed (`knownAt`); null if the change log begins later.',
  });

const computedExample = {
  computed: {
    value: '297.88',
    rounded: '297.88',
    raw: { yuan: 297_880_000_000, billionYuan: 297.88, yiYuan: 2978.8 },
  },
  agrees: true,
  difference: '0',
};

const figureExample = {
  id: '0190a1b2-0000-7000-8000-000000000013',
  ...example,
  knownAt: null,
  ...computedExample,
  whenPrinted: {
    known: exampleKnown,
    ...computedExample,
    links: { figures: '/v1/statistics/summary?event=hyrd-2020&asOf=2022-08-31&revision=1207' },
  },
  reasons: [],
  warnings: [],
  links: { figures: '/v1/statistics/summary?event=hyrd-2020&asOf=2022-08-31' },
};

export const PublishedFigure = z
  .object({
    id: z.uuid(),
    ...fields,
    filter: z
      .string()
      .nullable()
      .meta(fields.filter.meta() ?? {}),
    source: z.object(sourceFields).meta({ description: SOURCE }),
    knownAt: z.string().max(40).nullable().meta({ description: KNOWN_AT }),
    computed: Computed.meta({ description: 'What is computed now for the same projects and day.' }),
    agrees: agreesField,
    difference: differenceField,
    whenPrinted: WhenPrinted,
    reasons: z.array(Reason).meta({
      description: 'Why the figure does not agree, as far as that is certain.',
    }),
    warnings: z
      .array(Warning)
      .meta({ description: 'Inconsistencies of the printed figure, whether or not it agrees.' }),
    links: z
      .object({ figures: link })
      .meta({ description: 'Link to the statistics that contain the figure, for the same scope and day.' }),
  })
  .meta({
    id: 'PublishedFigure',
    description: 'A published figure compared with what is computed now for the same projects and day.',
    examples: [figureExample],
  });
export type PublishedFigure = z.infer<typeof PublishedFigure>;

/** Each figure on a page may need its own summary. */
const MAX_PAGE = 50;

const eventFilter = slug.optional().meta({ description: 'About this event.', example: 'hyrd-2020' });

export const ListQuery = z.strictObject({
  event: eventFilter,
  measure: fields.measure.optional().meta({ description: 'Of this measure.', example: 'startedCount' }),
  partOf: uuid.optional().meta({
    description: 'Part of this figure.',
    example: '0190a1b2-0000-7000-8000-000000000013',
  }),
  ...pageFields(figureSortKeys, 'id'),
  fields: fieldsField(PublishedFigure),
  limit: integerText(z.int().min(1).max(MAX_PAGE))
    .optional()
    .meta({
      description: `Items on a page, 1–${MAX_PAGE}; default ${MAX_PAGE}. Each may need its own summary.`,
      example: 50,
    }),
});
export type ListQuery = z.infer<typeof ListQuery>;

/** The parameters of reading one. */
export const ReadQuery = z.strictObject({ fields: fieldsField(PublishedFigure) });

export const PublishedFigurePage = pageOf('PublishedFigurePage', PublishedFigure);

export const ReconciliationQuery = z.strictObject({ event: eventFilter });

export const Reconciliation = z
  .object({
    revision: z.int().meta({
      description:
        'Revision of the data from which the figures were computed; some may already show what was written meanwhile.',
    }),
    total: z.int().meta({ description: 'Number of figures reconciled.' }),
    agreeing: z.int().meta({ description: 'Figures that agree.' }),
    disagreeing: z
      .int()
      .meta({ description: 'Figures that do not, or cannot be computed: total − agreeing.' }),
    agreeingWhenPrinted: z.int().meta({
      description: 'Figures that agree as it was known when they were printed, as far as that is known.',
    }),
    warned: z.int().meta({ description: 'Figures with warnings, agreeing or not.' }),
    items: z.array(PublishedFigure).meta({
      description:
        'All figures: those that disagree first, then those with warnings, then the rest; each by day, the latest first.',
    }),
  })
  .meta({
    id: 'Reconciliation',
    description: 'All published figures compared with what is computed now.',
    examples: [
      {
        revision: 1207,
        total: 1,
        agreeing: 1,
        disagreeing: 0,
        agreeingWhenPrinted: 1,
        warned: 0,
        items: [figureExample],
      },
    ],
  });
