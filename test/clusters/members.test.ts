/** Cluster members: what may be recorded about them, and their references. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { entriesOf } from '../support/change-log.ts';
import { expectRefused } from '../support/state.ts';
import { closeVerified } from '../support/verified.ts';

let api: TestApp;
let leader: Body;
beforeAll(async () => {
  api = await testApp();
  leader = await created(api, '/v1/enterprises', { name: '链主' });
});
afterAll(() => closeVerified(api));

let made = 0;
const anEnterprise = (): Promise<Body> => created(api, '/v1/enterprises', { name: `配套 ${++made}` });
const aCluster = (fields: Body = {}): Promise<Body> =>
  created(api, '/v1/clusters', { name: `集群 ${++made}`, leader: leader.id, ...fields });
const membersOf = ({ id }: Body): string => `/v1/clusters/${id}/members`;

/** A member, and the URL of its cluster's members. */
async function aMember(fields: Body = {}): Promise<{ member: Body; cluster: Body; url: string }> {
  const cluster = await aCluster();
  const given = { role: 'upstream', introducedOn: '2021-06-18', ...fields };
  const enterprise = given.enterprise ?? (await anEnterprise()).id;
  const member = await created(api, membersOf(cluster), { ...given, enterprise });
  return { member, cluster, url: `${membersOf(cluster)}/${member.id}` };
}

describe('a member', () => {
  it('shows its cluster and the current name of its enterprise', async () => {
    const { member, cluster, url } = await aMember({ note: '2021年引进' });
    expect(member).toMatchObject({ cluster: cluster.id, role: 'upstream', leftOn: null, project: null });
    const { etag, body } = await api.get(url);
    expect(body.enterpriseName).toMatch(/^配套 \d+$/);
    await api.patch(`/v1/enterprises/${member.enterprise}`, { name: '新名' });
    const renamed = await api.get(url);
    expect(renamed.body.enterpriseName).toBe('新名');
    expect(renamed.etag).not.toBe(etag);
    expectProblem(await api.patch(url, {}, { 'if-match': etag }), 412, 'request.changed_meanwhile');
  });

  it('came with an existing project, or with none', async () => {
    const project = await created(api, '/v1/projects', aProject());
    const { member, url } = await aMember({ project: project.id });
    expect(member.project).toBe(project.id);
    const refused = () => api.patch(url, { project: '0190a1b2-0000-7000-8000-00000000dead' });
    await expectRefused(api, refused, 422, 'request.invalid', [['/project', 'unknown_reference']]);
  });

  it('is read, changed and logged only under its own cluster', async () => {
    const { member, url } = await aMember();
    const elsewhere = `${membersOf(await aCluster())}/${member.id}`;
    const ifMatch = { 'if-match': '*' };
    const refusals = [
      () => api.get(elsewhere),
      () => api.get(`${elsewhere}/history`),
      () => api.patch(elsewhere, { role: 'downstream' }, ifMatch),
      () => api.delete(elsewhere, ifMatch),
    ];
    for (const send of refusals) await expectRefused(api, send, 404, 'cluster_members.not_found');
    expect((await api.get(`${url}/history`)).body.items).toMatchObject([
      { entity: 'cluster_members', entityId: member.id, action: 'create' },
    ]);
  });

  it('keeps its history after deletion', async () => {
    const { url } = await aMember();
    await api.patch(url, { leftOn: '2022-01-01' });
    await api.delete(url);
    expectProblem(await api.get(url), 404, 'cluster_members.not_found');
    const { items } = (await api.get(`${url}/history`)).body;
    expect(items.map(({ action }: Body) => action)).toEqual(['delete', 'change', 'create']);
    expect(items[1].fields).toEqual({ leftOn: { before: null, after: '2022-01-01' } });
  });

  it.each(['cluster', 'enterpriseName', 'id'])('has a read-only %s', async (field) => {
    const { url, cluster } = await aMember();
    for (const send of [
      () => api.patch(url, { [field]: cluster.id }),
      async () =>
        api.post(membersOf(cluster), {
          enterprise: (await anEnterprise()).id,
          role: 'upstream',
          introducedOn: '2021-01-01',
          [field]: cluster.id,
        }),
    ]) {
      expectProblem(await send(), 422, 'request.invalid', [[`/${field}`, 'read_only']]);
    }
  });
});

