/** Reports with typical mistakes: each is detected, with the computed value. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clockIn } from '../../src/core/clock.ts';
import { addressOf } from '../../src/features/published/answers.ts';
import type { FigureRow } from '../../src/features/published/repository.ts';
import { publishedService } from '../../src/features/published/service.ts';
import { columnsOf } from '../../src/workers/works.ts';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';

const PATH = '/v1/published-figures';
const AS_OF = '2030-01-08';
const PUBLISHED = '2030-01-10';
const event = 'trap';

let api: TestApp;
beforeAll(async () => {
  // After the seed was written, so that the log starts before the day of publication.
  api = await testApp({ today: PUBLISHED });
  const days = { startsOn: '2020-06-29', endsOn: '2020-06-30' };
  await created(api, '/v1/events', { code: event, name: event, ...days });
  for (let i = 0; i < 12; i++) {
    await created(
      api,
      '/v1/projects',
      aProject({
        event,
        code: `TRAP-${i}`,
        industry: i < 7 ? '39' : '65',
        investmentYuan: 1_000_000_000 + i * 10_000_000,
        startedOn: i < 8 ? '2020-09-15' : null,
      }),
    );
  }
});
afterAll(() => api.close());

/** How many selections and days a reconciliation asks the columns for: at most by one question, and altogether. */
async function selectionsOfQuestions(about: string) {
  const store = columnsOf(api.database);
  const asked: string[][] = [];
  const ask: typeof store.ask = (question, input) => {
    asked.push((input as { rows: FigureRow[] }).rows.map(addressOf));
    return store.ask(question, input);
  };
  await publishedService({ database: api.database, clock: clockIn('Asia/Shanghai') }, { ask }).reconciliation(
    about,
  );
  return { ofEach: Math.max(...asked.map((some) => new Set(some).size)), ofAll: new Set(asked.flat()).size };
}

const figure = (fields: Body): Promise<Body> =>
  created(api, PATH, {
    event,
    measure: 'projectCount',
    unit: 'projects',
    asOf: AS_OF,
    source: { publisher: '商务厅', publishedOn: PUBLISHED },
    ...fields,
  });

describe('a report with mistakes', () => {
  let items: Body[];
  let told: Body;
  beforeAll(async () => {
    await figure({ measure: 'startedCount', value: '8' });
    await figure({ measure: 'operatingRate', value: '66.6', unit: 'percent' });
    await figure({ measure: 'totalInvestment', value: '16.26', unit: 'billionYuan', precision: 2 });
    await figure({ measure: 'totalInvestment', value: '12.66', unit: 'yiYuan' });
    const whole = await figure({ value: '12' });
    await figure({ value: '7', partOf: whole.id, filter: 'industry=C' });
    await figure({ value: '6', partOf: whole.id, filter: 'industry=I' });
    told = (await api.get(`${PATH}/reconciliation?event=${event}`)).body;
    items = told.items;
  });

  const of = (measure: string, value: string): Body =>
    items.find((one) => one.measure === measure && one.value === value);

  it('is counted, with disagreeing figures first, then inconsistent ones', () => {
    expect(told).toMatchObject({ total: 7, agreeing: 3, disagreeing: 4, warned: 1 });
    const rank = ({ agrees, warnings }: Body) => (agrees ? (warnings.length > 0 ? 1 : 2) : 0);
    expect(items.map(rank)).toEqual([0, 0, 0, 0, 1, 2, 2]);
  });

  it('has a truncated percentage', () => {
    expect(of('operatingRate', '66.6')).toMatchObject({
      computed: { value: '66.6666666667', rounded: '66.7', raw: { numerator: 8, denominator: 12 } },
      difference: '0.0666666667',
      reasons: [{ code: 'truncated' }],
    });
  });

  it('has transposed digits, and a wrong unit', () => {
    expect(of('totalInvestment', '16.26')).toMatchObject({
      computed: { value: '12.66' },
      difference: '-3.6',
      reasons: [{ code: 'transposed_digits', en: expect.stringContaining('computed 12.66, printed 16.26') }],
    });
    expect(of('totalInvestment', '12.66')).toMatchObject({
      computed: { value: '126.6' },
      reasons: [{ code: 'unit_slip' }],
    });
  });

  it('has parts that do not add up to a total that is right by itself', () => {
    const whole = of('projectCount', '12');
    expect(whole).toMatchObject({
      agrees: true,
      computed: { value: '12' },
      warnings: [{ code: 'parts_do_not_add_up', sum: '13', difference: '1' }],
    });
    const parts = [of('projectCount', '7'), of('projectCount', '6')];
    expect(whole.warnings[0].parts.toSorted()).toEqual(parts.map(({ id }) => id).sort());
    expect(parts.map(({ agrees, computed }) => [agrees, computed.value])).toEqual([
      [true, '7'],
      [false, '5'],
    ]);
  });

  it('of other events, or of none, is left out', async () => {
    await figure({ event: null, value: '12' });
    expect((await api.get(`${PATH}/reconciliation?event=${event}`)).body.total).toBe(7);
    expect((await api.get(`${PATH}/reconciliation?event=other`)).body).toMatchObject({ total: 0, items: [] });
    expect((await api.get(`${PATH}/reconciliation`)).body.total).toBe(8);
  });
});

