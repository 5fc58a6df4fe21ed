/** API schemas of briefings. */
import * as z from 'zod';
import { asOfField } from '../../http/as-of.ts';
import { link, slug } from '../../http/fields.ts';
import { formatField, langField } from '../../http/formats.ts';
import { exampleKnown, Known } from '../../http/known.ts';
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
    description: 'Language of the briefing; by default that of `Accept-Language`.',
    example: 'zh',
  }),
  format: formatField(formats),
});

const PartlyKnownMoney = MoneyBody.extend({
  knownCount: z
    .int()
    .optional()
    .meta({ description: 'For contracted funds: the number of projects for which they are known.' }),
});

const Figure = z
  .object({
    name: z.string().meta({
      description: 'The measure in `/v1/statistics/definitions`, or else as defined by `definition`.',
    }),
    unit: z.string().meta({ description: 'What is counted, or the unit of measurement.' }),
    value: z.union([z.int(), z.iso.date(), PartlyKnownMoney, RateBody]).meta({
      description: 'The computed value: a count, an amount, a rate, or a day.',
    }),
    comparator: z.enum(comparators).meta({
      description:
        '`more_than` and `at_least` if the value is a lower bound because part of it is unknown; it is then printed rounded down.',
    }),
    printed: z.string().meta({ description: 'The value as printed in the text.' }),
    definition: z.object({ label: bilingual, sentence: bilingual }),
    link: link.nullable().meta({
      description:
        'Link to the records behind the value; for a rate, those in its numerator. Null for a day or a bound.',
    }),
  })
  .meta({ id: 'BriefingFigure', description: 'A figure in a sentence.' });

const Named = z
  .object({
    kind: z.enum(namedKinds),
    printed: z.string().meta({ description: 'The value as printed in the text.' }),
    link: link.nullable(),
  })
  .meta({ id: 'BriefingName', description: 'Something that a sentence mentions by name.' });

const Highlight = z
  .object({
    code: z.string(),
    rule: bilingual.meta({ description: 'The rule by which it was chosen.' }),
    items: z.array(
      z.object({
        kind: z.enum(['project', 'cluster']),
        code: z.string().nullable(),
        name: z.string(),
        nameEn: z.string().nullable(),
        link,
      }),
    ),
  })
  .meta({
    id: 'BriefingHighlight',
    description: 'A project or cluster named in the text because a rule selected it.',
  });

export const Briefing = z
  .object({
    asOf: z.iso.date().meta({ description: 'Day of the briefing.' }),
    revision: z.int().meta({ description: 'Revision of the data it was made from.' }),
    event: z.object({ code: slug, name: z.string(), nameEn: z.string().nullable() }),
    language: z.enum(['zh', 'en']),
    text: z
      .string()
      .meta({ description: 'The sentences joined into a paragraph. Empty if nothing is known.' }),
    sentences: z.array(
      z.object({
        code: z.string(),
        text: z.string(),
        figures: z.array(Figure).meta({ description: 'All figures in the sentence, in order.' }),
        names: z.array(Named).meta({ description: 'All names in the sentence, in order.' }),
      }),
    ),
    highlights: z.array(Highlight),
    links: z.object({ self: link, summary: link, permalink: link.optional() }),
    known: Known,
  })
  .meta({
    id: 'Briefing',
    description: 'A press paragraph about an event on a day, with every figure explained.',
    examples: [
      {
        asOf: '2022-11-04',
        revision: 1207,
        known: exampleKnown,
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
