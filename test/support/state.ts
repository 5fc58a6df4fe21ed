/** What the database holds, to prove that a refusal left everything as it was. */
import { hash } from 'node:crypto';
import type { PgTable } from 'drizzle-orm/pg-core';
import { expect } from 'vitest';
import { type Answer, expectProblem, type TestApp } from './app.ts';

/** Every table's number of rows and a digest of them, and the revision. */
export async function stateOf({ database }: TestApp): Promise<object> {
  const tables: Record<string, string> = {};
  for (const [name, table] of Object.entries(database.read.tables)) {
    const rows = await database.read.select().from(table as PgTable);
    const texts = rows.map((row) => JSON.stringify(row)).sort();
    tables[name] = `${rows.length} ${hash('sha256', texts.join('\n'))}`;
  }
  return { ...tables, ...(await database.revision()) };
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
