/** Imports of funds in place: ledger entries, without duplicates. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, type Client, created, type TestApp, testApp } from '../support/app.ts';
import { entriesOf } from '../support/change-log.ts';
import { closeVerified } from '../support/verified.ts';
import { byCode, counts, editorOf, linesOf, placesOf, type Row, sheetOf, storedIn } from './rows.ts';
import { commit, preview } from './support.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => closeVerified(api));

const query = { entity: 'funds' };
const MONEY = '到位资金(万元)';
const aProjectCode = async (fields: Body = {}): Promise<string> =>
  (await created(api, '/v1/projects', aProject(fields))).code;
const row = (code: string, day: string, amount: string, note = ''): Row => ({
  项目编号: code,
  到位日期: day,
  [MONEY]: amount,
  备注: note,
});

/** Day, yuan and note of each entry of a project, ordered by day. */
async function ledgerOf(code: string): Promise<[string, number, string | null][]> {
  const { id } = await byCode(api, code);
  const { items } = (await api.get(`/v1/projects/${id}/funds?limit=500`)).body;
  return items.map(({ receivedOn, amountYuan, note }: Body) => [receivedOn, amountYuan, note]);
}

describe('a sheet of funds', () => {
  it('adds one entry per row like the API, including the history', async () => {
    const [code, byApi] = [await aProjectCode(), await aProjectCode()];
    const file = sheetOf([row(code, '2021/3/31', '1.5', '首期'), row(code, '2021-04-30', '2,000')]);
    const { answer, entries } = await entriesOf(api, () => commit(api, file, { query }));
    expect(answer.body).toMatchObject({ entity: 'funds', ...counts({ created: 2 }) });
    expect(answer.body.changes[0]).toEqual({
      row: 2,
      key: code,
      effect: 'create',
      fields: { fundsEntry: { after: { receivedOn: '2021-03-31', amountYuan: 15_000, note: '首期' } } },
    });
    expect(await ledgerOf(code)).toEqual([
      ['2021-03-31', 15_000, '首期'],
      ['2021-04-30', 20_000_000, null],
    ]);
    expect(await byCode(api, code)).toMatchObject({ fundsInPlaceYuan: 20_015_000, version: 3 });

    const { id } = await byCode(api, byApi);
    const typed = await entriesOf(api, async () => {
      await api.post(`/v1/projects/${id}/funds`, {
        receivedOn: '2021-03-31',
        amountYuan: 15_000,
        note: '首期',
      });
      return api.post(`/v1/projects/${id}/funds`, { receivedOn: '2021-04-30', amountYuan: 20_000_000 });
    });
    const essence = (all: Body[]) =>
      all.map(({ entity, action, fields }) => {
        const { id: _, ...entry } = fields.fundsEntry.after;
        return { entity, action, entry };
      });
    expect(essence(entries)).toEqual(essence(typed.entries));
    expect(await byCode(api, byApi)).toMatchObject({ fundsInPlaceYuan: 20_015_000, version: 3 });
  });

  it('adds nothing when repeated, and only the new row of an extended file', async () => {
    const code = await aProjectCode();
    const rows = [
      row(code, '2021-03-31', '1'),
      row(code, '2021-03-31', '1', '另一笔'),
      row(code, '2021-04-30', '1'),
    ];
    await commit(api, sheetOf(rows), { query });
    const before = await storedIn(api);
    expect((await commit(api, sheetOf(rows), { query })).body).toMatchObject(counts({ unchanged: 3 }));
    expect(await storedIn(api)).toEqual(before);
    const more = sheetOf([row(code, '2021-05-31', '1'), ...rows]);
    expect((await commit(api, more, { query })).body).toMatchObject(counts({ created: 1, unchanged: 3 }));
  });

  it('has two entries for two equal rows, and adds both only once', async () => {
    const code = await aProjectCode();
    const twice = [row(code, '2021-03-31', '1'), row(code, '2021-03-31', '1')];
    expect((await commit(api, sheetOf(twice), { query })).body).toMatchObject(counts({ created: 2 }));
    expect((await commit(api, sheetOf(twice), { query })).body).toMatchObject(counts({ unchanged: 2 }));
    const thrice = sheetOf([...twice, ...twice.slice(1)]);
    expect((await commit(api, thrice, { query })).body).toMatchObject(counts({ unchanged: 2, created: 1 }));
    expect(await ledgerOf(code)).toHaveLength(3);
  });

  it('counts equal rows the same, together or far apart', async () => {
    const [code, other] = [await aProjectCode(), await aProjectCode()];
    const between = Array.from({ length: 300 }, (_, i) => row(other, '2021-03-31', String(i + 1)));
    const file = sheetOf([row(code, '2021-03-31', '1'), ...between, row(code, '2021-03-31', '1')]);
    expect((await preview(api, file, { query })).body).toMatchObject(counts({ created: 302 }));
    expect((await commit(api, file, { query })).body).toMatchObject(counts({ created: 302 }));
    expect((await byCode(api, other)).version).toBe(301);
    expect((await preview(api, file, { query })).body).toMatchObject(counts({ unchanged: 302 }));
  });

  it('accepts corrections, as long as no balance is negative', async () => {
    const code = await aProjectCode();
    const good = [row(code, '2021-03-31', '5'), row(code, '2021-04-30', '-3'), row(code, '2021-03-31', '-2')];
    expect((await commit(api, sheetOf(good), { query })).body).toMatchObject(counts({ created: 3 }));
    const bad = sheetOf([
      row(code, '2021-05-31', '1'),
      row(code, '2021-04-30', '-1'),
      row(code, '2021-05-31', '-1'),
      row(code, '2021-05-31', '-1', '再次'),
    ]);
    const { body } = await preview(api, bad, { query: { ...query, lang: 'zh' } });
    expect(body).toMatchObject(counts({ created: 2, refused: 2 }));
    expect(body.faults).toMatchObject([
      {
        row: 3,
        column: 'C',
        heading: MONEY,
        value: '-1',
        code: 'negative_balance',
        message: '会使 2021-04-30 的余额变为 -10000 元',
      },
      { row: 5, code: 'negative_balance', message: '会使 2021-05-31 的余额变为 -10000 元' },
    ]);
  });

  it('reports each faulty cell', async () => {
    const code = await aProjectCode();
    const archived = await created(api, '/v1/projects', aProject());
    await api.delete(`/v1/projects/${archived.id}`);
    const file = sheetOf([
      row('', '2021-03-31', '1'),
      row('nowhere', '2021-03-31', '1'),
      row(archived.code, '2021-03-31', '1'),
      row(code, '', ''),
      row(code, '2026-11-23', '0'),
      row(code, '去年', '0.00001'),
      row(code, '2021-03-31', '100000001', '\u0001'),
    ]);
    const { body } = await preview(api, file, { query });
    expect(placesOf(body.faults).sort()).toEqual([
      [2, 'project', 'required'],
      [3, 'project', 'unknown_reference'],
      [4, 'project', 'archived_row'],
      [5, 'amountYuan', 'required'],
      [5, 'receivedOn', 'required'],
      [6, 'amountYuan', 'zero_amount'],
      [6, 'receivedOn', 'after_today'],
      [7, 'amountYuan', 'fraction_of_yuan'],
      [7, 'receivedOn', 'not_a_day'],
      [8, 'amountYuan', 'too_large'],
      [8, 'note', 'not_plain_text'],
    ]);
  });

  it('can be NDJSON, whose invalid values are faults', async () => {
    const code = await aProjectCode();
    const entry = { project: code, receivedOn: '2021-03-31', amountYuan: 5 };
    const lines = [
      entry,
      { ...entry, note: null },
      { ...entry, project: 5 },
      { ...entry, amountYuan: '5' },
      { ...entry, project: 'a\u0000' },
    ];
    const { body } = await commit(api, linesOf(lines), {
      query: { ...query, partial: true },
      format: 'ndjson',
    });
    expect(body).toMatchObject(counts({ created: 2, refused: 3 }));
    expect(placesOf(body.faults)).toEqual([
      [3, 'project', 'wrong_type'],
      [4, 'amountYuan', 'wrong_type'],
      [5, 'project', 'unknown_reference'],
    ]);
  });
});

describe("an editor's sheet of funds", () => {
  it('is limited to projects of its regions', async () => {
    const editor: Client = await editorOf(api, ['430100']);
    const [own, foreign, none] = [
      await aProjectCode({ region: '430121' }),
      await aProjectCode({ region: '430200' }),
      await aProjectCode(),
    ];
    await commit(api, sheetOf([row(foreign, '2021-03-31', '1')]), { query });
    const { body } = await preview(
      editor,
      sheetOf([
        row(own, '2021-03-31', '1'),
        row(foreign, '2021-04-30', '1'),
        row(none, '2021-03-31', '1'),
        row(foreign, '2021-03-31', '1'),
      ]),
      { query },
    );
    expect(body).toMatchObject(counts({ created: 1, unchanged: 1, refused: 2 }));
    expect(placesOf(body.faults)).toEqual([
      [3, 'project', 'other_region'],
      [4, 'project', 'other_region'],
    ]);
  });
});
