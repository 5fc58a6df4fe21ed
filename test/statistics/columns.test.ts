/** Columns beside SQL: the same projects for every filter, and the same state however it came about. */
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Columns, codeNames, dayNames } from '../../src/columns/columns.ts';
import { type Filled, fill, follow, type RankedRule } from '../../src/columns/following.ts';
import { packedDay } from '../../src/columns/packed-days.ts';
import { rankingLists } from '../../src/features/enterprises/rankings.ts';
import { tallyColumns } from '../../src/features/figures/column-tallies.ts';
import { dimensionNames, dimensions } from '../../src/features/figures/dimensions.ts';
import { tallyGroups } from '../../src/features/figures/service.ts';
import { inTimeFor } from '../../src/features/projects/classes.ts';
import { filterFields, type ProjectFilter, select } from '../../src/features/projects/filter.ts';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';
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

  it('give the tallies that SQL gives, for any projects, filter, day and dimensions', async () => {
    const by = fc.uniqueArray(fc.constantFrom(...dimensionNames), { maxLength: 2 });
    const questions = fc.array(fc.tuple(filter(), asOfDay, by), { minLength: 10, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(world(), questions, async (world, questions) => {
        await replaceWorld(api, world);
        await api.database.snapshot(async (reader) => {
          const { columns } = await fill(reader, rule);
          for (const [given, asOf = WORLD_TODAY, names] of questions) {
            const selection = select(parsed(given), asOf);
            const mask = await selection.mask(columns, reader);
            const coded = names.map((name) => dimensions[name].coded(columns, packedDay(asOf)));
            const expected = await tallyGroups(reader, selection, names);
            expect(tallyColumns(columns, mask, coded, asOf), `${queryOf(given)} ${asOf} ${names}`).toEqual(
              expected,
            );
          }
        });
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

/** All that columns say of some projects. */
const stateOf = (columns: Columns, ids: readonly string[]) =>
  ids.map((id) => {
    const row = columns.ids.find(id);
    const start = columns.ledgerStart[row] as number;
    const end = start + (columns.ledgerCount[row] as number);
    return {
      id,
      days: dayNames.map((name) => columns.days[name][row]),
      codes: codeNames.map((name) => columns.dictionaries[name].textOf(columns.codes[name][row] as number)),
      country: columns.countries[columns.codes.leadInvestorId[row] as number],
      numbers: [columns.investmentYuan, columns.contractedFundsYuan, columns.flags, columns.updatedAt].map(
        (column) => column[row],
      ),
      ledger: [...columns.ledgerDay.slice(start, end)]
        .map((day, i) => `${day} ${columns.ledgerYuan[start + i]}`)
        .sort(),
    };
  });

describe('columns that follow the log', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp();
  });
  afterAll(() => api.close());

  const projects: string[] = [];
  const enterprises: string[] = [];
  let done = 0;

  type Choice = { which: number; value: number };
  const at = (list: readonly string[], { which }: Choice) => list[which % list.length] as string;
  const sent = async (answer: Promise<{ status: number; text: string }>) => {
    const { status, text } = await answer;
    // Archived projects do not change.
    if (status !== 404) expect(status, text).toBeLessThan(300);
    if (status < 300) done += 1;
  };
  const patch = (path: string, body: Body) => sent(api.patch(path, body, { 'if-match': '*' }));
  const day = ({ value }: Choice) => `202${value % 3}-0${1 + (value % 9)}-15`;
  const list = { list: 'china_500', rank: null };
  const changes: Record<string, (choice: Choice) => Promise<void>> = {
    create: async ({ which, value }) => {
      const investorIds = enterprises.filter((_, i) => (value >> i) & 1);
      const fields = { code: `F-${projects.length}`, signedOn: '2020-06-29', region: '430100', investorIds };
      projects.push(
        (await created(api, '/v1/projects', aProject({ ...fields, investmentYuan: 1 + which }))).id,
      );
    },
    move: (choice) => patch(`/v1/projects/${at(projects, choice)}`, { signedOn: day(choice) }),
    invest: (choice) =>
      patch(`/v1/projects/${at(projects, choice)}`, {
        investorIds: [at(enterprises, { ...choice, which: choice.value })],
      }),
    abandon: (choice) => patch(`/v1/projects/${at(projects, choice)}`, { investorIds: [], region: null }),
    fund: async (choice) =>
      sent(
        api.post(`/v1/projects/${at(projects, choice)}/funds`, {
          receivedOn: day(choice),
          amountYuan: choice.value,
        }),
      ),
    archive: async (choice) => {
      // Twice is refused.
      await api.delete(`/v1/projects/${at(projects, choice)}`, { 'if-match': '*' });
    },
    country: (choice) =>
      patch(`/v1/enterprises/${at(enterprises, choice)}`, { country: choice.value % 2 ? 'DE' : null }),
    rank: (choice) =>
      patch(`/v1/enterprises/${at(enterprises, choice)}`, {
        rankings: choice.value % 3 === 0 ? [] : [{ ...list, year: 2019 + (choice.value % 3) }],
      }),
  };

  it('stand where columns would that are filled anew', async () => {
    for (let i = 0; i < 3; i++)
      enterprises.push((await created(api, '/v1/enterprises', { name: `企业${i}` })).id);
    for (let i = 0; i < 4; i++) await changes.create?.({ which: i, value: 3 });
    let filled: Filled = await api.database.snapshot((reader) => fill(reader, rule));
    const step = fc.tuple(
      fc.constantFrom(...Object.keys(changes)),
      fc.record({ which: fc.nat(50), value: fc.integer({ min: 1, max: 999 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), async (steps) => {
        for (const [name, choice] of steps) await changes[name]?.(choice);
        await api.database.snapshot(async (reader) => {
          expect(await follow(filled, reader, rule)).toBe(true);
          const anew = await fill(reader, rule);
          expect(filled.revision).toEqual(anew.revision);
          expect(stateOf(filled.columns, projects)).toEqual(stateOf(anew.columns, projects));
        });
      }),
      { ...PROPERTY, numRuns: runs(60) },
    );
    expect(done).toBeGreaterThan(10);

    // As after a backup was restored: the log does not continue the known one.
    filled = { ...filled, revision: { ...filled.revision, hash: '0'.repeat(64) } };
    await changes.create?.({ which: 1, value: 1 });
    expect(await api.database.snapshot((reader) => follow(filled, reader, rule))).toBe(false);
    filled.revision.seq += 1_000;
    expect(await api.database.snapshot((reader) => follow(filled, reader, rule))).toBe(false);
  });
});
