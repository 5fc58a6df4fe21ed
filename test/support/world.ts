/** Puts random worlds into the database: a service that contains exactly the model's data. */

import { eq, inArray } from 'drizzle-orm';
import type fc from 'fast-check';
import { v7 as uuid } from 'uuid';
import { catalogueService } from '../../src/catalogues/service.ts';
import type { Config } from '../../src/core/config.ts';
import type { Transaction } from '../../src/database/database.ts';
import { enterprises } from '../../src/features/enterprises/catalogue.ts';
import type { ProjectRecord } from '../../src/features/projects/repository.ts';
import type { NewProject } from '../../src/features/projects/schema.ts';
import { projectService } from '../../src/features/projects/service.ts';
import { type Action, type Caller, record } from '../../src/log/service.ts';
import { created, type TestApp, testApp } from './app.ts';
import { EVENTS, TOWN, WORLD_TODAY } from './arbitraries.ts';
import type { ModelWorld } from './model.ts';

/** Leaves shrinking enough time to print its result. */
export const PROPERTY = { interruptAfterTimeLimit: 40_000 } satisfies fc.Parameters<unknown>;

/** A service with the reference data of the worlds, on their today. */
export async function worldApp(config: Partial<Config> = {}): Promise<TestApp> {
  const api = await testApp({ today: WORLD_TODAY, config });
  for (const event of EVENTS) await created(api, '/v1/events', event);
  await created(api, '/v1/regions', TOWN);
  return api;
}

const caller: Caller = { actor: 'test', requestId: null, regions: null };

/** Whatever follows the log must learn of what is written past the services. */
const log = (tx: Transaction, action: Action, entityId: string): Promise<unknown> =>
  record(tx, caller, { entity: 'projects', entityId, action, at: '2020-01-01T00:00:00.000Z', fields: {} });

/** Says that a project was last changed earlier, although the log has later entries. */
export async function backdate(tx: Transaction, id: string, updatedAt: string): Promise<void> {
  const { projects } = tx.tables;
  await tx.update(projects).set({ updatedAt }).where(eq(projects.id, id));
  await log(tx, 'change', id);
}

/** Replaces the current world. @returns the ids of the projects, by code */
export async function replaceWorld(api: TestApp, world: ModelWorld): Promise<Map<string, string>> {
  const projects = projectService(api);
  const investors = catalogueService(api, enterprises);
  const ids = new Map<string, string>();
  await api.database.write(async (tx) => {
    const { fundsEntries, projectInvestors, projects: rows, enterprises: firms } = tx.tables;
    const gone = await tx.select({ id: rows.id }).from(rows);
    for (const table of [fundsEntries, projectInvestors, rows, firms]) await tx.delete(table);
    for (const { id } of gone) await log(tx, 'delete', id);
    for (const { rankings, ...investor } of world.investors) {
      await investors.insert(tx, caller, {
        ...investor,
        rankings: rankings.map((one) => ({ ...one, rank: null })),
      });
    }
    for (const { funds, investors, updatedAt, archived: _, ...fields } of world.projects) {
      api.clock.set(updatedAt);
      const input = { ...fields, investorIds: investors.map(({ id }) => id) } as NewProject;
      const id = await projects.insert(tx, caller, input);
      for (const entry of funds) await projects.insertFunds(tx, caller, id, entry);
      await backdate(tx, id, updatedAt);
      ids.set(fields.code, id);
    }
    const archived = world.projects.filter((p) => p.archived).map(({ code }) => code);
    if (archived.length > 0) {
      await tx.update(rows).set({ archivedAt: api.clock.now() }).where(inArray(rows.code, archived));
      for (const code of archived) await log(tx, 'archive', ids.get(code) as string);
    }
  });
  api.clock.set(`${WORLD_TODAY}T04:00:00Z`);
  return ids;
}

/** Inserts copies of a project directly into the database, each with its own code. */
export async function insertCopies(
  { database }: Pick<TestApp, 'database'>,
  { code, ...changes }: { code: string } & Partial<ProjectRecord>,
  count: number,
): Promise<void> {
  await database.write(async (tx) => {
    const { projects } = tx.tables;
    const [original] = await tx.select().from(projects).where(eq(projects.code, code));
    if (!original) throw new Error(`There is no project ${code}.`);
    // SQLite accepts 32 766 parameters per statement.
    for (let done = 0; done < count; done += 500) {
      const copies = Array.from({ length: Math.min(500, count - done) }, () => {
        const id = uuid();
        return { ...original, ...changes, id, code: `COPY-${id}` };
      });
      await tx.insert(projects).values(copies);
      for (const { id } of copies) await log(tx, 'create', id);
    }
  });
}
