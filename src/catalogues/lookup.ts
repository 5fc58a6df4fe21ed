/** Checks that the references in a body exist. */

import { nouns } from '../core/entities.ts';
import type { Reader } from '../database/database.ts';
import type { Fault } from '../http/problems.ts';
import type { Referable } from './catalogue.ts';
import * as repository from './repository.ts';

/** Returns a fault for each key that does not exist. `pointer` gives the position of a key. */
export type Lookup = (
  references: readonly { entity: Referable; key: string; pointer: string }[],
) => Promise<Fault[]>;

/** Looks up the keys in the database. */
export const unknownReferences =
  (reader: Reader): Lookup =>
  async (references) => {
    const faults: Fault[] = [];
    for (const { entity, key, pointer } of references) {
      if (await repository.keyExists(reader, entity, key)) continue;
      faults.push({ pointer, code: 'unknown_reference', values: { noun: nouns[entity], id: key } });
    }
    return faults;
  };
