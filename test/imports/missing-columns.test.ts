/** Files without a column that new rows need: one fault says so, not one for each row. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ImportEntity, importEntities, tables } from '../../src/features/imports/importable.ts';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';
import { aCode, commit, csv, filesIn, preview } from './support.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp({ imports: { atOnce: 4, slice: 2 } });
});
afterAll(() => api.close());

const codes = ({ faults }: Body) => faults.map(({ row, field, code }: Body) => [row, field, code]);

describe('a sheet without required columns', () => {
  it('has one fault for each of them, with what they may be called', async () => {
    const file = csv(['项目编号', '备注', '登记人'], ...[1, 2, 3].map(() => [aCode(), '新', '甲']));
    const answers = ['zh-CN', 'en'].map((language) =>
      preview(api, file, { headers: { 'accept-language': language } }),
    );
    const [zh, en] = (await Promise.all(answers)).map(({ body }) => body) as [Body, Body];
    expect(en).toMatchObject({ rows: 3, refused: 3, created: 0, faultCount: 4, unreported: {} });
    expect(codes(en)).toEqual(
      ['name', 'level', 'signedOn', 'investmentYuan'].map((field) => [2, field, 'missing_column']),
    );
    expect(en.faults[0]).toMatchObject({
      column: null,
      heading: null,
      value: null,
      message:
        'the file has no column for this, which 3 new rows need; add one, whose heading may be: Name, Project name, Project',
    });
    expect(filesIn(api)).toEqual([]);
    expect(zh.faults[2].message).toMatch(
      /^文件没有该列，而有 3 个新增行须填写；请增加一列，表头可写：签约日期、/,
    );
  });

  it.each(importEntities)('of %s has no fault for each row', async (entity: ImportEntity) => {
    const { key, columns } = tables[entity];
    const heading = columns.find(({ field }) => field === key)?.zh as string;
    const file = csv([heading, '说明'], ...[1, 2, 3].map((i) => [`X${i}X`, '新']));
    const { body } = await preview(api, file, { query: { entity } });
    expect(body.rows).toBe(3);
    const required = body.faults.filter(({ code }: Body) => code === 'required');
    expect(required).toEqual([]);
    const fields = body.faults
      .filter(({ code }: Body) => code === 'missing_column')
      .map(({ field }: Body) => field);
    expect(new Set(fields).size).toBe(fields.length);
    // Of an enterprise only the name is required.
    expect(fields.length > 0).toBe(entity !== 'enterprises');
  });

  it('changes the rows that are known, and needs the columns for the others only', async () => {
    const { code } = await created(api, '/v1/projects', aProject());
    const file = csv(['项目编号', '备注'], [code, '新'], [aCode(), '新'], [aCode(), '新'], [aCode(), '新']);
    const { body } = await preview(api, file);
    expect(body).toMatchObject({ changed: 1, refused: 3, faultCount: 4 });
    expect(body.faults[0]).toMatchObject({ row: 3, message: expect.stringContaining('3 new rows need') });
    const { body: done } = await commit(api, csv(['项目编号', '备注'], [code, '新']));
    expect(done).toMatchObject({ changed: 1, refused: 0, committed: true });
  });

  const reported = async ({ links }: Body) => {
    const { text } = await api.get(`${links.faults}?format=csv`);
    return text.trimEnd().split('\r\n').length - 1;
  };

  it('still has the faults of its rows', async () => {
    const row = (day: string) => [aCode(), '甲', '省级', day];
    const file = csv(
      ['项目编号', '项目名称', '项目级别', '签约日期'],
      row('2023-02-30'),
      row('2023-05-01'),
      row(''),
    );
    const { body } = await preview(api, file);
    expect(codes(body)).toEqual([
      [2, 'investmentYuan', 'missing_column'],
      [2, 'signedOn', 'not_a_day'],
      [4, 'signedOn', 'required'],
    ]);
    expect(body).toMatchObject({ refused: 3, faultCount: 3 });
    expect(await reported(body)).toBe(3);
  });

  it('is refused as a whole, with these faults, also where it is written in slices', async () => {
    for (const count of [3, 9]) {
      const file = csv(['项目编号', '备注'], ...Array.from({ length: count }, () => [aCode(), '新']));
      const { status, body } = await commit(api, file);
      expect(status).toBe(422);
      expect(body.code).toBe('imports.faulty_rows');
      expect(body.errors.map(({ code }: Body) => code)).toEqual(Array(4).fill('missing_column'));
      expect(body.errors[0].message).toContain(`${count} new rows need`);
    }
  });

  it('has them once where the other rows are written, in slices', async () => {
    const projects = await Promise.all([1, 2].map(() => created(api, '/v1/projects', aProject())));
    const known = projects.map(({ code }) => [code, '改']);
    const fresh = Array.from({ length: 7 }, () => [aCode(), '新']);
    const file = csv(['项目编号', '备注'], ...fresh.slice(0, 3), ...known, ...fresh.slice(3));
    const { body } = await commit(api, file, { query: { partial: true } });
    expect(body).toMatchObject({ status: 'done', rows: 9, changed: 2, refused: 7, faultCount: 4 });
    expect(codes(body).map(([row]: [number]) => row)).toEqual([2, 2, 2, 2]);
    expect(body.faults[0].message).toContain('7 new rows need');
    expect(await reported(body)).toBe(4);
  });
});

describe('a mapping without a source for a required field', () => {
  const mapped = async (fields: Body, file: string) => {
    const code = `m-${randomUUID().slice(0, 8)}`;
    await created(api, '/v1/mappings', { code, name: code, definition: { fields } });
    return (await preview(api, file, { query: { mapping: code } })).body;
  };
  const FIELDS = {
    code: { from: '编号' },
    name: { constant: '甲' },
    signedOn: { constant: '2023-05-01' },
    investmentYuan: { constant: 1 },
  };

  it('has one fault', async () => {
    const body = await mapped(FIELDS, csv(['编号', '级别'], [aCode(), 'A'], [aCode(), 'B']));
    expect(codes(body)).toEqual([[2, 'level', 'missing_source']]);
    expect(body.faults[0].message).toBe(
      'the mapping gives no source for this field, which 2 new rows need; add one',
    );
  });

  it('has a fault for each row where there is a source that does not apply to it', async () => {
    const level = { constant: 'provincial', when: { column: '级别', in: ['A'] } };
    const body = await mapped(
      { ...FIELDS, level },
      csv(['编号', '级别'], [aCode(), 'A'], [aCode(), 'B'], [aCode(), 'C']),
    );
    expect(codes(body)).toEqual([
      [3, 'level', 'required'],
      [4, 'level', 'required'],
    ]);
  });
});

describe('lines of NDJSON', () => {
  const line = (more: object = {}) =>
    JSON.stringify({ code: aCode(), name: '甲', level: 'provincial', signedOn: '2023-05-01', ...more });

  it('that all lack a field have one fault', async () => {
    const { body } = await preview(api, [line(), line()].join('\n'), { format: 'ndjson' });
    expect(codes(body)).toEqual([[1, 'investmentYuan', 'missing_key']]);
    expect(body.faults[0].message).toBe('no line has this field, which 2 new rows need; add it');
  });

  it('of which some lack it have a fault each', async () => {
    const lines = [line(), line({ investmentYuan: 1 }), line()];
    const { body } = await preview(api, lines.join('\n'), { format: 'ndjson' });
    expect(codes(body).map(([row, , code]: [number, string, string]) => [row, code])).toEqual([
      [1, 'required'],
      [3, 'required'],
    ]);
  });
});
