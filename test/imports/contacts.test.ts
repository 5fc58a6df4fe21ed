/** Imports of contacts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';
import { entriesOf } from '../support/change-log.ts';
import { closeVerified } from '../support/verified.ts';
import {
  counts,
  editorOf,
  letterOf,
  linesOf,
  placesOf,
  type Row,
  sheetOf,
  socialCreditCode,
  storedIn,
} from './rows.ts';
import { aCode, commit, preview } from './support.ts';

const query = { entity: 'contacts' };
const CODE = socialCreditCode(900_001);

let api: TestApp;
let ids: Record<'alone' | 'coded' | 'twin' | 'other' | 'team' | 'project', string>;
beforeAll(async () => {
  api = await testApp();
  const days = { startsOn: '2022-11-03', endsOn: '2022-11-08' };
  for (const [code, name] of [
    ['hyrd-2022', '2022年沪洽周'],
    ['ciie-5', '第五届进博会'],
  ]) {
    await created(api, '/v1/events', { code, name, ...days });
  }
  const enterprise = async (body: Body) => (await created(api, '/v1/enterprises', body)).id;
  const team = { event: 'ciie-5', forEvent: 'hyrd-2022', sentOn: '2022-11-02' };
  ids = {
    alone: await enterprise({ name: '独家企业' }),
    coded: await enterprise({ name: '有码企业', socialCreditCode: CODE }),
    twin: await enterprise({ name: '同名企业' }),
    other: await enterprise({ name: '同名企业' }),
    team: (await created(api, '/v1/delegations', { ...team, zone: 'changsha-etdz' })).id,
    project: (await created(api, '/v1/projects', aProject({ code: 'BECAME' }))).id,
  };
  for (const sentOn of ['2022-11-02', '2022-11-03']) {
    await created(api, '/v1/delegations', { ...team, zone: 'zhuzhou-hidz', sentOn });
  }
});
afterAll(() => closeVerified(api));

const contactOf = async (code: string): Promise<Body> =>
  (await api.get(`/v1/contacts?code=${code}`)).body.items[0];

/** The required columns of a contact. */
const sound: Row = {
  企业名称: '独家企业',
  经贸活动: '2022年沪洽周',
  对接方式: '邀请',
  对接日期: '2022-11-04',
};

const whole: Row = {
  企业名称: '有码企业',
  统一社会信用代码: CODE,
  经贸活动: '第五届进博会',
  小分队: '长沙经济技术开发区',
  行政区划: '长沙市',
  对接方式: '参展',
  嘉宾级别: '中国区总裁',
  对接日期: '2022/11/5',
  洽谈日期: '2022年11月6日',
  签约日期: '2022-11-07',
  项目编号: 'BECAME',
  备注: '意向明确',
};

/** The same as a request body. */
const wholeBody = () => ({
  enterprise: ids.coded,
  event: 'ciie-5',
  delegation: ids.team,
  region: '430100',
  channel: 'exhibition',
  guestLevel: 'china_president',
  contactedOn: '2022-11-05',
  negotiatingOn: '2022-11-06',
  signedOn: '2022-11-07',
  project: ids.project,
  note: '意向明确',
});

