/** The demo data in a database: responses about it, and detection of its state. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import figures from '../../src/features/demo/data/published-figures.json' with { type: 'json' };
import { demoState, loadDemo } from '../../src/features/demo/service.ts';
import {
  aProject,
  type Body,
  clientOf,
  clockOn,
  created,
  instanceBeside,
  type TestApp,
  testApp,
} from '../support/app.ts';
import { closeVerified } from '../support/verified.ts';

const data = new URL('../../src/features/demo/data/', import.meta.url);
const rowsInFiles = (): number =>
  readdirSync(data)
    .filter((name) => name.endsWith('.json'))
    .reduce((sum, name) => sum + JSON.parse(readFileSync(new URL(name, data), 'utf8')).length, 0);

// Thousands of statements: slow on PostgreSQL in this process.
describe('loading the demo', () => {
  let api: TestApp;
  afterEach(() => closeVerified(api));

  it('results in the published figures', async () => {
    api = await testApp();
    expect(await demoState(api.database)).toBe('empty');
    const progress: [number, number][] = [];
    await loadDemo(api, (done, total) => progress.push([done, total]));
    expect(await demoState(api.database)).toBe('demo');

    const rows = rowsInFiles();
    expect(progress.at(-1)).toEqual([rows, rows]);
    expect(progress).toHaveLength(rows);

    const summary = async (query: string) => (await api.get(`/v1/statistics/summary?${query}`)).body;
    const yuan = (amount: number) => expect.objectContaining({ yuan: amount });

    const in2020 = await summary('event=hyrd-2020&asOf=2022-08-31');
    expect(in2020).toMatchObject({
      projectCount: 319,
      totalInvestment: yuan(297_880_000_000),
      startedCount: 266,
      operatingRate: { numerator: 266, denominator: 319, percent: 83.4 },
      fundsInPlace: yuan(136_550_000_000),
    });
    expect(in2020.registrationRate.percent).toBeGreaterThan(90);
    expect((await summary('event=hyrd-2020&asOf=2021-01-31')).contractedFunds).toMatchObject({
      yuan: 267_300_000_000,
    });

    // Small groups of the demo are not suppressed either.
    const open = await instanceBeside(api, api.database, { ANONYMOUS_READ: 'statistics' });
    const { body: anonymous } = await clientOf(open, null).get(
      '/v1/statistics/summary?event=hyrd-2020&asOf=2022-08-31',
    );
    const { projectCount, totalInvestment, startedCount, operatingRate } = in2020;
    expect(anonymous).toMatchObject({ projectCount, totalInvestment, startedCount, operatingRate });
    await open.close();

    const in2022 = 'event=hyrd-2022&asOf=2022-11-04';
    expect(await summary(in2022)).toMatchObject({ projectCount: 88, totalInvestment: yuan(93_588_000_000) });
    for (const [filter, count, amount] of [
      ['minInvestment=1000000000', 32, 73_910_000_000],
      ['top500=true', 14, 30_860_000_000],
      ['industry=C', 65, 63_828_000_000],
    ] as const) {
      expect([filter, await summary(`${in2022}&${filter}`)]).toMatchObject([
        filter,
        { projectCount: count, totalInvestment: yuan(amount) },
      ]);
    }
    expect(await summary(`${in2022}&minInvestment=5000000001`)).toMatchObject({ projectCount: 3 });
    expect(await summary(`${in2022}&minInvestment=10000000001`)).toMatchObject({ projectCount: 2 });

    const outreach = async (asOf: string) =>
      (await api.get(`/v1/events/hyrd-2022/outreach?asOf=${asOf}`)).body;
    const connected = await outreach('2022-11-02');
    expect(connected.top500Connected).toBeGreaterThan(30);
    expect(connected.seniorGuestCount).toBeGreaterThan(50);
    expect(connected).toMatchObject({ nationalZoneCount: 10, delegationsElsewhereCount: 10, signedCount: 0 });
    const after = await outreach('2022-11-30');
    expect(after.signedProjectCount).toBeGreaterThan(10);
    expect(after.exhibitorsTurnedInvestors.numerator).toBeGreaterThan(0);

    // Names are as printed; notes say what was not published.
    for (const [code, name, note] of [
      ['hyrd-2020', '2020年沪洽周', '闭幕日期未公布'],
      ['hyrd-2022', '2022年沪洽周', null],
      ['ciie-5', '第五届中国国际进口博览会', '举办日期非取自'],
    ]) {
      const { body } = await api.get(`/v1/events/${code}`);
      expect(body).toMatchObject({ name, note: note && expect.stringContaining(note) });
      expect(body.nameEn).not.toMatch(/[()]/);
    }

    const [cluster] = (await api.get('/v1/clusters')).body.items;
    const progressOn = async (asOf: string) =>
      (await api.get(`/v1/clusters/${cluster.id}/progress?asOf=${asOf}`)).body;
    const onTheDay = await progressOn('2022-11-03');
    expect(onTheDay).toMatchObject({
      cluster: { name: '临武电子电容产业集聚区' },
      leader: { name: '东佳（郴州）电子有限公司' },
      introduced: 8,
      present: 8,
      targets: [{ count: 10, from: '2022-11-03', by: '2025-11-03', introduced: 0, daysLeft: 1096 }],
    });
    const { items } = (await api.get(`${onTheDay.links.members}`)).body;
    expect(items.map(({ enterpriseName }: Body) => enterpriseName)).toEqual(
      expect.arrayContaining(['东莞众用电子有限公司', '深圳稳泰自动化科技有限公司']),
    );
    // Only published data: no outcome of the expectation is invented.
    expect(await progressOn('2026-11-22')).toMatchObject({ introduced: 8, targets: [{ introduced: 0 }] });

    const { body } = await api.get('/v1/published-figures/reconciliation');
    const odd = body.items.filter((figure: Body) => !figure.agrees || figure.warnings.length > 0);
    expect(odd).toEqual([]);
    expect(body).toMatchObject({ total: figures.length, agreeing: figures.length, disagreeing: 0 });

    await created(api, '/v1/projects', aProject());
    expect(await demoState(api.database)).toBe('demo');
  });

  it('leaves nothing when interrupted', async () => {
    api = await testApp();
    const interrupted = loadDemo(api, (done, total) => {
      if (done > total / 4) throw new Error('interrupted');
    });
    await expect(interrupted).rejects.toThrow('interrupted');
    expect(await demoState(api.database)).toBe('empty');
  });

  it('names a row that the service refuses, and leaves nothing', async () => {
    api = await testApp();
    const early = loadDemo({ database: api.database, clock: clockOn('2021-01-01') }, () => {});
    await expect(early).rejects.toThrow(/^Demo data: HYRD-2020-\d{4} \(row \d+\): .*after_today/);
    expect(await demoState(api.database)).toBe('empty');
  });

  it('distinguishes its own data from other data', async () => {
    api = await testApp();
    await created(api, '/v1/projects', aProject());
    expect(await demoState(api.database)).toBe('other');
  });
});
