/** References of cluster members in the form that imports read. */

import type { Entry } from '../../catalogues/catalogue.ts';
import type { Reader } from '../../database/database.ts';
import { idsIn, withNames } from '../projects/named.ts';
import { findClustersBy } from './repository.ts';

export async function membersInSheet(reader: Reader, members: readonly Entry[]): Promise<Entry[]> {
  const clusters = await findClustersBy(reader, 'id', idsIn(members, 'cluster'));
  const nameOf = new Map(clusters.map(({ id, name }) => [id, name]));
  return (await withNames(reader, members)).map((member) => ({
    ...member,
    cluster: nameOf.get((member as Entry).cluster as string) ?? null,
  }));
}
