/** Each rule at its edges: the days on which it matches, and its finding. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewProject } from '../../src/features/projects/schema.ts';
import { aProject, type Body, created, type TestApp, TODAY, testApp } from '../support/app.ts';
import { inOrder } from '../support/pages.ts';
import { backdate, insertCopies } from '../support/world.ts';

let api: TestApp;
let investors: string[];
beforeAll(async () => {
  api = await testApp();
  for (const year of ['2018', '2020', '2022']) {
    const days = { startsOn: `${year}-06-29`, endsOn: `${year}-07-03` };
    await created(api, '/v1/events', { code: `hyrd-${year}`, name: `沪洽周 ${year}`, ...days });
  }
  investors = [];
  for (const name of ['东佳电子', '瑶华半导体']) {
    investors.push((await created(api, '/v1/enterprises', { name })).id);
  }
});
afterAll(() => api.close());

/** The finding of a rule for a project; undefined if it does not match. */
async function findingOf(rule: string, code: string, query: Record<string, string> = {}): Promise<Body> {
  const { body, status, text } = await api.get(
    `/v1/quality/${rule}?${new URLSearchParams({ code, ...query })}`,
  );
  expect(status, text).toBe(200);
  const { asOf, staleDays } = query;
  const more = new URLSearchParams({ code, ...(asOf && { asOf }), ...(staleDays && { staleDays }) });
  const { items } = (await api.get(`/v1/quality?${more}`)).body;
  expect(items.find((one: Body) => one.code === rule).count).toBe(body.page.total);
  expect(body.items.length).toBe(body.page.total);
  return body.items[0]?.finding;
}

type Scenario = [what: string, fields: Partial<NewProject>, asOf: string, finding: Body | undefined];

const ended = { terminatedOn: '2021-01-10' };

const scenarios: Record<string, Scenario[]> = {
  overdue_start: [
    ['on the agreed day', { agreedStartOn: '2021-01-05' }, '2021-01-05', undefined],
    ['the day after', { agreedStartOn: '2021-01-05' }, '2021-01-06', { since: '2021-01-05', days: 1 }],
    [
      'started late, before that',
      { agreedStartOn: '2021-01-05', startedOn: '2021-01-08' },
      '2021-01-07',
      { since: '2021-01-05', days: 2 },
    ],
    [
      'on the day of the start',
      { agreedStartOn: '2021-01-05', startedOn: '2021-01-08' },
      '2021-01-08',
      undefined,
    ],
    [
      'the day before the end',
      { agreedStartOn: '2021-01-05', ...ended },
      '2021-01-09',
      { since: '2021-01-05', days: 4 },
    ],
    ['once it has ended', { agreedStartOn: '2021-01-05', ...ended }, '2021-01-10', undefined],
    ['with nothing agreed', {}, '2021-01-06', undefined],
  ],
  overdue_production: [
    ['on the agreed day', { agreedProductionOn: '2021-01-05' }, '2021-01-05', undefined],
    ['the day after', { agreedProductionOn: '2021-01-05' }, '2021-01-06', { since: '2021-01-05', days: 1 }],
    [
      'producing',
      { agreedProductionOn: '2021-01-05', startedOn: '2020-07-01', productionOn: '2021-01-08' },
      '2021-01-08',
      undefined,
    ],
    ['once it has ended', { agreedProductionOn: '2021-01-05', ...ended }, '2021-01-10', undefined],
  ],
  started_not_registered: [
    ['the day before the start', { startedOn: '2021-01-05' }, '2021-01-04', undefined],
    ['on the day of the start', { startedOn: '2021-01-05' }, '2021-01-05', { since: '2021-01-05', days: 0 }],
    [
      'registered later, the day before',
      { startedOn: '2021-01-05', registeredOn: '2021-01-09' },
      '2021-01-08',
      { since: '2021-01-05', days: 3 },
    ],
    ['registered that day', { startedOn: '2021-01-05', registeredOn: '2021-01-09' }, '2021-01-09', undefined],
    ['once it has ended', { startedOn: '2021-01-05', ...ended }, '2021-01-10', undefined],
  ],
  missing_region: [
    ['without one', {}, '2021-01-05', { missing: ['region'] }],
    ['with one', { region: '430100' }, '2021-01-05', undefined],
    ['ended, for it stays in the figures', ended, '2021-01-11', { missing: ['region'] }],
    ['before the signing', {}, '2020-06-28', undefined],
  ],
  missing_industry: [
    ['without one', {}, '2021-01-05', { missing: ['industry'] }],
    ['with a section', { industry: 'C' }, '2021-01-05', undefined],
    ['ended, for it stays in the figures', ended, '2021-01-11', { missing: ['industry'] }],
  ],
  missing_investor: [
    ['without one', {}, '2021-01-05', { missing: ['investorIds'] }],
    ['ended, for it stays in the figures', ended, '2021-01-11', { missing: ['investorIds'] }],
  ],
  missing_agreed_dates: [
    ['without either', {}, '2021-01-05', { missing: ['agreedStartOn', 'agreedProductionOn'] }],
    ['without the start', { agreedProductionOn: '2021-01-05' }, '2021-01-05', { missing: ['agreedStartOn'] }],
    [
      'without the production',
      { agreedStartOn: '2021-01-05' },
      '2021-01-05',
      { missing: ['agreedProductionOn'] },
    ],
    ['with both', { agreedStartOn: '2021-01-05', agreedProductionOn: '2031-01-05' }, '2021-01-05', undefined],
    ['the day before the end', ended, '2021-01-09', { missing: ['agreedStartOn', 'agreedProductionOn'] }],
    ['once it has ended', ended, '2021-01-10', undefined],
  ],
  estimated_over_a_year: [
    ['a year after', { investmentEstimated: true }, '2021-06-29', undefined],
    [
      'a year and a day after',
      { investmentEstimated: true },
      '2021-06-30',
      { since: '2020-06-29', days: 366 },
    ],
    ['known', { investmentEstimated: false }, '2021-06-30', undefined],
    ['once it has ended', { investmentEstimated: true, ...ended }, '2021-06-30', undefined],
    [
      'signed on 29 February, on 28 February',
      { investmentEstimated: true, signedOn: '2020-02-29' },
      '2021-02-28',
      undefined,
    ],
    [
      'signed on 29 February, on 1 March',
      { investmentEstimated: true, signedOn: '2020-02-29' },
      '2021-03-01',
      { since: '2020-02-29', days: 366 },
    ],
    [
      'signed on 28 February, on 29 February',
      { investmentEstimated: true, signedOn: '2023-02-28' },
      '2024-02-29',
      { since: '2023-02-28', days: 366 },
    ],
  ],
};

