/** The life of imports in this process: each is read, checked or written, and ends with what became of it. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { extname } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Database, LoadWork, StreamWork } from '../database/database.ts';
import { isUnavailable } from '../database/errors.ts';
import type { MessageValue, ProblemKind } from '../http/messages.ts';
import { Problem } from '../http/problems.ts';
import type { Mapping } from '../transfer/reading/mapping.ts';
import { readFile } from '../transfer/reading/read-file.ts';
import type { FileHead, ReadResult } from '../transfer/reading/rows.ts';
import type { ImportEntity } from '../transfer/reading/tables.ts';
import { type ImportPart, type ImportRun, load, run } from './import-job.ts';
import type { Outcome } from './outcome.ts';
import * as repository from './repository.ts';
import type { ImportQuery, phases } from './schema.ts';
import type { Uploads } from './uploads.ts';

/** What was asked for, as it is kept. */
export interface ImportRequest extends Omit<ImportQuery, 'mapping' | 'lang' | 'entity' | 'filename'> {
  entity: ImportEntity;
  mapping: Mapping | null;
  name: string | null;
  bytes: number;
  /** Of whoever asked; null for all. */
  regions: readonly string[] | null;
}

/** How far an import is that runs in this process. */
export interface Progress {
  phase: (typeof phases)[number];
  bytesRead: number;
  rowsRead: number;
  rowsRefused: number;
  rowsDone: number;
}

/** Why an import came to nothing. */
export interface StoredProblem {
  kind: ProblemKind;
  values?: Readonly<Record<string, MessageValue>>;
}

type Ending = Pick<repository.ImportRecord, 'status'> &
  Partial<Pick<repository.ImportRecord, 'problem' | 'outcome' | 'file'>>;

export interface Runner {
  /** This process, as the owner of an import. */
  readonly owner: Record<string, unknown>;
  /** Begins, or goes on with, an import whose file lies here. */
  start(record: repository.ImportRecord): void;
  /** How far one is that runs here. */
  progress(id: string): Progress | undefined;
  /** Resolves when one that runs here has ended. */
  ended(id: string): Promise<void>;
  /** Whether there is room for another. */
  readonly isFull: boolean;
  /** Ends one that runs here. @returns false where it does not */
  cancel(id: string): boolean;
  /** Goes on with what no living process works on. */
  takeOver(): Promise<void>;
  /** Leaves what runs to whoever starts next. */
  stop(): Promise<void>;
}

/** What is committed as a whole. A larger file comes in slices, each of them whole. */
export const AT_ONCE = 100_000;
export const SLICE = 50_000;
const RUNNING_MAX = 2;
export const WAITING_MAX = 20;
/** An owner that has not been seen for so long is taken for dead, where nothing else can be told of it. */
const SILENT_MS = 300_000;
const SEEN_EVERY_MS = 30_000;
const REPORT_DAYS = 7;
const DAY_MS = 86_400_000;

interface Owner {
  host: string;
  pid: number;
  life: string;
}

// The neighbour has this file's ending: .ts from source, .js once built.
const module = new URL(`./import-job${extname(import.meta.filename)}`, import.meta.url);
const job: StreamWork<ImportRun, ImportPart> & LoadWork<ImportRun, ImportPart> = { module, run, load };

class Stopped extends Error {}
class Cancelled extends Error {}

