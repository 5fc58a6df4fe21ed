import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { columns } from '../../src/features/projects/sheet.ts';
import { inUnit, type Unit, unitNames } from '../../src/sheets/units.ts';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';
import { asOfDay, filter, queryOf, WORLD_TODAY, world } from '../support/arbitraries.ts';
import { runs } from '../support/runs.ts';
import { PROPERTY, replaceWorld, worldApp } from '../support/world.ts';
import { readCsv, readXlsx, tableOf } from './support.ts';

type Language = 'zh' | 'en';
type Item = Record<string, Body>;

const UNIT_NAMES = {
  zh: {
    yuan: '(元)',
    qian: '(千元)',
    wan: '(万元)',
    baiwan: '(百万元)',
    yi: '(亿元)',
    shiyi: '(十亿元)',
  },
  en: {
    yuan: ' (yuan)',
    qian: ' (thousand yuan)',
    wan: ' (10 thousand yuan)',
    baiwan: ' (million yuan)',
    yi: ' (100 million yuan)',
    shiyi: ' (billion yuan)',
  },
};
const ZEROS = { yuan: 0, qian: 3, wan: 4, baiwan: 6, yi: 8, shiyi: 9 };

/** Converts an amount in a unit to whole yuan by moving the decimal point. */
function yuanOf(text: string, unit: Unit): number {
  const [whole = '', fraction = ''] = text.split('.');
  expect(fraction).not.toMatch(/0$/);
  return Number(whole + fraction.padEnd(ZEROS[unit], '0'));
}

const WORDS: Record<Language, Record<string, string>> = {
  zh: {
    是: 'true',
    否: 'false',
    省级: 'provincial',
    市级: 'municipal',
    县级: 'county',
    已签约: 'signed',
    已注册: 'registered',
    在建: 'under_construction',
    已竣工: 'completed',
    已投产: 'in_production',
    停工: 'suspended',
    已终止: 'terminated',
    逾期未开工: 'start',
    逾期未投产: 'production',
  },
  en: {
    yes: 'true',
    no: 'false',
    'under construction': 'under_construction',
    'in production': 'in_production',
  },
};

/** Converts a row of cell texts back to a project; an empty cell is null. */
function projectOf(row: Record<string, string>, language: Language, unit: Unit): Item {
  const project: Item = {};
  for (const { field, kind, ...names } of columns) {
    const text = row[names[language] + (kind === 'money' ? UNIT_NAMES[language][unit] : '')];
    expect(text, `${field} in ${Object.keys(row)}`).toBeDefined();
    const word = (given: string) => WORDS[language][given] ?? given;
    const readers: Partial<Record<typeof kind, (given: string) => unknown>> = {
      money: (given) => yuanOf(given, unit),
      integer: Number,
      flag: (given) => JSON.parse(word(given)),
      list: (given) => given.split('\n').map(word),
      code: word,
    };
    project[field] = text === '' ? null : (readers[kind] ?? ((given) => given))(text as string);
  }
  return project;
}

/** The expected content of a sheet, computed from the list. */
function expected({ investors, overdue, ...item }: Item, codes: Map<string, string | null>): Item {
  const own = investors.map(({ id }: Item) => codes.get(id) ?? '');
  return {
    ...item,
    investors: investors.length > 0 ? investors.map(({ name }: Item) => name) : null,
    investorCodes: own.some(Boolean) ? own : null,
    overdue: overdue.length > 0 ? overdue : null,
  };
}

const sheets = fc.record({
  language: fc.constantFrom<Language[]>('zh', 'en'),
  unit: fc.constantFrom(...unitNames),
  encoding: fc.constantFrom<('utf-8' | 'gb18030')[]>('utf-8', 'gb18030'),
});

/** All pages of the list. */
async function wholeList(api: TestApp, query: string): Promise<Item[]> {
  const answer = await api.get(`/v1/projects?limit=500&${query}`);
  expect(answer).toMatchObject({ status: 200, body: { page: { nextCursor: null } } });
  return answer.body.items;
}

