/** Pages of projects in a common order and format, for the list itself and for other features. */

import { sql } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';
import type { Columns, DayName } from '../../columns/columns.ts';
import { NEVER, packedDay } from '../../columns/packed-days.ts';
import type { Question } from '../../columns/questions.ts';
import type { ColumnStore } from '../../columns/store.ts';
import type { Database, Reader, Revision } from '../../database/database.ts';
import { only } from '../../database/only.ts';
import { firstOf, type RowKey } from '../../http/ordered.ts';
import { type PageQuery, type PageRequest, pageFields, pageRequest } from '../../http/pages.ts';
import { DEFAULT_SORT } from './batches.ts';
import { inPopulation } from './conditions.ts';
import { type Condition, type ProjectFilter, type Selection, select } from './filter.ts';
import * as repository from './repository.ts';

export type { ProjectRow } from './repository.ts';

/** Pagination parameters of all project lists. */
export const projectPageFields = pageFields(repository.projectSortKeys, DEFAULT_SORT);

/** @throws Problem 422 for a cursor of another list or order */
export const projectPageRequest = (query: PageQuery): PageRequest<repository.ProjectRow> =>
  pageRequest(query, repository.projectSortKeys, DEFAULT_SORT, repository.projectTieBreaker);

/**
 * Whether a page only needs an index scan, whose cost does not depend on the number of projects: without
 * filter, sorted by one key; for a day before the last signing only if sorted by signing day.
 */
export function isWalk(
  selection: Condition,
  archived: boolean,
  { shape }: PageRequest<repository.ProjectRow>,
  isLatestDay: boolean,
): boolean {
  const [first = '', ...ties] = shape.split(',');
  return (
    !archived &&
    selection.shape === '' &&
    ties.length === 1 &&
    (isLatestDay || first.replace('-', '') === 'signedOn')
  );
}

/** The projects of a page, and one more if there is a next page. */
export const projectsOfPage = repository.listProjects;

/** Projects by their ids, in the same order. */
export const projectsByIds = repository.findByIds;

/** A selection of projects by their ids, which may be very many. */
const byIds = (ids: readonly string[], asOf: string): Condition => ({
  shape: 'ids',
  values: { ids: JSON.stringify(ids), asOf },
  where: (reader, population = inPopulation(reader, true)) =>
    sql`(${population} and ${reader.functions.isListed(reader.tables.projects.id, sql`${sql.placeholder('ids')}`)})`,
});

/** A page of some projects, which may be very many, archived or not. */
export const pageAmong = async (
  reader: Reader,
  ids: readonly string[],
  asOf: string,
  archived: boolean,
  page: PageRequest<repository.ProjectRow>,
): Promise<repository.ProjectRow[]> =>
  projectsOfPage(await only(reader, 'projects', ids), byIds(ids, asOf), archived, page);

/** What a filter selects at a revision. */
interface Found {
  revision: Revision;
  total: number;
  /** If they are few: to look for them costs less than to look through the list. */
  ids?: string[];
  /** Those of the page and one more, in order, if columns can sort by its keys. */
  page?: string[];
}

type Page = Pick<PageRequest<repository.ProjectRow>, 'shape' | 'limit' | 'after'>;

interface Sought {
  filter: ProjectFilter;
  asOf: string;
  archived: boolean;
  page: Page;
}

const FEW = 1_000;
/** A page of more projects is read on a queued thread. */
const SHORT = 100;
const isShort = ({ limit }: Page): boolean => limit <= SHORT;

