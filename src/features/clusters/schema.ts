/** API schemas of clusters: a leader enterprise, its members, and targets. */
import * as z from 'zod';
import { inputSchemas } from '../../catalogues/input-schemas.ts';
import { rate } from '../../core/numbers.ts';
import { asOfField } from '../../http/as-of.ts';
import { codesOf, day, industryCode, line, link, paragraph, regionCode, uuid } from '../../http/fields.ts';
import { exampleKnown, Known } from '../../http/known.ts';
import { RateBody } from '../figures/measures.ts';
import { roles } from './membership.ts';

export const ClusterTarget = z
  .strictObject({
    count: z.int().min(1).max(100_000).meta({ description: 'Number of further enterprises to attract.' }),
    from: day.meta({ description: 'First day that counts.', examples: ['2022-11-03'] }),
    by: day.meta({ description: 'Last day of the target.', examples: ['2025-11-03'] }),
  })
  .refine(({ from, by }) => from <= by, { error: 'target_ends_before_start', path: ['by'] })
  .meta({
    id: 'ClusterTarget',
    description: 'A number of further enterprises to attract to a cluster within a period.',
    examples: [{ count: 10, from: '2022-11-03', by: '2025-11-03' }],
  });
export type ClusterTarget = z.infer<typeof ClusterTarget>;

const fields = {
  name: line(200).meta({ description: 'Name in Chinese; unique.' }),
  nameEn: line(200).nullable().meta({ description: 'Name in English.' }),
  region: regionCode.nullable().meta({ description: 'Its region.' }),
  industry: industryCode.nullable().meta({ description: 'Its industry.' }),
  leader: uuid.nullable().meta({
    description: 'Id of the leader enterprise.',
    examples: ['0190a1b2-0000-7000-8000-000000000001'],
  }),
  targets: z.array(ClusterTarget).max(20).meta({ description: 'Its targets.' }),
  note: paragraph(2_000).nullable(),
};

const example = {
  name: '临武电子电容产业集聚区',
  nameEn: 'Linwu electronic-capacitor cluster',
  region: '431025',
  industry: '39',
  leader: '0190a1b2-0000-7000-8000-000000000001',
  targets: [{ count: 10, from: '2022-11-03', by: '2025-11-03' }],
  note: null,
};

export const Cluster = z.object({ id: z.uuid(), ...fields, targets: z.array(ClusterTarget) }).meta({
  id: 'Cluster',
  description: 'An industrial cluster around a leader enterprise.',
  examples: [{ id: '0190a1b2-0000-7000-8000-000000000010', ...example }],
});

export const clusterInputs = inputSchemas('Cluster', fields, ['name'], example, 'name', {
  name: '示例产业集聚区',
  nameEn: 'Example cluster',
});

const roleCodes = codesOf(roles);

const memberFields = {
  enterprise: uuid.meta({
    description: 'Id of the enterprise; not the leader.',
    examples: ['0190a1b2-0000-7000-8000-000000000001'],
  }),
  role: z.enum(roleCodes).meta({
    description: 'Position in the leader’s industrial chain: `upstream`, `downstream`, or `supporting`.',
  }),
  introducedOn: day.meta({ description: 'First day of membership.', examples: ['2021-06-18'] }),
  leftOn: day.nullable().meta({
    description: 'First day on which it is no longer a member. If it comes back, that is a new membership.',
  }),
  project: uuid.nullable().meta({
    description: 'Id of the project it came with.',
    examples: ['0190a1b2-0000-7000-8000-000000000001'],
  }),
  note: paragraph(2_000).nullable(),
};

const memberExample = {
  enterprise: '0190a1b2-0000-7000-8000-000000000001',
  role: 'upstream',
  introducedOn: '2021-06-18',
  leftOn: null,
  project: null,
  note: null,
};

export const ClusterMember = z
  .object({
    id: z.uuid(),
    cluster: z.uuid().meta({ description: 'Id of the cluster.' }),
    ...memberFields,
    enterpriseName: z.string().meta({ description: 'Name of the enterprise.' }),
  })
  .meta({
    id: 'ClusterMember',
    description: 'An enterprise that a leader has attracted to its cluster.',
    examples: [
      {
        id: '0190a1b2-0000-7000-8000-000000000013',
        cluster: '0190a1b2-0000-7000-8000-000000000010',
        ...memberExample,
        enterpriseName: '示例企业 001',
      },
    ],
  });

