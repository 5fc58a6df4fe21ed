/** Imports that continue after the response: cancelled, queued, overtaken by changes. */
import { randomUUID } from 'node:crypto';
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
import { concurrent, engine } from '../support/engines.ts';
import { eventsInOne } from '../support/load-work.ts';
import { until } from '../support/process.ts';
import { THOROUGH } from '../support/runs.ts';
import { expectVerified } from '../support/verified.ts';
import { aCode, commit, csv, endOf, filesIn, preview, projectRows } from './support.ts';

const SLICE = 100;
/** Enough rows for an import to be still running when it is cancelled, even slowly. */
const LONG = 50_000;

/** Starts a commit that continues in the background. */
async function begun(client: Client, file: string | Buffer, query = {}): Promise<string> {
  const answer = await commit(client, file, {
    query,
    headers: { prefer: 'respond-async', 'idempotency-key': randomUUID() },
  });
  expect(answer.status, answer.text).toBe(202);
  return answer.body.id;
}

/** Waits for a state of an import. Progress shows all rows of a slice as done before they are committed. */
const when = (client: Client, id: string, is: (now: Body) => boolean): Promise<Body> =>
  until(async () => {
    const { body } = await client.get(`/v1/imports/${id}`);
    if (is(body)) return body;
    if (body.status !== 'running') throw new Error(`It ended too early: ${JSON.stringify(body)}`);
    return undefined;
  });

const isIn =
  (phase: string, rows = 0) =>
  ({ progress }: Body) =>
    progress.phase === phase && progress.rowsDone >= rows;

const cancel = (client: Client, id: string): Promise<Answer> => client.post(`/v1/imports/${id}/cancel`);

const editorOf = async (api: TestApp): Promise<Client> =>
  clientOf(api.app, (await created(api, '/v1/keys', { name: 'editor', role: 'editor' })).key);

