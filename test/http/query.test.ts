import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
  for (let i = 0; i < 3; i++) {
    await created(api, '/v1/projects', aProject());
    await created(api, '/v1/enterprises', { name: `企业 ${i}` });
  }
});
afterAll(() => api.close());

const TOMORROW = '2026-11-23';

const badLimits: [limit: string, code: string][] = [
  ['0', 'too_small'],
  ['501', 'too_large'],
  ['9999999999', 'too_large'],
  ['-1', 'wrong_type'],
  ['abc', 'wrong_type'],
  ['', 'wrong_type'],
  ['1.5', 'wrong_type'],
  ['1e2', 'wrong_type'],
  ['0x10', 'wrong_type'],
  ['%2B5', 'wrong_type'],
  ['%205', 'wrong_type'],
  ['5%20', 'wrong_type'],
  ['１０', 'wrong_type'],
  ['Infinity', 'wrong_type'],
  ['99999999999999999999999', 'wrong_type'],
  ['5&limit=6', 'wrong_type'],
];

const lists = ['/v1/projects', '/v1/events', '/v1/enterprises', '/v1/zones', '/v1/regions', '/v1/industries'];

describe.each([...lists, '/v1/statistics/breakdown?by=level'])('%s', (url) => {
  const and = url.includes('?') ? '&' : '?';

  it.each(badLimits)('does not accept limit=%s', async (limit, code) => {
    const answer = await api.get(`${url}${and}limit=${limit}`);
    expectProblem(answer, 422, 'request.invalid', [['limit', code]]);
  });

  it.each(['1', '500', '007'])('accepts limit=%s', async (limit) => {
    expect((await api.get(`${url}${and}limit=${limit}`)).status).toBe(200);
  });

  it.each([
    'nothing',
    '',
    '-',
    '--name',
    'name,',
    ',name',
    'name,name',
    'name,-name',
    'NAME',
    'name%20desc',
    'searchText',
    '__proto__',
    'constructor',
    'name&sort=name',
  ])('cannot be sorted by “%s”', async (sort) => {
    const answer = await api.get(`${url}${and}sort=${sort}`);
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.errors.map(({ parameter }: Body) => parameter)).toEqual(['sort']);
  });
});

it('the refusal lists the sort keys', async () => {
  const { body } = await api.get('/v1/projects?sort=nothing');
  expect(body.errors[0].message).toBe(
    'can be sorted by code, name, signedOn, startedOn, productionOn, investmentYuan, createdAt, updatedAt only',
  );
});

const cursorOf = (values: unknown): string => Buffer.from(JSON.stringify(values)).toString('base64url');
const ID = '0190a1b2-0000-7000-8000-000000000001';

describe('a cursor', () => {
  const forged: [what: string, cursor: string][] = [
    ['garbage', 'garbage'],
    ['the empty text', ''],
    ['no base64 at all', '%E9%95%BF'],
    ['JSON that is no list', cursorOf({ sort: 'code,id' })],
    ['a number', cursorOf(5)],
    ['null', cursorOf(null)],
    ['an empty list', cursorOf([])],
    ['too few values', cursorOf(['code,id', 'A'])],
    ['too many values', cursorOf(['code,id', 'A', ID, ID])],
    ['a number in the place of a text', cursorOf(['code,id', 5, ID])],
    ['null in the place of a text', cursorOf(['code,id', null, ID])],
    ['a list in the place of a text', cursorOf(['code,id', ['A'], ID])],
    ['an object in the place of a text', cursorOf(['code,id', { a: 1 }, ID])],
    ['NUL in a text', cursorOf(['code,id', 'a\u0000', ID])],
    ['a lone surrogate in a text', cursorOf(['code,id', 'a\ud800', ID])],
    ['another order', cursorOf(['name,id', 'A', ID])],
    ['the same order reversed', cursorOf(['-code,-id', 'A', ID])],
    ['a column that there is not', cursorOf(['search_text,id', 'A', ID])],
    ['JSON that ends too soon', Buffer.from('["code,id","A"').toString('base64url')],
  ];
  it.each(forged)('of %s is refused', async (_, cursor) => {
    const answer = await api.get(`/v1/projects?sort=code&cursor=${cursor}`);
    expectProblem(answer, 422, 'request.invalid', [['cursor', 'not_a_cursor']]);
  });

  it.each([
    ['a text', '"100"'],
    ['a fraction', '1.5'],
    ['more than 2⁵³', '9007199254740993'],
    ['infinity', '1e400'],
    ['true', 'true'],
    ['null', 'null'],
  ])('of %s in place of an integer is refused', async (_, value) => {
    const cursor = Buffer.from(`["investmentYuan,id",${value},"${ID}"]`).toString('base64url');
    const answer = await api.get(`/v1/projects?sort=investmentYuan&cursor=${cursor}`);
    expectProblem(answer, 422, 'request.invalid', [['cursor', 'not_a_cursor']]);
  });

  it('of another order is refused by every list', async () => {
    const { nextCursor } = (await api.get('/v1/projects?sort=code&limit=1')).body.page;
    expect(nextCursor).not.toBeNull();
    for (const url of ['/v1/projects', '/v1/projects?sort=-code', '/v1/enterprises', '/v1/regions']) {
      const answer = await api.get(`${url}${url.includes('?') ? '&' : '?'}cursor=${nextCursor}`);
      expectProblem(answer, 422, 'request.invalid', [['cursor', 'not_a_cursor']]);
    }
  });

  it('that is too long or repeated is refused', async () => {
    const long = await api.get(`/v1/projects?cursor=${'A'.repeat(2_001)}`);
    expectProblem(long, 422, 'request.invalid', [['cursor', 'too_long']]);
    const twice = await api.get('/v1/projects?cursor=A&cursor=A');
    expectProblem(twice, 422, 'request.invalid', [['cursor', 'wrong_type']]);
  });

  it('that is valid but forged only sets the start', async () => {
    const cursor = cursorOf(['code,id', '~', ID]);
    const { body } = await api.get(`/v1/projects?sort=code&cursor=${cursor}`);
    expect(body).toMatchObject({ items: [], page: { total: 3, nextCursor: null } });
  });
});

