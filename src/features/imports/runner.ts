/** The life of imports in this process: each waits for its turn, takes its way, and ends with what became of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { isUnavailable } from '../../database/errors.ts';
import { refusalIn, refusalOf } from '../../log/holding.ts';
import type { ImportWork } from './import-run.ts';
import { type ImportLimits, importLimits } from './limits.ts';
import { onRecord, outcomeOf } from './outcome.ts';
import { heir, isGone, isHere, type Owner, thisProcess } from './owners.ts';
import { type Ending, KeyRefused, type Progress, passage, type StoredProblem } from './passage.ts';
import * as repository from './repository.ts';
import { FAULTS, type Uploads } from './uploads.ts';

export interface Runner {
  /** This process, as the owner of an import. */
  readonly owner: Owner;
  /** Begins, or goes on with, an import whose file lies here. */
  start(record: repository.ImportRecord): void;
  /** How far one is that runs here. */
  progress(id: string): Progress | undefined;
  /** Resolves when one that runs here has ended. */
  ended(id: string): Promise<void>;
  /** How many there are, those that wait included. */
  readonly count: number;
  /** How many of them a key has sent. */
  countOf(keyId: string): number;
  /** Whether it takes no more, since the process is about to end. */
  readonly isStopped: boolean;
  /** Ends one that runs here. @returns false where it does not */
  cancel(id: string): boolean;
  /** Ends those here that a key has sent, which is about to hold no longer. */
  refuseKey(keyId: string): void;
  /** Goes on with what no living process works on, and clears away what nobody needs any more. */
  takeOver(): Promise<void>;
  /** Leaves what runs to whoever starts next. */
  stop(): Promise<void>;
}

const SEEN_EVERY_MS = 30_000;
/** How often it is looked whether the key that sent a file still holds. */
const LOOK_EVERY_MS = 1_000;
const DAY_MS = 86_400_000;
const RETRY_MS = 500;

const senderOf = ({ caller }: repository.ImportRecord) => (caller === null ? {} : { id: caller });

class Stopped extends Error {}
class Cancelled extends Error {}
/** Another process has the import by now. */
class Lost extends Error {}

interface Running {
  /** Id of the key that sent it. */
  caller: string | null;
  progress: Progress;
  controller: AbortController;
  end: Promise<void>;
}

