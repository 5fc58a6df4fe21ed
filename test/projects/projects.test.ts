import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, created, expectProblem, type TestApp, testApp } from '../support/app.ts';

describe('projects', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp();
  });
  afterAll(() => api.close());

  it('returns what was recorded, with derived fields', async () => {
    const project = await created(
      api,
      '/v1/projects',
      aProject({ startedOn: '2020-09-01', region: '430100' }),
    );
    expect(project).toMatchObject({
      region: '430100',
      operatingStatus: 'under_construction',
      version: 1,
      investors: [],
    });
    const read = await api.get(`/v1/projects/${project.id}`);
    expect(read.body).toEqual(project);
  });

  it('does not find a malformed id', async () => {
    expectProblem(await api.get('/v1/projects/nonsense'), 404, 'projects.not_found');
  });

  it('updates the summary after a change', async () => {
    const { id } = await created(api, '/v1/projects', aProject({ signedOn: '2019-01-01' }));
    const url = '/v1/statistics/summary?signedYear=2019';
    expect((await api.get(url)).body.startedCount).toBe(0);
    await api.patch(`/v1/projects/${id}`, { startedOn: '2019-02-01' });
    expect((await api.get(url)).body.startedCount).toBe(1);
  });
});
