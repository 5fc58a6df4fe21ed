import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, created, expectProblem, type TestApp, testApp } from '../support/app.ts';

describe('a list of values', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp();
    await created(api, '/v1/projects', aProject({ region: '430100' }));
    await created(api, '/v1/projects', aProject({ region: '430200' }));
    await created(api, '/v1/projects', aProject({ region: '430300' }));
    await created(api, '/v1/projects', aProject({ region: null }));
  });
  afterAll(() => api.close());

  const TEN = '430100,430200,430300,430400,430500,430600,430700,430800,430900,431000';
  const count = async (query: string) => (await api.get(`/v1/statistics/summary?${query}`)).body.projectCount;

  it('with ten is not confused with one of one and none, whichever was requested first', async () => {
    expect(await count('region=430100,none')).toBe(2);
    expect(await count(`region=${TEN}`)).toBe(3);
    expect(await count(`county=${TEN}`)).toBe(3);
    expect(await count('county=430100,none')).toBe(2);
  });

  it('with ten is not confused with one of one and none by the list of projects', async () => {
    expect((await api.get(`/v1/projects?region=${TEN}`)).body.page.total).toBe(3);
    expect((await api.get('/v1/projects?region=430200,none')).body.page.total).toBe(2);
  });

  it.each([
    ['/v1/events', { name: '无', startsOn: '2020-01-01', endsOn: '2020-01-02' }],
    ['/v1/zones', { name: '无', level: 'national' }],
  ])('can contain none, because nothing in %s has that code', async (path, fields) => {
    expectProblem(await api.post(path, { code: 'none', ...fields }), 422, 'request.invalid');
  });
});
