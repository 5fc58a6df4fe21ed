/** Exports the projects selected by a query. */

import { eventCalled } from '../../catalogues/exported.ts';
import type { StreamReader } from '../../database/database.ts';
import { columnHeadings } from '../../sheets/columns.ts';
import type { Asked, Exported, Shape } from '../../sheets/exporting/exported.ts';
import type { Unit } from '../../sheets/units.ts';
import { countOf, type ProjectQuery, projectBatches, selectsMoreThan } from './batches.ts';
import { NONE } from './parameter-kinds.ts';
import { columns, rowMaker } from './sheet.ts';

export interface ProjectsAsked extends Asked {
  entity: 'projects';
  query: ProjectQuery;
  unit: Unit;
}

export const exportedProjects = ({ query, asOf, language, unit }: ProjectsAsked & Shape): Exported => ({
  subject: async (reader) => {
    const [code, ...others] = query.event ?? [];
    const isOne = code !== undefined && code !== NONE && others.length === 0;
    return isOne ? eventCalled(reader, code) : null;
  },
  count: (reader) => countOf(reader, query, asOf),
  isMoreThan: (reader, most) => selectsMoreThan(reader, query, asOf, most),
  sheetName: { zh: '项目', en: 'Projects' },
  // The code and the name.
  frozenColumns: 2,
  headings: () => columnHeadings(columns, language, unit),
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
