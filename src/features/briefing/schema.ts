/** Briefings as the API words them. */
import * as z from 'zod';
import { asOfField } from '../../http/as-of.ts';
import { slug } from '../../http/fields.ts';
import { formatField, langField } from '../../http/formats.ts';
import { MoneyBody, RateBody } from '../figures/measures.ts';
import { bilingual } from '../figures/schema.ts';
import { ownDefinitions } from './definitions.ts';
import { comparators, namedKinds } from './wording.ts';

export const formats = ['json', 'markdown'] as const;

export const BriefingParams = z.object({
  code: z.string().meta({ description: 'The code of the event.', examples: ['hyrd-2022'] }),
});

export const BriefingQuery = z.strictObject({
  asOf: asOfField,
  lang: langField.unwrap().optional().meta({
    description: 'Language of the briefing; that of `Accept-Language` if left out.',
    example: 'zh',
  }),
  format: formatField(formats),
});

const PartlyKnownMoney = MoneyBody.extend({
  knownCount: z
    .int()
    .optional()
    .meta({ description: 'Of contracted funds: for how many projects they are known.' }),
});

const Figure = z
  .object({
    name: z.string().meta({
      description: 'The measure, as `/v1/statistics/definitions` has it, or else what `definition` says.',
    }),
    unit: z.string().meta({ description: 'What it counts, or is measured in.' }),
    value: z.union([z.int(), z.iso.date(), PartlyKnownMoney, RateBody]).meta({
      description: 'The value as it was computed: a number of things, an amount, a rate, or a day.',
    }),
    comparator: z.enum(comparators).meta({
      description:
        '`more_than` and `at_least` where the value is a lower bound, because a part of it is unknown; it is printed rounded down.',
    }),
    printed: z.string().meta({ description: 'How it stands in the text.' }),
    definition: z.object({ label: bilingual, sentence: bilingual }),
    link: z.string().nullable().meta({
      description:
        'The address of what makes it up; of a rate, what its numerator counts. Null for a day or a bound.',
    }),
  })
  .meta({ id: 'BriefingFigure', description: 'A figure in a sentence.' });

const Named = z
  .object({
    kind: z.enum(namedKinds),
    printed: z.string().meta({ description: 'How it stands in the text.' }),
    link: z.string().nullable(),
  })
  .meta({ id: 'BriefingName', description: 'What a sentence calls by its name.' });

const Highlight = z
  .object({
    code: z.string(),
    rule: bilingual.meta({ description: 'How it was chosen.' }),
    items: z.array(
      z.object({
        kind: z.enum(['project', 'cluster']),
        code: z.string().nullable(),
        name: z.string(),
        nameEn: z.string().nullable(),
        link: z.string(),
      }),
    ),
  })
  .meta({ id: 'BriefingHighlight', description: 'What is named because a rule chose it.' });

export const Briefing = z
  .object({
    asOf: z.iso.date().meta({ description: 'The day that the briefing is for.' }),
    revision: z.int().meta({ description: 'The state of the data that it was made from.' }),
    event: z.object({ code: slug, name: z.string(), nameEn: z.string().nullable() }),
    language: z.enum(['zh', 'en']),
    text: z
      .string()
      .meta({ description: 'The paragraph: the sentences in a row. Empty where nothing is known.' }),
    sentences: z.array(
      z.object({
        code: z.string(),
        text: z.string(),
        figures: z.array(Figure).meta({ description: 'Every figure in it, in the order of the text.' }),
        names: z.array(Named).meta({ description: 'Every name in it, in the order of the text.' }),
      }),
    ),
    highlights: z.array(Highlight),
    links: z.object({ self: z.string(), summary: z.string() }),
  })
  .meta({
    id: 'Briefing',
    description: 'What a press office would print about an event on a day, each figure with what it is.',
    examples: [
      {
        asOf: '2022-11-04',
        revision: 1207,
        event: { code: 'hyrd-2022', name: '2022年沪洽周', nameEn: '2022 Hunan–Yangtze River Delta week' },
        language: 'zh',
        text: '2022年沪洽周于2022年11月3日在上海开幕。',
        sentences: [
          {
            code: 'opening',
            text: '2022年沪洽周于2022年11月3日在上海开幕。',
            figures: [
              {
                name: 'startsOn',
                unit: 'day',
                value: '2022-11-03',
                comparator: 'exact',
                printed: '2022年11月3日',
                definition: ownDefinitions.startsOn,
                link: null,
              },
            ],
            names: [
              { kind: 'event', printed: '2022年沪洽周', link: '/v1/events/hyrd-2022' },
              { kind: 'city', printed: '上海', link: '/v1/events/hyrd-2022' },
            ],
          },
        ],
        highlights: [],
        links: {
          self: '/v1/events/hyrd-2022/briefing?asOf=2022-11-04&lang=zh',
          summary: '/v1/statistics/summary?event=hyrd-2022&asOf=2022-11-04',
        },
      },
    ],
  });