describe('an import in one transaction', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp();
  });
  afterAll(() => api.close());

  const moments: [what: string, is: (now: Body) => boolean, rows: number][] = [
    ['while its file is read', isIn('reading'), 4 * LONG],
    // PGlite's single connection is used by the import meanwhile.
    ...(concurrent
      ? [['while it is written', isIn('writing', 256), LONG] as [string, (now: Body) => boolean, number]]
      : []),
  ];

  it.each(moments)('that is cancelled %s leaves nothing', async (_, moment, rows) => {
    const { seq } = await api.database.revision();
    const id = await begun(api, projectRows(rows));
    await when(api, id, moment);
    const answer = await cancel(api, id);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toMatchObject({
      status: 'cancelled',
      committed: false,
      created: 0,
      rows: 0,
      problem: null,
    });
    expect(answer.body.progress.phase).toBeNull();
    expect((await api.database.revision()).seq).toBe(seq);
    await until(() => filesIn(api).length === 0);
    expect((await api.get(`/v1/imports/${id}`)).body).toEqual(answer.body);
  });

  it('can be cancelled while it runs, by its sender or an administrator', async () => {
    const [one, other] = [await editorOf(api), await editorOf(api)];
    const id = await begun(one, projectRows(LONG));
    expectProblem(await cancel(other, id), 403, 'imports.not_yours');
    expect((await cancel(one, id)).body.status).toBe('cancelled');
    expectProblem(await cancel(one, id), 409, 'imports.finished');
    const next = await begun(one, projectRows(LONG));
    expect((await cancel(api, next)).body.status).toBe('cancelled');
  });

  it('on another instance is cancelled there', async () => {
    const other = clientOf(await instanceBeside(api, api.database, { IMPORT_DIR: api.importDir }));
    const id = await begun(api, projectRows(LONG));
    expect((await other.get(`/v1/imports/${id}`)).body).toMatchObject({ status: 'running' });
    expectProblem(await cancel(other, id), 409, 'imports.elsewhere');
    expect((await cancel(api, id)).body.status).toBe('cancelled');
  });

  it('is answered with 202 when repeated at another instance', async () => {
    const other = clientOf(await instanceBeside(api, api.database, { IMPORT_DIR: api.importDir }));
    const [file, key] = [projectRows(LONG), randomUUID()];
    const first = await commit(api, file, { headers: { prefer: 'respond-async', 'idempotency-key': key } });
    const second = await commit(other, file, { headers: { 'idempotency-key': key } });
    expect(second.headers).toMatchObject({
      'idempotency-replayed': 'true',
      location: first.headers.location,
    });
    expect(second.status).toBe(202);
    expect((await cancel(api, first.body.id)).status).toBe(200);
  });

  it('runs beside another, and both are complete', async () => {
    const { seq } = await api.database.revision();
    const ids = await Promise.all([1_500, 1_000, 500].map((rows) => begun(api, projectRows(rows))));
    const [first, second, third] = await Promise.all(ids.map((id) => endOf(api, id)));
    expect(first?.body).toMatchObject({ status: 'done', created: 1_500 });
    expect(second?.body).toMatchObject({ status: 'done', created: 1_000 });
    expect(third?.body).toMatchObject({ status: 'done', created: 500 });
    expect((await api.database.revision()).seq).toBe(seq + 3_000);
    await expectVerified(api.database);
  });

  // The memory limit is that of SQLite's threads; on PostgreSQL imports run on the service's thread.
  if (engine === 'sqlite') {
    it.runIf(THOROUGH)(
      'with 80 MB of codes, all of which are held in memory, completes its check',
      async () => {
        const rows = 950_000;
        const code = (i: number) => `MADE-UP-${'x'.repeat(48)}${String(i).padStart(8, '0')}`;
        const lines = Array.from({ length: rows }, (_, i) => `${code(i)},M,county,1,2020-06-29\n`);
        const file = `Code,Name,Level,Investment (yuan),Signed\n${lines.join('')}`;
        const { body } = await preview(api, file, { headers: { prefer: 'respond-async' } });
        const end = await endOf(api, body.id);
        expect(end.body).toMatchObject({ status: 'done', created: rows, refused: 0 });
      },
    );
  }

  it('reports any number of faults, in two languages and two formats', async () => {
    const rows = Array.from({ length: 1_200 }, () => [aCode(), '', '国家级', '2020-02-30', '1']);
    const file = csv(['项目编号', '项目名称', '项目级别', '签约日期', '投资总额(亿元)'], ...rows);
    const { body } = await preview(api, file);
    expect(body).toMatchObject({ refused: 1_200, faultCount: 3_600 });
    expect(body.faults).toHaveLength(1_000);
    const chinese = await api.get(`${body.links.faults}?format=csv&lang=zh`);
    const lines = chinese.text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(3_601);
    expect(lines[0]).toContain('问题');
    expect(lines.at(-1)).toContain('1201');
    const english = await api.get(`${body.links.faults}?lang=en`, { accept: 'text/csv' });
    expect(english.text.split('\r\n')[0]).toContain('Problem');
    const workbook = await api.get(`${body.links.faults}?format=xlsx`);
    expect(workbook.headers['content-disposition']).toContain(`faults-${body.id}.xlsx`);
    expect(workbook.bytes.subarray(0, 2).toString()).toBe('PK');
  });

  it('without faults has an empty report', async () => {
    const { body } = await preview(api, projectRows(1));
    expect(body.links.faults).toBeNull();
    expect(
      (await api.get(`/v1/imports/${body.id}/faults?format=csv`)).text.trimEnd().split('\r\n'),
    ).toHaveLength(1);
  });
});

