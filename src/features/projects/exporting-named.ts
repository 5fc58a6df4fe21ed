/** The enterprise and the project that another record refers to, in the form that sheets use. */
import type { Reader } from '../../database/database.ts';
import { enterprisesById } from '../enterprises/service.ts';
import { findProjects } from './matching.ts';

interface Naming {
  readonly enterprise?: unknown;
  readonly project?: unknown;
}

/** Every id that entries have in a field, once. */
export const idsIn = <E extends object>(entries: readonly E[], field: keyof E): string[] => [
  ...new Set(entries.map((entry) => entry[field]).filter((id) => typeof id === 'string')),
];

/** Entries with their enterprise by its name and its social credit code, and their project by its code. */
export async function withNames<E extends Naming>(reader: Reader, entries: readonly E[]) {
  const enterprises = await enterprisesById(reader, idsIn(entries, 'enterprise'));
  const projects = await findProjects(reader, { codes: [], ids: idsIn(entries, 'project') });
  return entries.map((entry) => {
    const { enterprise, project } = entry as { enterprise: string; project: string | null };
    return {
      ...entry,
      enterprise: enterprises.nameOf(enterprise) ?? null,
      enterpriseCode: enterprises.codeOf(enterprise) ?? null,
      project: project && (projects.codeOf(project) ?? null),
    };
  });
}