const flags = [
  'registered',
  'started',
  'completed',
  'inProduction',
  'performing',
  'suspended',
  'terminated',
  'overdueStart',
  'overdueProduction',
  'sameYear',
  'estimated',
];
const days = ['signedFrom', 'signedTo', 'startedFrom', 'startedTo', 'productionFrom', 'productionTo', 'asOf'];

const badFilters: [parameter: string, value: string, code: string][] = [
  ...flags.flatMap((name) =>
    ['yes', '1', 'TRUE', '', 'true,false', 'null'].map((value): [string, string, string] => [
      name,
      value,
      'wrong_type',
    ]),
  ),
  ...days.flatMap((name): [string, string, string][] => [
    [name, '2026-02-30', 'not_a_day'],
    [name, '2026-13-01', 'not_a_day'],
    [name, '20260101', 'not_a_day'],
    [name, '', 'not_a_day'],
    [name, 'today', 'not_a_day'],
    [name, '2026-01-01T00:00:00Z', 'not_a_day'],
    [name, '1899-12-31', 'before_1900'],
    [name, '2026-01-01&'.concat(`${name}=2026-01-02`), 'not_a_day'],
  ]),
  ['asOf', TOMORROW, 'after_today'],
  ['asOf', '9999-12-31', 'after_today'],
  ...['minInvestment', 'maxInvestment'].flatMap((name): [string, string, string][] => [
    [name, '-1', 'wrong_type'],
    [name, '1.5', 'wrong_type'],
    [name, '1e9', 'wrong_type'],
    [name, '', 'wrong_type'],
    [name, 'abc', 'wrong_type'],
    [name, '1000000000001', 'too_large'],
  ]),
  ['level', 'national', 'not_a_choice'],
  ['level', '', 'not_a_choice'],
  ['level', 'provincial,', 'not_a_choice'],
  ['level', 'none', 'not_a_choice'],
  ['operatingStatus', 'started', 'not_a_choice'],
  ['investmentBand', '1b', 'not_a_choice'],
  ['investorOrigin', 'CN', 'not_a_choice'],
  ['top500', 'yes', 'not_a_choice'],
  ['event', 'HYRD', 'not_a_slug'],
  ['event', '%00', 'not_a_slug'],
  ['zone', 'a b', 'not_a_slug'],
  ['region', '43010', 'not_a_region'],
  ['county', 'x', 'not_a_region'],
  ['industry', 'c', 'not_an_industry'],
  ['division', 'C', 'not_an_industry'],
  ['investor', 'x', 'not_an_id'],
  ['investorCountry', 'de', 'not_a_country'],
  ['code', 'a b', 'not_a_code'],
  ['signedYear', '20', 'not_a_year'],
  ['signedMonth', '2020-13', 'not_a_month'],
  ['updatedSince', '2022-08-31', 'not_an_instant'],
  ['updatedSince', '2022-08-31T16:00:00', 'not_an_instant'],
  ['updatedSince', '2022-02-30T00:00:00Z', 'not_an_instant'],
  ['q', '', 'empty'],
  ['q', '%20%E3%80%80', 'empty'],
  ['q', '%00', 'not_plain_text'],
  ['q', '%1B', 'not_plain_text'],
  ['q', 'a'.repeat(201), 'too_long'],
  ['level', Array(101).fill('county').join(), 'too_many'],
];

