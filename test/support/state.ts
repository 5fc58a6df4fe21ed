/** What the database holds, to prove that a refusal left everything as it was. */
import { hash } from 'node:crypto';
import type { PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { type Answer, expectProblem, type TestApp } from './app.ts';

/** Every table's number of rows and a digest of them, and the revision. */
export async function stateOf({ database }: TestApp): Promise<object> {
  const digests = Object.entries(database.read.tables).map(async ([name, table]) => {
    const rows = await database.read.select().from(table as PgTable);
    // When a key was last used is no change of anything.
    const texts = rows.map((row) => JSON.stringify({ ...row, lastUsedAt: undefined })).sort();
    return [name, `${rows.length} ${hash('sha256', texts.join('\n'))}`];
  });
  return { ...Object.fromEntries(await Promise.all(digests)), ...(await database.revision()) };
}

/** Sends a request that is to be refused, and proves that it changed nothing. */
export async function expectRefused(
  api: TestApp,
  send: () => Promise<Answer>,
  status: number,
  code: string,
  faults?: [string, string][],
): Promise<Answer> {
  const before = await stateOf(api);
  const answer = await send();
  expectProblem(answer, status, code, faults);
  expect(await stateOf(api)).toEqual(before);
  return answer;
}

/** For a table of many refusals: proves once that all the tests of the `describe` it stands in changed nothing. */
export function changesNothing(api: () => TestApp): void {
  let before: object;
  beforeAll(async () => {
    before = await stateOf(api());
  });
  afterAll(async () => {
    expect(await stateOf(api())).toEqual(before);
  });
}
