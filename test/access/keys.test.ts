/** API keys: creation, one-time display, identification, revocation, expiry. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashOfKey, isKey, newKey } from '../../src/access/key-format.ts';
import {
  type Answer,
  type Body,
  clientOf,
  created,
  expectProblem,
  instanceBeside,
  type TestApp,
  testApp,
} from '../support/app.ts';
import { logOf } from '../support/change-log.ts';
import { adminKey } from '../support/engines.ts';
import { until } from '../support/process.ts';
import { expectRefused } from '../support/state.ts';
import { closeVerified } from '../support/verified.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => closeVerified(api));

const reading = (key: string) => clientOf(api.app, key).get('/v1/regions/430100');

describe('a key', () => {
  it('has a format that detects typing errors', () => {
    const keys = Array.from({ length: 200 }, newKey);
    expect(new Set(keys).size).toBe(200);
    for (const key of keys) {
      expect(key).toMatch(/^luodi_[0-9A-Za-z]{36}$/);
      expect(isKey(key)).toBe(true);
      const at = 6 + Math.floor(Math.random() * 36);
      const other = key[at] === 'x' ? 'y' : 'x';
      expect(isKey(key.slice(0, at) + other + key.slice(at + 1))).toBe(false);
      expect(isKey(key.slice(0, -1))).toBe(false);
    }
    expect(isKey('')).toBe(false);
  });

  it('is shown once and stored nowhere: neither in the database nor in the log', async () => {
    const answer = await api.post('/v1/keys', { name: '长沙', role: 'editor', regions: ['430100'] });
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      location: `/v1/keys/${answer.body.id}`,
    });
    const { key, ...rest } = answer.body;
    expect(isKey(key)).toBe(true);
    expect(key.startsWith(rest.prefix)).toBe(true);
    expect((await reading(key)).status).toBe(200);
    const shown = await api.get(`/v1/keys/${rest.id}`);
    expect({ ...shown.body, lastUsedAt: null }).toEqual(rest);
    const rows = await api.database.read.select().from(api.database.read.tables.apiKeys);
    expect(rows.find(({ id }) => id === rest.id)?.hash).toBe(hashOfKey(key));
    const everything = JSON.stringify([rows, await logOf(api), (await api.get('/v1/keys')).body]);
    expect(everything).not.toContain(key);
    expect(everything).not.toContain(key.slice(rest.prefix.length));
  });

  it('is listed by name', async () => {
    for (const name of ['b', 'a']) await created(api, '/v1/keys', { name, role: 'viewer' });
    const { body } = await api.get('/v1/keys?sort=name&limit=2');
    expect(body.items.map(({ name }: Body) => name)).toEqual(['a', 'b']);
    expect(body.page.nextCursor).not.toBeNull();
  });

  it('records its last use to the minute, without a new revision', async () => {
    const { key, id } = await created(api, '/v1/keys', { name: 'used', role: 'viewer' });
    const before = await api.database.revision();
    api.clock.set('2026-11-22T06:00:10.000Z');
    await reading(key);
    api.clock.set('2026-11-22T06:00:50.000Z');
    await reading(key);
    // The use is recorded beside the response; a later write waits for it.
    await api.database.write(async () => {});
    expect((await api.get(`/v1/keys/${id}`)).body.lastUsedAt).toBe('2026-11-22T06:00:10.000Z');
    expect(await api.database.revision()).toEqual(before);
  });

  it.each<[string, object, [string, string][]]>([
    ['without a name', { role: 'viewer' }, [['/name', 'required']]],
    ['of no role', { name: 'a', role: 'owner' }, [['/role', 'not_a_choice']]],
    ['for nowhere', { name: 'a', role: 'editor', regions: [] }, [['/regions', 'too_few']]],
    [
      'for an unknown region',
      { name: 'a', role: 'editor', regions: ['430100', '990000'] },
      [['/regions/1', 'unknown_reference']],
    ],
    [
      'of an admin of one region',
      { name: 'a', role: 'admin', regions: ['430100'] },
      [['/regions', 'only_for_editors']],
    ],
    [
      'that has expired',
      { name: 'a', role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' },
      [['/expiresAt', 'not_in_the_future']],
    ],
    [
      'with a hash of its own',
      { name: 'a', role: 'viewer', hash: 'x', prefix: 'y' },
      [
        ['/hash', 'unknown_field'],
        ['/prefix', 'unknown_field'],
      ],
    ],
  ])('%s is refused', async (_, body, faults) => {
    await expectRefused(api, () => api.post('/v1/keys', body), 422, 'request.invalid', faults);
  });
});

describe('the list of keys', () => {
  it('changes as soon as a key is used, without a logged change', async () => {
    const { key, id } = await created(api, '/v1/keys', { name: 'to be used', role: 'viewer' });
    const before = await api.get('/v1/keys?limit=500');
    const usedAt = ({ body }: Answer) => body.items.find((one: Body) => one.id === id).lastUsedAt;
    expect(usedAt(before)).toBe(null);
    api.clock.set('2026-11-24T04:30:00Z');
    await reading(key);
    await until(async () => (await api.get(`/v1/keys/${id}`)).body.lastUsedAt !== null);
    const after = await api.get('/v1/keys?limit=500', { 'if-none-match': before.etag });
    expect(after.status).toBe(200);
    expect(usedAt(after)).toBe('2026-11-24T04:30:00.000Z');
  });
});

describe('an invalid key', () => {
  it('is refused from the next request on after revocation, by other instances as well', async () => {
    const { key, id } = await created(api, '/v1/keys', { name: 'revoked', role: 'viewer' });
    const other = await instanceBeside(api, api.database);
    const elsewhere = clientOf(other, key);
    expect((await reading(key)).status).toBe(200);
    expect((await elsewhere.get('/v1/statistics/summary')).status).toBe(200);
    const revoked = await api.post(`/v1/keys/${id}/revoke`);
    expect(revoked.body.revokedAt).toBe(api.clock.now());
    expectProblem(await reading(key), 401, 'access.revoked_key');
    expectProblem(await elsewhere.get('/v1/statistics/summary'), 401, 'access.revoked_key');
    const again = await expectUnchangedBy(() => api.post(`/v1/keys/${id}/revoke`));
    expect(again.body).toEqual(revoked.body);
    await other.close();
  });

  const expectUnchangedBy = async <T>(send: () => Promise<T>): Promise<T> => {
    const before = await api.database.revision();
    const answer = await send();
    expect(await api.database.revision()).toEqual(before);
    return answer;
  };

  it('is refused from the moment it expires', async () => {
    const { key } = await created(api, '/v1/keys', {
      name: 'short',
      role: 'viewer',
      expiresAt: '2026-12-01T00:00:00Z',
    });
    api.clock.set('2026-11-30T23:59:59.999Z');
    expect((await reading(key)).status).toBe(200);
    api.clock.set('2026-12-01T00:00:00.000Z');
    expectProblem(await reading(key), 401, 'access.expired_key');
  });

  it.each([
    ['mistyped', `${adminKey().slice(0, -1)}${adminKey().endsWith('x') ? 'y' : 'x'}`, 'access.invalid_key'],
    ['made up in the right form', newKey(), 'access.invalid_key'],
    ['no key at all', 'secret', 'access.invalid_key'],
  ])('is refused if it is %s, with advice', async (_, key, code) => {
    const answer = await reading(key);
    expectProblem(answer, 401, code);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="luodi", error="invalid_token"');
  });

  it.each(['Basic bHVvZGk6bHVvZGk=', 'Bearer', 'Bearer  ', 'luodi', 'Bearer a b'])(
    'is refused if the header is %j',
    async (authorization) => {
      expectProblem(await api.get('/v1/projects', { authorization }), 401, 'access.invalid_key');
    },
  );

  it('is requested if it is missing', async () => {
    const answer = await clientOf(api.app, null).get('/v1/projects');
    expectProblem(answer, 401, 'access.key_required');
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="luodi"');
  });
});
