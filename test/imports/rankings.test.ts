/** Rankings of enterprises in sheets, and from the lists themselves with a mapping. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, created, type TestApp, testApp } from '../support/app.ts';
import { counts, enterpriseCalled, linesOf, sheetOf } from './rows.ts';
import { commit, preview } from './support.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const query = { entity: 'enterprises' };
let made = 0;
const aName = () => `上榜企业${String(++made).padStart(4, '0')}`;
const global2022 = { list: 'fortune_global_500', year: 2022, rank: 120 };
const china2022 = { list: 'china_500', year: 2022, rank: 30 };

const rankingsOf = async (name: string) => (await enterpriseCalled(api, name)).rankings;

async function imported(name: string, cell: string, more: Body = {}) {
  const { body } = await commit(api, sheetOf([{ 企业名称: name, '500强排名': cell }]), {
    query: { ...query, ...more },
  });
  return body;
}

describe('a cell of rankings', () => {
  it.each([
    ['世界500强 2022 120', [global2022]],
    ['世界５００强2022年第120位', [global2022]],
    ['Fortune Global 500, 2022, No. 120', [global2022]],
    ['fortune_global_500 2022 #120', [global2022]],
    ['世界500强 2022 120\n中国企业500强 2022 30', [china2022, global2022]],
    ['中国企业500强 2022 30；世界500强 2022 120', [china2022, global2022]],
    ['世界500强 2022', [{ ...global2022, rank: null }]],
    ['China 500 2022 30', [china2022]],
    ['/', []],
  ])('%j is read', async (cell, rankings) => {
    const name = aName();
    expect(await imported(name, cell)).toMatchObject(counts({ created: 1 }));
    expect(await rankingsOf(name)).toEqual(rankings);
  });

  it.each(['世界500强', '2022 120', '福布斯 2022 120', '世界500强 22 120', `${','.repeat(200)}x`])(
    '%s is refused with the lists that there are',
    async (cell) => {
      const file = sheetOf([{ 企业名称: aName(), '500强排名': cell }]);
      const said = async (language: string) =>
        (await preview(api, file, { query, headers: { 'accept-language': language } })).body.faults;
      const shown = cell.slice(0, 64);
      expect(await said('en')).toEqual([
        expect.objectContaining({
          row: 2,
          column: 'B',
          field: 'rankings',
          code: 'not_a_ranking',
          message: `“${shown}” is no ranking: write list, year and rank, like “Fortune Global 500 2022 120”; the lists are Fortune Global 500, China 500, China private 500`,
        }),
      ]);
      expect((await said('zh-CN'))[0].message).toBe(
        `“${shown}”不是榜单排名；应依次写明榜单、年份、名次，如“世界500强 2022 120”；榜单为：世界500强、中国企业500强、中国民营企业500强`,
      );
    },
  );

  it('with a rank that there is not, or one ranking twice, is refused', async () => {
    const codes = async (cell: string) =>
      (await preview(api, sheetOf([{ 企业名称: aName(), '500强排名': cell }]), { query })).body.faults.map(
        ({ field, code }: Body) => [field, code],
      );
    expect(await codes('世界500强 2022 501')).toEqual([['rankings', 'too_large']]);
    expect(await codes('世界500强 2022 1\n世界500强 2022 2')).toEqual([['rankings', 'ranking_twice']]);
  });

  it('adds to those on record, and replaces that of the same list and year', async () => {
    const name = aName();
    await created(api, '/v1/enterprises', { name, rankings: [global2022, china2022] });
    await imported(name, '世界500强 2023 110\n世界500强 2022 119');
    expect(await rankingsOf(name)).toEqual([
      china2022,
      { ...global2022, rank: 119 },
      { ...global2022, year: 2023, rank: 110 },
    ]);
    // A line without a rank, and an empty cell, take nothing away.
    expect(await imported(name, '世界500强 2022')).toMatchObject(counts({ unchanged: 1 }));
    expect(await imported(name, '')).toMatchObject(counts({ unchanged: 1 }));
    expect(await imported(name, '', { empty: 'clear' })).toMatchObject(counts({ changed: 1 }));
    expect(await rankingsOf(name)).toEqual([]);
  });

  it.each(['csv?lang=zh', 'csv?lang=en', 'xlsx?lang=zh', 'ndjson'])(
    'comes back unchanged in %s',
    async (format) => {
      const name = aName();
      await created(api, '/v1/enterprises', { name, rankings: [global2022, { ...china2022, rank: null }] });
      const [kind = '', parameters = ''] = format.split('?');
      const search = new URLSearchParams({ q: name, ...Object.fromEntries(new URLSearchParams(parameters)) });
      const { bytes: file } = await api.get(`/v1/enterprises.${kind}?${search}`);
      const again = await preview(api, file, { query, format: kind as 'csv' });
      expect(again.body).toMatchObject(counts({ unchanged: 1 }));
      expect(again.body.file.columns.map(({ field }: Body) => field)).toContain('rankings');
    },
  );

  it('in NDJSON has the form of the API', async () => {
    const name = aName();
    await created(api, '/v1/enterprises', { name, rankings: [global2022] });
    const sent = linesOf([{ name, rankings: [china2022] }]);
    const { body } = await commit(api, sent, { query, format: 'ndjson' });
    expect(body).toMatchObject(counts({ changed: 1 }));
    expect(await rankingsOf(name)).toEqual([china2022, global2022]);
    const empty = await preview(api, linesOf([{ name, rankings: [] }]), { query, format: 'ndjson' });
    expect(empty.body).toMatchObject(counts({ unchanged: 1 }));
    const faulty = linesOf([{ name, rankings: [{ list: 'x', year: 2022 }, 5] }]);
    const { faults } = (await preview(api, faulty, { query, format: 'ndjson' })).body;
    expect(new Set(faults.map(({ field }: Body) => field))).toEqual(new Set(['rankings']));
  });
});

describe('a list of the 500 largest', () => {
  const mapped = async (fields: Body, file: string) => {
    const { code } = await created(api, '/v1/mappings', {
      code: `ranking-${++made}`,
      name: '榜单',
      definition: { entity: 'enterprises', fields },
    });
    return (await commit(api, file, { query: { mapping: code } })).body;
  };

  it('of one list and year is read with these before the rank', async () => {
    const [one, other] = [aName(), aName()];
    const file = sheetOf([
      { 排名: '1', 公司: one },
      { 排名: '2', 公司: other },
    ]);
    const body = await mapped(
      { name: { from: '公司' }, rankings: { from: '排名', prefix: '中国企业500强 2024 ' } },
      file,
    );
    expect(body).toMatchObject(counts({ created: 2 }));
    expect(await rankingsOf(other)).toEqual([{ list: 'china_500', year: 2024, rank: 2 }]);
  });

  it('with columns for list and year is read from all of them', async () => {
    const name = aName();
    const file = sheetOf([{ 榜单: '世界500强', 年份: '2022', 名次: '120', 公司: name }]);
    const rankings = { from: ['榜单', '年份', '名次'], join: ' ' };
    expect(await mapped({ name: { from: '公司' }, rankings }, file)).toMatchObject(counts({ created: 1 }));
    expect(await rankingsOf(name)).toEqual([global2022]);
  });
});
