/** The whole data model, defined once over a column vocabulary (`columns.sqlite.ts`, `columns.postgres.ts`). */
import type * as vocabulary from './columns.postgres.ts';
import { orEmpty } from './expressions.ts';

/** What a column vocabulary offers. Postgres, the stricter engine, gives the types. */
export type Vocabulary = typeof vocabulary;

/** One field of a change entry: what it said before and what it says after. */
export type FieldChange = { before?: unknown; after?: unknown };

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
      /** The names as `searchText` folds them; what `q` looks in. */
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
      /** The first of the investors, repeated from `project_investors` so that grouping by it is one join. */
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
      /** Code and names as `searchText` folds them; what `q` looks in. */
      searchText: text('search_text').notNull(),
    },
    (self) => [
      uniqueIndex('projects_code').on(self.code),
      index('projects_investment').on(self.investmentYuan, self.id),
      index('projects_updated').on(self.updatedAt, self.id),
      index('projects_signed').on(self.signedOn, self.id),
      index('projects_started').on(orEmpty(self.startedOn), self.id),
      index('projects_production').on(orEmpty(self.productionOn), self.id),
      index('projects_region').on(self.region, self.signedOn, self.id),
      index('projects_zone').on(self.zone, self.signedOn, self.id),
      index('projects_industry').on(self.industry, self.signedOn, self.id),
      index('projects_lead_investor').on(self.leadInvestorId, self.signedOn, self.id),
      // Covers everything that statistics read: they scan this narrow copy, never the wide table.
      index('projects_statistics').on(
        self.event,
        self.signedOn,
        self.id,
        self.archivedAt,
        self.level,
        self.region,
        self.zone,
        self.industry,
        self.leadInvestorId,
        self.investmentYuan,
        self.investmentEstimated,
        self.contractedFundsYuan,
        self.registeredOn,
        self.startedOn,
        self.completedOn,
        self.productionOn,
        self.suspendedOn,
        self.resumedOn,
        self.terminatedOn,
        self.agreedStartOn,
        self.agreedProductionOn,
      ),
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

  const apiKeys = table(
    'api_keys',
    {
      id: id('id').primaryKey(),
      name: text('name').notNull(),
      /** The first characters of the key, to tell it by. */
      prefix: text('prefix').notNull(),
      /** SHA-256 of the key, in hexadecimal; the key itself is kept nowhere. */
      hash: text('hash').notNull(),
      role: text('role').notNull(),
      /** Codes of the regions that it may write in; null for all. */
      regions: json('regions').$type<string[]>(),
      createdAt: instant('created_at').notNull(),
      expiresAt: instant('expires_at'),
      revokedAt: instant('revoked_at'),
      lastUsedAt: instant('last_used_at'),
    },
    (self) => [uniqueIndex('api_keys_hash').on(self.hash)],
  );

  /** Answers to requests with an `Idempotency-Key`, to be given again. */
  const keptAnswers = table(
    'kept_answers',
    {
      /** Id of the API key that asked. */
      caller: text('caller').notNull(),
      key: text('key').notNull(),
      fingerprint: text('fingerprint').notNull(),
      status: integer('status').notNull(),
      headers: json('headers').$type<Readonly<Record<string, string>>>().notNull(),
      body: text('body').notNull(),
      createdAt: instant('created_at').notNull(),
    },
    (self) => [
      primaryKey({ columns: [self.caller, self.key] }),
      index('kept_answers_created').on(self.createdAt),
    ],
  );

  /** How files with headings and units of their own are read. */
  const mappings = table('mappings', {
    code: text('code').primaryKey(),
    name: text('name').notNull(),
    definition: json('definition').$type<Record<string, unknown>>().notNull(),
  });

  /** Files that came in, each with what became of it. Bookkeeping: what they wrote is in the log of changes. */
  const imports = table(
    'imports',
    {
      id: id('id').primaryKey(),
      /** Id of the API key that sent it; null for the command line. */
      caller: text('caller'),
      actor: text('actor').notNull(),
      requestId: text('request_id'),
      /** What was asked for. */
      request: json('request').$type<Record<string, unknown>>().notNull(),
      status: text('status').notNull(),
      /** What was found out about the file; null until it has been read. */
      file: json('file').$type<Record<string, unknown>>(),
      /** Rows of the file that are dealt with for good, in the transaction that did so. */
      rowsDone: integer('rows_done').notNull(),
      /** What the rows did, so far: how many did what. */
      outcome: json('outcome').$type<Record<string, unknown>>(),
      /** The first changes and faults among them. */
      shown: json('shown').$type<Record<string, unknown>>(),
      /** Why it was refused or failed as a whole. */
      problem: json('problem').$type<Record<string, unknown>>(),
      /** The process that works on it; null where none does. */
      owner: json('owner').$type<Record<string, unknown>>(),
      createdAt: instant('created_at').notNull(),
      /** When its owner last said that it goes on. */
      seenAt: instant('seen_at').notNull(),
      finishedAt: instant('finished_at'),
    },
    (self) => [index('imports_created').on(self.createdAt, self.id), index('imports_status').on(self.status)],
  );

  /** One row: the number and hash of the last entry in `changes`. */
  const revision = table('revision', {
    id: integer('id').primaryKey(),
    seq: sequence('seq').notNull(),
    hash: text('hash').notNull(),
  });

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
    apiKeys,
    keptAnswers,
    mappings,
    imports,
    revision,
  };
}

export type Tables = ReturnType<typeof defineTables>;
