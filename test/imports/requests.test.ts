/** Import requests: what is accepted, what is refused before reading, and the responses. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aProject,
  type Body,
  clientOf,
  created,
  expectProblem,
  instanceBeside,
  type TestApp,
  testApp,
} from '../support/app.ts';
import { adminKey } from '../support/engines.ts';
import { aCode, commit, csv, endOf, filesIn, preview, TYPES } from './support.ts';

const KB = 1024;

let api: TestApp;
beforeAll(async () => {
  api = await testApp({ imports: { textBytes: 200 * KB, workbookBytes: 100 * KB, answeredBytes: 20 * KB } });
});
afterAll(() => api.close());

const HEADINGS = ['code', 'name', 'nameEn', 'parent'];
/** Regions, as the smallest files that can be imported. */
const regions = (...codes: string[]): string =>
  csv(HEADINGS, ...codes.map((code) => [code, `示例${code}`, `Sample ${code}`, '430000']));
const REGIONS = { entity: 'regions' };

let made = 0;
const aRegion = (): string => `4399${String(++made).padStart(2, '0')}`;

const withKey = async (role: string): Promise<ReturnType<typeof clientOf>> =>
  clientOf(api.app, (await created(api, '/v1/keys', { name: role, role })).key);

describe('a file', () => {
  it.each(['csv', 'xlsx', 'ndjson'] as const)('is accepted as %s, declared or detected', async (format) => {
    const { code } = await created(api, '/v1/projects', aProject());
    const file = (await api.get(`/v1/projects?format=${format}&code=${code}`)).bytes;
    for (const type of [TYPES[format], 'application/octet-stream']) {
      const answer = await preview(api, file, { headers: { 'content-type': type } });
      expect(answer.status, answer.text).toBe(200);
      expect(answer.body).toMatchObject({
        status: 'done',
        unchanged: 1,
        file: { format, bytes: file.length },
      });
    }
  });

  it('that is empty is refused, and leaves nothing', async () => {
    expectProblem(await preview(api, ''), 422, 'imports.empty_file');
    expect(filesIn(api)).toEqual([]);
  });

  it('has the name given by the client', async () => {
    const named = await preview(api, regions(aRegion()), { query: { ...REGIONS, filename: '区划.csv' } });
    expect(named.body.file.name).toBe('区划.csv');
    expect((await preview(api, regions(aRegion()), { query: REGIONS })).body.file.name).toBeNull();
  });

  it.each([
    ['csv', 200, 413],
    ['ndjson', 200, 413],
    ['xlsx', 100, 413],
  ] as const)('of %s beyond its limit is too large', async (format, kilobytes, status) => {
    const answer = await preview(api, Buffer.alloc(kilobytes * KB + 1, 'a'), { format });
    expectProblem(answer, status, 'imports.too_large');
    expect(answer.body.detail).toContain(format);
    expect(filesIn(api)).toEqual([]);
  });

  it.each([
    ['application/merge-patch+json', '{}'],
    ['text/plain', 'a'],
    ['text/markdown', 'a'],
    ['application/vnd.ms-excel', 'a'],
    ['no type', 'a'],
    ['text/csv; charset=iso-8859-1', 'a'],
    ['text/csv; charset=toString', 'a'],
  ])('of %s is refused, with the supported types', async (type, body) => {
    const answer = await preview(api, body, { headers: { 'content-type': type } });
    expectProblem(answer, 415, 'request.unsupported_media_type');
    expect(answer.body.detail).toContain('text/csv');
    expect(filesIn(api)).toEqual([]);
  });

  it('that is missing is refused like one of an unknown type', async () => {
    const answer = await api.post('/v1/imports?mode=preview');
    expectProblem(answer, 415, 'request.unsupported_media_type');
    expect(answer.body.detail).toContain('multipart/form-data');
  });

  it.each(['gb18030', 'GBK', '"gb2312"'])('with the charset %s is read accordingly', async (charset) => {
    const { code } = await created(api, '/v1/projects', aProject({ name: '汉字' }));
    const file = (await api.get(`/v1/projects?format=csv&encoding=gb18030&code=${code}`)).bytes;
    const headers = { 'content-type': `text/csv; header=present; charset=${charset}` };
    const answer = await preview(api, file, { headers });
    expect(answer.body).toMatchObject({ unchanged: 1, file: { encoding: 'gb18030' } });
  });

  it('that does not match its charset is refused, unless a parameter overrides it', async () => {
    const { code } = await created(api, '/v1/projects', aProject({ name: '汉字' }));
    const file = (await api.get(`/v1/projects?format=csv&encoding=gb18030&code=${code}`)).bytes;
    const headers = { 'content-type': 'text/csv; charset=utf-8' };
    expectProblem(await preview(api, file, { headers }), 422, 'imports.wrong_encoding');
    const answer = await preview(api, file, { headers, query: { encoding: 'gb18030' } });
    expect(answer.body).toMatchObject({ unchanged: 1 });
  });

  it('is answered in the language of the query, otherwise that of the client', async () => {
    const [faulty, headers] = [csv(HEADINGS, ['4399', '', '', '']), { 'accept-language': 'zh-CN' }];
    const chinese = await preview(api, faulty, { query: REGIONS, headers });
    const english = await preview(api, faulty, { query: { ...REGIONS, lang: 'en' }, headers });
    expect(chinese.body.faults[0].message).toMatch(/\p{Script=Han}/u);
    expect(english.body.faults[0].message).not.toMatch(/\p{Script=Han}/u);
    const refused = await commit(api, faulty, { query: { ...REGIONS, lang: 'zh' } });
    expectProblem(refused, 422, 'imports.faulty_rows');
    expect(refused.body.detail).toMatch(/\p{Script=Han}/u);
    const again = await api.get(`${refused.headers.location}?lang=zh`);
    expect(again.body).toMatchObject({
      status: 'refused',
      committed: false,
      faultCount: refused.body.errors.length,
    });
    expect(again.body.problem).toEqual({ code: 'imports.faulty_rows', detail: refused.body.detail });
  });
});

