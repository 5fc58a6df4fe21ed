/** An editor may be restricted to regions: it then writes only records of these regions. */

import { MAX_DEPTH } from '../../catalogues/catalogue.ts';
import { parentOf } from '../../catalogues/service.ts';
import type { Reader } from '../../database/database.ts';
import { Problem } from '../../http/problems.ts';
import type { Caller } from '../../log/service.ts';

/**
 * Call it for a row as it is, and as it would become.
 * @param region null where the row belongs to none
 * @throws Problem 403 for one that is not the caller's
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

/** Whether a region is one of some, or belongs to one. */
async function isWithin(reader: Reader, region: string, scopes: readonly string[]): Promise<boolean> {
  let code: string | null | undefined = region;
  for (let depth = 0; typeof code === 'string' && depth <= MAX_DEPTH; depth++) {
    if (scopes.includes(code)) return true;
    code = await parentOf(reader, code);
  }
  return false;
}
