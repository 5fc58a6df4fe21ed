import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { type ProjectQuery, selectsMoreThan } from '../../src/features/projects/batches.ts';
import { exportsOf } from '../../src/workers/works.ts';
import { aProject, clientOf, created, expectProblem, type TestApp, testApp } from '../support/app.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const CSV = 'text/csv; charset=utf-8';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
  const days = { startsOn: '2020-06-29', endsOn: '2020-06-30' };
  await created(api, '/v1/events', { code: 'hyrd-2020', name: '2020年沪洽周/湖南', ...days });
  await created(api, '/v1/projects', aProject({ event: 'hyrd-2020', investmentYuan: 297_880_000_000 }));
  await created(api, '/v1/projects', aProject());
});
afterAll(() => api.close());

describe('the format', () => {
  it.each([
    ['', undefined, 'application/json; charset=utf-8'],
    ['', '*/*', 'application/json; charset=utf-8'],
    ['', 'text/html,application/xhtml+xml,*/*;q=0.8', 'application/json; charset=utf-8'],
    ['', 'text/csv', CSV],
    ['', 'text/*', CSV],
    ['', 'application/x-ndjson', 'application/x-ndjson'],
    ['', XLSX, XLSX],
    ['', 'application/json;q=0.2, text/csv;q=0.9', CSV],
    ['?format=csv', 'application/json', CSV],
    ['?format=json', 'text/csv', 'application/json; charset=utf-8'],
    ['?format=xlsx', 'image/png', XLSX],
    ['?format=csv&encoding=gb18030', undefined, 'text/csv; charset=gb18030'],
  ])('of %s with Accept %s is %s', async (query, accept, type) => {
    const answer = await api.get(`/v1/projects${query}`, accept === undefined ? {} : { accept });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe(type);
    expect(answer.headers.vary).toMatch(/^Accept, Accept-Language(, Accept-Encoding)?$/);
    expect(answer.headers['cache-control']).toBe('private, no-cache');
  });

  it('is listed in Vary beside other headers', async () => {
    const origin = 'https://dashboard.example';
    const open = await testApp({ config: { CORS_ORIGINS: [origin, 'https://other.example'] } });
    // The second response comes from the cache.
    for (const url of ['projects', 'projects?format=csv', 'statistics/summary', 'statistics/summary']) {
      const { status, headers } = await open.get(`/v1/${url}`, { origin });
      expect([status, headers.vary]).toEqual([200, 'Origin, Accept, Accept-Language, Accept-Encoding']);
    }
    await open.close();
  });

  it.each([
    '/v1/projects',
    '/v1/statistics/summary',
    '/v1/statistics/breakdown?by=region',
    '/v1/statistics/timeline',
    '/v1/statistics/cohorts',
  ])('of %s is refused if Accept excludes it', async (url) => {
    const answer = await api.get(url, { accept: 'image/png' });
    expectProblem(answer, 406, 'request.not_acceptable');
    expect(answer.body.detail).toContain('text/csv');
  });

  it.each([
    ['projects?lang=zh', ['lang']],
    ['projects?format=json&unit=yi&encoding=utf-8', ['unit', 'encoding']],
    ['projects?format=csv&limit=5', ['limit']],
    ['projects?format=csv&limit=5&cursor=x', ['limit', 'cursor']],
    ['projects?format=xlsx&encoding=gb18030', ['encoding']],
    ['projects?format=ndjson&lang=zh&unit=yi', ['lang', 'unit']],
    ['statistics/summary?unit=wan', ['unit']],
    ['statistics/breakdown?by=region&format=xlsx&encoding=utf-8', ['encoding']],
  ])('%s is refused with the names of parameters that do not apply', async (url, names) => {
    const faults = names.map((name): [string, string] => [name, 'not_for_format']);
    expectProblem(await api.get(`/v1/${url}`), 422, 'request.invalid', faults);
  });

  it('requested by Accept refuses the same parameters', async () => {
    const answer = await api.get('/v1/projects?limit=5', { accept: 'text/csv' });
    expectProblem(answer, 422, 'request.invalid', [['limit', 'not_for_format']]);
  });

  it.each(['format=xml', 'format=CSV', 'unit=k', 'lang=de', 'encoding=gbk'])('refuses %s', async (query) => {
    expect((await api.get(`/v1/projects?${query}`)).status).toBe(422);
  });
});

