/** Any sequence of API calls leaves the data consistent with the log. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestApp, testApp } from '../support/app.ts';
import { historyIn, roll } from '../support/histories.ts';
import { runs } from '../support/runs.ts';
import { expectVerified } from '../support/verified.ts';
import { PROPERTY } from '../support/world.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

it('any history of any resources passes verification', async () => {
  const { take, taken } = historyIn(api);
  await fc.assert(
    fc.asyncProperty(fc.array(roll, { minLength: 80, maxLength: 120 }), async (steps) => {
      for (const step of steps) await take(step);
      await expectVerified(api.database);
    }),
    { ...PROPERTY, numRuns: runs(30) },
  );
  // Of about thirty-five kinds.
  expect(taken.size).toBeGreaterThan(20);
});
