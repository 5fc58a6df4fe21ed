/** Clusters as the API words them: a leader enterprise, those it draws in, and how many more are to come. */
import * as z from 'zod';
import { day, industryCode, line, paragraph, regionCode, uuid } from '../http/fields.ts';
import type { Catalogue } from '../references/catalogue.ts';
import { inputSchemas } from '../references/schema.ts';

export const ClusterTarget = z
  .strictObject({
    count: z.int().min(1).max(100_000).meta({ description: 'How many more enterprises are to come.' }),
    from: day.meta({ description: 'The day from which on they count.', examples: ['2022-11-03'] }),
    by: day.meta({ description: 'The day by which they are to be there.', examples: ['2025-11-03'] }),
  })
  .refine(({ from, by }) => from <= by, { error: 'target_ends_before_start', path: ['by'] })
  .meta({ id: 'ClusterTarget' });
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

export const clusters: Catalogue = {
  entity: 'clusters',
  key: 'id',
  item: Cluster,
  ...inputSchemas('Cluster', fields, ['name'], example),
  columns: ['id', ...Object.keys(fields)],
  empty: { targets: [] },
  references: { region: 'regions', industry: 'industries', leader: 'enterprises' },
  referencedBy: [{ by: 'cluster_members', table: 'clusterMembers', column: 'cluster' }],
  sortedBy: ['name'],
  filters: {
    region: regionCode.optional().meta({ description: 'Lying in exactly this region.', example: '431025' }),
    industry: industryCode.optional().meta({ description: 'Of exactly this industry.', example: '39' }),
    leader: uuid.optional().meta({
      description: 'With this leader enterprise.',
      example: '0190a1b2-0000-7000-8000-000000000001',
    }),
  },
  unique: 'name',
};
