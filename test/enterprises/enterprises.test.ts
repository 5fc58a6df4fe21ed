import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';
import { badWholeNumbers } from '../support/bad-values.ts';
import { entriesOf } from '../support/change-log.ts';
import { expectRefused } from '../support/state.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const anEnterprise = (fields: Body = {}): Body => ({ name: '示例企业', ...fields });
const urlOf = ({ id }: Body): string => `/v1/enterprises/${id}`;

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** The check character of GB 32100-2015, computed independently. */
function withCheck(first17: string): string {
  let sum = 0;
  let weight = 1;
  for (const character of first17) {
    sum += weight * ALPHABET.indexOf(character);
    weight = (weight * 3) % 31;
  }
  return first17 + ALPHABET[(31 - (sum % 31)) % 31];
}

describe('the unified social credit code', () => {
  it('of the standard’s example has the check character computed here', () => {
    expect(withCheck('91350100M000100Y4')).toBe('91350100M000100Y43');
  });

  it.each([
    '91350100M000100Y43',
    ...['91430100MA4L1', '12100000400012', '5243000050'].map((start) => withCheck(start.padEnd(17, '0'))),
  ])('%s is accepted', async (socialCreditCode) => {
    const entry = await created(api, '/v1/enterprises', anEnterprise({ socialCreditCode }));
    const found = (await api.get(`/v1/enterprises?socialCreditCode=${socialCreditCode}`)).body;
    expect(found.items).toEqual([entry]);
  });

  const wrong: [what: string, code: unknown][] = [
    ...[...ALPHABET]
      .filter((c) => c !== '3')
      .map((c): [string, string] => [`check character ${c}`, `91350100M000100Y4${c}`]),
    ['two digits swapped', '91531000M000100Y43'],
    ['small letters', '91350100m000100y43'],
    ['seventeen characters', '91350100M000100Y4'],
    ['nineteen characters', '91350100M000100Y433'],
    ['a letter that the standard leaves out', '91350100I000100Y43'],
    ['a blank', ' 91350100M000100Y43'],
    ['the empty text', ''],
    ['NUL', '91350100M000100Y4\u0000'],
  ];
  it.each(wrong)('with %s is refused', async (_, socialCreditCode) => {
    const add = () => api.post('/v1/enterprises', anEnterprise({ socialCreditCode }));
    const faults: [string, string][] = [['/socialCreditCode', 'not_a_social_credit_code']];
    await expectRefused(api, add, 422, 'request.invalid', faults);
  });

  it('is unique, for new and changed enterprises', async () => {
    const socialCreditCode = withCheck('91430100MA4L20000');
    const first = await created(api, '/v1/enterprises', anEnterprise({ socialCreditCode }));
    const add = () => api.post('/v1/enterprises', anEnterprise({ socialCreditCode }));
    await expectRefused(api, add, 409, 'enterprises.socialCreditCode_taken');
    const second = await created(api, '/v1/enterprises', anEnterprise());
    const change = () => api.patch(urlOf(second), { socialCreditCode });
    await expectRefused(api, change, 409, 'enterprises.socialCreditCode_taken');
    expect((await api.patch(urlOf(first), { socialCreditCode, name: '新名称' })).status).toBe(200);
    await api.patch(urlOf(first), { socialCreditCode: null });
    expect((await api.patch(urlOf(second), { socialCreditCode })).body).toMatchObject({ socialCreditCode });
  });

  it('may be unknown for many', async () => {
    await created(api, '/v1/enterprises', anEnterprise());
    await created(api, '/v1/enterprises', anEnterprise());
  });
});

describe('the country of an enterprise', () => {
  it.each(['CN', 'HK', 'DE', 'TW'])('can be %s', async (country) => {
    expect((await created(api, '/v1/enterprises', anEnterprise({ country }))).country).toBe(country);
  });

  it.each([
    ['a code that is none', 'XX', 'not_a_country'],
    ['small letters', 'cn', 'not_a_country'],
    ['three letters', 'CHN', 'not_a_country'],
    ['a name', '中国', 'not_a_country'],
    ['the empty text', '', 'not_a_country'],
    ['a name of every object', 'constructor', 'not_a_country'],
    ['a number', 156, 'wrong_type'],
  ])('cannot be %s', async (_, country, code) => {
    const add = () => api.post('/v1/enterprises', anEnterprise({ country }));
    await expectRefused(api, add, 422, 'request.invalid', [['/country', code]]);
  });

  it('can be filtered', async () => {
    const { id } = await created(api, '/v1/enterprises', anEnterprise({ country: 'IS' }));
    const found = (await api.get('/v1/enterprises?country=IS')).body;
    expect(found.items.map((item: Body) => item.id)).toEqual([id]);
  });
});

