/** The OWASP API Security Top 10 (2023), API8 to API10. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { named, operations } from '../contract/operations.ts';
import { aProject, type Body, clientOf, created, expectProblem, instanceBeside } from '../support/app.ts';
import { openapi } from '../support/contract.ts';
import { expectRefused } from '../support/state.ts';
import { bearer, FREE_TEXTS, makers, type Target, target, textsOf, writers } from './attacks.ts';

let api: Target;
const routes: RouteOptions[] = [];

beforeAll(async () => {
  // Subscribed before anything is registered, because later hooks would miss earlier routes.
  const listen = (message: unknown): void => {
    (message as { fastify: FastifyInstance }).fastify.addHook('onRoute', (route) => {
      routes.push(route);
    });
  };
  subscribe('fastify.initialization', listen);
  api = await target();
  unsubscribe('fastify.initialization', listen);
});
afterAll(() => api.close());

describe('API8 Security Misconfiguration', () => {
  const INSIDES =
    /node_modules|\.[cm]?[jt]s\b|\bat .+:\d+|\/(?:home|tmp|srv|usr|etc)\/|\b(?:select|insert|sqlite|postgres|drizzle|fastify|zod|pino)\b|Error\b|Exception|[A-Z]{3}_[A-Z]/;

  /** Checks that a refusal reveals no internals. */
  function expectDiscreet({ head, text }: { head: string; text: string }): void {
    expect(head).toMatch(/^content-type: application\/problem\+json/im);
    expect(head).not.toMatch(
      /^(?:x-powered-by|server|via|access-control-[a-z-]+|x-[a-z-]*(?:debug|runtime)):/im,
    );
    // What the client sent is not a leak.
    const { instance: _, requestId: __, ...said } = JSON.parse(text);
    expect(JSON.stringify(said)).not.toMatch(INSIDES);
  }

  it.each([
    ['an unknown path', 'GET', '/v1/nothing', []],
    ['no key', 'GET', '/v1/projects', []],
    ['a bad key', 'GET', '/v1/projects', [bearer('a')]],
    ['a bad address', 'GET', '/v1/projects/%zz', [bearer()]],
    ['a long id', 'GET', `/v1/projects/${'a'.repeat(500)}`, [bearer()]],
    ['an id with NUL', 'GET', '/v1/events/a%00b', [bearer()]],
    ['an unknown id', 'GET', "/v1/projects/'%20or%201=1--", [bearer()]],
    ['a bad query', 'GET', "/v1/projects?limit=a&sort=a&region='&asOf=a&cursor=a", [bearer()]],
    ['a forged cursor', 'GET', '/v1/projects?cursor=W10', [bearer()]],
    ['no body', 'POST', '/v1/projects', [bearer()]],
    ['another media type', 'POST', '/v1/projects', [bearer(), 'Content-Type: a/b', 'Content-Length: 0']],
    [
      'a body that is none',
      'POST',
      '/v1/keys',
      [bearer(), 'Content-Type: application/json', 'Content-Length: 0'],
    ],
    ['a bad length', 'POST', '/v1/keys', [bearer(), 'Content-Length: a']],
    ['a bad retry', 'POST', '/v1/projects', [bearer(), 'Idempotency-Key: a b']],
    ['no ETag', 'DELETE', '/v1/events/hyrd-2020', [bearer()]],
    ['another ETag', 'DELETE', '/v1/events/hyrd-2020', [bearer(), 'If-Match: "a"']],
    ['what is referred to', 'DELETE', '/v1/regions/430000', [bearer(), 'If-Match: *']],
    ['another method', 'PUT', '/v1/projects', [bearer()]],
    ['TRACE', 'TRACE', '/v1/projects', [bearer()]],
    ['TRACE to the pages', 'TRACE', '/docs/', [bearer()]],
    ['a method that there is not', 'BREW', '/v1/projects', [bearer()]],
    ['headers that are too large', 'GET', '/livez', [`A: ${'a'.repeat(20_000)}`]],
    ['what is not HTTP', 'GET', '/livez a', []],
    ['a file of the system', 'GET', '/docs/static//etc/passwd', []],
    ['a file above the pages', 'GET', '/docs/static/../../package.json', []],
    ['a file above the pages, encoded', 'GET', '/docs/static/%2e%2e/%2e%2e/package.json', []],
    ['a file above the pages, on Windows', 'GET', '/docs/static/..\\..\\package.json', []],
    ['a file with NUL in its name', 'GET', '/docs/static/index.html%00.css', []],
    ['a file with a long name', 'GET', `/docs/static/${'a'.repeat(300)}`, []],
  ])('a request with %s is refused without revealing internals', async (_, method, path, headers) => {
    const answer = await api.exactly(method, path, headers);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expectDiscreet(answer);
  });

  it('an internal failure reveals nothing either', async () => {
    const fail = () =>
      Promise.reject(new Error('SQLITE_ERROR: select hash from api_keys at /srv/luodi/src/main.ts:1'));
    const database = { ...api.database, revision: fail, snapshot: fail, write: fail };
    const failing = await instanceBeside(api, database, { ANONYMOUS_READ: 'all' });
    for (const path of ['/v1/projects', '/v1/statistics/summary', '/v1/changes', '/v1/changes/head']) {
      const answer = await clientOf(failing, null).get(path);
      expectProblem(answer, 500, 'service.error');
      const head = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
      expectDiscreet({ head: head.join('\n'), text: answer.text });
    }
    await failing.close();
  });

  it('TRACE echoes nothing of the request', async () => {
    const { head, text } = await api.exactly('TRACE', '/v1/projects', ['Cookie: session=whispered']);
    expect(head + text).not.toContain('whispered');
  });

  it.each(['/livez', '/v1/projects', '/openapi.json', '/docs/'])(
    '%s reveals no software version and cannot be read by other origins',
    async (path) => {
      const origin = ['Origin: https://evil.example', 'Access-Control-Request-Method: DELETE'];
      for (const method of ['GET', 'OPTIONS']) {
        const { head } = await api.exactly(method, path, [bearer(), ...origin]);
        expect(head).not.toMatch(/^(?:x-powered-by|server|access-control-[a-z-]+):/im);
      }
    },
  );

  const elsewhere = {
    ...{ host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-host': 'evil.example' },
    ...{ 'x-forwarded-server': 'evil.example', 'x-forwarded-prefix': '//evil.example' },
    forwarded: 'host=evil.example',
  };

  it('a forged host appears in no link', async () => {
    const pages = ['/docs', '/docs/', '/openapi.json'];
    for (const path of ['/v1/regions?limit=1', '/v1/statistics/summary', ...pages]) {
      const { status, headers, text } = await api.get(path, elsewhere);
      expect(status).toBe(200);
      expect(JSON.stringify(headers) + text, path).not.toContain('evil.example');
    }
    for (const path of ['/v1/projects', '/v1/zones', '/v1/keys']) {
      const { status, headers } = await api.post(path, makers[path]?.(), elsewhere);
      expect(status).toBe(201);
      expect(headers.location).toMatch(new RegExp(`^${path}/[^/]+$`));
    }
  });

  it('a host in the request URL appears in no link either', async () => {
    const { status, head } = await api.exactly('GET', 'http://evil.example/v1/regions?limit=1', [bearer()]);
    expect(status).toBe(200);
    expect(head).toMatch(/^link: /m);
    expect(head).not.toContain('evil.example');
  });

  it('the link to the next page repeats the query', async () => {
    for (const name of ['a?b', 'a?b&c', 'a>b; rel="x"']) {
      for (let i = 0; i < 2; i++) await created(api, '/v1/enterprises', { name });
      const answer = await api.get(
        `/v1/enterprises?limit=1&q=${encodeURIComponent(name).replace('%3F', '?')}`,
      );
      const [, next = ''] = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link)) ?? [];
      expect(new URL(next, 'http://a').searchParams.get('q')).toBe(name);
    }
  });
});

