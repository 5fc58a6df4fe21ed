/** Finds the projects that the sheets of other entities refer to. */
import type { Reader } from '../../database/database.ts';
import * as repository from './repository.ts';

/** The id of each project by its code, and its code by its id. */
export interface FoundProjects {
  idOf(code: string): string | undefined;
  codeOf(id: string): string | undefined;
}

/** Finds the projects of any number of codes or ids in a few queries. Archived ones are found as well. */
export async function findProjects(
  reader: Reader,
  keys: { codes: Iterable<string>; ids: Iterable<string> },
): Promise<FoundProjects> {
  const found = [
    ...(await repository.findKeys(reader, 'code', [...new Set(keys.codes)])),
    ...(await repository.findKeys(reader, 'id', [...new Set(keys.ids)])),
  ];
  const ids = new Map(found.map(({ code, id }) => [code, id]));
  const codes = new Map(found.map(({ code, id }) => [id, code]));
  return { idOf: (code) => ids.get(code), codeOf: (id) => codes.get(id) };
}
