/** Editors may be restricted to regions: they can then write only records of these regions. */

import { MAX_DEPTH } from '../../catalogues/catalogue.ts';
import { parentOf } from '../../catalogues/service.ts';
import type { Reader } from '../../database/database.ts';
import { Problem } from '../../http/problems.ts';
import type { Caller } from '../../log/service.ts';

/**
 * To be called for a row before and after the change.
 * @param region null if the row has none
 * @throws Problem 403 if it is not one of the caller's
 */
export async function expectOwnRegion(reader: Reader, caller: Caller, region: string | null): Promise<void> {
  if (caller.regions === null) return;
  if (region !== null && (await isWithin(reader, region, caller.regions))) return;
  throw new Problem('access.other_region', {
    values: {
      regions: caller.regions.join(', '),
      region: region ?? { en: 'something without a region', zh: '未填行政区划的记录' },
    },
  });
}

/** Whether a region is one of the given ones, or belongs to one of them. */
export async function isWithin(reader: Reader, region: string, scopes: readonly string[]): Promise<boolean> {
  let code: string | null | undefined = region;
  for (let depth = 0; typeof code === 'string' && depth <= MAX_DEPTH; depth++) {
    if (scopes.includes(code)) return true;
    code = await parentOf(reader, code);
  }
  return false;
}