describe('a sheet of contacts', () => {
  it('creates them like the API, including the history', async () => {
    const [sent, typed] = [aCode(), aCode()];
    const bySheet = await entriesOf(api, () =>
      commit(api, sheetOf([{ 对接编号: sent, ...whole }]), { query }),
    );
    expect(bySheet.answer.body).toMatchObject({ entity: 'contacts', ...counts({ created: 1 }) });
    expect(bySheet.answer.body.file.ignored).toEqual([]);
    expect(bySheet.answer.body.changes[0].fields).toMatchObject({
      enterprise: { after: '有码企业' },
      project: { after: 'BECAME' },
    });
    const byApi = await entriesOf(api, () => api.post('/v1/contacts', { code: typed, ...wholeBody() }));
    const { id: _, ...imported } = await contactOf(sent);
    const { id: __, ...posted } = await contactOf(typed);
    expect(imported).toEqual({ ...posted, code: sent });
    const essence = (entries: Body[]) =>
      entries.map(({ entity, action, fields: { id: _, code: __, ...fields } }) => ({
        entity,
        action,
        fields,
      }));
    expect(essence(bySheet.entries)).toEqual(essence(byApi.entries));
  });

  it('leaves equal values unchanged, and changes only those given', async () => {
    const code = aCode();
    const row = { 对接编号: code, ...whole };
    await commit(api, sheetOf([row]), { query });
    const before = await storedIn(api);
    expect((await commit(api, sheetOf([row]), { query })).body).toMatchObject(counts({ unchanged: 1 }));
    expect(await storedIn(api)).toEqual(before);

    const stored = await contactOf(code);
    const change = { 对接编号: code, 企业名称: '独家企业', 嘉宾级别: 'manager' };
    const { answer, entries } = await entriesOf(api, () => commit(api, sheetOf([change]), { query }));
    expect(answer.body).toMatchObject(counts({ changed: 1 }));
    expect(answer.body.changes[0].fields).toEqual({
      enterprise: { before: '有码企业', after: '独家企业' },
      guestLevel: { before: 'china_president', after: 'manager' },
    });
    expect(entries).toMatchObject([
      { action: 'change', fields: { enterprise: { before: ids.coded, after: ids.alone } } },
    ]);
    expect(await contactOf(code)).toEqual({
      ...stored,
      enterprise: ids.alone,
      enterpriseName: '独家企业',
      guestLevel: 'manager',
    });
  });

  it('clears empty fields if requested, except required ones', async () => {
    const code = aCode();
    await commit(api, sheetOf([{ 对接编号: code, ...whole }]), { query });
    const row = { 对接编号: code, 小分队: '', 项目编号: '', 嘉宾级别: '' };
    const { body } = await commit(api, sheetOf([row]), { query: { ...query, empty: 'clear' } });
    expect(body).toMatchObject(counts({ changed: 1 }));
    expect(await contactOf(code)).toMatchObject({ delegation: null, project: null, guestLevel: null });
    const bare = sheetOf([{ 对接编号: code, 企业名称: '', 对接日期: '', 经贸活动: '' }]);
    const refused = await preview(api, bare, { query: { ...query, empty: 'clear' } });
    expect(placesOf(refused.body.faults).sort()).toEqual([
      [2, 'contactedOn', 'required'],
      [2, 'enterprise', 'required'],
      [2, 'event', 'required'],
    ]);
  });

  it('creates a new contact for every row without a code', async () => {
    const { body } = await commit(api, sheetOf([sound, sound]), { query });
    expect(body).toMatchObject(counts({ created: 2 }));
    expect(body.changes.map(({ key }: Body) => key)).toEqual(['独家企业', '独家企业']);
  });

  it('creates enterprises if requested, each once', async () => {
    const name = `新企业 ${aCode()}`;
    const rows = [
      { ...sound, 企业名称: name },
      { ...sound, 企业名称: name, 对接方式: '拜访' },
    ];
    const { body } = await commit(api, sheetOf(rows), { query: { ...query, createEnterprises: true } });
    expect(body).toMatchObject(counts({ created: 2 }));
    const found = (await api.get(`/v1/enterprises?q=${encodeURIComponent(name)}`)).body.items;
    expect(found).toHaveLength(1);
    const met = await api.get(`/v1/contacts?enterprise=${found[0].id}`);
    expect(met.body.page.total).toBe(2);
  });

  it('keeps the current enterprise among several of the same name', async () => {
    const code = aCode();
    const { enterprise: _, ...fields } = { ...wholeBody(), delegation: null };
    await created(api, '/v1/contacts', { code, enterprise: ids.other, ...fields });
    const row = { 对接编号: code, 企业名称: '同名企业', 备注: '再次' };
    expect((await commit(api, sheetOf([row]), { query })).body).toMatchObject(counts({ changed: 1 }));
    expect(await contactOf(code)).toMatchObject({ enterprise: ids.other, note: '再次' });
  });

  it('can be NDJSON with ids, whose invalid values are faults', async () => {
    const code = aCode();
    const lines = [
      { code, ...wholeBody() },
      { ...wholeBody(), enterprise: 5 },
      { ...wholeBody(), delegation: ['x'] },
      { ...wholeBody(), project: 'a\u0000' },
      { ...wholeBody(), delegation: 'a\u0000', channel: 7 },
    ];
    const { body } = await commit(api, linesOf(lines), {
      query: { ...query, partial: true },
      format: 'ndjson',
    });
    expect(body).toMatchObject(counts({ created: 1, refused: 4 }));
    expect(placesOf(body.faults)).toEqual([
      [2, 'enterprise', 'wrong_type'],
      [3, 'delegation', 'wrong_type'],
      [4, 'project', 'unknown_reference'],
      [5, 'delegation', 'unknown_reference'],
      [5, 'channel', 'not_a_choice'],
    ]);
    expect(await contactOf(code)).toMatchObject(wholeBody());
  });

  it('accepts English headings and synonyms', async () => {
    const code = aCode();
    const row = {
      'Contact code': code,
      Company: '独家企业',
      Event: 'hyrd-2022',
      Channel: 'invitation',
      'Guest level': 'director',
      'Contact date': '2022-11-04',
    };
    const { body } = await commit(api, sheetOf([row]), { query });
    expect(body).toMatchObject({ ...counts({ created: 1 }), file: { ignored: [] } });
    expect(await contactOf(code)).toMatchObject({ channel: 'invitation', guestLevel: 'director' });
  });
});

