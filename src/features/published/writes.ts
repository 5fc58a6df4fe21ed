/** Writes of published figures, for requests and bulk loads alike. */
import type { Clock } from '../../core/clock.ts';
import type { Transaction } from '../../database/database.ts';
import { type Fault, refuse } from '../../http/problems.ts';
import { diff } from '../../log/diff.ts';
import { type Action, type Caller, record } from '../../log/service.ts';
import type { FigureRow } from './repository.ts';
import * as repository from './repository.ts';
import { complete } from './rows.ts';
import { faultsIn, momentIn } from './rules.ts';
import type { NewPublishedFigure } from './schema.ts';

export function figureWrites(clock: Clock) {
  const log = (
    tx: Transaction,
    caller: Caller,
    action: Action,
    before: FigureRow | null,
    after: FigureRow | null,
  ) =>
    record(tx, caller, {
      entity: 'published_figures',
      entityId: ((after ?? before) as FigureRow).id,
      action,
      at: clock.now(),
      fields: diff(before, after),
    });

  async function insertRow(
    tx: Transaction,
    caller: Caller,
    row: FigureRow,
    found: readonly Fault[],
  ): Promise<void> {
    refuse(await faultsIn(tx, row, null, found, momentIn(clock)));
    await repository.insertFigure(tx, row);
    await log(tx, caller, 'create', null, row);
  }

  return {
    log,
    insertRow,
    /** Inserts a figure in the caller's own transaction. @returns the id */
    insert: async (tx: Transaction, caller: Caller, input: NewPublishedFigure): Promise<string> => {
      const row = complete(input);
      await insertRow(tx, caller, row, []);
      return row.id;
    },
  };
}
