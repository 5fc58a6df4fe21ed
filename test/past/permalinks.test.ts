/**
 * Permalinks of the demo, with the exact bytes of their answers. The files are a promise: a difference means that the
 * definitions need another version (`figures/definitions.ts`), unless the demo data itself is another.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withIds } from '../../src/core/ids.ts';
import { loadDemo } from '../../src/features/demo/service.ts';
import { definitionsVersion } from '../../src/features/figures/definitions.ts';
import { type Answer, type Body, clientOf, instanceBeside, type TestApp, testApp } from '../support/app.ts';
import { closeVerified } from '../support/verified.ts';

const STATISTICS = '/v1/statistics';
const PUBLISHED = 'event=hyrd-2020&asOf=2022-08-31';
const SOME = 'measures=projectCount,totalInvestment,operatingRate,fundsInPlaceRate,daysToStart';

const questions = {
  summary: `${STATISTICS}/summary?${PUBLISHED}`,
  'summary-compared': `${STATISTICS}/summary?${PUBLISHED}&${SOME}&compareWith=previousYear`,
  regions: `${STATISTICS}/breakdown?by=region&${PUBLISHED}&${SOME}&sort=-operatingRate`,
  'bands-compared': `${STATISTICS}/breakdown?by=investmentBand&asOf=2022-11-30&${SOME}&compareWith=previousMonth`,
  'events-and-industries': `${STATISTICS}/breakdown?by=event,industry&asOf=2022-11-04&measures=projectCount`,
  timeline: `${STATISTICS}/timeline?interval=year&by=event&asOf=2023-06-30`,
  cohorts: `${STATISTICS}/cohorts?by=event&step=year&asOf=2023-05-31`,
  quality: '/v1/quality?asOf=2022-08-31',
  outreach: '/v1/events/hyrd-2022/outreach?asOf=2022-11-04',
  'briefing-zh': '/v1/events/hyrd-2022/briefing?asOf=2022-11-04&lang=zh',
  'briefing-en': '/v1/events/hyrd-2020/briefing?asOf=2022-08-31&lang=en',
};

/** How many of the last entries of the demo are not known: none, or about half of the ledger and all that follows. */
const unknown = { loaded: 0, 'half-loaded': 1_500 };

const cases = Object.entries(questions).flatMap(([name, question]) =>
  Object.entries(unknown).map(([state, entries]) => [name, state, question, entries] as const),
);

// Thousands of statements: slow on PostgreSQL in this process.
describe('a permalink of the demo', () => {
  let api: TestApp;
  let revision: number;
  const pastOf = (question: string, entries: number) => api.get(`${question}&revision=${revision - entries}`);
  beforeAll(async () => {
    api = await testApp();
    let made = 0;
    const next = () => `0190a1b2-0000-7000-9000-${String(++made).padStart(12, '0')}`;
    await withIds(next, () => loadDemo(api, () => {}));
    ({ seq: revision } = await api.database.revision());
    api.clock.set('2026-12-01T01:02:03Z');
    await correctMuch(api);
  });
  afterAll(() => closeVerified(api));

  it.each(cases)('has the same bytes after corrections: %s, %s', async (name, state, question, entries) => {
    const { permalink } = (await pastOf(question, entries)).body.links;
    const answer = await api.get(permalink);
    expect(answer.headers['cache-control']).toContain('immutable');
    const file = `../fixtures/permalinks/v${definitionsVersion}/${name}.${state}.txt`;
    await expect(`${permalink}\n${answer.text}\n`).toMatchFileSnapshot(file);
  });

  it('has another answer than the question has now', async () => {
    for (const question of Object.values(questions)) {
      const { revision: _, known, links, ...then } = (await pastOf(question, 0)).body;
      const { revision: __, known: knownNow, links: linksNow, ...now } = (await api.get(question)).body;
      expect(now, question).not.toEqual(then);
    }
  });

  it('has the same bytes after a restart', async () => {
    const restarted = await instanceBeside(api, api.database);
    for (const question of Object.values(questions)) {
      const { permalink } = (await pastOf(question, 0)).body.links;
      const [before, after] = [await api.get(permalink), await clientOf(restarted).get(permalink)];
      expect(after.text).toBe(before.text);
    }
    await restarted.close();
  });
});

/** Writes of many kinds, which change what every question is answered with now. */
async function correctMuch(api: TestApp): Promise<void> {
  const projects: Body[] = [];
  for (const event of ['hyrd-2020', 'hyrd-2022']) {
    projects.push(...(await api.get(`/v1/projects?event=${event}&sort=code&limit=20`)).body.items);
  }
  const { items: contacts } = (await api.get('/v1/contacts?limit=5')).body;
  const answers = [
    ...['regions/430100', 'events/hyrd-2020', 'events/hyrd-2022', 'industries/C'].map(
      (path) => () => api.patch(`/v1/${path}`, { name: '改名' }),
    ),
    ...projects.flatMap(({ id, investmentYuan }, i) => {
      const path = `/v1/projects/${id}`;
      return [
        () => api.patch(path, { investmentYuan: investmentYuan + 100_000_000 }),
        () => api.post(`${path}/funds`, { receivedOn: '2022-11-03', amountYuan: 1 }),
        () =>
          i % 2 === 0
            ? api.patch(path, { startedOn: null, completedOn: null, productionOn: null })
            : remove(path),
      ];
    }),
    ...contacts.map(
      ({ id }: Body) =>
        () =>
          remove(`/v1/contacts/${id}`),
    ),
  ];
  async function remove(path: string): Promise<Answer> {
    return api.delete(path, { 'if-match': (await api.get(path)).etag });
  }
  for (const answer of answers) expect((await answer()).status).toBeLessThan(300);
}
