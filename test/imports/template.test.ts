import ExcelJs from 'exceljs';
import { readXlsx as readOtherwise } from 'hucre/xlsx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_LISTED, READY_ROWS, writeTemplate } from '../../src/features/imports/template.ts';
import { type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
  const days = { startsOn: '2020-06-29', endsOn: '2020-06-30' };
  await created(api, '/v1/events', { code: 'hyrd-2022', name: '=2022年"沪洽周", 湖南_x0041_', ...days });
  await created(api, '/v1/events', { code: 'hyrd-2020', name: '2020年沪洽周', nameEn: 'HYRD 2020', ...days });
});
afterAll(() => api.close());

type Language = 'zh' | 'en';

/**
 * Each heading in both languages, and the validation of its cells; required ones have a star. Written by
 * hand.
 */
const COLUMNS: [zh: string, en: string, rule: string | null][] = [
  ['*项目编号', 'Code', null],
  ['*项目名称', 'Name', null],
  ['英文名称', 'English name', null],
  ['建设内容', 'Description', null],
  ['经贸活动', 'Event', 'codes'],
  ['*项目级别', 'Level', 'words'],
  ['行政区划', 'Region', 'codes'],
  ['园区', 'Zone', 'codes'],
  ['行业', 'Industry', 'codes'],
  ['投资方', 'Investors', null],
  ['投资方统一社会信用代码', 'Social credit codes of the investors', null],
  ['责任单位', 'Responsible unit', null],
  ['合同金额', 'Contract amount', null],
  ['合同币种', 'Contract currency', null],
  ['*投资总额', 'Investment', 'amount'],
  ['投资额为估算', 'Investment estimated', 'words'],
  ['合同引资额', 'Contracted funds', 'amount'],
  ['*签约日期', 'Signed', 'day'],
  ['注册日期', 'Registered', 'day'],
  ['开工日期', 'Started', 'day'],
  ['竣工日期', 'Completed', 'day'],
  ['投产日期', 'In production', 'day'],
  ['停工日期', 'Suspended', 'day'],
  ['复工日期', 'Resumed', 'day'],
  ['终止日期', 'Terminated', 'day'],
  ['约定开工日期', 'Agreed start', 'day'],
  ['约定投产日期', 'Agreed production', 'day'],
  ['备注', 'Note', null],
];

const WORDS: Record<string, Record<Language, string>> = {
  项目级别: { zh: '省级,市级,县级', en: 'provincial,municipal,county' },
  投资额为估算: { zh: '是,否', en: 'yes,no' },
};

async function workbookOf(content: Buffer): Promise<{ sheet: ExcelJs.Worksheet; codes: ExcelJs.Worksheet }> {
  const workbook = new ExcelJs.Workbook();
  await workbook.xlsx.load(content as never);
  const [sheet, codes] = workbook.worksheets;
  if (!sheet || !codes) throw new Error('There are not two sheets.');
  return { sheet, codes };
}

async function template(query: string) {
  const answer = await api.get(`/v1/imports/template?${query}`);
  expect(answer.status).toBe(200);
  return { answer, ...(await workbookOf(answer.bytes)) };
}

const textsIn = (sheet: ExcelJs.Worksheet, row: number): string[] =>
  (sheet.getRow(row).values as string[]).slice(1);

const at = (heading: string): number => COLUMNS.findIndex(([zh]) => zh.replace('*', '') === heading) + 1;

/** The choices in a column's drop-down, from its first cell. */
function offered(sheet: ExcelJs.Worksheet, codes: ExcelJs.Worksheet, heading: string): string[] {
  const { formulae } = sheet.getRow(3).getCell(at(heading)).dataValidation as Body;
  const [, name, column, first, last] = /^'(.+)'!\$([A-Z]+)\$(\d+):\$\2\$(\d+)$/.exec(formulae[0]) ?? [];
  expect(name).toBe(codes.name);
  const rows = Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i);
  return rows.map((row) => String(codes.getCell(`${column}${row}`).value));
}

const units = {
  zh: { yuan: '(元)', yi: '(亿元)' },
  en: { yuan: ' (yuan)', yi: ' (100 million yuan)' },
};

