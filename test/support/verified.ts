/** Verifies with the service that the log is intact, and that the data matches it. */
import { expect } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import type { Report } from '../../src/log/verification/verifying.ts';
import { verify } from '../../src/workers/works.ts';
import type { TestApp } from './app.ts';

export async function expectVerified(database: Pick<Database, 'stream'>): Promise<Report> {
  const report = await verify(database);
  expect(report).toMatchObject({ broken: null, differing: {}, differences: [] });
  return report;
}

/** For `afterAll`: closes a service whose tests wrote only through it. */
export async function closeVerified(api: Pick<TestApp, 'database' | 'close'>): Promise<void> {
  await expectVerified(api.database);
  await api.close();
}