describe('an import in slices', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp({ imports: { atOnce: SLICE, slice: SLICE } });
  });
  afterAll(() => api.close());

  it('is complete at the end', async () => {
    const { seq } = await api.database.revision();
    const { body } = await endOf(api, await begun(api, projectRows(450)));
    expect(body).toMatchObject({
      status: 'done',
      committed: true,
      rows: 450,
      created: 450,
      progress: { rowsDone: 450 },
    });
    expect((await api.database.revision()).seq).toBe(seq + 450);
    await expectVerified(api.database);
  });

  it('with a faulty row is refused before anything is written', async () => {
    const { seq } = await api.database.revision();
    const { body } = await endOf(api, await begun(api, `${projectRows(450)}X,,省级,2020-06-29,1\r\n`));
    expect(body).toMatchObject({ status: 'refused', committed: false, refused: 1, faultCount: 1 });
    expect(body.problem.code).toBe('imports.faulty_rows');
    expect((await api.database.revision()).seq).toBe(seq);
    expect((await api.get(`${body.links.faults}?format=csv`)).text.trimEnd().split('\r\n')).toHaveLength(2);
  });

  it('writes its valid rows if requested, and reports the others once', async () => {
    const file = `${projectRows(150)}X,,省级,2020-06-29,1\r\n${projectRows(150).split('\r\n').slice(1).join('\r\n')}`;
    const { body } = await endOf(api, await begun(api, file, { partial: true }));
    expect(body).toMatchObject({ status: 'done', rows: 301, created: 300, refused: 1, faultCount: 1 });
    expect((await api.get(`${body.links.faults}?format=csv`)).text.trimEnd().split('\r\n')).toHaveLength(2);
  });

  it('that is cancelled keeps the slices written, and reports their number of rows', async () => {
    const { seq } = await api.database.revision();
    const id = await begun(api, projectRows(5_000));
    await when(api, id, isIn('writing', SLICE + 1));
    const { body } = await cancel(api, id);
    expect(body).toMatchObject({ status: 'cancelled', committed: true, changed: 0, refused: 0 });
    expect(body.rows % SLICE).toBe(0);
    expect(body.rows).toBeGreaterThan(0);
    expect(body.rows).toBeLessThan(5_000);
    expect(body.created).toBe(body.rows);
    expect(body.progress.rowsDone).toBe(body.rows);
    expect((await api.database.revision()).seq).toBe(seq + body.rows);
    await until(() => filesIn(api).length === 0);
    await expectVerified(api.database);
  });

  it('with a row that becomes faulty meanwhile keeps the earlier slices, and reports it', async () => {
    const event = { code: 'goes-away', name: '活动', startsOn: '2020-06-29', endsOn: '2020-06-30' };
    await created(api, '/v1/events', event);
    const file = `${projectRows(5_000, ['活动'], [''])}LAST,示例,省级,2020-06-29,1,goes-away\r\n`;
    const id = await begun(api, file);
    await when(api, id, isIn('writing', SLICE + 1));
    const { etag } = await api.get('/v1/events/goes-away');
    expect((await api.delete('/v1/events/goes-away', { 'if-match': etag })).status).toBe(204);
    const { body } = await endOf(api, id);
    expect(body).toMatchObject({
      status: 'failed',
      committed: true,
      rows: 5_001,
      created: 5_000,
      refused: 1,
      faultCount: 1,
      faults: [{ row: 5_002, field: 'event', value: 'goes-away', code: 'unknown_reference' }],
      problem: { code: 'imports.changed_meanwhile', detail: expect.stringContaining('5000') },
    });
    expect((await api.get(`${body.links.faults}?format=csv`)).text.trimEnd().split('\r\n')).toHaveLength(2);
    await until(() => filesIn(api).length === 0);
  });
});

describe('waiting imports', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp({ imports: { running: 1, waiting: 1 } });
  });
  afterAll(() => api.close());

  it('can be cancelled before they start; further ones are refused', async () => {
    const first = await begun(api, projectRows(LONG));
    const second = await begun(api, projectRows(10));
    expect((await api.get(`/v1/imports/${second}`)).body.progress.phase).toBe('waiting');
    const third = await preview(api, projectRows(1));
    expectProblem(third, 503, 'imports.too_many');
    expect(third.headers['retry-after']).toBe('10');
    expect((await cancel(api, second)).body).toMatchObject({ status: 'cancelled', committed: false });
    expect((await api.get(`/v1/imports/${first}`)).body.status).toBe('running');
    const fourth = await begun(api, projectRows(10));
    expect((await cancel(api, first)).body.status).toBe('cancelled');
    expect((await endOf(api, fourth)).body).toMatchObject({ status: 'done', created: 10 });
    expect((await preview(api, projectRows(1))).status).toBe(200);
    await until(() => filesIn(api).length === 0);
  });
});

if (concurrent) {
  describe('during a large write', () => {
    let api: TestApp;
    beforeAll(async () => {
      api = await testApp();
    });
    afterAll(() => api.close());

    it('other writers must retry later, readers are served, and an import completes', async () => {
      const answer = await preview(api, projectRows(5_000), { headers: { prefer: 'respond-async' } });
      const parts = api.database.load(eventsInOne, { codes: ['slow-1', 'slow-2'] })[Symbol.asyncIterator]();
      await parts.next();
      const began = performance.now();
      const refused = await api.post('/v1/projects', aProject());
      expectProblem(refused, 503, 'service.unavailable');
      expect(refused.headers['retry-after']).toMatch(/^\d+$/);
      expect(performance.now() - began).toBeGreaterThan(4_000);
      expect((await api.get('/v1/projects')).status).toBe(200);
      expectProblem(await preview(api, projectRows(1)), 503, 'service.unavailable');
      expect(filesIn(api).filter((name) => !name.startsWith(answer.body.id))).toEqual([]);
      while (!(await parts.next()).done);
      expect((await endOf(api, answer.body.id)).body).toMatchObject({ status: 'done', created: 5_000 });
    });
  });
}
