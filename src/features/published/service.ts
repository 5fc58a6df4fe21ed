/** Published figures and their reconciliation with computed ones. */
import { isDeepStrictEqual } from 'node:util';
import type { ColumnStore } from '../../columns/store.ts';
import type { Calendar } from '../../core/clock.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { revisionIn } from '../../database/revision.ts';
import type { Computed } from '../../http/answers.ts';
import { expectUnchanged } from '../../http/conditional.ts';
import { pageRequest, toPage } from '../../http/pages.ts';
import { type Fault, notFound, Problem, referenced, refuse } from '../../http/problems.ts';
import { once } from '../../log/once.ts';
import type { Caller } from '../../log/service.ts';
import { summaryOf } from './answers.ts';
import { changed, compared, drafted, read } from './questions.ts';
import * as repository from './repository.ts';
import { type FigureRow, figureSortKeys, figureTieBreaker } from './repository.ts';
import { complete, merge } from './rows.ts';
import { faultsIn, momentIn } from './rules.ts';
import type { ListQuery, NewPublishedFigure, PublishedFigure, PublishedFigureChanges } from './schema.ts';
import { figureWrites } from './writes.ts';

export interface PublishedService {
  list(query: ListQuery): Promise<Computed>;
  /** @throws Problem 404 */
  read(id: string): Promise<PublishedFigure>;
  /**
   * All figures, or those of an event. Each is compared with a state at least as new as the revision.
   * @throws Problem 422 if there are too many, or too many summaries
   */
  reconciliation(event: string | undefined): Promise<Computed>;
  create(caller: Caller, input: NewPublishedFigure, found?: readonly Fault[]): Promise<PublishedFigure>;
  /** @param ifMatch the ETag of the state that the client read */
  change(
    caller: Caller,
    id: string,
    ifMatch: string,
    input: PublishedFigureChanges,
    found?: readonly Fault[],
  ): Promise<PublishedFigure>;
  remove(caller: Caller, id: string, ifMatch: string): Promise<void>;
}

/** All that the feature asks of columns. */
export const publishedQuestions = [compared, drafted, read, changed];

/** Maximum number of figures in a reconciliation. */
const MAX_RECONCILED = 1_000;
/** Maximum number of summaries computed for it; the cost of each grows with the data. */
const MAX_SUMMARIES = 50;

/** Maximum number of attempts at a change after conflicts. */
const ATTEMPTS = 5;

