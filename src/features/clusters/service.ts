/** Figures about a cluster, each response from one snapshot. */
import type { Database, Reader } from '../../database/database.ts';
import { revisionIn } from '../../database/revision.ts';
import type { Computed } from '../../http/answers.ts';
import { notFound } from '../../http/problems.ts';
import { enterprisesById } from '../enterprises/service.ts';
import { roles } from './membership.ts';
import { lookedAtOn, type TargetProgress, targetProgress } from './progress.ts';
import * as repository from './repository.ts';
import type { ClusterTarget } from './schema.ts';

export interface ClusterService {
  /** The enterprises introduced by a cluster's leader by a day, and the progress towards each target. */
  progress(id: string, asOf: string): Promise<Computed>;
}

export const clusterService = ({ database }: { database: Database }): ClusterService => ({
  progress: (id, asOf) =>
    database.analyze(async (reader) => {
      const progress = await clusterProgress(reader, id, asOf);
      const revision = await revisionIn(reader);
      return { revision, body: { asOf, revision: revision.seq, ...progress } };
    }),
});

/** The progress of a cluster in a snapshot. @throws Problem 404 if the cluster does not exist */
export async function clusterProgress(reader: Reader, id: string, asOf: string) {
  const [cluster] = await repository.findClustersBy(reader, 'id', [id]);
  if (!cluster) throw notFound('clusters', id);
  const { name, nameEn, leader } = cluster;
  const byRole = await repository.tallyRoles(reader, id, asOf);
  const introduced = await repository.countIntroduced(reader, id, asOf);
  const targets: TargetProgress[] = [];
  for (const target of cluster.targets) targets.push(await progressOf(reader, id, target, asOf));
  const self = `/v1/clusters/${id}`;
  return {
    cluster: { id, name, nameEn },
    leader: leader === null ? null : { id: leader, name: await nameOf(reader, leader) },
    introduced,
    present: byRole.reduce((sum, { present }) => sum + present, 0),
    byRole: Object.fromEntries(
      roles.map(({ code }) => {
        const { introduced = 0, present = 0 } = byRole.find(({ role }) => role === code) ?? {};
        return [code, { introduced, present }];
      }),
    ),
    targets,
    links: {
      self: `${self}/progress?asOf=${asOf}`,
      cluster: self,
      members: `${self}/members?asOf=${asOf}`,
      introduced: `${self}/members?introducedBy=${asOf}`,
    },
  };
}

async function progressOf(
  reader: Reader,
  cluster: string,
  target: ClusterTarget,
  asOf: string,
): Promise<TargetProgress> {
  const tally = await repository.tallyTarget(reader, cluster, target.from, lookedAtOn(target, asOf));
  return targetProgress(target, asOf, tally);
}

async function nameOf(reader: Reader, enterprise: string): Promise<string | undefined> {
  return (await enterprisesById(reader, [enterprise])).nameOf(enterprise);
}
