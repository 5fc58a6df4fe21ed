import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureNames, sources } from '../../src/features/published/measures.ts';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { changesNothing } from '../support/state.ts';

const PATH = '/v1/published-figures';
const source = { publisher: '商务厅', publishedOn: '2022-11-03' };

let api: TestApp;
let event: string;
let made = 0;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const aFigure = (fields: Body = {}): Body => ({
  event,
  measure: 'projectCount',
  value: '2',
  unit: 'projects',
  asOf: '2022-08-31',
  source,
  ...fields,
});

/** A new event with two projects of 1.5 and 3 billion yuan, the first of them started. */
async function anEdition(): Promise<string> {
  event = `edition-${++made}`;
  const days = { startsOn: '2020-06-29', endsOn: '2020-06-30' };
  await created(api, '/v1/events', { code: event, name: event, ...days });
  for (const [yuan, startedOn] of [
    [1_500_000_000, '2020-09-15'],
    [3_000_000_000, null],
  ] as const) {
    await created(api, '/v1/projects', aProject({ event, investmentYuan: yuan, startedOn, industry: '39' }));
  }
  return event;
}

describe('a published figure', () => {
  beforeAll(anEdition);

  it('is returned with the computed value for the same projects and day', async () => {
    const figure = await created(
      api,
      PATH,
      aFigure({ measure: 'totalInvestment', value: '4.5', unit: 'billionYuan' }),
    );
    expect(figure).toEqual({
      id: expect.any(String),
      event,
      filter: null,
      measure: 'totalInvestment',
      value: '4.5',
      unit: 'billionYuan',
      precision: 1,
      comparator: 'exact',
      asOf: '2022-08-31',
      partOf: null,
      source: { title: null, ...source, url: null },
      note: null,
      knownAt: null,
      whenPrinted: null,
      computed: {
        value: '4.5',
        rounded: '4.5',
        raw: { yuan: 4_500_000_000, billionYuan: 4.5, yiYuan: 45 },
      },
      agrees: true,
      difference: '0',
      reasons: [],
      warnings: [],
      links: { figures: `/v1/statistics/summary?event=${event}&asOf=2022-08-31` },
    });
    expect((await api.get(`${PATH}/${figure.id}`)).body).toEqual(figure);
    expect((await api.get(figure.links.figures)).body.totalInvestment).toEqual(figure.computed.raw);
  });

  it.each([
    [{ measure: 'startedCount', value: '1' }, '1', '1'],
    [{ measure: 'operatingRate', value: '50.0', unit: 'percent' }, '50', '50.0'],
    [{ measure: 'totalInvestment', value: '45', unit: 'yiYuan' }, '45', '45'],
    [{ measure: 'totalInvestment', value: '450000', unit: 'wanYuan' }, '450000', '450000'],
    [{ measure: 'totalInvestment', value: '4500', unit: 'millionYuan' }, '4500', '4500'],
    [{ measure: 'totalInvestment', value: '4500000000', unit: 'yuan' }, '4500000000', '4500000000'],
    [{ filter: 'minInvestment=2000000000', value: '1' }, '1', '1'],
    [{ filter: 'industry=C', value: '0', precision: -2, comparator: 'about' }, '2', '0'],
    [{ measure: 'daysToStart:median', value: '78', unit: 'days' }, '78', '78'],
    [{ measure: 'startedCount', value: '0', asOf: '2020-09-14' }, '0', '0'],
    [{ comparator: 'at_least' }, '2', '2'],
    [{ value: '1', comparator: 'more_than' }, '2', '2'],
  ])('of %o agrees', async (fields, value, rounded) => {
    const figure = await created(api, PATH, aFigure(fields));
    expect(figure).toMatchObject({ agrees: true, reasons: [], computed: { value, rounded } });
  });

  it.each([
    [{ value: '3' }, '-1', []],
    [{ comparator: 'more_than' }, '0', []],
    [{ value: '3', comparator: 'at_least' }, '-1', []],
    [{ measure: 'operatingRate', value: '51', unit: 'percent', comparator: 'exact' }, '-1', []],
    [{ measure: 'totalInvestment', value: '450', unit: 'billionYuan' }, '-445.5', ['unit_slip']],
    [
      { measure: 'productionRate', value: '1', unit: 'percent', event: null, filter: 'event=none&q=nothing' },
      null,
      ['not_computable'],
    ],
    [{ measure: 'daysToProduction:mean', value: '1', unit: 'days' }, null, ['not_computable']],
  ])('of %o does not', async (fields, difference, codes) => {
    const figure = await created(api, PATH, aFigure(fields));
    expect(figure).toMatchObject({ agrees: false, difference });
    expect(figure.reasons.map(({ code }: Body) => code)).toEqual(codes);
    for (const { zh, en } of figure.reasons) expect(`${zh} ${en}`).not.toMatch(/[{}]/);
  });

  it('stores its filter in canonical form', async () => {
    const figure = await created(
      api,
      PATH,
      aFigure({ filter: '?started=true&region=430100&industry=C&region=430200' }),
    );
    expect(figure.filter).toBe('region=430100,430200&industry=C&started=true');
  });

  it('cannot be computed if a sum is too large, unlike others of its scope', async () => {
    const code = `edition-${++made}`;
    await created(api, '/v1/events', { code, name: code, startsOn: '2020-06-29', endsOn: '2020-06-30' });
    const project = aProject({ event: code, investmentYuan: 1_000_000_000_000 });
    await created(api, '/v1/projects', project);
    const { insertCopies } = await import('../support/world.ts');
    await insertCopies(api, { code: project.code }, 9_007);
    const about = { event: code, asOf: '2022-08-31' };
    const sum = await created(
      api,
      PATH,
      aFigure({ ...about, measure: 'totalInvestment', value: '9008000', unit: 'billionYuan' }),
    );
    expect(sum).toMatchObject({ agrees: false, computed: { value: null, raw: null } });
    expect(sum.reasons).toMatchObject([{ code: 'not_computable' }]);
    expect(await created(api, PATH, aFigure({ ...about, value: '9008' }))).toMatchObject({ agrees: true });
  });
});

