/** The change log as Server-Sent Events: the existing entries, then each new one soon after its commit. */
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { turn } from '../../core/pace.ts';
import type { Database } from '../../database/database.ts';
import { overloaded, Problem } from '../../http/problems.ts';
import type { ChangesService } from '../../log/service.ts';

/** Maximum delay of an entry. Polling is needed, because other instances and commands write too. */
const LOOK_EVERY_MS = 250;
/** More often than proxies give up a connection on which nothing happens. */
const HEARTBEAT_MS = 15_000;
/** How long a follower may leave what it was sent unread. */
const STALL_MS = 30_000;
/** What is read ahead for one follower, at most: an entry with long texts, before and after, has some 100 kB. */
const ENTRIES_AT_ONCE = 10;
/** Characters of batches that are kept for others who are at the same place. */
const KEPT_CHARACTERS = 4_000_000;
const MAX_FOLLOWERS = 500;
/** Of those without a key, so that they leave room for keys. */
const MAX_WITHOUT_KEY = 250;
/** Of one key, or without one of one network. */
const MAX_OF_ONE_CALLER = 50;
/** When a client that was cut is to come back. */
const RECONNECT_MS = 2_000;

export interface Follower {
  /** The last entry that it has. */
  after: number;
  /** What said so. */
  parameter: string;
  /** Who follows: a key, or without one a network. */
  caller: string;
  hasKey: boolean;
  /** Whether entries about API keys say what changed. */
  showsKeys: boolean;
  /** Whether it may go on: a key can be revoked, or expire, while the stream is open. */
  mayFollow(): Promise<boolean>;
}

export interface ChangesStream {
  /**
   * The entries after a position, without an end; each has its `seq` as its id. It ends, complete up to an entry, when
   * the follower may not go on or the service stops, and is destroyed when what it gave is not read for 30 seconds.
   * @throws Problem 503 when there are too many followers or the service stops, 422 for a position that the log has not reached
   */
  follow(follower: Follower): Promise<Readable>;
  /** Ends every stream. */
  close(): void;
}

interface Options {
  database: Pick<Database, 'revision'>;
  changes: Pick<ChangesService, 'entries' | 'expectReached'>;
  /** Shorter ones, for tests. */
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
        // Comes back only when there is room for more.
        yield text;
      } finally {
        clearTimeout(stalled);
      }
    };
    let { after } = follower;
    yield* told(`retry: ${RECONNECT_MS}\n\n`);
    while (!isGone() && (await follower.mayFollow())) {
      // While the database does not answer there is nothing to tell: who came back then would be sent away for good.
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
      // Destroying it waits for the generator, which has to look for itself whether it is wanted.
      const isGone = () => closing || stream.destroyed;
      const stream: Readable = Readable.from(events(follower, isGone, () => stream.destroy()));
      return stream.once('close', () => {
        open.splice(open.indexOf(follower), 1);
      });
    },
    close: () => {
      closing = true;
    },
  };
}

const tooMany = (): Problem =>
  new Problem('changes.too_many_streams', {
    values: { own: MAX_OF_ONE_CALLER, all: MAX_FOLLOWERS, withoutKey: MAX_WITHOUT_KEY },
    headers: { 'retry-after': '5' },
  });

interface Batch {
  text: string;
  /** The `seq` of its last entry. */
  last: number;
}

/**
 * Small batches of the log as text, each made once for all who are at the same place, and one of them in each turn of
 * the event loop, however many replay: everybody else comes in between.
 */
function batchesOf(changes: Pick<ChangesService, 'entries'>) {
  const kept = new LRUCache<string, Batch>({
    maxSize: KEPT_CHARACTERS,
    sizeCalculation: ({ text }) => text.length,
  });
  let last: Promise<unknown> = Promise.resolve();

  async function make(after: number, showsKeys: boolean): Promise<Batch | null> {
    await turn();
    // The log never changes; only a batch at its end may grow.
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

/** One poll of the revision for all waiting followers, and none while there are none. */
function newsOf(database: Pick<Database, 'revision'>) {
  let head = 0;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    await sleep(LOOK_EVERY_MS, undefined, { ref: false });
    // A database that does not answer now has no news; those who wait keep waiting.
    head = await database.revision().then(
      ({ seq }) => seq,
      () => head,
    );
    looking = undefined;
  }

  return {
    /** @returns whether there is an entry after the position, once there is or the time has passed */
    since: async (after: number, ms: number, isGone: () => boolean): Promise<boolean> => {
      const deadline = performance.now() + ms;
      while (!isGone() && performance.now() < deadline) {
        looking ??= look();
        await looking;
        if (head > after) return true;
      }
      return false;
    },
  };
}
