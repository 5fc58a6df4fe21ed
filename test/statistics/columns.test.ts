/** Columns beside SQL: the same projects for every filter, and the same state however it came about. */
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Columns } from '../../src/columns/columns.ts';
import { type Filled, fill, follow } from '../../src/columns/following.ts';
import { type Condition, columnStore, storeLimits } from '../../src/columns/store.ts';
import { derived, pastStateReader } from '../../src/contributions.ts';
import type { StreamReader } from '../../src/database/database.ts';
import { isUnavailable } from '../../src/database/errors.ts';
import { summary } from '../../src/features/figures/answers.ts';
import { filterFields, type ProjectFilter, select } from '../../src/features/projects/filter.ts';
import { columnsOf } from '../../src/workers/works.ts';
import {
  aProject,
  type Body,
  type Client,
  clientOf,
  created,
  expectProblem,
  instanceBeside,
  type TestApp,
  testApp,
} from '../support/app.ts';
import { asOfDay, filter, parameters, queryOf, WORLD_TODAY, world } from '../support/arbitraries.ts';
import { engine } from '../support/engines.ts';
import type { ModelFilter } from '../support/model.ts';
import { until } from '../support/process.ts';
import { runs } from '../support/runs.ts';
import { insertCopies, PROPERTY, replaceWorld, worldApp } from '../support/world.ts';

