/** The entries of the log are in the order of their times, whatever the clock does. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commit, projectRows } from '../imports/support.ts';
import { aProject, created, type TestApp, testApp } from '../support/app.ts';
import { historyIn, roll } from '../support/histories.ts';
import { runs } from '../support/runs.ts';
import { provenLog } from '../support/sql.ts';
import { expectVerified } from '../support/verified.ts';
import { PROPERTY } from '../support/world.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const timesOf = async (): Promise<string[]> => {
  const { body } = await api.get('/v1/changes/head');
  const { items } = (await api.get(`/v1/changes?after=${body.seq - 3}&limit=3`)).body;
  return items.map(({ at }: { at: string }) => at);
};

it('a change after the clock went back over midnight has the time of the entry before it, in its rows too', async () => {
  api.clock.set('2026-11-23T16:00:00.500Z');
  const late = await created(api, '/v1/projects', aProject());
  expect(late.createdAt).toBe('2026-11-23T16:00:00.500Z');
  api.clock.set('2026-11-23T15:59:59.000Z');
  const { body: changed } = await api.patch(`/v1/projects/${late.id}`, { investmentYuan: 7 });
  expect(changed).toMatchObject({ updatedAt: late.createdAt });
  expect((await commit(api, projectRows(1))).body).toMatchObject({ status: 'done', created: 1 });
  expect(new Set(await timesOf())).toEqual(new Set([late.createdAt]));

  api.clock.set('2026-11-23T16:00:01.000Z');
  expect(await created(api, '/v1/projects', aProject())).toMatchObject({
    createdAt: '2026-11-23T16:00:01.000Z',
  });
  await provenLog(api.database);
  await expectVerified(api.database);
});

it('what was known at a time is found although the clock went back', async () => {
  api.clock.set('2026-12-02T04:00:00Z');
  const project = await created(api, '/v1/projects', aProject({ investmentYuan: 1 }));
  const url = `/v1/projects/${project.id}`;
  for (let yuan = 2; yuan <= 9; yuan++) {
    api.clock.set(`2026-12-01T0${yuan}:00:00Z`);
    await api.patch(url, { investmentYuan: yuan });
  }
  api.clock.set('2026-12-03T04:00:00Z');
  await api.patch(url, { investmentYuan: 10 });
  const known = async (at: string) => (await api.get(`${url}?knownAt=${at}`)).body.investmentYuan;
  expect(await known('2026-12-02T04:00:00Z')).toBe(9);
  expect(await known('2026-12-03T04:00:00Z')).toBe(10);
  expect((await api.get(`${url}?knownAt=2026-12-01T23:00:00Z`)).status).toBe(404);
});

it('any history passes verification, and is in the order of its times, with a clock that goes back and forth', async () => {
  const jumps = [1, 1, -1_500, 1_441, -1, 2];
  const { take, taken } = historyIn(api, ({ fields }) => jumps[fields % jumps.length] as number);
  await fc.assert(
    fc.asyncProperty(fc.array(roll, { minLength: 80, maxLength: 120 }), async (steps) => {
      for (const step of steps) await take(step);
      await provenLog(api.database);
      await expectVerified(api.database);
    }),
    { ...PROPERTY, numRuns: runs(15) },
  );
  expect(taken.size).toBeGreaterThan(20);
});