describe('API9 Improper Inventory Management', () => {
  it('every route is in the document, or serves the document or the page', () => {
    const templates = new Set(routes.map(({ url }) => url.replace(/:(\w+)/g, '{$1}')));
    const others = [...templates].filter((template) => !(template in openapi.paths));
    const pages = ['/', '/dashboard/*', '/dashboard/names.json', '/docs', '/docs/*'];
    // Metrics are for monitors, and need a key unless they have a port of their own.
    expect(others.sort()).toEqual([...pages, '/metrics', '/openapi.json']);
    for (const template of Object.keys(openapi.paths)) expect(templates).toContain(template);
  });

  const absent = `
    /v0/projects /v1 /v2 /v2/projects /v1beta/projects /api/v1/projects /projects /debug
    /debug/pprof /health /status /actuator /actuator/env /trace /info /admin /console
    /graphql /swagger /swagger.json /api-docs /openapi.yaml /v1/openapi.json /.env /.git/config
    /.git/HEAD /.npmrc /package.json /src/main.ts /data/luodi.db /robots.txt /server-status
    /phpinfo.php /wp-login.php /cgi-bin/ /.well-known/security.txt /docs/.env /v1/test /v1/internal
    /v1/users /v1/login /v1/config /v1/sql /v1/backup /v1/keys/new/key
  `;

  it.each(absent.trim().split(/\s+/))('%s does not exist, even for an admin', async (path) => {
    for (const headers of [[], [bearer()]]) {
      const { status, text } = await api.exactly('GET', path, headers);
      expect({ status, code: JSON.parse(text).code }).toEqual({ status: 404, code: 'request.unknown_path' });
    }
  });

  it('every path contains its version, except those for operators', () => {
    const unversioned = Object.keys(openapi.paths).filter((path) => !path.startsWith('/v1/'));
    expect(unversioned.sort()).toEqual(['/livez', '/readyz']);
  });
});