describe('the sender of a file', () => {
  it('cannot be a viewer', async () => {
    const viewer = await withKey('viewer');
    expectProblem(await preview(viewer, regions(aRegion())), 403, 'access.role');
  });

  it.each(['regions', 'zones', 'industries', 'events'])('must be an administrator for %s', async (entity) => {
    const editor = await withKey('editor');
    expectProblem(await preview(editor, 'code\n1', { query: { entity } }), 403, 'access.role');
    expect(filesIn(api)).toEqual([]);
  });

  it('can be an editor for projects', async () => {
    const editor = await withKey('editor');
    const file = csv(
      ['项目编号', '项目名称', '项目级别', '签约日期', '投资总额(亿元)'],
      [aCode(), '示例', '省级', '2020-06-29', '1'],
    );
    expect((await commit(editor, file)).body).toMatchObject({
      status: 'done',
      created: 1,
      actor: expect.stringContaining('editor'),
    });
  });

  it('must name an existing mapping', async () => {
    const answer = await preview(api, 'a\n1', { query: { mapping: 'there-is-none' } });
    expectProblem(answer, 404, 'mappings.not_found');
    expect(filesIn(api)).toEqual([]);
  });
});

describe('a commit', () => {
  const send = (file: string, key: string, query: object = {}) =>
    commit(api, file, { query: { ...REGIONS, ...query }, headers: { 'idempotency-key': key } });

  it('requires an idempotency key', async () => {
    const answer = await api.post('/v1/imports?mode=commit', 'code\n1', { 'content-type': 'text/csv' });
    expectProblem(answer, 428, 'imports.key_required');
    expect(filesIn(api)).toEqual([]);
  });

  it('repeated with its key gets the same response and has no effect', async () => {
    const [key, file] = [randomUUID(), regions(aRegion())];
    const first = await send(file, key);
    const { seq } = await api.database.revision();
    const second = await send(file, key);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(second.headers.location).toBe(first.headers.location);
    expect(second.body).toEqual(first.body);
    expect(second.body).toMatchObject({ created: 1 });
    expect((await api.database.revision()).seq).toBe(seq);
    expect(filesIn(api)).toEqual([]);
  });

  it('that was refused is refused again with its key', async () => {
    const [key, file] = [randomUUID(), csv(HEADINGS, ['43990', '', '', ''])];
    const first = await send(file, key);
    const second = await send(file, key);
    expectProblem(second, 422, 'imports.faulty_rows');
    expect(second.body.errors).toEqual(first.body.errors);
    expect(second.headers).toMatchObject({
      'idempotency-replayed': 'true',
      location: first.headers.location,
    });
  });

  it('of another file or with other options is refused with the same key', async () => {
    const [key, file] = [randomUUID(), regions(aRegion())];
    await send(file, key);
    expectProblem(await send(regions(aRegion()), key), 422, 'request.idempotency_key_reused');
    expectProblem(await send(file, key, { partial: true }), 422, 'request.idempotency_key_reused');
    expect((await send(regions(aRegion()), randomUUID())).status).toBe(200);
  });

  it('sent several times concurrently is done once', async () => {
    const [key, file] = [randomUUID(), regions(aRegion(), aRegion())];
    const { seq } = await api.database.revision();
    const answers = await Promise.all(Array.from({ length: 4 }, () => send(file, key)));
    const done = answers.filter(({ status }) => status === 200);
    expect(done).toHaveLength(1);
    expect(done[0]?.body.created).toBe(2);
    for (const answer of answers) {
      if (answer.status !== 200) expectProblem(answer, 409, 'request.under_way');
    }
    expect((await api.database.revision()).seq).toBe(seq + 2);
    expect(filesIn(api)).toEqual([]);
  });
});

