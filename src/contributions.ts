/** What the features contribute to shared code: one list of each kind, passed on at start. */
import { loggedKeys } from './access/logged.ts';
import { accessMessages } from './access/messages.ts';
import { type Catalogue, placeOf } from './catalogues/catalogue.ts';
import { entriesExporter } from './catalogues/exported.ts';
import { catalogueImporter } from './catalogues/importing.ts';
import { loggedEntries } from './catalogues/rows.ts';
import type { Derived } from './columns/following.ts';
import type { Questions } from './columns/questions.ts';
import { type Entity, nouns } from './core/entities.ts';
import type { StreamReader } from './database/database.ts';
import { briefingQuestions } from './features/briefing/service.ts';
import type { Tracked } from './features/changes/tracked.ts';
import { clusterMembers, clusters } from './features/clusters/catalogue.ts';
import { clusterMemberImporter } from './features/clusters/importing.ts';
import { clusterMessages } from './features/clusters/messages.ts';
import { enterprises } from './features/enterprises/catalogue.ts';
import { enterpriseMessages } from './features/enterprises/messages.ts';
import { rankingLists } from './features/enterprises/rankings.ts';
import { eventMessages } from './features/events/messages.ts';
import { events } from './features/events/schema.ts';
import { figureMessages } from './features/figures/messages.ts';
import { figureQuestions } from './features/figures/service.ts';
import type { Importers } from './features/imports/import-rows.ts';
import { importMessages } from './features/imports/messages.ts';
import { mappings } from './features/imports/schema.ts';
import { contactImporter } from './features/outreach/importing.ts';
import { outreachMessages } from './features/outreach/messages.ts';
import { contacts, delegations } from './features/outreach/schema.ts';
import { countsFor, inTimeFor } from './features/projects/classes.ts';
import { exportedProjects } from './features/projects/exported.ts';
import { projectImporter } from './features/projects/importing.ts';
import { fundsImporter } from './features/projects/importing-funds.ts';
import { projectQuestions } from './features/projects/lists.ts';
import { loggedProjects } from './features/projects/logged.ts';
import { projectMessages } from './features/projects/messages.ts';
import { NewProject, Project, ProjectChanges } from './features/projects/schema.ts';
import { loggedFigures } from './features/published/logged.ts';
import { publishedMessages } from './features/published/messages.ts';
import {
  NewPublishedFigure,
  PUBLISHED_FIGURES,
  PublishedFigure,
  PublishedFigureChanges,
} from './features/published/schema.ts';
import { publishedQuestions } from './features/published/service.ts';
import { likenessOf } from './features/quality/double-signing.ts';
import { qualityMessages } from './features/quality/messages.ts';
import { qualityQuestions } from './features/quality/service.ts';
import { industries, regions, zones } from './features/references/schema.ts';
import { webhooks } from './features/webhooks/catalogue.ts';
import { webhookMessages } from './features/webhooks/messages.ts';
import { addMessages, problems } from './http/messages.ts';
import { addReadOnly } from './http/validation.ts';
import type { LoggedEntity } from './log/logged.ts';
import { logMessages } from './log/messages.ts';
import { latePastOf, pastOf } from './log/past.ts';
import { inState } from './services.ts';
import type { Exporter, Exporters } from './sheets/exporting/exported.ts';
import { sheetMessages } from './sheets/messages.ts';

const messages = [
  accessMessages,
  sheetMessages,
  logMessages,
  clusterMessages,
  enterpriseMessages,
  eventMessages,
  figureMessages,
  importMessages,
  outreachMessages,
  projectMessages,
  publishedMessages,
  qualityMessages,
  webhookMessages,
];

// Here, because every entry point that loads the features may produce messages.
addMessages(...messages);

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
  webhooks,
];

addReadOnly(Project, NewProject, ProjectChanges);
// `links` stays an unknown field: no other resource has them.
addReadOnly(PublishedFigure.omit({ links: true }), NewPublishedFigure, PublishedFigureChanges);
for (const { item, create, changes } of catalogues) addReadOnly(item, create, changes);

/** All logged resources. */
export const loggedEntities: readonly LoggedEntity[] = [
  ...catalogues.map(loggedEntries),
  loggedProjects,
  loggedFigures,
  loggedKeys,
];

/** Nobody sees keys as they were: what they may do is a matter of the present. */
const shownInPast = loggedEntities.filter((one) => one !== loggedKeys);

