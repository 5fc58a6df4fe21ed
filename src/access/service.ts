/** API keys: creating, revoking and identifying them. */
import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.ts';
import { nouns } from '../core/entities.ts';
import { newId } from '../core/ids.ts';
import type { Database, Reader } from '../database/database.ts';
import { revisionIn } from '../database/revision.ts';
import type { Computed } from '../http/answers.ts';
import { type PageQuery, pageRequest, toPage } from '../http/pages.ts';
import { type Fault, notFound, refuse } from '../http/problems.ts';
import { diff } from '../log/diff.ts';
import { findKey, unauthorized } from '../log/holding.ts';
import { once } from '../log/once.ts';
import { type Caller, record } from '../log/service.ts';
import { actorOf, hashOfKey, isKey, newKey, prefixOf } from './key-format.ts';
import * as repository from './repository.ts';
import type { ApiKey, CreatedApiKey, NewApiKey, Role } from './schema.ts';

export const KEY_SORT = 'createdAt';

/** Resolution of `lastUsedAt`: a write for every request would cost more than the request. */
const USE_NOTED_EVERY_MS = 60_000;

export interface KeyService {
  list(query: PageQuery): Promise<Computed>;
  /** The list depends on it besides the revision, because uses of keys are not in the change log. */
  latestUse(): Promise<string | null>;
  /** Whether any key exists, even an invalid one. */
  any(): Promise<boolean>;
  read(id: string): Promise<ApiKey>;
  create(caller: Caller, input: NewApiKey, found?: readonly Fault[]): Promise<CreatedApiKey>;
  /** Refuses the key from the next request on, in every instance. No-op if it is already revoked. */
  revoke(caller: Caller, id: string): Promise<ApiKey>;
  /**
   * @param authorization the header, `Bearer luodi_…`
   * @throws Problem 401 if the key is malformed, unknown, revoked or expired
   */
  identify(authorization: string): Promise<Readonly<Identity>>;
  /** As `identify`, for a key that has been identified before. */
  identifyById(id: string): Promise<Readonly<Identity>>;
  /** Whether this instance has identified the header's key before. */
  recognizes(authorization: string): boolean;
}

/** The identity of an authorized request. */
export interface Identity {
  id: string;
  /** Its name in the change log. */
  actor: string;
  role: Role;
  regions: readonly string[] | null;
  expiresAt: string | null;
  revokedAt: string | null;
  /** When its use is next recorded, in milliseconds since 1970. */
  noteAgainAt: number;
  /** Hash of the revision at which the key was found valid. */
  asOf: string;
}

const shown = ({ hash: _, ...key }: repository.KeyRecord): ApiKey => key as ApiKey;

