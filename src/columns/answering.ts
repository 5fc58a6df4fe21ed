/** Keeps columns, and answers questions from them: in this process while they are few, else on a thread. */
import type { StreamReader, StreamWork } from '../database/database.ts';
import { revisionIn } from '../database/revision.ts';
import { Problem } from '../http/problems.ts';
import { checkSlice } from './checking.ts';
import { type Derived, type Filled, fill, follow, type Progress } from './following.ts';
import { Pasts, type Place } from './past.ts';
import type { Questions, State } from './questions.ts';

export type Request =
  | { fill: true }
  /**
   * @param seq the revision that it is asked of; the present if left out
   * @param isAway whether the columns that answer about the present are elsewhere, so that these may not be filled yet
   */
  | { question: string; input: unknown; seq?: number | undefined; isAway?: true };

/** Reads the data as it was at an earlier revision. @param reader a snapshot, with `shadows` */
export type PastOf = (reader: StreamReader, seq: number) => Promise<StreamReader>;

export type Part =
  | Progress
  /** They are filled; how large they are. */
  | { rows: number; bytes: number; seq: number }
  /** There are none, or they are no longer of this database: they must be filled before they answer. */
  | { unfilled: true }
  /** Only a work that has `shadows` can answer this. */
  | { elsewhere: true }
  /** There are more projects than may be kept here. */
  | { tooMany: true }
  | { answer: unknown }
  /** A problem, which as an error would not survive the way from a thread. */
  | { refusal: Pick<Problem, 'kind' | 'details'> };

/** Of a resident work (`StreamWork.resident`), which keeps columns between its runs. */
export type ColumnsWork = StreamWork<Request, Part>;

/** Only a reader with `shadows` can go to another state. */
class Elsewhere extends Error {}

/** @param most more projects than this are not kept */
export function answering(
  derived: Derived,
  questions: Questions,
  pastOf: PastOf,
  most = Number.POSITIVE_INFINITY,
): (reader: StreamReader, request: Request) => AsyncIterable<Part> {
  const known = new Map([...questions, checkSlice(derived)].map((question) => [question.name, question]));
  let filled: Filled | undefined;
  let pasts = new Pasts();

  async function* fillAnew(reader: StreamReader): AsyncGenerator<Part, void> {
    // A failure must leave none rather than half of them.
    filled = undefined;
    pasts = new Pasts();
    const filling = fill(reader, derived);
    try {
      let step = await filling.next();
      for (; !step.done; step = await filling.next()) {
        if (step.value.total > most) return yield { tooMany: true };
        yield step.value;
      }
      filled = step.value;
    } finally {
      // Abandoned, it must not leave a statement open.
      await filling.return(undefined as never);
    }
    const { columns, revision } = filled;
    yield { rows: columns.count, bytes: columns.bytes, seq: revision.seq };
  }

  async function answer(
    now: Filled,
    reader: StreamReader,
    { question: name, input, seq = now.revision.seq }: Extract<Request, { question: string }>,
  ): Promise<Part> {
    const question = known.get(name);
    if (!question) throw new Error(`There is no question "${name}".`);
    const present = { now, reader, derived };
    // What a question does harms no columns; what fails on the way into a past or out of it does.
    let areWhole = true;

    async function at<T>(other: number, use: (state: State) => Promise<T>): Promise<T> {
      const before = areWhole;
      areWhole = false;
      const settled = async (state: Place) => (await Promise.allSettled([use({ ...state, at })]))[0];
      const result =
        other === now.revision.seq
          ? await pasts.present(present, () => settled({ reader, ...now, named: async () => {} }))
          : await pasts.visit(present, await enter(other), settled);
      areWhole = before;
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    }
    async function enter(other: number) {
      if (!reader.shadows) throw new Elsewhere();
      const past = await pastOf(reader, other);
      return { reader: past, columns: now.columns, revision: await revisionIn(past) };
    }

    try {
      return { answer: await at(seq, (state) => question.answer(state, input)) };
    } catch (error) {
      if (error instanceof Elsewhere) return { elsewhere: true };
      if (!(error instanceof Problem)) throw error;
      const { code, values, faults, headers } = error.details;
      return {
        refusal: { kind: error.kind, details: { code, values, faults, headers } as Problem['details'] },
      };
    } finally {
      if (areWhole) filled = now;
    }
  }

  return async function* run(reader, request) {
    if ('fill' in request) return yield* fillAnew(reader);
    if (!filled && request.isAway) yield* fillAnew(reader);
    const before = filled;
    // While they are brought to the present or the past there are none, so that a failure leaves none.
    filled = undefined;
    if (!before || !(await follow(before, reader, derived, most)) || before.columns.count > most)
      return yield { unfilled: true };
    yield await answer(before, reader, request);
  };
}
