/** Published figures and their reconciliation with computed ones. */
import { isDeepStrictEqual } from 'node:util';
import type { Calendar } from '../../core/clock.ts';
import { parseDecimal } from '../../core/decimals.ts';
import { newId } from '../../core/ids.ts';
import { limited } from '../../core/limited.ts';
import type { Database, Reader, Transaction } from '../../database/database.ts';
import type { Computed } from '../../http/answers.ts';
import { expectUnchanged } from '../../http/conditional.ts';
import { pageRequest, toPage } from '../../http/pages.ts';
import { type Fault, notFound, Problem, referenced, refuse } from '../../http/problems.ts';
import { diff } from '../../log/diff.ts';
import { once } from '../../log/once.ts';
import { type Action, type Caller, record } from '../../log/service.ts';
import { figureAnswers, summariesFor } from './answers.ts';
import * as repository from './repository.ts';
import { type FigureRow, figureSortKeys, figureTieBreaker } from './repository.ts';
import { faultsIn } from './rules.ts';
import type { ListQuery, NewPublishedFigure, PublishedFigure, PublishedFigureChanges } from './schema.ts';

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
  /**
   * As `create`, without a response, in the caller's own transaction, such as a bulk load.
   * @returns the id
   */
  insert(tx: Transaction, caller: Caller, input: NewPublishedFigure): Promise<string>;
}

/** Maximum number of figures in a reconciliation. */
const MAX_RECONCILED = 1_000;
/** Maximum number of summaries computed for it; the cost of each grows with the data. */
const MAX_SUMMARIES = 50;
/** Maximum number of disagreeing figures for which the log is searched. */
const MAX_EXPLAINED = 20;
/** Maximum number of attempts at a change after conflicts. */
const ATTEMPTS = 5;

const precisionOf = (value: string): number => parseDecimal(value).places;

/** A new figure with a value for every field. */
const complete = (input: NewPublishedFigure): FigureRow => ({
  ...input,
  id: newId(),
  event: input.event ?? null,
  filter: input.filter ?? null,
  // Invalid fields are missing; the figure is refused before they are used.
  precision: input.precision ?? precisionOf(input.value ?? '0'),
  comparator: input.comparator ?? 'exact',
  partOf: input.partOf ?? null,
  source: { ...input.source, title: input.source?.title ?? null, url: input.source?.url ?? null },
  note: input.note ?? null,
});

/**
 * Applies a merge patch. A precision that was implied by the value follows the new value, unless it is given.
 */
function merge(before: FigureRow, { source, ...changes }: PublishedFigureChanges): FigureRow {
  const { value } = changes;
  const follows = value !== undefined && before.precision === precisionOf(before.value);
  return {
    ...before,
    ...(follows && { precision: precisionOf(value) }),
    ...changes,
    source: { ...before.source, ...source },
  } as FigureRow;
}