describe('a response', () => {
  const until202 = { 'idempotency-key': randomUUID(), prefer: 'respond-async' };

  it('is immediate if preferred, with a location', async () => {
    const answer = await commit(api, regions(aRegion()), { query: REGIONS, headers: until202 });
    expect(answer.status).toBe(202);
    expect(answer.headers).toMatchObject({
      location: `/v1/imports/${answer.body.id}`,
      'preference-applied': 'respond-async',
    });
    expect(answer.body).toMatchObject({ status: 'running', finishedAt: null, committed: false });
    const done = await endOf(api, answer.body.id);
    expect(done.body).toMatchObject({ status: 'done', created: 1, committed: true });
    expect(done.body.progress).toMatchObject({ phase: null, rowsRead: 1, rowsDone: 1, rowsRefused: 0 });
  });

  it.each(['return=minimal, respond-async', ['return=minimal', 'respond-async;x']])(
    'has its body whatever else is preferred: %s',
    async (prefer) => {
      const headers = { 'idempotency-key': randomUUID(), prefer: prefer as string };
      const answer = await commit(api, regions(aRegion()), { query: REGIONS, headers });
      expect(answer).toMatchObject({ status: 202, body: { status: 'running' } });
      expect(answer.headers['preference-applied']).toBe('respond-async');
      await endOf(api, answer.body.id);
    },
  );

  it('is immediate for a large file', async () => {
    const file = Buffer.from(`${regions(aRegion())}\r\n${',,,\r\n'.repeat(4_096)}`);
    expect(file.length).toBeGreaterThan(20 * KB);
    const answer = await preview(api, file, { query: REGIONS });
    expect(answer.status).toBe(202);
    const { body } = await endOf(api, answer.body.id);
    expect(body).toMatchObject({
      status: 'done',
      rows: 1,
      progress: { bytesRead: file.length, bytes: file.length },
    });
  });

  it('about an import has an ETag that changes with it', async () => {
    const { body } = await preview(api, regions(aRegion()), { query: { ...REGIONS, lang: 'zh' } });
    const first = await api.get(`/v1/imports/${body.id}`);
    const again = await api.get(`/v1/imports/${body.id}`, { 'if-none-match': first.etag });
    expect(again.status).toBe(304);
    expect((await api.get(`/v1/imports/${body.id}`, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it.each(['none', '..%2F..%2Fetc%2Fpasswd', '%00', '0190a1b2-0000-7000-8000-000000000009'])(
    'about %s, which does not exist, is 404',
    async (id) => {
      expectProblem(await api.get(`/v1/imports/${id}`), 404, 'imports.not_found');
      expectProblem(await api.get(`/v1/imports/${id}/faults`), 404, 'imports.not_found');
      expectProblem(await api.post(`/v1/imports/${id}/cancel`), 404, 'imports.not_found');
    },
  );
});

describe('the result of an import', () => {
  it('is visible to its sender and administrators only, also in lists, whatever else is public', async () => {
    const opened = await instanceBeside(api, api.database, {
      ANONYMOUS_READ: 'all',
      IMPORT_DIR: api.importDir,
    });
    const keyOf = async (role: string) => (await created(api, '/v1/keys', { name: role, role })).key;
    const [one, other, viewer] = [await keyOf('editor'), await keyOf('editor'), await keyOf('viewer')];
    const file = csv(['项目编号', '项目名称'], ['SECRET-1', '']);
    const { body } = await preview(clientOf(opened, one), file);
    const paths = [`/v1/imports/${body.id}`, `/v1/imports/${body.id}/faults`];
    const inList = async (key: string) =>
      (await clientOf(opened, key).get('/v1/imports?limit=500')).body.items.map(({ id }: Body) => id);
    for (const key of [one, adminKey()]) {
      for (const path of paths) expect((await clientOf(opened, key).get(path)).status).toBe(200);
      expect(await inList(key)).toContain(body.id);
    }
    expect(await inList(one)).toEqual([body.id]);
    expect((await clientOf(opened, other).get('/v1/imports')).body).toMatchObject({
      items: [],
      page: { total: 0 },
    });
    for (const path of paths) {
      expectProblem(await clientOf(opened, other).get(path), 403, 'imports.not_yours');
      expectProblem(await clientOf(opened, viewer).get(path), 403, 'access.role');
      expectProblem(await clientOf(opened, null).get(path), 401, 'access.key_required');
    }
    expectProblem(await clientOf(opened, null).get('/v1/imports'), 401, 'access.key_required');
    await opened.close();
  });
});

describe('the list of imports', () => {
  it('contains each once, the latest first, page by page', async () => {
    for (let i = 0; i < 3; i++) await preview(api, csv(HEADINGS, ['4', '', '', '']), { query: REGIONS });
    const all = await api.get('/v1/imports?limit=500');
    const ids: string[] = [];
    for (let url = '/v1/imports?limit=2'; url; ) {
      const { body } = await api.get(url);
      expect(body.page.total).toBe(all.body.page.total);
      ids.push(...body.items.map(({ id }: { id: string }) => id));
      url = body.page.nextCursor ? `/v1/imports?limit=2&cursor=${body.page.nextCursor}` : '';
    }
    expect(ids).toEqual(all.body.items.map(({ id }: { id: string }) => id));
    expect(new Set(ids).size).toBe(all.body.page.total);
    const moments = all.body.items.map(({ createdAt }: { createdAt: string }) => createdAt);
    expect(moments).toEqual(moments.toSorted().reverse());
  });

  it('shows no format for a file that an older version took for one it cannot read', async () => {
    const at = api.clock.now();
    const id = randomUUID();
    await api.database.write(async (tx) => {
      await tx.insert(tx.tables.imports).values({
        id,
        caller: null,
        actor: 'somebody',
        request: {
          mode: 'preview',
          entity: 'projects',
          mapping: null,
          name: null,
          bytes: 1,
          regions: null,
          format: 'markdown',
        },
        status: 'refused',
        rowsDone: 0,
        createdAt: at,
        finishedAt: at,
        seenAt: at,
        bytes: 1,
      });
    });
    const { items } = (await api.get('/v1/imports?limit=500')).body;
    expect(items.find((one: Body) => one.id === id).file.format).toBeNull();
  });

  it('counts the faults of each without listing them', async () => {
    const { body: alone } = await preview(api, csv(HEADINGS, ['4', '', '', '']), { query: REGIONS });
    expect(alone.faults.length).toBeGreaterThan(0);
    const { items } = (await api.get('/v1/imports?limit=500')).body;
    const listed = items.find(({ id }: { id: string }) => id === alone.id);
    expect(listed).toEqual({ ...alone, faults: [], changes: [] });
  });

  it('is 304 until something in it changes', async () => {
    const { etag } = await api.get('/v1/imports');
    expect((await api.get('/v1/imports', { 'if-none-match': etag })).status).toBe(304);
    await preview(api, regions(aRegion()), { query: REGIONS });
    expect((await api.get('/v1/imports', { 'if-none-match': etag })).status).toBe(200);
  });
});
