/** Reads all projects selected by a query in batches, for exports. */
import type { Reader, StreamReader } from '../../database/database.ts';
import { pageRequest } from '../../http/pages.ts';
import { filterOf, type ProjectFilter, select } from './filter.ts';
import { toProject } from './record.ts';
import * as repository from './repository.ts';
import type { Project } from './schema.ts';

export const DEFAULT_SORT = '-signedOn';

/** Sort keys of projects. */
export const sortNames = Object.keys(repository.projectSortKeys);

/** The query of the list without pagination. */
export type ProjectQuery = ProjectFilter & { archived?: boolean | undefined; sort?: string | undefined };

/** A project with the properties that identify its investors in imports. */
export type ExportedProject = Omit<Project, 'investors'> & Pick<repository.StreamedRow, 'investors'>;

/** Rows per batch between yields: some milliseconds of work. */
const SIZE = 250;

/** All selected projects in the form and order of the list. */
export async function* projectBatches(
  reader: StreamReader,
  query: ProjectQuery,
  asOf: string,
): AsyncGenerator<ExportedProject[]> {
  const { sort, archived = false } = query;
  const order = pageRequest({ sort }, repository.projectSortKeys, DEFAULT_SORT, repository.projectTieBreaker);
  const selection = select(filterOf(query), asOf);
  for await (const rows of repository.streamProjects(reader, selection, archived, order, SIZE)) {
    // Not copied: copying forty fields costs as much as writing them.
    yield rows.map((row) => toProject(row, asOf) as ExportedProject);
  }
}

/** Number of projects that a query selects. */
export const countOf = (reader: Reader, query: ProjectQuery, asOf: string): Promise<number> =>
  repository.countProjects(reader, select(filterOf(query), asOf), query.archived === true);

/** Whether a query selects more than a number of projects. */
export const selectsMoreThan = (
  reader: Reader,
  query: ProjectQuery,
  asOf: string,
  most: number,
): Promise<boolean> =>
  repository.areMoreThan(reader, select(filterOf(query), asOf), query.archived === true, most);
