/** What the features contribute to what all of them share: one list of each kind, handed out by whoever starts something. */
import { loggedKeys } from './access/logged.ts';
import { type Catalogue, placeOf } from './catalogues/catalogue.ts';
import { entriesExporter } from './catalogues/exported.ts';
import { loggedEntries } from './catalogues/rows.ts';
import type { Tracked } from './features/changes/routes.ts';
import { clusterMembers, clusters } from './features/clusters/catalogue.ts';
import { enterprises } from './features/enterprises/catalogue.ts';
import { events } from './features/events/schema.ts';
import { mappings } from './features/imports/schema.ts';
import { contacts, delegations } from './features/outreach/schema.ts';
import { exportedProjects } from './features/projects/exported.ts';
import { loggedProjects } from './features/projects/logged.ts';
import { loggedFigures } from './features/published/logged.ts';
import { PUBLISHED_FIGURES } from './features/published/routes.ts';
import { industries, regions, zones } from './features/references/schema.ts';
import type { Entity } from './http/messages.ts';
import type { LoggedEntity } from './log/logged.ts';
import type { Exporter, Exporters } from './sheets/exporting/exported.ts';

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

/** Everything that the log of changes is about. */
export const loggedEntities: readonly LoggedEntity[] = [
  ...catalogues.map(loggedEntries),
  loggedProjects,
  loggedFigures,
  loggedKeys,
];

/** Every list that also comes as a file. */
export const exporters: Exporters = new Map<Entity, Exporter>([
  ['projects', exportedProjects],
  ...catalogues.filter(({ sheet }) => sheet).map((one) => [one.entity, entriesExporter(one)] as const),
]);

/** What has a history, with a key of each for the document. */
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
      readers: 'read',
      example: example[key] as string,
      under: under && { ...under, example: example[under.field] as string },
    };
  }),
];
