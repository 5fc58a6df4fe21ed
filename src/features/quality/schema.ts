/** What needs attention, as the API words it. */
import * as z from 'zod';
import { asOfField } from '../../http/as-of.ts';
import { codesOf, integerText } from '../../http/fields.ts';
import { pageOf } from '../../http/pages.ts';
import { bilingual, exampleHeading, heading } from '../figures/schema.ts';
import { filterFields } from '../projects/filter.ts';
import { projectPageFields } from '../projects/lists.ts';
import { Project } from '../projects/schema.ts';
import { rules, severities } from './rules.ts';

const codes = codesOf(rules);

const staleDays = integerText(z.int().min(1).max(3_650)).optional().meta({
  description:
    'After how many days without a change `no_change_reported` names a project, 1–3650; 90 if left out.',
  example: 90,
});

export const RulesQuery = z.strictObject({ ...filterFields, asOf: asOfField, staleDays });

export const NamedQuery = z.strictObject({ ...RulesQuery.shape, ...projectPageFields });

export const RuleParams = z.object({
  rule: z
    .string()
    .meta({ description: `Code of the rule: ${codes.join(', ')}.`, examples: ['no_change_reported'] }),
});

const example = rules[2];

/** The rules, and how many projects each of them names. */
export const Quality = z
  .object({
    ...heading,
    staleDays: z.int().meta({ description: 'The days without a change that were asked about.' }),
    items: z.array(
      z.object({
        code: z.enum(codes),
        severity: z.enum(severities).meta({
          description:
            'An `error` contradicts itself, a `warning` wants to be looked into, a `notice` says what would be good to know.',
        }),
        label: bilingual,
        sentence: bilingual,
        includesTerminated: z.boolean().meta({
          description: 'Whether it also names projects whose contract had ended by the day.',
        }),
        count: z.int().meta({ description: 'How many projects it names.' }),
        links: z.object({
          projects: z.string().meta({ description: 'Address of exactly the projects that it names.' }),
        }),
      }),
    ),
  })
  .meta({
    id: 'Quality',
    description: 'Every rule about what needs attention, the gravest first, with the number of projects.',
    examples: [
      {
        ...exampleHeading,
        staleDays: 90,
        items: [
          {
            code: example.code,
            severity: example.severity,
            label: { zh: example.zh, en: example.en },
            sentence: example.sentence,
            includesTerminated: example.includesTerminated,
            count: 1,
            links: { projects: `/v1/quality/${example.code}?event=hyrd-2020&asOf=2022-08-31` },
          },
        ],
      },
    ],
  });

const Finding = z
  .object({
    since: z.iso.date().optional().meta({
      description:
        'The day since which it is so: the agreed day, the last change, the start, the signing. For rules about time.',
    }),
    days: z.int().optional().meta({ description: 'Whole days from then to the day asked about.' }),
    missing: z
      .array(z.enum(['investorIds', 'industry', 'region', 'agreedStartOn', 'agreedProductionOn']))
      .optional()
      .meta({ description: 'The fields that have no value. For rules about what is missing.' }),
    excessYuan: z.int().optional().meta({
      description: 'How much more is in place than the total investment. For `funds_above_investment`.',
    }),
    others: z
      .array(
        z.object({
          id: z.uuid(),
          code: z.string(),
          name: z.string(),
          event: z.string(),
          signedOn: z.iso.date(),
        }),
      )
      .optional()
      .meta({
        description:
          'The projects at other events that may be the same, the first ten by day of signing. For `possible_double_signing`.',
      }),
  })
  .meta({ id: 'Finding', description: 'What a rule found out about a project.' });

const [project] = (Project.meta()?.examples ?? []) as object[];

const NamedProject = z.object({ ...Project.shape, finding: Finding }).meta({
  id: 'NamedProject',
  description: 'A project that a rule names, as on the day, with what the rule found.',
  examples: [{ ...project, finding: { since: '2022-12-31', days: 31 } }],
});

export const NamedPage = pageOf('NamedProjectPage', NamedProject);
