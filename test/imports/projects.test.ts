/** Imports of projects. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { closeVerified } from '../support/verified.ts';
import { aCode, commit, csv, preview } from './support.ts';

const HEADINGS = ['项目编号', '项目名称', '项目级别', '签约日期', '投资总额(亿元)'];
const row = (code: string, ...cells: string[]): string[] => [
  code,
  '示例项目',
  '省级',
  '2020/6/29',
  '3.5',
  ...cells,
];

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => closeVerified(api));

const byCode = async (code: string) => (await api.get(`/v1/projects?code=${code}`)).body.items[0];

describe('a file of projects', () => {
  it('is previewed without a trace', async () => {
    const { seq } = await api.database.revision();
    const code = aCode();
    const answer = await preview(api, csv(HEADINGS, row(code)));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      status: 'done',
      mode: 'preview',
      entity: 'projects',
      committed: false,
      rows: 1,
      created: 1,
      changed: 0,
      unchanged: 0,
      refused: 0,
      file: { format: 'csv', encoding: 'utf-8', headingRow: 1, ignored: [] },
    });
    expect(answer.body.file.columns[4]).toEqual({
      column: 'E',
      heading: '投资总额(亿元)',
      field: 'investmentYuan',
      unit: 'yi',
      unitFrom: 'heading',
    });
    expect(answer.body.changes).toEqual([
      {
        row: 2,
        key: code,
        effect: 'create',
        fields: expect.objectContaining({
          investmentYuan: { after: 350_000_000 },
          level: { after: 'provincial' },
        }),
      },
    ]);
    expect(await byCode(code)).toBeUndefined();
    expect((await api.database.revision()).seq).toBe(seq);
  });

  it('creates, changes and leaves unchanged, each with its history', async () => {
    const [fresh, other, same] = [aCode(), aCode(), aCode()];
    const before = aProject({ code: other, note: 'stays' });
    await created(api, '/v1/projects', before);
    await created(api, '/v1/projects', {
      ...aProject({ code: same, name: '示例项目', investmentYuan: 350_000_000 }),
    });
    const { seq } = await api.database.revision();
    const answer = await commit(api, csv(HEADINGS, row(fresh), row(other), row(same)));
    expect(answer.body).toMatchObject({
      status: 'done',
      committed: true,
      created: 1,
      changed: 1,
      unchanged: 1,
    });
    expect((await api.database.revision()).seq).toBe(seq + 2);
    expect(await byCode(fresh)).toMatchObject({
      investmentYuan: 350_000_000,
      signedOn: '2020-06-29',
      version: 1,
    });
    const changed = await byCode(other);
    expect(changed).toMatchObject({ name: '示例项目', note: 'stays', version: 2 });
    const history = await api.get(`/v1/projects/${changed.id}/history`);
    expect(history.body.items[0]).toMatchObject({
      action: 'change',
      fields: {
        name: { before: before.name, after: '示例项目' },
        investmentYuan: { before: before.investmentYuan, after: 350_000_000 },
      },
    });
    expect(await byCode(same)).toMatchObject({ version: 1 });
  });

  it('with one faulty row is refused as a whole, with its cells', async () => {
    const [good, bad] = [aCode(), aCode()];
    const answer = await commit(api, csv(HEADINGS, row(good), [bad, '', '省级', '2020-13-01', '3.5']), {
      headers: { 'accept-language': 'zh-CN' },
    });
    expectProblem(answer, 422, 'imports.faulty_rows');
    expect(answer.body.errors).toEqual([
      {
        pointer: '/signedOn',
        sheet: null,
        row: 3,
        column: 'D',
        heading: '签约日期',
        value: '2020-13-01',
        code: 'not_a_day',
        message: '应为真实存在的日期，如 2020-06-29',
      },
      expect.objectContaining({
        pointer: '/name',
        row: 3,
        column: 'B',
        heading: '项目名称',
        code: 'required',
      }),
    ]);
    expect(await byCode(good)).toBeUndefined();
  });

  it('with faulty rows has its valid ones written if requested', async () => {
    const [good, bad] = [aCode(), aCode()];
    const file = csv(HEADINGS, row(good), [bad, '示例项目', '省级', '', '3.5']);
    const answer = await commit(api, file, { query: { partial: true } });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'done', created: 1, refused: 1, faultCount: 1 });
    expect(answer.body.faults[0]).toMatchObject({ row: 3, column: 'D', code: 'required' });
    expect(await byCode(good)).toBeDefined();
    expect(await byCode(bad)).toBeUndefined();
  });
});