/** @param onRevoke called with the key to be revoked, before the write is queued */
export function keyService({
  database,
  clock,
  onRevoke = () => {},
}: {
  database: Database;
  clock: Clock;
  onRevoke?: (id: string) => void;
}): KeyService {
  /**
   * Identities by header and revision: any change, in any instance, makes a new revision. Keyed by the header
   * as sent, so that a key is hashed and looked up once instead of for every request.
   */
  const known = new LRUCache<string, Identity>({ max: 10_000 });
  /** The same by id; apart, because a header could be an id. */
  const knownById = new LRUCache<string, Identity>({ max: 10_000 });

  async function existing(reader: Reader, id: string): Promise<repository.KeyRecord> {
    const key = await findKey(reader, id);
    if (!key) throw notFound('keys', id);
    return key;
  }

  /** @throws Problem 401 if it is malformed, or not a key of this service */
  async function lookUp(authorization: string): Promise<repository.KeyRecord> {
    const [, given = ''] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
    if (!isKey(given)) throw unauthorized('access.invalid_key');
    const hash = hashOfKey(given);
    const found = await repository.findByHash(database.read, hash);
    if (!found || !timingSafeEqual(Buffer.from(found.hash), Buffer.from(hash))) {
      throw unauthorized('access.invalid_key');
    }
    return found;
  }

  /** @throws Problem 401 if it is not a key of this service, as after an older backup was restored */
  async function lookUpById(id: string): Promise<repository.KeyRecord> {
    const found = await findKey(database.read, id);
    if (!found) throw unauthorized('access.invalid_key');
    return found;
  }

  function identityOf(found: repository.KeyRecord, asOf: string): Identity {
    const { id, role, regions, expiresAt, revokedAt, lastUsedAt } = found;
    const noteAgainAt = lastUsedAt ? Date.parse(lastUsedAt) + USE_NOTED_EVERY_MS : 0;
    const actor = actorOf(found);
    return { id, actor, role: role as Role, regions, expiresAt, revokedAt, noteAgainAt, asOf };
  }

  /** @throws Problem 401 if the key is unknown, revoked or expired */
  async function valid(
    cache: LRUCache<string, Identity>,
    name: string,
    find: (name: string) => Promise<repository.KeyRecord>,
  ): Promise<Readonly<Identity>> {
    const { hash: revision } = await database.revision();
    let key = cache.get(name);
    if (key?.asOf !== revision) {
      key = identityOf(await find(name), revision);
      cache.set(name, key);
    }
    if (key.revokedAt) throw unauthorized('access.revoked_key');
    const now = clock.milliseconds();
    if (key.expiresAt && Date.parse(key.expiresAt) <= now) throw unauthorized('access.expired_key');
    if (now >= key.noteAgainAt) noteUse(key, now);
    return key;
  }

  function noteUse(key: Identity, now: number): void {
    key.noteAgainAt = now + USE_NOTED_EVERY_MS;
    // Not awaited; a failure loses nothing but this record.
    const at = new Date(now).toISOString();
    database.write((tx) => repository.noteUse(tx, key.id, at)).catch(() => {});
  }

  return {
    list: (query) =>
      database.page(async (reader) => {
        const { keySortKeys, keyTieBreaker } = repository;
        const request = pageRequest(query, keySortKeys, KEY_SORT, keyTieBreaker);
        const revision = await revisionIn(reader);
        const rows = (await repository.listKeys(reader, request)).map(shown);
        const total = await repository.countKeys(reader);
        return { revision, body: toPage(request, rows, total, revision.seq, (row) => row) };
      }),

    latestUse: () => repository.latestUse(database.read),

    any: async () => (await repository.countKeys(database.read)) > 0,

    read: async (id) => {
      return shown(await existing(database.read, id));
    },

    create: (caller, input, found = []) => {
      const id = newId();
      return database.write(async (tx) => {
        const regions = input.regions ?? null;
        const faults = [...found];
        if (regions && input.role !== 'editor')
          faults.push({ pointer: '/regions', code: 'only_for_editors' });
        if (input.expiresAt && input.expiresAt <= clock.now()) {
          faults.push({ pointer: '/expiresAt', code: 'not_in_the_future' });
        }
        const known = await repository.knownRegions(tx, regions ?? []);
        for (const [i, region] of (regions ?? []).entries()) {
          if (known.has(region)) continue;
          const values = { noun: nouns.regions, id: region };
          faults.push({ pointer: `/regions/${i}`, code: 'unknown_reference', values });
        }
        refuse(faults);
        const secret = newKey();
        const key: repository.KeyRecord = {
          id,
          name: input.name,
          prefix: prefixOf(secret),
          hash: hashOfKey(secret),
          role: input.role,
          regions,
          createdAt: clock.now(),
          expiresAt: input.expiresAt ?? null,
          revokedAt: null,
          lastUsedAt: null,
        };
        const { id: _id, createdAt: at, lastUsedAt: _, ...fields } = shown(key);
        const change = {
          entity: 'keys',
          entityId: id,
          action: 'create',
          at,
          fields: diff(null, fields),
        } as const;
        key.createdAt = await record(tx, caller, change);
        await repository.insertKey(tx, key);
        return { ...shown(key), key: secret };
      });
    },

    revoke: async (caller, id) => {
      if (!(await existing(database.read, id)).revokedAt) onRevoke(id);
      return once({ database, clock }, caller, async (tx) => {
        const key = await existing(tx, id);
        if (key.revokedAt) return shown(key);
        const revokedAt = clock.now();
        await repository.updateKey(tx, { ...key, revokedAt });
        await record(tx, caller, {
          entity: 'keys',
          entityId: id,
          action: 'revoke',
          at: revokedAt,
          fields: { revokedAt: { before: null, after: revokedAt } },
        });
        return shown({ ...key, revokedAt });
      });
    },

    identify: (authorization) => valid(known, authorization, lookUp),
    identifyById: (id) => valid(knownById, id, lookUpById),

    recognizes: (authorization) => known.has(authorization),
  };
}