const found: Question<Sought, Found> = {
  name: 'projects.found',
  answer: async (state, { filter, asOf, archived, page }) => {
    const { columns, revision } = state;
    const mask = await select(filter, asOf).mask(state, archived);
    let total = 0;
    for (let row = 0; row < mask.length; row++) total += mask[row] as number;
    // Of the past, SQL would have to sort without an index.
    if (total > FEW && !columns.isPast) return { revision, total };
    const rows = new Int32Array(total);
    let count = 0;
    for (let row = mask.indexOf(1); row >= 0; row = mask.indexOf(1, row + 1)) rows[count++] = row;
    if (page.shape.includes('updatedAt')) await state.named();
    const order = isShort(page) || columns.isPast ? orderIn(columns, rows, page) : undefined;
    if (order) {
      const ids = firstOf(total, page.limit + 1, order).map((i) => columns.ids.textOf(rows[i] as number));
      return { revision, total, page: ids };
    }
    if (total > FEW) return { revision, total };
    return { revision, total, ids: Array.from(rows, (row) => columns.ids.textOf(row)) };
  },
};

/** What columns can sort by, as numbers in the order of `projectSortKeys`. */
interface Sortable {
  of(columns: Columns): (row: number) => number;
  /** A value of a cursor. */
  from(value: string | number): number;
}

const ofDay = (name: DayName): Sortable => ({
  of: ({ days }) => {
    const column = days[name];
    return (row) => (column[row] === NEVER ? -1 : (column[row] as number));
  },
  from: (day) => (day === '' ? -1 : packedDay(String(day))),
});

const sortable: Readonly<Record<string, Sortable>> = {
  signedOn: ofDay('signedOn'),
  startedOn: ofDay('startedOn'),
  productionOn: ofDay('productionOn'),
  investmentYuan: { of: (columns) => (row) => columns.investmentYuan[row] as number, from: Number },
  updatedAt: {
    of: (columns) => (row) => columns.updatedAt[row] as number,
    from: (at) => Date.parse(String(at)),
  },
};

/** The order of some rows, by their places; undefined if columns cannot sort by one of its keys. */
function orderIn(columns: Columns, rows: Int32Array, { shape, after }: Page) {
  const order: { key: RowKey; descending: boolean }[] = [];
  const values: (string | number)[] | null = after && [];
  const { ids } = columns;
  for (const [i, part] of shape.split(',').entries()) {
    const name = part.replace('-', '');
    const known = sortable[name];
    if (!known && name !== 'id') return undefined;
    const value = known?.of(columns);
    const key: RowKey = value
      ? { type: 'number', of: (place) => value(rows[place] as number) }
      : {
          type: 'string',
          of: (place) => ids.textOf(rows[place] as number),
          compare: (a, b) => ids.compare(rows[a] as number, rows[b] as number),
        };
    order.push({ key, descending: part !== name });
    const given = after?.[i];
    if (given !== undefined) values?.push(known ? known.from(given) : given);
  }
  return { order, after: values };
}

/** All that the feature asks of columns. */
export const projectQuestions = [found];

const keyOf = ({ shape, values }: Condition, archived: boolean): string =>
  `${archived} ${shape} ${JSON.stringify(values)}`;

/** What a list selects, remembered until the next write, because every page needs it. */
export function listFinder(
  database: Pick<Database, 'revision'>,
  columns: Pick<ColumnStore, 'askIfFilled'> | undefined,
) {
  const known = new LRUCache<string, Found>({ max: 1_000 });
  return {
    /** @returns undefined if it is neither known nor in columns */
    find: async (
      filter: ProjectFilter,
      selection: Selection,
      asOf: string,
      archived: boolean,
      { shape, limit, after }: Page,
    ) => {
      const page = { shape, limit, after };
      const key = `${keyOf(selection, archived)}${isShort(page) ? ` ${JSON.stringify(page)}` : ''}`;
      const before = known.get(key);
      if (before && before.revision.hash === (await database.revision()).hash) return before;
      if (!columns || !selection.isInColumns) return undefined;
      const now = await columns.askIfFilled(found, { filter, asOf, archived, page });
      if (now) known.set(key, now);
      return now;
    },
    /** The number that it selects, in a snapshot. */
    count: async (reader: Reader, revision: Revision, selection: Condition, archived: boolean) => {
      const key = keyOf(selection, archived);
      const before = known.get(key);
      if (before?.revision.hash === revision.hash) return before.total;
      const total = await repository.countProjects(reader, selection, archived);
      known.set(key, { revision, total });
      return total;
    },
  };
}
