/** Everything that the log of changes is about. */
import { loggedKeys } from '../../access/logged.ts';
import { loggedEntries } from '../../catalogues/rows.ts';
import { catalogues } from '../../catalogues.ts';
import { loggedProjects } from '../../features/projects/logged.ts';
import { loggedFigures } from '../../features/published/logged.ts';
import type { LoggedEntity } from '../logged.ts';

export const loggedEntities: readonly LoggedEntity[] = [
  ...catalogues.map(loggedEntries),
  loggedProjects,
  loggedFigures,
  loggedKeys,
];
