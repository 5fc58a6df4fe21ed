/**
 * Durable work: a job is on record before it begins, belongs to one process at a time, and is taken over where that
 * process ends. What it does is its kind's; whose it is, when its turn comes, how it ends, is said here once for all.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';
import { limited } from '../core/limited.ts';
import type { Database, Reader, Transaction } from '../database/database.ts';
import { isUnavailable } from '../database/errors.ts';
import { refusalIn, refusalOf } from '../log/holding.ts';
import { isGone, type Owner, sharesFiles, successor, thisProcess } from './owners.ts';

/** What is on record of a job, whatever its kind. */
export interface Job {
  id: string;
  /** Id of the key that asked for it; null where none did. */
  caller: string | null;
  /** Null once it has ended. */
  owner: Record<string, unknown> | null;
  /** When the owner was last heard of, RFC 3339 in UTC. */
  seenAt: string;
}

/** A job that runs in this process. */
export interface Run<J extends Job, Progress> {
  job: J;
  progress: Progress;
  /** Aborts when the job is to end. */
  signal: AbortSignal;
  /** Of the process that works on it. */
  life: string;
  /** Notes what was found out, as long as the job is this process's. @throws KeyRefused */
  note(changes: Partial<J>): Promise<void>;
  /** As it is on record now. */
  current(): Promise<J>;
  onError(error: unknown): void;
}

/** Why a job ends that did not come to its own end. */
export type Cause = 'cancelled' | 'key_refused' | 'interrupted' | 'failed';

export interface JobKind<J extends Job, Progress, Ending> {
  find(reader: Reader, id: string): Promise<J | undefined>;
  /** Those that have not ended, whoever works on them. */
  unfinished(reader: Reader): Promise<J[]>;
  update(tx: Transaction, id: string, changes: Partial<J>): Promise<void>;
  /** Where their files lie. */
  folder: string;
  /** Whether what a job needs lies here. */
  isHere(id: string): boolean;
  startProgress(job: J): Progress;
  /** Does it. What was committed before must not be done again. */
  run(run: Run<J, Progress>): Promise<Ending>;
  endingOf(cause: Cause, job: J): Ending;
  /** All that is to be noted of a job that ends so. */
  recordOf(ending: Ending, job: J): Promise<Partial<J>>;
  /** Clears away what nobody needs of one that has ended. */
  tidy(job: J): Promise<void>;
}

export interface JobLimits {
  /** Jobs that run side by side. */
  running: number;
  /** An owner that has not been seen for so long is taken for dead, where nothing else can be told of it. */
  silentMs: number;
  /** So many crashes a job outlives. More, and it may be what they come from. */
  crashes: number;
}

export interface JobRunner<J extends Job, Progress> {
  /** This process, as the owner of a job. */
  readonly owner: Owner;
  /** Begins, or goes on with, a job whose files lie here. */
  start(job: J): void;
  /** How far one is that runs here. */
  progress(id: string): Progress | undefined;
  /** Resolves when one that runs here has ended. */
  ended(id: string): Promise<void>;
  isRunning(id: string): boolean;
  /** How many there are, those that wait included. */
  readonly count: number;
  /** How many of them a key has asked for. */
  countOf(keyId: string): number;
  /** Whether it takes no more, since the process is about to end. */
  readonly isStopped: boolean;
  /** Ends one that runs here. @returns false where it does not */
  cancel(id: string): boolean;
  /** Ends those here that a key has asked for, which is about to hold no longer. */
  refuseKey(keyId: string): void;
  /** Goes on with what no living process works on. */
  takeOver(): Promise<void>;
  /** Leaves what runs to whoever starts next. */
  stop(): Promise<void>;
}

/** How often the owner of a job says that it lives. */
const HEARTBEAT_MS = 30_000;
/** How often it is looked whether the key that asked for a job still holds. */
const KEY_CHECK_MS = 1_000;
const RETRY_MS = 500;

/** The key that asked for the job has been revoked, or has expired: nothing more is done in its name. */
export class KeyRefused extends Error {}
class Stopped extends Error {}
class Cancelled extends Error {}
/** Another process has the job by now. */
class Lost extends Error {}

interface Running<Progress> {
  caller: string | null;
  progress: Progress;
  controller: AbortController;
  end: Promise<void>;
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

  const ownerOf = ({ owner }: J) => owner as Owner | null;
  const senderOf = ({ caller }: J) => (caller === null ? {} : { id: caller });

  /** Everything in `work`, as long as the job is this process's. Others may write for longer than anybody would wait for. */
  async function asOwner(id: string, work: (tx: Transaction) => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await database.write(async (tx) => {
          const job = await kind.find(tx, id);
          if (!job || ownerOf(job)?.life !== me.life) throw new Lost();
          await work(tx);
        });
        return;
      } catch (error) {
        if (!isUnavailable(error) || isStopped) throw error;
        await sleep(RETRY_MS);
      }
    }
  }

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
    // Whoever starts next need not wait until this process is taken for dead.
    if (reason instanceof Stopped) return note(id, { owner: { ...me, pid: null } } as unknown as Partial<J>);
    if (reason instanceof Cancelled) return endAs('cancelled', id);
    if (reason instanceof KeyRefused) return endAs('key_refused', id);
    onError(reason);
    return endAs(isUnavailable(reason) ? 'interrupted' : 'failed', id);
  }

  const endAs = async (cause: Cause, id: string): Promise<void> =>
    finish(id, kind.endingOf(cause, await current(id)));

  async function finish(id: string, ending: Ending): Promise<void> {
    const job = await current(id);
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

  /** What is to become of a job: it goes on here, or has failed; null while another may have it, or its files. */
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
        const changes = { owner: successor(ownerOf(job), me), seenAt: clock.now() };
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
    owner: me,
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
