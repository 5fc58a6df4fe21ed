/**
 * Keeps backups of a database while the service runs, in one of its instances: a base a day, every entry after it
 * within a second, and a proof each day that the newest can be restored.
 */
import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';
import type { Database, Revision } from '../database/database.ts';
import { isUnavailable } from '../database/errors.ts';
import { hashAt } from '../database/revision.ts';
import { type Owner, thisProcess } from '../jobs/owners.ts';
import type { LoggedEntity } from '../log/logged.ts';
import type { RunCommand } from './children.ts';
import { backupsIn } from './folder.ts';
import { follow } from './following.ts';
import { type BackupState, claim, readState, release } from './kept-state.ts';
import { readManifest } from './manifest.ts';
import { readSegments, segmentWriter } from './segments.ts';

const DAY_MS = 86_400_000;

export interface KeeperLimits {
  /** How often an instance says that it is the owner, or looks whether there is one. */
  claimMs: number;
  /** How often it looks whether the day is over. */
  lookMs: number;
  /** After how long it tries again what failed. */
  retryMs: number;
}

export const keeperLimits: KeeperLimits = { claimMs: 30_000, lookMs: 1_000, retryMs: 600_000 };

/** What it tells. */
export interface Told {
  made(report: unknown): void;
  proved(report: unknown): void;
  /** @param what of these it was that failed */
  failed(error: unknown, what: 'backup' | 'proof'): void;
}

export interface Keeper {
  start(told: Told): void;
  /** Ends it, after what has been written until then is in the backup. */
  stop(): Promise<void>;
  /** Whether this process is the one that makes backups, and how often it failed to. */
  condition(): { isOwner: boolean; failures: number };
  state(): Promise<BackupState>;
}

/** A base that is continued. */
interface Current {
  stem: string;
  at: string;
  /** The last entry that is in it or its segments. */
  head: Revision;
}

