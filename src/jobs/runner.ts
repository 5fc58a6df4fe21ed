/**
 * Durable jobs: a job is stored before it starts, is owned by one process at a time, and is taken over if
 * that process ends. A `JobKind` defines the work; ownership, queueing and endings are handled here for all
 * kinds.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';
import { limited } from '../core/limited.ts';
import type { Database, Reader, Transaction } from '../database/database.ts';
import { isOutside } from '../database/errors.ts';
import { refusalIn, refusalOf } from '../log/holding.ts';
import { isGone, ownerOf, type StoredOwner, sharesFiles, stored, successor, thisProcess } from './owners.ts';

/** The stored fields of a job of any kind. */
export interface Job {
  id: string;
  /** Id of the key that requested it; null if there was none. */
  caller: string | null;
  /** Null once the job has ended. */
  owner: Record<string, unknown> | null;
  /** Last heartbeat of the owner, RFC 3339 in UTC. */
  seenAt: string;
}

/** A job running in this process. */
export interface Run<J extends Job, Progress> {
  job: J;
  progress: Progress;
  /** Aborts when the job must end. */
  signal: AbortSignal;
  /** Identifies the process that works on it. */
  life: string;
  /** Stores changes to the job, as long as this process owns it. @throws KeyRefused */
  note(changes: Partial<J>): Promise<void>;
  /** The job as currently stored. */
  current(): Promise<J>;
  /**
   * Runs a step, and retries it if the database is unavailable and `mayRepeat` confirms that nothing of it
   * was committed.
   */
  retry<T>(step: () => Promise<T>, mayRepeat: () => Promise<boolean>): Promise<T>;
  onError(error: unknown): void;
}

/** Why a job ended early. */
export type Cause = 'cancelled' | 'key_refused' | 'interrupted' | 'failed';

export interface JobKind<J extends Job, Progress, Ending> {
  find(reader: Reader, id: string): Promise<J | undefined>;
  /** Jobs that have not ended, of all owners. */
  unfinished(reader: Reader): Promise<J[]>;
  update(tx: Transaction, id: string, changes: Partial<J>): Promise<void>;
  /** The folder with their files. */
  folder: string;
  /** Whether the files of a job are here. */
  isHere(id: string): boolean;
  startProgress(job: J): Progress;
  /** Does the work; it must not repeat what was committed before. */
  run(run: Run<J, Progress>): Promise<Ending>;
  endingOf(cause: Cause, job: J): Ending;
  /** The final state to store for an ending. */
  recordOf(ending: Ending, job: J): Promise<Partial<J>>;
  /** Deletes what is no longer needed of a job that has ended. */
  tidy(job: J): Promise<void>;
}

export interface JobLimits {
  /** Maximum number of concurrent jobs. */
  running: number;
  /** An owner without a heartbeat for this long is considered dead, unless more is known about it. */
  silentMs: number;
  /** Number of crashes that a job may survive; after more, the job itself is suspected. */
  crashes: number;
}

export interface JobRunner<J extends Job, Progress> {
  /** This process as the owner of a job. */
  readonly owner: StoredOwner;
  /** Starts or resumes a job whose files are here. */
  start(job: J): void;
  /** The progress of a job running here. */
  progress(id: string): Progress | undefined;
  /** Resolves when a job running here has ended. */
  ended(id: string): Promise<void>;
  isRunning(id: string): boolean;
  /** Number of jobs here, including waiting ones. */
  readonly count: number;
  /** Number of them that a key requested. */
  countOf(keyId: string): number;
  /** Whether new jobs are refused because the process is about to end. */
  readonly isStopped: boolean;
  /** Cancels a job running here. @returns false if it does not run here */
  cancel(id: string): boolean;
  /** Ends the jobs here that were requested by a key about to be revoked. */
  refuseKey(keyId: string): void;
  /** Resumes jobs that no living process works on. */
  takeOver(): Promise<void>;
  /** Releases the running jobs for the next process. */
  stop(): Promise<void>;
}

/** Interval between two heartbeats of an owner. */
const HEARTBEAT_MS = 30_000;
/** Interval between two checks of the key that requested a job. */
const KEY_CHECK_MS = 1_000;
const RETRY_MS = 500;
/** Maximum number of attempts for a step, with growing pauses between them. */
const ATTEMPTS = 5;
const PAUSE_MS = 1_000;

/** The key that requested the job has been revoked or has expired, so the work must end. */
export class KeyRefused extends Error {}
class Stopped extends Error {}
class Cancelled extends Error {}
/** Another process has taken over the job. */
class Lost extends Error {}

interface Running<Progress> {
  caller: string | null;
  progress: Progress;
  controller: AbortController;
  end: Promise<void>;
}

