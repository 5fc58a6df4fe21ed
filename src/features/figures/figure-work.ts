/** Keeps columns, and answers questions from them: on a thread of its own if the database has any. */
import { type Filled, fill, follow, type RankedRule } from '../../columns/following.ts';
import type { Reader, ResidentWork } from '../../database/database.ts';
import type { Computed } from '../../http/answers.ts';
import { Problem } from '../../http/problems.ts';
import { rankingLists } from '../enterprises/rankings.ts';
import { inTimeFor } from '../projects/classes.ts';
import { answerTo, type Question } from './answers.ts';

/** An answer, or a problem, which as an error would not survive the way from a thread. */
export type Answer = Computed | { refusal: Pick<Problem, 'kind' | 'details'> };
export type FigureWork = ResidentWork<Question, Answer>;

const rule: RankedRule = { lists: rankingLists, inTime: inTimeFor };

/** The work with columns of its own. */
export function figureWork(): FigureWork['run'] {
  let filled: Filled | undefined;

  async function current(reader: Reader): Promise<Filled> {
    const known = filled;
    if (known && (await follow(known, reader, rule))) return known;
    // Until it is filled, there is none: a failure must not leave half of one.
    filled = undefined;
    filled = await fill(reader, rule);
    return filled;
  }

  return async function* run(reader, question) {
    const { columns } = await current(reader);
    try {
      yield await answerTo({ reader, columns }, question);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      yield { refusal: { kind: error.kind, details: error.details } };
    }
  };
}
