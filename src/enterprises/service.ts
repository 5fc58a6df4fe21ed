/** The questions that other features ask about enterprises. */
import type { Reader } from '../database/database.ts';
import * as repository from './repository.ts';

export interface FoundEnterprises {
  /** The ids of all that have exactly this name. */
  byName(name: string): readonly string[];
  byCode(socialCreditCode: string): string | undefined;
  nameOf(id: string): string | undefined;
}

/** Finds enterprises by their exact names and their social credit codes, any number of them in a few queries. */
export async function findEnterprises(
  reader: Reader,
  names: ReadonlySet<string>,
  codes: ReadonlySet<string>,
): Promise<FoundEnterprises> {
  const ids = new Map<string, Set<string>>();
  const idOf = new Map<string, string>();
  const nameOf = new Map<string, string>();
  const [allNames, allCodes] = [[...names], [...codes]];
  for (let i = 0; i < Math.max(allNames.length, allCodes.length); i += AT_ONCE) {
    const found = await repository.findByNamesAndCodes(
      reader,
      allNames.slice(i, i + AT_ONCE),
      allCodes.slice(i, i + AT_ONCE),
    );
    for (const { id, name, socialCreditCode } of found) {
      ids.set(name, (ids.get(name) ?? new Set()).add(id));
      nameOf.set(id, name);
      if (socialCreditCode !== null) idOf.set(socialCreditCode, id);
    }
  }
  return {
    byName: (name) => [...(ids.get(name) ?? [])],
    byCode: (code) => idOf.get(code),
    nameOf: (id) => nameOf.get(id),
  };
}

const AT_ONCE = 512;
