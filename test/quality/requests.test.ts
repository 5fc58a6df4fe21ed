/** Parameters and responses of the two URLs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { MODEL_RULES } from '../support/model-quality.ts';
import { everyPage, inOrder } from '../support/pages.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
  for (let i = 0; i < 23; i++) {
    const signedOn = `2020-06-${String(10 + (i % 4)).padStart(2, '0')}`;
    const region = i % 3 ? '430100' : null;
    await created(api, '/v1/projects', aProject({ signedOn, region, investmentYuan: 1 + (i % 5) }));
  }
});
afterAll(() => api.close());

const CODES = Object.keys(MODEL_RULES);

describe('/v1/quality', () => {
  it('describes each rule in both languages, with a link to its projects', async () => {
    const { body } = await api.get('/v1/quality?region=none,430100&asOf=2022-08-31&staleDays=30');
    expect(body).toMatchObject({
      asOf: '2022-08-31',
      staleDays: 30,
      filter: { region: ['none', '430100'] },
      revision: (await api.get('/v1/changes/head')).body.seq,
    });
    expect(body.items.map(({ code }: Body) => code)).toEqual(CODES);
    const severities = ['error', 'warning', 'notice'];
    const gravity = body.items.map(({ severity }: Body) => severities.indexOf(severity));
    expect(gravity).toEqual(gravity.toSorted());
    for (const { code, label, sentence, links } of body.items) {
      expect(label.zh).toMatch(/^\p{Script=Han}+$/u);
      expect(label.en).toMatch(/^[a-z -]+$/);
      expect(sentence.zh).toMatch(/\p{Script=Han}.*。$/u);
      expect(sentence.en).toMatch(/^[A-Z].*\.$/);
      const stale = code === 'no_change_reported' ? '&staleDays=30' : '';
      expect(links.projects).toBe(`/v1/quality/${code}?region=none,430100&asOf=2022-08-31${stale}`);
    }
  });

  it.each([
    ['staleDays=0', 'staleDays', 'too_small'],
    ['staleDays=3651', 'staleDays', 'too_large'],
    ['staleDays=-1', 'staleDays', 'wrong_type'],
    ['staleDays=1.5', 'staleDays', 'wrong_type'],
    ['staleDays=', 'staleDays', 'wrong_type'],
    ['staleDays=9&staleDays=9', 'staleDays', 'wrong_type'],
    ['asOf=2026-11-23', 'asOf', 'after_today'],
    ['asOf=2026-02-30', 'asOf', 'not_a_day'],
    ['region=x', 'region', 'not_a_region'],
    ['limit=5', 'limit', 'unknown_parameter'],
    ['sort=name', 'sort', 'unknown_parameter'],
    ['rule=overdue_start', 'rule', 'unknown_parameter'],
    ['archived=true', 'archived', 'unknown_parameter'],
  ])('refuses %s', async (query, parameter, code) => {
    expectProblem(await api.get(`/v1/quality?${query}`), 422, 'request.invalid', [[parameter, code]]);
  });

  it.each(['staleDays=1', 'staleDays=3650', 'asOf=1900-01-01&staleDays=3650'])(
    'accepts %s',
    async (query) => {
      expect((await api.get(`/v1/quality?${query}`)).status).toBe(200);
    },
  );
});

describe('/v1/quality/{rule}', () => {
  it.each(['nothing', 'Overdue_start', 'overdueStart', '__proto__', '%00', 'x'.repeat(90)])(
    'has no rule %s',
    async (rule) => {
      expectProblem(await api.get(`/v1/quality/${rule}`), 404, 'quality.not_found');
    },
  );

  it('lists the existing rules, in the requested language', async () => {
    const { body } = await api.get('/v1/quality/nothing', { 'accept-language': 'zh-CN' });
    expect(body.detail).toBe(`没有规则“nothing”；现有规则：${CODES.join(', ')}。`);
  });

  it('accepts staleDays only for rules that use it', async () => {
    expect((await api.get('/v1/quality/no_change_reported?staleDays=5')).status).toBe(200);
    for (const rule of CODES.filter((code) => code !== 'no_change_reported')) {
      const answer = await api.get(`/v1/quality/${rule}?staleDays=5`);
      expectProblem(answer, 422, 'request.invalid', [['staleDays', 'unknown_parameter']]);
    }
  });

  it.each([
    ['limit=0', 'limit', 'too_small'],
    ['limit=501', 'limit', 'too_large'],
    ['sort=days', 'sort', 'not_sortable'],
    ['cursor=x', 'cursor', 'not_a_cursor'],
    ['asOf=2026-11-23', 'asOf', 'after_today'],
    ['archived=true', 'archived', 'unknown_parameter'],
    ['format=csv', 'format', 'unknown_parameter'],
  ])('refuses %s', async (query, parameter, code) => {
    const answer = await api.get(`/v1/quality/missing_region?${query}`);
    expectProblem(answer, 422, 'request.invalid', [[parameter, code]]);
  });

  it.each(['', '-signedOn', 'code', '-investmentYuan,signedOn', 'signedOn,-updatedAt'])(
    'is paged, in the order of sort=%s',
    async (sort) => {
      const asked = sort && `&sort=${sort}`;
      const items = await everyPage(api, `/v1/quality/missing_agreed_dates?limit=5${asked}`);
      expect(items).toEqual(inOrder(items, sort || '-signedOn', 'id'));
      expect(new Set(items.map(({ id }) => id)).size).toBe(23);
    },
  );

  it('links to the next page', async () => {
    const first = await api.get('/v1/quality/missing_region?limit=5');
    const [, next] = /^<([^>]+)>; rel="next"$/.exec(String(first.headers.link)) ?? [];
    expect(next).toMatch(/^\/v1\/quality\/missing_region\?limit=5&cursor=/);
    const second = await api.get(next as string);
    expect(second.body.items).toHaveLength(3);
    expect(second.headers.link).toBeUndefined();
  });

  it('shows each project as in the list, with the finding', async () => {
    const { items } = (await api.get('/v1/quality/missing_region?asOf=2021-01-01')).body;
    for (const { finding, ...project } of items) {
      expect(finding).toEqual({ missing: ['region'] });
      const listed = await api.get(`/v1/projects?code=${project.code}&asOf=2021-01-01`);
      expect(listed.body.items).toEqual([project]);
    }
  });
});

describe.each(['/v1/quality?level=provincial', '/v1/quality/missing_industry'])('%s', (url) => {
  it('is the same, and not sent again, until something changes', async () => {
    const first = await api.get(url);
    const again = await api.get(url);
    expect([again.text, again.etag]).toEqual([first.text, first.etag]);
    expect((await api.get(url, { 'if-none-match': first.etag })).status).toBe(304);
    const { id } = await created(api, '/v1/projects', aProject());
    const changed = await api.get(url, { 'if-none-match': first.etag });
    expect(changed.status).toBe(200);
    expect(changed.body.revision).toBe(first.body.revision + 1);
    expect(changed.etag).not.toBe(first.etag);
    await api.delete(`/v1/projects/${id}`);
  });

  it('changes with the day', async () => {
    const { etag } = await api.get(url);
    const answers = [];
    api.clock.set('2026-11-23T04:00:00Z');
    answers.push(await api.get(url, { 'if-none-match': etag }));
    api.clock.set('2026-11-22T04:00:00Z');
    answers.push(await api.get(url, { 'if-none-match': etag }));
    expect(answers.map(({ status }) => status)).toEqual([200, 304]);
  });
});
