/** The rows of keys according to the change log. */
import type { LoggedEntity } from '../log/logged.ts';

export const loggedKeys: LoggedEntity = {
  entity: 'keys',
  tables: [
    {
      table: 'apiKeys',
      of: 'id',
      key: [],
      unlogged: ['hash', 'lastUsedAt'],
      rowsOf: ({ id, fields, createdAt }) => [{ ...fields, id, createdAt }],
    },
  ],
};
