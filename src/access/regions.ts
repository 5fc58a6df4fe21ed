/** An editor may be bound to regions: it then writes only what belongs to one of them. */

import { isWithin } from '../catalogues/service.ts';
import type { Reader } from '../database/database.ts';
import { Problem } from '../http/problems.ts';
import type { Caller } from '../log/service.ts';

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