describe('a figure of outreach', () => {
  const units: Record<string, string> = { rate: 'percent', yuan: 'yuan' };

  beforeAll(async () => {
    await anEdition();
    const met = { event, channel: 'exhibition', contactedOn: '2022-08-01' };
    for (const guestLevel of ['group_president', 'china_vice_president', 'manager']) {
      const { id } = await created(api, '/v1/enterprises', { name: `企业 ${guestLevel} ${made}` });
      await created(api, '/v1/contacts', { ...met, enterprise: id, guestLevel, signedOn: '2022-08-31' });
    }
    await created(api, '/v1/delegations', { event, zone: 'changsha-etdz', sentOn: '2022-08-31' });
  });

  it.each(sources.outreach.figures.map(({ name, kind }) => [name, kind]))(
    '%s equals the one in the response of the event',
    async (measure, kind) => {
      const unit = units[kind] ?? kind;
      const figure = await created(api, PATH, aFigure({ measure, unit, value: '3', comparator: 'at_least' }));
      expect(figure.links.figures).toBe(`/v1/events/${event}/outreach?asOf=2022-08-31`);
      const raw = (await api.get(figure.links.figures)).body[measure];
      const value =
        raw.yuan ?? (raw.denominator === undefined ? raw : (100 * raw.numerator) / raw.denominator);
      expect(figure.computed).toMatchObject({ raw, value: String(value) });
      expect(figure.agrees).toBe(value >= 3);
    },
  );

  it('requires an event, and accepts no filter', async () => {
    const senior = aFigure({ measure: 'seniorGuestCount', unit: 'guests' });
    const faults: [string, string][] = [
      ['/event', 'needs_event'],
      ['/filter', 'not_of_projects'],
    ];
    const both = { ...senior, event: null, filter: 'industry=C' };
    expectProblem(await api.post(PATH, both), 422, 'request.invalid', faults);
    expect((await created(api, PATH, senior)).computed.value).toBe('2');
    const day = { ...senior, asOf: '2022-07-31', value: '0' };
    expect(await created(api, PATH, day)).toMatchObject({ agrees: true, computed: { raw: 0 } });
  });

  it('has a name that differs from all measures of the summary', () => {
    expect(measureNames).toEqual([...new Set(measureNames)]);
  });
});

