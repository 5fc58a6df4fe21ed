/** The change log: written in the transaction of every change, gapless, each entry chained to the previous one. */
import { hash } from 'node:crypto';
import type { Entity } from '../core/entities.ts';
import type { Database, Reader, Revision, Transaction } from '../database/database.ts';
import { revisionIn } from '../database/revision.ts';
import type { FieldChange } from '../database/tables.ts';
import type { Computed } from '../http/answers.ts';
import type { Retry } from '../http/idempotency.ts';
import { DEFAULT_LIMIT, type PageQuery, pageRequest, toPage } from '../http/pages.ts';
import { notFound, refuse } from '../http/problems.ts';
import { canonical } from './canonical.ts';
import { expectHolds, type Holder, noteHolding } from './holding.ts';
import * as repository from './repository.ts';
import type { ACTIONS } from './schema.ts';

/** Who asked for a change. */
export interface Caller extends Holder {
  actor: string;
  /** Of the HTTP request; null for work at the command line. */
  requestId: string | null;
  /** The regions whose projects it may write, each with what belongs to it; null for all. */
  regions: readonly string[] | null;
  /** Where the request may be sent again. */
  retry?: Retry | undefined;
}

/** The service itself, which may do everything. */
export const byLuodi = (what: string): Caller => ({ actor: `luodi ${what}`, requestId: null, regions: null });

export type Action = (typeof ACTIONS)[number];

export interface Change {
  entity: Entity;
  entityId: string;
  action: Action;
  /** When, RFC 3339 in UTC. */
  at: string;
  fields: Record<string, FieldChange>;
}

/**
 * Writes one entry: takes the next number, and the hash of the entry before.
 * @throws Problem 401 where the caller's key no longer holds
 */
export async function record(
  tx: Transaction,
  caller: Caller,
  { entity, entityId, action, at, fields }: Change,
): Promise<void> {
  await expectHolds(tx, caller, at);
  const { actor, requestId } = caller;
  const { seq, hash: previousHash } = tx.log;
  const entry = { seq: seq + 1, entity, entityId, action, at, actor, requestId, previousHash };
  const written = canonical(fields);
  const chained = { ...entry, hash: hashWith(entry, written) };
  await repository.insertChange(tx, chained, written);
  tx.log.seq = chained.seq;
  tx.log.hash = chained.hash;
  noteHolding(tx, caller);
}

type Hashed = Omit<repository.ChangeEntry, 'hash'>;

/** SHA-256 over the canonical JSON (RFC 8785) of an entry without its own hash. */
export const hashOf = (entry: Hashed): string => hashWith(entry, canonical(entry.fields));

/** @param fields those of the entry, canonically */
function hashWith(entry: Omit<Hashed, 'fields'>, fields: string): string {
  const { action, actor, at, entity, entityId, previousHash, requestId, seq } = entry;
  const before = JSON.stringify({ action, actor, at, entity, entityId });
  const after = JSON.stringify({ previousHash, requestId, seq });
  return hash('sha256', `${before.slice(0, -1)},"fields":${fields},${after.slice(1)}`, 'hex');
}

/** What a history can be sorted by; the newest first unless told otherwise. */
export const historySortKeys = { seq: repository.seqKey };
export const HISTORY_SORT = '-seq';

/** Something that a resource is part of, and the field that names it. */
interface Within {
  field: string;
  key: string;
}

export interface ChangesService {
  /**
   * Entries after a position in the log, in the order of their commits.
   * @param showsKeys whether entries about API keys say what changed; else only that something did
   */
  feed(
    query: { after?: number | undefined; limit?: number | undefined },
    showsKeys: boolean,
  ): Promise<Computed>;
  /** Up to `limit` entries after a position, as the feed has them. */
  entries(after: number, limit: number, showsKeys: boolean): Promise<repository.ChangeEntry[]>;
  /** @throws Problem 422 for a position that the log has not reached, as a client has that knew a later state */
  expectReached(after: number, parameter: string): Promise<void>;
  /** The end of the log. */
  head(): Promise<Revision>;
  /**
   * What happened to one resource, also to one that has been deleted.
   * @param within what it was made a part of, by which field
   * @throws Problem 404 when nothing ever did, or it is part of something else
   */
  history(entity: Entity, entityId: string, query: PageQuery, within?: Within): Promise<Computed>;
}

export const changesService = ({ database }: { database: Database }): ChangesService => ({
  feed: ({ after = 0, limit = DEFAULT_LIMIT }, showsKeys) =>
    database.snapshot(async (reader) => {
      const revision = await revisionIn(reader);
      expectWithin(revision, after, 'after');
      const items = shown(await entriesWithin(reader, after, limit), showsKeys);
      const last = items.at(-1)?.seq ?? after;
      const page = {
        total: revision.seq - after,
        limit,
        nextCursor: last < revision.seq ? String(last) : null,
      };
      return { revision, body: { items, page, revision: revision.seq } };
    }),

  entries: async (after, limit, showsKeys) =>
    shown(await repository.entriesAfter(database.read, after, limit), showsKeys),

  expectReached: async (after, parameter) => expectWithin(await database.revision(), after, parameter),

  head: () => database.revision(),

  history: (entity, entityId, query, within) =>
    database.page(async (reader) => {
      if (entityId.includes('\0')) throw notFound(entity, entityId);
      const request = pageRequest(query, historySortKeys, HISTORY_SORT, {
        name: 'seq',
        key: repository.seqKey,
      });
      const revision = await revisionIn(reader);
      const total = await repository.countHistory(reader, entity, entityId);
      if (total === 0) throw notFound(entity, entityId);
      if (within) {
        const { fields } = (await repository.firstOf(reader, entity, entityId)) as repository.ChangeEntry;
        if (fields[within.field]?.after !== within.key) throw notFound(entity, entityId);
      }
      const rows = await repository.listHistory(reader, entity, entityId, request);
      return { revision, body: toPage(request, rows, total, revision.seq, (row) => row) };
    }),
});

/** Of the entries of a page, and how many are read at once: one with long texts, before and after, has some 100 kB. */
const PAGE_CHARACTERS = 1_000_000;
const AT_ONCE = 20;

/** The entries of a page: fewer than its limit where they are very long. */
async function entriesWithin(
  reader: Reader,
  after: number,
  limit: number,
): Promise<repository.ChangeEntry[]> {
  const entries: repository.ChangeEntry[] = [];
  let characters = 0;
  while (entries.length < limit && characters < PAGE_CHARACTERS) {
    const wanted = Math.min(AT_ONCE, limit - entries.length);
    const some = await repository.entriesAfter(reader, entries.at(-1)?.seq ?? after, wanted);
    entries.push(...some);
    if (some.length < wanted) break;
    characters += JSON.stringify(some).length;
  }
  return entries;
}

/** To whom keys are no business, an entry about one says only that something happened: its number must not miss. */
const shown = (entries: repository.ChangeEntry[], showsKeys: boolean): repository.ChangeEntry[] =>
  entries.map((entry) => (entry.entity === 'keys' && !showsKeys ? { ...entry, fields: {} } : entry));

function expectWithin({ seq }: Revision, after: number, parameter: string): void {
  if (after > seq) refuse([{ parameter, code: 'beyond_the_end', values: { seq } }]);
}
