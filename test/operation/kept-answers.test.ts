/** Responses stored for retries: limited in number and size, and none for requests without changes. */
import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KEPT } from '../../src/log/once.ts';
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

const NOW = '2026-11-22T06:00:00.000Z';
const DAY_S = 86_400;

let api: TestApp;
let project: Body;
let client: Client;
let caller: string;
beforeAll(async () => {
  api = await testApp();
  project = await created(api, '/v1/projects', aProject());
});
afterAll(() => api.close());
beforeEach(async () => {
  api.clock.set(NOW);
  const { id, key } = await created(api, '/v1/keys', { name: 'sender', role: 'admin' });
  caller = id;
  client = clientOf(api.app, key);
});

const send = (url: string, body?: unknown, key: string = randomUUID()): Promise<Answer> =>
  client.post(url, body, { 'idempotency-key': key });
const addFunds = (key?: string) =>
  send(`/v1/projects/${project.id}/funds`, { receivedOn: '2021-01-01', amountYuan: 1 }, key);

const kept = () => {
  const { keptAnswers } = api.database.read.tables;
  return api.database.read.select().from(keptAnswers).where(eq(keptAnswers.caller, caller));
};

/** Stores responses that nobody requested. */
const keep = (...rows: { ordinal?: number; bytesSoFar?: number; createdAt?: string; key?: string }[]) =>
  api.database.write(async (tx) => {
    for (const row of rows) {
      await tx.insert(tx.tables.keptAnswers).values({
        caller,
        key: randomUUID(),
        fingerprint: '',
        status: 200,
        headers: {},
        body: '{}',
        createdAt: NOW,
        ...row,
      });
    }
  });

describe('a request without changes', () => {
  it('is answered each time, and nothing is stored, however often it is sent', async () => {
    const restore = () => send(`/v1/projects/${project.id}/restore`);
    for (let i = 0; i < 50; i++) {
      const answer = await restore();
      expect(answer.status).toBe(200);
      expect(answer.headers).not.toHaveProperty('idempotency-replayed');
    }
    expect(await kept()).toEqual([]);
  });

  it('has no effect when repeated with the same key', async () => {
    const { id } = await created(api, '/v1/keys', { name: 'gone', role: 'viewer' });
    await api.post(`/v1/keys/${id}/revoke`);
    const key = randomUUID();
    const before = await api.database.revision();
    const [first, second] = [
      await send(`/v1/keys/${id}/revoke`, undefined, key),
      await send(`/v1/keys/${id}/revoke`, undefined, key),
    ];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.text).toBe(first.text);
    expect(await api.database.revision()).toEqual(before);
    expect(await kept()).toEqual([]);
  });
});

describe('for one key', () => {
  it('the number and size of stored responses are counted', async () => {
    const answers = [await addFunds(), await addFunds(), await send('/v1/projects', aProject())];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const rows = (await kept()).sort((a, b) => a.ordinal - b.ordinal);
    expect(rows.map(({ ordinal }) => ordinal)).toEqual([1, 2, 3]);
    let bytes = 0;
    for (const [i, { bytesSoFar }] of rows.entries()) {
      const grown = bytesSoFar - bytes;
      expect(grown).toBeGreaterThan(answers[i]?.bytes.length as number);
      expect(grown).toBeLessThan((answers[i]?.bytes.length as number) + 2_000);
      bytes = bytesSoFar;
    }
  });

  const full = [
    ['as many answers', { ordinal: KEPT.answers }],
    ['as many bytes', { ordinal: 2, bytesSoFar: KEPT.bytes + 500 }],
  ] as const;
  it.each(full)('%s as allowed are stored, then none until the oldest expires', async (_, last) => {
    const key = randomUUID();
    await keep({ ordinal: 1, bytesSoFar: 500, key, createdAt: '2026-11-22T05:00:00.000Z' }, last);
    const before = await api.database.revision();
    const refused = await addFunds();
    expectProblem(refused, 429, 'request.too_many_kept');
    expect(refused.headers['retry-after']).toBe(String(DAY_S - 3_600 + 1));
    expect(refused.body.detail).toContain('100000 responses');
    expect(refused.body.detail).toContain('256 MB');
    expect(await api.database.revision()).toEqual(before);
    // No acknowledged response is dropped for it.
    expect((await kept()).map((row) => row.key)).toContain(key);
    // Requests without a key are still accepted.
    const plain = await client.post(`/v1/projects/${project.id}/funds`, {
      receivedOn: '2021-01-01',
      amountYuan: 1,
    });
    expect(plain.status).toBe(201);
    expect(
      (await api.post(`/v1/projects/${project.id}/restore`, undefined, { 'idempotency-key': randomUUID() }))
        .status,
    ).toBe(200);
    api.clock.set('2026-11-23T05:00:00.001Z');
    expect((await addFunds()).status).toBe(201);
  });

  it('one less than that leaves room for one', async () => {
    await keep({ ordinal: 1 }, { ordinal: KEPT.answers - 1 });
    expect((await addFunds()).status).toBe(201);
    expectProblem(await addFunds(), 429, 'request.too_many_kept');
  });
});

describe('an expired response', () => {
  const old = Array.from({ length: 2_500 }, (_, i) => ({
    ordinal: i + 1,
    createdAt: '2026-11-20T06:00:00.000Z',
  }));

  it('is deleted when others are stored, a thousand at a time, so that no write takes long', async () => {
    await keep(...old);
    expect((await addFunds()).status).toBe(201);
    expect(await kept()).toHaveLength(1_501);
    await addFunds();
    await addFunds();
    expect((await kept()).map(({ ordinal }) => ordinal).sort()).toEqual([2_501, 2_502, 2_503]);
  });

  it('is ignored even before it is deleted', async () => {
    const key = randomUUID();
    await keep(...old, { key, ordinal: 2_501, createdAt: '2026-11-21T05:59:59.999Z' });
    const answer = await addFunds(key);
    expect(answer.status).toBe(201);
    expect(answer.headers).not.toHaveProperty('idempotency-replayed');
    expect((await addFunds(key)).headers['idempotency-replayed']).toBe('true');
  });
});
