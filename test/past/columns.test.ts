/** Columns that go back to a revision hold what the data was. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Part } from '../../src/columns/answering.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { historyIn, roll } from '../support/histories.ts';
import { comparing } from '../support/past-work.ts';
import { runs } from '../support/runs.ts';
import { PROPERTY } from '../support/world.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

async function differencesAt(seq: number, isQuick: boolean): Promise<unknown> {
  let last: Part | undefined;
  const question = { question: 'test.compare', input: { isQuick }, seq, isAway: true as const };
  for await (const part of api.database.stream(comparing, question)) last = part;
  // After a failure, columns are filled anew; nothing here fails.
  expect(last).not.toHaveProperty('unfilled');
  return (last as { answer: unknown }).answer;
}

it('as often as it is asked, and whatever is written in between', async () => {
  const { take, taken } = historyIn(api);
  let rounds = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          steps: fc.array(roll, { minLength: 1, maxLength: 12 }),
          back: fc.nat(),
          quick: fc.boolean(),
        }),
        {
          minLength: 12,
          maxLength: 20,
        },
      ),
      async (turns) => {
        const marks: number[] = [];
        for (const { steps, back, quick } of turns) {
          for (const step of steps) await take(step);
          marks.push((await api.database.revision()).seq);
          // The first few again and again, and another one.
          for (const seq of [...marks.slice(0, 2), marks[back % marks.length]]) {
            if (!seq) continue;
            if (quick) await differencesAt(seq, true);
            expect(await differencesAt(seq, false), `at ${seq}`).toEqual([]);
            rounds += 1;
          }
        }
      },
    ),
    { ...PROPERTY, numRuns: runs(10) },
  );
  expect(rounds).toBeGreaterThan(20);
  expect(taken.size).toBeGreaterThan(15);
});
