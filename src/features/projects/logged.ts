/** The rows of projects according to the change log. */
import type { LoggedEntity, Row, Told } from '../../log/logged.ts';
import { columnsOf, complete, type Input } from './record.ts';
import { investorRows } from './repository.ts';

const inputOf = ({ fields }: Told): Input => complete(fields);

function projectRow(told: Told): Row {
  const { id, version, createdAt, updatedAt, fields } = told;
  const { archivedAt = null } = fields;
  return { ...columnsOf(inputOf(told)), id, version, createdAt, updatedAt, archivedAt };
}

export const loggedProjects: LoggedEntity = {
  entity: 'projects',
  tables: [
    { table: 'projects', of: 'id', key: [], rowsOf: (told) => [projectRow(told)] },
    {
      table: 'projectInvestors',
      of: 'projectId',
      key: ['position'],
      rowsOf: (told) => investorRows(told.id, inputOf(told).investorIds),
    },
    {
      table: 'fundsEntries',
      of: 'projectId',
      key: ['id'],
      rowsOf: ({ id, ledger }) => ledger.map(({ at, entry }) => ({ ...entry, projectId: id, createdAt: at })),
    },
  ],
};
