/** Clusters as the API words them: a leader enterprise, those it draws in, and how many more are to come. */
import * as z from 'zod';
import { inputSchemas } from '../../catalogues/input-schemas.ts';
import { rate } from '../../core/numbers.ts';
import { asOfField } from '../../http/as-of.ts';
import { codesOf, day, industryCode, line, paragraph, regionCode, uuid } from '../../http/fields.ts';
import { RateBody } from '../figures/measures.ts';
import { roles } from './membership.ts';

export const ClusterTarget = z
  .strictObject({
    count: z.int().min(1).max(100_000).meta({ description: 'How many more enterprises are to come.' }),
    from: day.meta({ description: 'The day from which on they count.', examples: ['2022-11-03'] }),
    by: day.meta({ description: 'The day by which they are to be there.', examples: ['2025-11-03'] }),
  })
  .refine(({ from, by }) => from <= by, { error: 'target_ends_before_start', path: ['by'] })
  .meta({
    id: 'ClusterTarget',
    description: 'How many more enterprises are to come to a cluster within a time.',
    examples: [{ count: 10, from: '2022-11-03', by: '2025-11-03' }],
  });
export type ClusterTarget = z.infer<typeof ClusterTarget>;

const fields = {
  name: line(200).meta({ description: 'Name in Chinese; unique.' }),
  nameEn: line(200).nullable().meta({ description: 'Name in English.' }),
  region: regionCode.nullable().meta({ description: 'Where it lies.' }),
  industry: industryCode.nullable().meta({ description: 'What it makes.' }),
  leader: uuid.nullable().meta({
    description: 'Id of the leader enterprise.',
    examples: ['0190a1b2-0000-7000-8000-000000000001'],
  }),
  targets: z.array(ClusterTarget).max(20).meta({ description: 'What it is measured against.' }),
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

export const clusterInputs = inputSchemas('Cluster', fields, ['name'], example);

const roleCodes = codesOf(roles);

const memberFields = {
  enterprise: uuid.meta({
    description: 'Id of the enterprise; any but the leader.',
    examples: ['0190a1b2-0000-7000-8000-000000000001'],
  }),
  role: z.enum(roleCodes).meta({
    description: 'Where it stands in the chain of the leader: `upstream`, `downstream`, or `supporting`.',
  }),
  introducedOn: day.meta({ description: 'The day from which on it is a member.', examples: ['2021-06-18'] }),
  leftOn: day.nullable().meta({
    description: 'The day on which it is no longer one. It may come back, as another member.',
  }),
  project: uuid.nullable().meta({
    description: 'Id of the project that it came with.',
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
    enterpriseName: z.string().meta({ description: 'The name of the enterprise.' }),
  })
  .meta({
    id: 'ClusterMember',
    description: 'An enterprise that a leader has drawn into its cluster.',
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
  introduced: z.int().meta({ description: 'Enterprises ever introduced by the day, each counted once.' }),
  present: z.int().meta({ description: 'Of these, those that have not left by the day.' }),
};

const TargetProgress = z
  .object({
    ...ClusterTarget.shape,
    introduced: z.int().meta({
      description:
        'Enterprises introduced from `from` on, by the day and by `by`, and not left by then. Those that were members the day before `from` do not count, even when they leave and come back.',
    }),
    left: z
      .int()
      .meta({ description: 'Those that came in that time and are gone again: they do not count.' }),
    remaining: z.int().meta({ description: 'How many are still to come; 0 once it is reached.' }),
    share: RateBody.meta({ description: 'introduced ÷ count.' }),
    totalDays: z.int().meta({ description: 'Days from `from` to `by`, both counted.' }),
    elapsedDays: z.int().meta({ description: 'Of these, those up to the day, the day itself counted.' }),
    daysLeft: z.int().meta({ description: 'Days from the day to `by`; 0 from then on.' }),
    expectedByNow: z.number().meta({
      description:
        'How many there would be by linear pace: count × elapsedDays ÷ totalDays, to one decimal, half-up.',
    }),
    reached: z.boolean().meta({ description: 'introduced ≥ count.' }),
    reachedOn: z.iso.date().nullable().meta({
      description: 'The day since which it is reached; null where it is not, or no longer.',
    }),
    onCourse: z.boolean().nullable().meta({
      description:
        'Whether introduced × totalDays ≥ count × elapsedDays, in whole numbers; null before `from`. From `by` on it says what `reached` says.',
    }),
  })
  .meta({ id: 'ClusterTargetProgress' });

export const ClusterProgress = z
  .object({
    asOf: z.iso.date().meta({ description: 'The day that the figures are for.' }),
    revision: z.int().meta({ description: 'The state of the data that the figures were computed from.' }),
    cluster: z.object({ id: z.uuid(), name: z.string(), nameEn: z.string().nullable() }),
    leader: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    ...tally,
    byRole: z.object(Object.fromEntries(roleCodes.map((role) => [role, z.object(tally)]))).meta({
      description: 'The same by role; who came back in another role is counted in both.',
    }),
    targets: z.array(TargetProgress).meta({
      description:
        'Where each target stands on the day; after its last day, where it stood then: what happens later does not change it.',
    }),
    links: z.record(z.string(), z.string()).meta({
      description:
        'This answer, the cluster, the members there on the day, exactly `present` of them, and the enterprises introduced by it, exactly `introduced`.',
    }),
  })
  .meta({
    id: 'ClusterProgress',
    description: 'How many enterprises a leader has drawn in by a day, and how far that is from each target.',
    examples: [
      {
        asOf: '2023-11-03',
        revision: 1207,
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
