import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';
import { readCsv, readXlsx, tableOf } from './support.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
  const project = (region: string | null, fields = {}) =>
    created(api, '/v1/projects', aProject({ region, contractedFundsYuan: 50_000_001, ...fields }));
  const first = await project('430100', {
    startedOn: '2020-06-01',
    productionOn: '2020-08-01',
    investmentYuan: 297_880_000_000,
  });
  await created(api, `/v1/projects/${first.id}/funds`, { receivedOn: '2020-07-01', amountYuan: 70_000_000 });
  await created(api, `/v1/projects/${first.id}/funds`, { receivedOn: '2020-09-01', amountYuan: -10_000_000 });
  await project('430121');
  await project('430200', { startedOn: '2020-07-15', registeredOn: '2020-07-01' });
  await project(null, { signedOn: '2020-10-02' });
});
afterAll(() => api.close());

type Language = 'zh' | 'en';
const SHIFT = { yuan: 0, wan: 4, yi: 8 };
const words = {
  zh: { parts: ['分子', '分母', '已知项目数', '项目数', '中位数', '平均数'], colon: '：' },
  en: {
    parts: ['numerator', 'denominator', 'projects where known', 'projects', 'median', 'mean'],
    colon: ': ',
  },
};
const units = {
  zh: { yuan: '(元)', wan: '(万元)', yi: '(亿元)' },
  en: { yuan: ' (yuan)', wan: ' (10 thousand yuan)', yi: ' (100 million yuan)' },
};

const inYuan = (text: string | undefined, unit: keyof typeof SHIFT): number | string =>
  text === undefined ? 'no such column' : Math.round(Number(`${text}e${SHIFT[unit]}`));
const numberOf = (text: string | undefined) =>
  text === undefined ? 'no such column' : text === '' ? null : Number(text);

/** Compares a row with a response, by the names in the definitions. */
function expectFigures(
  row: Record<string, string>,
  body: Body,
  definitions: Body[],
  language: Language,
  unit: keyof typeof SHIFT,
) {
  const [numerator, denominator, known, count, median, mean] = words[language].parts;
  const { colon } = words[language];
  const suffix = units[language][unit];
  for (const { name, unit: kind, label } of definitions) {
    const [heading, figure] = [label[language], body[name]];
    if (kind === 'projects') expect(numberOf(row[heading]), name).toBe(figure);
    if (kind === 'yuan') expect(inYuan(row[heading + suffix], unit), name).toBe(figure.yuan);
    if (name === 'contractedFunds') expect(numberOf(row[heading + colon + known])).toBe(figure.knownCount);
    if (kind === 'rate') {
      const part = (word: string | undefined) => {
        const plain = row[`${heading}${colon}${word}`];
        return plain === undefined ? inYuan(row[`${heading}${colon}${word}${suffix}`], unit) : Number(plain);
      };
      expect(part(numerator), name).toBe(figure.numerator);
      expect(part(denominator), name).toBe(figure.denominator);
      expect(numberOf(row[`${heading} (%)`]), name).toBe(figure.percent);
    }
    if (kind === 'days') {
      expect(numberOf(row[heading + colon + count]), name).toBe(figure.count);
      expect(numberOf(row[heading + colon + median]), name).toBe(figure.median);
      expect(numberOf(row[heading + colon + mean]), name).toBe(figure.mean);
    }
  }
}

const texts = (row: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cell === null ? '' : String(cell)]));

/** The table in either format, with all cells as text. */
async function tableFrom(url: string, format: 'csv' | 'xlsx'): Promise<Record<string, string>[]> {
  const answer = await api.get(`${url}&format=${format}`);
  expect(answer.status).toBe(200);
  return format === 'csv' ? readCsv(answer) : tableOf(await readXlsx(answer)).map(texts);
}