export function importRunner(
  { database, clock }: { database: Database; clock: Clock },
  uploads: Uploads,
  onError: (error: unknown) => void,
): Runner {
  const me: Owner = { host: hostname(), pid: process.pid, life: randomUUID() };
  const running = new Map<string, { progress: Progress; controller: AbortController; end: Promise<void> }>();
  const waiting: (() => void)[] = [];
  let active = 0;
  let isStopped = false;

  /** Runs work when it is its turn: reading takes a process each. */
  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (active >= RUNNING_MAX) await new Promise<void>((begin) => waiting.push(begin));
    active += 1;
    try {
      return await work();
    } finally {
      active -= 1;
      waiting.shift()?.();
    }
  }

  const note = (id: string, changes: Partial<repository.ImportRecord>): Promise<void> =>
    database.write((tx) => repository.updateImport(tx, id, { seenAt: clock.now(), ...changes }));

  async function live(
    record: repository.ImportRecord,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<void> {
    const { id } = record;
    const seen = setInterval(() => void note(id, {}).catch(() => {}), SEEN_EVERY_MS);
    try {
      const ending = await inTurn(() => through(record, progress, signal));
      await finish(id, ending);
    } catch (error) {
      if (error instanceof Stopped) await note(id, { owner: null }).catch(() => {});
      else if (error instanceof Cancelled) await finish(id, { status: 'cancelled' });
      else {
        onError(error);
        const current = await repository.findImport(database.read, id);
        const values = { done: current?.rowsDone ?? 0 };
        const kind = isUnavailable(error) ? 'imports.interrupted' : 'service.error';
        await finish(id, { status: 'failed', problem: { kind, values } });
      }
    } finally {
      clearInterval(seen);
    }
  }

  async function finish(id: string, ending: Ending): Promise<void> {
    await note(id, { ...ending, owner: null, finishedAt: clock.now() });
    await uploads.tidy(id);
  }

  /** From the file to its end. What has been committed before is not done again. */
  async function through(
    record: repository.ImportRecord,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<Ending> {
    const { id } = record;
    const request = record.request as unknown as ImportRequest;
    const expectGoingOn = () => {
      if (signal.aborted) throw signal.reason;
    };
    progress.phase = 'reading';
    let read: ReadResult;
    try {
      read = await readFile(
        {
          file: uploads.file(id),
          rows: uploads.rows(id),
          name: request.name,
          format: request.format ?? null,
          encoding: request.encoding ?? null,
          entity: request.entity,
          unit: request.unit ?? 'yuan',
          empty: request.empty ?? 'keep',
          mapping: request.mapping,
        },
        {
          signal,
          onProgress: ({ rows, bytes, refused }) =>
            Object.assign(progress, { rowsRead: rows, bytesRead: bytes, rowsRefused: refused }),
        },
      );
    } catch (error) {
      expectGoingOn();
      if (error instanceof Problem) return { status: 'refused', problem: stored(error) };
      throw error;
    }
    Object.assign(progress, { rowsRead: read.rows, bytesRead: request.bytes });
    await note(id, { file: { ...read.head } });

    async function* parts(from: number, count: number, writes: boolean) {
      const asked = runOf(record, request, read.head, from, count);
      const work = writes ? database.load(job, asked) : database.stream(job, asked);
      for await (const part of work) {
        expectGoingOn();
        yield part;
      }
    }
    /** @returns null where a row was refused that refuses the others, and nothing was written */
    async function pass(from: number, count: number, writes: boolean): Promise<Outcome> {
      progress.phase = writes ? 'writing' : 'checking';
      let outcome: Outcome | undefined;
      for await (const part of parts(from, count, writes)) {
        if ('done' in part) progress.rowsDone = part.done;
        else outcome = part.outcome;
        // Given up before its end, nothing of it is kept.
        if (outcome && writes && outcome.refused > 0 && !request.partial) break;
      }
      return outcome as Outcome;
    }

    const isCommit = request.mode === 'commit';
    const all = read.rows;
    if (!isCommit || all > AT_ONCE) {
      const outcome = await pass(0, all, false);
      const isRefused = isCommit && outcome.refused > 0 && !request.partial;
      if (!isCommit) return { status: 'done', outcome: { ...outcome } };
      if (isRefused) return faulty(outcome);
    }
    const slice = all > AT_ONCE ? SLICE : AT_ONCE;
    let { rowsDone } = (await repository.findImport(database.read, id)) ?? record;
    do {
      progress.rowsDone = rowsDone;
      const outcome = await pass(rowsDone, Math.min(slice, all - rowsDone), true);
      if (outcome.refused > 0 && !request.partial) {
        if (rowsDone === 0) return faulty(outcome);
        const values = { done: rowsDone };
        return { status: 'failed', problem: { kind: 'imports.changed_meanwhile', values } };
      }
      rowsDone += outcome.rows;
    } while (rowsDone < all);
    return { status: 'done' };
  }

  const faulty = (outcome: Outcome): Ending => ({
    status: 'refused',
    outcome: { ...outcome },
    problem: {
      kind: 'imports.faulty_rows',
      values: { refused: outcome.refused, rows: outcome.rows },
    } satisfies StoredProblem as unknown as Record<string, unknown>,
  });

  const runOf = (
    { id, caller, actor, requestId }: repository.ImportRecord,
    { entity, partial = false, createEnterprises = false, regions }: ImportRequest,
    head: FileHead,
    from: number,
    count: number,
  ): ImportRun => ({
    id,
    entity,
    rows: uploads.rows(id),
    faults: uploads.faults(id, from),
    columns: head.columns,
    from,
    count,
    partial,
    createEnterprises,
    caller: { actor, requestId, regions, ...(caller !== null && { id: caller }) },
    now: clock.now(),
    today: clock.today(),
  });

  function start(record: repository.ImportRecord): void {
    const controller = new AbortController();
    const progress: Progress = {
      phase: 'waiting',
      bytesRead: 0,
      rowsRead: 0,
      rowsRefused: 0,
      rowsDone: record.rowsDone,
    };
    const end = live(record, progress, controller.signal)
      .catch(onError)
      .finally(() => running.delete(record.id));
    running.set(record.id, { progress, controller, end });
  }

  /** Whether a process that began an import cannot go on with it. */
  function isGone({ host, pid, life }: Owner, seenAt: string): boolean {
    if (life === me.life) return false;
    if (host !== me.host) return Date.parse(seenAt) < clock.milliseconds() - SILENT_MS;
    return pid === me.pid || !isAlive(pid);
  }

  return {
    owner: { ...me },
    start,
    progress: (id) => running.get(id)?.progress,
    ended: async (id) => running.get(id)?.end,
    get isFull() {
      return running.size >= RUNNING_MAX + WAITING_MAX;
    },
    cancel: (id) => {
      const one = running.get(id);
      one?.controller.abort(new Cancelled());
      return one !== undefined;
    },

    takeOver: async () => {
      const isLeft = ({ id, owner, seenAt }: repository.ImportRecord) =>
        !isStopped &&
        !running.has(id) &&
        uploads.has(id) &&
        (owner === null || isGone(owner as unknown as Owner, seenAt));
      if ((await repository.unfinished(database.read)).some(isLeft)) {
        const taken = await database.write(async (tx) => {
          const left = (await repository.unfinished(tx)).filter(isLeft);
          for (const { id } of left) {
            await repository.updateImport(tx, id, { owner: { ...me }, seenAt: clock.now() });
          }
          return left;
        });
        for (const record of taken) start(record);
      }
      const oldest = new Date(clock.milliseconds() - REPORT_DAYS * DAY_MS).toISOString();
      if (!(await repository.areFinishedBefore(database.read, oldest))) return;
      const removed = await database.write((tx) => repository.removeFinishedBefore(tx, oldest));
      for (const id of removed) await uploads.remove(id);
    },

    stop: async () => {
      isStopped = true;
      const all = [...running.values()];
      for (const { controller } of all) controller.abort(new Stopped());
      await Promise.all(all.map(({ end }) => end));
    },
  };
}

export { REPORT_DAYS };

const stored = ({ kind, details }: Problem): Record<string, unknown> => ({
  kind,
  ...(details.values && { values: details.values }),
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