type Told = readonly [heading: string, value: string | null, code: string, zh: string, en: string];
const REQUIRED = ['required', '为必填项', 'is required'] as const;
const UNKNOWN_ENTERPRISE = (name: string) =>
  [
    'unknown_enterprise',
    `没有企业“${name}”；请先录入，或在导入时允许新建（createEnterprises=true）`,
    `there is no enterprise “${name}”; enter it first, or have the import create it (createEnterprises=true)`,
  ] as const;

const faulty: [what: string, cells: Row, ...faults: Told[]][] = [
  ['no enterprise', { 企业名称: '' }, ['企业名称', null, ...REQUIRED]],
  [
    'an enterprise that there is not',
    { 企业名称: '没有的企业' },
    ['企业名称', '没有的企业', ...UNKNOWN_ENTERPRISE('没有的企业')],
  ],
  [
    'an enterprise whose name another has',
    { 企业名称: '同名企业' },
    [
      '企业名称',
      '同名企业',
      'ambiguous_enterprise',
      '有 2 家企业名为“同名企业”；请填写统一社会信用代码',
      '2 enterprises are called “同名企业”; give the social credit code',
    ],
  ],
  [
    'the code of another enterprise',
    { 统一社会信用代码: CODE },
    [
      '统一社会信用代码',
      CODE,
      'code_of_another',
      '为“有码企业”的统一社会信用代码，与所填企业名称不符',
      'is the social credit code of “有码企业”, not of the enterprise named in this row',
    ],
  ],
  ['no event', { 经贸活动: '' }, ['经贸活动', null, ...REQUIRED]],
  ['no channel', { 对接方式: '' }, ['对接方式', null, ...REQUIRED]],
  [
    'a channel that there is not',
    { 对接方式: '电话' },
    [
      '对接方式',
      '电话',
      'not_a_choice',
      '应为以下之一：邀请、参展、拜访、推荐',
      'must be one of invitation, exhibition, visit, referral',
    ],
  ],
  [
    'a day that there is not',
    { 对接日期: '2022-11-31' },
    [
      '对接日期',
      '2022-11-31',
      'not_a_day',
      '应为真实存在的日期，如 2020-06-29',
      'must be a valid date, like 2020-06-29',
    ],
  ],
  [
    'negotiations before the contact',
    { 洽谈日期: '2022-11-03' },
    ['洽谈日期', '2022-11-03', 'before_contact', '不能早于对接日期', 'must not be before contactedOn'],
  ],
  [
    'a project that there is not',
    { 签约日期: '2022-11-04', 项目编号: 'NOWHERE' },
    ['项目编号', 'NOWHERE', 'unknown_reference', '没有项目“NOWHERE”', 'there is no project “NOWHERE”'],
  ],
  [
    'a project of what has not signed',
    { 项目编号: 'BECAME' },
    ['项目编号', 'BECAME', 'project_without_signing', '须有签约日期（signedOn）', 'needs a signedOn'],
  ],
  [
    'a delegation that was sent elsewhere',
    { 小分队: 'changsha-etdz' },
    [
      '小分队',
      'changsha-etdz',
      'unknown_reference',
      '没有小分队“changsha-etdz”',
      'there is no delegation “changsha-etdz”',
    ],
  ],
];

