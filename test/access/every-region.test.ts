/** Fields that affect figures of all regions, and an editor restricted to some. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { editorOf, linesOf, placesOf, sheetOf, storedIn } from '../imports/rows.ts';
import { commit, preview } from '../imports/support.ts';
import { aProject, type Body, type Client, created, type TestApp, testApp } from '../support/app.ts';
import { expectRefused } from '../support/state.ts';

let api: TestApp;
let bound: Client;
let editor: Client;
beforeAll(async () => {
  api = await testApp();
  bound = await editorOf(api, ['430100']);
  editor = await editorOf(api);
});
afterAll(() => api.close());

const ranking = { list: 'china_500', year: 2020, rank: 7 };
const INVESTOR = { country: 'CN', province: '上海市', rankings: [ranking] };
let made = 0;

/** An enterprise that is the lead investor of a project in another region. */
async function anInvestor(): Promise<Body> {
  const enterprise = await created(api, '/v1/enterprises', { name: `投资方 ${++made} 号`, ...INVESTOR });
  await created(api, '/v1/projects', aProject({ region: '431000', investorIds: [enterprise.id] }));
  return enterprise;
}

const urlOf = ({ id }: Body): string => `/v1/enterprises/${id}`;

const changes: [string, Body][] = [
  ['country', { country: 'DE' }],
  ['country', { country: null }],
  ['province', { province: '湖南省' }],
  ['rankings', { rankings: [] }],
  ['rankings', { rankings: [{ ...ranking, rank: 8 }] }],
  ['rankings', { rankings: [ranking, { ...ranking, year: 2021 }] }],
];

describe('an enterprise', () => {
  it.each(changes)('has fields that such an editor cannot change: %s, %j', async (field, change) => {
    const enterprise = await anInvestor();
    const figures = async () =>
      (await api.get('/v1/statistics/breakdown?by=investorCountry,top500&region=431000')).text;
    const before = await figures();
    const send = () => bound.patch(urlOf(enterprise), { nameEn: 'Sample', ...change });
    const faults: [string, string][] = [[`/${field}`, 'in_every_region']];
    const { body } = await expectRefused(api, send, 403, 'access.in_every_region', faults);
    expect(body.detail).toContain(field);
    expect(body.detail).toContain('role admin');
    expect(body.errors[0].message).toContain('430100');
    expect(await figures()).toBe(before);
    for (const client of [editor, api]) {
      expect((await client.patch(urlOf(enterprise), change)).status).toBe(200);
      expect((await client.patch(urlOf(enterprise), INVESTOR)).status).toBe(200);
    }
  });

  it('reports all refused fields together, in Chinese as well', async () => {
    const enterprise = await anInvestor();
    const change = { country: 'DE', province: null, rankings: [] };
    const send = () =>
      bound.patch(urlOf(enterprise), change, { 'if-match': '*', 'accept-language': 'zh-CN' });
    const faults = Object.keys(change).map((field): [string, string] => [`/${field}`, 'in_every_region']);
    const { body } = await expectRefused(api, send, 403, 'access.in_every_region', faults);
    expect(body.detail).toBe(
      '各地区的统计数据都依赖该企业的 country, province, rankings；限定行政区划的密钥不能修改，请由管理员（角色 admin）修改。',
    );
  });

  it('reports a stale copy and a faulty value like for any caller', async () => {
    const enterprise = await anInvestor();
    const stale = () => bound.patch(urlOf(enterprise), { country: 'DE' }, { 'if-match': '"old"' });
    await expectRefused(api, stale, 412, 'request.changed_meanwhile');
    const faulty = () => bound.patch(urlOf(enterprise), { country: 'XX' });
    await expectRefused(api, faulty, 422, 'request.invalid', [['/country', 'not_a_country']]);
  });

  it('allows changes of names, and unchanged values', async () => {
    const enterprise = await anInvestor();
    const renamed = { name: `改名 ${made}`, nameEn: 'Renamed', socialCreditCode: '91350100M000100Y43' };
    const answer = await bound.patch(urlOf(enterprise), { ...INVESTOR, ...renamed });
    expect(answer).toMatchObject({ status: 200, body: { ...INVESTOR, ...renamed } });
  });

  it('can be created with any values, because no figure uses it yet', async () => {
    const body = { name: `新企业 ${++made}`, ...INVESTOR };
    expect(await created(bound, '/v1/enterprises', body)).toMatchObject(body);
  });

  it('that figures use cannot be deleted and created again', async () => {
    const enterprise = await anInvestor();
    const send = () => bound.delete(urlOf(enterprise));
    await expectRefused(api, send, 409, 'enterprises.referenced');
  });
});

describe('enterprises in a sheet', () => {
  const query = { entity: 'enterprises' };

  it('have only the cells refused that would change such fields', async () => {
    const [one, two, three] = [await anInvestor(), await anInvestor(), await anInvestor()] as [
      Body,
      Body,
      Body,
    ];
    const row = ({ name }: Body, fields: Body) => ({
      企业名称: name,
      国别: 'CN',
      省份: '上海市',
      英文名称: '',
      ...fields,
    });
    const file = sheetOf([
      row(one, { 国别: 'DE' }),
      row(two, { 省份: '湖南省', 英文名称: 'Two' }),
      row(three, { 英文名称: 'Three' }),
      row({ name: `新企业 ${++made}` }, { 国别: 'DE' }),
    ]);
    const places = [
      [2, 'country', 'in_every_region'],
      [3, 'province', 'in_every_region'],
    ];
    const looked = (await preview(bound, file, { query })).body;
    expect(placesOf(looked.faults)).toEqual(places);
    const before = await storedIn(api);
    expect((await commit(bound, file, { query })).status).toBe(422);
    expect(await storedIn(api)).toEqual(before);
    const partial = (await commit(bound, file, { query: { ...query, partial: true } })).body;
    expect(partial).toMatchObject({ created: 1, changed: 1, refused: 2 });
    expect(placesOf(partial.faults)).toEqual(places);
    for (const { id } of [one, two]) {
      expect((await api.get(`/v1/enterprises/${id}`)).body).toMatchObject({ ...INVESTOR, nameEn: null });
    }
    expect((await commit(editor, file, { query })).body).toMatchObject({ changed: 2, refused: 0 });
  });

  it('an empty cell that clears a value counts as a change', async () => {
    const { id } = await anInvestor();
    const file = sheetOf([{ 系统编号: id, 国别: '', 省份: '' }]);
    const { body } = await preview(bound, file, { query: { ...query, empty: 'clear' } });
    expect(placesOf(body.faults)).toEqual([
      [2, 'country', 'in_every_region'],
      [2, 'province', 'in_every_region'],
    ]);
  });

  it('NDJSON lines with rankings are no way around it', async () => {
    const { name } = await anInvestor();
    const before = await storedIn(api);
    await commit(bound, linesOf([{ name, rankings: [] }]), { query, format: 'ndjson' });
    expect(await storedIn(api)).toEqual(before);
  });
});
