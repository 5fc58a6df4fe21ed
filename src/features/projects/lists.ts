/** Pages of projects in a common order and format, for the list itself and for other features. */

import { sql } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';
import type { Columns, DayName } from '../../columns/columns.ts';
import { NEVER } from '../../columns/packed-days.ts';
import type { Question } from '../../columns/questions.ts';
import type { ColumnStore } from '../../columns/store.ts';
import type { Database, Reader, Revision } from '../../database/database.ts';
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
export const byIds = (ids: readonly string[], asOf: string): Condition => ({
  shape: 'ids',
  values: { ids: JSON.stringify(ids), asOf },
  where: (reader, population = inPopulation(reader, true)) =>
    sql`(${population} and ${reader.functions.isListed(reader.tables.projects.id, sql`${sql.placeholder('ids')}`)})`,
});

/** What a filter selects at a revision. */
interface Found {
  revision: Revision;
  total: number;
  /** If they are few: to look for them costs less than to look through the list. */
  ids?: string[];
  /** Those of the first page and one more, in order, if it was asked for and columns can sort by its keys. */
  first?: string[];
}

type FirstPage = Pick<PageRequest<repository.ProjectRow>, 'shape' | 'limit'>;

interface Sought {
  filter: ProjectFilter;
  asOf: string;
  archived: boolean;
  first: FirstPage | undefined;
}

const FEW = 1_000;
/** A page of more projects is read on a queued thread. */
const SHORT = 100;

const found: Question<Sought, Found> = {
  name: 'projects.found',
  answer: async ({ reader, columns, revision }, { filter, asOf, archived, first }) => {
    const mask = await select(filter, asOf).mask(columns, reader, archived);
    let total = 0;
    for (let row = 0; row < mask.length; row++) total += mask[row] as number;
    if (total > FEW) return { revision, total };
    const rows: number[] = [];
    for (let row = mask.indexOf(1); row >= 0; row = mask.indexOf(1, row + 1)) rows.push(row);
    const idsOf = (some: readonly number[]) => some.map((row) => columns.ids.textOf(row));
    const compare = first && comparing(columns, first.shape);
    if (!compare) return { revision, total, ids: idsOf(rows) };
    return { revision, total, first: idsOf(rows.sort(compare).slice(0, first.limit + 1)) };
  },
};

/** What columns can sort by, in the order of `projectSortKeys`. */
const sortValues: Readonly<Record<string, (columns: Columns) => (row: number) => number>> = {
  signedOn: dayOf('signedOn'),
  startedOn: dayOf('startedOn'),
  productionOn: dayOf('productionOn'),
  investmentYuan: valueIn('investmentYuan'),
  updatedAt: valueIn('updatedAt'),
};

function dayOf(name: DayName) {
  return ({ days }: Columns) =>
    (row: number): number => {
      const day = days[name][row] as number;
      return day === NEVER ? -1 : day;
    };
}

function valueIn(name: 'investmentYuan' | 'updatedAt') {
  return (columns: Columns) => (row: number) => columns[name][row] as number;
}

/** Compares rows in the order of a list; undefined if columns cannot. @param shape as of `PageOrder` */
function comparing(columns: Columns, shape: string): ((a: number, b: number) => number) | undefined {
  const order: ((a: number, b: number) => number)[] = [];
  for (const part of shape.split(',')) {
    const name = part.replace('-', '');
    const value = sortValues[name]?.(columns);
    if (!value && name !== 'id') return undefined;
    const ascending = value
      ? (a: number, b: number) => value(a) - value(b)
      : (a: number, b: number) => columns.ids.compare(a, b);
    order.push(part === name ? ascending : (a, b) => ascending(b, a));
  }
  return (a, b) => {
    for (const compare of order) {
      const difference = compare(a, b);
      if (difference !== 0) return difference;
    }
    return 0;
  };
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
      { shape, limit, after }: PageRequest<repository.ProjectRow>,
    ) => {
      const first = after === null && limit <= SHORT ? { shape, limit } : undefined;
      const key = `${keyOf(selection, archived)}${first ? ` ${shape} ${limit}` : ''}`;
      const before = known.get(key);
      if (before && before.revision.hash === (await database.revision()).hash) return before;
      if (!columns || !selection.isInColumns) return undefined;
      const now = await columns.askIfFilled(found, { filter, asOf, archived, first });
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
