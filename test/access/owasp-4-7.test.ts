/** The OWASP API Security Top 10 (2023), API4 to API7. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { named, operations, requiredQuery } from '../contract/operations.ts';
import { aProject, type Body, clientOf, created, expectProblem, testApp } from '../support/app.ts';
import { changesNothing, expectRefused, stateOf } from '../support/state.ts';
import {
  bearer,
  fieldsOf,
  JSON_TYPE,
  makers,
  repeated,
  type Target,
  takers,
  takesFile,
  target,
  textsOf,
  writers,
} from './attacks.ts';

let api: Target;
beforeAll(async () => {
  api = await target();
});
afterAll(() => api.close());

describe('API4 Unrestricted Resource Consumption', () => {
  const lists = operations.filter(({ parameters }) => parameters?.some(({ name }) => name === 'limit'));
  const LONG = '9'.repeat(300);
  const EXCESSIVE = [
    `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
    `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
    `[${'1,'.repeat(3_000)}1]`,
    ...['1e400', '-1e400', String(2 ** 53), LONG],
  ];

  it.each(named(lists))('%s has no unlimited pages', async (_, operation) => {
    for (const limit of ['501', '100000', '0', '-1', '1e400', String(2 ** 53), LONG, '1,2', '']) {
      const query = new URLSearchParams({ ...requiredQuery(operation), limit });
      const answer = await api.get(`${api.addressOf(operation)}?${query}`);
      expectProblem(answer, 422, 'request.invalid');
      expect(answer.body.errors).toMatchObject([{ parameter: 'limit' }]);
    }
  });

  it.each([
    ['/v1/projects', 'q', '长'.repeat(2_000), 'too_long'],
    ['/v1/enterprises', 'q', 'a'.repeat(2_000), 'too_long'],
    ['/v1/projects', 'code', repeated(100_000, (i) => `A${i}`).join(), 'too_many'],
    ['/v1/projects', 'event', repeated(100_000, () => 'none').join(), 'too_many'],
    ['/v1/projects', 'region', repeated(100_000, (i) => `${430_000 + (i % 1_000)}`).join(), 'too_many'],
    ['/v1/statistics/summary', 'level', repeated(100_000, () => 'county').join(), 'too_many'],
    ['/v1/statistics/summary', 'started', repeated(1_000, () => 'true').join('&started='), 'too_many'],
    ['/v1/projects', 'minInvestment', LONG, 'wrong_type'],
    ['/v1/projects', 'minInvestment', '1e400', 'wrong_type'],
    ['/v1/projects', 'sort', repeated(1_000, (i) => `a${i}`).join(), 'not_sortable'],
    ['/v1/projects', 'cursor', 'a'.repeat(3_000), 'too_long'],
    ['/v1/changes', 'after', LONG, 'wrong_type'],
  ])('%s refuses an excessive %s', async (path, parameter, value, code) => {
    const answer = await api.get(`${path}?${parameter}=${encodeURI(value)}`);
    expectProblem(answer, 422, 'request.invalid', [[parameter, code]]);
    expect(answer.body.errors[0].message.length).toBeLessThan(500);
  });

  it.each([2 ** 31, Number.MAX_SAFE_INTEGER])('entry %i is beyond the end of the log', async (seq) => {
    const feed = await api.get(`/v1/changes?after=${seq}`);
    expectProblem(feed, 422, 'request.invalid', [['after', 'beyond_the_end']]);
    const cursor = Buffer.from(JSON.stringify(['seq', seq])).toString('base64url');
    const history = await api.get(`/v1/regions/430100/history?sort=seq&cursor=${cursor}`);
    expect(history).toMatchObject({ status: 200, body: { items: [] } });
  });

  it.each(named(takers))('%s reports the fault of every field, however large', async (_, operation) => {
    const names = Object.keys(fieldsOf(operation));
    for (const value of EXCESSIVE) {
      const body = `{${names.map((name) => `"${name}":${value}`)}}`;
      const answer = await expectRefused(api, () => api.call(operation, body), 422, 'request.invalid');
      const faulty = answer.body.errors.map(({ pointer }: Body) => pointer.split('/')[1]);
      expect([...new Set(faulty)].sort()).toEqual(names.sort());
    }
  });

  const numbers = `[${'1,'.repeat(100_000)}1]`;
  it.each([
    ['/v1/projects', 'investorIds', numbers],
    ['/v1/projects', 'investorIds', JSON.stringify(repeated(25_000, () => crypto.randomUUID()))],
    ['/v1/keys', 'regions', numbers],
    ['/v1/enterprises', 'rankings', numbers],
    ['/v1/enterprises', 'rankings', `[${'{},'.repeat(100_000)}{}]`],
  ])('%s does not accept a list of 100 000 %s', async (path, field, list) => {
    const body = JSON.stringify(makers[path]?.()).replace('}', `,"${field}":${list}}`);
    const post = () => api.request('POST', path, body, JSON_TYPE);
    await expectRefused(api, post, 422, 'request.invalid', [[`/${field}`, 'too_many']]);
  });

  it('the number of requests per minute and key is limited, and the remaining quota is reported', async () => {
    const limited = await testApp({ config: { RATE_LIMIT: 5 } });
    const made = await created(limited, '/v1/keys', { name: 'busy', role: 'viewer' });
    const busy = clientOf(limited.app, made.key);
    for (const left of [4, 3, 2, 1, 0]) {
      // Refused requests count too: they also cause work.
      const answer = left === 2 ? await busy.post('/v1/projects', {}) : await busy.get('/v1/changes/head');
      expect(answer.status).toBe(left === 2 ? 403 : 200);
      const { ratelimit, 'ratelimit-policy': policy } = answer.headers;
      expect([ratelimit, policy]).toEqual([`"key";r=${left};t=60`, '"key";q=5;w=60']);
    }
    const refused = await busy.get('/v1/changes/head');
    expectProblem(refused, 429, 'request.too_many');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers.ratelimit).toMatch(/^"key";r=0;t=\d+$/);
    expect(refused.body.detail).toContain(String(refused.headers['retry-after']));
    // Other callers are not affected.
    expect((await limited.get('/v1/changes/head')).status).toBe(200);
    expect((await busy.get('/livez')).status).toBe(200);
    limited.clock.set('2026-11-22T04:01:00Z');
    expect((await busy.get('/v1/changes/head')).status).toBe(200);
    await limited.close();
  });

  it('a response does not grow with the number of faults', async () => {
    const body = Object.fromEntries(repeated(60_000, (i) => `f${i}`).map((name) => [name, 1]));
    const answer = await expectRefused(api, () => api.post('/v1/enterprises', body), 422, 'request.invalid');
    expect(answer.body.errors.length).toBeLessThanOrEqual(1_000);
  });

  it('a text that is slow to normalize does not block others', async () => {
    const name = `a${'\u0301'.repeat(30_000)}${'\u0316'.repeat(30_000)}`;
    const started = performance.now();
    await expectRefused(api, () => api.post('/v1/enterprises', { name }), 422, 'request.invalid');
    // Sorting the marks takes minutes at the body size limit: the bound is far from both.
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it.each(named(operations.filter((one) => one.method !== 'GET' && !takesFile(one))))(
    '%s does not accept a body over the limit, nor any body from a caller without a key',
    async (_, operation) => {
      const body = `{"name":"${'a'.repeat(1_048_576)}"}`;
      await expectRefused(api, () => api.call(operation, body), 413, 'request.too_large');
      await expectRefused(api, () => api.call(operation, body, api.as(null)), 401, 'access.key_required');
    },
  );

  it.each([
    ['4 000 headers', '/livez', repeated(4_000, (i) => `X${i}: 1`), 431],
    ['500 headers', '/livez', repeated(500, (i) => `X${i}:`), 200],
    ['3 000 parameters', `/livez?${repeated(3_000, (i) => `a${i}`).join('&')}`, [], 431],
    ['1 000 parameters', `/livez?${repeated(1_000, (i) => `a${i}`).join('&')}`, [], 422],
    ['thousands of ETags', '/openapi.json', [`If-None-Match: ${'"",'.repeat(5_000)}`], 200],
    ['thousands of languages', '/v1/nothing', [`Accept-Language: ${'en,'.repeat(5_000)}`], 404],
  ])('%s are answered', async (_, path, headers, status) => {
    expect((await api.exactly('GET', path, headers)).status).toBe(status);
  });
});

describe('API5 Broken Function Level Authorization', () => {
  /** What no viewer may do: the document says that a key may lack the role. */
  const privileged = operations.filter(({ responses }) => '403' in responses);

  const spellings: [string, (path: string) => string][] = [
    ['with two slashes before it', (path) => `/${path}`],
    ['with two slashes in it', (path) => path.replace('/v1/', '/v1//')],
    ['with a slash after it', (path) => `${path}/`],
    ['in capitals', (path) => path.toUpperCase()],
    ['with a capital', (path) => path.replace('/v1/', '/V1/')],
    ['by a detour on the spot', (path) => path.replace('/v1/', '/v1/./')],
    ['by a detour from what is open', (path) => `/livez/..${path}`],
    ['by a detour from the pages', (path) => `/docs/..${path}`],
    ['by an encoded detour', (path) => `/docs/%2e%2e${path}`],
    ['with an encoded letter', (path) => path.replace(/(?<=^\/v1\/)./, encodedLetter)],
    [
      'with a letter encoded twice',
      (path) => path.replace(/(?<=^\/v1\/)./, (c) => `%25${encodedLetter(c).slice(1)}`),
    ],
    ['with an encoded slash', (path) => path.replace('/v1/', '/v1%2f')],
    ['with a backslash', (path) => path.replace('/v1/', '/v1\\')],
    ['with a parameter of the path', (path) => `${path};a=b`],
    ['with NUL after it', (path) => `${path}%00`],
    ['with a blank after it', (path) => `${path}%20`],
    ['with a suffix', (path) => `${path}.json`],
    ['with a fragment', (path) => `${path}#/livez`],
    ['with what is open as its query', (path) => `${path}?/livez`],
    ['as a proxy is asked', (path) => `http://localhost${path}`],
  ];
  const encodedLetter = (letter: string): string => `%${letter.charCodeAt(0).toString(16)}`;

  describe.each(named(privileged))('%s', (_, operation) => {
    const { method } = operation;
    changesNothing(() => api);

    it.each(spellings)('cannot be reached %s', async (_, spell) => {
      const path = spell(api.addressOf(operation));
      for (const how of method === 'GET' ? ['GET', 'HEAD'] : [method]) {
        for (const key of [[], [bearer(api.keys.viewer)]]) {
          const answer = await api.exactly(how, path, [...key, 'If-Match: *']);
          expect(answer.status, answer.text).toBeOneOf([400, 401, 403, 404, 405]);
          expect(answer.text).not.toContain('"prefix"');
        }
      }
    });

    it('responds to OPTIONS with its methods only', async () => {
      const { status, head, text } = await api.exactly('OPTIONS', api.addressOf(operation));
      expect({ status, text }).toEqual({ status: 204, text: '' });
      expect(head).toMatch(/^allow: /m);
    });
  });

  describe('a request for a method other than its own', () => {
    it.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])(
      'by %s has no effect',
      async (header) => {
        const { id } = await created(api, '/v1/projects', aProject());
        const before = await stateOf(api);
        for (const other of ['DELETE', 'PATCH', 'POST']) {
          const headers = { [header]: other, 'if-match': '*', 'content-type': 'application/json' };
          expect(await api.request('GET', `/v1/projects/${id}`, undefined, headers)).toMatchObject({
            status: 200,
            body: { id },
          });
          const posted = await api.request('POST', `/v1/projects/${id}`, { note: '改' }, headers);
          expectProblem(posted, 405, 'request.method_not_allowed');
        }
        expect(await stateOf(api)).toEqual(before);
        await api.delete(`/v1/projects/${id}`);
      },
    );

    it('by a parameter or field is refused', async () => {
      const inQuery = () => api.post('/v1/enterprises?_method=DELETE', { name: '企业' });
      await expectRefused(api, inQuery, 422, 'request.invalid', [['_method', 'unknown_parameter']]);
      const inBody = () => api.post('/v1/enterprises', { name: '企业', _method: 'DELETE' });
      await expectRefused(api, inBody, 422, 'request.invalid', [['/_method', 'unknown_field']]);
    });

    it.each(['X-Original-URL', 'X-Rewrite-URL', 'X-Forwarded-Path', 'X-Forwarded-Prefix'])(
      'or for another URL, by %s, has no effect',
      async (header) => {
        const answer = await api.exactly('GET', '/livez', [`${header}: /v1/keys`]);
        expect(answer).toMatchObject({ status: 200, text: '{"status":"ok"}' });
      },
    );
  });
});

