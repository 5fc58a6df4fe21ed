import { gzipSync } from 'node:zlib';
import type { Test } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, aProject, created, expectProblem } from '../support/app.ts';
import { adminKey } from '../support/engines.ts';
import { answerOf, type TestServer, testServer } from '../support/server.ts';
import { expectRefused } from '../support/state.ts';

let api: TestServer;
let url: string;
let etag: string;
beforeAll(async () => {
  api = await testServer();
  url = `/v1/projects/${(await created(api, '/v1/projects', aProject())).id}`;
  ({ etag } = await api.get(url));
});
afterAll(() => api.close());

const post = (body: string | Buffer, type = 'application/json'): Test =>
  api.agent
    .post('/v1/projects')
    .set('content-type', type)
    .serialize((as: unknown) => as as string)
    .send(body);
const patch = (body: string, type: string): Test =>
  api.agent
    .patch(url)
    .set('content-type', type)
    .set('if-match', etag)
    .serialize((as: unknown) => as as string)
    .send(body);

const refused = (
  send: () => Test,
  status: number,
  code: string,
  faults?: [string, string][],
): Promise<Answer> => expectRefused(api, () => answerOf(send()), status, code, faults);

const project = () => JSON.stringify(aProject());

describe('a body that is not JSON', () => {
  it.each([
    ['ends too soon', '{"code":"A"'],
    ['has single quotes', "{'code':'A'}"],
    ['has a comma too many', '{"code":"A",}'],
    ['goes on after its end', '{"code":"A"} {"code":"B"}'],
    ['has a comment', '{"code":"A" /* a */}'],
    ['is a word', 'undefined'],
    ['has a number that is none', '{"investmentYuan":NaN}'],
    ['has a number in hexadecimal', '{"investmentYuan":0x10}'],
    ['has a broken escape', '{"code":"\\u12"}'],
    ['has a control character', '{"code":"A\u0001"}'],
    ['is blank', '   '],
    ['would change what an object is', '{"__proto__":{"level":"county"}}'],
    ['would change what an object is, further in', '{"constructor":{"prototype":{"level":"county"}}}'],
  ])('%s: 400', async (_, body) => {
    await refused(() => post(body), 400, 'request.malformed_json');
  });

  it('is empty: 400', async () => {
    await refused(() => post(''), 400, 'request.malformed_json');
  });

  it('is compressed: refused, not misread', async () => {
    const send = () => post(gzipSync(project())).set('content-encoding', 'gzip');
    expect((await answerOf(send())).status).toBeOneOf([400, 415]);
  });

  it('is in an encoding other than UTF-8: refused, not stored with replaced characters', async () => {
    const gbk = Buffer.concat([
      Buffer.from('{"code":"GBK-1","level":"county","signedOn":"2020-06-29","investmentYuan":1,"name":"'),
      Buffer.from([0xb2, 0xe2, 0xca, 0xd4]),
      Buffer.from('"}'),
    ]);
    expect((await answerOf(post(gbk))).status).toBeOneOf([400, 415, 422]);
  });
});

describe('a body that is JSON but not an object', () => {
  it.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['a list with a project', `[${project()}]`],
    ['a text', '"a"'],
    ['a number', '5'],
    ['true', 'true'],
    ['10 000 lists in each other', '['.repeat(10_000) + ']'.repeat(10_000)],
  ])('is %s: 422', async (_, body) => {
    await refused(() => post(body), 422, 'request.invalid', [['', 'wrong_type']]);
  });

  it('is missing: 422', async () => {
    await refused(() => api.agent.post('/v1/projects'), 422, 'request.invalid', [['', 'wrong_type']]);
  });
});

