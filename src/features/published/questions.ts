/** What is asked about published figures, each from one state of the data. */
import { isDeepStrictEqual } from 'node:util';
import type { Question, State } from '../../columns/questions.ts';
import { clockIn } from '../../core/clock.ts';
import type { Computed } from '../../http/answers.ts';
import { pageRequest, toPage } from '../../http/pages.ts';
import { type Fault, notFound, Problem } from '../../http/problems.ts';
import { answersTo, summariesFor } from './answers.ts';
import * as repository from './repository.ts';
import { type FigureRow, figureSortKeys, figureTieBreaker } from './repository.ts';
import { merge } from './rows.ts';
import { faultsIn } from './rules.ts';
import type { ListQuery, PublishedFigure, PublishedFigureChanges } from './schema.ts';

interface Asked {
  /** Of the service. */
  timeZone: string;
}

/** Maximum number of figures in a reconciliation. */
const MAX_RECONCILED = 1_000;
/** Maximum number of summaries computed for it; the cost of each grows with the data. */
const MAX_SUMMARIES = 50;
/** Maximum number of disagreeing figures for which the log is searched. */
const MAX_EXPLAINED = 20;

export const listed: Question<Asked & { query: ListQuery }, Computed> = {
  name: 'published.list',
  answer: async (state, { query, timeZone }) => {
    const { reader, revision } = state;
    const { event, measure, partOf } = query;
    const filter = { ...(event && { event }), ...(measure && { measure }), ...(partOf && { partOf }) };
    const request = pageRequest(query, figureSortKeys, 'id', figureTieBreaker);
    const rows = await repository.listFigures(reader, filter, request);
    const total = await repository.countFigures(reader, filter);
    const shown = rows.slice(0, request.limit);
    const items = await answersTo(state, shown, 0, clockIn(timeZone));
    const body = toPage(request, rows, total, revision.seq, (row) => items[rows.indexOf(row)]);
    return { revision, body };
  },
};

/** All figures, or those of an event. */
export const reconciled: Question<Asked & { event: string | undefined }, Computed> = {
  name: 'published.reconciliation',
  answer: async (state, { event, timeZone }) => {
    const { reader, revision } = state;
    const filter = event === undefined ? {} : { event };
    const total = await repository.countFigures(reader, filter);
    if (total > MAX_RECONCILED) {
      throw new Problem('published_figures.too_many', { values: { count: total, max: MAX_RECONCILED } });
    }
    const all = { limit: MAX_RECONCILED, sort: '-asOf' };
    const request = pageRequest(all, figureSortKeys, 'id', figureTieBreaker);
    const rows = await repository.listFigures(reader, filter, request);
    const summaries = summariesFor(rows);
    if (summaries > MAX_SUMMARIES) {
      const values = { count: summaries, max: MAX_SUMMARIES };
      throw new Problem('published_figures.too_many_summaries', { values });
    }
    const items = await answersTo(state, rows, MAX_EXPLAINED, clockIn(timeZone));
    const agreeing = items.filter(({ agrees }) => agrees).length;
    const rank = ({ agrees, warnings }: PublishedFigure) => (agrees ? (warnings.length > 0 ? 1 : 2) : 0);
    const body = {
      revision: revision.seq,
      total,
      agreeing,
      disagreeing: total - agreeing,
      warned: items.filter(({ warnings }) => warnings.length > 0).length,
      items: items.toSorted((a, b) => rank(a) - rank(b)),
    };
    return { revision, body };
  },
};

interface Entered extends Asked {
  /** The faults found so far, and today. */
  found: readonly Fault[];
  today: string;
}

/** The answer to a new figure; null if it has faults. */
export const drafted: Question<Entered & { row: FigureRow }, PublishedFigure | null> = {
  name: 'published.draft',
  answer: async (state, { row, found, today, timeZone }) => {
    const faults = await faultsIn(state.reader, row, null, found, today);
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
  answer: async (state, { id, changes, found, today, timeZone }) => {
    const row = await existing(state, id);
    const answer = await answerTo(state, row, timeZone);
    const after = merge(row, changes);
    const faults = await faultsIn(state.reader, after, row, found, today);
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
  const [item] = await answersTo(state, [row], 1, clockIn(timeZone));
  return item as PublishedFigure;
}
