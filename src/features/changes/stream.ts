/** The change log as Server-Sent Events: the existing entries, then each new one soon after its commit. */
import { Readable } from 'node:stream';
import { LRUCache } from 'lru-cache';
import type { MetricSource } from '../../core/metrics.ts';
import { turn } from '../../core/pace.ts';
import type { Database } from '../../database/database.ts';
import { overloaded, Problem } from '../../http/problems.ts';
import { newsOf } from '../../log/news.ts';
import type { ChangesService } from '../../log/service.ts';

/** Shorter than the idle timeouts of proxies. */
const HEARTBEAT_MS = 15_000;
/** How long a follower may leave data unread. */
const STALL_MS = 30_000;
/** Maximum read-ahead per follower: with long texts before and after, an entry can have some 100 kB. */
const ENTRIES_AT_ONCE = 10;
/** Size of the cache of batches for other followers at the same position, in characters. */
const KEPT_CHARACTERS = 4_000_000;
const MAX_FOLLOWERS = 500;
/** Maximum number of followers without a key, which leaves room for those with one. */
const MAX_WITHOUT_KEY = 250;
/** Maximum number per key, or per network without a key. */
const MAX_OF_ONE_CALLER = 50;
/** How long clients wait before they reconnect. */
const RECONNECT_MS = 2_000;

export interface Follower {
  /** The last entry that it has received. */
  after: number;
  /** The parameter with the position. */
  parameter: string;
  /** The key, or without one the network. */
  caller: string;
  hasKey: boolean;
  /** Whether entries about API keys include their changes. */
  showsKeys: boolean;
  /** Whether it is still authorized: a key can be revoked or expire while the stream is open. */
  mayFollow(): Promise<boolean>;
}

export interface ChangesStream {
  /**
   * An endless stream of the entries after a position; the event id is the entry's `seq`. It ends, after a
   * complete entry, when the follower is no longer authorized or the service stops, and is destroyed when its
   * data is left unread for 30 seconds.
   * @throws Problem 503 if there are too many followers or the service is stopping, 422 for a position beyond
   * the end of the log
   */
  follow(follower: Follower): Promise<Readable>;
  /** How many follow. */
  readonly metrics: MetricSource;
  /** Ends all streams. */
  close(): void;
}

interface Options {
  database: Pick<Database, 'revision'>;
  changes: Pick<ChangesService, 'entries' | 'expectReached'>;
  /** Shorter intervals for tests. */
  heartbeatMs?: number;
  stallMs?: number;
}

export function changesStream({
  database,
  changes,
  heartbeatMs = HEARTBEAT_MS,
  stallMs = STALL_MS,
}: Options): ChangesStream {
  const news = newsOf(database);
  const batchAfter = batchesOf(changes);
  const open: Follower[] = [];
  let closing = false;

  async function* events(follower: Follower, isGone: () => boolean, cut: () => void): AsyncGenerator<string> {
    const told = function* (text: string) {
      const stalled = setTimeout(cut, stallMs);
      try {
        // Resumes only when the consumer wants more.
        yield text;
      } finally {
        clearTimeout(stalled);
      }
    };
    let { after } = follower;
    yield* told(`retry: ${RECONNECT_MS}\n\n`);
    while (!isGone() && (await follower.mayFollow())) {
      // While the database is unavailable there is nothing to send. Ending the stream instead would make
      // clients reconnect to errors, after which they give up.
      const batch = await batchAfter(after, follower.showsKeys).catch(() => null);
      if (batch) {
        after = batch.last;
        yield* told(batch.text);
      } else if (!(await news.since(after, heartbeatMs, isGone)) && !isGone()) {
        yield* told(':\n\n');
      }
    }
  }

  return {
    follow: async (follower) => {
      await changes.expectReached(follower.after, follower.parameter);
      const own = open.filter(({ caller }) => caller === follower.caller).length;
      const withoutKey = open.filter(({ hasKey }) => !hasKey).length;
      const isFull =
        open.length >= MAX_FOLLOWERS ||
        own >= MAX_OF_ONE_CALLER ||
        (!follower.hasKey && withoutKey >= MAX_WITHOUT_KEY);
      if (closing) throw overloaded();
      if (isFull) throw tooMany();
      open.push(follower);
      // Destroying the stream waits for the generator, which therefore has to check by itself.
      const isGone = () => closing || stream.destroyed;
      const stream: Readable = Readable.from(events(follower, isGone, () => stream.destroy()));
      return stream.once('close', () => {
        open.splice(open.indexOf(follower), 1);
      });
    },
    close: () => {
      closing = true;
    },
    metrics: () => [
      {
        name: 'luodi_change_streams',
        help: 'Streams of changes that are open.',
        type: 'gauge',
        value: open.length,
      },
    ],
  };
}

const tooMany = (): Problem =>
  new Problem('changes.too_many_streams', {
    values: { own: MAX_OF_ONE_CALLER, all: MAX_FOLLOWERS, withoutKey: MAX_WITHOUT_KEY },
    headers: { 'retry-after': '5' },
  });

interface Batch {
  text: string;
  /** `seq` of its last entry. */
  last: number;
}

/**
 * Small batches of the log as text, each created once for all followers at the same position. Only one batch
 * is created per event-loop turn, however many followers catch up, so that other requests are served in
 * between.
 */
function batchesOf(changes: Pick<ChangesService, 'entries'>) {
  const kept = new LRUCache<string, Batch>({
    maxSize: KEPT_CHARACTERS,
    sizeCalculation: ({ text }) => text.length,
  });
  let last: Promise<unknown> = Promise.resolve();

  async function make(after: number, showsKeys: boolean): Promise<Batch | null> {
    await turn();
    // The log is immutable; only a batch at its end may grow.
    const key = `${after} ${showsKeys}`;
    const known = kept.get(key);
    if (known) return known;
    const entries = await changes.entries(after, ENTRIES_AT_ONCE, showsKeys);
    const end = entries.at(-1);
    if (!end) return null;
    const batch = { text: entries.map(eventOf).join(''), last: end.seq };
    if (entries.length === ENTRIES_AT_ONCE) kept.set(key, batch);
    return batch;
  }

  return (after: number, showsKeys: boolean): Promise<Batch | null> => {
    const batch = last.then(() => make(after, showsKeys));
    last = batch.catch(() => {});
    return batch;
  };
}

const eventOf = (entry: { seq: number }): string =>
  `id: ${entry.seq}\nevent: change\ndata: ${JSON.stringify(entry)}\n\n`;
