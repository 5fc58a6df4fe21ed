import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  aProject,
  type Body,
  created,
  expectProblem,
  type TestApp,
  testApp,
} from '../support/app.ts';
import { checkAgainstContract, openapi } from '../support/contract.ts';
import { expectRefused } from '../support/state.ts';

let api: TestApp;
let id: string;
beforeAll(async () => {
  api = await testApp();
  id = (await created(api, '/v1/projects', aProject())).id;
});
afterAll(() => api.close());

interface Sender {
  remoteAddress?: string;
  headers?: Record<string, string>;
}

async function sendFrom(sender: Sender, method: string, url: string, body?: Body): Promise<Answer> {
  const response = await api.app.inject({
    method: method as 'GET',
    url,
    ...sender,
    ...(body && { payload: body }),
  });
  const parsed = response.body === '' ? undefined : response.json();
  const type = String(response.headers['content-type']);
  checkAgainstContract(method, url, response.statusCode, type, parsed);
  return {
    status: response.statusCode,
    headers: response.headers as Answer['headers'],
    body: parsed,
    text: response.body,
    etag: String(response.headers.etag ?? ''),
  };
}

const elsewhere: [who: string, sender: Sender][] = [
  ['a private address', { remoteAddress: '10.0.0.1' }],
  ['the network of the office', { remoteAddress: '192.168.1.20' }],
  ['a public address', { remoteAddress: '203.0.113.7' }],
  ['an address that only begins like the loopback', { remoteAddress: '12.7.0.1' }],
  ['an IPv6 address', { remoteAddress: '2001:db8::1' }],
  ['an IPv6 address that ends like the loopback', { remoteAddress: '2001:db8::127.0.0.1' }],
  ['a mapped IPv4 address', { remoteAddress: '::ffff:10.0.0.1' }],
  ['a proxy on this machine', { headers: { 'x-forwarded-for': '203.0.113.7' } }],
  ['a proxy that claims the loopback', { headers: { 'x-forwarded-for': '127.0.0.1' } }],
  ['a proxy with an empty list', { headers: { 'x-forwarded-for': '' } }],
  ['a proxy by RFC 7239', { headers: { forwarded: 'for=203.0.113.7' } }],
  ['nginx', { headers: { 'x-real-ip': '203.0.113.7' } }],
  ['a proxy that names itself', { headers: { via: '1.1 proxy' } }],
];

describe('writing from elsewhere', () => {
  it.each(elsewhere)('through %s is refused, and reading is not', async (_, sender) => {
    const write = () => sendFrom(sender, 'POST', '/v1/projects', aProject());
    await expectRefused(api, write, 403, 'access.loopback_only');
    expect((await sendFrom(sender, 'GET', `/v1/projects/${id}`)).status).toBe(200);
    expect((await sendFrom(sender, 'OPTIONS', '/v1/projects')).status).toBe(204);
  });

  const writes = Object.entries(openapi.paths).flatMap(([template, operations]) =>
    Object.keys(operations)
      .filter((method) => method !== 'get')
      .map((method) => [method.toUpperCase(), template.replace(/\{\w+\}/, 'x')] as const),
  );
  it.each(writes)('by %s %s is refused before anything is looked at', async (method, url) => {
    const send = () => sendFrom({ remoteAddress: '10.0.0.1' }, method, url);
    await expectRefused(api, send, 403, 'access.loopback_only');
  });

  it('is refused in the language of the client', async () => {
    const sender = { remoteAddress: '10.0.0.1', headers: { 'accept-language': 'zh-CN' } };
    const answer = await sendFrom(sender, 'POST', '/v1/projects', aProject());
    expectProblem(answer, 403, 'access.loopback_only');
    expect(answer.body).toMatchObject({ title: '无权操作', detail: '仅允许本机（127.0.0.1）写入。' });
  });
});

describe('writing from the machine itself', () => {
  it.each(['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'])('as %s is open', async (remoteAddress) => {
    expect((await sendFrom({ remoteAddress }, 'POST', '/v1/projects', aProject())).status).toBe(201);
  });
});