export function publishedService(
  { database, clock }: { database: Database; clock: Calendar },
  columns: Pick<ColumnStore, 'ask'>,
): PublishedService {
  const { timeZone } = clock;
  const entered = (found: readonly Fault[]) => ({ found, moment: momentIn(clock), timeZone });

  const { insertRow, log } = figureWrites(clock);

  /**
   * Reads and computes a figure before writing it, because computing takes too long for a transaction. The
   * write then checks that the row has not changed since; if it has, everything is repeated.
   */
  async function guarded<Prepared extends { row: FigureRow; answer: PublishedFigure }>(
    ifMatch: string,
    prepare: () => Promise<Prepared>,
    write: (tx: Transaction, prepared: Prepared) => Promise<void>,
  ): Promise<Prepared> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const prepared = await prepare();
      expectUnchanged(ifMatch, prepared.answer);
      const written = await database.write(async (tx) => {
        const row = await repository.findFigure(tx, prepared.row.id);
        if (!row) throw notFound('published_figures', prepared.row.id);
        if (!isDeepStrictEqual(row, prepared.row)) return false;
        await write(tx, prepared);
        return true;
      });
      if (written) return prepared;
    }
    throw new Problem('request.conflict');
  }

  /** Asks for one summary at a time, so that other questions get their turn in between. */
  async function answersTo(rows: readonly FigureRow[]): Promise<Map<string, PublishedFigure>> {
    const answers = new Map<string, PublishedFigure>();
    for (const some of Map.groupBy(rows, summaryOf).values()) {
      for (const answer of await columns.ask(compared, { rows: some, timeZone }))
        answers.set(answer.id, answer);
    }
    return answers;
  }

  return {
    list: async (query) => {
      const { event, measure, partOf } = query;
      const filter = { ...(event && { event }), ...(measure && { measure }), ...(partOf && { partOf }) };
      const request = pageRequest(query, figureSortKeys, 'id', figureTieBreaker);
      const { revision, rows, total } = await database.snapshot(async (reader) => ({
        revision: await revisionIn(reader),
        rows: await repository.listFigures(reader, filter, request),
        total: await repository.countFigures(reader, filter),
      }));
      const answers = await answersTo(rows.slice(0, request.limit));
      return { revision, body: toPage(request, rows, total, revision.seq, ({ id }) => answers.get(id)) };
    },

    read: async (id) => (await columns.ask(read, { id, timeZone })).answer,

    reconciliation: async (event) => {
      const filter = event === undefined ? {} : { event };
      const { revision, rows } = await database.snapshot(async (reader) => {
        const total = await repository.countFigures(reader, filter);
        if (total > MAX_RECONCILED) {
          const values = { count: total, max: MAX_RECONCILED };
          throw new Problem('published_figures.too_many', { values });
        }
        const all = { limit: MAX_RECONCILED, sort: '-asOf' };
        const request = pageRequest(all, figureSortKeys, 'id', figureTieBreaker);
        return {
          revision: await revisionIn(reader),
          rows: await repository.listFigures(reader, filter, request),
        };
      });
      const summaries = new Set(rows.map(summaryOf)).size;
      if (summaries > MAX_SUMMARIES) {
        const values = { count: summaries, max: MAX_SUMMARIES };
        throw new Problem('published_figures.too_many_summaries', { values });
      }
      const answers = await answersTo(rows);
      const items = rows.map(({ id }) => answers.get(id) as PublishedFigure);
      const agreeing = items.filter(({ agrees }) => agrees).length;
      const rank = ({ agrees, warnings }: PublishedFigure) => (agrees ? (warnings.length > 0 ? 1 : 2) : 0);
      const body = {
        revision: revision.seq,
        total: items.length,
        agreeing,
        disagreeing: items.length - agreeing,
        agreeingWhenPrinted: items.filter(({ whenPrinted }) => whenPrinted?.agrees).length,
        warned: items.filter(({ warnings }) => warnings.length > 0).length,
        items: items.toSorted((a, b) => rank(a) - rank(b)),
      };
      return { revision, body };
    },

    create: async (caller, input, found = []) => {
      const row = complete(input);
      const answer = await columns.ask(drafted, { row, ...entered(found) });
      return once({ database, clock }, caller, async (tx) => {
        await insertRow(tx, caller, row, found);
        // The reference that made it invalid has been created meanwhile.
        if (!answer) throw new Problem('request.conflict');
        return answer;
      });
    },

    change: async (caller, id, ifMatch, input, found = []) => {
      const prepared = await guarded(
        ifMatch,
        () => columns.ask(changed, { id, changes: input, ...entered(found) }),
        async (tx, { row, faults }) => {
          refuse(faults);
          const after = merge(row, input);
          refuse(await faultsIn(tx, after, row, found, momentIn(clock)));
          if (isDeepStrictEqual(row, after)) return;
          await repository.updateFigure(tx, after);
          await log(tx, caller, 'change', row, after);
        },
      );
      return prepared.changed as PublishedFigure;
    },

    remove: async (caller, id, ifMatch) => {
      await guarded(
        ifMatch,
        () => columns.ask(read, { id, timeZone }),
        async (tx, { row }) => {
          const parts = await repository.countFigures(tx, { partOf: id });
          if (parts > 0) throw referenced('published_figures', id, parts, 'published_figures');
          await repository.deleteFigure(tx, id);
          await log(tx, caller, 'delete', row, null);
        },
      );
    },
  };
}
