/** The SQLite engine: query-only readers, worker readers for long work, and one writer with group commit. */
import { resolve } from 'node:path';
import { byLabel } from '../core/metrics.ts';
import { currentAsker, expectWanted } from './asker.ts';
import type { Database, OpenOptions, Reader, Revision, StreamWork } from './database.ts';
import { isDamage, isOutside, rootMessage } from './errors.ts';
import { expectCurrent } from './migrations.ts';
import { Pool } from './pool.ts';
import { loaded, writingThread } from './sqlite-load.ts';
import { LAST_APPLIED, openWriter } from './sqlite-open.ts';
import {
  BUSY_TIMEOUT_MS,
  type Client,
  openReader,
  readerOn,
  readerOnThread,
  streamReaderOn,
} from './sqlite-reader.ts';
import { SqliteThread } from './sqlite-thread.ts';
import { READ_LOG, watchFile } from './sqlite-watch.ts';
import { groupCommit } from './sqlite-writer.ts';
import { fairTurns, type TurnLimits, WAITING } from './turns.ts';

/** SQLite's maximum. It reserves address space, not memory. */
const MMAP_BYTES = 2_147_418_112;
const SNAPSHOT_READERS = 8;
/** A caller with many requests leaves one thread for the others. */
const TURNS: TurnLimits = { atOnce: 3, ofOne: 2, ...WAITING };
const STREAM_THREADS = 2;
/**
 * For streams of short-lived rows: without limits V8 lets several times as much garbage accumulate before it
 * collects it.
 */
const STREAM_LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 96 };
/** For work that remembers rows: the keys of a million rows may be most of a 100 MB file. */
const KEEPING_LIMITS = { maxYoungGenerationSizeMb: 32, maxOldGenerationSizeMb: 256 };
/** A copy of a million projects, besides buffers, which do not count. */
const RESIDENT_LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 512 };
const GROUP_LIMIT = 256;
const FILE_BYTES = { name: 'luodi_database_bytes', help: 'Size of the database.', type: 'gauge' } as const;
/** Findings of a check after which it ends. */
const FINDINGS = 20;

export async function openSqlite(path: string, options: OpenOptions): Promise<Database> {
  const file = resolve(path);
  const writer = await openWriter(file, options);
  const watch = watchFile(file, writer);
  // A wait would block the event loop; the writer tries again instead.
  writer.pragma('busy_timeout = 0');
  const reader = openMapped(file);
  const read = readerOn(reader);
  // Requests in the same event-loop turn share one lookup, unless a commit comes between them.
  let lookedUp: Promise<Revision> | null = null;
  const forget = () => {
    lookedUp = null;
  };
  const write = groupCommit(writer, watch, options.groupLimit ?? GROUP_LIMIT, forget);
  // A connection of its own must not be to another file.
  const same = (): string => {
    watch.expectSame();
    return file;
  };
  const snapshots = new Pool(SNAPSHOT_READERS, () => {
    const client = openMapped(same());
    return { client, reader: streamReaderOn(client), close: () => client.close() };
  });
  // A pool of their own, so that a slow reader of a stream does not delay statistics.
  const streams = new Pool(STREAM_THREADS, () => new SqliteThread(same(), STREAM_LIMITS));
  const keeping = new Pool(STREAM_THREADS, () => new SqliteThread(same(), KEEPING_LIMITS));
  const residents = new Pool(1, () => new SqliteThread(same(), RESIDENT_LIMITS));
  const poolFor = ({ resident, remembersRows }: StreamWork<never, unknown>) =>
    resident ? residents : remembersRows ? keeping : streams;
  const loads = new Pool(1, () => new SqliteThread(same(), KEEPING_LIMITS));
  const writers = new Pool(1, () => writingThread(same()));
  const figures = takingTurns(same);
  const pages = takingTurns(same);
  const revision = reader.prepare<[], Revision>(READ_LOG);

  /** Runs a load while the writer of this thread stands back. */
  async function* alone<Part>(load: () => AsyncIterable<Part>): AsyncGenerator<Part, void> {
    const resume = await write.standBack();
    const observe = watch.suspend();
    try {
      watch.expectSame();
      yield* load();
      watch.expectSame();
    } finally {
      observe();
      resume();
    }
  }

  return {
    read,
    revision: () => {
      if (lookedUp === null) {
        lookedUp = Promise.resolve(revision.get() as Revision);
        setImmediate(forget);
      }
      return lookedUp;
    },
    snapshot: (work) =>
      snapshots.lend(async ({ client, reader }) => {
        client.exec('begin');
        try {
          return await work(reader);
        } finally {
          client.exec('commit');
        }
      }),
    analyze: figures.run,
    page: pages.run,
    streams: STREAM_THREADS,
    stream: (work, input) => poolFor(work).lendTo((thread) => thread.stream(work, input)),
    write,
    load: (work, input) => alone(() => loads.lendTo((thread) => thread.load(work, input))),
    loadHere: (work) => alone(() => writers.lendTo((thread) => loaded(thread, work))),
    copyFile: (to) =>
      writers.lend(async (thread) => {
        // To sync gigabytes at once would hold up those who write meanwhile.
        await thread.run('pragma synchronous = OFF', []);
        try {
          await thread.run('vacuum into ?', [to]);
        } finally {
          await thread.run('pragma synchronous = FULL', []);
        }
      }),
    metrics: () => [
      ...byLabel(FILE_BYTES, 'file', watch.sizes()),
      {
        name: 'luodi_writes_waiting',
        help: 'Writes that wait for their commit.',
        type: 'gauge',
        value: write.counts.waiting(),
      },
      {
        name: 'luodi_commits_total',
        help: 'Commits; each is one sync of the disk.',
        type: 'counter',
        value: write.counts.commits,
      },
      {
        name: 'luodi_writes_total',
        help: 'Writes in these commits.',
        type: 'counter',
        value: write.counts.writes,
      },
    ],
    integrity: async () => {
      const thread = new SqliteThread(same());
      try {
        const rows = await thread.run(`pragma integrity_check(${FINDINGS})`, []);
        const lines = rows.flatMap(([text]) => String(text).split('\n'));
        return lines.filter((line) => line !== 'ok' && !line.startsWith('***'));
      } catch (error) {
        if (!isDamage(error)) throw error;
        return [rootMessage(error)];
      } finally {
        await thread.close();
      }
    },
    check: async () => {
      const level = writer.pragma('synchronous', { simple: true });
      if (level !== 2) throw new Error(`SQLite runs at synchronous=${level}, not FULL (2)`);
      expectCurrent(
        'sqlite',
        watch.look((client) => client.prepare(LAST_APPLIED).pluck().get()),
      );
    },
    close: async () => {
      await write.idle();
      await Promise.all(
        [snapshots, figures, pages, streams, keeping, residents, loads, writers].map((pool) => pool.close()),
      );
      reader.close();
      if (!options.isGuest) tidyUp(writer);
      writer.close();
    },
  };
}