export function importRunner(
  { database, clock }: { database: Database; clock: Clock },
  work: ImportWork,
  uploads: Uploads,
  onError: (error: unknown) => void,
  limits: ImportLimits = importLimits,
): Runner {
  const me = thisProcess(uploads.root);
  const travel = passage({ database, clock }, work, uploads, limits);
  const running = new Map<string, Running>();
  const waiting = new Set<() => void>();
  let active = 0;
  let sweptAt = 0;
  let isStopped = false;

  /** Runs work when it is its turn: reading takes a process each. @throws the signal's reason while it waits */
  async function inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (active < limits.running) active += 1;
    else {
      await new Promise<void>((begin, giveUp) => {
        waiting.add(begin);
        signal.addEventListener('abort', () => waiting.delete(begin) && giveUp(signal.reason), {
          once: true,
        });
      });
    }
    try {
      return await work();
    } finally {
      const [next] = waiting;
      if (next) {
        waiting.delete(next);
        next();
      } else active -= 1;
    }
  }

  /** Everything in `work`, as long as the import is this process's. Others may write for longer than anybody would wait for. */
  async function asOwner(id: string, work: (tx: Transaction) => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await database.write(async (tx) => {
          const record = await repository.findImport(tx, id);
          if ((record?.owner as Owner | null)?.life !== me.life) throw new Lost();
          await work(tx);
        });
        return;
      } catch (error) {
        if (!isUnavailable(error) || isStopped) throw error;
        await sleep(RETRY_MS);
      }
    }
  }

  const note = (id: string, changes: Partial<repository.ImportRecord>): Promise<void> =>
    asOwner(id, (tx) => repository.updateImport(tx, id, { seenAt: clock.now(), ...changes }));

  async function current(id: string): Promise<repository.ImportRecord> {
    const record = await repository.findImport(database.read, id);
    if (!record) throw new Lost();
    return record;
  }

  async function live(
    record: repository.ImportRecord,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<void> {
    const { id } = record;
    const sender = senderOf(record);
    const expectSender = async () => {
      if (await refusalOf(database.read, sender, clock.now())) throw new KeyRefused();
    };
    const seen = setInterval(() => void note(id, {}).catch(() => {}), SEEN_EVERY_MS);
    const looking = setInterval(
      () => void expectSender().catch((error) => error instanceof KeyRefused && refuse(id)),
      LOOK_EVERY_MS,
    );
    const journey = {
      record,
      progress,
      signal,
      life: me.life,
      keep: (found: Partial<repository.ImportRecord>) =>
        asOwner(id, async (tx) => {
          if (await refusalIn(tx, sender, clock.now())) throw new KeyRefused();
          await repository.updateImport(tx, id, { seenAt: clock.now(), ...found });
        }),
      current: () => current(id),
      onError,
    };
    try {
      const ending = await inTurn(signal, async () => {
        await expectSender();
        return travel(journey);
      });
      await finish(id, ending);
    } catch (error) {
      if (signal.aborted) await giveUp(id, signal.reason);
      else if (error instanceof KeyRefused) await giveUp(id, error);
      else if (!(error instanceof Lost)) await fail(id, error);
    } finally {
      clearInterval(seen);
      clearInterval(looking);
    }
  }

  const refuse = (id: string): void => running.get(id)?.controller.abort(new KeyRefused());

  async function giveUp(id: string, reason: unknown): Promise<void> {
    if (reason instanceof Cancelled) await finish(id, { status: 'cancelled' });
    else if (reason instanceof KeyRefused) {
      const values = { done: (await current(id)).rowsDone };
      await finish(id, { status: 'cancelled', problem: { kind: 'imports.key_refused', values } });
    }
    // Whoever starts next need not wait until this process is taken for dead.
    else await note(id, { owner: { ...me, pid: null } });
  }

  async function fail(id: string, error: unknown): Promise<void> {
    onError(error);
    const { rowsDone } = await current(id);
    const kind = isUnavailable(error) ? 'imports.interrupted' : 'service.error';
    await finish(id, {
      status: 'failed',
      problem: { kind, values: { done: rowsDone } } satisfies StoredProblem,
    });
  }

  async function finish(id: string, { outcome, ...ending }: Ending): Promise<void> {
    const ended = { ...ending, ...(outcome && onRecord(outcome)), owner: null, finishedAt: clock.now() };
    const record = { ...(await current(id)), ...ended };
    const report = isSpokenOf(record) ? await uploads.size(id, FAULTS) : 0;
    await note(id, { ...ended, bytes: report + Buffer.byteLength(JSON.stringify(record)) });
    await tidy(record);
  }

  const isSpokenOf = (record: repository.ImportRecord): boolean => outcomeOf(record).faultCount > 0;

  /** Of one that has ended, nothing is kept but the faults that are spoken of. */
  async function tidy(record: repository.ImportRecord): Promise<void> {
    await (isSpokenOf(record) ? uploads.tidy(record.id) : uploads.remove(record.id));
  }

  function start(record: repository.ImportRecord): void {
    const controller = new AbortController();
    if (isStopped) controller.abort(new Stopped());
    const progress: Progress = {
      phase: 'waiting',
      bytesRead: 0,
      rowsRead: 0,
      rowsRefused: 0,
      rowsDone: record.rowsDone,
    };
    const end = live(record, progress, controller.signal)
      .catch((error) => error instanceof Lost || onError(error))
      .then(() => void running.delete(record.id));
    running.set(record.id, { caller: record.caller, progress, controller, end });
  }

  const isSilent = (seenAt: string): boolean => Date.parse(seenAt) < clock.milliseconds() - limits.silentMs;

  /** What is to become of an import that nobody works on: it goes on here, or fails, or its files may be elsewhere. */
  function fateOf({ id, owner, seenAt }: repository.ImportRecord): 'mine' | 'failed' | null {
    if (running.has(id)) return null;
    const last = owner as Owner | null;
    if (!isGone(last, me, isSilent(seenAt))) return null;
    if (heir(last, me).deaths > limits.deaths) return 'failed';
    if (uploads.has(id)) return 'mine';
    return isHere(last, me) || isSilent(seenAt) ? 'failed' : null;
  }

  async function inherit(): Promise<void> {
    const isLeft = (record: repository.ImportRecord) => !isStopped && fateOf(record) !== null;
    if (!(await repository.unfinished(database.read)).some(isLeft)) return;
    const left = await database.write(async (tx) => {
      const records = (await repository.unfinished(tx)).filter(isLeft);
      for (const { id, owner } of records) {
        const mine = heir(owner as Owner | null, me);
        await repository.updateImport(tx, id, { owner: mine, seenAt: clock.now() });
      }
      return records.map((record) => ({ record, fate: fateOf(record) }));
    });
    for (const { record, fate } of left) {
      if (fate === 'mine') start(record);
      else {
        const values = { done: record.rowsDone };
        await finish(record.id, { status: 'failed', problem: { kind: 'imports.interrupted', values } });
      }
    }
  }

  async function removeOld(): Promise<void> {
    const oldest = new Date(clock.milliseconds() - limits.keptDays * DAY_MS).toISOString();
    if (!(await repository.areFinishedBefore(database.read, oldest))) return;
    const removed = await database.write((tx) => repository.removeFinishedBefore(tx, oldest));
    for (const id of removed) await uploads.remove(id);
  }

  /** Clears away what a process left that died, or another removed from the database. */
  async function sweep(): Promise<void> {
    if (sweptAt > clock.milliseconds() - limits.strayMs) return;
    sweptAt = clock.milliseconds();
    const ids = await uploads.before(clock.milliseconds() - limits.strayMs);
    const records = await repository.findImports(
      database.read,
      ids.filter((id) => !running.has(id)),
    );
    const known = new Map(records.map((record) => [record.id, record]));
    for (const id of ids) {
      const record = known.get(id);
      if (record && record.status !== 'running') await tidy(record);
      else if (!record && !running.has(id)) await uploads.remove(id);
    }
  }

  return {
    owner: me,
    start,
    progress: (id) => running.get(id)?.progress,
    ended: async (id) => running.get(id)?.end,
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

    takeOver: async () => {
      await inherit();
      await removeOld();
      await sweep();
    },

    stop: async () => {
      isStopped = true;
      const all = [...running.values()];
      for (const { controller } of all) controller.abort(new Stopped());
      await Promise.all(all.map(({ end }) => end));
    },
  };
}
