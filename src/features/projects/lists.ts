/** Pages of projects in a common order and format, for the list itself and for other features. */

import { sql } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';
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
}

const FEW = 1_000;

const found: Question<{ filter: ProjectFilter; asOf: string; archived: boolean }, Found> = {
  name: 'projects.found',
  answer: async ({ reader, columns, revision }, { filter, asOf, archived }) => {
    const mask = await select(filter, asOf).mask(columns, reader, archived);
    let total = 0;
    for (let row = 0; row < mask.length; row++) total += mask[row] as number;
    if (total > FEW) return { revision, total };
    const ids: string[] = [];
    for (let row = mask.indexOf(1); row >= 0; row = mask.indexOf(1, row + 1))
      ids.push(columns.ids.textOf(row));
    return { revision, total, ids };
  },
};

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
    find: async (filter: ProjectFilter, selection: Selection, asOf: string, archived: boolean) => {
      const key = keyOf(selection, archived);
      const before = known.get(key);
      if (before && before.revision.hash === (await database.revision()).hash) return before;
      if (!columns || !selection.isInColumns) return undefined;
      const now = await columns.askIfFilled(found, { filter, asOf, archived });
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