describe.each([
  ['zh', 'yuan', 'whole', '1000000000000'],
  ['zh', 'yi', 'decimal', '10000'],
  ['en', 'yi', 'decimal', '10000'],
] as const)('the template in %s and %s', (language, unit, type, most) => {
  let sheet: ExcelJs.Worksheet;
  let codes: ExcelJs.Worksheet;
  beforeAll(async () => {
    ({ sheet, codes } = await template(`lang=${language}&unit=${unit}`));
  });

  it('has the editable headings of an export, in frozen rows', () => {
    const expected = COLUMNS.map(([zh, en, rule]) => {
      const heading = language === 'zh' ? zh.replace('*', '') : en;
      return rule === 'amount' ? heading + units[language][unit] : heading;
    });
    expect(textsIn(sheet, 1)).toEqual(expected);
    expect([sheet.name, codes.name]).toEqual(language === 'zh' ? ['项目', '代码表'] : ['Projects', 'Codes']);
    for (const one of [sheet, codes]) expect(one.views[0]).toMatchObject({ state: 'frozen', ySplit: 1 });
    expect(sheet.views[0]).toMatchObject({ xSplit: 2 });
  });

  it('is printed in landscape, as wide as the page, with its headings on each', () => {
    expect(sheet.pageSetup).toMatchObject({
      orientation: 'landscape',
      fitToPage: true,
      fitToWidth: 1,
      fitToHeight: 0,
      printTitlesRow: '1:2',
    });
  });

  it('explains in its second row what each column accepts, and whether it is required', () => {
    const [required, optional] = language === 'zh' ? ['必填：', '选填：'] : ['Required: ', 'Optional: '];
    const texts = textsIn(sheet, 2);
    expect(texts).toHaveLength(COLUMNS.length);
    expect(texts[0]).toMatch(/^※ /);
    for (const [i, [zh, , rule]] of COLUMNS.entries()) {
      const text = texts[i]?.replace(/^※ .*?(?=必填|Required)/, '') ?? '';
      const begins = zh.startsWith('*') ? required : optional;
      expect(text.startsWith(begins), text).toBe(true);
      expect(text.length, zh).toBeGreaterThan(begins.length + 3);
      expect(text, zh).not.toMatch(/[{}]|undefined/);
      if (rule === 'amount') expect(text).toContain(units[language][unit].replace(/[ ()]/g, ' ').trim());
    }
  });

  it('is empty below', () => {
    sheet.eachRow((row, number) => {
      if (number > 2) row.eachCell((cell) => expect(cell.value).toBeNull());
    });
  });

  it.each(COLUMNS.map(([zh, , rule], i) => [zh.replace('*', ''), rule, i + 1] as const))(
    'validates in %s what it should: %s, from the first row to the last',
    (heading, rule, column) => {
      const rules: Record<string, object> = {
        // The number 1: 1900-01-01 in Excel, the day before in this reader.
        day: { type: 'date', operator: 'greaterThanOrEqual', formulae: [new Date('1899-12-31')] },
        amount: { type, operator: 'between', formulae: [0, Number(most)] },
        words: { type: 'list', formulae: [`"${WORDS[heading]?.[language]}"`] },
        codes: { type: 'list', errorStyle: 'warning' },
      };
      const validation = (row: number) => sheet.getRow(row).getCell(column).dataValidation as Body;
      for (const row of [3, READY_ROWS + 2]) {
        if (rule === null) expect(validation(row)).toBeUndefined();
        else {
          expect(validation(row)).toMatchObject({
            ...rules[rule],
            allowBlank: true,
            showErrorMessage: true,
          });
          expect(validation(row).error.length).toBeLessThan(225);
        }
      }
      expect([validation(1), validation(2), validation(READY_ROWS + 3)]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    },
  );

  it('offers all codes with their names, children directly after their parent', async () => {
    const lists: [string, string, (entry: Body) => boolean][] = [
      ['行政区划', 'regions', () => true],
      ['园区', 'zones', () => true],
      ['行业', 'industries', () => true],
      ['经贸活动', 'events', () => true],
    ];
    for (const [heading, entity] of lists) {
      const entries = await everyEntry(entity);
      const texts = entries.map(
        ({ code, name, nameEn }) => `${code} ${language === 'zh' ? name : (nameEn ?? name)}`,
      );
      const shown = offered(sheet, codes, heading).map(plain);
      expect(shown.toSorted(), entity).toEqual(texts.toSorted());
    }
    const order = (heading: string) => offered(sheet, codes, heading).map((text) => text.split(' ')[0]);
    expect(order('行政区划')).toEqual(order('行政区划').toSorted());
    const industries = order('行业');
    expect(industries.indexOf('13')).toBe(industries.indexOf('C') + 1);
    expect(industries.indexOf('D')).toBe(industries.indexOf('43') + 1);
  });

  it('keeps codes as text, and days as days, from the first input on', () => {
    for (const heading of ['项目编号', '经贸活动', '投资方统一社会信用代码', '合同金额']) {
      expect(sheet.getRow(3).getCell(at(heading)).numFmt, heading).toBe('@');
    }
    expect(sheet.getRow(READY_ROWS + 2).getCell(at('签约日期')).numFmt).toBe('yyyy-mm-dd');
  });

  it('opens in another reader, with the same cells', async () => {
    const { answer } = await template(`lang=${language}&unit=${unit}`);
    const { sheets } = await readOtherwise(answer.bytes, { readStyles: true });
    expect(sheets.map(({ name }) => name)).toEqual([sheet.name, codes.name]);
    expect(sheets[0]?.rows.slice(0, 2)).toEqual([textsIn(sheet, 1), textsIn(sheet, 2)]);
    expect(sheets[0]?.dataValidations).toHaveLength(COLUMNS.filter(([, , rule]) => rule !== null).length);
  });
});

/** Decodes Excel's `_x005F_` (ECMA-376, ST_Xstring). */
const plain = (text: string): string => text.replaceAll('_x005F_', '_');

async function everyEntry(entity: string): Promise<Body[]> {
  const { body } = await api.get(`/v1/${entity}?limit=500`);
  expect(body.page.nextCursor).toBeNull();
  return body.items;
}

describe('the template of an event', () => {
  it('offers only that event, and has it as the example', async () => {
    const { sheet, codes } = await template('lang=zh&event=hyrd-2020');
    expect(offered(sheet, codes, '经贸活动')).toEqual(['hyrd-2020 2020年沪洽周']);
    expect(sheet.getRow(2).getCell(at('经贸活动')).value).toContain('“hyrd-2020 2020年沪洽周”');
    const english = await template('lang=en&event=hyrd-2020');
    expect(offered(english.sheet, english.codes, '经贸活动')).toEqual(['hyrd-2020 HYRD 2020']);
  });

  it('has its name in the file name, sanitized, with an ASCII alternative', async () => {
    const { answer } = await template('lang=zh&event=hyrd-2022');
    const chinese = encodeURIComponent('项目导入模板-=2022年_沪洽周_, 湖南_x0041_.xlsx').replace(
      /[()*!']/g,
      escape,
    );
    expect(answer.headers['content-disposition']).toBe(
      `attachment; filename=projects-template-hyrd-2022.xlsx; filename*=UTF-8''${chinese}`,
    );
    const all = await template('lang=en');
    expect(all.answer.headers['content-disposition']).toBe('attachment; filename=projects-template.xlsx');
  });

  it.each([
    ['event=hyrd-1999', 'event', 'unknown_reference'],
    ['event=None!', 'event', 'not_a_slug'],
    ['lang=de', 'lang', 'not_a_choice'],
    ['unit=k', 'unit', 'not_a_choice'],
  ])('is refused for %s', async (query, parameter, code) => {
    const faults: [string, string][] = [[parameter, code]];
    expectProblem(await api.get(`/v1/imports/template?${query}`), 422, 'request.invalid', faults);
  });
});

describe('the response', () => {
  it('is in the language preferred by the client, unless a parameter overrides it', async () => {
    const headings = async (query: string, headers: Record<string, string>) => {
      const answer = await api.get(`/v1/imports/template?${query}`, headers);
      expect(answer.headers.vary).toContain('Accept-Language');
      return [answer.headers['content-language'], textsIn((await workbookOf(answer.bytes)).sheet, 1)[0]];
    };
    expect(await headings('', { 'accept-language': 'zh-CN' })).toEqual(['zh-CN', '项目编号']);
    expect(await headings('', {})).toEqual(['en', 'Code']);
    expect(await headings('lang=en', { 'accept-language': 'zh-CN' })).toEqual(['en', 'Code']);
  });

  it('has the same bytes until something changes, and is 304 if already known', async () => {
    const url = '/v1/imports/template?lang=zh';
    const [first, second] = [await api.get(url), await api.get(url)];
    expect(second.bytes.equals(first.bytes)).toBe(true);
    expect(await api.get(url, { 'if-none-match': first.etag })).toMatchObject({ status: 304, text: '' });
    const days = { startsOn: '2024-06-29', endsOn: '2024-06-30' };
    await created(api, '/v1/events', { code: 'hyrd-2024', name: '2024年沪洽周', ...days });
    const after = await api.get(url, { 'if-none-match': first.etag });
    expect(after.status).toBe(200);
    const { sheet, codes } = await workbookOf(after.bytes);
    expect(offered(sheet, codes, '经贸活动')).toContain('hyrd-2024 2024年沪洽周');
  });

  it('has no other format', async () => {
    const answer = await api.get('/v1/imports/template', { accept: 'text/csv' });
    expectProblem(answer, 406, 'request.not_acceptable');
  });
});

describe('a list of codes', () => {
  const choices = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ code: String(i), name: `名${i}`, nameEn: null }));
  const made = (count: number) =>
    writeTemplate(
      { event: [], region: choices(count), zone: [], industry: [] },
      'zh',
      'yuan',
      '2026-11-22',
    ).then(workbookOf);

  it('may be long', async () => {
    const { sheet, codes } = await made(MAX_LISTED);
    expect(offered(sheet, codes, '行政区划').at(-1)).toBe(`${MAX_LISTED - 1} 名${MAX_LISTED - 1}`);
  });

  it('that is too long to look through has no drop-down, and the sheet says so', async () => {
    const { sheet, codes } = await made(MAX_LISTED + 1);
    const cell = sheet.getRow(3).getCell(at('行政区划'));
    expect(cell.dataValidation).toBeUndefined();
    expect(sheet.getRow(2).getCell(at('行政区划')).value).toContain('未设下拉列表');
    expect(codes.rowCount).toBeLessThanOrEqual(1);
  });

  it('that is empty has none either', async () => {
    const { sheet } = await made(1);
    expect(sheet.getRow(3).getCell(at('经贸活动')).dataValidation).toBeUndefined();
    expect(sheet.getRow(2).getCell(at('经贸活动')).value).toContain('暂无可选项');
  });
});
