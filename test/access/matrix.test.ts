/**
 * Authorization: every operation of the document, for every role, with own and other regions, and with
 * invalid keys. The expected responses are written here independently, by hand.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newKey } from '../../src/access/key-format.ts';
import {
  addresses,
  bodyExamples,
  named,
  type Operation,
  operations,
  requiredQuery,
} from '../contract/operations.ts';
import {
  type Answer,
  aProject,
  type Body,
  type Client,
  clientOf,
  created,
  expectProblem,
  type TestApp,
  testApp,
} from '../support/app.ts';
import { expectRefused, stateOf } from '../support/state.ts';

let api: TestApp;
let addressOf: (operation: Operation) => string;
const keys: Record<string, string> = {};
const ids: Record<string, string> = {};
beforeAll(async () => {
  api = await testApp();
  addressOf = await addresses(api);
  const make = async (name: string, fields: object) => {
    const made = await created(api, '/v1/keys', { name, ...fields });
    keys[name] = made.key;
    ids[name] = made.id;
    return made.id;
  };
  await make('viewer', { role: 'viewer' });
  await make('editor', { role: 'editor' });
  await make('of Changsha', { role: 'editor', regions: ['430100'] });
  await make('admin', { role: 'admin' });
  const revoked = await make('revoked', { role: 'admin' });
  await api.post(`/v1/keys/${revoked}/revoke`);
  await make('expired', { role: 'admin', expiresAt: '2026-11-22T04:00:01Z' });
  api.clock.set('2026-11-22T05:00:00Z');
  keys.unknown = newKey();
  keys.mistyped = `${keys.admin?.slice(0, -1)}${keys.admin?.endsWith('x') ? 'y' : 'x'}`;
});
afterAll(() => api.close());

const as = (who: string | null): Client => clientOf(api.app, who === null ? null : (keys[who] as string));

const OPEN = ['/livez', '/readyz'];
const EDITED = ['projects', 'enterprises', 'contacts', 'imports'];

/** The minimum role for an operation. */
function needed({ method, template }: Operation): 'nobody' | 'viewer' | 'editor' | 'admin' {
  const entity = template.split('/')[2] ?? '';
  if (OPEN.includes(template)) return 'nobody';
  if (entity === 'keys' || entity === 'webhooks') return 'admin';
  if (entity === 'imports' && !template.endsWith('/template')) return 'editor';
  if (method === 'GET' || template === '/v1/changes/stream-tokens') return 'viewer';
  return EDITED.includes(entity) ? 'editor' : 'admin';
}

const ORDER = ['nobody', 'viewer', 'editor', 'admin'];

const call = (client: Client, operation: Operation): Promise<Answer> => {
  const query = new URLSearchParams(requiredQuery(operation));
  // Deletions are refused because of the ETag, so nothing is lost. The revoked key is one that nobody uses.
  return client.request(operation.method, `${addressOf(operation)}?${query}`, bodyExamples(operation)[0], {
    'if-match': '"nothing that there is"',
  });
};

/** Statuses of authorized requests. */
const LET_THROUGH = [200, 201, 409, 412, 422];

describe.each(named())('%s', (_, operation) => {
  const least = needed(operation);

  it.each(['viewer', 'editor', 'admin'])('by a %s', async (role) => {
    if (ORDER.indexOf(role) >= ORDER.indexOf(least)) {
      const answer = await call(as(role), operation);
      // The import was sent by an administrator.
      const isAnothers = role === 'editor' && operation.template.startsWith('/v1/imports/{');
      if (isAnothers) expectProblem(answer, 403, 'imports.not_yours');
      else expect(answer.status).toBeOneOf(LET_THROUGH);
    } else {
      await expectRefused(api, () => call(as(role), operation), 403, 'access.role');
    }
  });

  it.each([
    [null, 'access.key_required'],
    ['revoked', 'access.revoked_key'],
    ['expired', 'access.expired_key'],
    ['unknown', 'access.invalid_key'],
    ['mistyped', 'access.invalid_key'],
  ])('with an invalid key: %s', async (who, code) => {
    if (least === 'nobody') expect((await call(as(who), operation)).status).toBe(200);
    else await expectRefused(api, () => call(as(who), operation), 401, code);
  });

  if (operation.method === 'GET' && least !== 'nobody') {
    it('by HEAD does not even reveal its length to callers without a key', async () => {
      const answer = await as(null).request('HEAD', addressOf(operation));
      expect(answer).toMatchObject({ status: 401, text: '' });
      expect(answer.headers).not.toHaveProperty('etag');
    });
  }

  it('documents who may use it', () => {
    const { security } = operation as Operation & { security?: unknown };
    // In the default configuration, without anonymous reading.
    expect(security).toEqual(least === 'nobody' ? [] : [{ key: [] }]);
  });
});