describe('API6 Unrestricted Access to Sensitive Business Flows', () => {
  const retried = { 'idempotency-key': 'the-same-for-all' };

  it('a stored response is only repeated to the key that received it', async () => {
    const body = aProject({ region: '431000' });
    const first = await api.post('/v1/projects', body, retried);
    expect(first.status).toBe(201);
    const again = await api.post('/v1/projects', body, retried);
    expect(again).toMatchObject({ headers: { 'idempotency-replayed': 'true' }, text: first.text });
    const others = [
      [api.as('editor'), 409, 'projects.code_taken'],
      [api.as('of Changsha'), 403, 'access.other_region'],
      [api.as('viewer'), 403, 'access.role'],
      [api.as('revoked'), 401, 'access.revoked_key'],
      [api.as('expired'), 401, 'access.expired_key'],
      [api.as(null), 401, 'access.key_required'],
    ] as const;
    for (const [other, status, code] of others) {
      const repeat = () => other.post('/v1/projects', body, retried);
      const answer = await expectRefused(api, repeat, status, code);
      expect(answer.headers).not.toHaveProperty('idempotency-replayed');
      expect(answer.text).not.toContain(first.body.id);
    }
  });

  it('a stored response is not repeated to a key revoked since', async () => {
    const { id, key } = await created(api, '/v1/keys', { name: 'short-lived', role: 'editor' });
    const body = { name: '企业' };
    expect((await clientOf(api.app, key).post('/v1/enterprises', body, retried)).status).toBe(201);
    await api.post(`/v1/keys/${id}/revoke`);
    const repeat = () => clientOf(api.app, key).post('/v1/enterprises', body, retried);
    await expectRefused(api, repeat, 401, 'access.revoked_key');
  });

  it('creating a key is never repeated, so that no key is shown twice', async () => {
    for (const key of ['the-same-for-all', 'another']) {
      const make = () => api.post('/v1/keys', { name: 'a', role: 'admin' }, { 'idempotency-key': key });
      await expectRefused(api, make, 422, 'request.not_retryable');
    }
  });
});

