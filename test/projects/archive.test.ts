import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { expectRefused } from '../support/state.ts';
import { closeVerified } from '../support/verified.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => closeVerified(api));

/** Creates and archives a project; returns its path and its state before. */
async function anArchivedOne(fields: Parameters<typeof aProject>[0] = {}) {
  const project = await created(api, '/v1/projects', aProject(fields));
  const url = `/v1/projects/${project.id}`;
  expect((await api.delete(url)).status).toBe(204);
  return { url, project };
}

const codesIn = async (url: string): Promise<string[]> =>
  (await api.get(url)).body.items.map(({ code }: Body) => code);

describe('an archived project', () => {
  it('is in no list, on any day', async () => {
    const { project } = await anArchivedOne();
    for (const query of ['', '&asOf=2020-06-29', '&asOf=2026-11-22', '&archived=false']) {
      expect(await codesIn(`/v1/projects?code=${project.code}${query}`)).toEqual([]);
    }
  });

  it('is in no figure, on any day', async () => {
    const { url } = await anArchivedOne({ signedOn: '1991-01-01', startedOn: '1991-02-01' });
    const figures = async () => {
      const now = (await api.get('/v1/statistics/summary?signedYear=1991')).body;
      const then = (await api.get('/v1/statistics/summary?signedYear=1991&asOf=1991-12-31')).body;
      return [now.projectCount, now.startedCount, now.totalInvestment.yuan, then.projectCount];
    };
    expect(await figures()).toEqual([0, 0, 0, 0]);
    await api.post(`${url}/restore`);
    expect(await figures()).toEqual([1, 1, 100_000_000, 1]);
    await api.delete(url);
    expect(await figures()).toEqual([0, 0, 0, 0]);
  });

  it('is the only kind in the list of archived projects', async () => {
    const { project } = await anArchivedOne({ owner: '同一单位', signedOn: '1992-01-01' });
    await created(api, '/v1/projects', aProject({ signedOn: '1992-01-01' }));
    expect(await codesIn('/v1/projects?archived=true&signedYear=1992')).toEqual([project.code]);
    expect((await api.get('/v1/projects?archived=true&signedYear=1992')).body.page.total).toBe(1);
    expect(await codesIn('/v1/projects?archived=true&signedYear=1992&asOf=1991-12-31')).toEqual([]);
  });

  it('is 404 with its own code, unless requested', async () => {
    const { url, project } = await anArchivedOne();
    expectProblem(await api.get(url), 404, 'projects.archived');
    expectProblem(await api.get(`${url}?archived=false`), 404, 'projects.archived');
    const shown = await api.get(`${url}?archived=true`);
    expect(shown.status).toBe(200);
    expect(shown.body).toEqual({
      ...project,
      version: 2,
      updatedAt: shown.body.updatedAt,
      archivedAt: shown.body.updatedAt,
    });
    expect(shown.body.archivedAt).toBe(api.clock.now());
  });

  it('is shown as of a day only from its signing on', async () => {
    const { url } = await anArchivedOne({ signedOn: '2020-06-29' });
    expect((await api.get(`${url}?archived=true&asOf=2020-06-29`)).status).toBe(200);
    expectProblem(await api.get(`${url}?archived=true&asOf=2020-06-28`), 404, 'projects.not_signed_yet');
  });

  it('cannot be changed or archived again', async () => {
    const { url } = await anArchivedOne();
    const { etag } = await api.get(`${url}?archived=true`);
    const ifMatch = { 'if-match': etag };
    const change = () => api.patch(url, { owner: '商务局' }, ifMatch);
    await expectRefused(api, change, 404, 'projects.archived');
    await expectRefused(api, () => api.delete(url, ifMatch), 404, 'projects.archived');
  });

  it('is not the only kind that archived=true reads by id', async () => {
    const { id } = await created(api, '/v1/projects', aProject());
    expect((await api.get(`/v1/projects/${id}?archived=true`)).status).toBe(200);
  });

  it('still protects what it refers to', async () => {
    await created(api, '/v1/zones', { code: 'held-zone', name: '园区', level: 'national' });
    await anArchivedOne({ zone: 'held-zone' });
    await expectRefused(api, () => api.delete('/v1/zones/held-zone'), 409, 'zones.referenced');
  });
});

describe('restoring', () => {
  it('returns a project to its previous state, with a new version', async () => {
    const { url, project } = await anArchivedOne({ region: '430100', startedOn: '2021-01-01' });
    const restored = await api.post(`${url}/restore`);
    expect(restored.status).toBe(200);
    expect(restored.body).toEqual({ ...project, version: 3, updatedAt: restored.body.updatedAt });
    expect(restored.etag).toBe((await api.get(url)).etag);
    expect(await codesIn(`/v1/projects?code=${project.code}`)).toEqual([project.code]);
    expect(await codesIn(`/v1/projects?archived=true&code=${project.code}`)).toEqual([]);
  });

  it('does nothing to a project that is not archived', async () => {
    const project = await created(api, '/v1/projects', aProject());
    const { seq } = await api.database.revision();
    const answer = await api.post(`/v1/projects/${project.id}/restore`);
    expect(answer).toMatchObject({ status: 200, body: project });
    expect((await api.database.revision()).seq).toBe(seq);
  });

  it('requires an existing project', async () => {
    const send = () => api.post('/v1/projects/nonsense/restore');
    await expectRefused(api, send, 404, 'projects.not_found');
  });

  it('accepts no body', async () => {
    const { url } = await anArchivedOne();
    const send = () => api.post(`${url}/restore`, { name: '新名称' });
    const { status } = await send();
    expect(status).toBe(422);
    expectProblem(await api.get(url), 404, 'projects.archived');
  });
});
