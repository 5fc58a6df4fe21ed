/** A repeated POST has its effect once, and the same response. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
import { expectRefused, stateOf } from '../support/state.ts';

let api: TestApp;
let project: Body;
let other: Body;
beforeAll(async () => {
  api = await testApp();
  project = await created(api, '/v1/projects', aProject());
  other = await created(api, '/v1/projects', aProject());
});
afterAll(() => api.close());

let made = 0;
const aKey = (): string => `retry-${process.pid}-${++made}`;
const send = (url: string, body: unknown, key: string, client: Client = api): Promise<Answer> =>
  client.post(url, body, { 'idempotency-key': key });

const days = { startsOn: '2020-06-29', endsOn: '2020-06-30' };
const posts: [string, () => Promise<[string, unknown]>][] = [
  ['a project', async () => ['/v1/projects', aProject()]],
  ['funds', async () => [`/v1/projects/${project.id}/funds`, { receivedOn: '2021-01-01', amountYuan: 7 }]],
  [
    'a restoration',
    async () => {
      const { id } = await created(api, '/v1/projects', aProject());
      await api.delete(`/v1/projects/${id}`);
      return [`/v1/projects/${id}/restore`, undefined];
    },
  ],
  ['an event', async () => ['/v1/events', { code: aKey(), name: '活动', ...days }]],
  ['an enterprise', async () => ['/v1/enterprises', { name: '企业' }]],
  ['a zone', async () => ['/v1/zones', { code: aKey(), name: '园区', level: 'national' }]],
  [
    'a revocation',
    async () => {
      const { id } = await created(api, '/v1/keys', { name: 'revoked', role: 'viewer' });
      return [`/v1/keys/${id}/revoke`, undefined];
    },
  ],
];

describe.each(posts)('%s sent twice', (_, arrange) => {
  it('is done once, with the same response', async () => {
    const [url, body] = await arrange();
    const key = aKey();
    const first = await send(url, body, key);
    expect(first.status).toBeOneOf([200, 201]);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    const before = await stateOf(api);
    const again = await send(url, body, key);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect([again.status, again.text, again.etag]).toEqual([first.status, first.text, first.etag]);
    expect(again.headers.location).toBe(first.headers.location);
    expect(await stateOf(api)).toEqual(before);
  });
});

describe('an Idempotency-Key', () => {
  const funds = () => `/v1/projects/${project.id}/funds`;
  const entry = { receivedOn: '2021-01-01', amountYuan: 1 };

  it.each<[string, () => [string, unknown]]>([
    ['another body', () => [funds(), { ...entry, amountYuan: 2 }]],
    ['a body of other bytes', () => [funds(), { amountYuan: 1, receivedOn: '2021-01-01' }]],
    ['another address', () => [`/v1/projects/${other.id}/funds`, entry]],
  ])('is refused with %s', async (_, arrange) => {
    const key = aKey();
    await send(funds(), entry, key);
    const [url, body] = arrange();
    const answer = await expectUnchanged(() => send(url, body, key));
    expectProblem(answer, 422, 'request.idempotency_key_reused');
  });

  const expectUnchanged = async (act: () => Promise<Answer>): Promise<Answer> => {
    const before = await stateOf(api);
    const answer = await act();
    expect(await stateOf(api)).toEqual(before);
    return answer;
  };

  it('of a refused request can be used again', async () => {
    const key = aKey();
    expect((await send(funds(), { ...entry, amountYuan: 0 }, key)).status).toBe(422);
    expect((await send(funds(), entry, key)).status).toBe(201);
  });

  it('belongs to the API key that sent it', async () => {
    const another = clientOf(api.app, (await created(api, '/v1/keys', { name: 'o', role: 'editor' })).key);
    const key = aKey();
    const mine = await send(funds(), entry, key);
    const theirs = await send(funds(), entry, key, another);
    expect(theirs.status).toBe(201);
    expect(theirs.body.id).not.toBe(mine.body.id);
  });

  it('is valid for 24 hours, then forgotten', async () => {
    const key = aKey();
    api.clock.set('2026-11-22T06:00:00.000Z');
    const first = await send(funds(), entry, key);
    api.clock.set('2026-11-23T06:00:00.000Z');
    expect((await send(funds(), entry, key)).body.id).toBe(first.body.id);
    api.clock.set('2026-11-23T06:00:00.001Z');
    const later = await send(funds(), entry, key);
    expect(later.status).toBe(201);
    expect(later.body.id).not.toBe(first.body.id);
    const kept = await api.database.read.select().from(api.database.read.tables.keptAnswers);
    expect(kept.every(({ createdAt }) => createdAt >= '2026-11-22T06:00:00.001Z')).toBe(true);
  });

  // PGlite's single connection is used by the request in progress.
  it.runIf(concurrent)('is refused while its first request is in progress', async () => {
    const key = aKey();
    let release: () => void = () => {};
    let held: Promise<void> = Promise.resolve();
    await new Promise<void>((started) => {
      held = api.database.write(
        () =>
          new Promise<void>((resolve) => {
            release = resolve;
            started();
          }),
      );
    });
    const both = [send(funds(), entry, key), send(funds(), entry, key)];
    // Whichever comes second is refused immediately; the other waits for the writer.
    const refused = await Promise.race(both);
    expectProblem(refused, 409, 'request.under_way');
    expect(refused.headers['retry-after']).toBe('1');
    release();
    await held;
    const done = (await Promise.all(both)).find(({ status }) => status === 201);
    expect((await send(funds(), entry, key)).body).toEqual(done?.body);
  });

  it('has one effect when sent many times concurrently to two instances', async () => {
    const twin = await instanceBeside(api, api.database);
    for (let round = 0; round < 20; round++) {
      const key = aKey();
      const body = aProject();
      const answers = await Promise.all(
        [api, clientOf(twin), api, clientOf(twin)].map((client) => send('/v1/projects', body, key, client)),
      );
      const done = answers.filter(({ status }) => status === 201);
      expect(done.length).toBeGreaterThan(0);
      expect(new Set(done.map(({ text }) => text)).size).toBe(1);
      expect(done.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
      for (const { status } of answers) expect(status).toBeOneOf([201, 409]);
    }
    await twin.close();
  });

  it.each(['', ' ', 'a b', '长沙', 'a'.repeat(256)])('is refused if it is %j', async (key) => {
    // Node sends no invalid headers; a valid header may still be an invalid key.
    const headers = { 'idempotency-key': Buffer.from(key).toString('latin1') };
    const answer = await expectUnchanged(() => api.post(funds(), entry, headers));
    expectProblem(answer, 400, 'request.bad_idempotency_key');
  });

  it('is not accepted if the response contains a secret', async () => {
    const make = () => send('/v1/keys', { name: 'secret', role: 'viewer' }, aKey());
    await expectRefused(api, make, 422, 'request.not_retryable');
  });

  it('is ignored for unknown paths', async () => {
    expectProblem(await send('/v1/nothing', {}, aKey()), 404, 'request.unknown_path');
  });

  it('is ignored for methods other than POST', async () => {
    const headers = { 'idempotency-key': aKey() };
    expect((await api.get('/v1/projects', headers)).status).toBe(200);
  });
});