describe.each(['csv', 'xlsx'] as const)('statistics as %s', (format) => {
  describe.each([
    ['zh', 'yi'],
    ['en', 'yuan'],
    ['en', 'wan'],
  ] as const)('in %s and %s', (language, unit) => {
    const options = `lang=${language}&unit=${unit}&asOf=2020-12-31`;
    const definitions = async () => (await api.get('/v1/statistics/definitions')).body.measures;

    it('have the figures of the summary', async () => {
      const { body } = await api.get('/v1/statistics/summary?asOf=2020-12-31');
      const [row, ...others] = await tableFrom(`/v1/statistics/summary?${options}`, format);
      expect(others).toEqual([]);
      expectFigures(row as never, body, await definitions(), language, unit);
    });

    it('have the figures of each group of a breakdown, and the total last', async () => {
      const query = 'by=region,level&sort=region';
      const { body } = await api.get(`/v1/statistics/breakdown?${query}&asOf=2020-12-31`);
      const rows = await tableFrom(`/v1/statistics/breakdown?${query}&${options}`, format);
      const groups = [...body.items, { ...body.total, groups: null }];
      expect(groups).toHaveLength(4);
      expect(rows).toHaveLength(groups.length);
      const [heading, codes] = language === 'zh' ? ['市州', '市州代码'] : ['prefecture', 'prefecture code'];
      for (const [i, row] of rows.entries()) {
        const { groups: group, ...figures } = groups[i];
        const named = language === 'zh' ? group?.region.name : group?.region.nameEn;
        const [none, total] = language === 'zh' ? ['无', '合计'] : ['none', 'Total'];
        expect(row[heading]).toBe(group === null ? total : (named ?? none));
        expect(row[codes]).toBe(group?.region.code ?? '');
        expectFigures(row, figures, await definitions(), language, unit);
      }
    });

    it('have the periods of a timeline', async () => {
      const { body } = await api.get('/v1/statistics/timeline?interval=month&asOf=2020-12-31');
      const rows = await tableFrom(`/v1/statistics/timeline?interval=month&${options}`, format);
      const name = {
        zh: ['当期：', '累计：', '开工数', '到位资金', '期间', '开工率'],
        en: ['during: ', 'cumulative: ', 'started', 'funds in place', 'period', 'operating rate'],
      };
      const [during, cumulative, started, funds, period, rate] = name[language] as string[];
      expect(rows.length).toBe(body.items.length);
      expect(rows.length).toBe(7);
      for (const [i, item] of body.items.entries()) {
        const row = rows[i] as Record<string, string>;
        expect(row[period as string]).toBe(item.period);
        expect(numberOf(row[`${during}${started}`])).toBe(item.during.startedCount);
        expect(numberOf(row[`${cumulative}${started}`])).toBe(item.cumulative.startedCount);
        const suffix = units[language][unit];
        expect(inYuan(row[`${during}${funds}${suffix}`], unit)).toBe(item.during.fundsInPlace.yuan);
        expect(numberOf(row[`${cumulative}${rate} (%)`])).toBe(item.cumulative.operatingRate.percent);
      }
    });

    it.each(['operatingRate', 'fundsInPlaceRate'])(
      'have one row per age of each cohort: %s',
      async (measure) => {
        const query = `by=signedYear&step=month&measure=${measure}`;
        const { body } = await api.get(`/v1/statistics/cohorts?${query}&asOf=2020-12-31`);
        const rows = await tableFrom(`/v1/statistics/cohorts?${query}&${options}`, format);
        const lines = body.items.flatMap(({ group, projectCount, ages }: Body) =>
          ages.map((age: Body) => ({ code: group.code, projectCount, ...age })),
        );
        expect(lines).toHaveLength(7);
        expect(rows).toHaveLength(lines.length);
        const [code, count, age, reached, complete, ...said] = {
          zh: [
            '签约年份代码',
            '项目总数',
            '签约后时长（月）',
            '已满该时长的项目数',
            '是否全部已满',
            '否',
            '是',
          ],
          en: [
            'year of signing code',
            'projects of the cohort',
            'age (months)',
            'projects that have reached the age',
            'complete',
            'no',
            'yes',
          ],
        }[language] as [string, string, string, string, string, string, string];
        const heading = (await definitions()).find(({ name }: Body) => name === measure).label[language];
        for (const [i, row] of rows.entries()) {
          const line = lines[i];
          expect(row[code]).toBe(line.code);
          expect(numberOf(row[count])).toBe(line.projectCount);
          expect(numberOf(row[age])).toBe(line.age);
          expect(numberOf(row[reached])).toBe(line.reachedCount);
          expect(row[complete]).toBe(said[Number(line.complete)]);
          expect(numberOf(row[`${heading} (%)`])).toBe(line.percent);
          const { parts, colon } = words[language];
          const ofMoney = measure === 'fundsInPlaceRate';
          for (const [word, part] of [
            [parts[0], 'numerator'],
            [parts[1], 'denominator'],
          ] as const) {
            const name = `${heading}${colon}${word}`;
            const value = ofMoney ? inYuan(row[name + units[language][unit]], unit) : numberOf(row[name]);
            expect(value, name).toBe(line[part]);
          }
        }
      },
    );
  });
});

