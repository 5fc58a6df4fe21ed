/** Columns beside SQL: the same projects for every filter, and the same state however it came about. */
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { fill, type RankedRule } from '../../src/columns/following.ts';
import { rankingLists } from '../../src/features/enterprises/rankings.ts';
import { inTimeFor } from '../../src/features/projects/classes.ts';
import { filterFields, type ProjectFilter, select } from '../../src/features/projects/filter.ts';
import type { TestApp } from '../support/app.ts';
import { asOfDay, filter, parameters, queryOf, WORLD_TODAY, world } from '../support/arbitraries.ts';
import type { ModelFilter } from '../support/model.ts';
import { runs } from '../support/runs.ts';
import { PROPERTY, replaceWorld, worldApp } from '../support/world.ts';

const rule: RankedRule = { lists: rankingLists, inTime: inTimeFor };
const schema = z.strictObject(filterFields);

/** As a request gives it. */
function parsed(given: ModelFilter): ProjectFilter {
  const query: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(queryOf(given))) {
    const known = query[name];
    query[name] = known === undefined ? value : [known, value].flat();
  }
  return schema.parse(query);
}

describe('columns', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await worldApp();
  });
  afterAll(() => api.close());

  const expectSame = async (questions: readonly (readonly [ModelFilter, string | undefined])[]) =>
    api.database.snapshot(async (reader) => {
      const { columns } = await fill(reader, rule);
      for (const [given, asOf = WORLD_TODAY] of questions) {
        const selection = select(parsed(given), asOf);
        const { projects } = reader.tables;
        const rows = await reader.prepared(`test ${selection.shape}`, selection.values, (db) =>
          db.select({ id: projects.id }).from(projects).where(selection.where(db)).orderBy(sql`1`),
        );
        const mask = await selection.mask(columns, reader);
        const chosen = rows.map(({ id }) => columns.ids.find(id)).sort((a, b) => a - b);
        const kept = [...mask.keys()].filter((row) => mask[row] === 1);
        expect(kept, `${queryOf(given)} ${asOf}`).toEqual(chosen);
      }
    });

  it('select the projects that SQL selects, for any projects, filter and day', async () => {
    const questions = fc.array(fc.tuple(filter(), asOfDay), { minLength: 10, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(world(), questions, async (world, questions) => {
        await replaceWorld(api, world);
        await expectSame(questions);
      }),
      { ...PROPERTY, numRuns: runs(40) },
    );
  });

  it('select the same for every parameter alone', async () => {
    const questions = fc.tuple(
      ...Object.entries(parameters).map(([name, values]) =>
        values.map((given) => [{ [name]: given }, undefined] as const),
      ),
    );
    await fc.assert(
      fc.asyncProperty(world(), questions, async (world, questions) => {
        await replaceWorld(api, world);
        await expectSame(questions);
      }),
      { ...PROPERTY, numRuns: runs(30) },
    );
  });
});
