/** The change log over HTTP: the feed, its head, and the history of each resource. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { logOf } from '../support/change-log.ts';

const days = { startsOn: '2020-06-29', endsOn: '2020-06-30' };

describe('the change feed', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp();
  });
  afterAll(() => api.close());

  it('returns the whole log, page by page, and ends', async () => {
    const log = await logOf(api);
    const seen: Body[] = [];
    let url = '/v1/changes?limit=100';
    for (;;) {
      const { body, headers } = await api.get(url);
      expect(body.page.total).toBe(log.length - seen.length);
      seen.push(...body.items);
      expect(body.page.nextCursor).toBe(seen.length < log.length ? String(seen.length) : null);
      const next = /<([^>]+)>; rel="next"/.exec(String(headers.link ?? ''))?.[1];
      if (next === undefined) break;
      url = next;
    }
    expect(seen).toEqual(log);
  });

  it('continues after the last entry with exactly the later changes, including deletions', async () => {
    const { body: before } = await api.get('/v1/changes/head');
    const event = '/v1/events/feed-1';
    await created(api, '/v1/events', { code: 'feed-1', name: '活动', ...days });
    await api.patch(event, { name: '别的活动' });
    await api.delete(event);
    const { body } = await api.get(`/v1/changes?after=${before.seq}`);
    expect(body.items.map(({ seq, action, entityId }: Body) => [seq, action, entityId])).toEqual([
      [before.seq + 1, 'create', 'feed-1'],
      [before.seq + 2, 'change', 'feed-1'],
      [before.seq + 3, 'delete', 'feed-1'],
    ]);
    const [, change, deletion] = body.items;
    expect(change.fields).toEqual({ name: { before: '活动', after: '别的活动' } });
    expect(deletion.fields.name).toEqual({ before: '别的活动' });
    const head = await api.get('/v1/changes/head');
    expect(head.body).toEqual({ seq: deletion.seq, hash: deletion.hash });
  });

  it('has fewer entries on a page if they are very long, but skips none', async () => {
    const { body: before } = await api.get('/v1/changes/head');
    const { id } = await created(api, '/v1/projects', aProject({ code: 'LONG' }));
    for (let i = 0; i < 70; i++) {
      const changed = await api.patch(`/v1/projects/${id}`, { note: `${i}${'长'.repeat(9_990)}` });
      expect(changed.status).toBe(200);
    }
    const first = await api.get(`/v1/changes?limit=500&after=${before.seq}`);
    expect(first.body.items.length).toBeLessThan(71);
    expect(first.text.length).toBeLessThan(1_500_000);
    const rest = await api.get(`/v1/changes?limit=500&after=${first.body.page.nextCursor}`);
    const seqs = [...first.body.items, ...rest.body.items].map(({ seq }: Body) => seq);
    expect(seqs).toEqual(Array.from({ length: 71 }, (_, i) => before.seq + 1 + i));
    expect(rest.body.page.nextCursor).toBeNull();
  });

  it('is empty after the last entry', async () => {
    const { body: head } = await api.get('/v1/changes/head');
    const { body } = await api.get(`/v1/changes?after=${head.seq}`);
    expect(body).toMatchObject({ items: [], page: { total: 0, nextCursor: null }, revision: head.seq });
  });

  it('refuses a position beyond the end, which would skip future entries', async () => {
    const { body: head } = await api.get('/v1/changes/head');
    for (const path of ['/v1/changes', '/v1/changes/stream']) {
      const answer = await api.get(`${path}?after=${head.seq + 1}`);
      expectProblem(answer, 422, 'request.invalid', [['after', 'beyond_the_end']]);
      expect(answer.body.errors[0].message).toContain(String(head.seq));
    }
    const resumed = await api.get('/v1/changes/stream', { 'last-event-id': String(head.seq + 1) });
    expectProblem(resumed, 422, 'request.invalid', [['Last-Event-ID', 'beyond_the_end']]);
  });

  it('responds with 304 until something changes', async () => {
    const first = await api.get('/v1/changes?after=5');
    const fresh = { 'if-none-match': first.etag };
    expect((await api.get('/v1/changes?after=5', fresh)).status).toBe(304);
    await created(api, '/v1/projects', aProject());
    expect((await api.get('/v1/changes?after=5', fresh)).status).toBe(200);
  });

  it.each([
    ['after=-1', 'after'],
    ['after=1.5', 'after'],
    ['after=', 'after'],
    ['limit=501', 'limit'],
    ['limit=0', 'limit'],
    ['cursor=5', 'cursor'],
  ])('refuses %s', async (query, parameter) => {
    const answer = await api.get(`/v1/changes?${query}`);
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.errors).toEqual([expect.objectContaining({ parameter })]);
  });
});

describe('a history', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp();
  });
  afterAll(() => api.close());

  it('of a project shows who changed what and when, the newest first', async () => {
    const project = await created(api, '/v1/projects', aProject({ note: '原来' }));
    const url = `/v1/projects/${project.id}`;
    api.clock.set('2026-11-22T05:00:00Z');
    const requestId = 'history-of-a-project';
    const { etag } = await api.get(url);
    await api.patch(
      url,
      { startedOn: '2020-09-15', note: null },
      { 'if-match': etag, 'x-request-id': requestId },
    );
    await created(api, `${url}/funds`, { receivedOn: '2021-03-31', amountYuan: 5 });
    await api.delete(url);
    const { body } = await api.get(`${url}/history`);
    expect(body.items.map(({ action }: Body) => action)).toEqual([
      'archive',
      'add_funds',
      'change',
      'create',
    ]);
    expect(body.items[2]).toMatchObject({
      entity: 'projects',
      entityId: project.id,
      requestId,
      at: '2026-11-22T05:00:00.000Z',
      actor: expect.any(String),
      fields: { startedOn: { before: null, after: '2020-09-15' }, note: { before: '原来', after: null } },
    });
    expect(body.page.total).toBe(4);
  });

  it('is paged, in either order', async () => {
    const event = '/v1/events/paged';
    await created(api, '/v1/events', { code: 'paged', name: '0', ...days });
    for (let i = 1; i <= 6; i++) await api.patch(event, { name: String(i) });
    for (const [sort, expected] of [
      ['-seq', ['6', '5', '4', '3', '2', '1', '0']],
      ['seq', ['0', '1', '2', '3', '4', '5', '6']],
    ] as const) {
      const names: string[] = [];
      let cursor = '';
      do {
        const { body } = await api.get(
          `${event}/history?limit=3&sort=${sort}${cursor && `&cursor=${cursor}`}`,
        );
        names.push(...body.items.map(({ fields }: Body) => fields.name.after));
        cursor = body.page.nextCursor ?? '';
      } while (cursor);
      expect(names).toEqual(expected);
    }
  });

  it('of a deleted resource can still be read', async () => {
    await created(api, '/v1/zones', { code: 'gone', name: '园区', level: 'national' });
    await api.delete('/v1/zones/gone');
    expect((await api.get('/v1/zones/gone')).status).toBe(404);
    const { body } = await api.get('/v1/zones/gone/history');
    expect(body.items.map(({ action }: Body) => action)).toEqual(['delete', 'create']);
  });

  it.each(['projects', 'events', 'enterprises', 'zones', 'regions', 'industries'])(
    'of an id in %s that never existed is 404, and is not mixed with the history of another resource',
    async (entity) => {
      expectProblem(await api.get(`/v1/${entity}/hyrd-none/history`), 404, `${entity}.not_found`);
      expectProblem(await api.get(`/v1/${entity}/%00/history`), 404, `${entity}.not_found`);
    },
  );
});
