import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newKey } from '../../src/access/key-format.ts';
import { type Answer, aProject, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { logOf } from '../support/change-log.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

describe('health', () => {
  it.each(['/livez', '/readyz'])('%s is ok, and is not cached', async (url) => {
    const answer = await api.get(url);
    expect(answer).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers.etag).toBeUndefined();
  });

  it('/readyz fails when the database is unavailable; /livez does not', async () => {
    const broken = await testApp();
    broken.database.check = () => Promise.reject(new Error('password=secret host=db.internal'));
    const answer = await broken.get('/readyz', { 'accept-language': 'en' });
    expectProblem(answer, 503, 'service.unavailable');
    expect(answer.headers['retry-after']).toMatch(/^\d+$/);
    expect(answer.text).not.toContain('secret');
    expect((await broken.get('/livez')).status).toBe(200);
    await broken.close();
  });
});

describe('an internal failure', () => {
  it('is a 500 that reveals nothing', async () => {
    const broken = await testApp();
    broken.database.write = () => Promise.reject(new Error('no such column: secret_column at /srv/luodi'));
    const answer = await broken.post('/v1/projects', aProject());
    expectProblem(answer, 500, 'service.error');
    expect(answer.text).not.toMatch(/secret|column|srv/);
    expect(answer.body.requestId).toBe(answer.headers['x-request-id']);
    await broken.close();
  });

  it.each([
    ['is locked', Object.assign(new Error('database is locked'), { code: 'SQLITE_BUSY' })],
    ['is starting', Object.assign(new Error('the database system is starting up'), { code: '57P03' })],
    ['cannot be reached', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })],
  ])('is a 503 with Retry-After if the database %s', async (_, error) => {
    const broken = await testApp();
    broken.database.write = () => Promise.reject(error);
    const answer = await broken.post('/v1/projects', aProject());
    expectProblem(answer, 503, 'service.unavailable');
    expect(answer.headers['retry-after']).toMatch(/^\d+$/);
    await broken.close();
  });
});

describe('the id of a request', () => {
  const sound = ['12345678', 'a'.repeat(64), 'trace_ID-0001', '4bf92f3577b34da6a3ce929d0e0e4736'];
  it.each(sound)('%s is used in the response, in problems and in the log', async (id) => {
    const headers = { 'x-request-id': id };
    expect((await api.get('/livez', headers)).headers['x-request-id']).toBe(id);
    const refusal = await api.get('/v1/projects/x', headers);
    expect([refusal.headers['x-request-id'], refusal.body.requestId]).toEqual([id, id]);
    await api.post('/v1/projects', aProject(), headers);
    expect((await logOf(api)).at(-1)?.requestId).toBe(id);
  });

  const unsound = [
    '',
    '1234567',
    'a'.repeat(65),
    'with blank',
    'semi;colon',
    'a/../../b',
    '<script>alert(1)</script>',
    '{"$ne":1}',
    'üüüüüüüü',
    'twelve-34,twelve-35',
    // A key sent by mistake would remain in the change log forever.
    newKey(),
  ];
  it.each(unsound)('%j is replaced by a new one', async (id) => {
    const answers: Answer[] = [];
    for (let i = 0; i < 2; i++) answers.push(await api.get('/v1/projects/x', { 'x-request-id': id }));
    const [first, second] = answers.map(({ headers }) => String(headers['x-request-id']));
    for (const made of [first, second]) {
      expect(made).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
      expect(made).not.toContain(id || 'nothing');
    }
    expect(second).not.toBe(first);
    expect(answers[0]?.body.requestId).toBe(first);
  });

  it('is generated if none is given', async () => {
    const ids = await Promise.all(Array.from({ length: 50 }, () => api.get('/livez')));
    expect(new Set(ids.map(({ headers }) => headers['x-request-id'])).size).toBe(50);
  });
});
