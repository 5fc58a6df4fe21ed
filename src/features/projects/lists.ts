/** Pages of projects in the common order and shape, for the list itself and for other features. */
import { LRUCache } from 'lru-cache';
import type { Reader, Revision } from '../../database/database.ts';
import { type PageQuery, type PageRequest, pageFields, pageRequest } from '../../http/pages.ts';
import { DEFAULT_SORT } from './batches.ts';
import type { Selection } from './filter.ts';
import * as repository from './repository.ts';

/** The parameters of every list of projects. */
export const projectPageFields = pageFields(repository.projectSortKeys, DEFAULT_SORT);

/** @throws Problem 422 for a cursor of another list or order */
export const projectPageRequest = (query: PageQuery): PageRequest<repository.ProjectRow> =>
  pageRequest(query, repository.projectSortKeys, DEFAULT_SORT, repository.projectTieBreaker);

/**
 * Whether a page is a walk along an index, which costs the same however many projects there are: of all of them, by one
 * of what they can be sorted by; on a day before the last only by the day itself.
 */
export function isWalk(
  selection: Selection,
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

/** The projects of a page, and one more where there is a next page. */
export const projectsOfPage = repository.listProjects;

export interface ProjectTotals {
  /** The total of a selection at a revision, where it was counted before. */
  known(revision: Revision, selection: Selection, archived: boolean): number | undefined;
  /** The same, counted now unless it was before. */
  count(reader: Reader, revision: Revision, selection: Selection, archived: boolean): Promise<number>;
}

/** Totals of lists, remembered by revision: a page may change often while its total does not. */
export function projectTotals(): ProjectTotals {
  const totals = new LRUCache<string, number>({ max: 2_000 });
  const keyOf = (revision: Revision, { shape, values }: Selection, archived: boolean) =>
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
