import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashOf } from '../../src/log/service.ts';
import { type Answer, aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';
import { entriesOf, expectWholeLog, independentHash, logOf } from '../support/change-log.ts';
import { closeVerified } from '../support/verified.ts';

let api: TestApp;
let investors: [string, string];
beforeAll(async () => {
  api = await testApp();
  investors = [
    (await created(api, '/v1/enterprises', { name: '甲' })).id,
    (await created(api, '/v1/enterprises', { name: '乙' })).id,
  ];
});
afterAll(() => closeVerified(api));

const REQUEST = { 'x-request-id': 'audit-0001' };

/** The single log entry of a request. */
async function entryOf(send: () => Promise<Answer>) {
  const { answer, entries } = await entriesOf(api, send);
  expect(entries).toHaveLength(1);
  return { answer, entry: entries[0] };
}

/** Sends a change of a project with the request id and its current ETag. */
async function sendChange(method: 'PATCH' | 'DELETE', url: string, body?: Body): Promise<Answer> {
  const { etag } = await api.get(url);
  return api.request(method, url, body, { ...REQUEST, 'if-match': etag });
}

describe('each write creates one entry', () => {
  it('of a new project, with every field that has a value', async () => {
    const project = aProject({ startedOn: '2020-09-01', investorIds: investors, note: '一\n二' });
    const { answer, entry } = await entryOf(() => api.post('/v1/projects', project, REQUEST));
    expect(entry).toMatchObject({
      entity: 'projects',
      entityId: answer.body.id,
      action: 'create',
      actor: expect.stringMatching(/^tests \([0-9a-f-]{36}\)$/),
      requestId: 'audit-0001',
      at: answer.body.createdAt,
    });
    expect(entry?.fields).toEqual({
      code: { after: project.code },
      name: { after: project.name },
      level: { after: 'provincial' },
      signedOn: { after: '2020-06-29' },
      investmentYuan: { after: 100_000_000 },
      investmentEstimated: { after: false },
      startedOn: { after: '2020-09-01' },
      investorIds: { after: investors },
      note: { after: '一\n二' },
    });
  });

  const changes: [what: string, before: Body, change: Body, fields: Body][] = [
    [
      'a date that is given',
      {},
      { startedOn: '2020-09-01' },
      { startedOn: { before: null, after: '2020-09-01' } },
    ],
    [
      'a date that is moved',
      { startedOn: '2020-09-01' },
      { startedOn: '2020-10-01' },
      { startedOn: { before: '2020-09-01', after: '2020-10-01' } },
    ],
    [
      'a date that is cleared',
      { startedOn: '2020-09-01' },
      { startedOn: null },
      { startedOn: { before: '2020-09-01', after: null } },
    ],
    [
      'an amount and a flag',
      { investmentYuan: 5 },
      { investmentYuan: 6, investmentEstimated: true },
      { investmentYuan: { before: 5, after: 6 }, investmentEstimated: { before: false, after: true } },
    ],
    [
      'fields of which some stay as they are',
      { owner: '商务局' },
      { owner: '商务局', name: '新名称', region: '430100' },
      { name: { before: '测试项目', after: '新名称' }, region: { before: null, after: '430100' } },
    ],
  ];
  it.each(changes)('of %s, with the values before and after', async (_, before, change, fields) => {
    const { id } = await created(api, '/v1/projects', aProject(before));
    const { answer, entry } = await entryOf(() => sendChange('PATCH', `/v1/projects/${id}`, change));
    expect(entry).toMatchObject({
      entity: 'projects',
      entityId: id,
      action: 'change',
      actor: expect.stringMatching(/^tests \([0-9a-f-]{36}\)$/),
      requestId: 'audit-0001',
      at: answer.body.updatedAt,
    });
    expect(entry?.fields).toEqual(fields);
  });

  it('of investors in another order', async () => {
    const { id } = await created(api, '/v1/projects', aProject({ investorIds: investors }));
    const turned = investors.toReversed();
    const { answer, entry } = await entryOf(() =>
      sendChange('PATCH', `/v1/projects/${id}`, { investorIds: turned }),
    );
    expect(entry?.fields).toEqual({ investorIds: { before: investors, after: turned } });
    expect(answer.body.investors).toEqual([
      { id: investors[1], name: '乙' },
      { id: investors[0], name: '甲' },
    ]);
  });

  it('of an archive and of a restoration', async () => {
    const { id } = await created(api, '/v1/projects', aProject());
    const url = `/v1/projects/${id}`;
    const at = api.clock.now();
    const archived = (await entryOf(() => sendChange('DELETE', url))).entry;
    expect(archived).toMatchObject({ action: 'archive', entityId: id, requestId: 'audit-0001', at });
    expect(archived?.fields).toEqual({ archivedAt: { before: null, after: at } });
    const restored = (await entryOf(() => api.post(`${url}/restore`, undefined, REQUEST))).entry;
    expect(restored).toMatchObject({ action: 'restore', entityId: id, requestId: 'audit-0001', at });
    expect(restored?.fields).toEqual({ archivedAt: { before: at, after: null } });
  });

  it('of funds, for their project', async () => {
    const { id } = await created(api, '/v1/projects', aProject());
    const send = () =>
      api.post(`/v1/projects/${id}/funds`, { receivedOn: '2021-01-01', amountYuan: 7 }, REQUEST);
    const { answer, entry } = await entryOf(send);
    expect(entry).toMatchObject({
      entity: 'projects',
      entityId: id,
      action: 'add_funds',
      actor: expect.stringMatching(/^tests \([0-9a-f-]{36}\)$/),
      requestId: 'audit-0001',
      at: api.clock.now(),
    });
    expect(entry?.fields).toEqual({ fundsEntry: { after: answer.body } });
  });

  it('with a generated request id if the client gave none', async () => {
    const { answer, entry } = await entryOf(() => api.post('/v1/projects', aProject()));
    expect(entry?.requestId).toBe(answer.headers['x-request-id']);
  });
});

describe('no entry is created', () => {
  const idle: [what: string, send: (url: string) => Promise<Answer>][] = [
    ['reading', (url) => api.get(url)],
    ['listing', () => api.get('/v1/projects')],
    ['a figure', () => api.get('/v1/statistics/summary')],
    ['a change that changes nothing', (url) => api.patch(url, {})],
    ['restoring what is not archived', (url) => api.post(`${url}/restore`)],
    ['a change that is refused', (url) => api.patch(url, { startedOn: '2030-01-01' })],
    [
      'a change of something else meanwhile',
      (url) => api.patch(url, { owner: '局' }, { 'if-match': '"old"' }),
    ],
    ['a project that is refused', () => api.post('/v1/projects', {})],
    [
      'funds that are refused',
      (url) => api.post(`${url}/funds`, { receivedOn: '2021-01-01', amountYuan: -1 }),
    ],
  ];
  it.each(idle)('by %s', async (_, send) => {
    const { id } = await created(api, '/v1/projects', aProject());
    expect((await entriesOf(api, () => send(`/v1/projects/${id}`))).entries).toEqual([]);
  });
});

describe('the log', () => {
  it('is gapless and chained from its first entry, with concurrent clients and refusals', async () => {
    const before = (await logOf(api)).length;
    const taken = (await created(api, '/v1/projects', aProject())).code;
    const urls: string[] = [];
    for (let i = 0; i < 5; i++) {
      urls.push(`/v1/projects/${(await created(api, '/v1/projects', aProject())).id}`);
    }
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => {
        const url = urls[i % 5] as string;
        if (i % 4 === 0) return api.post('/v1/projects', aProject());
        if (i % 4 === 1) return api.post('/v1/projects', aProject({ code: taken }));
        const ifMatch = { 'if-match': i % 8 === 2 ? '*' : '"old"' };
        if (i % 4 === 2) return api.patch(url, { owner: `单位 ${i}` }, ifMatch);
        return api.post(`${url}/funds`, { receivedOn: '2021-01-01', amountYuan: i });
      }),
    );
    const statuses = answers.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 201, 409, 412]));
    const effects = statuses.filter((status) => status < 300).length;
    expect((await expectWholeLog(api)).length).toBe(before + 6 + effects);
  });

  it('starts with the reference data, written by the seed', async () => {
    const [first] = await expectWholeLog(api);
    expect(first).toMatchObject({ seq: 1, action: 'create', actor: 'luodi seed', requestId: null });
  });

  it('has the hash computed independently', async () => {
    for (const entry of await logOf(api)) {
      const { hash, ...rest } = entry;
      expect(hashOf(rest)).toBe(hash);
    }
  });

  it.each([
    'seq',
    'entity',
    'entityId',
    'action',
    'at',
    'fields',
    'actor',
    'requestId',
    'previousHash',
  ] as const)('has another hash if somebody changes %s of an entry', async (field) => {
    const entry = (await logOf(api)).at(-1);
    if (!entry) throw new Error('The log is empty.');
    const forged = { ...entry, [field]: field === 'seq' ? entry.seq + 1 : 'forged' };
    expect(independentHash(forged)).not.toBe(entry.hash);
    expect(hashOf(forged)).not.toBe(entry.hash);
  });
});