describe('a deeply nested body', () => {
  const deep = '['.repeat(10_000) + ']'.repeat(10_000);
  it.each([
    ['a text', 'name', 'wrong_type', '/name'],
    ['a list', 'investorIds', 'not_an_id', '/investorIds/0'],
    ['a field that there is not', 'colour', 'unknown_field', '/colour'],
  ])('in %s is an ordinary fault', async (__, field, code, pointer) => {
    const { [field]: _, ...others } = JSON.parse(project());
    const body = `${JSON.stringify(others).slice(0, -1)},"${field}":${deep}}`;
    await refused(() => post(body), 422, 'request.invalid', [[pointer, code]]);
  });
});

describe('numbers in JSON notation', () => {
  it.each(['1e400', '-1e400', '123456789012345678901234567890', '1e-7', '0.1'])(
    '%s is refused',
    async (number) => {
      const body = project().replace('100000000', number);
      expect(body).toContain(number);
      const { body: problem } = await refused(() => post(body), 422, 'request.invalid');
      expect(problem.errors[0].pointer).toBe('/investmentYuan');
    },
  );

  it.each(['100.0', '1e2', '1.0E+2'])('%s is one hundred', async (number) => {
    const answer = await answerOf(post(project().replace('100000000', number)));
    expect(answer).toMatchObject({ status: 201, body: { investmentYuan: 100 } });
  });
});

describe('the size of a body', () => {
  const LIMIT = 1_048_576;
  const padded = (bytes: number): string => {
    const text = project();
    return text + ' '.repeat(bytes - Buffer.byteLength(text));
  };

  it('may be equal to the limit', async () => {
    expect((await answerOf(post(padded(LIMIT)))).status).toBe(201);
  });

  it('may not exceed the limit by a byte', async () => {
    const { body } = await refused(() => post(padded(LIMIT + 1)), 413, 'request.too_large');
    expect(body.detail).toContain(String(LIMIT));
  });

  it('is counted on arrival if not announced', async () => {
    const chunk = `80000\r\n${' '.repeat(0x80000)}\r\n`;
    const head = `POST /v1/projects HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${adminKey()}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`;
    const answer = await api.raw(head + chunk.repeat(3));
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"code":"request.too_large"');
  });
});