describe.each(['/v1/projects', '/v1/statistics/summary'])('%s', (url) => {
  it.each(badFilters)('does not accept %s=%s', async (parameter, value, code) => {
    const answer = await api.get(`${url}?${parameter}=${value}`);
    expectProblem(answer, 422, 'request.invalid', [[parameter, code]]);
  });

  it('names each unknown parameter as it was written', async () => {
    const answer = await api.get(`${url}?Level=county&colour=red&__proto__=1&constructor=1&=1`);
    expectProblem(answer, 422, 'request.invalid', [
      ['Level', 'unknown_parameter'],
      ['colour', 'unknown_parameter'],
      ['__proto__', 'unknown_parameter'],
      ['constructor', 'unknown_parameter'],
      ['', 'unknown_parameter'],
    ]);
  });

  it('reports all faults of a query together', async () => {
    const answer = await api.get(`${url}?started=yes&level=x&signedFrom=2026-02-30&region=x&colour=red`);
    expectProblem(answer, 422, 'request.invalid', [
      ['started', 'wrong_type'],
      ['level', 'not_a_choice'],
      ['signedFrom', 'not_a_day'],
      ['region', 'not_a_region'],
      ['colour', 'unknown_parameter'],
    ]);
  });

  it('reports a future day together with other faults', async () => {
    const answer = await api.get(`${url}?asOf=${TOMORROW}&started=yes`);
    expectProblem(answer, 422, 'request.invalid', [
      ['asOf', 'after_today'],
      ['started', 'wrong_type'],
    ]);
  });
});

describe('parameters that are not filters', () => {
  it.each(['yes', '1', '', 'true&archived=true'])('archived=%s is refused', async (value) => {
    for (const url of ['/v1/projects', `/v1/projects/${ID}`]) {
      const answer = await api.get(`${url}?archived=${value}`);
      expectProblem(answer, 422, 'request.invalid', [['archived', 'wrong_type']]);
    }
  });

  it.each([
    [TOMORROW, 'after_today'],
    ['2026-02-30', 'not_a_day'],
    ['', 'not_a_day'],
  ])('asOf=%s is refused for one project', async (asOf, code) => {
    const answer = await api.get(`/v1/projects/${ID}?asOf=${asOf}`);
    expectProblem(answer, 422, 'request.invalid', [['asOf', code]]);
  });

  it('asOf may be today, which starts at midnight in the time zone of the service', async () => {
    expect((await api.get('/v1/projects?asOf=2026-11-22')).status).toBe(200);
    api.clock.set('2026-11-22T16:00:00Z');
    expect((await api.get(`/v1/projects?asOf=${TOMORROW}`)).status).toBe(200);
    api.clock.set('2026-11-22T04:00:00Z');
  });

  it.each([
    ['', 'required'],
    ['by=', 'not_a_choice'],
    ['by=colour', 'not_a_choice'],
    ['by=region,region', 'duplicate'],
    ['by=region,zone,level,event', 'too_many'],
  ])('a breakdown ?%s is refused', async (query, code) => {
    const answer = await api.get(`/v1/statistics/breakdown?${query}`);
    expectProblem(answer, 422, 'request.invalid', [['by', code]]);
  });

  it.each(['day', '', 'Month', 'month&interval=year'])('a timeline by %s is refused', async (interval) => {
    const answer = await api.get(`/v1/statistics/timeline?interval=${interval}`);
    expectProblem(answer, 422, 'request.invalid', [['interval', 'not_a_choice']]);
  });

  it.each(['day', '', 'Month', 'month&step=year'])(
    'cohorts by an interval of a %s are refused',
    async (step) => {
      const answer = await api.get(`/v1/statistics/cohorts?step=${step}`);
      expectProblem(answer, 422, 'request.invalid', [['step', 'not_a_choice']]);
    },
  );

  it('a timeline names each filter that depends on the day', async () => {
    const answer = await api.get('/v1/statistics/timeline?operatingStatus=signed&started=true&sameYear=true');
    expectProblem(answer, 422, 'request.invalid', [
      ['operatingStatus', 'depends_on_day'],
      ['started', 'depends_on_day'],
      ['sameYear', 'depends_on_day'],
    ]);
  });
});