export function publishedService({
  database,
  clock,
}: {
  database: Database;
  clock: Calendar;
}): PublishedService {
  const answers = figureAnswers(clock);
  // Responses with many summaries are queued, so that those of others need not wait for them.
  const many = limited(1);

  const analyzeMany = <T>(work: (reader: Reader) => Promise<T>): Promise<T> =>
    many(() => database.analyze(work));

  async function existing(reader: Reader, id: string): Promise<FigureRow> {
    const row = await repository.findFigure(reader, id);
    if (!row) throw notFound('published_figures', id);
    return row;
  }

  async function answerTo(reader: Reader, row: FigureRow): Promise<PublishedFigure> {
    const { items } = await answers.of(reader, [row], 1);
    return items[0] as PublishedFigure;
  }

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
    refuse(await faultsIn(tx, row, null, found, clock.today()));
    await repository.insertFigure(tx, row);
    await log(tx, caller, 'create', null, row);
  }

  /**
   * Reads and computes a figure before writing it, because computing takes too long for a transaction. The
   * write then checks that the row has not changed since; if it has, everything is repeated.
   */
  async function guarded<T>(
    id: string,
    ifMatch: string,
    prepare: (reader: Reader, row: FigureRow, answer: PublishedFigure) => Promise<T>,
    write: (tx: Transaction, row: FigureRow, prepared: T) => Promise<void>,
  ): Promise<T> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const read = await database.analyze(async (reader) => {
        const row = await existing(reader, id);
        const answer = await answerTo(reader, row);
        expectUnchanged(ifMatch, answer);
        return { row, prepared: await prepare(reader, row, answer) };
      });
      const written = await database.write(async (tx) => {
        if (!isDeepStrictEqual(await existing(tx, id), read.row)) return false;
        await write(tx, read.row, read.prepared);
        return true;
      });
      if (written) return read.prepared;
    }
    throw new Problem('request.conflict');
  }

  return {
    list: (query) =>
      analyzeMany(async (reader) => {
        const { event, measure, partOf } = query;
        const filter = { ...(event && { event }), ...(measure && { measure }), ...(partOf && { partOf }) };
        const request = pageRequest(query, figureSortKeys, 'id', figureTieBreaker);
        const rows = await repository.listFigures(reader, filter, request);
        const total = await repository.countFigures(reader, filter);
        const shown = rows.slice(0, request.limit);
        const { revision, items } = await answers.of(reader, shown, 0);
        const page = toPage(request, rows, total, revision.seq, (row) => items[rows.indexOf(row)]);
        return { revision, body: page };
      }),

    read: (id) => database.analyze(async (reader) => answerTo(reader, await existing(reader, id))),

    reconciliation: (event) =>
      analyzeMany(async (reader) => {
        const filter = event === undefined ? {} : { event };
        const total = await repository.countFigures(reader, filter);
        if (total > MAX_RECONCILED) {
          throw new Problem('published_figures.too_many', { values: { count: total, max: MAX_RECONCILED } });
        }
        const request = pageRequest(
          { limit: MAX_RECONCILED, sort: '-asOf' },
          figureSortKeys,
          'id',
          figureTieBreaker,
        );
        const rows = await repository.listFigures(reader, filter, request);
        const summaries = summariesFor(rows);
        if (summaries > MAX_SUMMARIES) {
          const values = { count: summaries, max: MAX_SUMMARIES };
          throw new Problem('published_figures.too_many_summaries', { values });
        }
        const { revision, items } = await answers.of(reader, rows, MAX_EXPLAINED);
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
      }),

    create: async (caller, input, found = []) => {
      const row = complete(input);
      const answer = await database.analyze(async (reader) => {
        const faults = await faultsIn(reader, row, null, found, clock.today());
        return faults.length > 0 ? null : answerTo(reader, row);
      });
      return once({ database, clock }, caller, async (tx) => {
        await insertRow(tx, caller, row, found);
        // The reference that made it invalid has been created meanwhile.
        if (!answer) throw new Problem('request.conflict');
        return answer;
      });
    },

    insert: async (tx, caller, input) => {
      const row = complete(input);
      await insertRow(tx, caller, row, []);
      return row.id;
    },

    change: (caller, id, ifMatch, input, found = []) => {
      const faults = (reader: Reader, before: FigureRow) =>
        faultsIn(reader, merge(before, input), before, found, clock.today());
      return guarded(
        id,
        ifMatch,
        async (reader, before, answer) => {
          refuse(await faults(reader, before));
          const after = merge(before, input);
          return isDeepStrictEqual(before, after) ? answer : answerTo(reader, after);
        },
        async (tx, before) => {
          refuse(await faults(tx, before));
          const after = merge(before, input);
          if (isDeepStrictEqual(before, after)) return;
          await repository.updateFigure(tx, after);
          await log(tx, caller, 'change', before, after);
        },
      );
    },

    remove: async (caller, id, ifMatch) => {
      await guarded(
        id,
        ifMatch,
        async () => undefined,
        async (tx, row) => {
          const parts = await repository.countFigures(tx, { partOf: id });
          if (parts > 0) throw referenced('published_figures', id, parts, 'published_figures');
          await repository.deleteFigure(tx, id);
          await log(tx, caller, 'delete', row, null);
        },
      );
    },
  };
}
