/** Imports of cluster members. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { entriesOf } from '../support/change-log.ts';
import { closeVerified } from '../support/verified.ts';
import {
  counts,
  editorOf,
  enterpriseCalled,
  letterOf,
  linesOf,
  placesOf,
  type Row,
  sheetOf,
  socialCreditCode,
  storedIn,
} from './rows.ts';
import { commit, preview } from './support.ts';

const query = { entity: 'cluster_members' };

let api: TestApp;
let leader: Body;
let project: Body;
beforeAll(async () => {
  api = await testApp();
  leader = await created(api, '/v1/enterprises', { name: '链主企业' });
  project = await created(api, '/v1/projects', aProject({ code: 'CAME-WITH' }));
  for (let i = 0; i < 2; i++) await created(api, '/v1/enterprises', { name: '同名企业' });
});
afterAll(() => closeVerified(api));

let made = 0;

/** A new cluster, and an enterprise with a social credit code. */
async function fresh(): Promise<{ cluster: Body; enterprise: Body; members(): Promise<Body[]> }> {
  made++;
  const cluster = await created(api, '/v1/clusters', { name: `集群 ${made}`, leader: leader.id });
  const socialCreditCode_ = socialCreditCode(910_000 + made);
  const enterprise = await created(api, '/v1/enterprises', {
    name: `配套企业 ${made}`,
    socialCreditCode: socialCreditCode_,
  });
  const members = async () => (await api.get(`/v1/clusters/${cluster.id}/members`)).body.items;
  return { cluster, enterprise, members };
}

const rowOf = ({ cluster, enterprise }: { cluster: Body; enterprise: Body }, more: Row = {}): Row => ({
  产业集群: cluster.name,
  企业名称: enterprise.name,
  角色: '上游',
  引进日期: '2021-06-18',
  ...more,
});