describe('an export of random projects', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await worldApp();
  });
  afterAll(() => api.close());

  const orders = fc.constantFrom(undefined, '-investmentYuan,name', 'startedOn', '-productionOn,code');

  it('has every field of every project of the list, in its order, in any format', async () => {
    await fc.assert(
      fc.asyncProperty(
        world(30),
        fc.array(fc.tuple(filter(undefined, 2), asOfDay, orders, sheets), { minLength: 2, maxLength: 2 }),
        async (given, questions) => {
          await replaceWorld(api, given);
          const codes = new Map<string, string | null>();
          for (const [filter, asOf, sort, { language, unit, encoding }] of questions) {
            const query = queryOf(filter, { asOf, sort });
            const list = await wholeList(api, query);

            const lines = (await api.get(`/v1/projects?format=ndjson&${query}`)).text.split('\n');
            expect(lines.pop()).toBe('');
            const { revision } = (await api.get(`/v1/projects?${query}`)).body;
            expect(JSON.parse(lines.pop() as string)).toEqual({ end: true, count: list.length, revision });
            expect(lines).toEqual(list.map((item) => JSON.stringify(item)));

            const options = `lang=${language}&unit=${unit}&${query}`;
            const csv = await api.get(`/v1/projects?format=csv&encoding=${encoding}&${options}`);
            const rows = readCsv(csv, encoding).map((row) => projectOf(row, language, unit));
            expect(rows).toEqual(list.map((item) => expected(item, codes)));

            const sheet = await readXlsx(await api.get(`/v1/projects?format=xlsx&${options}`));
            const table = tableOf(sheet).map((row) =>
              projectOf(
                Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, asText(cell)])),
                language,
                unit,
              ),
            );
            expect(table).toEqual(list.map((item) => expected(item, codes)));
          }
        },
      ),
      { ...PROPERTY, numRuns: runs(12) },
    );
  });

  const asText = (cell: unknown): string =>
    cell instanceof Date ? cell.toISOString().slice(0, 10) : cell === null ? '' : plain(cell);
  // The digits of a number, without an exponent.
  const plain = (cell: unknown): string =>
    typeof cell === 'number' && String(cell).includes('e')
      ? cell.toFixed(9).replace(/0+$/, '')
      : String(cell);
});

const any = { today: WORLD_TODAY };

