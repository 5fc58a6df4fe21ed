/** The page as files: what it may load, and how long it may be kept. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, clientOf, type TestApp, testApp } from '../support/app.ts';

describe('the page', () => {
  let api: TestApp;
  let anyone: Client;
  beforeAll(async () => {
    api = await testApp({ config: { ANONYMOUS_READ: 'none' } });
    anyone = clientOf(api.app, null);
  });
  afterAll(() => api.close());

  it('is open to anyone, since it contains no data, and may load nothing inline or from elsewhere', async () => {
    const { status, headers, text } = await anyone.get('/');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|data:|\*/);
    expect(text).not.toMatch(/<style|style=|<script>|\son\w+=/);
    const parts = [...text.matchAll(/(?:src|href)="(\/dashboard[^"]+)"/g)].map(([, path]) => path as string);
    expect(parts).toHaveLength(3);
    for (const path of parts) expect((await anyone.get(path)).status, path).toBe(200);
  });

  it.each(['knownAt=2026-11-22', 'knownAt=x', 'revision=x', 'revision=1000000', 'definitionsVersion=9'])(
    'is the same whatever its address says: %s',
    async (query) => {
      const { status, etag } = await anyone.get(`/?${query}`);
      expect([status, etag]).toEqual([200, (await anyone.get('/')).etag]);
    },
  );

  it('is asked for again each time, and its parts with a hash in their name never', async () => {
    const { headers, etag } = await anyone.get('/');
    expect(headers['cache-control']).toBe('private, no-cache');
    expect((await anyone.get('/', { 'if-none-match': etag })).status).toBe(304);
    const { text } = await anyone.get('/dashboard/main.js');
    const [, charts] = /"\.\/(charts-\w+\.js)"/.exec(text) ?? [];
    const answer = await anyone.get(`/dashboard/${charts}`);
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toContain('immutable');
  });

  it('has names of fields and codes from where they are defined', async () => {
    const { body } = await anyone.get('/dashboard/names.json');
    expect(body.fields.projects.startedOn).toEqual({ zh: '开工日期', en: 'Started' });
    expect(body.statuses.under_construction).toEqual({ zh: '在建', en: 'under construction' });
    expect(body.investmentBands[0]).toBe('under_100m');
  });

  it.each(['nothing.js', '../package.json', '%2e%2e/%2e%2e/package.json', 'charts.js/x', 'constructor'])(
    'has no other files: %s',
    async (name) => {
      expect((await anyone.get(`/dashboard/${name}`)).status).toBe(404);
    },
  );
});
