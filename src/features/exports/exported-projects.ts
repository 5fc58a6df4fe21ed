/** The projects that a query selects, for a file. */

import { namesOf } from '../../catalogues/service.ts';
import type { Reader, StreamReader } from '../../database/database.ts';
import { countOf, projectBatches, selectsMoreThan } from '../projects/batches.ts';
import { NONE } from '../projects/parameter-kinds.ts';
import { headings, rowMaker } from './columns.ts';
import type { ProjectsAsked, Shape, Subject } from './export-head.ts';
import type { Exported } from './exported.ts';

/** An event; its code where it has no name. */
export const eventCalled = async (reader: Reader, code: string): Promise<Subject> => ({
  code,
  name: (await namesOf(reader, 'events')).get(code)?.name ?? code,
});

export const exportedProjects = ({ query, asOf, language, unit }: ProjectsAsked & Shape): Exported => ({
  subject: async (reader) => {
    const [code, ...others] = query.event ?? [];
    const isOne = code !== undefined && code !== NONE && others.length === 0;
    return isOne ? eventCalled(reader, code) : null;
  },
  count: (reader) => countOf(reader, query, asOf),
  isMoreThan: (reader, most) => selectsMoreThan(reader, query, asOf, most),
  sheetName: { zh: '项目', en: 'Projects' },
  headings: () => headings(language, unit),
  rows: async function* (reader: StreamReader) {
    const toRow = rowMaker(language, unit);
    for await (const batch of projectBatches(reader, query, asOf)) yield batch.map(toRow);
  },
  items: async function* (reader: StreamReader) {
    for await (const batch of projectBatches(reader, query, asOf)) {
      yield batch.map((project) => {
        const investors = project.investors.map(({ id, name }) => ({ id, name }));
        return Object.assign(project, { investors });
      });
    }
  },
});
