/** Filter parameters of the list of cluster members besides their fields. */
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Condition } from '../../catalogues/catalogue.ts';
import type { Tables } from '../../database/tables.ts';
import { asOfField } from '../../http/as-of.ts';

type Members = Tables['clusterMembers'];

export const wasIntroduced = ({ introducedOn }: Members, day: SQLWrapper): SQL =>
  sql`${introducedOn} <= ${day}`;

export const hasNotLeft = ({ leftOn }: Members, day: SQLWrapper): SQL =>
  sql`(${leftOn} is null or ${leftOn} > ${day})`;

export const memberConditions: Readonly<Record<string, Condition>> = {
  asOf: {
    schema: asOfField.meta({
      description:
        'Members on this day: introduced by it and not left; by default all, including former ones.',
      example: '2022-11-03',
    }),
    means: ({ tables: { clusterMembers: members } }, day) =>
      sql`${wasIntroduced(members, day)} and ${hasNotLeft(members, day)}`,
  },
  introducedBy: {
    schema: asOfField.meta({
      description:
        'Enterprises introduced by this day, including those that have left: the first membership of each.',
      example: '2022-11-03',
    }),
    means: ({ tables: { clusterMembers: members } }, day) =>
      sql`${wasIntroduced(members, day)} and not exists (select 1 from ${members} earlier
        where earlier.cluster_id = ${members.cluster} and earlier.enterprise_id = ${members.enterprise}
        and earlier.introduced_on < ${members.introducedOn})`,
  },
};
