/** Tokens with which `EventSource`, which cannot send a key, opens one stream of changes. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newStreamToken } from '../../src/access/key-format.ts';
import { MAX_TOKENS } from '../../src/access/stream-tokens.ts';
import { openDatabase } from '../../src/database/open.ts';
import { createLogger } from '../../src/http/logging.ts';
import {
  type Answer,
  aProject,
  type Body,
  type Client,
  clientOf,
  created,
  expectProblem,
  instanceBeside,
  type TestApp,
  testApp,
} from '../support/app.ts';
import { concurrent } from '../support/engines.ts';
import { listenTo } from '../support/events.ts';
import { until } from '../support/process.ts';
import { expectRefused, stateOf } from '../support/state.ts';

const TOKENS = '/v1/changes/stream-tokens';
const START = '2026-11-22T06:00:00.000Z';

let api: TestApp;
/** Sends no key. */
let nobody: Client;
beforeAll(async () => {
  api = await testApp();
  nobody = clientOf(api.app, null);
  api.clock.set(START);
});
afterAll(() => api.close());

const tokenOf = async (client: Client = api): Promise<string> =>
  (await created(client, TOKENS, undefined)).token;
const open = (token: string, client = nobody): Promise<Answer> =>
  client.get(`/v1/changes/stream?token=${encodeURIComponent(token)}`);
const rows = () => api.database.read.select().from(api.database.read.tables.streamTokens);
const aViewer = async (fields: object = {}): Promise<{ id: string; client: Client }> => {
  const { id, key } = await created(api, '/v1/keys', { name: 'viewer', role: 'viewer', ...fields });
  return { id, client: clientOf(api.app, key) };
};

describe('a stream token', () => {
  it('is shown once, holds for a minute, and only its hash is stored', async () => {
    const before = (await stateOf(api)) as Body;
    const viewer = await aViewer();
    const answer = await viewer.client.post(TOKENS);
    const { token, expiresAt } = answer.body;
    expect(answer).toMatchObject({ status: 201, headers: { 'cache-control': 'no-store' } });
    expect(token).toMatch(/^luodi_st_[0-9A-Za-z]{42}$/);
    expect(expiresAt).toBe('2026-11-22T06:01:00.000Z');
    const hash = createHash('sha256').update(token).digest('hex');
    expect(await rows()).toContainEqual({ hash, keyId: viewer.id, expiresAt });
    expect(JSON.stringify(await rows())).not.toContain(token.slice(20));
    // The key is the one entry.
    expect((await api.database.revision()).seq).toBe(before.seq + 1);
  });

  it('opens one stream, and is gone', async () => {
    const token = await tokenOf();
    expect(await open(token)).toMatchObject({ status: 200 });
    const again = await open(token);
    expectProblem(again, 401, 'access.invalid_token');
    expect(again.headers['www-authenticate']).toBe('Bearer realm="luodi", error="invalid_token"');
    expect((await rows()).map(({ hash }) => hash)).not.toContain(
      createHash('sha256').update(token).digest('hex'),
    );
  });

  it('is used by whatever request sends it', async () => {
    for (const [method, query, status] of [
      ['HEAD', '', 200],
      ['GET', '&nonsense=1', 422],
      ['GET', '&after=999999', 422],
    ] as const) {
      const token = await tokenOf();
      const answer = await nobody.request(method, `/v1/changes/stream?token=${token}${query}`);
      expect(answer.status).toBe(status);
      expectProblem(await open(token), 401, 'access.invalid_token');
    }
  });

  it('holds until its minute is over', async () => {
    const [first, second] = [await tokenOf(), await tokenOf()];
    api.clock.set('2026-11-22T06:00:59.999Z');
    expect((await open(first)).status).toBe(200);
    api.clock.set('2026-11-22T06:01:00.000Z');
    expectProblem(await open(second), 401, 'access.invalid_token');
    api.clock.set(START);
  });

  it.each<[string, () => string]>([
    ['nobody made', () => newStreamToken(Date.parse(START) + 60_000)],
    ['never expires', () => newStreamToken(Date.parse(START) + 1e11)],
    ['is mistyped', () => `${newStreamToken(Date.parse(START) + 60_000).slice(0, -6)}000000`],
    ['is too short', () => newStreamToken(Date.parse(START) + 60_000).slice(0, -1)],
    ['is a word', () => 'token'],
    ['is empty', () => ''],
    ['is a null character', () => '\0'],
  ])('that %s opens nothing', async (_, make) => {
    await expectRefused(api, () => open(make()), 401, 'access.invalid_token');
  });

  it('sent twice in one address opens nothing, and stays', async () => {
    const token = await tokenOf();
    const url = `/v1/changes/stream?token=${token}&token=${token}`;
    await expectRefused(api, () => nobody.get(url), 401, 'access.invalid_token');
    expect((await open(token)).status).toBe(200);
  });

  it('is refused beside a key, and stays', async () => {
    const token = await tokenOf();
    await expectRefused(api, () => open(token, api), 400, 'access.two_credentials');
    expect((await open(token)).status).toBe(200);
  });

  it('opens nothing else', async () => {
    const token = await tokenOf();
    for (const path of ['/v1/changes', '/v1/projects', '/v1/statistics/summary']) {
      await expectRefused(api, () => nobody.get(`${path}?token=${token}`), 401, 'access.key_required');
      const header = { authorization: `Bearer ${token}` };
      await expectRefused(api, () => nobody.get(path, header), 401, 'access.invalid_key');
    }
    const post = () => nobody.post(`${TOKENS}?token=${token}`);
    await expectRefused(api, post, 401, 'access.key_required');
    expect((await open(token)).status).toBe(200);
  });

  it('is no key', async () => {
    const { key } = await created(api, '/v1/keys', { name: 'viewer', role: 'viewer' });
    await expectRefused(api, () => open(key), 401, 'access.invalid_token');
  });

  it('is worth nothing once its key is revoked or has expired', async () => {
    const revoked = await aViewer();
    const expiring = await aViewer({ expiresAt: '2026-11-22T06:00:30Z' });
    const tokens = [await tokenOf(revoked.client), await tokenOf(expiring.client)] as const;
    await api.post(`/v1/keys/${revoked.id}/revoke`);
    expectProblem(await open(tokens[0]), 401, 'access.revoked_key');
    api.clock.set('2026-11-22T06:00:30.000Z');
    expectProblem(await open(tokens[1]), 401, 'access.expired_key');
    api.clock.set(START);
  });

  it('is made by a request without a body, and never made again by the same request', async () => {
    const key = { 'idempotency-key': 'token' };
    await expectRefused(api, () => api.post(TOKENS, undefined, key), 422, 'request.not_retryable');
    await expectRefused(api, () => api.post(TOKENS, { a: 1 }), 422, 'request.invalid');
  });
});