describe('a sheet of cluster members', () => {
  it('creates them like the API, including the history', async () => {
    const place = await fresh();
    const { cluster, enterprise } = place;
    const whole = rowOf(place, {
      统一社会信用代码: enterprise.socialCreditCode,
      角色: '配套企业',
      引进日期: '2021/6/18',
      退出日期: '2022年1月1日',
      项目编号: 'CAME-WITH',
      备注: '首批',
    });
    const bySheet = await entriesOf(api, () => commit(api, sheetOf([whole]), { query }));
    expect(bySheet.answer.body).toMatchObject({ entity: 'cluster_members', ...counts({ created: 1 }) });
    expect(bySheet.answer.body.file.ignored).toEqual([]);
    expect(bySheet.answer.body.changes).toMatchObject([
      {
        key: `${cluster.name} ${enterprise.name}`,
        fields: {
          cluster: { after: cluster.name },
          enterprise: { after: enterprise.name },
          project: { after: 'CAME-WITH' },
        },
      },
    ]);
    const other = await fresh();
    const byApi = await entriesOf(api, () =>
      api.post(`/v1/clusters/${other.cluster.id}/members`, {
        enterprise: enterprise.id,
        role: 'supporting',
        introducedOn: '2021-06-18',
        leftOn: '2022-01-01',
        project: project.id,
        note: '首批',
      }),
    );
    const essence = (entries: Body[]) =>
      entries.map(({ entity, action, fields: { id: _, cluster: __, ...fields } }) => ({
        entity,
        action,
        fields,
      }));
    expect(essence(bySheet.entries)).toEqual(essence(byApi.entries));
    expect(await place.members()).toMatchObject([{ enterprise: enterprise.id, leftOn: '2022-01-01' }]);
  });

  it('accepts headings in English, and an enterprise by its code alone', async () => {
    const { cluster, enterprise, members } = await fresh();
    const row = {
      'Cluster name': cluster.name,
      'Social credit code': enterprise.socialCreditCode,
      Role: 'Downstream',
      'Date introduced': '2021-06-18',
    };
    expect((await commit(api, sheetOf([row]), { query })).body).toMatchObject(counts({ created: 1 }));
    expect(await members()).toMatchObject([{ enterprise: enterprise.id, role: 'downstream' }]);
  });

  it('leaves equal values unchanged, and changes only those given', async () => {
    const place = await fresh();
    const { cluster, enterprise } = place;
    await commit(api, sheetOf([rowOf(place)]), { query });
    const before = await storedIn(api);
    expect((await commit(api, sheetOf([rowOf(place)]), { query })).body).toMatchObject(
      counts({ unchanged: 1 }),
    );
    expect(await storedIn(api)).toEqual(before);

    const left = { 产业集群: cluster.name, 企业名称: enterprise.name, 退出日期: '2022-03-01' };
    const { answer, entries } = await entriesOf(api, () => commit(api, sheetOf([left]), { query }));
    expect(answer.body).toMatchObject(counts({ changed: 1 }));
    expect(answer.body.changes[0].fields).toEqual({ leftOn: { before: null, after: '2022-03-01' } });
    expect(entries).toMatchObject([{ entity: 'cluster_members', action: 'change' }]);

    const cleared = { ...rowOf(place), 退出日期: '', 备注: '' };
    expect((await commit(api, sheetOf([cleared]), { query })).body).toMatchObject(counts({ unchanged: 1 }));
    const clearing = { query: { ...query, empty: 'clear' } };
    expect((await commit(api, sheetOf([cleared]), clearing)).body).toMatchObject(counts({ changed: 1 }));
    expect(await place.members()).toMatchObject([{ role: 'upstream', leftOn: null }]);
  });

  it('can correct a day of introduction', async () => {
    const place = await fresh();
    await commit(api, sheetOf([rowOf(place)]), { query });
    const { body } = await commit(api, sheetOf([rowOf(place, { 引进日期: '2021-06-19' })]), { query });
    expect(body.changes[0].fields).toEqual({ introducedOn: { before: '2021-06-18', after: '2021-06-19' } });
    expect(await place.members()).toHaveLength(1);
  });

  it('distinguishes a returned member from its earlier term, whether the rows are together or apart', async () => {
    for (const together of [true, false]) {
      const place = await fresh();
      const rows = [
        rowOf(place, { 退出日期: '2021-12-31' }),
        rowOf(place, { 引进日期: '2022-06-01', 角色: '下游' }),
        rowOf(place, { 引进日期: '2020-01-01', 退出日期: '2020-06-30' }),
      ];
      const files = together ? [sheetOf(rows)] : rows.map((row) => sheetOf([row]));
      for (const file of files) {
        expect((await commit(api, file, { query })).body).toMatchObject({ refused: 0, changed: 0 });
      }
      expect(await place.members()).toMatchObject([
        { introducedOn: '2020-01-01' },
        { introducedOn: '2021-06-18', leftOn: '2021-12-31' },
        { introducedOn: '2022-06-01', leftOn: null, role: 'downstream' },
      ]);
      expect((await preview(api, sheetOf(rows), { query })).body).toMatchObject(counts({ unchanged: 3 }));

      const { 引进日期: _, ...vague } = rowOf(place) as Record<string, string>;
      const { body } = await preview(api, sheetOf([vague]), { query: { ...query, lang: 'zh' } });
      expect(body.faults).toMatchObject([
        {
          field: 'introducedOn',
          code: 'member_several_times',
          message: '该企业曾 3 次成为该集群成员；请填写引进日期以确定是哪一次',
        },
      ]);
    }
  });

  it('refuses a row about the same member as an earlier row', async () => {
    const place = await fresh();
    const rows = [rowOf(place), rowOf(place, { 备注: '再次' }), rowOf(place, { 引进日期: '2021-07-01' })];
    const { body } = await preview(api, sheetOf(rows), { query });
    expect(body).toMatchObject(counts({ created: 1, refused: 2 }));
    expect(placesOf(body.faults)).toEqual([
      [3, 'enterprise', 'duplicate_row'],
      [4, 'enterprise', 'duplicate_row'],
    ]);
  });

  it('checks rows of later batches against those of earlier ones', async () => {
    const place = await fresh();
    const others = Array.from({ length: 300 }, (_, i) => ({
      ...rowOf(place),
      企业名称: `批量企业 ${i}`,
      引进日期: '2021-01-01',
    }));
    const rows = [
      rowOf(place, { 退出日期: '2021-12-31' }),
      ...others,
      rowOf(place, { 引进日期: '2022-01-01' }),
    ];
    const creating = { query: { ...query, createEnterprises: true } };
    for (const ask of [preview, commit]) {
      expect((await ask(api, sheetOf(rows), creating)).body).toMatchObject(counts({ created: 302 }));
    }
    expect((await preview(api, sheetOf(rows), creating)).body).toMatchObject(counts({ unchanged: 302 }));
  });

  it('creates unknown enterprises only if requested', async () => {
    const { cluster, members } = await fresh();
    const name = `新企业 ${cluster.name}`;
    const rows = [
      { ...rowOf({ cluster, enterprise: { name } }), 退出日期: '2021-12-31' },
      rowOf({ cluster, enterprise: { name } }, { 引进日期: '2022-01-01' }),
    ];
    const { body } = await preview(api, sheetOf(rows), { query });
    expect(placesOf(body.faults)).toEqual([
      [2, 'enterprise', 'unknown_enterprise'],
      [3, 'enterprise', 'unknown_enterprise'],
    ]);
    const { answer, entries } = await entriesOf(api, () =>
      commit(api, sheetOf(rows), { query: { ...query, createEnterprises: true } }),
    );
    expect(answer.body).toMatchObject(counts({ created: 2 }));
    expect(entries.map(({ entity }) => entity)).toEqual([
      'enterprises',
      'cluster_members',
      'cluster_members',
    ]);
    const { id } = await enterpriseCalled(api, name);
    expect(await members()).toMatchObject([{ enterprise: id }, { enterprise: id }]);
  });

  it('can be NDJSON in the form of the API, also with ids', async () => {
    const place = await fresh();
    await commit(api, sheetOf([rowOf(place, { 项目编号: 'CAME-WITH' })]), { query });
    const [member] = await place.members();
    const ndjson = { query, format: 'ndjson' as const };
    expect((await preview(api, linesOf([member ?? {}]), ndjson)).body).toMatchObject(
      counts({ unchanged: 1 }),
    );
    const odd = [5, true, [], ['x'], { a: 1 }, '\u0000', ' ', 'new \nx'];
    const fields = ['cluster', 'enterprise', 'role', 'introducedOn', 'leftOn', 'project', 'note'];
    const cases = fields.flatMap((field) => odd.map((value) => [field, value] as const));
    const lines = cases.map(([field, value]) => ({ ...member, [field]: value }));
    const { body } = await preview(api, linesOf(lines), ndjson);
    expect(body).toMatchObject({ status: 'done', rows: cases.length });
    // All rows have the same member, which is a fault of its own.
    for (const { row, field, code } of body.faults) {
      if (code !== 'duplicate_row') expect([row, field]).toEqual([row, cases[row - 1]?.[0]]);
    }
    for (const field of fields) {
      expect(body.faults.filter((one: Body) => one.field === field).length).toBeGreaterThanOrEqual(5);
    }
  });
});

