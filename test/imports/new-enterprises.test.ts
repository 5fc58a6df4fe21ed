/** Which enterprises an import creates: listed before it does. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reportInWords } from '../../src/commands/import-report.ts';
import { type Body, created, type TestApp, testApp } from '../support/app.ts';
import { enterpriseCalled, sheetOf } from './rows.ts';
import { aCode, commit, preview } from './support.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const CODE = '91350100M000100Y43';
const project = (...investors: string[]) => ({
  项目编号: aCode(),
  项目名称: '示例',
  项目级别: '省级',
  签约日期: '2020-06-29',
  '投资总额（亿元）': '1',
  投资方: investors.join('\n'),
});
const query = { createEnterprises: true };

it('a preview lists them with the first row of each, and an import creates just these', async () => {
  await created(api, '/v1/enterprises', { name: '已有公司' });
  const file = sheetOf([
    { ...project('已有公司', '新公司一'), 投资方统一社会信用代码: '' },
    project('新公司一', '新公司二'),
    { ...project('新公司三'), 投资方统一社会信用代码: CODE },
    { ...project('从未建立公司'), 项目级别: '没有的级别' },
  ]);
  const expected = [
    { row: 2, name: '新公司一', socialCreditCode: null },
    { row: 3, name: '新公司二', socialCreditCode: null },
    { row: 4, name: '新公司三', socialCreditCode: CODE },
  ];
  const previewed = (await preview(api, file, { query })).body;
  expect(previewed).toMatchObject({ newEnterpriseCount: 3, newEnterprises: expected, refused: 1 });
  const [zh, en] = (['zh', 'en'] as const).map((language) =>
    reportInWords(previewed as never, { name: 'a.csv', report: undefined, language }),
  );
  expect(zh).toContain('\n  将新建企业 3 家：新公司一；新公司二；新公司三\n');
  expect(en).toContain('\n  3 enterprises would be created: 新公司一; 新公司二; 新公司三\n');
  expect(await enterpriseCalled(api, '新公司一')).toBeUndefined();

  const written = (await commit(api, file, { query: { ...query, partial: true } })).body;
  expect(written).toMatchObject({ newEnterpriseCount: 3, newEnterprises: expected });
  for (const { name } of expected) expect(await enterpriseCalled(api, name)).toMatchObject({ name });
  expect(await enterpriseCalled(api, '从未建立公司')).toBeUndefined();
  expect((await api.get(written.links.self)).body.newEnterprises).toEqual(expected);
  expect((await preview(api, file, { query })).body).toMatchObject({
    newEnterpriseCount: 0,
    newEnterprises: [],
  });
});

it('lists none without the parameter', async () => {
  const { body } = await preview(api, sheetOf([project('无人知晓公司')]));
  expect(body).toMatchObject({ refused: 1, newEnterpriseCount: 0, newEnterprises: [] });
});

it('counts more than it lists', async () => {
  const rows = Array.from({ length: 60 }, (_, i) =>
    project(...Array.from({ length: 20 }, (_, j) => `众多公司 ${i}-${j}`)),
  );
  const { body } = await preview(api, sheetOf(rows), { query });
  expect(body.newEnterpriseCount).toBe(1_200);
  expect(body.newEnterprises).toHaveLength(1_000);
  expect(body.newEnterprises.at(-1)).toMatchObject({ row: 51, name: '众多公司 49-19' });
});

it.each(['contacts', 'cluster_members'])('lists those of %s', async (entity) => {
  const event = await created(api, '/v1/events', {
    code: `new-${entity.replace('_', '-')}`,
    name: `活动 ${entity}`,
    startsOn: '2020-06-28',
    endsOn: '2020-06-30',
  });
  const leader = await created(api, '/v1/enterprises', { name: `链主企业 ${entity}` });
  await created(api, '/v1/clusters', { name: `集群 ${entity}`, leader: leader.id });
  const rows: Record<string, Body> = {
    contacts: { 企业名称: '新接触公司', 经贸活动: event.code, 对接方式: '邀请', 对接日期: '2020-06-01' },
    cluster_members: {
      产业集群: `集群 ${entity}`,
      企业名称: '新成员公司',
      角色: '上游',
      引进日期: '2020-06-01',
    },
  };
  const { body } = await preview(api, sheetOf([rows[entity] as Record<string, string>]), {
    query: { ...query, entity },
  });
  expect(body.faults).toEqual([]);
  expect(body.newEnterprises).toEqual([{ row: 2, name: rows[entity]?.企业名称, socialCreditCode: null }]);
});
