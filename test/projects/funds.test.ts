import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { type BadValue, badDays, badParagraphs, badWholeNumbers } from '../support/bad-values.ts';
import { changesNothing, expectRefused } from '../support/state.ts';
import { closeVerified } from '../support/verified.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => closeVerified(api));

type Entry = [receivedOn: string, amountYuan: number];

const funds = (url: string, [receivedOn, amountYuan]: Entry) =>
  api.post(`${url}/funds`, { receivedOn, amountYuan });

/** A project with a ledger; returns its path. */
async function projectWith(...entries: Entry[]): Promise<string> {
  const url = `/v1/projects/${(await created(api, '/v1/projects', aProject())).id}`;
  for (const entry of entries) expect((await funds(url, entry)).status).toBe(201);
  return url;
}

describe('the ledger of funds in place', () => {
  it('returns the entries, and the project has their sum', async () => {
    const url = await projectWith(['2021-03-31', 100]);
    const entry = await created(api, `${url}/funds`, {
      receivedOn: '2021-06-30',
      amountYuan: 50,
      note: '第二笔\n到账',
    });
    expect(entry).toEqual({
      id: entry.id,
      receivedOn: '2021-06-30',
      amountYuan: 50,
      note: '第二笔\n到账',
    });
    const list = (await api.get(`${url}/funds`)).body;
    expect(list.items).toMatchObject([{ amountYuan: 100, note: null }, entry]);
    expect(list.page.total).toBe(2);
    expect((await api.get(url)).body.fundsInPlaceYuan).toBe(150);
  });

  it('is shown as of the requested day', async () => {
    const url = await projectWith(['2021-03-31', 100], ['2021-06-30', 50], ['2021-09-30', -120]);
    const on = async (day: string) => (await api.get(`${url}?asOf=${day}`)).body.fundsInPlaceYuan;
    expect(await on('2021-03-30')).toBe(0);
    expect(await on('2021-03-31')).toBe(100);
    expect(await on('2021-06-30')).toBe(150);
    expect(await on('2021-09-30')).toBe(30);
  });

  it('may have entries before the signing', async () => {
    const url = await projectWith(['2019-01-01', 5]);
    expect((await api.get(url)).body.fundsInPlaceYuan).toBe(5);
  });

  it('belongs to one project only', async () => {
    await projectWith(['2021-01-01', 7]);
    const other = await projectWith();
    expect((await api.get(`${other}/funds`)).body).toMatchObject({ items: [], page: { total: 0 } });
    await expectRefused(api, () => funds(other, ['2021-01-02', -1]), 422, 'funds.negative_balance');
  });
});

const corrections: [
  what: string,
  ledger: Entry[],
  entry: Entry,
  refused: { day: string; balance: number } | null,
][] = [
  ['a first entry that is negative', [], ['2021-01-01', -1], { day: '2021-01-01', balance: -1 }],
  [
    'more taken back than arrived',
    [['2021-01-01', 100]],
    ['2021-02-01', -101],
    { day: '2021-02-01', balance: -1 },
  ],
  ['all taken back', [['2021-01-01', 100]], ['2021-02-01', -100], null],
  ['taken back on the day of arrival', [['2021-01-01', 100]], ['2021-01-01', -100], null],
  [
    'taken back before it arrived',
    [['2021-01-02', 100]],
    ['2021-01-01', -1],
    { day: '2021-01-01', balance: -1 },
  ],
  [
    'a correction put before a later one that needs the money',
    [
      ['2021-01-01', 100],
      ['2021-03-01', -80],
    ],
    ['2021-02-01', -30],
    { day: '2021-03-01', balance: -10 },
  ],
  [
    'a correction put before later arrivals that would hide it in the sum',
    [
      ['2021-01-01', 100],
      ['2021-03-01', -80],
      ['2021-04-01', 1_000],
    ],
    ['2021-02-01', -21],
    { day: '2021-03-01', balance: -1 },
  ],
  [
    'a correction that later entries leave room for',
    [
      ['2021-01-01', 100],
      ['2021-03-01', -80],
    ],
    ['2021-02-01', -20],
    null,
  ],
  [
    'a correction on a day with an earlier correction',
    [
      ['2021-01-01', 100],
      ['2021-02-01', -60],
    ],
    ['2021-02-01', -41],
    { day: '2021-02-01', balance: -1 },
  ],
  [
    'a correction on a day on which more arrived than was taken back',
    [
      ['2021-01-01', 10],
      ['2021-02-01', 50],
    ],
    ['2021-02-01', -60],
    null,
  ],
];

