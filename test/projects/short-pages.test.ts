/** Short pages of a list, which columns sort, are parts of the whole list, which SQL sorts. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sortNames } from '../../src/features/projects/batches.ts';
import type { TestApp } from '../support/app.ts';
import { asOfDay, filter, queryOf, world } from '../support/arbitraries.ts';
import { runs, THOROUGH } from '../support/runs.ts';
import { PROPERTY, replaceWorld, worldApp } from '../support/world.ts';

let api: TestApp;
beforeAll(async () => {
  api = await worldApp();
  // Lists do not wait for columns; this fills them.
  expect((await api.get('/v1/statistics/summary')).status).toBe(200);
});
afterAll(() => api.close());

const sort = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...sortNames), fc.constantFrom('', '-')), {
    minLength: 1,
    maxLength: 3,
    selector: ([name]) => name,
  })
  .map((keys) => keys.map(([name, sign]) => `${sign}${name}`).join());

it('short pages are parts of the whole list, in any order', async () => {
  let pages = 0;
  await fc.assert(
    fc.asyncProperty(
      world(30),
      fc.array(
        fc.record({
          filter: filter(undefined, 1),
          asOf: asOfDay,
          sort: fc.option(sort, { nil: undefined }),
          archived: fc.boolean(),
          limit: fc.constantFrom(1, 2, 7, 100),
        }),
        { minLength: 12, maxLength: 12 },
      ),
      async (world, lists) => {
        await replaceWorld(api, world);
        for (const { filter, asOf, sort, archived, limit } of lists) {
          const query = queryOf(filter, { asOf, sort, ...(archived && { archived: 'true' }) });
          const whole = (await api.get(`/v1/projects?${query}&limit=500`)).body;
          const first = (await api.get(`/v1/projects?${query}&limit=${limit}`)).body;
          expect(first.items, query).toEqual(whole.items.slice(0, limit));
          expect(first.page.total).toBe(whole.page.total);
          const { nextCursor } = first.page;
          expect(nextCursor === null).toBe(whole.page.total <= limit);
          if (nextCursor === null) continue;
          pages += 1;
          const next = (await api.get(`/v1/projects?${query}&limit=${limit}&cursor=${nextCursor}`)).body;
          expect(next.items).toEqual(whole.items.slice(limit, 2 * limit));
        }
      },
    ),
    { ...PROPERTY, numRuns: runs(40) },
  );
  if (THOROUGH) expect(pages).toBeGreaterThan(20);
});