describe('the fields of a member', () => {
  const cases: [what: string, fields: Body, faults: [string, string][]][] = [
    [
      'it left the day before it came',
      { leftOn: '2021-06-17' },
      [['/leftOn', 'leaving_before_introduction']],
    ],
    ['it is to come', { introducedOn: '2026-11-23' }, [['/introducedOn', 'after_today']]],
    ['it is to leave', { leftOn: '2026-11-23' }, [['/leftOn', 'after_today']]],
    ['it came on no day', { introducedOn: '2021-02-29' }, [['/introducedOn', 'not_a_day']]],
    ['its role is another', { role: 'leader' }, [['/role', 'not_a_choice']]],
    [
      'there is no such enterprise',
      { enterprise: '0190a1b2-0000-7000-8000-00000000dead' },
      [['/enterprise', 'unknown_reference']],
    ],
    [
      'everything is wrong',
      {
        enterprise: 'x',
        role: null,
        introducedOn: '2026-11-24',
        leftOn: '2026-11-23',
        project: 'y',
        colour: 1,
      },
      [
        ['/enterprise', 'not_an_id'],
        ['/role', 'not_a_choice'],
        ['/introducedOn', 'after_today'],
        ['/leftOn', 'after_today'],
        ['/leftOn', 'leaving_before_introduction'],
        ['/project', 'not_an_id'],
        ['/colour', 'unknown_field'],
      ],
    ],
  ];
  it.each(cases)('are refused if %s', async (_, fields, faults) => {
    const { url, cluster } = await aMember();
    const enterprise = (await anEnterprise()).id;
    const add = () =>
      api.post(membersOf(cluster), { enterprise, role: 'upstream', introducedOn: '2021-06-18', ...fields });
    await expectRefused(api, add, 422, 'request.invalid', faults);
    await expectRefused(api, () => api.patch(url, fields), 422, 'request.invalid', faults);
  });

  it.each([
    ['today', { introducedOn: '2026-11-22', leftOn: '2026-11-22' }],
    ['the day on which it came as the one on which it left', { leftOn: '2021-06-18' }],
  ])('may be %s', async (_, fields) => {
    expect((await aMember(fields)).member).toMatchObject(fields);
  });
});

describe('a former member', () => {
  const first = { introducedOn: '2021-03-01', leftOn: '2021-06-01' };
  const cases: [what: string, term: Body, isTaken: boolean][] = [
    ['before that', { introducedOn: '2021-01-01', leftOn: '2021-02-28' }, true],
    ['until the day on which it came', { introducedOn: '2021-01-01', leftOn: '2021-03-01' }, true],
    ['until the day after', { introducedOn: '2021-01-01', leftOn: '2021-03-02' }, false],
    ['from before on', { introducedOn: '2021-01-01' }, false],
    ['from the same day on', { introducedOn: '2021-03-01' }, false],
    ['on the same day only', { introducedOn: '2021-03-01', leftOn: '2021-03-01' }, false],
    ['in between', { introducedOn: '2021-04-01', leftOn: '2021-04-02' }, false],
    ['from the day before it left on', { introducedOn: '2021-05-31' }, false],
    ['from the day on which it left on', { introducedOn: '2021-06-01' }, true],
    ['later', { introducedOn: '2022-01-01' }, true],
  ];
  it.each(cases)('%s: %j, can be a member again: %j', async (_, term, isTaken) => {
    const { member, cluster, url } = await aMember(first);
    const again = { enterprise: member.enterprise, role: 'supporting', ...term };
    if (!isTaken) {
      const add = () => api.post(membersOf(cluster), again);
      await expectRefused(api, add, 422, 'request.invalid', [['/introducedOn', 'member_already']]);
    }
    // When changing it to these values, the only conflict would be with itself.
    expect((await api.patch(url, { leftOn: null, ...term })).status).toBe(200);
    await api.patch(url, first);
    if (isTaken) expect((await api.post(membersOf(cluster), again)).status).toBe(201);
    const other = await created(api, membersOf(await aCluster()), again);
    expect(other.enterprise).toBe(member.enterprise);
  });

  it('is reported with its terms, in both languages', async () => {
    const { member, cluster, url } = await aMember(first);
    const again = { enterprise: member.enterprise, role: 'supporting', introducedOn: '2021-04-01' };
    const said = async (language: string) =>
      (await api.post(membersOf(cluster), again, { 'accept-language': language })).body.errors[0].message;
    expect(await said('en')).toBe('is already a member of the cluster, from 2021-03-01 to 2021-06-01');
    await api.patch(url, { leftOn: null });
    expect(await said('zh-CN')).toBe('该企业自 2021-03-01 至 今 已是该集群成员');
  });

  it('cannot be changed to overlap with another term', async () => {
    const { member, cluster } = await aMember(first);
    const { id } = await created(api, membersOf(cluster), {
      enterprise: member.enterprise,
      role: 'upstream',
      introducedOn: '2021-07-01',
    });
    const refused = () => api.patch(`${membersOf(cluster)}/${id}`, { introducedOn: '2021-05-31' });
    await expectRefused(api, refused, 422, 'request.invalid', [['/introducedOn', 'member_already']]);
  });

  it('is added once when ten clients add it concurrently', async () => {
    const cluster = await aCluster();
    const { id: enterprise } = await anEnterprise();
    const given = { enterprise, role: 'upstream', introducedOn: '2021-01-01' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.post(membersOf(cluster), given)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(422)]);
  });
});