async function retried<T>(
  signal: AbortSignal,
  step: () => Promise<T>,
  mayRepeat: () => Promise<boolean>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (!isOutside(error) || attempt === ATTEMPTS) throw error;
      signal.throwIfAborted();
      if (!(await mayRepeat())) throw error;
      await sleep(attempt * PAUSE_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

export function jobRunner<J extends Job, Progress, Ending>(
  { database, clock }: { database: Database; clock: Clock },
  kind: JobKind<J, Progress, Ending>,
  onError: (error: unknown) => void,
  limits: JobLimits,
): JobRunner<J, Progress> {
  const me = thisProcess(kind.folder);
  const inTurn = limited(limits.running);
  const running = new Map<string, Running<Progress>>();
  let isStopped = false;

  const senderOf = ({ caller }: J) => (caller === null ? {} : { id: caller });

  /** Waits until the database is available again, or the process is stopped. */
  async function patiently<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isOutside(error) || isStopped) throw error;
        await sleep(RETRY_MS);
      }
    }
  }

  /** Runs `work` in a transaction, if this process still owns the job. */
  const asOwner = (id: string, work: (tx: Transaction) => Promise<void>): Promise<void> =>
    patiently(() =>
      database.write(async (tx) => {
        const job = await kind.find(tx, id);
        if (!job || ownerOf(job)?.life !== me.life) throw new Lost();
        await work(tx);
      }),
    );

  const note = (id: string, changes: Partial<J>): Promise<void> =>
    asOwner(id, (tx) => kind.update(tx, id, { seenAt: clock.now(), ...changes }));

  async function current(id: string): Promise<J> {
    const job = await kind.find(database.read, id);
    if (!job) throw new Lost();
    return job;
  }

  async function run(job: J, progress: Progress, signal: AbortSignal): Promise<void> {
    const { id } = job;
    const expectKey = async () => {
      if (await refusalOf(database.read, senderOf(job), clock.now())) throw new KeyRefused();
    };
    const heartbeat = setInterval(() => void note(id, {}).catch(() => {}), HEARTBEAT_MS);
    const keyCheck = setInterval(
      () => void expectKey().catch((error) => error instanceof KeyRefused && refuse(id)),
      KEY_CHECK_MS,
    );
    try {
      const ending = await inTurn(async () => {
        await expectKey();
        return kind.run({
          job,
          progress,
          signal,
          life: me.life,
          note: (changes) =>
            asOwner(id, async (tx) => {
              if (await refusalIn(tx, senderOf(job), clock.now())) throw new KeyRefused();
              await kind.update(tx, id, { seenAt: clock.now(), ...changes });
            }),
          current: () => current(id),
          retry: (step, mayRepeat) => retried(signal, step, mayRepeat),
          onError,
        });
      }, signal);
      await finish(id, ending);
    } catch (error) {
      await giveUp(id, signal.aborted ? signal.reason : error);
    } finally {
      clearInterval(heartbeat);
      clearInterval(keyCheck);
    }
  }

  const refuse = (id: string): void => running.get(id)?.controller.abort(new KeyRefused());

  async function giveUp(id: string, reason: unknown): Promise<void> {
    if (reason instanceof Lost) return;
    // Releases the job, so that the next process need not wait for the heartbeat to time out.
    if (reason instanceof Stopped)
      return note(id, { owner: stored({ ...me, pid: null }) } as unknown as Partial<J>);
    if (reason instanceof Cancelled) return endAs('cancelled', id);
    if (reason instanceof KeyRefused) return endAs('key_refused', id);
    onError(reason);
    return endAs(isOutside(reason) ? 'interrupted' : 'failed', id);
  }

  const endAs = async (cause: Cause, id: string): Promise<void> =>
    finish(id, kind.endingOf(cause, await patiently(() => current(id))));

  async function finish(id: string, ending: Ending): Promise<void> {
    const job = await patiently(() => current(id));
    const ended = { ...(await kind.recordOf(ending, job)), owner: null };
    await note(id, ended);
    await kind.tidy({ ...job, ...ended });
  }

  function start(job: J): void {
    const controller = new AbortController();
    if (isStopped) controller.abort(new Stopped());
    const progress = kind.startProgress(job);
    const end = run(job, progress, controller.signal)
      .catch((error) => error instanceof Lost || onError(error))
      .then(() => void running.delete(job.id));
    running.set(job.id, { caller: job.caller, progress, controller, end });
  }

  const isSilent = ({ seenAt }: J): boolean => Date.parse(seenAt) < clock.milliseconds() - limits.silentMs;

  /**
   * How to proceed with a job: resume it, or mark it as failed; null if another process may have it, or its
   * files.
   */
  function claimOn(job: J): 'mine' | 'failed' | null {
    if (running.has(job.id)) return null;
    const last = ownerOf(job);
    if (!isGone(last, me, isSilent(job))) return null;
    if (successor(last, me).crashes > limits.crashes) return 'failed';
    if (kind.isHere(job.id)) return 'mine';
    return sharesFiles(last, me) || isSilent(job) ? 'failed' : null;
  }

  async function takeOver(): Promise<void> {
    const isLeft = (job: J) => !isStopped && claimOn(job) !== null;
    if (!(await kind.unfinished(database.read)).some(isLeft)) return;
    const claimed = await database.write(async (tx) => {
      const jobs = (await kind.unfinished(tx)).filter(isLeft);
      for (const job of jobs) {
        const changes = { owner: stored(successor(ownerOf(job), me)), seenAt: clock.now() };
        await kind.update(tx, job.id, changes as unknown as Partial<J>);
      }
      return jobs.map((job) => ({ job, claim: claimOn(job) }));
    });
    for (const { job, claim } of claimed) {
      if (claim === 'mine') start(job);
      else await finish(job.id, kind.endingOf('interrupted', job));
    }
  }

  return {
    owner: stored(me),
    start,
    progress: (id) => running.get(id)?.progress,
    ended: async (id) => running.get(id)?.end,
    isRunning: (id) => running.has(id),
    get count() {
      return running.size;
    },
    countOf: (keyId) => [...running.values()].filter(({ caller }) => caller === keyId).length,
    get isStopped() {
      return isStopped;
    },
    cancel: (id) => {
      const one = running.get(id);
      one?.controller.abort(new Cancelled());
      return one !== undefined;
    },
    refuseKey: (keyId) => {
      for (const [id, { caller }] of running) if (caller === keyId) refuse(id);
    },
    takeOver,
    stop: async () => {
      isStopped = true;
      const all = [...running.values()];
      for (const { controller } of all) controller.abort(new Stopped());
      await Promise.all(all.map(({ end }) => end));
    },
  };
}
