/** Compressed responses: which, how, and what becomes of their ETags. */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, created } from '../support/app.ts';
import { adminKey } from '../support/engines.ts';
import { type TestServer, testServer } from '../support/server.ts';

let api: TestServer;
let id: string;
beforeAll(async () => {
  api = await testServer();
  for (let i = 0; i < 200; i++)
    await created(api, '/v1/zones', { code: `zone-${i}`, name: `园区 ${i}`, level: 'national' });
  ({ id } = await created(api, '/v1/projects', aProject({ description: '建设内容。'.repeat(500) })));
});
afterAll(() => api.close());

const decoders: Record<string, (body: Buffer) => Buffer> = {
  gzip: gunzipSync,
  br: brotliDecompressSync,
  ...(typeof zstdDecompressSync === 'function' && { zstd: zstdDecompressSync }),
};

/** Without a client that decompresses by itself. */
async function get(url: string, headers: Record<string, string> = {}, method = 'GET') {
  const answer = await api.app.inject({
    method: method as 'GET',
    url,
    headers: { authorization: `Bearer ${adminKey()}`, ...headers },
  });
  const encoding = String(answer.headers['content-encoding'] ?? 'identity');
  const text = (decoders[encoding] ?? ((body: Buffer) => body))(answer.rawPayload).toString();
  return { ...answer, status: answer.statusCode, encoding, text, etag: String(answer.headers.etag) };
}

const LISTS = [
  '/v1/zones?limit=500',
  '/v1/zones.csv',
  '/v1/zones.ndjson',
  '/v1/statistics/summary',
  '/openapi.json',
];

describe.each(LISTS)('%s', (url) => {
  it.each(Object.keys(decoders))('is compressed as %s', async (name) => {
    const plain = await get(url);
    const compressed = await get(url, { 'accept-encoding': name });
    expect([plain.encoding, compressed.encoding]).toEqual(['identity', name]);
    expect(compressed.text).toBe(plain.text);
    expect(compressed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 2);
    for (const one of [plain, compressed]) expect(one.headers.vary).toMatch(/Accept-Encoding/);
    // Streams have no length, and others have that of what is sent.
    const length = compressed.headers['content-length'];
    if (length !== undefined) expect(Number(length)).toBe(compressed.rawPayload.length);
  });
});

describe('the encoding', () => {
  it.each([
    ['gzip;q=0.5, br', 'br'],
    ['br;q=0, gzip', 'gzip'],
    ['*', 'zstd' in decoders ? 'zstd' : 'br'],
    ['identity', 'identity'],
    ['compress', 'identity'],
    ['gzip;q=0', 'identity'],
    ['', 'identity'],
  ])('for %j is %s', async (accepted, expected) => {
    expect((await get('/v1/zones?limit=500', { 'accept-encoding': accepted })).encoding).toBe(expected);
  });

  it.each([
    ['a small response', '/v1/zones/zone-1'],
    ['a workbook', '/v1/zones.xlsx'],
    ['a refusal', '/v1/zones/none'],
  ])('is none for %s', async (_, url) => {
    expect((await get(url, { 'accept-encoding': 'gzip' })).encoding).toBe('identity');
  });

  it('is none for HEAD, for events, and for a response with a secret', async () => {
    expect((await get('/v1/zones?limit=500', { 'accept-encoding': 'gzip' }, 'HEAD')).encoding).toBe(
      'identity',
    );
    const name = '密'.repeat(90);
    const answer = await api.app.inject({
      method: 'POST',
      url: '/v1/keys',
      headers: { authorization: `Bearer ${adminKey()}`, 'accept-encoding': 'gzip' },
      payload: { name, role: 'editor', regions: Array.from({ length: 1 }, () => '430100') },
    });
    expect(answer.statusCode).toBe(201);
    expect(answer.headers['content-encoding']).toBeUndefined();
  });

  it('can be left to a proxy', async () => {
    const off = await testServer({ config: { COMPRESSION: false } });
    const { headers } = await off.app.inject({
      url: '/openapi.json',
      headers: { 'accept-encoding': 'gzip' },
    });
    expect(headers['content-encoding']).toBeUndefined();
    expect(String(headers.vary)).not.toContain('Accept-Encoding');
    await off.close();
  });
});

describe('the ETag of a compressed response', () => {
  const GZIP = { 'accept-encoding': 'gzip' };

  it.each(['/v1/zones?limit=500', '/v1/statistics/summary', '/v1/zones.csv'])(
    'of %s is its own',
    async (url) => {
      const [plain, compressed] = [await get(url), await get(url, GZIP)];
      expect(compressed.etag).toBe(plain.etag.replace(/"$/, '+gzip"'));
      for (const etag of [plain.etag, compressed.etag]) {
        const fresh = await get(url, { ...GZIP, 'if-none-match': etag });
        expect([fresh.status, fresh.etag]).toEqual([304, etag]);
      }
      expect((await get(url, { 'if-none-match': compressed.etag })).status).toBe(304);
      expect((await get(url, { 'if-none-match': '"other+gzip"' })).status).toBe(200);
    },
  );

  it('guards a change as the plain one does', async () => {
    const url = `/v1/projects/${id}`;
    const { etag } = await get(url, GZIP);
    expect(etag).toMatch(/\+gzip"$/);
    const change = (note: string) => api.patch(url, { note }, { 'if-match': etag });
    expect((await change('一')).status).toBe(200);
    expect((await change('二')).status).toBe(412);
  });
});

it('is kept beside the text, and not that of older data', async () => {
  const url = '/v1/statistics/summary?level=provincial';
  const GZIP = { 'accept-encoding': 'gzip' };
  const [first, second] = [await get(url, GZIP), await get(url, GZIP)];
  expect(second.rawPayload.equals(first.rawPayload)).toBe(true);
  await created(api, '/v1/projects', aProject());
  const third = await get(url, GZIP);
  expect(JSON.parse(third.text).projectCount).toBe(JSON.parse(first.text).projectCount + 1);
});
