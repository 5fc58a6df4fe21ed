/** `Prefer: return=minimal`: a change is answered without a body. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const MINIMAL = { prefer: 'return=minimal' };
const days = { startsOn: '2020-06-29', endsOn: '2020-06-30' };
let made = 0;
const aCode = (): string => `minimal-${++made}`;

const expectMinimal = (answer: Answer, status: number): void => {
  expect(answer).toMatchObject({ status, text: '', body: undefined });
  expect(answer.headers).toMatchObject({ 'preference-applied': 'return=minimal' });
  expect(answer.headers['content-type']).toBeUndefined();
};

const creations: [string, () => [url: string, body: Body]][] = [
  ['a project', () => ['/v1/projects', aProject()]],
  ['an event', () => ['/v1/events', { code: aCode(), name: '活动', ...days }]],
  ['an enterprise', () => ['/v1/enterprises', { name: '企业' }]],
];

describe.each(creations)('%s', (_, arrange) => {
  it('is created without a body: 201, its address and its ETag', async () => {
    const [url, body] = arrange();
    const answer = await api.post(url, body, MINIMAL);
    expectMinimal(answer, 201);
    const whole = await api.get(String(answer.headers.location));
    expect(whole).toMatchObject({ status: 200, body: { name: body.name }, etag: answer.etag });
  });

  it('is changed without a body: 204, and its new ETag', async () => {
    const [url, body] = arrange();
    const { headers } = await api.post(url, body);
    const address = String(headers.location);
    const { etag } = await api.get(address);
    const answer = await api.patch(address, { nameEn: 'New' }, { ...MINIMAL, 'if-match': etag });
    expectMinimal(answer, 204);
    expect(await api.get(address)).toMatchObject({ body: { nameEn: 'New' }, etag: answer.etag });
    expect(answer.etag).not.toBe(etag);
  });
});

describe('return=minimal', () => {
  it('applies to what a PUT creates and replaces', async () => {
    const url = `/v1/projects/by-code/${aCode()}`;
    const { code: _, ...body } = aProject();
    const first = await api.request('PUT', url, body, { ...MINIMAL, 'if-none-match': '*' });
    expectMinimal(first, 201);
    const { body: project, etag } = await api.get(url);
    expect([first.headers.location, first.etag]).toEqual([`/v1/projects/${project.id}`, etag]);
    const next = { ...body, name: '新名称' };
    const second = await api.request('PUT', url, next, { ...MINIMAL, 'if-match': etag });
    expectMinimal(second, 204);
    expect(await api.get(url)).toMatchObject({ body: { name: '新名称' }, etag: second.etag });
  });

  it('applies to a ledger entry, a restoration and a revocation', async () => {
    const { id } = await created(api, '/v1/projects', aProject());
    const entry = { receivedOn: '2021-01-01', amountYuan: 1 };
    expectMinimal(await api.post(`/v1/projects/${id}/funds`, entry, MINIMAL), 201);
    await api.delete(`/v1/projects/${id}`);
    expectMinimal(await api.post(`/v1/projects/${id}/restore`, undefined, MINIMAL), 204);
    const key = await created(api, '/v1/keys', { name: 'minimal', role: 'viewer' });
    expectMinimal(await api.post(`/v1/keys/${key.id}/revoke`, undefined, MINIMAL), 204);
  });

  it('leaves a replay to the request: what is stored is the whole answer', async () => {
    const key = { 'idempotency-key': aCode() };
    const body = aProject();
    const first = await api.post('/v1/projects', body, { ...key, ...MINIMAL });
    expectMinimal(first, 201);
    const whole = await api.post('/v1/projects', body, key);
    expect(whole).toMatchObject({ status: 201, body: { code: body.code }, etag: first.etag });
    expect(whole.headers).toMatchObject({ 'idempotency-replayed': 'true', location: first.headers.location });
    expect(whole.headers).not.toHaveProperty('preference-applied');
    const again = await api.post('/v1/projects', body, { ...key, ...MINIMAL });
    expectMinimal(again, 201);
    expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true', location: first.headers.location });
    expect(again.etag).toBe(first.etag);
  });

  it('is nothing to a key, which is shown once, to a deletion, to a refusal and to what reads', async () => {
    const key = await api.post('/v1/keys', { name: 'shown', role: 'viewer' }, MINIMAL);
    expect(key).toMatchObject({ status: 201, body: { key: expect.stringMatching(/^luodi_/) } });
    const { id } = await created(api, '/v1/projects', aProject());
    const read = await api.get(`/v1/projects/${id}`, MINIMAL);
    expect(read).toMatchObject({ status: 200, body: { id } });
    const gone = await api.delete(`/v1/projects/${id}`, { ...MINIMAL, 'if-match': read.etag });
    expect(gone.status).toBe(204);
    const refused = await api.post('/v1/projects', {}, MINIMAL);
    expect(refused).toMatchObject({ status: 422, body: { code: 'request.invalid' } });
    for (const { headers } of [key, read, gone, refused]) {
      expect(headers).not.toHaveProperty('preference-applied');
    }
  });

  it('is logged with the status that was sent', async () => {
    const { id } = await created(api, '/v1/projects', aProject());
    const answer = await api.patch(`/v1/projects/${id}`, { note: 'a' }, { ...MINIMAL, 'if-match': '*' });
    expectMinimal(answer, 204);
    expect(JSON.parse(api.logged.at(-1) as string)).toMatchObject({ method: 'PATCH', status: 204 });
  });
});

describe('a Prefer header', () => {
  const send = (prefer: string) => api.post('/v1/enterprises', { name: '企业' }, { prefer });

  it.each([
    'return=minimal',
    'Return = "Minimal"',
    'return=minimal; a=b',
    'respond-async, return=minimal',
    'wait=10;x="a, b" ,return=minimal,respond-async',
    'handling=lenient, , return=minimal, return=representation',
    'note="a, return=representation", return=minimal',
  ])('of “%s” asks for no body', async (prefer) => {
    expectMinimal(await send(prefer), 201);
  });

  it.each([
    '',
    'return',
    'return=representation',
    'return=representation, return=minimal',
    'return=minimalist',
    'note="a, return=minimal"',
    'note="a, return=minimal',
    'note="a\\", return=minimal"',
    'x-return=minimal',
    'respond-async',
    `${'"\\'.repeat(4_000)}`,
  ])('of “%s” asks for nothing that is known here', async (prefer) => {
    const answer = await send(prefer);
    expect(answer).toMatchObject({ status: 201, body: { name: '企业' } });
    expect(answer.headers).not.toHaveProperty('preference-applied');
  });

  it('may come in parts', async () => {
    const headers = { prefer: ['respond-async', 'return=minimal'] as unknown as string };
    expectMinimal(await api.post('/v1/enterprises', { name: '企业' }, headers), 201);
  });
});
