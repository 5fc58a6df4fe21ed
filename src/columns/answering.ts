/** Keeps columns, and answers questions from them: in this process while they are few, else on a thread. */
import type { StreamReader, StreamWork } from '../database/database.ts';
import { Problem } from '../http/problems.ts';
import { checkSlice } from './checking.ts';
import { type Derived, type Filled, fill, follow, type Progress } from './following.ts';
import type { Questions } from './questions.ts';

export type Request = { fill: true } | { question: string; input: unknown };

export type Part =
  | Progress
  /** They are filled; how large they are. */
  | { rows: number; bytes: number; seq: number }
  /** There are none, or they are no longer of this database: they must be filled before they answer. */
  | { unfilled: true }
  /** There are more projects than may be kept here. */
  | { tooMany: true }
  | { answer: unknown }
  /** A problem, which as an error would not survive the way from a thread. */
  | { refusal: Pick<Problem, 'kind' | 'details'> };

/** Of a resident work (`StreamWork.resident`), which keeps columns between its runs. */
export type ColumnsWork = StreamWork<Request, Part>;

/** @param most more projects than this are not kept */
export function answering(
  derived: Derived,
  questions: Questions,
  most = Number.POSITIVE_INFINITY,
): (reader: StreamReader, request: Request) => AsyncIterable<Part> {
  const known = new Map([...questions, checkSlice(derived)].map((question) => [question.name, question]));
  let filled: Filled | undefined;

  async function* fillAnew(reader: StreamReader): AsyncGenerator<Part, void> {
    // A failure must leave none rather than half of them.
    filled = undefined;
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

  return async function* run(reader, request) {
    if ('fill' in request) return yield* fillAnew(reader);
    const before = filled;
    // While it follows there are none, so that a failure leaves none.
    filled = undefined;
    if (!before || !(await follow(before, reader, derived, most)) || before.columns.count > most)
      return yield { unfilled: true };
    filled = before;
    const question = known.get(request.question);
    if (!question) throw new Error(`There is no question "${request.question}".`);
    try {
      yield { answer: await question.answer({ reader, ...filled }, request.input) };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const { code, values, faults, headers } = error.details;
      yield {
        refusal: { kind: error.kind, details: { code, values, faults, headers } as Problem['details'] },
      };
    }
  };
}