/** Queued snapshots on threads. */
function takingTurns(same: () => string) {
  const threads = new Pool(TURNS.atOnce, () => {
    const thread = new SqliteThread(same());
    const lent = {
      asker: currentAsker(),
      thread,
      reader: readerOnThread({
        // Checked only between two statements; SQLite cannot interrupt a running one.
        run: (sql, params, made) => {
          expectWanted(lent.asker);
          return thread.run(sql, params, made);
        },
      }),
      get usable() {
        return thread.usable;
      },
      close: () => thread.close(),
    };
    return lent;
  });
  const turn = fairTurns(TURNS);
  return {
    run: <T>(work: (reader: Reader) => Promise<T>): Promise<T> =>
      turn((asker) =>
        threads.lend(async (lent) => {
          lent.asker = asker;
          // A thread runs its statements one after the other, so there is no need to await the begin or the
          // end.
          const begun = lent.thread.run('begin', []);
          begun.catch(() => {});
          try {
            return await work(lent.reader);
          } catch (error) {
            await begun;
            throw error;
          } finally {
            lent.thread.run('commit', []).catch(() => {});
          }
        }),
      ),
    close: () => threads.close(),
  };
}

/**
 * Updates the planner statistics and checkpoints the write-ahead log, so that the database is a single file
 * again.
 */
function tidyUp(writer: Client): void {
  writer.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  // The second checkpoint holds up other processes that write, so the first one leaves little to it.
  for (const step of ['optimize', 'wal_checkpoint(PASSIVE)', 'wal_checkpoint(TRUNCATE)']) {
    try {
      writer.pragma(step);
    } catch (error) {
      // Another process has the file open, or the disk is full: the log remains beside it, and nothing is lost.
      if (!isOutside(error)) throw error;
    }
  }
}

/**
 * Maps the file into memory, so that scattered rows of a large file are read without a system call for each
 * page.
 */
function openMapped(file: string): Client {
  const client = openReader(file);
  client.pragma(`mmap_size = ${MMAP_BYTES}`);
  // What is mapped is not cached; what is still in the write-ahead log would be, by each of them.
  client.pragma('cache_size = -2000');
  return client;
}
