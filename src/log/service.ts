/**
 * The change log: written in the transaction of every change, gapless, each entry chained to the previous
 * one.
 */
import { hash } from 'node:crypto';
import type { Entity } from '../core/entities.ts';
import { paced } from '../core/pace.ts';
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

export { type ChangeEntry, entriesBefore } from './repository.ts';

/** Who requested a change. */
export interface Caller extends Holder {
  actor: string;
  /** Id of the HTTP request; null for the command line. */
  requestId: string | null;
  /** The regions whose projects it may write, including their subregions; null for all. */
  regions: readonly string[] | null;
  /** Set if the client may repeat the request (`Idempotency-Key`). */
  retry?: Retry | undefined;
}

/** The service itself, with all permissions. */
export const byLuodi = (what: string): Caller => ({ actor: `luodi ${what}`, requestId: null, regions: null });

export type Action = (typeof ACTIONS)[number];

export interface Change {
  entity: Entity;
  entityId: string;
  action: Action;
  /** Time of the change by the clock, RFC 3339 in UTC. */
  at: string;
  fields: Record<string, FieldChange>;
}

/** The last entry that this thread recorded. */
let latest = { hash: '', at: '' };

/** The time of the last entry. Needs no query if this thread recorded it. */
async function latestIn(tx: Transaction): Promise<string> {
  const { seq, hash } = tx.log;
  if (seq > 0 && hash !== latest.hash) latest = await repository.entryIn(tx, seq);
  return seq > 0 ? latest.at : '';
}

/**
 * Writes one entry, with the next number and the hash of the previous entry.
 * @returns its time, for the rows that bear it: that of the change, or of the previous entry if the clock went back
 * @throws Problem 401 if the caller's key is no longer valid
 */
export async function record(
  tx: Transaction,
  caller: Caller,
  { entity, entityId, action, at: now, fields }: Change,
): Promise<string> {
  await expectHolds(tx, caller, now);
  const before = await latestIn(tx);
  const at = now < before ? before : now;
  const { actor, requestId } = caller;
  const { seq, hash: previousHash } = tx.log;
  const entry = { seq: seq + 1, entity, entityId, action, at, actor, requestId, previousHash };
  const written = canonical(fields);
  const chained = { ...entry, hash: hashWith(entry, written) };
  await repository.insertChange(tx, chained, written);
  tx.log.seq = chained.seq;
  tx.log.hash = chained.hash;
  latest = chained;
  noteHolding(tx, caller);
  return at;
}

type Hashed = Omit<repository.ChangeEntry, 'hash'>;

/** SHA-256 over the canonical JSON (RFC 8785) of an entry without its own hash. */
export const hashOf = (entry: Hashed): string => hashWith(entry, canonical(entry.fields));

/** @param fields the fields of the entry as canonical JSON */
function hashWith(entry: Omit<Hashed, 'fields'>, fields: string): string {
  const { action, actor, at, entity, entityId, previousHash, requestId, seq } = entry;
  const before = JSON.stringify({ action, actor, at, entity, entityId });
  const after = JSON.stringify({ previousHash, requestId, seq });
  return hash('sha256', `${before.slice(0, -1)},"fields":${fields},${after.slice(1)}`, 'hex');
}

/** Sort keys of a history; by default the newest entries come first. */
export const historySortKeys = { seq: repository.seqKey };
export const HISTORY_SORT = '-seq';

/** The resource that another one is part of, and the field that refers to it. */
interface Within {
  field: string;
  key: string;
}

export interface ChangesService {
  /**
   * Entries after a position in the log, in commit order.
   * @param showsKeys whether entries about API keys and webhooks include their changes
   */
  feed(
    query: { after?: number | undefined; limit?: number | undefined },
    showsKeys: boolean,
  ): Promise<Computed>;
  /** Up to `limit` entries after a position, in the form of the feed; fewer if they are very long. */
  entries(after: number, limit: number, showsKeys: boolean): Promise<repository.ChangeEntry[]>;
  /**
   * @throws Problem 422 for a position beyond the end of the log, as a client may have after a restore from a
   * backup
   */
  expectReached(after: number, parameter: string): Promise<void>;
  /** The end of the log. */
  head(): Promise<Revision>;
  /**
   * The history of one resource, even if it has been deleted.
   * @param within the resource that it was created in, and the field that refers to it
   * @throws Problem 404 if it never existed, or is part of something else
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
    shown(await entriesWithin(database.read, after, limit), showsKeys),

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

/** Size limits of a page and of a batch: with long texts before and after, an entry can have some 100 kB. */
const PAGE_CHARACTERS = 1_000_000;
const AT_ONCE = 20;

/** The entries of a page: fewer than its limit if they are very long. */
async function entriesWithin(
  reader: Reader,
  after: number,
  limit: number,
): Promise<repository.ChangeEntry[]> {
  const entries: repository.ChangeEntry[] = [];
  let characters = 0;
  const pace = paced();
  while (characters < PAGE_CHARACTERS) {
    const wanted = Math.min(AT_ONCE, limit - entries.length);
    const some = await repository.entriesAfter(reader, entries.at(-1)?.seq ?? after, wanted);
    entries.push(...some);
    if (some.length < wanted || entries.length === limit) break;
    characters += JSON.stringify(some).length;
    await pace();
  }
  return entries;
}

/** What only administrators see; the address of a webhook may itself give access. */
const GUARDED: readonly string[] = ['keys', 'webhooks'] satisfies Entity[];

/**
 * Without permission to see keys, an entry about a key is reduced, not left out: the numbers must stay
 * gapless.
 */
const shown = (entries: repository.ChangeEntry[], showsKeys: boolean): repository.ChangeEntry[] =>
  entries.map((entry) => (GUARDED.includes(entry.entity) && !showsKeys ? { ...entry, fields: {} } : entry));

function expectWithin({ seq }: Revision, after: number, parameter: string): void {
  if (after > seq) refuse([{ parameter, code: 'beyond_the_end', values: { seq } }]);
}
