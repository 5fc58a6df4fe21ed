/** Everything that the log of changes is about. */
import { loggedKeys } from '../access/logged.ts';
import { catalogues } from '../catalogues.ts';
import type { LoggedEntity } from '../changes/logged.ts';
import { loggedProjects } from '../projects/logged.ts';
import { loggedFigures } from '../published/logged.ts';
import { loggedEntries } from '../references/rows.ts';

export const loggedEntities: readonly LoggedEntity[] = [
  ...catalogues.map(loggedEntries),
  loggedProjects,
  loggedFigures,
  loggedKeys,
];