describe('API10 Unsafe Consumption of APIs', () => {
  const kept: [string, string][] = [
    ['a formula', "=cmd|' /C calc'!A0"],
    ['a formula with another sign', '@SUM(1+1)*cmd|A0'],
    ['a formula that begins like a number', '-2+3+cmd'],
    ['a script', '<script>alert(1)</script>'],
    ['an image that fails', '"><img src=x onerror=alert(1)>'],
    ['SQL', "'; drop table projects; --"],
    ['SQL with other quotes', '" or "1"="1" --'],
    ['the signs of a statement’s parameters', '$1 ? :name @name ?1'],
    ['the signs of a pattern', '%_\\%[a-z]*'],
    ['backslashes', '\\\\ \\\' \\" \\n \\u0000'],
    ['the signs of a message', '{noun} {id} {{7*7}} \x24{7*7} #{7*7}'],
    ['a look-up', '\x24{jndi:ldap://127.0.0.1/a}'],
    ['a name of JavaScript', '__proto__'],
    ['JSON', '{"role":"admin"}'],
    ['the word for nothing', 'null'],
    ['a path', '../../../etc/passwd'],
    ['a header', 'a%0d%0aSet-Cookie: a=b'],
    ['what is no character', 'a\uffffb\ufdd0'],
    ['characters beyond the first plane', '𠮷😀\u{10ffff}'],
    ['a separator of lines', 'a\u2028b\u2029c'],
  ];
  const hidden: [string, string][] = [
    ['a turn of the direction', 'a\u202egnp.exe\u202c \u2066b\u2069'],
    ['characters without width', 'a\u200b\u200d\u2060b'],
    ['a soft hyphen', 'a\u00adb'],
    ['letters that are tags', 'a\u{e0061}\u{e0064}\u{e007f}b'],
    ['another form of an ideograph', '\u845b\u{e0100}'],
    ['a filler of Hangul', '\u3164'],
    ['a blank that counts as a symbol', 'a\u2800b'],
    ['marks of an annotation', 'a\ufff9b\ufffac\ufffb'],
  ];
  const refused: [string, string][] = [
    ['NUL', 'a\0b'],
    ['half a character', 'a\ud800'],
    ['the other half', '\udc00a'],
    ['an escape sequence', '\u001b[2Ja'],
    ['a backspace', 'a\bb'],
    ['a C1 control', 'a\u0085b'],
  ];

  describe.each(named(writers))('%s', (_, operation) => {
    it.each(kept)('keeps %s as plain text', async (_, text) => {
      const answer = await api.writeEverywhere(operation, text);
      expect(answer.status).toBeOneOf([200, 201]);
      for (const field of textsOf(operation)) expect(answer.body[field], field).toBe(text);
    });

    const names = textsOf(operation).filter((field) => !FREE_TEXTS.includes(field));
    const free = textsOf(operation).filter((field) => FREE_TEXTS.includes(field));

    it.each(names.length > 0 ? hidden : [])('refuses %s in names', async (_, text) => {
      const faults = names.map((field): [string, string] => [`/${field}`, 'hidden_character']);
      const write = () => api.writeEverywhere(operation, text);
      await expectRefused(api, write, 422, 'request.invalid', faults);
    });

    it.each(free.length > 0 ? hidden : [])('keeps %s in texts that are not names', async (_, text) => {
      const answer = await api.writeEverywhere(operation, text, free);
      expect(answer.status).toBeOneOf([200, 201]);
      for (const field of free) expect(answer.body[field], field).toBe(text);
    });

    it.each(refused)('refuses %s', async (_, text) => {
      const faults = textsOf(operation).map((field): [string, string] => [`/${field}`, 'not_plain_text']);
      const write = () => api.writeEverywhere(operation, text);
      await expectRefused(api, write, 422, 'request.invalid', faults);
    });
  });

  it.each(kept)('%s is found, shown and logged as given', async (_, text) => {
    const { id } = await created(api, '/v1/projects', aProject({ name: text, note: text }));
    const found = await api.get(`/v1/projects?limit=500&q=${encodeURIComponent(text)}`);
    expect(found.body.items.map((item: Body) => item.id)).toContain(id);
    for (const { code, name, nameEn } of found.body.items) {
      const texts = `${code} ${name} ${nameEn}`.toLowerCase();
      for (const word of text.toLowerCase().split(/\s+/)) expect(texts).toContain(word);
    }
    expect((await api.get(`/v1/projects/${id}`)).body).toMatchObject({ name: text, note: text });
    const { items } = (await api.get(`/v1/projects/${id}/history`)).body;
    expect(items[0].fields).toMatchObject({ name: { after: text }, note: { after: text } });
  });

  const reads = operations.filter(({ method, template }) => method === 'GET' && template.startsWith('/v1/'));

  it.each(named(reads))('%s accepts any of them in its URL without failing', async (_, operation) => {
    for (const [what, text] of [...kept, ...hidden, ...refused.filter(([, text]) => text.isWellFormed())]) {
      const path = operation.template.replace(/\{\w+\}/, encodeURIComponent(text));
      // A token takes the place of the key that is sent here.
      const asked = (operation.parameters ?? []).filter(
        (parameter) => parameter.in === 'query' && parameter.name !== 'token',
      );
      const query = asked.map(({ name }) => `${name}=${encodeURIComponent(text)}`).join('&');
      for (const url of [path, `${path}?${query}`]) {
        const { status } = await api.get(url, { 'accept-language': encodeURIComponent(text) });
        expect(status, `${what} ${url}`).toBeOneOf([200, 404, 422]);
      }
    }
  });
});