describe('a whole printed in another unit than its parts', () => {
  const money = (value: string, unit: string, more: Body = {}) =>
    figure({ measure: 'totalInvestment', value, unit, event: null, ...more });
  const warningsOf = async (whole: Body): Promise<Body[]> =>
    (await api.get(`${PATH}/${whole.id}`)).body.warnings;

  it('is their exact sum', async () => {
    const whole = await money('297.88', 'billionYuan');
    await money('230.81', 'billionYuan', { partOf: whole.id });
    await money('670.7', 'yiYuan', { partOf: whole.id });
    expect(await warningsOf(whole)).toEqual([]);
  });

  it('differs by more than rounding, reported in its own unit', async () => {
    const whole = await money('2978.8', 'yiYuan');
    await money('230.81', 'billionYuan', { partOf: whole.id });
    await money('6717000', 'wanYuan', { partOf: whole.id });
    const [{ sum, difference, parts, en }, ...more] = (await warningsOf(whole)) as [Body, ...Body[]];
    expect([sum, difference, parts.length, more]).toEqual(['2979.8', '1', 2, []]);
    expect(en).toMatch(/^Its 2 parts, as printed, add up to 2979.8: a difference of 1 from/);
  });

  it('with a single part has a message in the singular', async () => {
    const whole = await money('2', 'billionYuan');
    await money('10', 'yiYuan', { partOf: whole.id });
    const [{ en, zh }] = (await warningsOf(whole)) as [Body];
    expect(en).toMatch(/^Its only part, as printed, comes to 1: a difference of -1 from/);
    expect(zh).toMatch(/^所公布的 1 个分项合计为 1，/);
  });

  it.each([
    ['of another measure', { measure: 'contractedFunds' }],
    ['of another day', { asOf: '2030-01-07' }],
    ['that is a bound', { comparator: 'at_least' }],
  ])('is not compared with its parts if it has one %s', async (_, fields) => {
    const whole = await money('3', 'billionYuan');
    await money('1', 'billionYuan', { partOf: whole.id });
    expect(await warningsOf(whole)).toHaveLength(1);
    await money('20', 'yiYuan', { partOf: whole.id, ...fields });
    expect(await warningsOf(whole)).toEqual([]);
  });
});

