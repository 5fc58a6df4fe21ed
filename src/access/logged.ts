/** What the log of changes says of keys, in rows. */
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