describe('changing a published figure', () => {
  let url: string;
  beforeAll(async () => {
    await anEdition();
    url = `${PATH}/${(await created(api, PATH, aFigure({ value: '2.0' }))).id}`;
  });

  it('recomputes it, and an implied precision follows the value', async () => {
    const changed = await api.patch(url, { measure: 'operatingRate', unit: 'percent', value: '50.00' });
    expect(changed.body).toMatchObject({ agrees: true, precision: 2, computed: { rounded: '50.00' } });
    expect(changed.etag).toBe((await api.get(url)).etag);
    expect((await api.patch(url, { precision: 3 })).body.precision).toBe(3);
    expect((await api.patch(url, { value: '50.1' })).body).toMatchObject({ agrees: false, precision: 3 });
  });

  it('merges the source, and clears with null', async () => {
    await api.patch(url, { source: { title: '标题', url: 'https://example.org/a' }, note: '备注' });
    const { body } = await api.patch(url, { source: { title: null }, note: null });
    expect(body).toMatchObject({
      source: { title: null, ...source, url: 'https://example.org/a' },
      note: null,
    });
  });

  it('without differences writes nothing', async () => {
    const before = await api.get(url);
    const { seq } = await api.database.revision();
    const same = await api.patch(url, { value: before.body.value });
    expect(same).toMatchObject({ status: 200, body: before.body, etag: before.etag });
    expect((await api.database.revision()).seq).toBe(seq);
  });

  it('requires the ETag of what was read, which covers the computed value', async () => {
    expectProblem(await api.patch(url, { note: 'x' }, {}), 428, 'request.if_match_required');
    const before = await api.get(url);
    expect((await api.get(url, { 'if-none-match': before.etag })).status).toBe(304);
    await created(api, '/v1/projects', aProject({ event }));
    const late = await api.patch(url, { note: 'x' }, { 'if-match': before.etag });
    expectProblem(late, 412, 'request.changed_meanwhile');
    const now = await api.get(url, { 'if-none-match': before.etag });
    expect(now).toMatchObject({ status: 200, etag: late.etag });
    const deleted = await api.delete(url, { 'if-match': before.etag });
    expectProblem(deleted, 412, 'request.changed_meanwhile');
    expect((await api.patch(url, { note: 'x' }, { 'if-match': late.etag })).status).toBe(200);
  });

  it('by two clients concurrently succeeds for one', async () => {
    const { etag } = await api.get(url);
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((note) => api.patch(url, { note }, { 'if-match': etag })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    const both = await Promise.all(['d', 'e'].map((note) => api.patch(url, { note }, { 'if-match': '*' })));
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('is logged, and so is its deletion', async () => {
    const figure = await created(api, PATH, aFigure());
    const own = `${PATH}/${figure.id}`;
    await api.patch(own, { value: '3' });
    expect((await api.delete(own)).status).toBe(204);
    expectProblem(await api.get(own), 404, 'published_figures.not_found');
    expectProblem(await api.patch(own, {}, { 'if-match': '*' }), 404, 'published_figures.not_found');
    const { items } = (await api.get(`${own}/history`)).body;
    expect(items.map(({ action }: Body) => action)).toEqual(['delete', 'change', 'create']);
    expect(items[1].fields).toEqual({ value: { before: '2', after: '3' } });
  });
});

describe('a repeated POST', () => {
  beforeAll(anEdition);

  it('adds no second figure', async () => {
    const headers = { 'idempotency-key': 'once' };
    const first = await api.post(PATH, aFigure(), headers);
    const again = await api.post(PATH, aFigure(), headers);
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((await api.get(`${PATH}?event=${event}`)).body.page.total).toBe(1);
  });
});

describe('refusals', () => {
  let whole: Body;
  let part: Body;
  beforeAll(async () => {
    await anEdition();
    whole = await created(api, PATH, aFigure());
    part = await created(api, PATH, aFigure({ value: '1', partOf: whole.id }));
  });

  describe('of a figure', () => {
    changesNothing(() => api);

    const tooOften = Array.from({ length: 101 }, (_, i) => `P${i}`).join();
    it.each([
      [{ value: undefined }, '/value', 'required'],
      [{ measure: undefined }, '/measure', 'required'],
      [{ source: undefined }, '/source', 'required'],
      [{ asOf: undefined }, '/asOf', 'required'],
      [{ value: 2 }, '/value', 'wrong_type'],
      [{ value: '2,978.8' }, '/value', 'not_a_printed_number'],
      [{ value: '２' }, '/value', 'not_a_printed_number'],
      [{ value: '02' }, '/value', 'not_a_printed_number'],
      [{ value: '-0.0' }, '/value', 'not_a_printed_number'],
      [{ value: '1e3' }, '/value', 'not_a_printed_number'],
      [{ value: '.5' }, '/value', 'not_a_printed_number'],
      [{ value: '083.4' }, '/value', 'not_a_printed_number'],
      [{ value: '-0' }, '/value', 'not_a_printed_number'],
      [{ value: '1'.repeat(19) }, '/value', 'not_a_printed_number'],
      [{ value: '1.12345678901' }, '/value', 'not_a_printed_number'],
      [{ measure: 'daysToStart' }, '/measure', 'not_a_choice'],
      [{ unit: 'billionYuan' }, '/unit', 'unit_of_other_measure'],
      [{ measure: 'operatingRate' }, '/unit', 'unit_of_other_measure'],
      [{ unit: 'dollars' }, '/unit', 'not_a_choice'],
      [{ value: '2.5', precision: 0 }, '/precision', 'finer_than_precision'],
      [{ value: '319', precision: -1 }, '/precision', 'finer_than_precision'],
      [{ value: '300', precision: -3 }, '/precision', 'finer_than_precision'],
      [{ precision: 11 }, '/precision', 'too_large'],
      [{ comparator: 'over' }, '/comparator', 'not_a_choice'],
      [{ asOf: '2026-11-23' }, '/asOf', 'after_today'],
      [{ asOf: '2026-02-30' }, '/asOf', 'not_a_day'],
      [{ source: { ...source, publishedOn: '2026-11-23' } }, '/source/publishedOn', 'after_today'],
      [{ source: { publishedOn: '2022-11-03' } }, '/source/publisher', 'required'],
      [{ source: { ...source, url: 'javascript:alert(1)' } }, '/source/url', 'not_a_url'],
      [{ source: { ...source, url: 'example.org' } }, '/source/url', 'not_a_url'],
      [{ source: { ...source, page: 1 } }, '/source/page', 'unknown_field'],
      [{ event: 'unheard-of' }, '/event', 'unknown_reference'],
      [{ partOf: '0190a1b2-0000-7000-8000-00000000ffff' }, '/partOf', 'unknown_reference'],
      [{ partOf: 'whole' }, '/partOf', 'not_an_id'],
      [{ filter: '' }, '/filter', 'empty'],
      [{ filter: '&' }, '/filter', 'empty'],
      [{ filter: 'colour=red' }, '/filter', 'unknown_filter_parameter'],
      [{ filter: 'asOf=2020-01-01' }, '/filter', 'unknown_filter_parameter'],
      [{ filter: 'region=9' }, '/filter', 'bad_filter_parameter'],
      [{ filter: 'minInvestment=-1' }, '/filter', 'bad_filter_parameter'],
      [{ filter: `code=${tooOften}` }, '/filter', 'bad_filter_parameter'],
      [{ filter: 'event=none' }, '/filter', 'event_given_twice'],
      [{ agrees: true }, '/agrees', 'read_only'],
      [{ computed: {} }, '/computed', 'read_only'],
      [{ colour: 'red' }, '/colour', 'unknown_field'],
    ])('%o', async (fields, pointer, code) => {
      expectProblem(await api.post(PATH, aFigure(fields)), 422, 'request.invalid', [[pointer, code]]);
      if (Object.values(fields)[0] === undefined || pointer === '/source/publisher') return;
      const answer = await api.patch(`${PATH}/${part.id}`, fields);
      expectProblem(answer, 422, 'request.invalid', [[pointer, code]]);
    });

    it('state the format of a printed number, and the longest one is accepted', async () => {
      const said = async (language: string): Promise<string> => {
        const answer = await api.post(PATH, aFigure({ value: '083.4' }), { 'accept-language': language });
        return answer.body.errors[0].message;
      };
      expect(await said('en')).toMatch(
        /18 digits before the decimal point and 10 after it, no leading zeros/,
      );
      expect(await said('zh')).toMatch(/整数部分最多 18 位，小数部分最多 10 位，不带前导零/);
      const sound = { value: `-${'9'.repeat(18)}.${'9'.repeat(10)}`, unit: 'nothing' };
      const faults: [string, string][] = [['/unit', 'not_a_choice']];
      expectProblem(await api.post(PATH, aFigure(sound)), 422, 'request.invalid', faults);
    });

    it('state which parameters of the filter are invalid, and why', async () => {
      const filter = 'colour=red&shape=round&region=9&signedYear=20';
      const zh = await api.post(PATH, aFigure({ filter }), { 'accept-language': 'zh' });
      expect(zh.body.errors.map(({ message }: Body) => message)).toEqual([
        '含有筛选条件中不存在的参数：colour, shape',
        '筛选条件有误：region 应为 GB/T 2260 六位行政区划代码; signedYear 应为年份，如 2020',
      ]);
    });

    it('of a figure that would be part of itself', async () => {
      const circles = [
        [whole.id, part.id],
        [whole.id, whole.id],
        [part.id, part.id],
      ];
      for (const [id, partOf] of circles) {
        const answer = await api.patch(`${PATH}/${id}`, { partOf });
        expectProblem(answer, 422, 'request.invalid', [['/partOf', 'circular']]);
      }
    });

    it('of deleting a figure with parts', async () => {
      const answer = await api.delete(`${PATH}/${whole.id}`);
      expectProblem(answer, 409, 'published_figures.referenced');
      expect(answer.body.detail).toContain('1 published figure refers to it');
    });

    it('of deleting an event with figures', async () => {
      expectProblem(await api.delete(`/v1/events/${event}`), 409, 'events.referenced');
    });
  });

  it('of a list', async () => {
    for (const [query, parameter, code] of [
      ['limit=51', 'limit', 'too_large'],
      ['measure=nothing', 'measure', 'not_a_choice'],
      ['sort=value', 'sort', 'not_sortable'],
      ['asOf=2020-01-01', 'asOf', 'unknown_parameter'],
    ]) {
      const answer = await api.get(`${PATH}?${query}`);
      expectProblem(answer, 422, 'request.invalid', [[parameter as string, code as string]]);
    }
  });
});

describe('the list', () => {
  beforeAll(anEdition);

  it('has every figure once, for any page size, order and filter', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 7; i++) {
      const asOf = `2022-08-${String(30 - (i % 3))}`;
      ids.push((await created(api, PATH, aFigure({ asOf, value: String(i) }))).id);
    }
    await created(api, PATH, aFigure({ event: null }));
    await created(api, PATH, aFigure({ measure: 'startedCount', partOf: ids[0] }));
    for (const sort of ['id', '-asOf', 'measure,asOf']) {
      const seen: Body[] = [];
      let url: string | null = `${PATH}?event=${event}&measure=projectCount&limit=3&sort=${sort}`;
      while (url) {
        const { body, headers } = await api.get(url);
        expect(body.page).toMatchObject({ total: 7, limit: 3 });
        seen.push(...body.items);
        url = /<([^>]+)>/.exec(String(headers.link ?? ''))?.[1] ?? null;
      }
      expect(seen.map(({ id }) => id).sort()).toEqual(ids.toSorted());
      for (const { value, agrees } of seen) expect(agrees).toBe(value === '2');
    }
    expect((await api.get(`${PATH}?partOf=${ids[0]}`)).body.page.total).toBe(1);
  });

  it('is 304 until something changes', async () => {
    const before = await api.get(PATH);
    expect((await api.get(PATH, { 'if-none-match': before.etag })).status).toBe(304);
    await created(api, '/v1/projects', aProject({ event }));
    expect((await api.get(PATH, { 'if-none-match': before.etag })).status).toBe(200);
  });
});
