import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewProject } from '../../src/features/projects/schema.ts';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';
import { expectRefused } from '../support/state.ts';

const TODAY = '2026-11-22';
const TOMORROW = '2026-11-23';

type Fields = Partial<NewProject>;

const ACTUAL_DATES = [
  'signedOn',
  'registeredOn',
  'startedOn',
  'completedOn',
  'productionOn',
  'suspendedOn',
  'resumedOn',
  'terminatedOn',
] as const;

/** The dates that a date requires. */
const NEEDS: Partial<Record<(typeof ACTUAL_DATES)[number], Fields>> = {
  completedOn: { startedOn: '2020-09-01' },
  productionOn: { startedOn: '2020-09-01' },
  resumedOn: { suspendedOn: '2021-01-01' },
};

const broken: [rule: string, fields: Fields, faults: [string, string][]][] = [
  ...ACTUAL_DATES.map((field): [string, Fields, [string, string][]] => [
    `${field} after today`,
    { ...NEEDS[field], [field]: TOMORROW },
    [[`/${field}`, 'after_today']],
  ]),
  [
    'completion without a start',
    { completedOn: '2021-01-01' },
    [['/completedOn', 'completion_without_start']],
  ],
  [
    'production without a start',
    { productionOn: '2021-01-01' },
    [['/productionOn', 'production_without_start']],
  ],
  [
    'completion before the start',
    { startedOn: '2021-01-02', completedOn: '2021-01-01' },
    [['/completedOn', 'completion_before_start']],
  ],
  [
    'production before the start',
    { startedOn: '2021-01-02', productionOn: '2021-01-01' },
    [['/productionOn', 'production_before_start']],
  ],
  [
    'resumption without a suspension',
    { resumedOn: '2021-01-01' },
    [['/resumedOn', 'resumption_without_suspension']],
  ],
  [
    'resumption before the suspension',
    { suspendedOn: '2021-01-02', resumedOn: '2021-01-01' },
    [['/resumedOn', 'resumption_before_suspension']],
  ],
  [
    'termination before the signing',
    { signedOn: '2020-06-29', terminatedOn: '2020-06-28' },
    [['/terminatedOn', 'termination_before_signing']],
  ],
  ['an investment of nothing', { investmentYuan: 0 }, [['/investmentYuan', 'too_small']]],
  ['a negative investment', { investmentYuan: -1 }, [['/investmentYuan', 'too_small']]],
  [
    'an investment above a thousand billion',
    { investmentYuan: 1_000_000_000_001 },
    [['/investmentYuan', 'too_large']],
  ],
  ['half a yuan', { investmentYuan: 1.5 }, [['/investmentYuan', 'wrong_type']]],
  ['negative contracted funds', { contractedFundsYuan: -1 }, [['/contractedFundsYuan', 'too_small']]],
  [
    'contracted funds above the investment',
    { investmentYuan: 100, contractedFundsYuan: 101 },
    [['/contractedFundsYuan', 'contracted_above_investment']],
  ],
  [
    'contracted funds above a thousand billion',
    { contractedFundsYuan: 1_000_000_000_001 },
    [['/contractedFundsYuan', 'too_large']],
  ],
  [
    'several at once',
    { signedOn: TOMORROW, completedOn: TOMORROW, resumedOn: '2020-01-01', terminatedOn: '2020-01-01' },
    [
      ['/signedOn', 'after_today'],
      ['/completedOn', 'after_today'],
      ['/completedOn', 'completion_without_start'],
      ['/resumedOn', 'resumption_without_suspension'],
      ['/terminatedOn', 'termination_before_signing'],
    ],
  ],
];

const allowed: [what: string, fields: Fields][] = [
  ...ACTUAL_DATES.map((field): [string, Fields] => [`${field} today`, { ...NEEDS[field], [field]: TODAY }]),
  ['a registration before the signing', { signedOn: '2020-06-29', registeredOn: '2019-01-01' }],
  ['a start before the signing', { signedOn: '2020-06-29', startedOn: '2019-01-01' }],
  ['completion on the day of the start', { startedOn: '2021-01-01', completedOn: '2021-01-01' }],
  ['production on the day of the start', { startedOn: '2021-01-01', productionOn: '2021-01-01' }],
  [
    'production before completion',
    { startedOn: '2021-01-01', productionOn: '2021-02-01', completedOn: '2021-03-01' },
  ],
  ['a resumption on the day of the suspension', { suspendedOn: '2021-01-01', resumedOn: '2021-01-01' }],
  ['a suspension before any start', { suspendedOn: '2020-06-30' }],
  ['a suspension before the signing', { signedOn: '2020-06-29', suspendedOn: '2020-06-28' }],
  ['a termination on the day of the signing', { signedOn: '2020-06-29', terminatedOn: '2020-06-29' }],
  ['a start after the termination', { terminatedOn: '2021-01-01', startedOn: '2021-02-01' }],
  ['promises that lie ahead', { agreedStartOn: '2030-01-01', agreedProductionOn: '2029-01-01' }],
  ['promises before the signing', { agreedStartOn: '1999-01-01', agreedProductionOn: '1999-01-01' }],
  ['a leap day', { startedOn: '2024-02-29' }],
  ['the first day of 1900', { signedOn: '1900-01-01' }],
  ['an investment of one yuan', { investmentYuan: 1 }],
  ['an investment of a thousand billion', { investmentYuan: 1_000_000_000_000 }],
  ['contracted funds of nothing', { contractedFundsYuan: 0 }],
  ['contracted funds of the whole investment', { investmentYuan: 100, contractedFundsYuan: 100 }],
];

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