/** Reads the data as it was at an earlier revision. @param reader a snapshot, with `shadows` */
export const pastReader = (reader: StreamReader, seq: number) => pastOf(reader, shownInPast, seq);

/** The same for questions, most of which are about few projects or none. */
export const pastStateReader = (reader: StreamReader, seq: number) =>
  latePastOf(reader, shownInPast, seq, loggedProjects);

/** Asks the services of a state of the past. */
export const servicesInState = inState(catalogues);

/** All that can be asked of columns. */
export const questions: Questions = [
  ...projectQuestions,
  ...figureQuestions,
  ...qualityQuestions,
  ...briefingQuestions,
  ...publishedQuestions,
  servicesInState,
];

/** What the columns hold of projects besides their fields. */
export const derived: Derived = { lists: rankingLists, inTime: inTimeFor, countsFor, likenessOf };

/** The importer of each sheet. */
export const importers: Importers = {
  projects: projectImporter,
  funds: fundsImporter,
  enterprises: (context) => catalogueImporter(enterprises, context),
  events: (context) => catalogueImporter(events, context),
  regions: (context) => catalogueImporter(regions, context),
  zones: (context) => catalogueImporter(zones, context),
  industries: (context) => catalogueImporter(industries, context),
  contacts: contactImporter,
  cluster_members: clusterMemberImporter,
};

/** All lists that are also available as files. */
export const exporters: Exporters = new Map<Entity, Exporter>([
  ['projects', exportedProjects],
  ...catalogues.filter(({ sheet }) => sheet).map((one) => [one.entity, entriesExporter(one)] as const),
]);

/** Resources with a history, with an example key for the document. */
export const tracked: readonly Tracked[] = [
  {
    entity: 'keys',
    path: '/v1/keys',
    tag: 'keys',
    key: 'id',
    readers: 'administer',
    example: '0190a1b2-0000-7000-8000-000000000007',
  },
  {
    entity: 'projects',
    path: '/v1/projects',
    tag: 'projects',
    key: 'id',
    readers: 'read',
    example: '0190a1b2-0000-7000-8000-000000000001',
  },
  {
    entity: 'published_figures',
    path: PUBLISHED_FIGURES,
    tag: 'published-figures',
    key: 'id',
    readers: 'read',
    example: '0190a1b2-0000-7000-8000-000000000013',
  },
  ...catalogues.map((catalogue): Tracked => {
    const { entity, key, item, under } = catalogue;
    const [example = {}] = (item.meta()?.examples ?? []) as Record<string, string>[];
    return {
      ...placeOf(catalogue),
      entity,
      readers: catalogue.readers ?? 'read',
      example: example[key] as string,
      under: under && { ...under, example: example[under.field] as string },
    };
  }),
];

/** Every code that a problem may have. */
export const problemCodes: readonly string[] = [
  ...Object.keys(problems).filter((code) => !code.startsWith('resource.')),
  ...Object.keys(nouns).flatMap((entity) => [`${entity}.not_found`, `${entity}.referenced`]),
  'projects.code_taken',
  ...catalogues.flatMap(({ entity, key, unique }) =>
    [key, unique].filter((field) => field && field !== 'id').map((field) => `${entity}.${field}_taken`),
  ),
];

/** The tags of operations, in order, with their descriptions. */
export const tags = {
  statistics: 'Figures about projects for any day, computed on request.',
  projects: 'Signed projects, their dates and amounts, and the ledger of funds in place.',
  events: 'Editions of trade events.',
  enterprises: 'Investors, with their places on the top-500 lists.',
  zones: 'Development zones.',
  regions: 'Provinces, prefectures and counties (GB/T 2260).',
  industries: 'Sections and divisions of industry (GB/T 4754).',
  imports: 'Imports: preview, commit, and a template.',
  mappings: 'How to read files with their own headings, units and codes.',
  quality: 'What needs attention: rules, and the projects of each.',
  outreach: 'Results of meeting enterprises, as figures.',
  contacts: 'Enterprises met, and the result.',
  delegations: 'Small teams that zones send to events.',
  clusters: 'Leader enterprises, the enterprises they attract, and targets.',
  'published-figures': 'Published figures compared with what is computed now.',
  files: 'Lists and figures as files.',
  changes: 'The change log.',
  webhooks: 'Subscribers that are told of changes.',
  keys: 'API keys: who may do what.',
  operation: 'Whether the service is alive and ready.',
} as const;
