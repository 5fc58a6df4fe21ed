/** Webhooks as resources: who may do what, what is refused, and what nobody sees. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MOST } from '../../src/features/webhooks/catalogue.ts';
import { withoutSecrets } from '../../src/http/secrets.ts';
import {
  type Body,
  type Client,
  clientOf,
  created,
  expectProblem,
  type TestApp,
  testApp,
} from '../support/app.ts';
import { logOf } from '../support/change-log.ts';
import { closeVerified } from '../support/verified.ts';

let api: TestApp;
let viewer: Client;
beforeAll(async () => {
  api = await testApp();
  viewer = clientOf(api.app, (await created(api, '/v1/keys', { name: 'viewer', role: 'viewer' })).key);
});
afterAll(() => closeVerified(api));

const URL = 'http://127.0.0.1:9/luodi';
let made = 0;
const webhook = (fields: Body = {}): Promise<Body> =>
  created(api, '/v1/webhooks', { name: `receiver ${++made}`, url: URL, ...fields });

describe('a webhook', () => {
  it('is created with a secret that only this response shows', async () => {
    const answer = await api.post('/v1/webhooks', { name: 'a receiver', url: URL, entities: ['projects'] });
    expect(answer.status).toBe(201);
    expect(answer.headers['cache-control']).toBe('no-store');
    const { secret, ...shown } = answer.body;
    expect(secret).toMatch(/^whsec_[0-9A-Za-z+/]{43}=$/);
    expect(shown).toEqual({
      id: expect.any(String),
      name: 'a receiver',
      url: URL,
      entities: ['projects'],
      actions: null,
      regions: null,
      events: null,
      status: 'active',
      secretChangedAt: null,
    });
    const url = `/v1/webhooks/${shown.id}`;
    expect(answer.headers.location).toBe(url);
    expect((await api.get(url)).body).toEqual(shown);
    const everything = [
      await api.get('/v1/webhooks'),
      await api.patch(url, { name: 'another name' }),
      await api.get(`${url}/history`),
      await api.get(`${url}/progress`),
      await api.get('/v1/changes?limit=500'),
    ];
    expect(everything.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(everything.map(({ text }) => text).join('')).not.toContain('whsec_');
    expect(api.logged.join('')).not.toContain(secret.slice(10));
  });

  it('is told of nothing that was before it', async () => {
    const { id } = await webhook();
    const { cursor, head } = (await api.get(`/v1/webhooks/${id}/progress`)).body;
    expect(cursor).toBe(head);
  });

  it('gets another secret, and the response cannot be repeated', async () => {
    const { id, secret } = await webhook();
    const first = await api.post(`/v1/webhooks/${id}/rotate`);
    const second = await api.post(`/v1/webhooks/${id}/rotate`);
    expect(new Set([secret, first.body.secret, second.body.secret]).size).toBe(3);
    expect(second.body.formerUntil).toBe('2026-11-23T04:00:00.000Z');
    expect((await api.get(`/v1/webhooks/${id}`)).body.secretChangedAt).toBe('2026-11-22T04:00:00.000Z');
    const again = await api.post(`/v1/webhooks/${id}/rotate`, undefined, { 'idempotency-key': 'once' });
    expectProblem(again, 422, 'request.not_retryable');
  });

  it('is changed and deleted like everything else, and its log says so', async () => {
    const { id } = await webhook();
    const url = `/v1/webhooks/${id}`;
    expect((await api.patch(url, { status: 'paused', regions: ['430100'] })).body).toMatchObject({
      status: 'paused',
      regions: ['430100'],
    });
    expect((await api.delete(url)).status).toBe(204);
    expectProblem(await api.get(url), 404, 'webhooks.not_found');
    for (const path of ['progress', 'deliveries']) {
      expectProblem(await api.get(`${url}/${path}`), 404, 'webhooks.not_found');
    }
    for (const path of ['test', 'rotate']) {
      expectProblem(await api.post(`${url}/${path}`), 404, 'webhooks.not_found');
    }
    expectProblem(await api.post(`${url}/redeliver`, { after: 0 }), 404, 'webhooks.not_found');
    const { items } = (await api.get(`${url}/history`)).body;
    expect(items.map(({ action }: Body) => action)).toEqual(['delete', 'change', 'create']);
  });

  it('is for administrators, and viewers see only that there is an entry', async () => {
    const { id } = await webhook({ url: `${URL}?token=access` });
    for (const path of ['', `/${id}`, `/${id}/history`, `/${id}/progress`, `/${id}/deliveries`]) {
      expectProblem(await viewer.get(`/v1/webhooks${path}`), 403, 'access.role');
    }
    const entries = (await viewer.get('/v1/changes?limit=500')).body.items;
    const about = entries.filter(({ entity }: Body) => entity === 'webhooks');
    expect(about.length).toBeGreaterThan(0);
    expect(about.every(({ fields }: Body) => Object.keys(fields).length === 0)).toBe(true);
    const mine = (await logOf(api)).filter(({ entityId }) => entityId === id);
    expect(mine[0]?.fields.url).toEqual({ after: `${URL}?token=access` });
  });
});

describe('an address is refused', () => {
  it.each([
    ['http://example.org/', 'not_https'],
    ['http://192.168.1.1/', 'not_https'],
    ['ftp://example.org/', 'not_an_address'],
    ['example.org', 'not_an_address'],
    ['https://user:password@example.org/', 'not_an_address'],
    ['https://example.org/#part', 'not_an_address'],
    ['https://169.254.169.254/latest/meta-data', 'private_address'],
    ['https://10.0.0.1/', 'private_address'],
    ['https://172.16.0.1/', 'private_address'],
    ['https://192.168.1.1/', 'private_address'],
    ['https://100.64.0.1/', 'private_address'],
    ['https://0.0.0.0/', 'private_address'],
    ['https://2852039166/', 'private_address'],
    ['https://0xa9.0xfe.0xa9.0xfe/', 'private_address'],
    ['https://[fe80::1]/', 'private_address'],
    ['https://[fd00::1]/', 'private_address'],
    ['https://[::ffff:169.254.169.254]/', 'private_address'],
    ['https://[64:ff9b::a9fe:a9fe]/', 'private_address'],
  ])('%s: %s', async (url, code) => {
    const { seq } = await api.database.revision();
    expectProblem(await api.post('/v1/webhooks', { name: 'a', url }), 422, 'request.invalid', [
      ['/url', code],
    ]);
    const { id } = await webhook();
    expectProblem(await api.patch(`/v1/webhooks/${id}`, { url }), 422, 'request.invalid', [['/url', code]]);
    expect((await api.database.revision()).seq).toBe(seq + 1);
  });

  it('together with all other faults', async () => {
    const answer = await api.post('/v1/webhooks', {
      url: 'https://10.0.0.1/',
      entities: [],
      actions: ['create', 'create'],
      regions: ['1'],
      status: 'failed',
      secretChangedAt: null,
    });
    expectProblem(answer, 422, 'request.invalid', [
      ['/url', 'private_address'],
      ['/name', 'required'],
      ['/entities', 'too_few'],
      ['/actions', 'duplicate'],
      ['/regions/0', 'not_a_region'],
      ['/status', 'not_a_choice'],
      ['/secretChangedAt', 'read_only'],
    ]);
  });

  it('unless the service may reach private addresses', async () => {
    const own = await testApp({ config: { WEBHOOK_PRIVATE: true } });
    await created(own, '/v1/webhooks', { name: 'inside', url: 'https://10.0.0.1/' });
    expectProblem(
      await own.post('/v1/webhooks', { name: 'a', url: 'http://10.0.0.1/' }),
      422,
      'request.invalid',
      [['/url', 'not_https']],
    );
    await own.close();
  });
});

it('regions and events must exist', async () => {
  const answer = await api.post('/v1/webhooks', {
    name: 'a',
    url: URL,
    regions: ['430100', '999999'],
    events: ['no-such-event'],
  });
  expectProblem(answer, 422, 'request.invalid', [
    ['/regions/1', 'unknown_reference'],
    ['/events/0', 'unknown_reference'],
  ]);
});

it('nothing is told again from beyond the end of the log', async () => {
  const { id } = await webhook();
  const url = `/v1/webhooks/${id}/redeliver`;
  const { seq } = await api.database.revision();
  const answer = await api.post(url, { after: seq + 1 });
  expectProblem(answer, 422, 'request.invalid', [['/after', 'beyond_the_end']]);
  expectProblem(await api.post(url, { after: -1 }), 422, 'request.invalid', [['/after', 'too_small']]);
  expect((await api.post(url, { after: 3 })).body).toMatchObject({ cursor: 3, head: seq });
});

it(`there are at most ${MOST}`, async () => {
  const own = await testApp();
  const make = () => own.post('/v1/webhooks', { name: 'one of many', url: URL });
  for (let i = 0; i < MOST; i++) expect((await make()).status).toBe(201);
  expectProblem(await make(), 409, 'webhooks.too_many');
  expect((await own.get('/v1/webhooks?limit=1')).body.page.total).toBe(MOST);
  await own.close();
});

it('no secret passes what is logged', async () => {
  const { secret } = await webhook();
  expect(withoutSecrets(`/?secret=${secret}&more`)).toBe('/?secret=whsec_***&more');
});