export const memberInputs = inputSchemas(
  'ClusterMember',
  memberFields,
  ['enterprise', 'role', 'introducedOn'],
  memberExample,
  'role',
);

export const ProgressQuery = z.strictObject({ asOf: asOfField });

const tally = {
  introduced: z.int().meta({ description: 'Enterprises introduced by the day, each counted once.' }),
  present: z.int().meta({ description: 'Of these, those that have not left by the day.' }),
};

const TargetProgress = z
  .object({
    ...ClusterTarget.shape,
    introduced: z.int().meta({
      description:
        'Enterprises introduced between `from` and the day, or `by` if earlier, and not left by then. Members of the day before `from` do not count, even if they leave and come back.',
    }),
    left: z.int().meta({
      description: 'Enterprises introduced in that period that have left again; they do not count.',
    }),
    remaining: z.int().meta({ description: 'Number still missing; 0 once the target is reached.' }),
    share: RateBody.meta({ description: 'introduced ÷ count.' }),
    totalDays: z.int().meta({ description: 'Days from `from` to `by`, inclusive.' }),
    elapsedDays: z.int().meta({ description: 'Days from `from` to the day, inclusive.' }),
    daysLeft: z.int().meta({ description: 'Days from the day to `by`; 0 afterwards.' }),
    expectedByNow: z.number().meta({
      description:
        'Expected number at a linear pace: count × elapsedDays ÷ totalDays, to one decimal, half-up.',
    }),
    reached: z.boolean().meta({ description: 'introduced ≥ count.' }),
    reachedOn: z.iso.date().nullable().meta({
      description: 'The day since when the target has been reached; null if it is not, or no longer.',
    }),
    onCourse: z.boolean().nullable().meta({
      description:
        'Whether introduced × totalDays ≥ count × elapsedDays, in whole numbers; null before `from`. From `by` on the same as `reached`.',
    }),
  })
  .meta({ id: 'ClusterTargetProgress' });

export const ClusterProgress = z
  .object({
    asOf: z.iso.date().meta({ description: 'Day of the figures.' }),
    revision: z.int().meta({ description: 'Revision of the data from which the figures were computed.' }),
    cluster: z.object({ id: z.uuid(), name: z.string(), nameEn: z.string().nullable() }),
    leader: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    ...tally,
    byRole: z.object(Object.fromEntries(roleCodes.map((role) => [role, z.object(tally)]))).meta({
      description: 'The same by role; an enterprise that came back in another role counts in both.',
    }),
    targets: z.array(TargetProgress).meta({
      description:
        'Progress of each target on the day, or on its last day if that has passed; later events do not change it.',
    }),
    known: Known,
    links: z
      .object({ self: link, cluster: link, members: link, introduced: link, permalink: link.optional() })
      .meta({
        description:
          'This response, the cluster, its members on the day (exactly those in `present`), and the enterprises introduced by it (exactly those in `introduced`).',
      }),
  })
  .meta({
    id: 'ClusterProgress',
    description:
      'Number of enterprises a leader has attracted by a day, and the progress towards each target.',
    examples: [
      {
        asOf: '2023-11-03',
        revision: 1207,
        known: exampleKnown,
        cluster: { id: '0190a1b2-0000-7000-8000-000000000010', name: example.name, nameEn: example.nameEn },
        leader: { id: '0190a1b2-0000-7000-8000-000000000001', name: '示例企业 001' },
        introduced: 12,
        present: 11,
        byRole: {
          upstream: { introduced: 7, present: 6 },
          downstream: { introduced: 2, present: 2 },
          supporting: { introduced: 3, present: 3 },
        },
        targets: [
          {
            ...example.targets[0],
            introduced: 3,
            left: 1,
            remaining: 7,
            share: rate(3, 10),
            totalDays: 1097,
            elapsedDays: 366,
            daysLeft: 731,
            expectedByNow: 3.3,
            reached: false,
            reachedOn: null,
            onCourse: false,
          },
        ],
        links: {
          self: '/v1/clusters/0190a1b2-0000-7000-8000-000000000010/progress?asOf=2023-11-03',
          cluster: '/v1/clusters/0190a1b2-0000-7000-8000-000000000010',
          members: '/v1/clusters/0190a1b2-0000-7000-8000-000000000010/members?asOf=2023-11-03',
          introduced: '/v1/clusters/0190a1b2-0000-7000-8000-000000000010/members?introducedBy=2023-11-03',
        },
      },
    ],
  });
