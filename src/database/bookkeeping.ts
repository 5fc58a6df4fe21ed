/** Internal tables of the service; nothing in the domain refers to them. */
import type { Vocabulary } from './vocabulary.ts';

export function defineBookkeeping(columns: Vocabulary) {
  const { table, id, text, integer, sequence, instant, json, gramIndex } = columns;
  const { index, uniqueIndex, primaryKey } = columns;

  const apiKeys = table(
    'api_keys',
    {
      id: id('id').primaryKey(),
      name: text('name').notNull(),
      /** The first characters of the key, to identify it. */
      prefix: text('prefix').notNull(),
      /** SHA-256 of the key, in hexadecimal; the key itself is not stored. */
      hash: text('hash').notNull(),
      role: text('role').notNull(),
      /** Codes of the regions in which it may write; null for all. */
      regions: json('regions').$type<string[]>(),
      createdAt: instant('created_at').notNull(),
      expiresAt: instant('expires_at'),
      revokedAt: instant('revoked_at'),
      lastUsedAt: instant('last_used_at'),
    },
    (self) => [uniqueIndex('api_keys_hash').on(self.hash)],
  );

  /** Responses to requests with an `Idempotency-Key`, stored for replay. */
  const keptAnswers = table(
    'kept_answers',
    {
      /** Id of the API key that sent the request. */
      caller: text('caller').notNull(),
      key: text('key').notNull(),
      fingerprint: text('fingerprint').notNull(),
      status: integer('status').notNull(),
      headers: json('headers').$type<Readonly<Record<string, string>>>().notNull(),
      body: text('body').notNull(),
      createdAt: instant('created_at').notNull(),
      /**
       * Running totals of the caller's responses up to this one: the number and size of those stored now is a
       * difference.
       */
      ordinal: sequence('ordinal').notNull().default(0),
      bytesSoFar: sequence('bytes_so_far').notNull().default(0),
    },
    (self) => [
      primaryKey({ columns: [self.caller, self.key] }),
      index('kept_answers_created').on(self.createdAt),
      index('kept_answers_caller_ordinal').on(self.caller, self.ordinal),
      index('kept_answers_caller_created').on(self.caller, self.createdAt),
    ],
  );

  /** Tokens for streams of changes; a used one is deleted. */
  const streamTokens = table(
    'stream_tokens',
    {
      /** SHA-256 of the token, in hexadecimal; the token itself is not stored. */
      hash: text('hash').primaryKey(),
      /** The API key that asked for it. */
      keyId: id('key_id').notNull(),
      expiresAt: instant('expires_at').notNull(),
    },
    (self) => [
      index('stream_tokens_expiry').on(self.expiresAt),
      index('stream_tokens_key').on(self.keyId, self.expiresAt),
    ],
  );

  /** How to read files that have their own headings and units. */
  const mappings = table('mappings', {
    code: text('code').primaryKey(),
    name: text('name').notNull(),
    definition: json('definition').$type<Record<string, unknown>>().notNull(),
  });

  /**
   * Uploaded files with the state of their import. Bookkeeping only: what they wrote is in the change log.
   */
  const imports = table(
    'imports',
    {
      id: id('id').primaryKey(),
      /** Id of the API key that sent it; null for the command line. */
      caller: text('caller'),
      actor: text('actor').notNull(),
      requestId: text('request_id'),
      /** The options of the request. */
      request: json('request').$type<Record<string, unknown>>().notNull(),
      status: text('status').notNull(),
      /** Properties of the file; null until it has been read. */
      file: json('file').$type<Record<string, unknown>>(),
      /** Rows of the file that have been processed; updated in the transaction that wrote them. */
      rowsDone: integer('rows_done').notNull(),
      /** Counts of the rows so far, by outcome. */
      outcome: json('outcome').$type<Record<string, unknown>>(),
      /** The first of the changes and faults. */
      shown: json('shown').$type<Record<string, unknown>>(),
      /** Why the whole import was refused, or why it failed. */
      problem: json('problem').$type<Record<string, unknown>>(),
      /** The process that works on it; null if none does. */
      owner: json('owner').$type<Record<string, unknown>>(),
      createdAt: instant('created_at').notNull(),
      /** Last heartbeat of its owner. */
      seenAt: instant('seen_at').notNull(),
      finishedAt: instant('finished_at'),
      /** Its disk usage: the file while it runs, then its report and its record. */
      bytes: sequence('bytes').notNull().default(0),
    },
    (self) => [
      index('imports_created').on(self.createdAt, self.id),
      index('imports_status').on(self.status),
      index('imports_room').on(self.caller, self.status, self.bytes),
    ],
  );

  /** Subscribers of the change log. */
  const webhooks = table('webhooks', {
    id: id('id').primaryKey(),
    name: text('name').notNull(),
    url: text('url').notNull(),
    /** What they are told of; null for everything. */
    entities: json('entities').$type<string[]>(),
    actions: json('actions').$type<string[]>(),
    regions: json('regions').$type<string[]>(),
    events: json('events').$type<string[]>(),
    status: text('status').notNull(),
    secretChangedAt: instant('secret_changed_at'),
  });

  /** How far a subscriber has been told, and its secrets: not in the change log. */
  const webhookStates = table('webhook_states', {
    id: id('id')
      .primaryKey()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    secret: text('secret').notNull(),
    /** The secret before, with which messages are also signed until then. */
    formerSecret: text('former_secret'),
    formerUntil: instant('former_until'),
    /** The last entry that it need not be told any more. */
    cursor: sequence('cursor').notNull(),
    /** The message that has failed, with the entries up to one: it is sent again as it was. */
    message: json('message').$type<{ id: string; after: number; upTo: number }>(),
    /** Failures one after the other, the first of them, and when to try again. */
    failures: integer('failures').notNull(),
    failingSince: instant('failing_since'),
    nextAttemptAt: instant('next_attempt_at'),
    /** How many attempts there have been, tests included. */
    attempts: sequence('attempts').notNull(),
    /** The process that tells it. */
    owner: json('owner').$type<Record<string, unknown>>(),
    /** Last heartbeat of its owner. */
    seenAt: instant('seen_at').notNull(),
  });

  /** Attempts to tell a subscriber, with its answers; deleted after a week. */
  const webhookDeliveries = table(
    'webhook_deliveries',
    {
      webhook: id('webhook_id').notNull(),
      /** Counts the attempts to tell this webhook. */
      number: sequence('number').notNull(),
      kind: text('kind').notNull(),
      /** The id of the message, the same in each attempt. */
      message: text('message').notNull(),
      /** The part of the log that it covers; null for a test. */
      after: sequence('after'),
      upTo: sequence('up_to'),
      entries: integer('entries').notNull(),
      at: instant('at').notNull(),
      milliseconds: integer('milliseconds').notNull(),
      /** The status of the answer, and its beginning. */
      status: integer('status'),
      answer: text('answer'),
      /** Why it failed; null if it did not. */
      error: text('error'),
    },
    (self) => [
      primaryKey({ columns: [self.webhook, self.number] }),
      index('webhook_deliveries_at').on(self.at),
    ],
  );

  /** Values that one version of the service leaves for the next, by name. */
  const settings = table('settings', {
    name: text('name').primaryKey(),
    value: text('value').notNull(),
  });

  /** Indexes for finding names that contain a text. */
  const projectGrams = gramIndex('project_grams');
  const enterpriseGrams = gramIndex('enterprise_grams');

  /** One row: the number and hash of the last entry in `changes`. */
  const revision = table('revision', {
    id: integer('id').primaryKey(),
    seq: sequence('seq').notNull(),
    hash: text('hash').notNull(),
  });

  return {
    apiKeys,
    keptAnswers,
    streamTokens,
    mappings,
    imports,
    webhooks,
    webhookStates,
    webhookDeliveries,
    settings,
    projectGrams,
    enterpriseGrams,
    revision,
  };
}
