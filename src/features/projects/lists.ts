/** Pages of projects in a common order and format, for the list itself and for other features. */
import { LRUCache } from 'lru-cache';
import type { Reader, Revision } from '../../database/database.ts';
import { type PageQuery, type PageRequest, pageFields, pageRequest } from '../../http/pages.ts';
import { DEFAULT_SORT } from './batches.ts';
import type { Condition } from './filter.ts';
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

export interface ProjectTotals {
  /** The total of a selection at a revision, if cached. */
  known(revision: Revision, selection: Condition, archived: boolean): number | undefined;
  /** The same, counted if not cached. */
  count(reader: Reader, revision: Revision, selection: Condition, archived: boolean): Promise<number>;
}

/** A cache of list totals by revision: they are needed again for every page. */
export function projectTotals(): ProjectTotals {
  const totals = new LRUCache<string, number>({ max: 2_000 });
  const keyOf = (revision: Revision, { shape, values }: Condition, archived: boolean) =>
    `${revision.hash} ${archived} ${shape} ${JSON.stringify(values)}`;
  return {
    known: (revision, selection, archived) => totals.get(keyOf(revision, selection, archived)),
    count: async (reader, revision, selection, archived) => {
      const key = keyOf(revision, selection, archived);
      const total = totals.get(key) ?? (await repository.countProjects(reader, selection, archived));
      totals.set(key, total);
      return total;
    },
  };
}