describe('the rankings of an enterprise', () => {
  it('are ordered by list and year in responses, in whatever order they were given', async () => {
    const rankings = [
      { list: 'fortune_global_500', year: 2021, rank: 3 },
      { list: 'china_500', year: 2022, rank: null },
      { list: 'china_500', year: 2020, rank: 500 },
    ];
    const entry = await created(api, '/v1/enterprises', anEnterprise({ rankings }));
    expect(entry.rankings).toEqual([rankings[2], rankings[1], rankings[0]]);
    expect((await api.get(urlOf(entry))).body).toEqual(entry);
  });

  it('have no rank if none was given', async () => {
    const rankings = [{ list: 'china_500', year: 2022 }];
    const entry = await created(api, '/v1/enterprises', anEnterprise({ rankings }));
    expect(entry.rankings).toEqual([{ list: 'china_500', year: 2022, rank: null }]);
  });

  it('are replaced as a whole, and kept if a change does not contain them', async () => {
    const entry = await created(
      api,
      '/v1/enterprises',
      anEnterprise({ rankings: [{ list: 'china_500', year: 2020, rank: 1 }] }),
    );
    const renamed = await api.patch(urlOf(entry), { name: '新名称' });
    expect(renamed.body.rankings).toEqual(entry.rankings);
    const rankings = [{ list: 'china_private_500', year: 2021, rank: 2 }];
    const { answer, entries } = await entriesOf(api, () => api.patch(urlOf(entry), { rankings }));
    expect(answer.body.rankings).toEqual(rankings);
    expect(entries.map(({ fields }) => fields)).toEqual([
      { rankings: { before: entry.rankings, after: rankings } },
    ]);
    expect((await api.patch(urlOf(entry), { rankings: [] })).body.rankings).toEqual([]);
  });

  it('in another order are not a change', async () => {
    const entry = await created(
      api,
      '/v1/enterprises',
      anEnterprise({
        rankings: [
          { list: 'china_500', year: 2020, rank: 1 },
          { list: 'china_500', year: 2021, rank: 2 },
        ],
      }),
    );
    const turned = entry.rankings.toReversed();
    const { entries } = await entriesOf(api, () => api.patch(urlOf(entry), { rankings: turned }));
    expect(entries).toEqual([]);
  });

  const one = (fields: Body) => [{ list: 'china_500', year: 2022, rank: 1, ...fields }];
  const bad: [what: string, rankings: unknown, faults: [string, string][]][] = [
    ['a list that there is not', one({ list: 'forbes' }), [['/rankings/0/list', 'not_a_choice']]],
    ['no list', [{ year: 2022 }], [['/rankings/0/list', 'required']]],
    ['no year', [{ list: 'china_500' }], [['/rankings/0/year', 'required']]],
    ['a field that there is not', one({ points: 1 }), [['/rankings/0/points', 'unknown_field']]],
    ['one list and year twice', [...one({}), ...one({ rank: 2 })], [['/rankings', 'ranking_twice']]],
    ['a text', ['china_500'], [['/rankings/0', 'wrong_type']]],
    ['an object', { list: 'china_500' }, [['/rankings', 'wrong_type']]],
    [
      '201 of them',
      Array.from({ length: 201 }, (_, i) => one({ year: 1900 + i })[0]),
      [['/rankings', 'too_many']],
    ],
    ...badWholeNumbers(1, 500).map(([what, rank, code]): [string, unknown, [string, string][]] => [
      `as rank ${what}`,
      one({ rank }),
      [['/rankings/0/rank', code]],
    ]),
    ['as year 1899', one({ year: 1899 }), [['/rankings/0/year', 'too_small']]],
    ['as year 3000', one({ year: 3000 }), [['/rankings/0/year', 'too_large']]],
  ];
  it.each(bad)('cannot be %s', async (_, rankings, faults) => {
    const add = () => api.post('/v1/enterprises', anEnterprise({ rankings }));
    await expectRefused(api, add, 422, 'request.invalid', faults);
  });
});

describe('searching enterprises', () => {
  it.each([
    ['瑶华', ['瑶华半导体（长沙）有限公司']],
    ['导', ['瑶华半导体（长沙）有限公司']],
    ['yaohua SEMI', ['瑶华半导体（长沙）有限公司']],
    ['ｙａｏｈｕａ', ['瑶华半导体（长沙）有限公司']],
    ['(长沙)', ['瑶华半导体（长沙）有限公司']],
    ['100%', ['100%_纯']],
    ['%', ['100%_纯']],
    ['_', ['100%_纯']],
    ["'", []],
  ])('“%s” finds %s', async (q, names) => {
    if ((await api.get('/v1/enterprises?q=Yaohua')).body.items.length === 0) {
      await created(api, '/v1/enterprises', {
        name: '瑶华半导体（长沙）有限公司',
        nameEn: 'Yaohua Semiconductor',
      });
      await created(api, '/v1/enterprises', { name: '100%_纯' });
    }
    const found = (await api.get(`/v1/enterprises?q=${encodeURIComponent(q)}`)).body;
    expect(found.items.map(({ name }: Body) => name)).toEqual(names);
    expect(found.page.total).toBe(names.length);
  });
});

describe('an investor', () => {
  it('that is renamed has its new name in its projects, and is found only by that', async () => {
    const investor = await created(api, '/v1/enterprises', anEnterprise({ name: '旧名公司' }));
    const project = await created(api, '/v1/projects', aProject({ investorIds: [investor.id] }));
    await api.patch(urlOf(investor), { name: '新名公司' });
    const { body } = await api.get(`/v1/projects/${project.id}`);
    expect(body).toEqual({ ...project, investors: [{ id: investor.id, name: '新名公司' }] });
    const found = async (q: string) =>
      (await api.get(`/v1/projects?q=${encodeURIComponent(q)}`)).body.items.map(({ id }: Body) => id);
    expect(await found('新名公司')).toEqual([project.id]);
    expect(await found('旧名公司')).toEqual([]);
  });
});