describe('the leader', () => {
  it('is not a member of its own cluster, but may have been one', async () => {
    const cluster = await aCluster();
    const given = { enterprise: leader.id, role: 'upstream', introducedOn: '2021-01-01' };
    const add = () => api.post(membersOf(cluster), given);
    const faults: [string, string][] = [['/enterprise', 'leader_is_no_member']];
    await expectRefused(api, add, 422, 'request.invalid', faults);
    const { id } = await created(api, membersOf(cluster), { ...given, leftOn: '2021-02-01' });
    const back = () => api.patch(`${membersOf(cluster)}/${id}`, { leftOn: null });
    await expectRefused(api, back, 422, 'request.invalid', faults);
    expect((await api.post(membersOf(await aCluster({ leader: null })), given)).status).toBe(201);
  });

  it('must not be a current member', async () => {
    const { member, cluster, url } = await aMember();
    const change = () => api.patch(`/v1/clusters/${cluster.id}`, { leader: member.enterprise });
    const faults: [string, string][] = [['/leader', 'member_is_no_leader']];
    await expectRefused(api, change, 422, 'request.invalid', faults);
    await api.patch(url, { leftOn: '2022-01-01' });
    expect(await change()).toMatchObject({ status: 200, body: { leader: member.enterprise } });
  });
});

describe('the list of members', () => {
  it('is ordered by introduction, and can be filtered by role, enterprise and day', async () => {
    const cluster = await aCluster();
    const path = membersOf(cluster);
    const terms: [string, string, string | null][] = [
      ['downstream', '2021-03-01', null],
      ['upstream', '2021-01-01', '2021-02-01'],
      ['upstream', '2021-02-01', null],
    ];
    const all: Body[] = [];
    for (const [role, introducedOn, leftOn] of terms) {
      const { id: enterprise } = await anEnterprise();
      all.push(await created(api, path, { enterprise, role, introducedOn, leftOn }));
    }
    const listed = async (query: string) => {
      const { items, page } = (await api.get(`${path}?${query}`)).body;
      expect(page.total).toBe(items.length);
      return items.map(({ id }: Body) => all.findIndex((one) => one.id === id));
    };
    expect(await listed('')).toEqual([1, 2, 0]);
    expect(await listed('sort=-introducedOn')).toEqual([0, 2, 1]);
    expect(await listed('role=upstream')).toEqual([1, 2]);
    expect(await listed(`enterprise=${all[0].enterprise}`)).toEqual([0]);
    expect(await listed('asOf=2020-12-31')).toEqual([]);
    expect(await listed('asOf=2021-01-31')).toEqual([1]);
    expect(await listed('asOf=2021-02-01')).toEqual([2]);
    expect(await listed('asOf=2021-03-01&role=upstream')).toEqual([2]);
    const first = (await api.get(`${path}?limit=2`)).body;
    const second = (await api.get(`${path}?limit=2&cursor=${first.page.nextCursor}`)).body;
    expect([...first.items, ...second.items].map(({ id }: Body) => id)).toEqual(
      [1, 2, 0].map((i) => all[i].id),
    );
  });
});

describe('references', () => {
  it('protect a cluster with members, and enterprises that lead or are members', async () => {
    const { member, cluster, url } = await aMember();
    const clusterUrl = `/v1/clusters/${cluster.id}`;
    const memberUrl = `/v1/enterprises/${member.enterprise}`;
    const said = await expectRefused(api, () => api.delete(clusterUrl), 409, 'clusters.referenced');
    expect(said.body.detail).toContain('1 cluster member refers to it');
    const zh = await api.delete(memberUrl, { 'if-match': '*', 'accept-language': 'zh' });
    expectProblem(zh, 409, 'enterprises.referenced');
    expect(zh.body.detail).toContain('仍被 1 个集群成员企业引用');
    await expectRefused(api, () => api.delete(`/v1/enterprises/${leader.id}`), 409, 'enterprises.referenced');
    for (const one of [url, clusterUrl, memberUrl]) expect((await api.delete(one)).status).toBe(204);
  });

  it('a repeated request with the same key adds a member only once', async () => {
    const cluster = await aCluster();
    const { id: enterprise } = await anEnterprise();
    const given = { enterprise, role: 'upstream', introducedOn: '2021-01-01' };
    const key = { 'idempotency-key': `member-${cluster.id}` };
    const { answer, entries } = await entriesOf(api, () => api.post(membersOf(cluster), given, key));
    expect(entries).toMatchObject([{ entity: 'cluster_members', action: 'create' }]);
    const again = await api.post(membersOf(cluster), given, key);
    expect(again).toMatchObject({ status: 201, body: answer.body });
    expect(again.headers['idempotency-replayed']).toBe('true');
  });
});
