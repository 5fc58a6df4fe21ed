/** The reference data of a new database; operators may change or replace it. */

import { catalogueService } from '../../catalogues/service.ts';
import type { Clock } from '../../core/clock.ts';
import type { Database } from '../../database/database.ts';
import { byLuodi } from '../../log/service.ts';
import industryRows from './data/industries.json' with { type: 'json' };
import regionRows from './data/regions.json' with { type: 'json' };
import zoneRows from './data/zones.json' with { type: 'json' };
import { industries, regions, zones } from './schema.ts';

const parentsFirst = <Row extends { parent: string | null }>(rows: readonly Row[]): Row[] => {
  const parents = new Map(rows.map((row) => [(row as Row & { code: string }).code, row.parent]));
  const depth = (code: string | null): number => (code === null ? 0 : 1 + depth(parents.get(code) ?? null));
  return rows.toSorted((a, b) => depth(a.parent) - depth(b.parent));
};

/** Seeds an empty database in one transaction; no-op if anything has ever been written. */
export async function seedReferences(dependencies: { database: Database; clock: Clock }): Promise<void> {
  const { database } = dependencies;
  if ((await database.revision()).seq > 0) return;
  const caller = byLuodi('seed');
  const seeds = [
    [regions, parentsFirst(regionRows)],
    [industries, parentsFirst(industryRows)],
    [zones, zoneRows],
  ] as const;
  await database.write(async (tx) => {
    // If several instances start together, only one seeds.
    if (tx.log.seq > 0) return;
    for (const [catalogue, rows] of seeds) {
      const service = catalogueService(dependencies, catalogue);
      for (const row of rows) await service.insert(tx, caller, row);
    }
  });
}
