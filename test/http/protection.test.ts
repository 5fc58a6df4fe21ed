/** Protection of the service as a whole: overload, other websites, and headers for browsers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { until } from '../support/process.ts';

describe('an overloaded service', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp({
      config: { OVERLOAD_DELAY: 50, ANONYMOUS_READ: 'all', CORS_ORIGINS: ['https://dashboard.example'] },
    });
  });
  afterAll(() => api.close());

  /** Blocks the event loop, like misplaced work. */
  async function fallBehind(): Promise<void> {
    for (let i = 0; i < 8; i++) {
      const end = performance.now() + 250;
      while (performance.now() < end);
      await sleep(0);
    }
    await sleep(20);
  }

  it('refuses with 503 and Retry-After, but stays alive; then recovers', async () => {
    expect((await api.get('/v1/changes/head')).status).toBe(200);
    await fallBehind();
    const refused = await api.get('/v1/changes/head', { origin: 'https://dashboard.example' });
    expectProblem(refused, 503, 'service.overloaded');
    // Scripts must be able to read Retry-After.
    expect(refused.headers).toMatchObject({ 'access-control-allow-origin': 'https://dashboard.example' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expectProblem(await api.get('/readyz'), 503, 'service.overloaded');
    expect((await api.get('/livez')).status).toBe(200);
    await until(async () => (await api.get('/v1/changes/head')).status === 200);
  });
});

const preflight = {
  origin: 'https://dashboard.example',
  'access-control-request-method': 'PATCH',
  'access-control-request-headers': 'authorization,content-type,if-match',
};

const corsOf = (headers: object): object =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));

describe('a page of another website', () => {
  let closed: TestApp;
  let opened: TestApp;
  beforeAll(async () => {
    closed = await testApp();
    opened = await testApp({
      config: { CORS_ORIGINS: ['https://dashboard.example', 'http://localhost:8080'] },
    });
  });
  afterAll(async () => {
    await closed.close();
    await opened.close();
  });

  it('may do nothing unless configured', async () => {
    const asked = await closed.request('OPTIONS', '/v1/projects', undefined, preflight);
    expect(asked).toMatchObject({ status: 204, headers: { allow: 'GET, HEAD, OPTIONS, POST' } });
    expect(corsOf(asked.headers)).toEqual({});
    expect(corsOf((await closed.get('/v1/projects', { origin: preflight.origin })).headers)).toEqual({});
  });

  it.each([
    'https://evil.example',
    'null',
    'https://dashboard.example.evil.example',
    'http://dashboard.example',
  ])('may do nothing if only others are configured: %s', async (origin) => {
    for (const method of ['OPTIONS', 'GET']) {
      const { headers } = await opened.request(method, '/v1/projects', undefined, { ...preflight, origin });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  it.each(['https://dashboard.example', 'http://localhost:8080'])(
    'may send requests if configured: %s',
    async (origin) => {
      // Browsers send a preflight request first, without a key.
      const anyone = clientOf(opened.app, null);
      const asked = await anyone.request('OPTIONS', '/v1/projects', undefined, { ...preflight, origin });
      expect(asked).toMatchObject({ status: 204, text: '' });
      expect(asked.headers).toMatchObject({
        allow: 'GET, HEAD, OPTIONS, POST',
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': preflight['access-control-request-headers'],
      });
      const answer = await opened.get('/v1/projects', { origin });
      expect(answer.headers).toMatchObject({ 'access-control-allow-origin': origin });
      expect(answer.headers['access-control-expose-headers']).toMatch(/ETag.*X-Request-Id/);
      // Scripts must be able to read why a request was refused.
      const refused = await anyone.get('/v1/projects', { origin });
      expectProblem(refused, 401, 'access.key_required');
      expect(refused.headers).toMatchObject({ 'access-control-allow-origin': origin });
      // Keys are sent by scripts, never by the browser itself.
      expect(refused.headers).not.toHaveProperty('access-control-allow-credentials');
    },
  );

  it('receives the methods of a path like anybody else', async () => {
    const plain = await opened.request('OPTIONS', '/v1/projects');
    expect(plain).toMatchObject({ status: 204, headers: { allow: 'GET, HEAD, OPTIONS, POST' } });
  });
});

describe('a browser', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp({ config: { TRUST_PROXY: ['127.0.0.1'] } });
  });
  afterAll(() => api.close());

  const security = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
  };

  it.each(['/v1/projects', '/v1/nothing', '/livez', '/openapi.json', '/docs/'])(
    'must not render %s as a page',
    async (path) => {
      const { headers } = await api.get(path);
      expect(headers).toMatchObject(security);
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('strict-transport-security');
      const policy =
        path === '/docs/'
          ? /^default-src 'none'; base-uri 'none'; connect-src 'self';/
          : /^default-src 'none'; frame-ancestors 'none'$/;
      expect(headers['content-security-policy']).toMatch(policy);
    },
  );

  it('must keep using TLS if it did', async () => {
    const { headers } = await api.get('/v1/projects', { 'x-forwarded-proto': 'https' });
    expect(headers).toMatchObject({ 'strict-transport-security': 'max-age=31536000' });
  });
});