describe('when a project is recorded', () => {
  it.each(broken)('%s is refused', async (_, fields, faults) => {
    const send = () => api.post('/v1/projects', aProject(fields));
    await expectRefused(api, send, 422, 'request.invalid', faults);
  });

  it.each(allowed)('%s is allowed', async (_, fields) => {
    expect(await created(api, '/v1/projects', aProject(fields))).toMatchObject(fields);
  });
});

describe('when a project is changed', () => {
  let url: string;
  beforeAll(async () => {
    url = `/v1/projects/${(await created(api, '/v1/projects', aProject())).id}`;
  });

  it.each(broken)('%s is refused', async (_, fields, faults) => {
    await expectRefused(api, () => api.patch(url, fields), 422, 'request.invalid', faults);
  });

  it.each(allowed)('%s is allowed', async (_, fields) => {
    const { id } = await created(api, '/v1/projects', aProject());
    const changed = await api.patch(`/v1/projects/${id}`, fields);
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject(fields);
  });
});

/** A project with dates, a change, and the rule that is then violated by its other fields. */
const brokenByTheRest: [rule: string, before: Fields, change: Body, faults: [string, string][]][] = [
  [
    'clearing the start of a completed project',
    { startedOn: '2021-01-01', completedOn: '2021-02-01' },
    { startedOn: null },
    [['/completedOn', 'completion_without_start']],
  ],
  [
    'clearing the start of a producing project',
    { startedOn: '2021-01-01', productionOn: '2021-02-01' },
    { startedOn: null },
    [['/productionOn', 'production_without_start']],
  ],
  [
    'moving the start after completion and production',
    { startedOn: '2021-01-01', completedOn: '2021-02-01', productionOn: '2021-02-01' },
    { startedOn: '2021-03-01' },
    [
      ['/completedOn', 'completion_before_start'],
      ['/productionOn', 'production_before_start'],
    ],
  ],
  [
    'clearing the suspension of a resumed project',
    { suspendedOn: '2021-01-01', resumedOn: '2021-02-01' },
    { suspendedOn: null },
    [['/resumedOn', 'resumption_without_suspension']],
  ],
  [
    'moving the signing after the termination',
    { signedOn: '2020-01-01', terminatedOn: '2020-02-01' },
    { signedOn: '2020-03-01' },
    [['/terminatedOn', 'termination_before_signing']],
  ],
  [
    'lowering the investment under the contracted funds',
    { investmentYuan: 100, contractedFundsYuan: 50 },
    { investmentYuan: 49 },
    [['/contractedFundsYuan', 'contracted_above_investment']],
  ],
];

describe('a change is validated together with unchanged fields', () => {
  it.each(brokenByTheRest)('%s is refused', async (_, before, change, faults) => {
    const { id } = await created(api, '/v1/projects', aProject(before));
    const send = () => api.patch(`/v1/projects/${id}`, change);
    await expectRefused(api, send, 422, 'request.invalid', faults);
  });

  it('dates that require each other can be cleared together', async () => {
    const { id } = await created(
      api,
      '/v1/projects',
      aProject({ startedOn: '2021-01-01', completedOn: '2021-02-01' }),
    );
    const changed = await api.patch(`/v1/projects/${id}`, { startedOn: null, completedOn: null });
    expect(changed.body).toMatchObject({ startedOn: null, completedOn: null, operatingStatus: 'signed' });
  });

  const faultyBounds: [string, Fields, Body, [string, string][]][] = [
    ['signedOn', {}, { signedOn: '2026-02-30', terminatedOn: '2019-01-01' }, [['/signedOn', 'not_a_day']]],
    [
      'startedOn',
      { startedOn: '2021-01-01' },
      { startedOn: '2020-02-30', completedOn: '2020-06-01' },
      [['/startedOn', 'not_a_day']],
    ],
    [
      'investmentYuan',
      { investmentYuan: 100 },
      { investmentYuan: 0, contractedFundsYuan: 200 },
      [['/investmentYuan', 'too_small']],
    ],
  ];
  it.each(faultyBounds)('nothing is compared with the old %s if the new one is invalid', async (...row) => {
    const [, before, change, faults] = row;
    const { id } = await created(api, '/v1/projects', aProject(before));
    const send = () => api.patch(`/v1/projects/${id}`, change);
    await expectRefused(api, send, 422, 'request.invalid', faults);
  });
});

describe('today', () => {
  it('starts at midnight in the time zone of the service, not in UTC', async () => {
    const late = await testApp();
    try {
      late.clock.set('2026-11-22T15:59:59Z');
      const early = () => late.post('/v1/projects', aProject({ signedOn: TOMORROW }));
      await expectRefused(late, early, 422, 'request.invalid', [['/signedOn', 'after_today']]);
      late.clock.set('2026-11-22T16:00:00Z');
      expect((await late.post('/v1/projects', aProject({ signedOn: TOMORROW }))).status).toBe(201);
    } finally {
      await late.close();
    }
  });
});
