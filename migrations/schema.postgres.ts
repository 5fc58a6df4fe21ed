/** What drizzle-kit reads to generate `migrations/postgres`. */
import * as columns from '../src/database/columns.postgres.ts';
import { defineTables } from '../src/database/tables.ts';

export const {
  regions,
  industries,
  zones,
  events,
  enterprises,
  rankings,
  projects,
  projectInvestors,
  fundsEntries,
  changes,
  apiKeys,
  keptAnswers,
  streamTokens,
  mappings,
  imports,
  webhooks,
  webhookStates,
  webhookDeliveries,
  clusters,
  clusterMembers,
  delegations,
  contacts,
  publishedFigures,
  settings,
  revision,
} = defineTables(columns);
