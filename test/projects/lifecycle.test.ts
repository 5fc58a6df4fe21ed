import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operatingStatuses } from '../../src/features/projects/lifecycle.ts';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { day, WORLD_TODAY, world } from '../support/arbitraries.ts';
import {
  FLAGS,
  isCounted,
  type ModelProject,
  type ModelWorld,
  operatingStatusOf,
  overdueOf,
  populationOf,
  sameYearOf,
} from '../support/model.ts';
import { addDays, fundsInPlaceOf } from '../support/model-figures.ts';
import { runs } from '../support/runs.ts';
import { PROPERTY, replaceWorld, worldApp } from '../support/world.ts';

const derivedOf = (p: ModelProject, asOf: string) => ({
  code: p.code,
  operatingStatus: operatingStatusOf(p, asOf),
  overdue: overdueOf(p, asOf),
  sameYear: sameYearOf(p, asOf),
  fundsInPlaceYuan: fundsInPlaceOf(p, asOf),
});

const derivedIn = ({ code, operatingStatus, overdue, sameYear, fundsInPlaceYuan }: Body) => ({
  code,
  operatingStatus,
  overdue,
  sameYear,
  fundsInPlaceYuan,
});

const byCode = (a: { code: string }, b: { code: string }): number => (a.code < b.code ? -1 : 1);

/** The days around each date of a project that are valid as `asOf`. */
function boundaries(p: ModelProject): string[] {
  const dates = [
    p.signedOn,
    p.registeredOn,
    p.startedOn,
    p.completedOn,
    p.productionOn,
    p.suspendedOn,
    p.resumedOn,
    p.terminatedOn,
    p.agreedStartOn,
    p.agreedProductionOn,
    ...p.funds.map(({ receivedOn }) => receivedOn),
  ];
  const days = dates.flatMap((date) => (date ? [-1, 0, 1].map((distance) => addDays(date, distance)) : []));
  return [...new Set(days)].filter((one) => one >= '1900-01-01' && one <= WORLD_TODAY);
}

describe('on every day, a project', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await worldApp();
  });
  afterAll(() => api.close());

  const listed = async (query: string): Promise<Body[]> => {
    const answer = await api.get(`/v1/projects?limit=500&${query}`);
    expect(answer.status, `${query}: ${answer.text}`).toBe(200);
    return answer.body.items.sort(byCode);
  };

  async function expectListed(
    world: ModelWorld,
    asOf: string,
    query: string,
    keep: (p: ModelProject) => boolean,
  ) {
    const projects = populationOf(world, {}, asOf).filter(keep).sort(byCode);
    expect((await listed(`asOf=${asOf}&${query}`)).map(derivedIn), `${asOf} ${query}`).toEqual(
      projects.map((p) => derivedOf(p, asOf)),
    );
  }

  it('is listed under its status and its flags only', async () => {
    const around = fc.tuple(day, fc.integer({ min: -1, max: 1 })).map(([day, by]) => addDays(day, by));
    const days = fc.uniqueArray(
      around.filter((one) => one <= WORLD_TODAY),
      { minLength: 3, maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(world(), days, async (world, days) => {
        await replaceWorld(api, world);
        for (const asOf of days) {
          for (const status of operatingStatuses) {
            await expectListed(
              world,
              asOf,
              `operatingStatus=${status}`,
              (p) => operatingStatusOf(p, asOf) === status,
            );
          }
          for (const flag of FLAGS) {
            await expectListed(world, asOf, `${flag}=true`, (p) => isCounted(flag, p, asOf));
            await expectListed(world, asOf, `${flag}=false`, (p) => !isCounted(flag, p, asOf));
          }
        }
      }),
      { ...PROPERTY, numRuns: runs(8) },
    );
  });

  it('equals the model around each of its dates, and is unknown before its signing', async () => {
    await fc.assert(
      fc.asyncProperty(world(6), async (world) => {
        const ids = await replaceWorld(api, world);
        for (const p of world.projects.filter(({ archived }) => !archived)) {
          for (const asOf of boundaries(p)) {
            const answer = await api.get(`/v1/projects/${ids.get(p.code)}?asOf=${asOf}`);
            if (asOf < p.signedOn) expectProblem(answer, 404, 'projects.not_signed_yet');
            else expect(derivedIn(answer.body), asOf).toEqual(derivedOf(p, asOf));
          }
        }
      }),
      { ...PROPERTY, numRuns: runs(12) },
    );
  });
});

describe('with the clock, a project', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp({ today: '2020-09-01' });
  });
  afterAll(() => api.close());

  it('becomes overdue at midnight in Shanghai, and its ETag changes', async () => {
    const { id } = await created(api, '/v1/projects', aProject({ agreedStartOn: '2020-09-01' }));
    const url = `/v1/projects/${id}`;
    api.clock.set('2020-09-01T15:59:59.999Z');
    const before = await api.get(url);
    expect(before.body.overdue).toEqual([]);
    expect((await api.get(url, { 'if-none-match': before.etag })).status).toBe(304);

    api.clock.set('2020-09-01T16:00:00Z');
    const after = await api.get(url, { 'if-none-match': before.etag });
    expect(after.body.overdue).toEqual(['start']);
    expect(after.body.version).toBe(before.body.version);
    expect((await api.get(`${url}?asOf=2020-09-01`)).body.overdue).toEqual([]);
  });

  it.each([
    ['operatingStatus', 'signed'],
    ['overdue', []],
    ['sameYear', false],
    ['fundsInPlaceYuan', 0],
  ])('does not accept %s from a client', async (field, value) => {
    expectProblem(await api.post('/v1/projects', { ...aProject(), [field]: value }), 422, 'request.invalid', [
      [`/${field}`, 'read_only'],
    ]);
  });

  it('cannot have a date after today in Shanghai, even if today is a day earlier in UTC', async () => {
    api.clock.set('2020-09-09T16:00:00Z');
    const start = (startedOn: string) => api.post('/v1/projects', aProject({ startedOn }));
    expect((await start('2020-09-10')).status).toBe(201);
    expectProblem(await start('2020-09-11'), 422, 'request.invalid', [['/startedOn', 'after_today']]);
  });
});
