/** Published figures and their reconciliation with computed ones. */
import { isDeepStrictEqual } from 'node:util';
import type { ColumnStore } from '../../columns/store.ts';
import type { Calendar } from '../../core/clock.ts';
import type { Database, Transaction } from '../../database/database.ts';
import type { Computed } from '../../http/answers.ts';
import { expectUnchanged } from '../../http/conditional.ts';
import { type Fault, notFound, Problem, referenced, refuse } from '../../http/problems.ts';
import { once } from '../../log/once.ts';
import type { Caller } from '../../log/service.ts';
import { changed, drafted, listed, read, reconciled } from './questions.ts';
import type { FigureRow } from './repository.ts';
import * as repository from './repository.ts';
import { complete, merge } from './rows.ts';
import { faultsIn } from './rules.ts';
import type { ListQuery, NewPublishedFigure, PublishedFigure, PublishedFigureChanges } from './schema.ts';
import { figureWrites } from './writes.ts';

export interface PublishedService {
  list(query: ListQuery): Promise<Computed>;
  /** @throws Problem 404 */
  read(id: string): Promise<PublishedFigure>;
  /** All figures, or those of an event. @throws Problem 422 if there are too many, or too many summaries */
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
export const publishedQuestions = [listed, reconciled, drafted, read, changed];

/** Maximum number of attempts at a change after conflicts. */
const ATTEMPTS = 5;

export function publishedService(
  { database, clock }: { database: Database; clock: Calendar },
  columns: Pick<ColumnStore, 'ask'>,
): PublishedService {
  const { timeZone } = clock;
  const entered = (found: readonly Fault[]) => ({ found, today: clock.today(), timeZone });

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

  return {
    list: (query) => columns.ask(listed, { query, timeZone }),
    read: async (id) => (await columns.ask(read, { id, timeZone })).answer,
    reconciliation: (event) => columns.ask(reconciled, { event, timeZone }),

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
          refuse(await faultsIn(tx, after, row, found, clock.today()));
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
