import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body } from '../support/app.ts';
import { checkAgainstContract } from '../support/contract.ts';
import { adminKey } from '../support/engines.ts';
import { type TestServer, testServer } from '../support/server.ts';
import { stateOf } from '../support/state.ts';

let api: TestServer;
beforeAll(async () => {
  api = await testServer();
});
afterAll(() => api.close());

interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: Body;
}

/** The first response received on the connection. */
function parse(received: string): RawAnswer {
  const [head = '', body = ''] = received.split('\r\n\r\n');
  const [line = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((one) => [one.split(':')[0]?.toLowerCase(), one.replace(/^[^:]*:\s*/, '')]),
  );
  return { status: Number(line.split(' ')[1]), headers, body: body && JSON.parse(body) };
}

const HOST = `Host: localhost\r\nConnection: close\r\nAuthorization: Bearer ${adminKey()}\r\n`;
const JSON_TYPE = 'Content-Type: application/json\r\n';

const malformed: [what: string, text: string, status: number, code: string][] = [
  ['that is not HTTP at all', 'garbage\r\n\r\n', 400, 'request.malformed'],
  ['of TLS to a plain port', '\x16\x03\x01\x02\x00\x01\x00\x01', 400, 'request.malformed'],
  ['of a version to come', `GET /livez HTTP/9.9\r\n${HOST}\r\n`, 400, 'request.malformed'],
  ['with a method that nobody knows', `FETCH /livez HTTP/1.1\r\n${HOST}\r\n`, 400, 'request.malformed'],
  [
    'with a header without a colon',
    `GET /livez HTTP/1.1\r\n${HOST}nonsense\r\n\r\n`,
    400,
    'request.malformed',
  ],
  ['with NUL in a header', `GET /livez HTTP/1.1\r\n${HOST}X: a\0b\r\n\r\n`, 400, 'request.malformed'],
  [
    'with bytes in its address that are not ASCII',
    `GET /v1/projects?q=\xb2\xe2 HTTP/1.1\r\n${HOST}\r\n`,
    400,
    'request.malformed',
  ],
  [
    'with two lengths',
    `POST /v1/projects HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
    400,
    'request.malformed',
  ],
  [
    'with a length and chunks, which smugglers send',
    `POST /v1/projects HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
    'request.malformed',
  ],
  [
    'with a length that is no number',
    `POST /v1/projects HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 2x\r\n\r\n{}`,
    400,
    'request.malformed',
  ],
  [
    'with a chunk that has no length',
    `POST /v1/projects HTTP/1.1\r\n${HOST}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n`,
    400,
    'request.malformed',
  ],
  [
    'with headers of 20 000 bytes',
    `GET /livez HTTP/1.1\r\n${HOST}X-Long: ${'a'.repeat(20_000)}\r\n\r\n`,
    431,
    'request.headers_too_large',
  ],
  [
    'with an address of 20 000 bytes',
    `GET /v1/projects?q=${'a'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`,
    431,
    'request.headers_too_large',
  ],
  [
    'without the Host that HTTP/1.1 wants',
    'GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n',
    400,
    'request.malformed',
  ],
];

describe('a request', () => {
  it.each(malformed)('%s is answered with a problem', async (_, text, status, code) => {
    const before = await stateOf(api);
    const answer = parse(await api.raw(text));
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ status, code, type: `urn:luodi:problem:${code}` });
    expect(answer.headers['x-request-id']).toBe(answer.body.requestId);
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
    expect(answer.headers['cache-control']).toBe('no-store');
    checkAgainstContract('GET', '/livez', status, 'application/problem+json', answer.body);
    expect(await stateOf(api)).toEqual(before);
  });

  it('that is malformed ends only its own connection', async () => {
    const [, answer] = await Promise.all([
      api.raw('garbage\r\n\r\n'),
      api.raw(`GET /livez HTTP/1.1\r\n${HOST}\r\n`),
    ]);
    expect(parse(answer)).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('that ends before its body does has no effect', async () => {
    const before = await stateOf(api);
    const body = JSON.stringify(aProject());
    const controller = new AbortController();
    const url = new URL('/v1/projects', String(api.app.listeningOrigin));
    const sent = fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${adminKey()}` },
      body: new ReadableStream({
        start: (stream) => {
          stream.enqueue(Buffer.from(body.slice(0, 20)));
          setTimeout(() => controller.abort(), 100);
        },
      }),
      signal: controller.signal,
      duplex: 'half',
    } as RequestInit);
    await expect(sent).rejects.toThrow();
    expect(await stateOf(api)).toEqual(before);
    expect((await api.get('/livez')).status).toBe(200);
  });

  it('can follow another on one connection', async () => {
    const answers = await api.raw(
      `GET /v1/nonsense HTTP/1.1\r\nHost: a\r\n\r\nGET /livez HTTP/1.1\r\n${HOST}\r\n`,
    );
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 404', 'HTTP/1.1 200']);
  });
});
