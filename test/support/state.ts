/** The content of the database, to verify that a refusal left it unchanged. */
import { hash } from 'node:crypto';
import { count } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { type Answer, expectProblem, type TestApp } from './app.ts';

type Tables = TestApp['database']['read']['tables'];

/** Tables whose rows change without a log entry. */
const UNLOGGED = ['imports', 'keptAnswers', 'streamTokens'] as const satisfies (keyof Tables)[];

async function digestOf({ database }: TestApp, name: string): Promise<string> {
  const table = database.read.tables[name as keyof Tables];
  const rows = await database.read.select().from(table as PgTable);
  // The last use of a key does not count as a change.
  const texts = rows.map((row) => JSON.stringify({ ...row, lastUsedAt: undefined })).sort();
  return `${rows.length} ${hash('sha256', texts.join('\n'))}`;
}

const digestsOf = async (api: TestApp, names: readonly string[]): Promise<object> =>
  Object.fromEntries(await Promise.all(names.map(async (name) => [name, await digestOf(api, name)])));

/** The number of rows and a digest of every table, and the revision. */
export const stateOf = async (api: TestApp): Promise<object> => ({
  ...(await digestsOf(api, Object.keys(api.database.read.tables))),
  ...(await api.database.revision()),
});

/**
 * As meaningful for a refusal, but read in a tenth of the time: added and removed rows change the counts, and
 * changed rows have a log entry or are in a table that is read.
 */
async function tracesOf(api: TestApp): Promise<object> {
  const { read } = api.database;
  const counts: Record<string, number | undefined> = {};
  for (const [name, table] of Object.entries(read.tables)) {
    const [row] = await read.select({ total: count() }).from(table as PgTable);
    counts[name] = row?.total;
  }
  return {
    counts,
    ...(await digestsOf(api, UNLOGGED)),
    ...(await api.database.revision()),
  };
}

/** Sends a request that must be refused, and verifies that it changed nothing. */
export async function expectRefused(
  api: TestApp,
  send: () => Promise<Answer>,
  status: number,
  code: string,
  faults?: [string, string][],
): Promise<Answer> {
  const before = await tracesOf(api);
  const answer = await send();
  expectProblem(answer, status, code, faults);
  expect(await tracesOf(api)).toEqual(before);
  return answer;
}

/**
 * For a table of many refusals: verifies once that all tests of the surrounding `describe` changed nothing.
 */
export function changesNothing(api: () => TestApp): void {
  let before: object;
  beforeAll(async () => {
    before = await stateOf(api());
  });
  afterAll(async () => {
    expect(await stateOf(api())).toEqual(before);
  });
}