export function backupKeeper({
  database,
  clock,
  folder,
  entities,
  run,
  limits = keeperLimits,
  me = thisProcess(folder),
}: {
  database: Database;
  clock: Clock;
  folder: string;
  entities: readonly LoggedEntity[];
  run: RunCommand;
  limits?: KeeperLimits;
  /** The owner that it is. */
  me?: Owner;
}): Keeper {
  const stopping = new AbortController();
  const condition = { isOwner: false, failures: 0 };
  /** What is not yet stored. */
  let news: Partial<BackupState> = {};
  let underWay: Promise<void> = Promise.resolve();

  const pause = (ms: number, signal: AbortSignal): Promise<void> =>
    sleep(ms, undefined, { signal, ref: false }).catch(() => {});

  /** @returns the state; null if another process is the owner */
  async function claimed(): Promise<BackupState | null> {
    const told = news;
    const state = await database.write((tx) => claim(tx, me, clock.now(), told));
    if (news === told) news = {};
    condition.isOwner = state !== null;
    return state;
  }

  const note = (changes: Partial<BackupState>): void => {
    news = { ...news, ...changes };
  };

  async function keep(told: Told, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      let wait = limits.claimMs;
      try {
        const state = await claimed();
        if (state) await own(state, told, signal);
      } catch (error) {
        // While the database is away, there is nothing to be backed up.
        if (!signal.aborted && !isUnavailable(error)) {
          fail(told, error, 'backup');
          wait = limits.retryMs;
        }
      }
      await pause(wait, signal);
    }
    if (condition.isOwner) await database.write((tx) => release(tx, me, news));
    condition.isOwner = false;
  }

  function fail(told: Told, error: unknown, what: 'backup' | 'proof'): void {
    condition.failures += 1;
    note({ [`${what}FailedAt`]: clock.now() });
    told.failed(error, what);
  }

  /** Until the signal, or until another process is the owner. */
  async function own(state: BackupState, told: Told, stop: AbortSignal): Promise<void> {
    const lost = new AbortController();
    const signal = AbortSignal.any([stop, lost.signal]);
    const heart = setInterval(() => {
      // While the database is away, nobody else can claim them either.
      claimed().then(
        (still) => void (still ?? lost.abort()),
        () => {},
      );
    }, limits.claimMs);
    heart.unref();
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      let current = (await continued()) ?? (await makeBase(told, signal));
      let isProved = state.proof !== null && state.proofFailedAt === null;
      while (!signal.aborted) {
        const ending = new AbortController();
        const until = AbortSignal.any([signal, ending.signal]);
        const following = followFrom(current, until);
        const next = dayOf(current, isProved, told, until);
        next.catch(() => {});
        try {
          // If it ends by itself, it has failed, or is to stop.
          const first = await Promise.race([next, following.then(() => null)]);
          if (!first) return;
          ({ current, isProved } = first);
        } finally {
          ending.abort();
          await following.catch(() => {});
        }
      }
    } finally {
      clearInterval(heart);
    }
  }

  /** The newest base with its segments, if this database continues it. */
  async function continued(): Promise<Current | null> {
    const { bases, segments } = await backupsIn(folder);
    const base = bases.at(-1);
    if (!base) return null;
    const manifest = await readManifest(base.file).then(
      (read) => read.manifest,
      () => null,
    );
    if (!manifest) return null;
    let head: Revision = manifest.head;
    for (const segment of segments.filter(({ stem }) => stem === base.stem).reverse()) {
      let last: Revision | undefined;
      for await (const entries of readSegments([segment])) last = entries.at(-1) ?? last;
      if (!last) continue;
      head = { seq: last.seq, hash: last.hash };
      break;
    }
    const isOurs = (await hashAt(database.read, head.seq)) === head.hash;
    return isOurs ? { stem: base.stem, at: base.at, head } : null;
  }

  async function followFrom({ stem, head }: Current, signal: AbortSignal): Promise<void> {
    const segments = segmentWriter(folder, stem);
    try {
      await follow({
        database,
        entities,
        from: head,
        write: segments.append,
        signal,
        onHead: ({ seq }) => note({ written: { revision: seq, at: clock.now() } }),
      });
    } finally {
      await segments.close();
    }
  }

  /** A day of a base: proves it at its end, with its segments, and makes the next one. The first is proved at once. */
  async function dayOf(current: Current, isProved: boolean, told: Told, signal: AbortSignal) {
    if (!isProved) await prove(told, signal);
    for (let end = Date.parse(current.at) + DAY_MS; ; end = clock.milliseconds() + limits.retryMs) {
      while (clock.milliseconds() < end) {
        await pause(limits.lookMs, signal);
        signal.throwIfAborted();
      }
      const isProvedNow = await prove(told, signal);
      try {
        return { current: await makeBase(told, signal), isProved: isProvedNow };
      } catch (error) {
        signal.throwIfAborted();
        fail(told, error, 'backup');
      }
    }
  }

  async function makeBase(told: Told, signal: AbortSignal): Promise<Current> {
    const report = await run(['backup', folder, '--prune'], signal);
    const { bases } = await backupsIn(folder);
    const { file, stem, at } = bases.at(-1) as (typeof bases)[0];
    const { head } = (await readManifest(file)).manifest;
    note({ base: { revision: head.seq, at }, backupFailedAt: null });
    told.made(report);
    return { stem, at, head };
  }

  /** Tells a failure only: the next backup may be in order. */
  async function prove(told: Told, signal: AbortSignal): Promise<boolean> {
    try {
      const report = (await run(['prove', folder], signal)) as { revision: number };
      note({ proof: { revision: report.revision, at: clock.now() }, proofFailedAt: null });
      told.proved(report);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      fail(told, error, 'proof');
      return false;
    }
  }

  return {
    start: (told) => {
      underWay = keep(told, stopping.signal).catch((error) => told.failed(error, 'backup'));
    },
    stop: async () => {
      stopping.abort();
      await underWay;
    },
    condition: () => ({ ...condition }),
    state: async () => ({ ...(await readState(database.read)), ...news }),
  };
}
