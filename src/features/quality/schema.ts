/** API schemas of quality findings. */
import * as z from 'zod';
import { asOfField } from '../../http/as-of.ts';
import { codesOf, integerText, link } from '../../http/fields.ts';
import { permalinks } from '../../http/known.ts';
import { pageOf } from '../../http/pages.ts';
import { fieldsField } from '../../http/projection.ts';
import { bilingual, exampleHeading, heading } from '../figures/schema.ts';
import { filterFields } from '../projects/filter.ts';
import { projectPageFields } from '../projects/lists.ts';
import { Project } from '../projects/schema.ts';
import { rules, severities } from './rules.ts';

const codes = codesOf(rules);

const staleDays = integerText(z.int().min(1).max(3_650)).optional().meta({
  description:
    'Days without a change after which `no_change_reported` includes a project, 1–3650; default 90.',
  example: 90,
});

export const RulesQuery = z.strictObject({ ...filterFields, asOf: asOfField, staleDays });

export const RuleParams = z.object({
  rule: z
    .string()
    .meta({ description: `Code of the rule: ${codes.join(', ')}.`, examples: ['no_change_reported'] }),
});

const example = rules[2];

/** The rules, and the number of projects that each matches. */
export const Quality = z
  .object({
    ...heading,
    staleDays: z.int().meta({ description: 'The requested number of days without a change.' }),
    items: z.array(
      z.object({
        code: z.enum(codes),
        severity: z.enum(severities).meta({
          description:
            '`error`: contradictory data; `warning`: needs checking; `notice`: information worth completing.',
        }),
        label: bilingual,
        sentence: bilingual,
        includesTerminated: z.boolean().meta({
          description: 'Whether the rule includes projects whose contract had ended by the day.',
        }),
        count: z.int().meta({ description: 'Number of projects.' }),
        links: z.object({
          projects: link.meta({ description: 'Link to exactly these projects.' }),
        }),
      }),
    ),
    links: permalinks,
  })
  .meta({
    id: 'Quality',
    description: 'All rules about what needs attention, the most severe first, with the number of projects.',
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
        'Start of the period: the agreed day, the last change, the start or the signing. For rules about time.',
    }),
    days: z.int().optional().meta({ description: 'Whole days from `since` to the requested day.' }),
    missing: z
      .array(z.enum(['investorIds', 'industry', 'region', 'agreedStartOn', 'agreedProductionOn']))
      .optional()
      .meta({ description: 'The fields without a value. For rules about missing data.' }),
    excessYuan: z.int().optional().meta({
      description: 'Funds in place minus total investment. For `funds_above_investment`.',
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
          'Projects of other events that may be the same, the first ten by signing date. For `possible_double_signing`.',
      }),
  })
  .meta({ id: 'Finding', description: 'What a rule found about a project.' });

const [project] = (Project.meta()?.examples ?? []) as object[];

const NamedProject = z.object({ ...Project.shape, finding: Finding }).meta({
  id: 'NamedProject',
  description: 'A project selected by a rule, as of the day, with the finding.',
  examples: [{ ...project, finding: { since: '2022-12-31', days: 31 } }],
});

export const NamedQuery = z.strictObject({
  ...RulesQuery.shape,
  ...projectPageFields,
  fields: fieldsField(NamedProject),
});

export const NamedPage = pageOf('NamedProjectPage', NamedProject);
