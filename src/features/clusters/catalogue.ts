/** Clusters and their members as catalogues. */
import type { Catalogue } from '../../catalogues/catalogue.ts';
import { notAfterToday } from '../../catalogues/rules.ts';
import { industryCode, regionCode, uuid } from '../../http/fields.ts';
import type { Fault } from '../../http/problems.ts';
import { withEnterpriseNames } from '../enterprises/service.ts';
import { membersInSheet } from './exporting.ts';
import { memberConditions } from './filter.ts';
import { type Membership, membershipFaults } from './membership.ts';
import * as repository from './repository.ts';
import { Cluster, ClusterMember, clusterInputs, memberInputs } from './schema.ts';
import { memberSheet } from './sheet.ts';

export const clusters: Catalogue = {
  entity: 'clusters',
  key: 'id',
  item: Cluster,
  ...clusterInputs,
  columns: Object.keys(Cluster.shape),
  empty: { targets: [] },
  references: { region: 'regions', industry: 'industries', leader: 'enterprises' },
  referencedBy: [{ by: 'cluster_members', table: 'clusterMembers', column: 'cluster' }],
  sortedBy: ['name'],
  filters: {
    region: regionCode.optional().meta({ description: 'In exactly this region.', example: '431025' }),
    industry: industryCode.optional().meta({ description: 'Of exactly this industry.', example: '39' }),
    leader: uuid.optional().meta({
      description: 'With this leader enterprise.',
      example: '0190a1b2-0000-7000-8000-000000000001',
    }),
  },
  unique: 'name',
  rulesAmong: async (reader, { id, leader }): Promise<Fault[]> =>
    typeof leader === 'string' && (await repository.isMember(reader, id as string, leader))
      ? [{ pointer: '/leader', code: 'member_is_no_leader' }]
      : [],
};

export const clusterMembers: Catalogue = {
  entity: 'cluster_members',
  sheet: memberSheet,
  inSheet: membersInSheet,
  under: {
    entity: 'clusters',
    field: 'cluster',
    path: 'members',
    key: 'memberId',
    nameOf: async (reader, id) => (await repository.findClustersBy(reader, 'id', [id]))[0]?.name,
  },
  key: 'id',
  item: ClusterMember,
  ...memberInputs,
  columns: Object.keys(ClusterMember.shape).filter((field) => field !== 'enterpriseName'),
  references: { enterprise: 'enterprises', project: 'projects' },
  referencedBy: [],
  sortedBy: ['introducedOn'],
  sort: 'introducedOn',
  filters: {
    role: ClusterMember.shape.role.optional().meta({ description: 'With this role.', example: 'upstream' }),
    enterprise: uuid.optional().meta({
      description: 'This enterprise.',
      example: '0190a1b2-0000-7000-8000-000000000001',
    }),
  },
  conditions: memberConditions,
  rules: (entry, today): Fault[] => [
    ...(typeof entry.leftOn === 'string' && entry.leftOn < String(entry.introducedOn ?? '')
      ? [{ pointer: '/leftOn', code: 'leaving_before_introduction' as const }]
      : []),
    ...notAfterToday(entry, today, ['introducedOn', 'leftOn']),
  ],
  rulesAmong: async (reader, entry) => {
    const { cluster, enterprise } = entry as { cluster: string; enterprise: string };
    const [of] = await repository.findClustersBy(reader, 'id', [cluster]);
    const others = await repository.membershipsOf(reader, cluster, enterprise);
    return membershipFaults(
      entry as never as Membership & { enterprise: string },
      of?.leader ?? null,
      others,
    );
  },
  lookUp: withEnterpriseNames,
};
