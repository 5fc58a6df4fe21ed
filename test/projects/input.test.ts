import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { type BadValue, badDays, badLines, badParagraphs, badWholeNumbers } from '../support/bad-values.ts';
import { changesNothing, expectRefused } from '../support/state.ts';

/** For fields that share a schema with one that is tested with all of them. */
const someBadDays = badDays.filter(([what]) =>
  ['the 30th of February', 'a day without hyphens', 'the empty text', 'the last day of 1899'].includes(what),
);

/** Invalid values by field. */
const bad: Record<string, BadValue[]> = {
  code: [
    ['the empty text', '', 'not_a_code'],
    ['a blank', 'A B', 'not_a_code'],
    ['a slash', '../A', 'not_a_code'],
    ['a Chinese character', '项目1', 'not_a_code'],
    ['65 characters', 'A'.repeat(65), 'not_a_code'],
    ['a line break at the end', 'A\n', 'not_a_code'],
    ['NUL', 'A\u0000', 'not_a_code'],
    ['a number', 5, 'wrong_type'],
    ['null', null, 'wrong_type'],
  ],
  name: [...badLines(300), ['null', null, 'wrong_type']],
  nameEn: badLines(300),
  description: badParagraphs(10_000),
  owner: badLines(200),
  note: badParagraphs(10_000),
  level: [
    ['another level', 'national', 'not_a_choice'],
    ['capitals', 'Provincial', 'not_a_choice'],
    ['the empty text', '', 'not_a_choice'],
    ['null', null, 'not_a_choice'],
    ['a number', 1, 'not_a_choice'],
  ],
  event: [
    ['capitals', 'HYRD-2020', 'not_a_slug'],
    ['a hyphen first', '-a', 'not_a_slug'],
    ['NUL', 'a\u0000', 'not_a_slug'],
    ['a lone surrogate', 'a\ud800', 'not_a_slug'],
    ['65 characters', 'a'.repeat(65), 'not_a_slug'],
    ['the empty text', '', 'not_a_slug'],
    ['a number', 2020, 'wrong_type'],
  ],
  region: [
    ['five digits', '43010', 'not_a_region'],
    ['seven digits', '4301001', 'not_a_region'],
    ['a zero first', '043010', 'not_a_region'],
    ['letters', 'hunan1', 'not_a_region'],
    ['full-width digits', '４３０１００', 'not_a_region'],
    ['a number', 430100, 'wrong_type'],
  ],
  zone: [
    ['a blank', 'changsha etdz', 'not_a_slug'],
    ['NUL', 'a\u0000', 'not_a_slug'],
    ['the empty text', '', 'not_a_slug'],
  ],
  industry: [
    ['a small letter', 'c', 'not_an_industry'],
    ['three digits', '391', 'not_an_industry'],
    ['one digit', '3', 'not_an_industry'],
    ['a letter and digits', 'C39', 'not_an_industry'],
    ['a number', 39, 'wrong_type'],
  ],
  contractAmount: [
    ['a number', 300, 'wrong_type'],
    ['thousands separators', '300,000', 'not_an_amount'],
    ['a sign', '-1', 'not_an_amount'],
    ['an exponent', '3e8', 'not_an_amount'],
    ['no digit before the point', '.5', 'not_an_amount'],
    ['no digit after the point', '5.', 'not_an_amount'],
    ['the empty text', '', 'not_an_amount'],
  ],
  contractCurrency: [
    ['small letters', 'usd', 'not_a_currency'],
    ['two letters', 'US', 'not_a_currency'],
    ['four letters', 'USDT', 'not_a_currency'],
    ['a sign', '¥', 'not_a_currency'],
    ['a number', 840, 'wrong_type'],
  ],
  investmentYuan: [...badWholeNumbers(1, 1_000_000_000_000), ['null', null, 'wrong_type']],
  contractedFundsYuan: badWholeNumbers(0, 1_000_000_000_000),
  investmentEstimated: [
    ['the text true', 'true', 'wrong_type'],
    ['1', 1, 'wrong_type'],
    ['null', null, 'wrong_type'],
  ],
  signedOn: [...badDays, ['null', null, 'not_a_day']],
  registeredOn: badDays,
  startedOn: someBadDays,
  completedOn: someBadDays,
  productionOn: someBadDays,
  suspendedOn: someBadDays,
  resumedOn: someBadDays,
  terminatedOn: someBadDays,
  agreedStartOn: someBadDays,
  agreedProductionOn: someBadDays,
};

const READ_ONLY = {
  id: '0190a1b2-0000-7000-8000-000000000001',
  operatingStatus: 'signed',
  fundsInPlaceYuan: 0,
  sameYear: false,
  overdue: [],
  version: 1,
  createdAt: '2020-06-29T00:00:00.000Z',
  updatedAt: '2020-06-29T00:00:00.000Z',
  archivedAt: null,
  investors: [],
};

