/** What is asked about published figures, each from one state of the data. */
import { isDeepStrictEqual } from 'node:util';
import type { Question, State } from '../../columns/questions.ts';
import { clockIn } from '../../core/clock.ts';
import { type Fault, notFound } from '../../http/problems.ts';
import { answersTo } from './answers.ts';
import type { FigureRow } from './repository.ts';
import * as repository from './repository.ts';
import { merge } from './rows.ts';
import { faultsIn, type Moment } from './rules.ts';
import type { PublishedFigure, PublishedFigureChanges } from './schema.ts';

interface Asked {
  /** Of the service. */
  timeZone: string;
}

/** The answers to some figures. */
export const compared: Question<Asked & { rows: readonly FigureRow[] }, PublishedFigure[]> = {
  name: 'published.compare',
  answer: (state, { rows, timeZone }) => answersTo(state, rows, clockIn(timeZone)),
};

interface Entered extends Asked {
  /** The faults found so far. */
  found: readonly Fault[];
  moment: Moment;
}

/** The answer to a new figure; null if it has faults. */
export const drafted: Question<Entered & { row: FigureRow }, PublishedFigure | null> = {
  name: 'published.draft',
  answer: async (state, { row, found, moment, timeZone }) => {
    const faults = await faultsIn(state.reader, row, null, found, moment);
    return faults.length > 0 ? null : answerTo(state, row, timeZone);
  },
};

/** A stored figure with its answer. @throws Problem 404 */
export const read: Question<Asked & { id: string }, { row: FigureRow; answer: PublishedFigure }> = {
  name: 'published.read',
  answer: async (state, { id, timeZone }) => {
    const row = await existing(state, id);
    return { row, answer: await answerTo(state, row, timeZone) };
  },
};

interface Changed {
  row: FigureRow;
  answer: PublishedFigure;
  faults: Fault[];
  /** The answer after the changes, if they have no faults. */
  changed: PublishedFigure | null;
}

/** A stored figure and what some changes would make of it. @throws Problem 404 */
export const changed: Question<Entered & { id: string; changes: PublishedFigureChanges }, Changed> = {
  name: 'published.change',
  answer: async (state, { id, changes, found, moment, timeZone }) => {
    const row = await existing(state, id);
    const answer = await answerTo(state, row, timeZone);
    const after = merge(row, changes);
    const faults = await faultsIn(state.reader, after, row, found, moment);
    if (faults.length > 0) return { row, answer, faults, changed: null };
    const isSame = isDeepStrictEqual(row, after);
    return { row, answer, faults, changed: isSame ? answer : await answerTo(state, after, timeZone) };
  },
};

async function existing({ reader }: State, id: string): Promise<FigureRow> {
  const row = await repository.findFigure(reader, id);
  if (!row) throw notFound('published_figures', id);
  return row;
}

async function answerTo(state: State, row: FigureRow, timeZone: string): Promise<PublishedFigure> {
  const [item] = await answersTo(state, [row], clockIn(timeZone));
  return item as PublishedFigure;
}
