/** Loads the demo data in the same way as imports of files, and recognises a database that contains it. */

import { catalogueImporter } from '../../catalogues/importing.ts';
import { catalogueService } from '../../catalogues/service.ts';
import type { Calendar } from '../../core/clock.ts';
import { withFirstId } from '../../core/ids.ts';
import type { Database } from '../../database/database.ts';
import { byLuodi } from '../../log/service.ts';
import type { ImportedRow, Importer } from '../../sheets/importer.ts';
import { clusters } from '../clusters/catalogue.ts';
import { clusterMemberImporter } from '../clusters/importing.ts';
import { enterprises } from '../enterprises/catalogue.ts';
import { findEnterprises } from '../enterprises/service.ts';
import { events } from '../events/schema.ts';
import { mappings } from '../imports/schema.ts';
import { contactImporter } from '../outreach/importing.ts';
import { delegations } from '../outreach/schema.ts';
import { projectImporter } from '../projects/importing.ts';
import { fundsImporter } from '../projects/importing-funds.ts';
import { NewPublishedFigure } from '../published/schema.ts';
import { figureWrites } from '../published/writes.ts';
import clusterMemberRows from './data/cluster-members.json' with { type: 'json' };
import clusterRows from './data/clusters.json' with { type: 'json' };
import contactRows from './data/contacts.json' with { type: 'json' };
import delegationRows from './data/delegations.json' with { type: 'json' };
import enterpriseRows from './data/enterprises.json' with { type: 'json' };
import eventRows from './data/events.json' with { type: 'json' };
import fundsRows from './data/funds.json' with { type: 'json' };
import mappingRows from './data/mappings.json' with { type: 'json' };
import projectRows from './data/projects.json' with { type: 'json' };
import figureRows from './data/published-figures.json' with { type: 'json' };
import * as repository from './repository.ts';

/** The author of the demo data in the change log. */
const caller = byLuodi('demo');

/**
 * The content of a database: empty; the demo, including later additions; or other data. Reference data does
 * not count.
 */
export type DemoState = 'empty' | 'demo' | 'other';

export const demoState = (database: Database): Promise<DemoState> =>
  database.snapshot(async (reader) => {
    if ((await repository.countRows(reader)) === 0) return 'empty';
    return (await repository.hasCreatedProjects(reader, caller.actor)) ? 'demo' : 'other';
  });

const tables = [
  eventRows,
  enterpriseRows,
  projectRows,
  fundsRows,
  delegationRows,
  contactRows,
  clusterRows,
  clusterMemberRows,
  figureRows,
  mappingRows,
];

/** The id of the first row of each kind: the one in the examples of the document. */
const firstIds = {
  enterprise: '0190a1b2-0000-7000-8000-000000000001',
  project: '0190a1b2-0000-7000-8000-000000000001',
  cluster: '0190a1b2-0000-7000-8000-000000000010',
  delegation: '0190a1b2-0000-7000-8000-000000000011',
  contact: '0190a1b2-0000-7000-8000-000000000012',
  clusterMember: '0190a1b2-0000-7000-8000-000000000013',
  figure: '0190a1b2-0000-7000-8000-000000000013',
};

/**
 * Writes the demo data into a database that only has reference data: all of it or, if interrupted, none.
 * @param onProgress called with the number of rows written and their total
 */
export async function loadDemo(
  dependencies: { database: Database; clock: Calendar },
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const total = tables.reduce((sum, rows) => sum + rows.length, 0);
  let done = 0;
  const advance = () => onProgress(++done, total);

  const context = { caller, clock: dependencies.clock, createEnterprises: false };
  const clusterService = catalogueService(dependencies, clusters);
  const delegationService = catalogueService(dependencies, delegations);
  const published = figureWrites(dependencies.clock);
  const mappingService = catalogueService(dependencies, mappings);

  await dependencies.database.write(async (tx) => {
    const bring = async (rows: readonly ImportedRow['fields'][], importer: Importer) => {
      const planned = await importer.plan(
        tx,
        rows.map((fields, i) => ({ row: i + 1, fields, faults: [] })),
      );
      for (const { row, key, faults, write } of planned) {
        if (faults.length > 0) throw new Error(`Demo data: ${key} (row ${row}): ${JSON.stringify(faults)}`);
        await write(tx);
        advance();
      }
    };

    await bring(eventRows, catalogueImporter(events, context));
    await withFirstId(firstIds.enterprise, () =>
      bring(enterpriseRows, catalogueImporter(enterprises, context)),
    );
    await withFirstId(firstIds.project, () => bring(projectRows, projectImporter(context)));
    await bring(fundsRows, fundsImporter(context));
    // Delegations cannot be imported from files.
    await withFirstId(firstIds.delegation, async () => {
      for (const delegation of delegationRows) {
        await delegationService.insert(tx, caller, delegation);
        advance();
      }
    });
    const leaders = new Set(clusterRows.map(({ leader }) => leader));
    const found = await findEnterprises(tx, { ids: new Set(), names: leaders, socialCreditCodes: new Set() });
    await withFirstId(firstIds.cluster, async () => {
      for (const cluster of clusterRows) {
        const [leader] = found.byName(cluster.leader);
        await clusterService.insert(tx, caller, { ...cluster, leader });
        advance();
      }
    });
    // These refer to the delegations and clusters created above.
    await withFirstId(firstIds.contact, () => bring(contactRows, contactImporter(context)));
    await withFirstId(firstIds.clusterMember, () => bring(clusterMemberRows, clusterMemberImporter(context)));
    await withFirstId(firstIds.figure, async () => {
      for (const figure of figureRows) {
        await published.insert(tx, caller, NewPublishedFigure.parse(figure));
        advance();
      }
    });
    for (const mapping of mappingRows) {
      await mappingService.insert(tx, caller, mapping);
      advance();
    }
  });
}