let api: TestApp;
let url: string;
beforeAll(async () => {
  api = await testApp();
  url = `/v1/projects/${(await created(api, '/v1/projects', aProject())).id}`;
});
afterAll(() => api.close());

const ways: [string, (fields: Body) => ReturnType<TestApp['post']>][] = [
  ['recorded', (fields) => api.post('/v1/projects', { ...aProject(), ...fields })],
  ['changed', (fields) => api.patch(url, fields)],
];

describe.each(ways)('when a project is %s', (_, send) => {
  describe('it is refused with', () => {
    changesNothing(() => api);

    const rows = Object.entries(bad).flatMap(([field, values]) =>
      values.map(([what, value, code]) => [field, what, value, code] as const),
    );
    it.each(rows)('%s that is %s', async (field, _, value, code) => {
      expectProblem(await send({ [field]: value }), 422, 'request.invalid', [[`/${field}`, code]]);
    });

    it.each(Object.entries(READ_ONLY))('%s, which is computed', async (field, value) => {
      expectProblem(await send({ [field]: value }), 422, 'request.invalid', [[`/${field}`, 'read_only']]);
    });

    it.each(['Name', 'investment', 'links', 'status', 'constructor', 'toString', ''])(
      'an unknown field “%s”',
      async (field) => {
        expectProblem(await send({ [field]: 1 }), 422, 'request.invalid', [[`/${field}`, 'unknown_field']]);
      },
    );

    it('a field with a slash and a tilde, with an RFC 6901 pointer', async () => {
      const answer = await send({ 'a/b~c': 1 });
      expectProblem(answer, 422, 'request.invalid', [['/a~1b~0c', 'unknown_field']]);
    });
  });

  it('text is stored in NFC and trimmed', async () => {
    const answer = await send({ name: ' \u3000Cafe\u0301 瑶华 ', note: '\n一\n二\t三\n' });
    expect(answer.body).toMatchObject({ name: 'Café 瑶华', note: '一\n二\t三' });
  });

  it('text may have any valid character, up to the maximum length', async () => {
    const name = `𠮷👩🏽\ue000${'长'.repeat(300 - 7)}`;
    expect(name).toHaveLength(300);
    expect((await send({ name })).body).toMatchObject({ name });
  });

  it('a decimal amount keeps its digits', async () => {
    const answer = await send({ contractAmount: '00300000000.50', contractCurrency: 'USD' });
    expect(answer.body).toMatchObject({ contractAmount: '00300000000.50', contractCurrency: 'USD' });
  });
});

describe('required fields', () => {
  it.each(['code', 'name', 'level', 'signedOn', 'investmentYuan'])('%s is required', async (field) => {
    const { [field]: _, ...rest } = aProject() as Body;
    const send = () => api.post('/v1/projects', rest);
    await expectRefused(api, send, 422, 'request.invalid', [[`/${field}`, 'required']]);
  });

  it('nothing else is required, and what is left out is unknown', async () => {
    const project = await created(api, '/v1/projects', {
      code: 'least',
      name: '一',
      level: 'county',
      signedOn: '2020-06-29',
      investmentYuan: 1,
    });
    const { code, name, level, signedOn, investmentYuan, id, createdAt, updatedAt, ...rest } = project;
    expect({ code, name, level, signedOn, investmentYuan }).toEqual({
      code: 'least',
      name: '一',
      level: 'county',
      signedOn: '2020-06-29',
      investmentYuan: 1,
    });
    const { investmentEstimated, investors, operatingStatus, overdue, sameYear, ...nulls } = rest;
    expect({ investmentEstimated, investors, operatingStatus, overdue, sameYear }).toEqual({
      investmentEstimated: false,
      investors: [],
      operatingStatus: 'signed',
      overdue: [],
      sameYear: false,
    });
    const { fundsInPlaceYuan, version, ...unknown } = nulls;
    expect({ fundsInPlaceYuan, version }).toEqual({ fundsInPlaceYuan: 0, version: 1 });
    expect(new Set(Object.values(unknown))).toEqual(new Set([null]));
  });

  it('a number beyond 2⁵³ is reported once, with the limit of the field', async () => {
    const send = () => api.post('/v1/projects', aProject({ investmentYuan: 2 ** 53 }));
    const { body } = await expectRefused(api, send, 422, 'request.invalid');
    expect(body.errors.map(({ message }: Body) => message)).toEqual(['must be at most 1000000000000']);
  });

  it('a code cannot be changed', async () => {
    const send = () => api.patch(url, { code: 'another' });
    await expectRefused(api, send, 422, 'request.invalid', [['/code', 'immutable']]);
  });

  it('a change may repeat the same code', async () => {
    const { code } = (await api.get(url)).body;
    expect((await api.patch(url, { code, owner: '商务局' })).body).toMatchObject({ code, owner: '商务局' });
  });

  it('codes are case-sensitive', async () => {
    await created(api, '/v1/projects', aProject({ code: 'Case-1' }));
    await created(api, '/v1/projects', aProject({ code: 'case-1' }));
  });
});