it.each([
  ['breakdown?by=region&', 4, 5],
  ['timeline?interval=year&', 2, 2],
])('the xlsx of %s has a filter on each heading down to row %i of %i', async (url, last, rows) => {
  const answer = await api.get(`/v1/statistics/${url}asOf=2020-12-31&lang=zh&format=xlsx`);
  const sheet = await readXlsx(answer);
  expect(sheet.rowCount).toBe(rows);
  expect(sheet.autoFilter).toBe(`A1:${sheet.getRow(last).getCell(sheet.columnCount).address}`);
  // The total is outside the range of filters and sorting.
  if (rows > last) expect(sheet.getCell(`A${rows}`).value).toBe('合计');
  expect(sheet.views[0]).toMatchObject({ state: 'frozen', ySplit: 1 });
  expect(sheet.pageSetup).toMatchObject({ orientation: 'landscape', fitToWidth: 1, printTitlesRow: '1:1' });
  const again = await api.get(`/v1/statistics/${url}asOf=2020-12-31&lang=zh&format=xlsx`);
  expect(again.bytes.equals(answer.bytes)).toBe(true);
});

it('files and JSON of statistics are cached separately', async () => {
  const url = '/v1/statistics/summary';
  for (const _ of [1, 2]) {
    expect((await api.get(url)).headers['content-type']).toMatch(/json/);
    expect((await api.get(url, { accept: 'text/csv' })).headers['content-type']).toMatch(/csv/);
    expect(
      (await api.get(url, { accept: 'application/json, text/plain, */*' })).headers['content-type'],
    ).toMatch(/json/);
  }
  const [json, csv] = [await api.get(url), await api.get(url, { accept: 'text/csv' })];
  expect(csv.etag).not.toBe(json.etag);
  expect(await api.get(url, { accept: 'text/csv', 'if-none-match': csv.etag })).toMatchObject({
    status: 304,
  });
  expect(await api.get(url, { accept: 'text/csv', 'if-none-match': json.etag })).toMatchObject({
    status: 200,
  });
  expect(csv.headers['content-disposition']).toMatch(/summary-2026-11-22-r\d+\.csv/);
});

it.each([
  ['summary?', '汇总'],
  ['breakdown?by=region&', '分组'],
  ['timeline?', '时间序列'],
  ['cohorts?', '同龄比较'],
])('%s as a file is named %s in Chinese, as is its worksheet', async (url, name) => {
  const answer = await api.get(`/v1/statistics/${url}format=xlsx&lang=zh&asOf=2020-12-31&event=hyrd-2020`);
  const [plain] = url.split('?');
  const rest = `-hyrd-2020-2020-12-31-r${(await api.database.revision()).seq}.xlsx`;
  expect(answer.headers['content-disposition']).toBe(
    `attachment; filename=${plain}${rest}; filename*=UTF-8''${encodeURIComponent(name)}${rest}`,
  );
  expect((await readXlsx(answer)).name).toBe(name);
});
