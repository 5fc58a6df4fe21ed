import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { badDays, badWholeNumbers } from '../support/bad-values.ts';
import { expectRefused } from '../support/state.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

let made = 0;
const anEvent = (fields: Body = {}): Body => ({
  code: `edition-${++made}`,
  name: '沪洽周',
  startsOn: '2022-11-03',
  endsOn: '2022-11-08',
  ...fields,
});

describe('the days of an event', () => {
  it('may be a single day, and in the future', async () => {
    await created(api, '/v1/events', anEvent({ startsOn: '2022-11-03', endsOn: '2022-11-03' }));
    await created(api, '/v1/events', anEvent({ startsOn: '2030-11-03', endsOn: '2030-11-08' }));
  });

  const backwards: [what: string, change: Body][] = [
    ['an end before the start', { startsOn: '2022-11-05', endsOn: '2022-11-04' }],
    ['an end that moves before the start', { endsOn: '2022-11-02' }],
    ['a start that moves behind the end', { startsOn: '2022-11-09' }],
  ];
  it.each(backwards)('%s is refused, new or changed', async (_, fields) => {
    const faults: [string, string][] = [['/endsOn', 'ends_before_start']];
    const add = () => api.post('/v1/events', anEvent(fields));
    await expectRefused(api, add, 422, 'request.invalid', faults);
    const { code } = await created(api, '/v1/events', anEvent());
    const change = () => api.patch(`/v1/events/${code}`, fields);
    await expectRefused(api, change, 422, 'request.invalid', faults);
  });

  const days = ['startsOn', 'endsOn'].flatMap((field) =>
    [...badDays, ['null', null, 'not_a_day'] as const].map(
      ([what, value, code]) => [field, what, value, code] as const,
    ),
  );
  it.each(days)('%s cannot be %s', async (field, _, value, code) => {
    const add = () => api.post('/v1/events', anEvent({ [field]: value }));
    await expectRefused(api, add, 422, 'request.invalid', [[`/${field}`, code]]);
  });

  it('with one invalid day are not compared with the stored one', async () => {
    const { code } = await created(api, '/v1/events', anEvent());
    const change = () => api.patch(`/v1/events/${code}`, { startsOn: '2026-02-30', endsOn: '2022-01-01' });
    await expectRefused(api, change, 422, 'request.invalid', [['/startsOn', 'not_a_day']]);
  });

  it('are reported with other faults', async () => {
    const add = () => api.post('/v1/events', { ...anEvent(), endsOn: '2022-01-01', edition: 1, series: '' });
    await expectRefused(api, add, 422, 'request.invalid', [
      ['/endsOn', 'ends_before_start'],
      ['/edition', 'too_small'],
      ['/series', 'empty'],
    ]);
  });
});

describe('the edition of an event', () => {
  it.each(badWholeNumbers(1900, 2999))('cannot be %s', async (_, value, code) => {
    const add = () => api.post('/v1/events', anEvent({ edition: value }));
    await expectRefused(api, add, 422, 'request.invalid', [['/edition', code]]);
  });

  it.each([1900, 2999])('can be %s', async (edition) => {
    expect((await created(api, '/v1/events', anEvent({ edition }))).edition).toBe(edition);
  });
});

describe('the list of events', () => {
  it('is sorted by first day, in both directions', async () => {
    const codes: string[] = [];
    for (const startsOn of ['1999-03-01', '1999-01-01', '1999-02-01']) {
      const event = anEvent({ series: 'sorted', startsOn, endsOn: '1999-12-31' });
      codes.push((await created(api, '/v1/events', event)).code);
    }
    const sorted = async (sort: string) =>
      (await api.get(`/v1/events?series=sorted&sort=${sort}`)).body.items.map(({ code }: Body) => code);
    expect(await sorted('startsOn')).toEqual([codes[1], codes[2], codes[0]]);
    expect(await sorted('-startsOn')).toEqual([codes[0], codes[2], codes[1]]);
  });

  it('can be filtered by series', async () => {
    await created(api, '/v1/events', anEvent({ series: '沪洽周' }));
    await created(api, '/v1/events', anEvent({ series: '别的' }));
    const found = (await api.get(`/v1/events?series=${encodeURIComponent('沪洽周')}`)).body;
    expect(found.items.map(({ series }: Body) => series)).toEqual(['沪洽周']);
    expect(found.page.total).toBe(1);
  });

  it('cannot be sorted by optional fields', async () => {
    expectProblem(await api.get('/v1/events?sort=series'), 422, 'request.invalid', [
      ['sort', 'not_sortable'],
    ]);
  });
});