describe.each(['zh', 'en'] as const)('a faulty cell, in %s', (lang) => {
  let answer: Body;
  const records = faulty.map(([, cells]) => ({ ...sound, ...cells }));
  const headings = [...new Set(records.flatMap(Object.keys))];
  beforeAll(async () => {
    answer = (await preview(api, sheetOf(records), { query: { ...query, lang } })).body;
  });

  it.each(faulty.map(([what, , ...faults], i) => [what, faults, i + 2] as const))(
    '%s is reported',
    (_, faults, row) => {
      expect(answer.faults.filter((fault: Body) => fault.row === row)).toEqual(
        faults.map(([heading, value, code, zh, en]) => ({
          sheet: null,
          row,
          column: letterOf(headings.indexOf(heading)),
          heading,
          field: expect.any(String),
          value,
          code,
          message: lang === 'zh' ? zh : en,
        })),
      );
    },
  );
});

describe('a delegation in a sheet', () => {
  it('is the one that the zone sent to the event, by name or code; or by id if there are several', async () => {
    const at = { ...sound, 经贸活动: 'ciie-5' };
    const several = await preview(api, sheetOf([{ ...at, 小分队: 'zhuzhou-hidz' }]), { query });
    expect(placesOf(several.body.faults)).toEqual([[2, 'delegation', 'ambiguous_reference']]);
    const [{ id }] = (await api.get('/v1/delegations?zone=zhuzhou-hidz&sort=sentOn')).body.items;
    expect(several.body.faults[0].message).toContain(id);
    const named = await commit(
      api,
      sheetOf([
        { ...at, 小分队: id },
        { ...at, 小分队: 'changsha-etdz' },
      ]),
      { query },
    );
    expect(named.body).toMatchObject(counts({ created: 2 }));
  });

  it('must have been sent to the same event, before the contact', async () => {
    const { body } = await preview(
      api,
      sheetOf([
        { ...sound, 小分队: ids.team },
        { ...sound, 经贸活动: 'ciie-5', 小分队: 'changsha-etdz', 对接日期: '2022-11-01' },
      ]),
      { query },
    );
    expect(placesOf(body.faults)).toEqual([
      [2, 'event', 'not_the_delegations_event'],
      [3, 'contactedOn', 'before_delegation'],
    ]);
  });
});

describe('rows with a repeated code', () => {
  it('are refused with the first row', async () => {
    const code = aCode();
    const row = { 对接编号: code, ...sound };
    const { body } = await preview(api, sheetOf([row, row]), { query });
    expect(body.faults).toMatchObject([{ row: 3, field: 'code', code: 'duplicate_row', value: code }]);
  });
});

describe("an editor's sheet of contacts", () => {
  it('is limited to its regions, before and after the change', async () => {
    const editor = await editorOf(api, ['430100']);
    const [own, foreign] = [aCode(), aCode()];
    const row = (code: string, region: string): Row => ({ 对接编号: code, ...sound, 行政区划: region });
    await commit(api, sheetOf([row(own, '430102'), row(foreign, '430200')]), { query });
    const { body } = await preview(
      editor,
      sheetOf([
        row(own, '430121'),
        row(foreign, '430100'),
        row(aCode(), '430100'),
        row(aCode(), '株洲市'),
        row(aCode(), ''),
        row(aCode(), '999999'),
      ]),
      { query },
    );
    expect(body).toMatchObject(counts({ created: 1, changed: 1, refused: 4 }));
    expect(placesOf(body.faults)).toEqual([
      [3, 'region', 'other_region'],
      [5, 'region', 'other_region'],
      [6, 'region', 'other_region'],
      [7, 'region', 'unknown_reference'],
    ]);
    const unchanged = await commit(editor, sheetOf([row(foreign, '430200')]), { query });
    expect(unchanged.body).toMatchObject(counts({ unchanged: 1 }));
  });
});
