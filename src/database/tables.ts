/**
 * The whole data model, defined once over a column vocabulary (`columns.sqlite.ts`, `columns.postgres.ts`).
 */
import { sql } from 'drizzle-orm';
import { defineBookkeeping } from './bookkeeping.ts';
import { orEmpty } from './expressions.ts';
import type { Vocabulary } from './vocabulary.ts';

/** One field of a change entry: its value before and after. */
export type FieldChange = { before?: unknown; after?: unknown };

/** For index definitions, which must not contain the table's name. */
const unarchived = sql`archived_at is null`;

export function defineTables(columns: Vocabulary) {
  const { table, id, text, integer, sequence, money, day, instant, flag, json } = columns;
  const { index, uniqueIndex, primaryKey, foreignKey } = columns;

  const regions = table(
    'regions',
    {
      code: text('code').primaryKey(),
      name: text('name').notNull(),
      nameEn: text('name_en'),
      parent: text('parent_code'),
    },
    (self) => [
      foreignKey({ columns: [self.parent], foreignColumns: [self.code] }),
      index('regions_parent').on(self.parent),
    ],
  );

  const industries = table(
    'industries',
    {
      code: text('code').primaryKey(),
      name: text('name').notNull(),
      nameEn: text('name_en'),
      parent: text('parent_code'),
    },
    (self) => [
      foreignKey({ columns: [self.parent], foreignColumns: [self.code] }),
      index('industries_parent').on(self.parent),
    ],
  );

  const zones = table(
    'zones',
    {
      code: text('code').primaryKey(),
      name: text('name').notNull(),
      nameEn: text('name_en'),
      level: text('level').notNull(),
      region: text('region_code').references(() => regions.code),
    },
    (self) => [index('zones_region').on(self.region)],
  );

  const events = table('events', {
    code: text('code').primaryKey(),
    name: text('name').notNull(),
    nameEn: text('name_en'),
    series: text('series'),
    edition: integer('edition'),
    hostCity: text('host_city'),
    startsOn: day('starts_on').notNull(),
    endsOn: day('ends_on').notNull(),
    note: text('note'),
  });

  const enterprises = table(
    'enterprises',
    {
      id: id('id').primaryKey(),
      name: text('name').notNull(),
      nameEn: text('name_en'),
      socialCreditCode: text('social_credit_code'),
      country: text('country'),
      province: text('province'),
      /** The names folded by `searchText`; `q` searches it. */
      searchText: text('search_text').notNull(),
    },
    (self) => [
      uniqueIndex('enterprises_social_credit_code').on(self.socialCreditCode),
      index('enterprises_name').on(self.name, self.id),
    ],
  );

  const rankings = table(
    'rankings',
    {
      enterpriseId: id('enterprise_id')
        .notNull()
        .references(() => enterprises.id, { onDelete: 'cascade' }),
      list: text('list').notNull(),
      year: integer('year').notNull(),
      rank: integer('rank'),
    },
    (self) => [primaryKey({ columns: [self.enterpriseId, self.list, self.year] })],
  );

  const projects = table(
    'projects',
    {
      id: id('id').primaryKey(),
      code: text('code').notNull(),
      name: text('name').notNull(),
      nameEn: text('name_en'),
      description: text('description'),
      event: text('event_code').references(() => events.code),
      level: text('level').notNull(),
      region: text('region_code').references(() => regions.code),
      zone: text('zone_code').references(() => zones.code),
      industry: text('industry_code').references(() => industries.code),
      /** The first investor, repeated from `project_investors` so that grouping by it takes one join. */
      leadInvestorId: id('lead_investor_id').references(() => enterprises.id),
      owner: text('owner'),
      contractAmount: text('contract_amount'),
      contractCurrency: text('contract_currency'),
      investmentYuan: money('investment_yuan').notNull(),
      investmentEstimated: flag('investment_estimated').notNull(),
      contractedFundsYuan: money('contracted_funds_yuan'),
      signedOn: day('signed_on').notNull(),
      registeredOn: day('registered_on'),
      startedOn: day('started_on'),
      completedOn: day('completed_on'),
      productionOn: day('production_on'),
      suspendedOn: day('suspended_on'),
      resumedOn: day('resumed_on'),
      terminatedOn: day('terminated_on'),
      agreedStartOn: day('agreed_start_on'),
      agreedProductionOn: day('agreed_production_on'),
      note: text('note'),
      version: integer('version').notNull(),
      createdAt: instant('created_at').notNull(),
      updatedAt: instant('updated_at').notNull(),
      archivedAt: instant('archived_at'),
      /** Code and names folded by `searchText`; `q` searches it. */
      searchText: text('search_text').notNull(),
    },
    (self) => [
      uniqueIndex('projects_code').on(self.code),
      // The sort orders of the list: a page is a walk along one of these, and skips nothing that is archived.
      index('projects_by_code').on(self.code, self.id).where(unarchived),
      index('projects_by_name').on(self.name, self.id).where(unarchived),
      index('projects_by_investment').on(self.investmentYuan, self.id).where(unarchived),
      index('projects_by_creation').on(self.createdAt, self.id).where(unarchived),
      index('projects_by_update').on(self.updatedAt, self.id).where(unarchived),
      index('projects_by_signing').on(self.signedOn, self.id).where(unarchived),
      index('projects_by_start').on(orEmpty(self.startedOn), self.id).where(unarchived),
      index('projects_by_production').on(orEmpty(self.productionOn), self.id).where(unarchived),
      // Pages of a selection, and whether anything refers to an entry.
      index('projects_event').on(self.event, self.signedOn, self.id),
      index('projects_region').on(self.region, self.signedOn, self.id),
      index('projects_zone').on(self.zone, self.signedOn, self.id),
      index('projects_industry').on(self.industry, self.signedOn, self.id),
      index('projects_lead_investor').on(self.leadInvestorId, self.signedOn, self.id),
    ],
  );

  const projectInvestors = table(
    'project_investors',
    {
      projectId: id('project_id')
        .notNull()
        .references(() => projects.id),
      position: integer('position').notNull(),
      enterpriseId: id('enterprise_id')
        .notNull()
        .references(() => enterprises.id),
    },
    (self) => [
      primaryKey({ columns: [self.projectId, self.position] }),
      uniqueIndex('project_investors_enterprise').on(self.enterpriseId, self.projectId),
    ],
  );

  const fundsEntries = table(
    'funds_entries',
    {
      id: id('id').primaryKey(),
      projectId: id('project_id')
        .notNull()
        .references(() => projects.id),
      receivedOn: day('received_on').notNull(),
      amountYuan: money('amount_yuan').notNull(),
      note: text('note'),
      createdAt: instant('created_at').notNull(),
    },
    (self) => [index('funds_entries_project').on(self.projectId, self.receivedOn, self.amountYuan)],
  );

  const changes = table(
    'changes',
    {
      /** Position in the log: gapless from 1, in commit order; the service's revision. */
      seq: sequence('seq').primaryKey(),
      entity: text('entity').notNull(),
      entityId: text('entity_id').notNull(),
      action: text('action').notNull(),
      actor: text('actor').notNull(),
      requestId: text('request_id'),
      at: instant('at').notNull(),
      fields: json('fields').$type<Record<string, FieldChange>>().notNull(),
      previousHash: text('previous_hash').notNull(),
      hash: text('hash').notNull(),
    },
    (self) => [index('changes_entity').on(self.entity, self.entityId, self.seq)],
  );

  const clusters = table(
    'clusters',
    {
      id: id('id').primaryKey(),
      name: text('name').notNull(),
      nameEn: text('name_en'),
      region: text('region_code').references(() => regions.code),
      industry: text('industry_code').references(() => industries.code),
      leader: id('leader_id').references(() => enterprises.id),
      /** How many more enterprises to attract, from which day, by which day. */
      targets: json('targets').$type<readonly unknown[]>().notNull(),
      note: text('note'),
    },
    (self) => [uniqueIndex('clusters_name').on(self.name), index('clusters_leader').on(self.leader)],
  );

  const clusterMembers = table(
    'cluster_members',
    {
      id: id('id').primaryKey(),
      cluster: id('cluster_id')
        .notNull()
        .references(() => clusters.id),
      enterprise: id('enterprise_id')
        .notNull()
        .references(() => enterprises.id),
      role: text('role').notNull(),
      introducedOn: day('introduced_on').notNull(),
      leftOn: day('left_on'),
      project: id('project_id').references(() => projects.id),
      note: text('note'),
    },
    (self) => [
      index('cluster_members_cluster').on(self.cluster, self.introducedOn, self.id),
      index('cluster_members_enterprise').on(self.enterprise),
    ],
  );

  const delegations = table(
    'delegations',
    {
      id: id('id').primaryKey(),
      event: text('event_code')
        .notNull()
        .references(() => events.code),
      /** The edition that it worked for, if it was sent to a different event. */
      forEvent: text('for_event_code').references(() => events.code),
      zone: text('zone_code')
        .notNull()
        .references(() => zones.code),
      sentOn: day('sent_on').notNull(),
      note: text('note'),
    },
    (self) => [
      index('delegations_event').on(self.event, self.sentOn, self.id),
      index('delegations_for_event').on(self.forEvent, self.sentOn, self.id),
      index('delegations_zone').on(self.zone),
    ],
  );

  const contacts = table(
    'contacts',
    {
      id: id('id').primaryKey(),
      code: text('code'),
      enterprise: id('enterprise_id')
        .notNull()
        .references(() => enterprises.id),
      event: text('event_code')
        .notNull()
        .references(() => events.code),
      delegation: id('delegation_id').references(() => delegations.id),
      region: text('region_code').references(() => regions.code),
      channel: text('channel').notNull(),
      guestLevel: text('guest_level'),
      contactedOn: day('contacted_on').notNull(),
      negotiatingOn: day('negotiating_on'),
      signedOn: day('signed_on'),
      lostOn: day('lost_on'),
      project: id('project_id').references(() => projects.id),
      note: text('note'),
    },
    (self) => [
      uniqueIndex('contacts_code').on(self.code),
      index('contacts_day').on(self.contactedOn, self.id),
      index('contacts_event').on(self.event, self.contactedOn, self.id),
      index('contacts_delegation').on(self.delegation, self.contactedOn, self.id),
      index('contacts_enterprise').on(self.enterprise, self.contactedOn, self.id),
      index('contacts_region').on(self.region),
      index('contacts_project').on(self.project),
    ],
  );

  /** Published figures with their day and source. */
  const publishedFigures = table(
    'published_figures',
    {
      id: id('id').primaryKey(),
      event: text('event_code').references(() => events.code),
      /** Additional parameters of the project filter, as a query string; null for none. */
      filter: text('filter'),
      measure: text('measure').notNull(),
      /** The number as printed: a decimal text in the unit of `unit`. */
      value: text('value').notNull(),
      unit: text('unit').notNull(),
      precision: integer('precision').notNull(),
      comparator: text('comparator').notNull(),
      asOf: day('as_of').notNull(),
      /** The figure that this one is a part of; the parts should add up to it. */
      partOf: id('part_of_id'),
      source: json('source').$type<Record<string, unknown>>().notNull(),
      note: text('note'),
      /** What was known when it was printed: a timestamp or a day; null for the end of its day of publication. */
      knownAt: text('known_at'),
    },
    (self) => [
      foreignKey({ columns: [self.partOf], foreignColumns: [self.id] }),
      index('published_figures_event').on(self.event),
      index('published_figures_part_of').on(self.partOf),
      index('published_figures_day').on(self.asOf, self.id),
    ],
  );

  return {
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
    clusters,
    clusterMembers,
    delegations,
    contacts,
    publishedFigures,
    ...defineBookkeeping(columns),
  };
}

export type Tables = ReturnType<typeof defineTables>;
