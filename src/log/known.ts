/** Finds what a request wants to be told from: the log up to an entry. */
import type { FastifyInstance } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { Calendar } from '../core/clock.ts';
import { addDays } from '../core/days.ts';
import type { Database, Revision } from '../database/database.ts';
import { type Known, type KnownAsked, readKnownWord } from '../http/known.ts';
import { notesOf } from '../http/notes.ts';
import { Problem, refuse } from '../http/problems.ts';
import { type Entry, entryIn } from './repository.ts';

export interface KnownService {
  /**
   * The revision, or the last one that was known at a time: a timestamp, or the end of a day in the service's time
   * zone.
   * @param names of the parameters
   * @throws Problem 422 for both, for a revision that there is not yet, and for a time that is none, is before the first
   * entry, or is not over yet
   */
  find(asked: KnownAsked, names: ParameterNames): Promise<KnownRevision | undefined>;
  /** What an answer from a revision says that it knows. */
  told(revision: number): Promise<Known>;
}

type KnownRevision = Revision & { at: string };

type ParameterNames = Readonly<Record<keyof KnownAsked, string>>;

/**
 * The last entry by a time; 0 if there was none.
 * @param last the last one there is
 * @param time a timestamp, or a day: its end in the service's time zone
 */
export async function lastKnown(
  entryAt: (seq: number) => Promise<Entry>,
  last: number,
  time: string,
  calendar: Pick<Calendar, 'startOf'>,
): Promise<number> {
  const isDay = time.length === 10;
  const until = isDay ? calendar.startOf(addDays(time, 1)) : time;
  // The entries are in the order of their times.
  let [known, unknown] = [0, last + 1];
  while (unknown - known > 1) {
    const middle = Math.floor((known + unknown) / 2);
    const { at } = await entryAt(middle);
    if (isDay ? at < until : at <= until) known = middle;
    else unknown = middle;
  }
  return known;
}

export function knownService({ database, clock }: { database: Database; clock: Calendar }): KnownService {
  const entries = new LRUCache<number, Entry>({ max: 10_000 });

  async function entryAt(seq: number): Promise<Entry> {
    const entry = entries.get(seq) ?? (await entryIn(database.read, seq));
    entries.set(seq, entry);
    return entry;
  }

  async function atRevision(seq: number, parameter: string): Promise<KnownRevision> {
    const now = await database.revision();
    if (seq > now.seq) refuse([{ parameter, code: 'beyond_the_end', values: { seq: now.seq } }]);
    return { seq, ...(await entryAt(seq)) };
  }

  async function atTime(given: string, parameter: string): Promise<KnownRevision> {
    const isDay = given.length === 10;
    if ((isDay ? clock.startOf(addDays(given, 1)) : given) > clock.now())
      refuse([{ parameter, code: isDay ? 'not_over' : 'after_now' }]);
    const now = await database.revision();
    const known = await lastKnown(entryAt, now.seq, given, clock);
    if (known === 0) {
      const first = now.seq > 0 ? (await entryAt(1)).at : null;
      refuse([
        first === null
          ? { parameter, code: 'before_nothing' }
          : { parameter, code: 'before_the_log', values: { first } },
      ]);
    }
    return { seq: known, ...(await entryAt(known)) };
  }

  return {
    told: async (revision) => ({
      revision,
      at: revision === 0 ? null : (await entryAt(revision)).at,
    }),

    find: async ({ knownAt, revision }, names) => {
      if (knownAt !== undefined && revision !== undefined)
        refuse([{ parameter: names.knownAt, code: 'not_with', values: { other: names.revision } }]);
      if (revision !== undefined) return atRevision(revision, names.revision);
      return knownAt === undefined ? undefined : atTime(knownAt, names.knownAt);
    },
  };
}

const OF_ANSWER: ParameterNames = { knownAt: 'knownAt', revision: 'revision' };
const OF_FIRST_SIDE: ParameterNames = { knownAt: 'fromKnownAt', revision: 'fromRevision' };
const OF_COMPARED: ParameterNames = { knownAt: 'compareWith', revision: 'compareWith' };

interface Asked extends KnownAsked {
  fromKnownAt?: string;
  fromRevision?: number;
  definitionsVersion?: number;
  compareWith?: string;
  asOf?: string;
}

/** Of concern to nobody but this hook. */
const resolved = ['knownAt', 'revision', 'fromKnownAt', 'fromRevision', 'definitionsVersion'] as const;

/** Has each request that may ask about the past know which, before its handler. @param current the version of the figures */
export function resolveKnown(app: FastifyInstance, known: KnownService, current: number): void {
  app.decorateRequest('known', undefined);
  app.decorateRequest('knownBefore', undefined);
  app.decorateRequest('permanent', false);
  app.addHook('preHandler', async (request) => {
    if (!notesOf(request.routeOptions.schema)?.asKnown) return;
    const query = request.query as Asked;
    const compared = query.compareWith === undefined ? undefined : readKnownWord(query.compareWith);
    if (!compared && !resolved.some((name) => query[name] !== undefined)) return;
    const { knownAt, revision, fromKnownAt, fromRevision, definitionsVersion: wanted, asOf } = query;
    for (const name of resolved) delete query[name];
    if (wanted !== undefined && wanted !== current)
      throw new Problem('known.other_definitions', { values: { wanted, current } });
    request.known = await known.find({ knownAt, revision }, OF_ANSWER);
    const before = compared
      ? await known.find(compared, OF_COMPARED)
      : await known.find({ knownAt: fromKnownAt, revision: fromRevision }, OF_FIRST_SIDE);
    if (!compared && before && request.known && before.seq > request.known.seq) {
      const parameter = OF_FIRST_SIDE[fromRevision === undefined ? 'knownAt' : 'revision'];
      refuse([{ parameter, code: 'known_after' }]);
    }
    request.knownBefore = before && { revision: before.seq, at: before.at };
    request.permanent = revision !== undefined && asOf !== undefined && wanted !== undefined;
  });
}
