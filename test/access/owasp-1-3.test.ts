/**
 * The OWASP API Security Top 10 (2023), one section each: API1 to API3 here, the others in owasp-4-7.test.ts
 * and owasp-8-10.test.ts. Roles and operations are covered by matrix.test.ts; here are attempts to get around
 * them.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashOfKey, newKey } from '../../src/access/key-format.ts';
import { bodyExamples, grounded, named } from '../contract/operations.ts';
import {
  type Answer,
  aProject,
  type Body,
  clientOf,
  created,
  expectProblem,
  type TestApp,
  testApp,
} from '../support/app.ts';
import { adminKey } from '../support/engines.ts';
import { expectRefused } from '../support/state.ts';
import { bearer, fieldsOf, JSON_TYPE, type Target, target, writes } from './attacks.ts';

let api: Target;
beforeAll(async () => {
  api = await target();
});
afterAll(() => api.close());

describe('API1 Broken Object Level Authorization', () => {
  const mine = () => api.as('of Changsha');
  const entry = { receivedOn: '2021-01-01', amountYuan: 1 };

  const attempts: [string, (url: string, etag: string) => Promise<Answer>][] = [
    ['change it', (url, etag) => mine().patch(url, { note: '改' }, { 'if-match': etag })],
    ['change it whatever it is now', (url) => mine().patch(url, { note: '改' }, { 'if-match': '*' })],
    ['take it over', (url, etag) => mine().patch(url, { region: '430100' }, { 'if-match': etag })],
    [
      'take it over with a zone of its own',
      (url, etag) => mine().patch(url, { zone: 'changsha-etdz', region: '430121' }, { 'if-match': etag }),
    ],
    ['leave it without a region', (url, etag) => mine().patch(url, { region: null }, { 'if-match': etag })],
    ['archive it', (url, etag) => mine().delete(url, { 'if-match': etag })],
    ['archive it by a guessed ETag', (url) => mine().delete(url, { 'if-match': '"guessed"' })],
    ['add funds to it', (url) => mine().post(`${url}/funds`, entry)],
  ];

  // Hunan contains Changsha, but is outside the key's regions.
  describe.each(['431000', '431025', '430000', null])(
    'an editor of Changsha and a project of %s',
    (region) => {
      let url: string;
      beforeAll(async () => {
        url = `/v1/projects/${(await created(api, '/v1/projects', aProject({ region }))).id}`;
      });

      it('may read it', async () => {
        for (const part of ['', '/funds', '/history']) {
          expect((await mine().get(url + part)).text).toBe((await api.get(url + part)).text);
        }
      });

      it.each(attempts)('may not %s', async (_, attempt) => {
        const { etag } = await api.get(url);
        await expectRefused(api, () => attempt(url, etag), 403, 'access.other_region');
      });

      it('may not restore it', async () => {
        const archived = await created(api, '/v1/projects', aProject({ region }));
        await api.delete(`/v1/projects/${archived.id}`);
        const restore = () => mine().post(`/v1/projects/${archived.id}/restore`);
        await expectRefused(api, restore, 403, 'access.other_region');
      });

      it('may neither create one there nor move its own there', async () => {
        const own = await created(mine(), '/v1/projects', aProject({ region: '430121' }));
        const record = () => mine().post('/v1/projects', aProject({ region }));
        const move = () => mine().patch(`/v1/projects/${own.id}`, { region });
        for (const act of [record, move]) await expectRefused(api, act, 403, 'access.other_region');
      });
    },
  );

  describe('a region cannot be smuggled in', () => {
    const project = (): string => JSON.stringify(aProject()).slice(0, -1);

    it.each([
      ['by a zone of its own', '"zone":"changsha-etdz"'],
      ['by a zone of its own in another region', '"zone":"changsha-etdz","region":"431000"'],
      ['by the county that is a filter', '"county":"430121"'],
      ['by a field that looks like it', '"Region":"430100","region ":"430100"'],
      ['in a list', '"region":["430100"]'],
      ['as a number', '"region":430100'],
      ['in full-width digits', '"region":"４３０１００"'],
      ['with a line break', '"region":"430100\\n"'],
    ])('%s', async (_, fields) => {
      const record = () => mine().request('POST', '/v1/projects', `${project()},${fields}}`, JSON_TYPE);
      await expectRefused(api, record, 403, 'access.other_region');
    });

    it.each([
      ['by naming it twice', '"region":"430100","region":"431000"'],
      ['by spelling the field otherwise', '"region":"430100","\\u0072egion":"431000"'],
    ])('%s', async (_, fields) => {
      const record = () => mine().request('POST', '/v1/projects', `${project()},${fields}}`, JSON_TYPE);
      await expectRefused(api, record, 422, 'request.invalid', [['/region', 'duplicate_key']]);
    });

    it('by moving the region itself', async () => {
      const move = () => mine().patch('/v1/regions/431000', { parent: '430100' });
      await expectRefused(api, move, 403, 'access.role');
    });
  });

  it.each([
    ['in capitals', (id: string) => id.toUpperCase()],
    ['without hyphens', (id: string) => id.replaceAll('-', '')],
    ['in braces', (id: string) => `{${id}}`],
    ['as a URN', (id: string) => `urn:uuid:${id}`],
    ['after one of its own', (id: string) => `0190a1b2-0000-7000-8000-000000000001,${id}`],
  ])('an id is not found %s', async (_, spell) => {
    const { id } = await created(api, '/v1/projects', aProject({ region: '431000' }));
    const url = `/v1/projects/${encodeURIComponent(spell(id))}`;
    const change = () => mine().patch(url, { note: '改' }, { 'if-match': '*' });
    await expectRefused(api, change, 404, 'projects.not_found');
  });
});

describe('API2 Broken Authentication', () => {
  const mistyped = (key: string) => key.slice(0, -1) + (key.endsWith('x') ? 'y' : 'x');
  const withKey = (spell: (key: string) => string) => () => [spell(adminKey())];

  it.each<[string, () => string[], string]>([
    ['made up in the right form', () => [bearer(newKey())], 'invalid_key'],
    ['mistyped', () => [bearer(mistyped(adminKey()))], 'invalid_key'],
    ['a hash as it stands in the database', () => [bearer(hashOfKey(adminKey()))], 'invalid_key'],
    ['a prefix as the lists show it', () => [bearer(adminKey().slice(0, 12))], 'invalid_key'],
    ['revoked', () => [bearer(api.keys.revoked)], 'revoked_key'],
    ['expired', () => [bearer(api.keys.expired)], 'expired_key'],
    ['in capitals', () => [bearer(adminKey().toUpperCase())], 'invalid_key'],
    ['in quotes', () => [bearer(`"${adminKey()}"`)], 'invalid_key'],
    ['with a character more', () => [bearer(`${adminKey()}x`)], 'invalid_key'],
    ['with a comma', () => [bearer(`${adminKey()},`)], 'invalid_key'],
    ['with a byte that looks like a blank', () => [bearer(`${adminKey()}\xa0`)], 'invalid_key'],
    ['with an encoded NUL', () => [bearer(`${adminKey()}%00`)], 'invalid_key'],
    ['with another after it', () => [bearer(`${adminKey()} ${adminKey()}`)], 'invalid_key'],
    ['in a list', () => [bearer(`${newKey()}, Bearer ${adminKey()}`)], 'invalid_key'],
    ['second to one that is wrong', () => [bearer(newKey()), bearer()], 'invalid_key'],
    ['second to one that is revoked', () => [bearer(api.keys.revoked), bearer()], 'revoked_key'],
    ['after a tab', withKey((key) => `Authorization: Bearer\t${key}`), 'invalid_key'],
    ['without its scheme', withKey((key) => `Authorization: ${key}`), 'invalid_key'],
    ['of another scheme', withKey((key) => `Authorization: Token ${key}`), 'invalid_key'],
    ['a user of Basic', withKey((key) => `Authorization: Basic ${btoa(`${key}:`)}`), 'invalid_key'],
    ['a password of Basic', withKey((key) => `Authorization: Basic ${btoa(`a:${key}`)}`), 'invalid_key'],
    ['for a proxy', withKey((key) => `Proxy-Authorization: Bearer ${key}`), 'key_required'],
    ['in a header of its own', withKey((key) => `X-API-Key: ${key}`), 'key_required'],
    ['in a cookie', withKey((key) => `Cookie: authorization=Bearer ${key}; key=${key}`), 'key_required'],
  ])('a key that is %s gives no access, and is not repeated', async (_, headers, code) => {
    const { status, text } = await api.exactly('GET', '/v1/keys', headers());
    expect({ status, code: JSON.parse(text).code }).toEqual({ status: 401, code: `access.${code}` });
    expect(text).not.toMatch(/luodi_\w/);
  });

  it.each(['key', 'api_key', 'access_token', 'authorization', 'token'])(
    'a key in the URL, as %s, gives no access',
    async (parameter) => {
      // Percent-encoded, it could slip past the redaction of keys in the log.
      await api.exactly('GET', `/v1/projects?${parameter}=${adminKey().replace('_', '%5F')}`);
      const { status, text } = await api.exactly('GET', `/v1/projects?${parameter}=${adminKey()}`);
      expect({ status, code: JSON.parse(text).code }).toEqual({ status: 401, code: 'access.key_required' });
    },
  );

  it.each([
    ['with a NUL', () => [`${bearer()}\0`]],
    ['on two lines', () => ['Authorization: Bearer', ` ${adminKey()}`]],
  ])('a key %s is not even valid HTTP', async (_, headers) => {
    expect((await api.exactly('GET', '/v1/keys', headers())).status).toBe(400);
  });

  it('a key cannot be guessed: an address is blocked after a hundred failures', async () => {
    const guessed = await testApp({ config: { FAILED_KEYS_LIMIT: 100 } });
    const known = await created(guessed, '/v1/keys', { name: 'in use', role: 'viewer' });
    const unused = await created(guessed, '/v1/keys', { name: 'unused', role: 'admin' });
    const read = (key: string) => clientOf(guessed.app, key).get('/v1/changes/head');
    expect((await read(known.key)).status).toBe(200);
    for (let i = 0; i < 100; i++) expectProblem(await read(newKey()), 401, 'access.invalid_key');
    for (const key of [newKey(), mistyped(adminKey()), unused.key]) {
      const refused = await read(key);
      expectProblem(refused, 429, 'access.too_many_failures');
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
      expect(refused.headers['ratelimit-policy']).toBe('"failed-keys";q=100;w=60');
      expect(refused.headers.ratelimit).toMatch(/^"failed-keys";r=0;t=\d+$/);
    }
    // A known key at the same address still works, and so do all other addresses.
    expect((await read(known.key)).status).toBe(200);
    const elsewhere = await guessed.app.inject({
      url: '/v1/changes/head',
      headers: { authorization: `Bearer ${unused.key}` },
      remoteAddress: '192.0.2.7',
    });
    expect(elsewhere.statusCode).toBe(200);
    await guessed.close();
  });

  it('is decided by the first header if there are several', async () => {
    expect((await api.exactly('GET', '/v1/keys', [bearer(), bearer(newKey())])).status).toBe(200);
    expect((await api.exactly('GET', '/v1/keys', [bearer(api.keys.viewer), bearer()])).status).toBe(403);
  });
});

describe('API3 Broken Object Property Level Authorization', () => {
  const WORKED_OUT = {
    id: '0190a1b2-0000-7000-8000-00000000000f',
    version: 99,
    createdAt: '2020-01-01T00:00:00.000Z',
    updatedAt: '2020-01-01T00:00:00.000Z',
    archivedAt: '2020-01-01T00:00:00.000Z',
    operatingStatus: 'in_production',
    fundsInPlaceYuan: 5,
    sameYear: true,
    overdue: [],
    investors: [],
  };
  const HIDDEN = {
    ...{ role: 'admin', regions: null, actor: 'somebody', caller: {}, isAdmin: true, hash: 'a', prefix: 'a' },
    ...{ revokedAt: null, lastUsedAt: null, searchText: 'a', leadInvestorId: null, projectId: 'a', seq: 1 },
    ...{ constructor: 1, prototype: {}, toString: 'a', hasOwnProperty: 1 },
  };

  it.each(named(writes))('%s refuses read-only fields by name', async (_, operation) => {
    const own = fieldsOf(operation);
    const foreign = (fields: object) => Object.entries(fields).filter(([name]) => !Object.hasOwn(own, name));
    // Without a schema there are no computed fields; every field is simply unknown.
    const readOnly = operation.requestBody ? 'read_only' : 'unknown_field';
    const faults: [string, string][] = [
      ...foreign(WORKED_OUT).map(([name]): [string, string] => [`/${name}`, readOnly]),
      ...foreign(HIDDEN).map(([name]): [string, string] => [`/${name}`, 'unknown_field']),
    ];
    const smuggled = Object.fromEntries([...foreign(WORKED_OUT), ...foreign(HIDDEN)]);
    const [enterprise] = (await api.get('/v1/enterprises?limit=1')).body.items;
    const body = grounded({ ...bodyExamples(operation)[0], ...smuggled }, enterprise.id);
    await expectRefused(api, () => api.call(operation, body), 422, 'request.invalid', faults);
  });

  it.each(named(writes))('%s cannot change what identifies a resource', async (_, operation) => {
    for (const field of [
      '"__proto__":{"role":"admin"}',
      '"__proto__":null',
      '"\\u005f_proto__":{"role":"admin"}',
      '"constructor":{"prototype":{"role":"admin"}}',
    ]) {
      const attack = () => api.call(operation, `{${field}}`);
      await expectRefused(api, attack, 400, 'request.malformed_json');
    }
    expect({}).not.toHaveProperty('role');
  });

  it('a ranking does not accept fields other than its own either', async () => {
    const ranking = { list: 'china_500', year: 2022, id: 'a', enterpriseId: 'a' };
    const send = () => api.post('/v1/enterprises', { name: '企业', rankings: [ranking] });
    await expectRefused(api, send, 422, 'request.invalid', [
      ['/rankings/0/id', 'read_only'],
      ['/rankings/0/enterpriseId', 'unknown_field'],
    ]);
  });

  const cursor = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url');

  it.each([
    ['/v1/keys', 'sort', 'hash', 'not_sortable'],
    ['/v1/keys', 'sort', '-hash', 'not_sortable'],
    ['/v1/keys', 'sort', 'name,prefix', 'not_sortable'],
    ['/v1/keys', 'sort', 'constructor', 'not_sortable'],
    ['/v1/keys', 'cursor', cursor('hash,id', 'a', 'a'), 'not_a_cursor'],
    ['/v1/keys', 'hash', 'a', 'unknown_parameter'],
    ['/v1/keys', 'fields', 'hash', 'unknown_parameter'],
    ['/v1/projects', 'sort', 'searchText', 'not_sortable'],
    ['/v1/projects', 'expand', 'investors', 'unknown_parameter'],
    ['/v1/enterprises', 'searchText', 'a', 'unknown_parameter'],
    ['/v1/changes', 'entity', 'keys', 'unknown_parameter'],
    ['/v1/changes', 'sort', 'fields', 'unknown_parameter'],
    ['/v1/statistics/breakdown', 'by', 'code', 'not_a_choice'],
    ['/v1/statistics/breakdown', 'by', 'investor', 'not_a_choice'],
  ])('%s?%s=%s cannot request hidden data', async (path, parameter, value, code) => {
    const answer = await api.get(`${path}?${new URLSearchParams({ [parameter]: value })}`);
    expectProblem(answer, 422, 'request.invalid', [[parameter, code]]);
  });

  describe('if only statistics are open', () => {
    let opened: TestApp;
    beforeAll(async () => {
      opened = await testApp({ config: { ANONYMOUS_READ: 'statistics' } });
      await created(opened, '/v1/projects', aProject({ code: 'SECRET-1' }));
    });
    afterAll(() => opened.close());

    it.each(['%71=SECRET', 'q', 'q=&q=SECRET', 'level=provincial&code=SECRET-1', 'c%6fde=SECRET-1'])(
      'no figure can be limited to the project that ?%s selects',
      async (query) => {
        const anyone = clientOf(opened.app, null);
        for (const headers of [{}, { 'if-none-match': '*' }]) {
          const answer = await anyone.get(`/v1/statistics/summary?${query}`, headers);
          expectProblem(answer, 401, 'access.parameter_needs_key');
        }
        expect((await anyone.request('HEAD', `/v1/statistics/summary?${query}`)).status).toBe(401);
      },
    );

    it('no link leads to projects that require a key', async () => {
      const anyone = clientOf(opened.app, null);
      for (const path of ['summary', 'breakdown?by=event']) {
        expect((await anyone.get(`/v1/statistics/${path}`)).text).not.toContain('/v1/');
      }
    });
  });

  it('changes of keys are only visible to admins, even if everything else is open', async () => {
    const opened = await testApp({ config: { ANONYMOUS_READ: 'all' } });
    const secret = await created(opened, '/v1/keys', {
      name: 'whispered',
      role: 'editor',
      regions: ['430100'],
    });
    const { etag } = await opened.get('/v1/changes?limit=500');
    for (const client of [clientOf(opened.app, null), clientOf(opened.app, secret.key)]) {
      // With an admin's ETag: it yields neither that response nor a 304.
      const feed = await client.get('/v1/changes?limit=500', { 'if-none-match': etag });
      const entry = feed.body.items.find(({ entityId }: Body) => entityId === secret.id);
      expect(entry).toMatchObject({ entity: 'keys', fields: {} });
      expect(feed.text).not.toMatch(/whispered|"role"/);
      for (const path of ['', `/${secret.id}`, `/${secret.id}/history`]) {
        expect((await client.get(`/v1/keys${path}`)).status).toBeOneOf([401, 403]);
      }
    }
    await opened.close();
  });
});
