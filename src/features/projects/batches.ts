/** Reads all projects selected by a query in batches, for exports. */
import type { Reader, StreamReader } from '../../database/database.ts';
import { pageRequest } from '../../http/pages.ts';
import { filterOf, type ProjectFilter, select } from './filter.ts';
import { toProject } from './record.ts';
import * as repository from './repository.ts';
import type { Project } from './schema.ts';

export const DEFAULT_SORT = '-signedOn';

/** What the projects can be sorted by. */
export const sortNames = Object.keys(repository.projectSortKeys);

/** The list's own question, without its pages. */
export type ProjectQuery = ProjectFilter & { archived?: boolean | undefined; sort?: string | undefined };

/** A project with what its investors can be found by again. */
export type ExportedProject = Omit<Project, 'investors'> & Pick<repository.StreamedRow, 'investors'>;

/** Rows read between two looks at anything else: some milliseconds of work. */
const SIZE = 250;

/** The projects as the list shows them, all of them, in its order. */
export async function* projectBatches(
  reader: StreamReader,
  query: ProjectQuery,
  asOf: string,
): AsyncGenerator<ExportedProject[]> {
  const { sort, archived = false } = query;
  const order = pageRequest({ sort }, repository.projectSortKeys, DEFAULT_SORT, repository.projectTieBreaker);
  const selection = select(filterOf(query), asOf);
  for await (const rows of repository.streamProjects(reader, selection, archived, order, SIZE)) {
    // Taken over as they are: a copy of forty fields costs as much as writing them.
    yield rows.map((row) => toProject(row, asOf) as ExportedProject);
  }
}

/** How many projects a query selects. */
export const countOf = (reader: Reader, query: ProjectQuery, asOf: string): Promise<number> =>
  repository.countProjects(reader, select(filterOf(query), asOf), query.archived === true);

/** Whether a query selects more projects than a number. */
export const selectsMoreThan = (
  reader: Reader,
  query: ProjectQuery,
  asOf: string,
  most: number,
): Promise<boolean> =>
  repository.areMoreThan(reader, select(filterOf(query), asOf), query.archived === true, most);