describe('a key', () => {
  it(`has ${MAX_TOKENS} tokens at most, until one is used or has expired`, async () => {
    const { client } = await aViewer();
    const first = await tokenOf(client);
    api.clock.set('2026-11-22T06:00:20.000Z');
    for (let i = 1; i < MAX_TOKENS; i++) await tokenOf(client);
    const full = await expectRefused(api, () => client.post(TOKENS), 429, 'access.too_many_tokens');
    expect(full.headers['retry-after']).toBe('40');
    expect((await (await aViewer()).client.post(TOKENS)).status).toBe(201);

    await open(first);
    const second = await tokenOf(client);
    expect((await client.post(TOKENS)).status).toBe(429);
    api.clock.set('2026-11-22T06:01:20.000Z');
    await tokenOf(client);
    // What had expired is gone, all of it in two steps.
    await tokenOf(client);
    expect((await rows()).every(({ expiresAt }) => expiresAt > '2026-11-22T06:01:20.000Z')).toBe(true);
    expectProblem(await open(second), 401, 'access.invalid_token');
    api.clock.set(START);
  });
});

describe('a stream that a token has opened', () => {
  let address: string;
  beforeAll(async () => {
    address = `${await api.app.listen({ host: '127.0.0.1', port: 0 })}/v1/changes/stream`;
  });

  const listen = async (client: Client, after?: number) => {
    const from = after ?? (await api.database.revision()).seq;
    return listenTo(`${address}?after=${from}&token=${await tokenOf(client)}`, {});
  };

  it('shows what the key may see', async () => {
    const { client } = await aViewer();
    const [byAdmin, byViewer] = [await listen(api), await listen(client)];
    await created(api, '/v1/keys', { name: 'listener', role: 'viewer' });
    await until(() => byAdmin.entries.length > 0 && byViewer.entries.length > 0);
    expect(byAdmin.entries[0].fields.name).toEqual({ after: 'listener' });
    expect(byViewer.entries).toEqual([{ ...byAdmin.entries[0], fields: {} }]);
    byAdmin.cut();
    byViewer.cut();
  });

  it('goes on after the token is forgotten, and with a new one where another stopped', async () => {
    const listener = await listen(api);
    api.clock.set('2026-11-22T06:02:00.000Z');
    await created(api, '/v1/projects', aProject());
    await until(() => listener.entries.length > 0);
    listener.cut();
    await created(api, '/v1/projects', aProject());
    const { seq } = listener.entries.at(-1);
    const next = await listen(api, seq);
    await until(() => next.entries.length > 0);
    expect(next.entries[0].seq).toBe(seq + 1);
    next.cut();
    api.clock.set(START);
  });

  it('ends when the key is revoked', async () => {
    const { id, client } = await aViewer();
    const listener = await listen(client);
    await api.post(`/v1/keys/${id}/revoke`);
    await created(api, '/v1/projects', aProject());
    expect(await listener.ended).toBe('complete');
    expect(listener.entries.filter(({ entity }) => entity === 'projects')).toEqual([]);
  });
});