describe('a sheet', () => {
  let api: TestApp;
  const nasty = [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '＝1',
    '＋1',
    '－1',
    '＠x',
    "'=1",
    "''=1",
    "'quoted",
    'a,"b"',
    '_x000D_',
    '<b>&amp;',
    '\uFFFE_',
    '𠮷野家龘€',
  ];
  beforeAll(async () => {
    api = await testApp(any);
    for (const [i, name] of nasty.entries()) {
      const description = `${name}\nline\r\nbreak\rtab\there`;
      await created(api, '/v1/projects', aProject({ code: `${i}`.padStart(3, '0'), name, description }));
    }
  });
  afterAll(() => api.close());

  it.each(['utf-8', 'gb18030'] as const)(
    'as CSV in %s runs no formulas, and preserves every text',
    async (encoding) => {
      const answer = await api.get(`/v1/projects?format=csv&lang=en&sort=code&encoding=${encoding}`);
      const rows = readCsv(answer, encoding);
      expect(rows.map((row) => row.Name)).toEqual(nasty);
      expect(rows.map((row) => row.Description)).toEqual(
        nasty.map((name) => `${name}\nline\r\nbreak\rtab\there`),
      );
      if (encoding === 'gb18030') return;
      expect(answer.text).not.toMatch(/(^|[,"\n])[=+\-@＝＋－＠]/);
      expect(answer.text).toContain("'=1+1");
      expect(answer.text).toMatch(/\r\n$/);
    },
  );

  it('as xlsx keeps texts as they are, without formulas', async () => {
    const sheet = await readXlsx(await api.get('/v1/projects?format=xlsx&lang=en&sort=code'));
    const table = tableOf(sheet);
    expect(table.map((row) => row.Name)).toEqual(nasty);
    expect(table.map((row) => row.Description)).toEqual(
      nasty.map((name) => `${name}\nline\r\nbreak\rtab\there`),
    );
    sheet.eachRow((row) => row.eachCell((cell) => expect(cell.formula).toBeUndefined()));
  });

  it('as xlsx has real dates, codes as text, widths, and a frozen heading row', async () => {
    await created(
      api,
      '/v1/projects',
      aProject({ code: '0070', signedOn: '1900-03-01', investmentYuan: 12_345 }),
    );
    const answer = await api.get('/v1/projects?format=xlsx&lang=zh&unit=yi&code=0070');
    const sheet = await readXlsx(answer);
    const heading = (text: string) => (sheet.getRow(1).values as string[]).indexOf(text);
    const cell = (text: string) => sheet.getRow(2).getCell(heading(text));
    expect(cell('项目编号')).toMatchObject({ value: '0070', numFmt: '@' });
    expect(cell('签约日期')).toMatchObject({ value: new Date('1900-03-01T00:00:00Z'), numFmt: 'yyyy-mm-dd' });
    expect(cell('投资总额(亿元)').value).toBe(0.00012345);
    expect(cell('版本').value).toBe(1);
    expect(sheet.getColumn(heading('项目名称')).width).toBe(40);
    expect(sheet.views[0]).toMatchObject({ state: 'frozen', ySplit: 1, xSplit: 2 });
    expect(sheet.name).toBe('项目');
  });

  it('has the social credit code of each investor on the line of its name', async () => {
    const first = await created(api, '/v1/enterprises', { name: '无代码企业' });
    const second = await created(api, '/v1/enterprises', {
      name: '=有代码企业',
      socialCreditCode: '91350100M000100Y43',
    });
    const investorIds = [first.id, second.id];
    await created(api, '/v1/projects', aProject({ code: 'with-investors', investorIds }));
    const [row] = readCsv(await api.get('/v1/projects?format=csv&lang=zh&code=with-investors'));
    expect(row).toMatchObject({
      投资方: '无代码企业\n=有代码企业',
      投资方统一社会信用代码: '\n91350100M000100Y43',
    });
    expect((await api.get('/v1/projects?format=ndjson&code=with-investors')).text).not.toContain(
      'socialCreditCode',
    );
  });

  it('of archived projects has only these', async () => {
    const { id } = await created(api, '/v1/projects', aProject({ code: 'archived' }));
    await api.delete(`/v1/projects/${id}`);
    const rows = readCsv(await api.get('/v1/projects?format=csv&archived=true&lang=en'));
    expect(rows.map((row) => row.Code)).toEqual(['archived']);
  });
});

describe('money in a unit', () => {
  it.each([
    [297_880_000_000, 'yi', '2978.8'],
    [1, 'yi', '0.00000001'],
    [-1, 'wan', '-0.0001'],
    [0, 'yi', '0'],
    [100_000_000, 'yi', '1'],
    [-123_456_789, 'wan', '-12345.6789'],
    [9_007_199_254_740_991, 'yi', '90071992.54740991'],
    [9_007_199_254_740_991, 'yuan', '9007199254740991'],
  ] as const)('%i yuan in %s is %s', (yuan, unit, text) => {
    expect(inUnit(yuan, unit)).toBe(text);
  });

  it('is lossless', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom<Unit[]>('yuan', 'wan', 'yi'), (yuan, unit) => {
        const text = inUnit(yuan, unit);
        expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
        const [whole = '', fraction = ''] = text.replace('-', '').split('.');
        expect(BigInt(whole + fraction.padEnd(ZEROS[unit], '0'))).toBe(BigInt(Math.abs(yuan)));
        expect(text.startsWith('-')).toBe(yuan < 0);
      }),
    );
  });
});

describe('the columns', () => {
  it('are all fields of a project, once each, with unique names', () => {
    const names = columns.flatMap(({ zh, en, synonyms }) => [
      ...new Set([zh, en, ...synonyms].map((name) => name.normalize('NFKC').toLowerCase())),
    ]);
    expect(names.toSorted()).toEqual([...new Set(names)].sort());
    const fields = columns.map(({ field }) => field);
    expect(new Set(fields).size).toBe(fields.length);
  });

  it('cover all fields of the list', async () => {
    const api = await testApp();
    const project = await created(api, '/v1/projects', aProject());
    const fields = columns.map(({ field }) => field).filter((field) => field !== 'investorCodes');
    expect(fields.toSorted()).toEqual(Object.keys(project).sort());
    await api.close();
  });
});