describe('the media type of a body', () => {
  it.each([
    'text/plain',
    'text/json',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    'application/jsonx',
    'json',
    '*/*',
    'application/json; charset=gbk',
    'application/json; charset=gb18030',
    'application/json; charset=utf-16',
    'application/json; charset="iso-8859-1"',
    'application/json;charset=us-ascii',
    'application/json; a=b; charset=gbk',
  ])('%s is not accepted by POST or PATCH', async (type) => {
    const { body } = await refused(() => post(project(), type), 415, 'request.unsupported_media_type');
    expect(body.detail).toContain('application/json');
    const answer = await refused(() => patch('{}', type), 415, 'request.unsupported_media_type');
    expect(answer.body.detail).toContain('application/merge-patch+json');
  });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=UTF8',
    'APPLICATION/JSON; charset="UTF-8"',
  ])('%s is accepted', async (type) => {
    expect((await answerOf(post(project(), type))).status).toBe(201);
    expect((await answerOf(patch('{}', type))).status).toBe(200);
  });

  it('of a merge patch is for PATCH only', async () => {
    const send = () => post(project(), 'application/merge-patch+json');
    await refused(send, 415, 'request.unsupported_media_type');
  });

  it('is required', async () => {
    const body = project();
    const answer = await api.raw(
      `POST /v1/projects HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${adminKey()}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 415 /);
  });

  it('is ignored if no body is expected', async () => {
    const get = (type: string) => api.agent.get('/v1/projects').set('content-type', type);
    for (const type of ['text/plain', 'application/json', 'application/json; charset=gbk']) {
      expect((await answerOf(get(type))).status).toBe(200);
    }
  });
});

describe('an unknown path', () => {
  it.each([
    '/v1',
    '/v1/',
    '/v2/projects',
    '/v1/project',
    '/V1/projects',
    '/v1//projects',
    '//v1/projects',
    '/v1/projects;x=1',
    '/v1/projects/x/unknown',
    '/v1/projects/x/funds/y',
    '/v1/statistics',
    '/v1/statistics/summary/x',
    '/.env',
    '/docs/nothing-here',
    '/docs/static/..%2f..%2fpackage.json',
    `/v1/${'a'.repeat(10_000)}`,
  ])('%s: 404', async (path) => {
    const answer = await answerOf(api.agent.get(path));
    expectProblem(answer, 404, 'request.unknown_path');
    expect(answer.body.instance).toBe(path);
  });

  it.each(['post', 'put', 'patch', 'delete', 'options'] as const)(
    'does not accept %s either',
    async (method) => {
      expectProblem(await answerOf(api.agent[method]('/v1/nothing')), 404, 'request.unknown_path');
    },
  );

  it('responds to HEAD without a body', async () => {
    const answer = await answerOf(api.agent.head('/v1/nothing'));
    expect(answer).toMatchObject({ status: 404, text: '' });
  });
});

describe('a malformed URL', () => {
  it.each([
    '/v1/projects/%',
    '/v1/projects/%zz',
    '/v1/projects/%E4%B8',
    '/v1/projects/%ED%A0%80',
    '/v1/events/%FF',
  ])('%s: 400', async (path) => {
    expectProblem(await answerOf(api.agent.get(path)), 400, 'request.malformed');
  });

  it.each([
    '/v1/projects/',
    '/v1/events/',
    '/v1/enterprises/',
    '/v1/regions/',
    '/v1/zones/',
    '/v1/industries/',
  ])('%s with NUL in the id: 404', async (path) => {
    const entity = path.split('/')[2];
    expectProblem(await answerOf(api.agent.get(`${path}a%00b`)), 404, `${entity}.not_found`);
  });

  it.each([
    ['/v1/projects', 201],
    ['/v1/events', 1_000],
    ['/v1/regions', 10_000],
  ])('%s with an id of %i characters: 414', async (path, length) => {
    expectProblem(
      await answerOf(api.agent.get(`${path}/${'a'.repeat(length)}`)),
      414,
      'request.uri_too_long',
    );
  });

  it('an id of 200 characters is simply unknown', async () => {
    expectProblem(await answerOf(api.agent.get(`/v1/events/${'a'.repeat(200)}`)), 404, 'events.not_found');
  });

  it('a query of ten thousand characters is validated normally', async () => {
    const answer = await answerOf(api.agent.get(`/v1/projects?q=${'a'.repeat(10_000)}`));
    expectProblem(answer, 422, 'request.invalid', [['q', 'too_long']]);
  });

  it('a query with a thousand unknown parameters names all of them', async () => {
    const query = Array.from({ length: 1_000 }, (_, i) => `p${i}=1`).join('&');
    const answer = await answerOf(api.agent.get(`/v1/projects?${query}`));
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.errors).toHaveLength(1_000);
  });
});

describe('every response', () => {
  it.each([
    ['of success', '/v1/projects', 200],
    ['of health', '/livez', 200],
    ['to an unknown path', '/nothing', 404],
    ['to a bad query', '/v1/projects?x=1', 422],
    ['to a bad address', '/v1/projects/%zz', 400],
    ['to a long id', `/v1/projects/${'a'.repeat(300)}`, 414],
  ])('%s has a request id and forbids sniffing', async (_, path, status) => {
    const answer = await answerOf(api.agent.get(path).set('x-request-id', 'client-0001'));
    expect(answer.status).toBe(status);
    expect(answer.headers['x-request-id']).toBe('client-0001');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    if (status >= 400) expect(answer.body.requestId).toBe('client-0001');
  });

  it('with a problem is not cacheable, and depends on the language', async () => {
    const answer = await answerOf(api.agent.get('/v1/projects/nonsense'));
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers.vary).toMatch(/accept-language/i);
  });
});