describe.each(Object.entries(scenarios))('%s', (rule, rows) => {
  it.each(rows)('%s', async (_, fields, asOf, expected) => {
    const { code } = await created(api, '/v1/projects', aProject(fields));
    expect(await findingOf(rule, code, { asOf })).toEqual(expected);
  });
});

describe('missing_investor', () => {
  it('leaves out a project with an investor', async () => {
    const { code } = await created(api, '/v1/projects', aProject({ investorIds: investors }));
    expect(await findingOf('missing_investor', code)).toBeUndefined();
  });
});

describe('funds_above_investment', () => {
  it('matches a project from the day on which more has arrived than will be invested, terminated or not', async () => {
    const fields = { investmentYuan: 100, terminatedOn: '2021-05-01' };
    const { id, code } = await created(api, '/v1/projects', aProject(fields));
    const arrive = (receivedOn: string, amountYuan: number) =>
      created(api, `/v1/projects/${id}/funds`, { receivedOn, amountYuan });
    await arrive('2021-01-05', 100);
    await arrive('2021-02-05', 7);
    await arrive('2021-06-05', -7);
    const on = (asOf: string) => findingOf('funds_above_investment', code, { asOf });
    expect(await on('2021-02-04')).toBeUndefined();
    expect(await on('2021-02-05')).toEqual({ excessYuan: 7 });
    expect(await on('2021-06-04')).toEqual({ excessYuan: 7 });
    expect(await on('2021-06-05')).toBeUndefined();
  });
});

describe('no_change_reported', () => {
  const rule = 'no_change_reported';

  async function createdAt(moment: string, fields: Partial<NewProject> = {}): Promise<Body> {
    const project = await created(api, '/v1/projects', aProject(fields));
    await api.database.write((tx) => backdate(tx, project.id, moment));
    return project;
  }

  it.each([
    // In Shanghai, 24 August ends at 16:00 UTC; 22 November is 90 days later.
    ['2026-08-24T15:59:59.999Z', { since: '2026-08-24', days: 90 }],
    ['2026-08-24T16:00:00.000Z', undefined],
  ])('for one changed at %s', async (moment, expected) => {
    const { code } = await createdAt(moment);
    expect(await findingOf(rule, code)).toEqual(expected);
    expect(await findingOf(rule, code, { asOf: TODAY })).toEqual(expected);
    expect(await findingOf(rule, code, { staleDays: '89' })).toBeDefined();
    expect(await findingOf(rule, code, { staleDays: '91' })).toBeUndefined();
  });

  it('matches one in production, or a terminated one, only until then', async () => {
    const dates = { startedOn: '2020-07-01', productionOn: '2026-07-01' };
    for (const fields of [dates, { terminatedOn: '2026-07-01' }]) {
      const { code } = await createdAt('2026-07-01T04:00:00Z', fields);
      expect(await findingOf(rule, code, { staleDays: '1' })).toBeUndefined();
      expect(await findingOf(rule, code, { staleDays: '1', asOf: '2026-06-30' })).toBeUndefined();
    }
    const { code } = await createdAt('2026-01-01T04:00:00Z');
    expect(await findingOf(rule, code, { asOf: '2026-06-30' })).toEqual({ since: '2026-01-01', days: 180 });
  });

  it('counts received funds as a change, and then does not match, not even for an earlier day', async () => {
    const { code, id } = await createdAt('2026-01-01T04:00:00Z');
    expect(await findingOf(rule, code)).toEqual({ since: '2026-01-01', days: 325 });
    await created(api, `/v1/projects/${id}/funds`, { receivedOn: '2026-02-01', amountYuan: 1 });
    expect(await findingOf(rule, code)).toBeUndefined();
    expect(await findingOf(rule, code, { asOf: '2026-10-31' })).toBeUndefined();
  });
});

