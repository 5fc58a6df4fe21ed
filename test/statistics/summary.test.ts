import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body, TestApp } from '../support/app.ts';
import { asOfDay, filter, parameters, queryOf, WORLD_TODAY, world } from '../support/arbitraries.ts';
import { operationFor } from '../support/contract.ts';
import { type ModelFilter, type ModelWorld, populationOf } from '../support/model.ts';
import { figuresOf } from '../support/model-figures.ts';
import { runs, THOROUGH } from '../support/runs.ts';
import { PROPERTY, replaceWorld, worldApp } from '../support/world.ts';

describe('the summary', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await worldApp();
  });
  afterAll(() => api.close());

  async function expectModel(world: ModelWorld, filter: ModelFilter, asOf: string | undefined) {
    const url = `/v1/statistics/summary?${queryOf(filter, { asOf })}`;
    const answer = await api.get(url);
    expect(answer.status, `${url}: ${answer.text}`).toBe(200);
    const { revision, filter: _, known, links, ...figures } = answer.body as Body;
    const day = asOf ?? WORLD_TODAY;
    const population = populationOf(world, filter, day);
    expect(figures, url).toEqual({ asOf: day, ...figuresOf(population, day) });
    return population.length;
  }

  it('equals the model for any projects, filter and day', async () => {
    const questions = fc.array(fc.tuple(filter(), asOfDay), { minLength: 10, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(world(), questions, async (world, questions) => {
        await replaceWorld(api, world);
        for (const [filter, asOf] of questions) await expectModel(world, filter, asOf);
      }),
      { ...PROPERTY, numRuns: runs(40) },
    );
  });

  it('accepts every parameter of the filter alone, and each selects some projects but not all', async () => {
    const distinguishing = new Set<string>();
    const questions = fc.tuple(
      ...Object.entries(parameters).map(([name, values]) =>
        fc.array(
          values.map((given) => [name, given] as const),
          { minLength: 3, maxLength: 3 },
        ),
      ),
    );
    await fc.assert(
      fc.asyncProperty(world(), questions, async (world, questions) => {
        await replaceWorld(api, world);
        const all = populationOf(world, {}, WORLD_TODAY).length;
        for (const [name, values] of questions.flat()) {
          const selected = await expectModel(world, { [name]: values }, undefined);
          if (selected > 0 && selected < all) distinguishing.add(name);
        }
      }),
      { ...PROPERTY, numRuns: runs(8) },
    );
    if (THOROUGH) expect([...distinguishing].sort()).toEqual(Object.keys(parameters).sort());
  });

  it('has no parameter that these tests omit', () => {
    const declared = operationFor('GET', '/v1/statistics/summary')?.operation.parameters ?? [];
    const names = declared.filter((one) => one.in === 'query').map(({ name }) => name);
    expect(names.sort()).toEqual(
      [
        ...Object.keys(parameters),
        ...['asOf', 'compareWith', 'definitionsVersion', 'knownAt', 'measures', 'revision'],
      ].sort(),
    );
  });
});