describe('a correction', () => {
  it.each(corrections)('%s', async (_, ledger, entry, refused) => {
    const url = await projectWith(...ledger);
    if (!refused) {
      expect((await funds(url, entry)).status).toBe(201);
      return;
    }
    const answer = await expectRefused(api, () => funds(url, entry), 422, 'funds.negative_balance', [
      ['/amountYuan', 'negative_balance'],
    ]);
    expect(answer.body.detail).toBe(
      `The funds in place would fall below zero on ${refused.day}, to ${refused.balance} yuan.`,
    );
  });

  it('of the same money by ten concurrent clients succeeds once', async () => {
    const url = await projectWith(['2021-01-01', 100]);
    const answers = await Promise.all(Array.from({ length: 10 }, () => funds(url, ['2021-02-01', -100])));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect((await api.get(url)).body.fundsInPlaceYuan).toBe(0);
  });
});

const bad: [field: string, values: BadValue[]][] = [
  ['receivedOn', [...badDays, ['null', null, 'not_a_day'], ['tomorrow', '2026-11-23', 'after_today']]],
  [
    'amountYuan',
    [
      ...badWholeNumbers(-1_000_000_000_000, 1_000_000_000_000),
      ['zero', 0, 'zero_amount'],
      ['null', null, 'wrong_type'],
    ],
  ],
  ['note', badParagraphs(2_000)],
  ['id', [['an id', '0190a1b2-0000-7000-8000-000000000001', 'read_only']]],
  ['currency', [['a currency', 'USD', 'unknown_field']]],
];

describe('a faulty entry', () => {
  let url: string;
  beforeAll(async () => {
    url = await projectWith();
  });

  describe('is refused', () => {
    changesNothing(() => api);

    const rows = bad.flatMap(([field, values]) =>
      values.map(([what, value, code]) => [field, what, value, code] as const),
    );
    it.each(rows)('with a %s that is %s', async (field, _, value, code) => {
      const entry = { receivedOn: '2021-01-01', amountYuan: 1, [field]: value };
      const answer = await api.post(`${url}/funds`, entry);
      expectProblem(answer, 422, 'request.invalid', [[`/${field}`, code]]);
    });
  });

  it.each(['receivedOn', 'amountYuan'])('%s is required', async (field) => {
    const { [field]: _, ...rest }: Body = { receivedOn: '2021-01-01', amountYuan: 1 };
    const send = () => api.post(`${url}/funds`, rest);
    await expectRefused(api, send, 422, 'request.invalid', [[`/${field}`, 'required']]);
  });

  it('is refused with all its faults together', async () => {
    const send = () =>
      api.post(`${url}/funds`, { receivedOn: '2026-11-23', amountYuan: 0, note: '', colour: 'red' });
    await expectRefused(api, send, 422, 'request.invalid', [
      ['/receivedOn', 'after_today'],
      ['/amountYuan', 'zero_amount'],
      ['/note', 'empty'],
      ['/colour', 'unknown_field'],
    ]);
  });
});

describe('funds of an unavailable project', () => {
  const entry = { receivedOn: '2021-01-01', amountYuan: 1 };

  it('cannot be read or added while it is archived, and are there again afterwards', async () => {
    const url = await projectWith(['2021-01-01', 9]);
    await api.delete(url);
    expectProblem(await api.get(`${url}/funds`), 404, 'projects.archived');
    await expectRefused(api, () => api.post(`${url}/funds`, entry), 404, 'projects.archived');
    await api.post(`${url}/restore`);
    expect((await api.get(`${url}/funds`)).body.items).toMatchObject([{ amountYuan: 9 }]);
  });

  it.each(['0190a1b2-0000-7000-8000-00000000dead', 'nonsense'])('cannot be added for %s', async (id) => {
    expectProblem(await api.get(`/v1/projects/${id}/funds`), 404, 'projects.not_found');
    const send = () => api.post(`/v1/projects/${id}/funds`, entry);
    await expectRefused(api, send, 404, 'projects.not_found');
  });
});
