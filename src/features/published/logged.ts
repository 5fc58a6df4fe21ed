/** The rows of published figures according to the change log. */
import type { LoggedEntity } from '../../log/logged.ts';

export const loggedFigures: LoggedEntity = {
  entity: 'published_figures',
  tables: [{ table: 'publishedFigures', of: 'id', key: [], rowsOf: ({ id, fields }) => [{ ...fields, id }] }],
};