// PGlite has one connection.
describe.runIf(concurrent)('with two instances', () => {
  it('a token made by one opens one stream of either, however many ask at once', async () => {
    const database = await openDatabase(api.url);
    const other = await instanceBeside(api, database);
    const clients = [nobody, clientOf(other, null)];
    for (let round = 0; round < 5; round++) {
      const token = await tokenOf();
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, i) => open(token, clients[i % 2] as Client)),
      );
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([200, ...Array(9).fill(401)]);
    }
    await other.close();
    await database.close();
  });
});

describe('where reading needs no key', () => {
  it('a token is made for a key, and a wrong one is still refused', async () => {
    const own = await testApp({ config: { ANONYMOUS_READ: 'all' } });
    const stranger = clientOf(own.app, null);
    await expectRefused(own, () => stranger.post(TOKENS), 401, 'access.key_required');
    expect((await stranger.get('/v1/changes/stream')).status).toBe(200);
    expectProblem(await stranger.get('/v1/changes/stream?token=x'), 401, 'access.invalid_token');
    await own.close();
  });
});

describe('an address that sends tokens that do not hold', () => {
  it('is counted for those that could, not for those with which browsers come back', async () => {
    const own = await testApp({ config: { FAILED_KEYS_LIMIT: 2 } });
    const stranger = clientOf(own.app, null);
    const now = own.clock.milliseconds();
    for (let i = 0; i < 5; i++) {
      expectProblem(await open(newStreamToken(now - 1), stranger), 401, 'access.invalid_token');
    }
    for (let i = 0; i < 2; i++) {
      expectProblem(await open(newStreamToken(now + 60_000), stranger), 401, 'access.invalid_token');
    }
    const token = newStreamToken(now + 60_000);
    expectProblem(await open(token, stranger), 429, 'access.too_many_failures');
    await own.close();
  });
});

describe('the secret of a token', () => {
  const hide = (token: string) =>
    token.replace('luodi_st_', 'luodi%5Fst%5f').replace(/.$/, (c) => `%${c.charCodeAt(0).toString(16)}`);

  it.each<[string, (token: string) => string]>([
    ['plain', (token) => token],
    ['behind percent signs', hide],
  ])('is neither logged nor repeated: %s', async (_, spell) => {
    const token = await tokenOf();
    const secret = token.slice(16);
    const urls = [
      `/v1/changes/stream?token=${spell(token)}`,
      `/v1/changes/stream?after=x&token=${spell(token)}`,
      `/v1/changes?token=${spell(token)}`,
      `/v1/nothing/${spell(token)}?%74oken=${spell(token)}`,
    ];
    const from = api.logged.length;
    const answers = [];
    for (const url of urls) answers.push(await nobody.get(url));
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 401, 404]);
    const logged = api.logged.slice(from).join('');
    expect(api.logged.length - from).toBeGreaterThanOrEqual(4);
    for (const text of [logged, ...answers.map((answer) => answer.text)]) {
      expect(decodeURIComponent(text.replaceAll('%"', ''))).not.toContain(secret);
      expect(text).not.toContain(secret.slice(0, 20));
    }
    expect(answers[1]?.body.instance).toBe(`/v1/changes/stream?after=x&token=${token.slice(0, 15)}***`);
    expect(logged).toContain(`token=${token.slice(0, 15)}***`);
  });

  it('is not logged by an error that has it in its message', () => {
    const token = newStreamToken(0);
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line) => lines.push(line) });
    logger.error({ err: new Error(`GET /v1/changes/stream?token=${token} failed`) }, 'request failed');
    expect(lines.join('')).toContain(`token=${token.slice(0, 15)}*** failed`);
    expect(lines.join('')).not.toContain(token.slice(16));
  });
});
