/** What drizzle-kit reads to generate `migrations/sqlite`. */
import * as columns from '../src/database/columns.sqlite.ts';
import { defineTables } from '../src/database/tables.ts';
import type { Vocabulary } from '../src/database/vocabulary.ts';

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
} = defineTables(columns as unknown as Vocabulary);