describe('an editor of Changsha', () => {
  const project = (region: string | null) => created(api, '/v1/projects', aProject({ region }));
  const mine = () => as('of Changsha');

  it.each(['430100', '430102'])('may do everything to a project of %s', async (region) => {
    const { id, code } = await created(mine(), '/v1/projects', aProject({ region }));
    const url = `/v1/projects/${id}`;
    expect((await mine().patch(url, { note: '改', region: '430103' })).status).toBe(200);
    const put = { ...aProject({ code }), region };
    const answer = await mine().request('PUT', `/v1/projects/by-code/${code}`, put, { 'if-match': '*' });
    expect(answer.status).toBe(200);
    expect((await mine().post(`${url}/funds`, { receivedOn: '2021-01-01', amountYuan: 1 })).status).toBe(201);
    expect((await mine().delete(url)).status).toBe(204);
    expect((await mine().post(`${url}/restore`)).status).toBe(200);
  });

  // Hunan contains Changsha, but is outside the key's regions.
  const others = ['431000', '431025', '430000', null];

  it.each(others)('may do nothing to a project of %s but read it', async (region) => {
    const { id, code } = await project(region);
    const url = `/v1/projects/${id}`;
    const byCode = `/v1/projects/by-code/${code}`;
    const { code: _, ...base } = aProject();
    expect((await mine().get(url)).status).toBe(200);
    expect((await mine().get(byCode)).status).toBe(200);
    expect((await mine().get(`${url}/history`)).status).toBe(200);
    const { etag } = await api.get(url);
    const refusals: (() => Promise<Answer>)[] = [
      () => mine().patch(url, { note: '改' }),
      () => mine().patch(url, { region: '430100' }),
      () => mine().patch(url, { region: '430100' }, { 'if-match': '*' }),
      () => mine().patch(url, {}, { 'if-match': '"an old one"' }),
      () => mine().delete(url, { 'if-match': etag }),
      () => mine().post(`${url}/funds`, { receivedOn: '2021-01-01', amountYuan: 1 }),
      () => mine().post('/v1/projects', aProject({ region })),
      () => mine().request('PUT', byCode, aProject({ code, region: '430100' }), { 'if-match': etag }),
      () => mine().request('PUT', byCode, {}, { 'if-match': '"an old one"' }),
      () => mine().request('PUT', byCode, aProject({ code }), { 'if-none-match': '*' }),
      () => mine().request('PUT', `${byCode}-2`, { ...base, region }, { 'if-none-match': '*' }),
    ];
    for (const send of refusals) await expectRefused(api, send, 403, 'access.other_region');
    await api.delete(url);
    await expectRefused(api, () => mine().post(`${url}/restore`), 403, 'access.other_region');
  });

  it.each(others)('may not give a project of its own to %s', async (region) => {
    const { id, code } = await project('430100');
    const put = { ...aProject({ code }), region };
    const sends: (() => Promise<Answer>)[] = [
      () => mine().patch(`/v1/projects/${id}`, { region }),
      () => mine().request('PUT', `/v1/projects/by-code/${code}`, put, { 'if-match': '*' }),
    ];
    for (const send of sends) await expectRefused(api, send, 403, 'access.other_region');
  });

  it('may create an enterprise, but not a region, even within its own', async () => {
    expect((await mine().post('/v1/enterprises', { name: '企业' })).status).toBe(201);
    const send = () => mine().post('/v1/regions', { code: '430199', name: '新', parent: '430100' });
    await expectRefused(api, send, 403, 'access.role');
  });

  it('appears in the history under its own name', async () => {
    const { id } = await created(mine(), '/v1/projects', aProject({ region: '430100' }));
    const { body } = await api.get(`/v1/projects/${id}/history`);
    expect(body.items[0].actor).toBe(`of Changsha (${ids['of Changsha']})`);
  });
});

