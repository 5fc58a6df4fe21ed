/** Contents of databases, as a model of what a copy or a backup must restore. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { type Content, contentOf, differingTables } from '../../src/backup/digests.ts';
import type { CopiedTable } from '../../src/backup/rows.ts';
import { loggedEntities } from '../../src/contributions.ts';
import type { Database } from '../../src/database/database.ts';
import { ACTIONS } from '../../src/log/schema.ts';
import { backupWorks } from '../../src/workers/works.ts';
import { aProject, created, type TestApp } from './app.ts';
import { historyIn, roll } from './histories.ts';
import { populate } from './works.ts';

export const contentIn = (database: Database): Promise<Content> => contentOf(database, backupWorks.content);

/** Tables that also change without an entry, and so have the state of the base. */
const UNLOGGED: CopiedTable[] = ['imports', 'keptAnswers', 'apiKeys', 'webhookStates'];

/** What is different between two contents, of what the log tells. */
export const differences = (a: Content, b: Content): string[] => [
  ...(a.head.hash === b.head.hash && a.head.seq === b.head.seq ? [] : ['head']),
  ...differingTables(a.tables, b.tables).filter((table) => !UNLOGGED.includes(table)),
];

/** That a history has entries about every kind of resource, and with every action: a new one fails here. */
export async function expectEveryKind({ read }: Database): Promise<void> {
  const rows = await read.select().from(read.tables.changes);
  expect(new Set(rows.map(({ action }) => action))).toEqual(new Set(ACTIONS));
  expect(new Set(rows.map(({ entity }) => entity))).toEqual(
    new Set(loggedEntities.map(({ entity }) => entity)),
  );
}

/**
 * Writes every resource and every action at least once, and a random history.
 * @param step called after each step
 * @returns the content after each, by the number of its last entry
 */
export async function knownHistory(
  api: TestApp,
  many: number,
  step: (i: number) => Promise<void> = async () => {},
): Promise<Map<number, Content>> {
  const known = new Map<number, Content>();
  const note = async () => {
    const content = await contentIn(api.database);
    known.set(content.head.seq, content);
  };
  await populate(api.database);
  const { id } = await created(api, '/v1/projects', aProject());
  await api.post(`/v1/projects/${id}/funds`, { receivedOn: '2020-06-30', amountYuan: 1 });
  await api.delete(`/v1/projects/${id}`);
  await api.post(`/v1/projects/${id}/restore`);
  await api.patch(`/v1/projects/${id}`, { name: '改名之后' });
  const enterprise = await created(api, '/v1/enterprises', { name: '示例更名前' });
  await api.patch(`/v1/enterprises/${enterprise.id}`, { name: '更名之后', rankings: [] });
  const gone = await created(api, '/v1/enterprises', { name: '示例注销' });
  await api.delete(`/v1/enterprises/${gone.id}`);
  await api.delete('/v1/mappings/populated');
  const key = await created(api, '/v1/keys', { name: 'soon revoked', role: 'viewer' });
  await api.post(`/v1/keys/${key.id}/revoke`);
  await note();
  const history = historyIn(api);
  const [rolls = []] = fc.sample(fc.array(roll, { minLength: many, maxLength: many }), 1);
  for (const [i, one] of rolls.entries()) {
    await history.take(one);
    await note();
    await step(i);
  }
  return known;
}

/** Some of the entries at which a content is known, in order, the last one included. */
export function someOf(known: ReadonlyMap<number, Content>, many: number): number[] {
  const all = [...known.keys()];
  const [some = []] = fc.sample(fc.shuffledSubarray(all, { minLength: all.length }), 1);
  return [...new Set([...some.slice(0, many), all.at(-1) as number])].sort((a, b) => a - b);
}