describe('the name of the file', () => {
  const nameOf = async (query: string, headers = {}) =>
    (await api.get(`/v1/projects?${query}`, headers)).headers['content-disposition'];

  it('has the day and the revision', async () => {
    const { revision } = (await api.get('/v1/projects')).body;
    expect(await nameOf('format=csv')).toBe(`attachment; filename=projects-2026-11-22-r${revision}.csv`);
    expect(await nameOf('format=ndjson&asOf=2020-07-01')).toBe(
      `attachment; filename=projects-2020-07-01-r${revision}.ndjson`,
    );
  });

  it('has the event, in Chinese by its name, with an ASCII alternative', async () => {
    const { revision } = (await api.get('/v1/projects')).body;
    const header = await nameOf('format=xlsx&event=hyrd-2020', { 'accept-language': 'zh-CN' });
    const chinese = encodeURIComponent(`项目-2020年沪洽周_湖南-2026-11-22-r${revision}.xlsx`);
    expect(header).toBe(
      `attachment; filename=projects-hyrd-2020-2026-11-22-r${revision}.xlsx; filename*=UTF-8''${chinese}`,
    );
    expect(await nameOf('format=xlsx&event=hyrd-2020,none')).not.toContain('hyrd');
  });

  it.each([
    ['of one character in two halves', '𠮷'.repeat(150), '𠮷'.repeat(50)],
    ['in which one stands across the end', `a${'𠮷'.repeat(100)}`, `a${'𠮷'.repeat(49)}`],
  ])('is cut between characters if the event has a long name %s', async (_, name, shown) => {
    const days = { startsOn: '2020-06-29', endsOn: '2020-06-30' };
    const { code } = await created(api, '/v1/events', { code: `long-${name.length}`, name, ...days });
    const header = String(await nameOf(`format=csv&lang=zh&event=${code}`));
    const told = decodeURIComponent(/filename\*=UTF-8''(.*)$/.exec(header)?.[1] ?? '');
    expect(told.split('-')[1]).toBe(shown);
    expect(Buffer.byteLength(told)).toBeLessThan(256);
  });
});

describe('a file', () => {
  it('has an ETag per format, language, unit and encoding, and the same bytes until something changes', async () => {
    const tags = new Map<string, string>();
    for (const query of [
      'json',
      'csv',
      'ndjson',
      'xlsx',
      'csv&unit=yi',
      'csv&encoding=gb18030',
      'csv&lang=zh',
    ]) {
      const url = `/v1/projects?format=${query}`;
      const [first, second] = [await api.get(url), await api.get(url)];
      expect(first.etag).toMatch(/^"\d+-/);
      expect(second.etag).toBe(first.etag);
      expect(second.bytes.equals(first.bytes), query).toBe(true);
      expect(await api.get(url, { 'if-none-match': first.etag })).toMatchObject({ status: 304, text: '' });
      tags.set(query, first.etag);
    }
    const chosen = ['text/csv', XLSX, 'application/x-ndjson', 'application/json'];
    for (const accept of chosen) tags.set(accept, (await api.get('/v1/projects', { accept })).etag);
    const chinese = await api.get('/v1/projects', { accept: 'text/csv', 'accept-language': 'zh' });
    tags.set('by language', chinese.etag);
    expect(new Set(tags.values()).size).toBe(tags.size);

    await created(api, '/v1/projects', aProject());
    const again = await api.get('/v1/projects?format=csv', { 'if-none-match': tags.get('csv') as string });
    expect(again.status).toBe(200);
    expect(again.etag).not.toBe(tags.get('csv'));
  });

  it('responds to HEAD with its headers and nothing else', async () => {
    const url = '/v1/projects?format=csv&lang=zh';
    const [get, head] = [await api.get(url), await api.request('HEAD', url)];
    expect(head).toMatchObject({ status: 200, text: '', etag: get.etag });
    for (const name of ['content-type', 'content-disposition', 'content-language', 'vary', 'cache-control']) {
      expect(head.headers[name], name).toBe(get.headers[name]);
    }
    expect(head.headers['content-length']).toBeUndefined();
  });

  it('has the same permissions as the list', async () => {
    const nobody = clientOf(api.app, null);
    expectProblem(await nobody.get('/v1/projects?format=csv'), 401, 'access.key_required');
    for (const ANONYMOUS_READ of ['statistics', 'all'] as const) {
      const other = await testApp({ config: { ANONYMOUS_READ } });
      const client = clientOf(other.app, null);
      expect((await client.get('/v1/projects?format=csv')).status).toBe(ANONYMOUS_READ === 'all' ? 200 : 401);
      expect((await client.get('/v1/statistics/summary?format=csv')).status).toBe(200);
      const revealing = await client.get('/v1/statistics/summary?format=csv&q=x');
      expect(revealing.status).toBe(ANONYMOUS_READ === 'all' ? 200 : 401);
      await other.close();
    }
  });
});

describe('too many rows for a worksheet', () => {
  it('are detected by counting one row further', async () => {
    const day = '2026-11-22';
    const { total } = (await api.get('/v1/projects')).body.page;
    const more = (most: number) =>
      api.database.snapshot((reader) => selectsMoreThan(reader, {} as ProjectQuery, day, most));
    expect([await more(total - 1), await more(total)]).toEqual([true, false]);
  });

  it('are refused before anything is sent', async () => {
    let given = 0;
    async function* tooMany() {
      yield { revision: { seq: 1, hash: '' }, subject: null, missing: false, tooMany: true };
      given += 1;
    }
    const database = { streams: 1, stream: tooMany } as unknown as Database;
    const exports = exportsOf(database);
    for (const _ of [1, 2]) {
      await expect(exports.start({} as never)).rejects.toMatchObject({
        code: 'transfer.too_many_rows',
        status: 422,
      });
    }
    expect(given).toBe(0);
  });
});
