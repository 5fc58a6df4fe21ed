/** Loads the demo data through the services, as a client would, and knows a database that it has filled. */
import type { Caller } from '../changes/service.ts';
import type { Clock } from '../clock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { enterprises } from '../enterprises/schema.ts';
import { events } from '../events/schema.ts';
import { projectService } from '../projects/service.ts';
import { catalogueService } from '../references/service.ts';
import { demoData } from './editions.ts';
import * as repository from './repository.ts';

/** Who the log of changes says has written the demo data. */
const caller: Caller = { actor: 'luodi demo', requestId: null };

/** Rows written in one transaction: few enough for a progress bar to move. */
const SLICE = 50;

/**
 * What a database holds: nothing; the whole demo, whatever was added since; the beginning of a demo that was
 * interrupted and nothing else; or data of its own. Reference data does not count.
 */
export type DemoState = 'empty' | 'demo' | 'partial' | 'other';

export function demoState(database: Database): Promise<DemoState> {
  return database.analyze(async (reader) => {
    if ((await repository.countRows(reader)) === 0) return 'empty';
    const created = await repository.countCreated(reader);
    // Projects are loaded last, and cannot be deleted.
    const loaded = created.find(({ kind, actor }) => kind === 'projects' && actor === caller.actor)?.total;
    if (loaded === demoData().projects.length) return 'demo';
    return created.every(({ actor }) => actor === caller.actor) ? 'partial' : 'other';
  });
}

/**
 * Writes the demo data into a database that has the reference data and nothing else.
 * @param onProgress told how many rows are written, after each transaction
 */
export async function loadDemo(
  dependencies: { database: Database; clock: Clock },
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const data = demoData();
  const eventService = catalogueService(dependencies, events);
  const enterpriseService = catalogueService(dependencies, enterprises);
  const projects = projectService(dependencies);
  const ids = new Map<string, string>();

  const total = data.events.length + data.enterprises.length + data.projects.length;
  let done = 0;
  const load = async <Row>(rows: readonly Row[], insert: (tx: Transaction, row: Row) => Promise<unknown>) => {
    for (let from = 0; from < rows.length; from += SLICE) {
      const slice = rows.slice(from, from + SLICE);
      await dependencies.database.write(async (tx) => {
        for (const row of slice) await insert(tx, row);
      });
      done += slice.length;
      onProgress(done, total);
    }
  };

  await load(data.events, (tx, event) => eventService.insert(tx, caller, { ...event }));
  await load(data.enterprises, async (tx, { key, ...enterprise }) => {
    ids.set(key, await enterpriseService.insert(tx, caller, enterprise));
  });
  await load(data.projects, async (tx, { investors, funds, ...project }) => {
    const investorIds = investors.map((key) => ids.get(key) as string);
    const id = await projects.insert(tx, caller, { ...project, investorIds });
    for (const entry of funds) await projects.insertFunds(tx, caller, id, entry);
  });
}