describe('possible_double_signing', () => {
  const rule = 'possible_double_signing';
  let amount = 1_000;

  /** Two projects that differ only in the given fields, with an amount that no others have. */
  async function pair(first: Partial<NewProject>, second: Partial<NewProject>): Promise<Body[]> {
    const alike = { name: '东佳产业园', investmentYuan: ++amount, investorIds: [investors[0] as string] };
    return [
      await created(api, '/v1/projects', aProject({ ...alike, event: 'hyrd-2018', ...first })),
      await created(api, '/v1/projects', aProject({ ...alike, event: 'hyrd-2020', ...second })),
    ];
  }

  it('matches both, each with the other, although the filter only selects one', async () => {
    const [a, b] = await pair({ signedOn: '2018-06-29' }, {});
    const pick = ({ id, code, name, event, signedOn }: Body) => ({ id, code, name, event, signedOn });
    expect(await findingOf(rule, a.code)).toEqual({ others: [pick(b)] });
    expect(await findingOf(rule, b.code)).toEqual({ others: [pick(a)] });
    expect(await findingOf(rule, b.code, { asOf: '2020-06-29' })).toEqual({ others: [pick(a)] });
    expect(await findingOf(rule, a.code, { asOf: '2020-06-28' })).toBeUndefined();
  });

  it.each<[string, Partial<NewProject>, Partial<NewProject>, boolean]>([
    ['with names apart in words that say little', {}, { name: '东佳产业园项目' }, true],
    [
      'with names apart in width, case, spaces and punctuation',
      { name: 'ＲＦ（Dongjia）' },
      { name: 'rf  dong-jia' },
      true,
    ],
    ['of which one is the first phase', {}, { name: '东佳产业园（一期）工程' }, true],
    ['of which one is the second phase', {}, { name: '东佳产业园（二期）' }, false],
    ['with another name', {}, { name: '东佳科技园' }, false],
    ['with names of which nothing is left', { name: '项目' }, { name: '工程（一期）' }, false],
    ['with an English name as well', {}, { nameEn: 'Dongjia Park' }, true],
    ['at one event', {}, { event: 'hyrd-2018' }, false],
    ['of which one was signed outside an event', {}, { event: null }, false],
    ['of other amounts', {}, { investmentYuan: 7 }, false],
    ['of which one has ended', { terminatedOn: '2020-07-01' }, {}, false],
    ['without an investor', { investorIds: [] }, { investorIds: [] }, false],
  ])('%s', async (_, first, second, isNamed) => {
    const [a, b] = await pair(first, second);
    expect((await findingOf(rule, a.code)) !== undefined).toBe(isNamed);
    expect((await findingOf(rule, b.code)) !== undefined).toBe(isNamed);
  });

  it('compares all investors, lead or not, and lists each other project once', async () => {
    const [first, second] = investors as [string, string];
    const [a, b] = await pair({ investorIds: [first, second] }, { investorIds: [second, first] });
    const { others } = await findingOf(rule, a.code);
    expect(others.map(({ code }: Body) => code)).toEqual([b.code]);
    const [c] = await pair({ investorIds: [first] }, { investorIds: [second] });
    expect(await findingOf(rule, c.code)).toBeUndefined();
  });

  it('ignores archived projects', async () => {
    const [a, b] = await pair({}, {});
    await api.delete(`/v1/projects/${b.id}`);
    expect(await findingOf(rule, a.code)).toBeUndefined();
  });

  it('shows the first ten others by day of signing', async () => {
    const [a] = await pair({}, { signedOn: '2020-07-02' });
    const alike = { name: a.name, investmentYuan: a.investmentYuan, investorIds: [investors[0] as string] };
    const made: Body[] = [];
    for (let i = 0; i < 12; i++) {
      const event = i % 2 ? 'hyrd-2020' : 'hyrd-2022';
      const signedOn = `2020-07-${i < 11 ? '01' : '03'}`;
      made.push(await created(api, '/v1/projects', aProject({ ...alike, event, signedOn })));
    }
    const { others } = await findingOf(rule, a.code);
    const first = inOrder(made, 'signedOn', 'id').slice(0, 10);
    expect(others.map(({ code }: Body) => code)).toEqual(first.map(({ code }) => code));
  });
});

describe('a list', () => {
  it('has pages, and only shows projects selected by the filter', async () => {
    const { code } = await created(api, '/v1/projects', aProject({ zone: 'changsha-etdz' }));
    await insertCopies(api, { code, industry: null }, 120);
    const { body } = await api.get('/v1/quality/missing_industry?zone=changsha-etdz&limit=100');
    expect(body.page).toMatchObject({ total: 121, limit: 100 });
    expect(body.items).toHaveLength(100);
  });
});