describe('the feed about keys', () => {
  it('is for admins; others only see that something happened, without gaps in the numbers', async () => {
    const { seq } = (await api.get('/v1/changes/head')).body;
    await created(api, '/v1/keys', { name: 'whispered', role: 'viewer' });
    const url = `/v1/changes?after=${seq}`;
    // Concurrently, so that a shared response would be noticed.
    const [admin, viewer] = await Promise.all([as('admin').get(url), as('viewer').get(url)]);
    expect(admin.body.items[0].fields.name).toEqual({ after: 'whispered' });
    expect(viewer.body.items).toEqual([{ ...admin.body.items[0], fields: {} }]);
    expect(viewer.etag).not.toBe(admin.etag);
  });
});

describe('ANONYMOUS_READ', () => {
  const OPEN_STATISTICS = ['summary', 'breakdown', 'definitions'].flatMap((name) =>
    ['', '.csv', '.xlsx'].map((extension) => `/v1/statistics/${name}${extension}`),
  );
  const statistics = operations.filter(({ template }) => OPEN_STATISTICS.includes(template));
  const mayRead = (operation: Operation, setting: string): boolean =>
    needed(operation) === 'nobody' ||
    (needed(operation) === 'viewer' &&
      operation.method === 'GET' &&
      (setting === 'all' || statistics.includes(operation)));

  describe.each(['statistics', 'all'] as const)('%s', (setting) => {
    let opened: TestApp;
    let anyone: Client;
    let openedAddress: (operation: Operation) => string;
    beforeAll(async () => {
      opened = await testApp({ config: { ANONYMOUS_READ: setting } });
      anyone = clientOf(opened.app, null);
      openedAddress = await addresses(opened);
    });
    afterAll(() => opened.close());

    it.each(named())('%s', async (_, operation) => {
      const url = `${openedAddress(operation)}?${new URLSearchParams(requiredQuery(operation))}`;
      const headers = { 'if-match': '"x"' };
      const answer = await anyone.request(operation.method, url, bodyExamples(operation)[0], headers);
      if (mayRead(operation, setting)) expect(answer.status).toBe(200);
      else expectProblem(answer, 401, 'access.key_required');
    });

    it('is what the document that is served says of each operation', async () => {
      const { paths } = (await anyone.get('/openapi.json')).body;
      for (const operation of operations) {
        const { security } = paths[operation.template][operation.method.toLowerCase()];
        const isOpen = mayRead(operation, setting);
        const expected = needed(operation) === 'nobody' ? [] : isOpen ? [{}, { key: [] }] : [{ key: [] }];
        expect(security, operation.operationId).toEqual(expected);
      }
    });

    it('checks a key that is sent although it is not needed', async () => {
      const wrong = clientOf(opened.app, newKey());
      expectProblem(await wrong.get('/v1/statistics/summary'), 401, 'access.invalid_key');
    });

    it.each([
      ['q', '长沙'],
      ['code', 'ADDRESS-1'],
      ['investor', '0190a1b2-0000-7000-8000-000000000001'],
      ['minInvestment', '5'],
      ['maxInvestment', '5'],
      ['investmentBand', 'under_100m'],
      ['updatedSince', '2020-01-01T00:00:00Z'],
    ])('allows %s without a key only if everything is open', async (parameter, value) => {
      for (const path of ['summary?', 'breakdown?by=region&', 'timeline?interval=year&', 'cohorts?']) {
        const url = `/v1/statistics/${path}${new URLSearchParams({ [parameter]: value })}`;
        // Also when the response has just been cached for a caller with a key.
        const known: Body = await opened.get(url);
        const answer = await anyone.get(url);
        const isTold = path.startsWith('summary') || path.startsWith('breakdown');
        if (setting === 'all') expect(answer.status).toBe(known.status);
        else expectProblem(answer, 401, isTold ? 'access.parameter_needs_key' : 'access.key_required');
      }
    });
  });
});

describe('a route', () => {
  it('without declared access prevents the start', async () => {
    const { authorize } = await import('../../src/access/authorize.ts');
    const { default: Fastify } = await import('fastify');
    const app = Fastify();
    authorize(
      app,
      {} as never,
      {} as never,
      {} as never,
      { ANONYMOUS_READ: 'none', ANONYMOUS_MIN_GROUP: 5 },
      [],
    );
    expect(() => app.get('/v1/forgotten', () => 'secret')).toThrow(
      /GET \/v1\/forgotten does not say who may use it/,
    );
    await app.close();
  });

  it('that does not exist reveals nothing', async () => {
    const before = await stateOf(api);
    expectProblem(await as(null).get('/v1/nothing'), 404, 'request.unknown_path');
    expect(await stateOf(api)).toEqual(before);
  });
});
