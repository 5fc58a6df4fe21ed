/** Figures and records as they were known. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type TestApp, testApp } from '../support/app.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

describe('a corrected amount', () => {
  it('is told as it was known, and as it is', async () => {
    const { body } = await api.post('/v1/projects', aProject({ investmentYuan: 5 }));
    const before = await api.get('/v1/statistics/summary?asOf=2022-01-01');
    await api.patch(`/v1/projects/${body.id}`, { investmentYuan: 7 });
    const now = await api.get('/v1/statistics/summary?asOf=2022-01-01');
    expect(now.body.totalInvestment.yuan).toBe(7);
    const then = await api.get(before.body.links.permalink);
    expect(then.status).toBe(200);
    expect(then.body.totalInvestment.yuan).toBe(5);
  });
});