describe('a faulty cell', () => {
  type Case = [what: string, cells: Row, fault: [field: string, code: string], en: string, zh: string];
  const cases: Case[] = [
    [
      'names a cluster that there is not',
      { 产业集群: '不存在的集群' },
      ['cluster', 'unknown_cluster'],
      'there is no cluster “不存在的集群”; give its full name as it is on record',
      '没有产业集群“不存在的集群”；请填写已登记的全称',
    ],
    ['names no cluster', { 产业集群: '' }, ['cluster', 'required'], 'is required', '为必填项'],
    ['names no enterprise', { 企业名称: '' }, ['enterprise', 'required'], 'is required', '为必填项'],
    [
      'names an enterprise that there is not',
      { 企业名称: '不存在的企业' },
      ['enterprise', 'unknown_enterprise'],
      'there is no enterprise “不存在的企业”; enter it first, or have the import create it (createEnterprises=true)',
      '没有企业“不存在的企业”；请先录入，或在导入时允许新建（createEnterprises=true）',
    ],
    [
      'names several enterprises',
      { 企业名称: '同名企业' },
      ['enterprise', 'ambiguous_enterprise'],
      '2 enterprises are called “同名企业”; give the social credit code',
      '有 2 家企业名为“同名企业”；请填写统一社会信用代码',
    ],
    [
      'names the leader',
      { 企业名称: '链主企业' },
      ['enterprise', 'leader_is_no_member'],
      'is the leader of the cluster and cannot be its member',
      '为该集群的龙头企业（链主），不能同时是其成员',
    ],
    [
      'has a code that there is not',
      { 统一社会信用代码: socialCreditCode(919_999) },
      ['enterpriseCode', 'not_its_code'],
      'does not match',
      '不是“',
    ],
    ['names no role', { 角色: '' }, ['role', 'required'], 'is required', '为必填项'],
    [
      'names another role',
      { 角色: '链主' },
      ['role', 'not_a_choice'],
      'must be one of upstream, downstream, supporting',
      '应为以下之一：上游、下游、配套',
    ],
    ['names no day', { 引进日期: '' }, ['introducedOn', 'required'], 'is required', '为必填项'],
    [
      'names no real day',
      { 引进日期: '2021-02-30' },
      ['introducedOn', 'not_a_day'],
      'must be a valid date, like 2020-06-29',
      '应为真实存在的日期，如 2020-06-29',
    ],
    [
      'lies ahead',
      { 引进日期: '2026-11-23' },
      ['introducedOn', 'after_today'],
      'must not be after today, 2026-11-22',
      '不能晚于今天（2026-11-22）',
    ],
    [
      'comes before another',
      { 退出日期: '2021-06-17' },
      ['leftOn', 'leaving_before_introduction'],
      'must not be before introducedOn',
      '退出日期不能早于引进日期',
    ],
    [
      'names a project that there is not',
      { 项目编号: 'NOWHERE' },
      ['project', 'unknown_reference'],
      'there is no project “NOWHERE”',
      '没有项目“NOWHERE”',
    ],
  ];
  it.each(cases)('%s', async (_, cells, [field, code], en, zh) => {
    const place = await fresh();
    const row = { ...rowOf(place), 统一社会信用代码: '', 退出日期: '', 项目编号: '', ...cells };
    const file = sheetOf([row]);
    const headings = Object.keys(row);
    for (const [lang, message] of [
      ['en', en],
      ['zh', zh],
    ] as const) {
      const { body } = await preview(api, file, { query: { ...query, lang } });
      expect(body).toMatchObject(counts({ refused: 1 }));
      expect(placesOf(body.faults)).toEqual([[2, field, code]]);
      expect(body.faults[0].message).toContain(message);
      const column = letterOf(headings.indexOf(body.faults[0].heading));
      expect(body.faults[0]).toMatchObject({ column, value: (cells as Row)[body.faults[0].heading] || null });
    }
  });

  it('with an overlapping term reports the start of the existing one', async () => {
    const place = await fresh();
    const path = `/v1/clusters/${place.cluster.id}/members`;
    for (const [introducedOn, leftOn] of [
      ['2021-01-01', '2021-06-01'],
      ['2022-01-01', null],
    ]) {
      await created(api, path, { enterprise: place.enterprise.id, role: 'upstream', introducedOn, leftOn });
    }
    const row = rowOf(place, { 引进日期: '2022-01-01', 退出日期: '2022-02-01' });
    const good = await preview(api, sheetOf([row]), { query });
    expect(good.body).toMatchObject(counts({ changed: 1 }));
    const longer = rowOf(place, { 引进日期: '2021-01-01', 退出日期: '2022-01-02' });
    const { body } = await preview(api, sheetOf([longer]), { query });
    expect(body.faults).toMatchObject([
      { code: 'member_already', message: 'is already a member of the cluster, from 2022-01-01 to today' },
    ]);
    const between = rowOf(place, { 引进日期: '2021-03-01' });
    expect(placesOf((await preview(api, sheetOf([between]), { query })).body.faults)).toEqual([
      [2, 'introducedOn', 'member_already'],
    ]);
  });

  it('refuses the file, unless a partial import is requested', async () => {
    const place = await fresh();
    const other = await fresh();
    const file = sheetOf([rowOf(place), { ...rowOf(other), 产业集群: '不存在' }]);
    const before = await storedIn(api);
    expectProblem(await commit(api, file, { query }), 422, 'imports.faulty_rows');
    expect(await storedIn(api)).toEqual(before);
    const { body } = await commit(api, file, { query: { ...query, partial: true } });
    expect(body).toMatchObject(counts({ created: 1, refused: 1 }));
    expect(await place.members()).toHaveLength(1);
  });
});

describe('an editor', () => {
  it('cannot import cluster members, just as it cannot write them', async () => {
    const editor = await editorOf(api);
    const place = await fresh();
    expectProblem(await preview(editor, sheetOf([rowOf(place)]), { query }), 403, 'access.role');
  });
});
