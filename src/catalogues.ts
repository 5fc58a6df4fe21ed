/** Every catalogue of the service. */
import { clusterMembers, clusters } from './clusters/schema.ts';
import { enterprises } from './enterprises/schema.ts';
import { events } from './events/schema.ts';
import { mappings } from './imports/schema.ts';
import { contacts, delegations } from './outreach/schema.ts';
import type { Catalogue } from './references/catalogue.ts';
import { industries, regions, zones } from './references/schema.ts';

export const catalogues: readonly Catalogue[] = [
  events,
  enterprises,
  zones,
  regions,
  industries,
  mappings,
  clusters,
  clusterMembers,
  delegations,
  contacts,
];
