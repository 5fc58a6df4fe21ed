/** Reports with typical mistakes: each is detected, with the computed value. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clockIn } from '../../src/core/clock.ts';
import { addressOf } from '../../src/features/published/answers.ts';
import {
  type LaterChange,
  type LaterChanges,
  laterChanges,
} from '../../src/features/published/later-changes.ts';
import { changedSinceReason } from '../../src/features/published/reasons.ts';
import type { FigureRow } from '../../src/features/published/repository.ts';
import { scopeOf } from '../../src/features/published/scope.ts';
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

describe('changes since the publication', () => {
  const moments: Record<string, number> = {};
  let started: Body;
  const project = async (i: number): Promise<string> =>
    `/v1/projects/${(await api.get(`/v1/projects?code=TRAP-${i}`)).body.items[0].id}`;
  const changedSince = async ({ id }: Body): Promise<Body> =>
    (await api.get(`${PATH}/${id}`)).body.reasons.find(({ code }: Body) => code === 'changed_since')?.changes;
  const mark = async (name: string) => {
    moments[name] = (await api.database.revision()).seq;
  };

  it('do not include the day itself', async () => {
    started = await figure({ measure: 'startedCount', value: '8' });
    api.clock.set('2030-01-10T15:59:59.999Z');
    await api.patch(await project(7), { startedOn: null });
    expect((await api.get(`${PATH}/${started.id}`)).body).toMatchObject({ agrees: false, reasons: [] });
  });

  it('are reported from midnight on, if they affect the figure', async () => {
    api.clock.set('2030-01-10T16:00:00Z');
    await api.patch(await project(8), { startedOn: AS_OF });
    await mark('reached');
    await api.patch(await project(6), { startedOn: null });
    await mark('left');
    // None of these affects the number of projects started by the day.
    await api.patch(await project(9), { startedOn: '2030-01-09' });
    await api.patch(await project(5), { startedOn: '2020-10-01' });
    await api.patch(await project(5), { note: '备注', investmentYuan: 5 });
    await created(api, `${await project(5)}/funds`, { receivedOn: '2021-01-01', amountYuan: 1 });
    await created(api, '/v1/projects', aProject({ startedOn: '2020-09-15' }));
    await created(api, '/v1/projects', aProject({ event, signedOn: '2030-01-09' }));
    const { total, complete, since, items } = await changedSince(started);
    expect({ total, complete, since }).toEqual({
      total: 2,
      complete: true,
      since: '2030-01-10T16:00:00.000Z',
    });
    expect(items).toMatchObject([
      { seq: moments.reached, action: 'change', code: 'TRAP-8', fields: ['startedOn'] },
      { seq: moments.left, action: 'change', code: 'TRAP-6', fields: ['startedOn'] },
    ]);
  });

  it('include projects that were created, archived or moved to another event', async () => {
    await api.delete(await project(0));
    await created(api, '/v1/projects', aProject({ event, code: 'TRAP-NEW' }));
    await api.patch(await project(1), { event: null });
    const { total, items } = await changedSince(started);
    expect(total).toBe(5);
    expect(items.slice(2)).toMatchObject([
      { action: 'archive', code: 'TRAP-0', fields: [] },
      { action: 'create', code: 'TRAP-NEW', fields: [] },
      { action: 'change', code: 'TRAP-1', fields: ['event'] },
    ]);
  });

  it('include projects that left a filter, in their earlier state', async () => {
    const large = await figure({ filter: 'minInvestment=1050000000', value: '8' });
    await api.patch(await project(5), { region: '430100' });
    await api.patch(await project(10), { investmentYuan: 1_060_000_000 });
    await api.patch(await project(11), { investmentYuan: 1_000 });
    const { items } = await changedSince(large);
    const codes = items.map(({ code, action, fields }: Body) => [action, code, ...fields]);
    // TRAP-5 had 1.05 billion until it was changed to 5 yuan; TRAP-1 had 1.01 billion, and was never
    // selected.
    expect(codes).toEqual([
      ['change', 'TRAP-5', 'investmentYuan'],
      ['change', 'TRAP-10', 'investmentYuan'],
      ['change', 'TRAP-11', 'investmentYuan'],
    ]);
  });

  it('include the ledger of funds, by the day of the figure', async () => {
    const funds = await figure({ measure: 'fundsInPlace', value: '9', unit: 'yuan' });
    const url = `${await project(2)}/funds`;
    await created(api, url, { receivedOn: '2030-01-09', amountYuan: 7 });
    await created(api, url, { receivedOn: AS_OF, amountYuan: 7 });
    const { items } = await changedSince(funds);
    expect(items.filter(({ action }: Body) => action === 'add_funds')).toMatchObject([
      { code: 'TRAP-5', fields: ['fundsEntry'] },
      { code: 'TRAP-2', fields: ['fundsEntry'] },
    ]);
  });

  it('are limited to 20, with their total', async () => {
    for (let i = 0; i < 25; i++) await created(api, '/v1/projects', aProject({ event, code: `MORE-${i}` }));
    const { total, items } = await changedSince(started);
    expect([total, items.length]).toEqual([30, 20]);
  });

  it('are searched in a limited number of log entries, and marked if incomplete', async () => {
    const { seq: head } = await api.database.revision();
    const question = {
      filter: scopeOf({ event, filter: null }),
      asOf: AS_OF,
      reads: [{ field: 'startedOn', how: 'by' as const }],
      since: '2030-01-10T16:00:00.000Z',
      afterSeq: 0,
    };
    const within = (window: number, entries = 2_000): Promise<LaterChanges> =>
      laterChanges(api.database.read, head, question, { window, entries, suspects: 256 });
    const all = await within(head);
    expect(all).toMatchObject({ complete: true, total: 30 });
    const [first, second] = all.items as [LaterChange, LaterChange];
    // The first later entry is also the first change.
    const ofWindow = async (window: number) => {
      const { complete, items } = await within(window);
      return [complete, ...items.map(({ seq }) => seq)];
    };
    expect(await ofWindow(1)).toEqual([false, first.seq]);
    expect(await ofWindow(second.seq - first.seq)).toEqual([false, first.seq]);
    expect(await ofWindow(second.seq - first.seq + 1)).toEqual([false, first.seq, second.seq]);
    expect((await within(head - first.seq)).complete).toBe(false);
    expect(await within(head - first.seq + 1)).toEqual(all);
    expect((await within(head, 1)).complete).toBe(true);
  });

  it('are described as incomplete if not all were searched', () => {
    const changes = { since: '2030-01-10T16:00:00.000Z', total: 3, complete: true, items: [] };
    const { en, zh } = changedSinceReason({ ...changes, complete: false }, '2030-01-11', false);
    expect(en).toBe(
      'Changes affecting the figure since it was published, from 2030-01-11 on: 3 (only part of the log was examined).',
    );
    expect(zh).toBe('公布之后，自 2030-01-11 起，其计算所依据的数据变更 3 处（仅查看了变更日志的一部分）。');
    const { en: whole } = changedSinceReason(changes, '2030-01-11', false);
    expect(whole).toMatch(/since it was published, from 2030-01-11 on: 3\.$/);
  });

  it('of a figure older than the log are reported from its own entry on', async () => {
    const old = await figure({
      value: '999',
      source: { publisher: '商务厅', publishedOn: '2022-11-03' },
    });
    expect((await api.get(`${PATH}/${old.id}`)).body.reasons).toEqual([]);
    await created(api, '/v1/projects', aProject({ event, code: 'TRAP-LATE' }));
    expect((await changedSince(old)).items).toMatchObject([{ code: 'TRAP-LATE' }]);
    const [{ en, zh }] = (await api.get(`${PATH}/${old.id}`)).body.reasons;
    expect(en).toMatch(/since it was entered here, from 2030-01-11 on: 1\.$/);
    expect(zh).toMatch(/^录入本系统之后，自 2030-01-11 起/);
    const [{ en: since }] = (await api.get(`${PATH}/${started.id}`)).body.reasons;
    expect(since).toMatch(/since it was published, from 2030-01-11 on: /);
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