/** Columns filled from a snapshot. */
async function filledFrom(reader: StreamReader): Promise<Filled> {
  const filling = fill(reader, derived);
  for (;;) {
    const { done, value } = await filling.next();
    if (done) return value;
  }
}

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
      const { columns } = await filledFrom(reader);
      for (const [given, asOf = WORLD_TODAY] of questions) {
        const selection = select(parsed(given), asOf);
        const { projects } = reader.tables;
        const rows = await reader.prepared(`test ${selection.shape}`, selection.values, (db) =>
          db.select({ id: projects.id }).from(projects).where(selection.where(db)).orderBy(sql`1`),
        );
        const mask = await selection.mask({ columns, reader, named: async () => {} });
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

/** All that columns say of some projects. */
const stateOf = (columns: Columns, ids: readonly string[]) => ids.map((id) => columns.stateOf(id));

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
    let filled: Filled = await api.database.snapshot(filledFrom);
    const step = fc.tuple(
      fc.constantFrom(...Object.keys(changes)),
      fc.record({ which: fc.nat(50), value: fc.integer({ min: 1, max: 999 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), async (steps) => {
        for (const [name, choice] of steps) await changes[name]?.(choice);
        await api.database.snapshot(async (reader) => {
          expect(await follow(filled, reader, derived)).toBe(true);
          const anew = await filledFrom(reader);
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
    expect(await api.database.snapshot((reader) => follow(filled, reader, derived))).toBe(false);
    filled.revision.seq += 1_000;
    expect(await api.database.snapshot((reader) => follow(filled, reader, derived))).toBe(false);
  });
});

describe('columns on a thread', () => {
  let api: TestApp;
  let far: Client;
  let beside: FastifyInstance;
  beforeAll(async () => {
    api = await worldApp();
    beside = await instanceBeside(api, api.database, {}, {}, { near: 0 });
    far = clientOf(beside);
  });
  afterAll(async () => {
    await beside.close();
    await api.close();
  });

  const paths = [
    (query: string) => `/v1/statistics/summary?${query}`,
    (query: string) => `/v1/statistics/breakdown?by=region,industry&limit=500&${query}`,
    (query: string) => `/v1/statistics/breakdown?by=zone&compareWith=previousQuarter&${query}`,
    (query: string) => `/v1/statistics/breakdown?by=signedMonth,investorCountry&limit=500&${query}`,
    (query: string) =>
      `/v1/statistics/differences?measure=operatingRate&from=2020-06-30&limit=9&${query.replace('asOf=', 'to=')}`,
    (query: string) => `/v1/quality?${query}`,
    (query: string) => `/v1/quality/possible_double_signing?${query}`,
    (query: string) => `/v1/quality/missing_agreed_dates?sort=name&limit=5&${query}`,
  ];

  const everything = { filter: {} as ProjectFilter, asOf: WORLD_TODAY, disclosure: undefined };

  it('give the same answers as those in the process, byte for byte, as writes go on', async () => {
    const question = fc.record({ path: fc.constantFrom(...paths), filter: filter(), asOf: asOfDay });
    await fc.assert(
      fc.asyncProperty(
        world(),
        fc.array(question, { minLength: 8, maxLength: 8 }),
        async (world, questions) => {
          await replaceWorld(api, world);
          for (const { path, filter, asOf = WORLD_TODAY } of questions) {
            const url = path(`${queryOf(filter)}&asOf=${asOf}`);
            const [near, thread] = [await api.get(url), await far.get(url)];
            expect(thread.status, thread.text).toBe(near.status);
            if (near.status === 200) expect(thread.text, url).toBe(near.text);
          }
        },
      ),
      { ...PROPERTY, numRuns: runs(30) },
    );
  });

  it('refuse what is too much as those in the process do', async () => {
    const project = aProject({ code: 'BIG', signedOn: '2020-01-02', investmentYuan: 1_000_000_000_000 });
    await created(api, '/v1/projects', project);
    await insertCopies(api, { code: 'BIG' }, 9_007);
    const refused = await far.get('/v1/statistics/summary?minInvestment=1000000000000');
    expectProblem(refused, 422, 'statistics.sum_too_large');
  });

  it('are filled anew if they differ from the database, which is told', async () => {
    const told: string[][] = [];
    const filled: Condition[] = [];
    const failed: unknown[] = [];
    const store = columnsOf(api.database, { near: 0, checkEveryMs: 5 });
    store.start({
      filled: (condition) => filled.push(condition),
      differs: (differences) => told.push([store.condition().state, ...differences]),
      logAltered: () => failed.push('altered'),
      failed: (error) => failed.push(error),
    });
    await until(() => filled.length === 1);
    // Past the log, as no service would write.
    await api.database.write(async (tx) => {
      await tx.update(tx.tables.projects).set({ investmentYuan: 7 });
    });
    await until(() => filled.length === 2);
    store.stop();
    expect(told[0]?.[0]).toBe('differing');
    expect(told[0]?.[1]).toMatch(/^[0-9a-f-]{36}: investmentYuan$/);
    expect(failed).toEqual([]);
    const { body } = await store.ask(summary, everything);
    const { projectCount, totalInvestment } = body as Body;
    expect(totalInvestment.yuan).toBe(7 * projectCount);
  });

  it('follow a log whose end somebody has changed, which is told once', async () => {
    const own = await worldApp();
    const filled: Condition[] = [];
    const altered: number[] = [];
    const store = columnsOf(own.database, { checkEveryMs: 5 });
    const { seq } = await own.database.revision();
    store.start({
      filled: (condition) => filled.push(condition),
      differs: (differences) => altered.push(...differences.map(() => Number.NaN)),
      logAltered: (condition) => altered.push(condition.seq),
      failed: () => altered.push(Number.NaN),
    });
    await until(() => filled.length === 1);
    expect(store.condition().isLogIntact).toBe(true);
    await own.database.write(async (tx) => {
      await tx.update(tx.tables.revision).set({ hash: '0'.repeat(64) });
    });
    await until(() => altered.length > 0);
    expect(store.condition().isLogIntact).toBe(false);
    const before = store.condition().filledMs;
    for (let i = 0; i < 2; i++) {
      const written = await own.post('/v1/projects', aProject({ code: `ALTERED-${i}` }));
      // Of a file, it is also noticed before anything is written.
      expect(written.status).toBe(engine === 'sqlite' ? 503 : 201);
      if (engine === 'sqlite') continue;
      const { body } = await store.ask(summary, everything);
      expect((body as Body).projectCount).toBe(i + 1);
    }
    store.stop();
    // Not filled anew after each write.
    expect(store.condition().filledMs).toBe(before);
    expect(filled).toHaveLength(1);
    expect(altered[0]).toBe(seq);
    await own.close();
  });

  /** A module that a thread can load. */
  const moduleOf = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);
  const killer = moduleOf('export async function* run() { process.exit(1); }');
  const killing = { module: killer, resident: true, run: async function* () {} };

  it('are filled anew by another thread if theirs dies', async () => {
    const before = await far.get('/v1/statistics/summary');
    await expect(async () => {
      for await (const _ of api.database.stream(killing, null));
    }).rejects.toThrow('has ended');
    const after = await far.get(`/v1/statistics/summary?asOf=${WORLD_TODAY}`);
    expect(after.body.projectCount).toBe(before.body.projectCount);
  });

  it('are refused clearly if threads keep dying', async () => {
    const module = moduleOf(`export async function* run(_, request) {
      if (request.fill) yield { rows: 0, bytes: 0, seq: 0 };
      else process.exit(1);
    }`);
    const store = columnStore({
      database: api.database,
      derived,
      questions: [],
      pastOf: pastStateReader,
      work: { module, resident: true, run: async function* () {} },
      limits: { ...storeLimits, near: -1 },
    });
    await expect(store.ask(summary, everything)).rejects.toSatisfy(isUnavailable);
  });

  it('make figures wait, and refuse them after some seconds, with how far they are', async () => {
    const store = columnsOf(api.database, { near: 0, waitMs: 0 });
    await expect(store.ask(summary, everything)).rejects.toMatchObject({ kind: 'service.filling' });
  });
});
