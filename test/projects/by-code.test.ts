import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NewProject } from '../../src/features/projects/schema.ts';
import {
  type Answer,
  aProject,
  type Body,
  clientOf,
  created,
  expectProblem,
  type TestApp,
  testApp,
} from '../support/app.ts';
import { EVENTS, TOWN, world } from '../support/arbitraries.ts';
import { runs } from '../support/runs.ts';
import { expectRefused, stateOf } from '../support/state.ts';
import { closeVerified } from '../support/verified.ts';

let api: TestApp;
let investor: string;
beforeAll(async () => {
  api = await testApp();
  investor = (await created(api, '/v1/enterprises', { name: '瑶华半导体' })).id;
  await created(api, '/v1/regions', TOWN);
  for (const event of EVENTS) await created(api, '/v1/events', event);
});
afterAll(() => closeVerified(api));

const CREATE = { 'if-none-match': '*' };
const ANY = { 'if-match': '*' };

const urlOf = (code: string): string => `/v1/projects/by-code/${code}`;
const put = (code: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  api.request('PUT', urlOf(code), body, headers);

/** What a client may say of a new project, with a code that nothing has. */
function aNewOne(fields: Parameters<typeof aProject>[0] = {}): { code: string; body: Body } {
  const { code, ...body } = aProject(fields);
  return { code, body };
}

/** What a client may say, as a project says it. */
const inputOf = (project: Body): Body =>
  Object.fromEntries(
    Object.keys(NewProject.shape).map((field) => [
      field,
      field === 'investorIds' ? project.investors.map(({ id }: Body) => id) : project[field],
    ]),
  );

const actionsOf = async ({ id }: Body): Promise<string[]> =>
  (await api.get(`/v1/projects/${id}/history?sort=seq`)).body.items.map(({ action }: Body) => action);

describe('reading by code', () => {
  it('answers as reading by id does, ETag and all', async () => {
    const { id, code } = await created(api, '/v1/projects', aProject({ investorIds: [investor] }));
    for (const query of ['', '?asOf=2020-06-29', '?archived=true']) {
      const [byId, byCode] = [
        await api.get(`/v1/projects/${id}${query}`),
        await api.get(`${urlOf(code)}${query}`),
      ];
      expect(byCode).toMatchObject({ status: 200, text: byId.text, etag: byId.etag });
      const again = await api.get(`${urlOf(code)}${query}`, { 'if-none-match': byId.etag });
      expect(again).toMatchObject({ status: 304, text: '' });
    }
  });

  it('is refused as reading by id is', async () => {
    const { id, code } = await created(api, '/v1/projects', aProject());
    expectProblem(await api.get(`${urlOf(code)}?asOf=2020-06-28`), 404, 'projects.not_signed_yet');
    await api.delete(`/v1/projects/${id}`);
    expectProblem(await api.get(urlOf(code)), 404, 'projects.archived');
    expect((await api.get(`${urlOf(code)}?archived=true`)).body.id).toBe(id);
    for (const unknown of [code.toLowerCase(), `${code}x`, 'a%20b', 'a%00b', '%E9%95%BF', 'a%2Fb']) {
      expectProblem(await api.get(urlOf(unknown)), 404, 'projects.not_found');
    }
  });

  it.each(['funds', 'history', 'restore'])('finds a project whose code is “%s”', async (code) => {
    expect((await put(code, aNewOne().body, CREATE)).status).toBe(201);
    expect((await api.get(urlOf(code))).body.code).toBe(code);
    const refused = await api.request('POST', urlOf(code), {});
    expectProblem(refused, 405, 'request.method_not_allowed');
    expect(refused.headers.allow).toBe('GET, HEAD, OPTIONS, PUT');
  });
});

describe('putting by code', () => {
  it('creates: 201, the address by id, one entry in the log', async () => {
    const { code, body } = aNewOne({ note: '一\n二', investorIds: [investor] });
    const answer = await put(code, body, CREATE);
    expect(answer).toMatchObject({ status: 201, body: { code, ...inputless(body), version: 1 } });
    expect(answer.headers.location).toBe(`/v1/projects/${answer.body.id}`);
    const read = await api.get(String(answer.headers.location));
    expect(read).toMatchObject({ text: answer.text, etag: answer.etag });
    expect(await actionsOf(answer.body)).toEqual(['create']);
  });

  it('replaces: 200, what is left out becomes unknown, one entry in the log', async () => {
    const given = { note: '注', owner: '商务局', region: '430100', startedOn: '2020-09-01' };
    const before = await created(api, '/v1/projects', aProject({ ...given, investorIds: [investor] }));
    const { etag } = await api.get(urlOf(before.code));
    const { body } = aNewOne({ name: '新名称', owner: '管委会' });
    const answer = await put(before.code, body, { 'if-match': etag });
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('location');
    expect(answer.body).toMatchObject({ id: before.id, name: '新名称', owner: '管委会', version: 2 });
    expect(answer.body).toMatchObject({ note: null, region: null, startedOn: null, investors: [] });
    expect(await api.get(urlOf(before.code))).toMatchObject({ text: answer.text, etag: answer.etag });
    expect(await actionsOf(before)).toEqual(['create', 'change']);
  });

  it('leaves the ledger, and the moment of recording', async () => {
    const before = await created(api, '/v1/projects', aProject());
    await api.post(`/v1/projects/${before.id}/funds`, { receivedOn: '2021-01-01', amountYuan: 5 });
    const { body } = await put(before.code, aNewOne({ note: '新' }).body, ANY);
    expect(body).toMatchObject({ createdAt: before.createdAt, fundsInPlaceYuan: 5, version: 3 });
  });

  it('takes the code of the path in the body as well, and no other', async () => {
    const { code, body } = aNewOne();
    await expectRefused(api, () => put(code, { ...body, code: `${code}x` }, CREATE), 422, 'request.invalid', [
      ['/code', 'not_the_code'],
    ]);
    expect((await put(code, { ...body, code }, CREATE)).status).toBe(201);
    await expectRefused(api, () => put(code, { ...body, code: 'x' }, ANY), 422, 'request.invalid', [
      ['/code', 'not_the_code'],
    ]);
  });

  it('finds all faults at once: of the path, of the schema, and of the rules', async () => {
    const body = { ...aNewOne().body, code: 'x', id: 1, level: 'x', completedOn: '2020-07-01', zone: 'no' };
    const faults: [string, string][] = [
      ['/code', 'not_the_code'],
      ['/id', 'read_only'],
      ['/level', 'not_a_choice'],
      ['/completedOn', 'completion_without_start'],
      ['/zone', 'unknown_reference'],
    ];
    const creating = () => put('a%20b', body, CREATE);
    await expectRefused(api, creating, 422, 'request.invalid', [['code', 'not_a_code'], ...faults]);
    const { code } = await created(api, '/v1/projects', aProject());
    await expectRefused(api, () => put(code, body, ANY), 422, 'request.invalid', faults);
    await expectRefused(api, () => put(code, {}, ANY), 422, 'request.invalid', [
      ['/name', 'required'],
      ['/level', 'required'],
      ['/signedOn', 'required'],
      ['/investmentYuan', 'required'],
    ]);
  });

  it.each(['a%20b', 'a%00b', '%E9%95%BF', 'a%2Fb', 'a%E2%80%8Bb', 'a'.repeat(65)])(
    'creates nothing under %s, which is no code',
    async (code) => {
      const answer = await expectRefused(
        api,
        () => put(code, aNewOne().body, CREATE),
        422,
        'request.invalid',
      );
      expect(answer.body.errors).toMatchObject([{ parameter: 'code' }]);
    },
  );

  it('is JSON, and no merge patch', async () => {
    const { code, body } = aNewOne();
    const headers = { ...CREATE, 'content-type': 'application/merge-patch+json' };
    await expectRefused(api, () => put(code, body, headers), 415, 'request.unsupported_media_type');
  });

  it('needs no Idempotency-Key, and does as much with one', async () => {
    const { code, body } = aNewOne();
    const headers = { ...CREATE, 'idempotency-key': 'a' };
    expect((await put(code, body, headers)).status).toBe(201);
    expectProblem(await put(code, body, headers), 412, 'request.exists_already');
  });

  it('may be done by an editor, not by a viewer', async () => {
    const keyOf = async (role: string) =>
      clientOf(api.app, (await created(api, '/v1/keys', { name: role, role })).key);
    const [editor, viewer] = [await keyOf('editor'), await keyOf('viewer')];
    const { code, body } = aNewOne();
    const as = (client: TestApp | typeof editor) => () => client.request('PUT', urlOf(code), body, CREATE);
    await expectRefused(api, as(viewer), 403, 'access.role');
    expect((await as(editor)()).status).toBe(201);
    expect((await viewer.get(urlOf(code))).status).toBe(200);
  });
});

/** Without what the answer says in another way. */
const inputless = ({ investorIds: _, ...body }: Body): Body => body;

describe('the conditions of putting', () => {
  it('are needed, one of them, and the refusal names both', async () => {
    const { code } = await created(api, '/v1/projects', aProject());
    for (const headers of [{}, { 'if-none-match': '"x"' }, { 'if-none-match': '' }]) {
      const send = () => put(code, aNewOne().body, headers);
      const { body } = await expectRefused(api, send, 428, 'request.condition_required');
      expect(body.detail).toMatch(/If-Match.*If-None-Match: \*/);
    }
  });

  it('are not both to be had', async () => {
    const { code, body } = aNewOne();
    for (const ifMatch of ['*', '"x"']) {
      const send = () => put(code, body, { ...CREATE, 'if-match': ifMatch });
      await expectRefused(api, send, 400, 'request.two_conditions');
    }
  });

  it.each(['*', '"x"', ''])('If-Match: %s replaces nothing that is not there', async (ifMatch) => {
    const { code, body } = aNewOne();
    const send = () => put(code, body, { 'if-match': ifMatch });
    const answer = await expectRefused(api, send, 412, 'request.nothing_there');
    expect(answer.headers).not.toHaveProperty('etag');
  });

  it('If-None-Match: * replaces nothing that is there, and says what its ETag is', async () => {
    const { code } = await created(api, '/v1/projects', aProject());
    const { body } = aNewOne();
    const answer = await expectRefused(api, () => put(code, body, CREATE), 412, 'request.exists_already');
    expect((await put(code, body, { 'if-match': answer.etag })).status).toBe(200);
  });

  it('an ETag replaces what was read, and nothing that has changed since', async () => {
    const { id, code } = await created(api, '/v1/projects', aProject());
    const { etag } = await api.get(`/v1/projects/${id}`);
    await api.patch(`/v1/projects/${id}`, { note: '改' });
    const { body } = aNewOne();
    const stale = () => put(code, body, { 'if-match': etag });
    const answer = await expectRefused(api, stale, 412, 'request.changed_meanwhile');
    expect(answer.etag).toBe((await api.get(urlOf(code))).etag);
    await expectRefused(
      api,
      () => put(code, body, { 'if-match': `W/${answer.etag}` }),
      412,
      'request.changed_meanwhile',
    );
    expect((await put(code, body, { 'if-match': `"a", ${answer.etag}` })).status).toBe(200);
  });

  it.each([CREATE, ANY])(
    '%o leaves an archived project archived, and says whose the code is',
    async (headers) => {
      const { id, code } = await created(api, '/v1/projects', aProject());
      await api.delete(`/v1/projects/${id}`);
      const send = () => put(code, aNewOne().body, headers);
      const { body } = await expectRefused(api, send, 409, 'projects.code_taken');
      expect(body.detail).toContain(id);
      await api.post(`/v1/projects/${id}/restore`);
      expect((await put(code, aNewOne().body, ANY)).status).toBe(200);
    },
  );
});

/** The fields of random projects that a client may give. */
const inputs = world(6).map(({ projects }) =>
  projects.map(
    ({ funds: _, archived: __, updatedAt: ___, code: ____, investors, ...fields }): Body => ({
      ...fields,
      investorIds: investors.length > 0 ? [investor] : [],
    }),
  ),
);

describe('any project', () => {
  it('says after a PUT what the PUT said, and is not moved by its own words', async () => {
    let made = 0;
    await fc.assert(
      fc.asyncProperty(inputs, async ([first, second = first]) => {
        const code = `PUT-${++made}`;
        const answers = [await put(code, first, CREATE), await put(code, second, ANY)];
        expect(answers.map(({ status }) => status)).toEqual([201, 200]);
        const read = await api.get(urlOf(code));
        expect(inputOf(read.body)).toEqual({ ...unknown, ...second, code });
        const state = await stateOf(api);
        const again = await put(code, inputOf(read.body), { 'if-match': read.etag });
        expect(again).toMatchObject({ status: 200, text: read.text, etag: read.etag });
        expect(await stateOf(api)).toEqual(state);
      }),
      { numRuns: runs(100) },
    );
  });

  it('is created once, however many put it at the same moment', async () => {
    for (let round = 0; round < runs(20); round++) {
      const { code, body } = aNewOne();
      const names = ['甲', '乙', '丙', '丁'];
      const answers = await Promise.all(names.map((name) => put(code, { ...body, name }, CREATE)));
      const first = answers.filter(({ status }) => status === 201);
      expect(first).toHaveLength(1);
      for (const answer of answers.filter((one) => one !== first[0])) {
        expectProblem(answer, 412, 'request.exists_already');
        expect(answer.etag).toBe(first[0]?.etag);
      }
      expect((await api.get(urlOf(code))).text).toBe(first[0]?.text);
    }
  });

  it('is replaced once, however many have read the same', async () => {
    const { code } = await created(api, '/v1/projects', aProject());
    const { etag } = await api.get(urlOf(code));
    const { body } = aNewOne();
    const names = ['甲', '乙', '丙', '丁'];
    const answers = await Promise.all(
      names.map((name) => put(code, { ...body, name }, { 'if-match': etag })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  });
});

/** What is not given. */
const unknown = Object.fromEntries(Object.keys(NewProject.shape).map((field) => [field, null]));
