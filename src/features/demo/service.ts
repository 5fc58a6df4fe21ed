/** Loads the demo data through the services, as a client would, and knows a database that it has filled. */

import { catalogueService } from '../../catalogues/service.ts';
import type { Calendar } from '../../core/clock.ts';
import type { Database } from '../../database/database.ts';
import { byLuodi } from '../../log/service.ts';
import { clusterMembers, clusters } from '../clusters/catalogue.ts';
import { enterprises } from '../enterprises/catalogue.ts';
import { events } from '../events/schema.ts';
import { contacts, delegations } from '../outreach/schema.ts';
import { projectService } from '../projects/service.ts';
import { publishedService } from '../published/service.ts';
import { demoData } from './editions.ts';
import * as repository from './repository.ts';

/** Who the log of changes says has written the demo data. */
const caller = byLuodi('demo');

/** What a database holds: nothing; the demo, whatever was added since; or data of its own. Reference data does not count. */
export type DemoState = 'empty' | 'demo' | 'other';

export const demoState = (database: Database): Promise<DemoState> =>
  database.snapshot(async (reader) => {
    if ((await repository.countRows(reader)) === 0) return 'empty';
    return (await repository.hasCreatedProjects(reader, caller.actor)) ? 'demo' : 'other';
  });

/**
 * Writes the demo data into a database that has the reference data and nothing else: all of it or, when it is
 * interrupted, nothing.
 * @param onProgress told how many rows are written of how many
 */
export async function loadDemo(
  dependencies: { database: Database; clock: Calendar },
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const data = demoData();
  const eventService = catalogueService(dependencies, events);
  const enterpriseService = catalogueService(dependencies, enterprises);
  const clusterService = catalogueService(dependencies, clusters);
  const projects = projectService(dependencies);
  const published = publishedService(dependencies);

  const delegationService = catalogueService(dependencies, delegations);
  const contactService = catalogueService(dependencies, contacts);

  const total = Object.values(data).reduce((sum, rows) => sum + rows.length, 0);
  let done = 0;
  const advance = () => onProgress(++done, total);

  await dependencies.database.write(async (tx) => {
    for (const event of data.events) {
      await eventService.insert(tx, caller, { ...event });
      advance();
    }
    const ids = new Map<string, string>();
    for (const { key, ...enterprise } of data.enterprises) {
      ids.set(key, await enterpriseService.insert(tx, caller, enterprise));
      advance();
    }
    for (const { investors, funds, ...project } of data.projects) {
      const investorIds = investors.map((key) => ids.get(key) as string);
      const id = await projects.insert(tx, caller, { ...project, investorIds });
      for (const entry of funds) await projects.insertFunds(tx, caller, id, entry);
      ids.set(project.code, id);
      advance();
    }
    for (const { key, ...delegation } of data.delegations) {
      ids.set(key, await delegationService.insert(tx, caller, delegation));
      advance();
    }
    const idOf = (key: string | null) => (key === null ? null : (ids.get(key) as string));
    for (const { enterprise, delegation, project, ...contact } of data.contacts) {
      const references = {
        enterprise: idOf(enterprise),
        delegation: idOf(delegation),
        project: idOf(project),
      };
      await contactService.insert(tx, caller, { ...contact, ...references });
      advance();
    }
    for (const { leader, members, ...cluster } of data.clusters) {
      const id = await clusterService.insert(tx, caller, { ...cluster, leader: ids.get(leader) });
      const memberService = catalogueService(dependencies, clusterMembers, id);
      for (const { enterprise, ...member } of members) {
        await memberService.insert(tx, caller, { ...member, enterprise: ids.get(enterprise) });
      }
      advance();
    }
    for (const figure of data.figures) {
      await published.insert(tx, caller, figure);
      advance();
    }
  });
}
