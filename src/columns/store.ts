/**
 * The store of columns: all figures are asked here. Few projects are kept in this process, where an answer takes
 * microseconds; more on a thread, so that no scan holds up other requests.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database/database.ts';
import { isThreadEnd } from '../database/errors.ts';
import { fairTurns, WAITING } from '../database/turns.ts';
import { Problem } from '../http/problems.ts';
import { answering, type ColumnsWork, type Part, type PastOf, type Request } from './answering.ts';
import { type Checked, checkSlice } from './checking.ts';
import type { Derived } from './following.ts';
import type { Question, Questions } from './questions.ts';

/** What the store says of itself. */
export interface Condition {
  state: 'empty' | 'filling' | 'ready' | 'differing';
  /** While it is being filled. */
  percent?: number;
  /** Projects, archived ones too. */
  rows: number;
  bytes: number;
  /** The revision to which it was last filled. */
  seq: number;
  /** How long the last fill took, and the last answer. */
  filledMs: number;
  answeredMs: number;
  answers: number;
  /** Whether the projects are so few that they are kept in this process. */
  near: boolean;
  /** Whether the log ended as the revision says when it was last checked; if not, somebody has changed it. */
  isLogIntact: boolean;
}

export interface ColumnStore {
  /**
   * The answer to a question from the latest state, or from that at an earlier revision.
   * @throws Problem as the question does; 503 if the columns are still being filled after some seconds
   */
  ask<Input, Answer>(question: Question<Input, Answer>, input: Input, seq?: number): Promise<Answer>;
  /** As `ask`; undefined if the columns are not filled yet, for those who can do without. */
  askIfFilled<Input, Answer>(question: Question<Input, Answer>, input: Input): Promise<Answer | undefined>;
  /** Fills the columns in the background, and from then on compares them with the database at idle times. */
  start(told: Told): void;
  /** @returns once nothing in this process reads any more; a thread ends with the database */
  stop(): Promise<void>;
  condition(): Condition;
}

/** Who is told of what happens in the background. */
export interface Told {
  filled(condition: Condition): void;
  differs(differences: readonly string[]): void;
  /** The last entry of the log is not the one that the revision says. */
  logAltered(condition: Condition): void;
  failed(error: unknown): void;
}

export interface StoreLimits {
  /** Up to so many projects are kept in this process: a scan then takes about a millisecond. */
  near: number;
  /** How long an answer waits for the columns to be filled. */
  waitMs: number;
  checkEveryMs: number;
}

export const storeLimits: StoreLimits = { near: 16_384, waitMs: 10_000, checkEveryMs: 1_000 };