describe('API7 Server Side Request Forgery', () => {
  let calls = 0;
  const bait = createServer((socket) => {
    calls += 1;
    socket.destroy();
  });
  let address: string;
  beforeAll(async () => {
    bait.listen(0, '127.0.0.1');
    await once(bait, 'listening');
    address = `http://127.0.0.1:${(bait.address() as AddressInfo).port}/bait`;
  });
  afterAll(() => bait.close());

  /** By then, any background requests would have been made. */
  const expectNoCalls = async (): Promise<void> => {
    await pause(100);
    expect(calls).toBe(0);
  };

  it.each(named(writers))('%s stores a URL as plain text', async (_, operation) => {
    const answer = await api.writeEverywhere(operation, address);
    expect(answer.status).toBeOneOf([200, 201]);
    for (const field of textsOf(operation)) expect(answer.body[field], field).toBe(address);
    await expectNoCalls();
  });

  it('no header or parameter makes the service call a URL', async () => {
    const names =
      'Host X-Forwarded-Host X-Forwarded-For Referer Origin From Link Via X-Callback-URL Webhook-URL Destination X-Wap-Profile True-Client-IP';
    const headers = Object.fromEntries(names.split(' ').map((name) => [name, address]));
    const search = `/v1/projects?q=${encodeURIComponent(address)}`;
    for (const path of [search, '/docs/', '/openapi.json', '/readyz']) {
      expect((await api.get(path, headers)).status).toBe(200);
    }
    for (const name of ['url', 'callback', 'configUrl', 'redirect']) {
      const query = new URLSearchParams({ [name]: address });
      expectProblem(await api.get(`/v1/projects?${query}`), 422, 'request.invalid', [
        [name, 'unknown_parameter'],
      ]);
      expect((await api.get(`/docs/?${query}`)).text).not.toContain(address);
    }
    await expectNoCalls();
  });

  it('it cannot be used as a proxy', async () => {
    expect((await api.exactly('GET', address)).status).toBe(404);
    expect((await api.exactly('CONNECT', new URL(address).host)).text).toBe('');
    await expectNoCalls();
  });

  it('the test would have noticed a call', async () => {
    const socket = connect(Number(new URL(address).port), '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'close');
    expect(calls).toBe(1);
  });
});
