/** Notices that a SQLite file is no longer the one that was opened: deleted, replaced, or overwritten. */
import { type Stats, statSync } from 'node:fs';
import type { Revision } from './database.ts';
import { isDamage, LostError } from './errors.ts';
import { type Client, openReader } from './sqlite-reader.ts';
import { SqliteThread } from './sqlite-thread.ts';

export const READ_LOG = 'select seq, hash from revision where id = 1';
export const READ_ENTRY = 'select hash from changes where seq = ?';
/** How far the write-ahead log is copied into the file; copies nothing. */
const COPIED = 'wal_checkpoint(noop)';
/** For how long nobody need have said why the file changed. */
const DOUBT_MS = 5_000;

/** The hash of an entry of the log. */
type Entry = (seq: number) => string | undefined;

export interface Watch {
  /** @throws LostError if the file is not the one that was opened */
  expectSame(): void;
  /** @throws LostError if the log does not continue the one last seen */
  expectContinued(log: Revision, entry: Entry): void;
  /** Notes the log after a commit, which is acknowledged next. @throws LostError as `expectSame` */
  committed(log: Revision): void;
  /** While another connection of this process writes, which changes the file. @returns to be called at its end */
  suspend(): () => void;
  /** In bytes, of the database and of its write-ahead log. */
  sizes(): { database: number; log: number };
  /** Looks at the file as another process would, with a connection of its own. @throws LostError */
  look<T>(work: (client: Client) => T): T;
}

/**
 * Files are only looked at by name: closing a descriptor of theirs would release the locks of this process.
 * @param writer has read the file, so that its log exists
 */
export function watchFile(file: string, writer: Client): Watch {
  const paths = [file, `${file}-wal`, `${file}-shm`];
  const opened = paths.map(statOf);
  let seen = opened[0] as Stats;
  /** How often others have written to the log. */
  let foreign = 0;
  const writtenNow = (): Written => {
    const [{ log, checkpointed }] = writer.pragma(COPIED) as [Omit<Written, 'foreign'>];
    return { log, checkpointed, foreign };
  };
  let written = writtenNow();
  let known = writer.prepare<[], Revision>(READ_LOG).get() as Revision;
  /** Once the contents are others there is no way back, unlike for a file that is moved away. */
  let verdict: LostError | null = null;
  let checking: Promise<void> | null = null;
  let doubtedAt = Number.POSITIVE_INFINITY;
  let isSuspended = false;

  function expectFiles(): Stats {
    const found = paths.map(statOf);
    for (const [i, path] of paths.entries()) {
      const [before, now] = [opened[i], found[i]];
      if (!now) throw new LostError('missing', path);
      if (before && (before.ino !== now.ino || before.dev !== now.dev)) throw new LostError('replaced', path);
      opened[i] ??= now;
    }
    return found[0] as Stats;
  }

  /**
   * Only copying the write-ahead log changes the file. What else changes it might be harmless, so everything
   * is then read before it is called damage.
   */
  function expectExplained(now: Stats): void {
    if (writer.inTransaction || isSuspended) return;
    const isChanged = now.mtimeMs !== seen.mtimeMs || now.size !== seen.size;
    if (!isChanged) return;
    const current = writtenNow();
    if (explains(written, current) && now.size >= seen.size) {
      [seen, written, doubtedAt] = [now, current, Number.POSITIVE_INFINITY];
      return;
    }
    // Another process may be copying just now.
    doubtedAt = Math.min(doubtedAt, performance.now());
    if (performance.now() < doubtedAt + DOUBT_MS) return;
    [seen, written, doubtedAt] = [now, current, Number.POSITIVE_INFINITY];
    checking ??= check();
  }

  async function check(): Promise<void> {
    const before = known;
    const thread = new SqliteThread(file);
    try {
      const [[result] = []] = await thread.run('pragma quick_check(1)', []);
      const [[seq, hash] = []] = await thread.run(READ_LOG, []);
      if (result !== 'ok') throw new LostError('overwritten', file);
      const [[entry] = []] = await thread.run(READ_ENTRY, [before.seq]);
      if (!continues(before, { seq, hash } as Revision, () => entry as string | undefined)) {
        throw new LostError('overwritten', file);
      }
    } catch (error) {
      if (isDamage(error)) verdict = new LostError('overwritten', file, { cause: error });
      else if (error instanceof LostError) verdict = error;
    } finally {
      await thread.close();
      checking = null;
    }
  }

  function expectContinued(log: Revision, entry: Entry): void {
    if (!continues(known, log, entry)) {
      verdict = new LostError('overwritten', file);
      throw verdict;
    }
    if (log.seq > known.seq) foreign += 1;
    known = { seq: log.seq, hash: log.hash };
  }

  function expectSame(): void {
    if (verdict) throw verdict;
    expectExplained(expectFiles());
    if (checking) throw new LostError('touched', file);
  }

  return {
    expectSame,
    expectContinued,
    sizes: () => {
      const [database = 0, log = 0] = paths.map((path) => statOf(path)?.size ?? 0);
      return { database, log };
    },
    suspend: () => {
      isSuspended = true;
      return () => {
        [seen, written, isSuspended] = [statOf(file) ?? seen, writtenNow(), false];
      };
    },
    committed: (log) => {
      known = { seq: log.seq, hash: log.hash };
      expectSame();
    },
    look: (work) => {
      expectSame();
      // An earlier copy must not explain what changes the file later.
      if (doubtedAt === Number.POSITIVE_INFINITY && !writer.inTransaction) written = writtenNow();
      const client = openReader(file);
      try {
        const log = client.prepare<[], Revision>(READ_LOG).get() as Revision;
        expectContinued(log, (seq) => client.prepare(READ_ENTRY).pluck().get(seq) as string | undefined);
        return work(client);
      } finally {
        client.close();
      }
    },
  };
}

interface Written {
  /** Pages in the write-ahead log, and how many of them are copied into the file. */
  log: number;
  checkpointed: number;
  foreign: number;
}

/** Whether pages were copied into the file, or others wrote, who may have copied what they wrote. */
const explains = (before: Written, now: Written): boolean =>
  now.checkpointed !== before.checkpointed || now.log < before.log || now.foreign !== before.foreign;

/** Whether a log is the known one, or has grown from it. */
const continues = (known: Revision, log: Revision, entry: Entry): boolean =>
  log.seq > known.seq
    ? known.seq === 0 || entry(known.seq) === known.hash
    : log.seq === known.seq && log.hash === known.hash;

const statOf = (path: string): Stats | undefined => statSync(path, { throwIfNoEntry: false });
