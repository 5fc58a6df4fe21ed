/** Finds what a request wants to be told from: the log up to an entry. */
import { sql } from 'drizzle-orm';
import type { FastifyInstance } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { Calendar } from '../core/clock.ts';
import { addDays } from '../core/days.ts';
import type { Database, Reader, Revision } from '../database/database.ts';
import type { Known } from '../http/known.ts';
import { Problem, refuse } from '../http/problems.ts';

export interface KnownService {
  /** @throws Problem 422 for a revision that there is not yet */
  revision(seq: number): Promise<KnownRevision>;
  /**
   * The last revision that was known at a time.
   * @param at a timestamp, or a day: its end in the service's time zone
   * @throws Problem 422 for a time before the first entry, or that is not over yet
   */
  at(at: string): Promise<KnownRevision>;
  /** What an answer from a revision says that it knows. */
  told(revision: number): Promise<Known>;
}

type Entry = Pick<Revision, 'hash'> & { at: string };

type KnownRevision = Revision & { at: string };

export function knownService({ database, clock }: { database: Database; clock: Calendar }): KnownService {
  const entries = new LRUCache<number, Entry>({ max: 10_000 });

  async function entryAt(seq: number): Promise<Entry> {
    const known = entries.get(seq);
    if (known) return known;
    const [entry] = (await database.read.prepared('known.entry', { seq }, (db) => {
      const { seq, at, hash } = db.tables.changes;
      return db
        .select({ at, hash })
        .from(db.tables.changes)
        .where(sql`${seq} = ${sql.placeholder('seq')}`);
    })) as [Entry];
    entries.set(seq, entry);
    return entry;
  }

  return {
    told: async (revision) => ({
      revision,
      at: revision === 0 ? null : (await entryAt(revision)).at,
    }),

    revision: async (seq) => {
      const now = await database.revision();
      if (seq > now.seq) {
        refuse([{ parameter: 'revision', code: 'beyond_the_end', values: { seq: now.seq } }]);
      }
      return { seq, ...(await entryAt(seq)) };
    },

    at: async (given) => {
      const isDay = given.length === 10;
      const until = isDay ? clock.startOf(addDays(given, 1)) : given;
      if (isDay ? until > clock.now() : given > clock.now()) {
        refuse([{ parameter: 'knownAt', code: isDay ? 'not_over' : 'after_now' }]);
      }
      const now = await database.revision();
      const isKnown = ({ at }: Entry) => (isDay ? at < until : at <= until);
      // The entries are in the order of their times.
      let [known, unknown] = [0, now.seq + 1];
      while (unknown - known > 1) {
        const middle = Math.floor((known + unknown) / 2);
        if (isKnown(await entryAt(middle))) known = middle;
        else unknown = middle;
      }
      if (known === 0) {
        const first = now.seq > 0 ? (await entryAt(1)).at : null;
        refuse([
          first === null
            ? { parameter: 'knownAt', code: 'before_nothing' }
            : { parameter: 'knownAt', code: 'before_the_log', values: { first } },
        ]);
      }
      return { seq: known, ...(await entryAt(known)) };
    },
  };
}

/** When an entry was made; null if there is none. */
export async function entryTime(reader: Reader, seq: number): Promise<string | null> {
  const [entry] = await reader.prepared('known.time', { seq }, (db) =>
    db
      .select({ at: db.tables.changes.at })
      .from(db.tables.changes)
      .where(sql`${db.tables.changes.seq} = ${sql.placeholder('seq')}`),
  );
  return entry?.at ?? null;
}

interface Asked {
  knownAt?: string;
  revision?: number;
  definitionsVersion?: number;
  asOf?: string;
}

/** Has each request know what it asks about, before its handler. @param current the version of the figures */
export function resolveKnown(app: FastifyInstance, known: KnownService, current: number): void {
  app.decorateRequest('known', undefined);
  app.decorateRequest('permanent', false);
  app.addHook('preHandler', async (request) => {
    const query = request.query as Asked | undefined;
    if (!query) return;
    const { knownAt, revision, definitionsVersion: wanted, asOf } = query;
    if (knownAt === undefined && revision === undefined && wanted === undefined) return;
    // Of concern to nobody else.
    for (const name of ['knownAt', 'revision', 'definitionsVersion'] as const) delete query[name];
    if (knownAt !== undefined && revision !== undefined) {
      refuse([{ parameter: 'knownAt', code: 'not_with', values: { other: 'revision' } }]);
    }
    if (wanted !== undefined && wanted !== current) {
      throw new Problem('known.other_definitions', { values: { wanted, current } });
    }
    if (revision !== undefined) request.known = await known.revision(revision);
    else if (knownAt !== undefined) request.known = await known.at(knownAt);
    request.permanent = revision !== undefined && asOf !== undefined && wanted !== undefined;
  });
}
