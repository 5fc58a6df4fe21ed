/** Every catalogue of the service. */

import type { Catalogue } from './catalogues/catalogue.ts';
import { clusterMembers, clusters } from './features/clusters/schema.ts';
import { enterprises } from './features/enterprises/schema.ts';
import { events } from './features/events/schema.ts';
import { mappings } from './features/imports/schema.ts';
import { contacts, delegations } from './features/outreach/schema.ts';
import { industries, regions, zones } from './features/references/schema.ts';

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