export function columnStore({
  database,
  derived,
  questions,
  pastOf,
  work,
  limits,
}: {
  database: Database;
  derived: Derived;
  questions: Questions;
  pastOf: PastOf;
  /** As `answering` makes it, on a thread. */
  work: ColumnsWork;
  limits: StoreLimits;
}): ColumnStore {
  const turn = fairTurns({ atOnce: 1, ofOne: 1, ...WAITING });
  const check = checkSlice(derived);
  const here = answering(derived, questions, pastOf, limits.near);
  const condition: Condition = {
    state: 'empty',
    rows: 0,
    bytes: 0,
    seq: 0,
    filledMs: 0,
    answeredMs: 0,
    answers: 0,
    near: true,
    isLogIntact: true,
  };
  let filling: Promise<void> | undefined;
  let stopping: AbortController | undefined;
  let background = Promise.resolve();

  /** The last part of a run, in the home of the columns. */
  async function run(request: Request, onPart: (part: Part) => void = () => {}): Promise<Part> {
    let last: Part | undefined;
    const each = (part: Part) => {
      last = part;
      onPart(part);
    };
    if (condition.near) {
      await database.snapshot(async (reader) => {
        for await (const part of here(reader, request)) each(part);
      });
      // The past is always on the thread: to enter it takes longer than an answer may hold up others.
      if (last && !('elsewhere' in last)) return last;
    }
    const asked = 'question' in request && condition.near ? { ...request, isAway: true as const } : request;
    for await (const part of database.stream(work, asked)) each(part);
    return last as Part;
  }

  async function fill(): Promise<void> {
    const begun = performance.now();
    condition.percent = 0;
    if (condition.state !== 'differing') condition.state = 'filling';
    const part = await run({ fill: true }, (now) => {
      if ('total' in now) condition.percent = Math.floor((100 * now.done) / Math.max(now.total, 1));
    });
    if ('tooMany' in part) {
      condition.near = false;
      stopping?.signal.throwIfAborted();
      return fill();
    }
    Object.assign(condition, part, { state: 'ready', filledMs: performance.now() - begun });
    delete condition.percent;
  }

  const fillOnce = (): Promise<void> => {
    filling ??= fill().catch((error) => {
      filling = undefined;
      condition.state = 'empty';
      throw error;
    });
    return filling;
  };

  /** @throws Problem 503 */
  async function untilFilled(): Promise<void> {
    if (condition.state === 'ready') return;
    const waiting = new AbortController();
    const late = sleep(limits.waitMs, 'late', { signal: waiting.signal }).catch(() => undefined);
    const first = await Promise.race([fillOnce(), late]).finally(() => waiting.abort());
    if (first === 'late') {
      const values = { percent: condition.percent ?? 0 };
      throw new Problem('service.filling', { values, headers: { 'retry-after': '5' } });
    }
  }

  async function ask<Input, Answer>(
    question: Question<Input, Answer>,
    input: Input,
    seq?: number,
  ): Promise<Answer> {
    let hasDied = false;
    for (;;) {
      await untilFilled();
      const begun = performance.now();
      const part = await turn(() =>
        run({ question: question.name, input, ...(seq !== undefined && { seq }) }),
      ).catch((error: unknown) => {
        // With the thread went its columns; the next one fills others.
        if (!isThreadEnd(error) || hasDied) throw error;
        hasDied = true;
        return { unfilled: true } as const;
      });
      if ('unfilled' in part) {
        if (condition.state === 'ready') forget();
        continue;
      }
      if (seq === undefined) condition.answeredMs = performance.now() - begun;
      condition.answers += 1;
      if ('refusal' in part) throw new Problem(part.refusal.kind, part.refusal.details);
      return (part as { answer: Answer }).answer;
    }
  }

  function forget(): void {
    filling = undefined;
    condition.state = 'empty';
  }

  function noteLog(told: Told, isIntact: boolean): void {
    const wasIntact = condition.isLogIntact;
    condition.isLogIntact = isIntact;
    if (wasIntact && !isIntact) told.logAltered(condition);
  }

  async function mend(told: Told, differences: readonly string[]): Promise<void> {
    condition.state = 'differing';
    told.differs(differences);
    filling = undefined;
    await fillOnce();
    told.filled(condition);
  }

  /** Compares one slice after the other, each at a time when nobody has asked for a while. */
  async function keepChecking(told: Told, signal: AbortSignal): Promise<void> {
    let answers = -1;
    let after: string | null = null;
    // Ends when the signal aborts, which `sleep` throws.
    for (;;) {
      await sleep(limits.checkEveryMs, undefined, { signal, ref: false });
      const isIdle = condition.answers === answers;
      answers = condition.answers;
      if (!isIdle) continue;
      try {
        const checked: Checked = await ask(check, { after });
        after = checked.next;
        answers = condition.answers;
        noteLog(told, checked.isLogIntact ?? condition.isLogIntact);
        if (checked.differences.length > 0) await mend(told, checked.differences);
      } catch (error) {
        if (!signal.aborted) told.failed(error);
      }
    }
  }

  return {
    ask,
    askIfFilled: async (question, input) => (condition.state === 'ready' ? ask(question, input) : undefined),
    condition: () => ({ ...condition }),
    start: (told) => {
      stopping = new AbortController();
      const { signal } = stopping;
      const begin = async () => {
        await fillOnce();
        told.filled(condition);
        await keepChecking(told, signal);
      };
      background = begin().catch((error) => {
        if (!signal.aborted) told.failed(error);
      });
    },
    stop: async () => {
      stopping?.abort();
      if (condition.near) await background;
    },
  };
}