describe('what was known when a figure was printed', () => {
  let started: Body;
  const project = async (i: number): Promise<string> =>
    `/v1/projects/${(await api.get(`/v1/projects?code=TRAP-${i}`)).body.items[0].id}`;
  const read = async ({ id }: Body): Promise<Body> => (await api.get(`${PATH}/${id}`)).body;

  it('is what is known now, while nothing is entered', async () => {
    started = await figure({ measure: 'startedCount', value: '8' });
    const same = { agrees: true, difference: '0', computed: started.computed, links: started.links };
    expect(started.whenPrinted).toEqual({ known: null, ...same });
  });

  it('includes the day of publication', async () => {
    api.clock.set('2030-01-10T15:59:59.999Z');
    await api.patch(await project(7), { startedOn: null });
    const figure = await read(started);
    expect(figure).toMatchObject({ agrees: false, reasons: [], whenPrinted: { known: null, agrees: false } });
  });

  it('does not include what is entered from midnight on, which is told correction by correction', async () => {
    const known = (await api.database.revision()).seq;
    api.clock.set('2030-01-10T16:00:00Z');
    await api.patch(await project(8), { startedOn: AS_OF });
    await api.patch(await project(9), { note: '无关' });
    const figure = await read(started);
    expect(figure).toMatchObject({
      agrees: true,
      reasons: [],
      computed: { value: '8' },
      whenPrinted: {
        known: { revision: known, at: '2030-01-10T15:59:59.999Z' },
        agrees: false,
        difference: '-1',
        computed: { value: '7', rounded: '7', raw: 7 },
      },
    });
    const { figures, differences } = figure.whenPrinted.links;
    expect((await api.get(figures)).body).toMatchObject({ startedCount: 7, known: { revision: known } });
    expect((await api.get(differences)).body).toMatchObject({
      from: { value: 7 },
      to: { value: 8 },
      items: [{ project: { code: 'TRAP-8' }, cause: 'corrected', contribution: 1 }],
    });
  });

  it('explains a figure that does not agree any more', async () => {
    const large = await figure({ filter: 'minInvestment=1110000000', value: '1' });
    expect(large.whenPrinted).toMatchObject({ agrees: true });
    api.clock.set('2030-01-11T16:00:00Z');
    await api.patch(await project(11), { investmentYuan: 1_000 });
    const { agrees, reasons, whenPrinted } = await read(large);
    expect([agrees, whenPrinted.agrees]).toEqual([false, true]);
    expect(reasons).toEqual([
      {
        code: 'changed_since',
        zh: '数据此后有变更：按公布时掌握的数据，计算值为 1。',
        en: 'The data was changed later: as it was known when the figure was printed, the computed value was 1.',
        link: whenPrinted.links.differences,
      },
    ]);
    const { body } = await api.get(`${PATH}/reconciliation?event=${event}`);
    const { items, agreeingWhenPrinted } = body;
    expect(items).toContainEqual(await read(large));
    expect(agreeingWhenPrinted).toBe(items.filter((item: Body) => item.whenPrinted?.agrees).length);
  });

  it('can be that of another time', async () => {
    const value = { measure: 'startedCount', value: '7' };
    const later = await figure({ ...value, knownAt: '2030-01-12T00:00:00+08:00' });
    expect(later).toMatchObject({ knownAt: '2030-01-11T16:00:00.000Z', whenPrinted: { agrees: false } });
    const earlier = await figure({ ...value, knownAt: '2030-01-10' });
    expect(earlier).toMatchObject({ knownAt: '2030-01-10', agrees: false, whenPrinted: { agrees: true } });
    const changed = await api.patch(`${PATH}/${earlier.id}`, { knownAt: null });
    expect(changed.body).toMatchObject({ knownAt: null, whenPrinted: { agrees: true } });
    for (const [knownAt, code] of [
      ['2030-01-13', 'after_now'],
      ['2030-01-12T00:00:01+08:00', 'after_now'],
      ['2030-01-11T00:00:00', 'not_an_instant'],
      ['2030-02-30', 'not_a_day'],
    ])
      expectProblem(await api.patch(`${PATH}/${earlier.id}`, { knownAt }), 422, 'request.invalid', [
        ['/knownAt', code as string],
      ]);
  });

  it('is nothing if the log begins later', async () => {
    const old = await figure({ value: '999', source: { publisher: '商务厅', publishedOn: '2022-11-03' } });
    expect(old).toMatchObject({ agrees: false, whenPrinted: null, reasons: [] });
  });

  it('is told of days by their mean and their median', async () => {
    const of = (centre: string) =>
      figure({ measure: `daysToStart:${centre}`, value: '78', unit: 'days', knownAt: '2030-01-10' });
    const [mean, median] = [await of('mean'), await of('median')];
    for (const { whenPrinted } of [mean, median])
      expect(whenPrinted.computed.value).toBe(
        `${(await api.get(whenPrinted.links.figures)).body.daysToStart.mean}`,
      );
    expect((await api.get(mean.whenPrinted.links.differences)).status).toBe(200);
  });
});

describe('more figures than can be reconciled together', () => {
  it('are refused, but those of an event are not', async () => {
    const { publishedFigures } = api.database.read.tables;
    const [row] = await api.database.read.select().from(publishedFigures).limit(1);
    await api.database.write(async (tx) => {
      for (let i = 0; i < 10; i++) {
        const rows = Array.from({ length: 100 }, (_, j) => ({
          ...row,
          id: `copy-${i}-${j}`,
          event: null,
          partOf: null,
        }));
        await tx.insert(publishedFigures).values(rows as never);
      }
    });
    const refused = await api.get(`${PATH}/reconciliation`);
    expectProblem(refused, 422, 'published_figures.too_many');
    expect(refused.body.detail).toMatch(/at most 1000/);
    expect((await api.get(`${PATH}/reconciliation?event=${event}`)).status).toBe(200);
  });

  it('are also refused if each has another day, and are found in the list', async () => {
    const about = 'many-days';
    const days = { startsOn: '2020-06-29', endsOn: '2020-06-30' };
    await created(api, '/v1/events', { code: about, name: about, ...days });
    const { publishedFigures } = api.database.read.tables;
    const [row] = await api.database.read.select().from(publishedFigures).limit(1);
    const asOf = (i: number) => new Date(Date.UTC(2029, 0, 1 + i)).toISOString().slice(0, 10);
    const insert = (i: number) =>
      api.database.write(async (tx) => {
        const copy = { ...row, id: randomUUID(), asOf: asOf(i), event: about, filter: null, partOf: null };
        await tx.insert(publishedFigures).values(copy as never);
      });
    for (let i = 0; i < 50; i++) await insert(i);
    // One selection and day needs one summary, for any number of figures.
    await insert(0);
    const path = `${PATH}/reconciliation?event=${about}`;
    const { body } = await api.get(path);
    expect(body).toMatchObject({ total: 51 });
    expect(await selectionsOfQuestions(about)).toEqual({ ofEach: 1, ofAll: 50 });
    await insert(50);
    const refused = await api.get(path);
    expectProblem(refused, 422, 'published_figures.too_many_summaries');
    expect(refused.body.detail).toMatch(/51 selections of projects and days, but at most 50/);
    expect((await api.get(`${PATH}?event=${about}`)).body).toMatchObject({ page: { total: 52, limit: 50 } });
  });
});
