/** The import template, filled in like in a spreadsheet, and uploaded. */
import ExcelJs from 'exceljs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, created, type TestApp, testApp } from '../support/app.ts';
import { aCode, commit, preview } from './support.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
  const days = { startsOn: '2020-06-29', endsOn: '2020-06-30' };
  await created(api, '/v1/events', { code: 'hyrd-2020', name: '2020年沪洽周', nameEn: 'HYRD 2020', ...days });
  await created(api, '/v1/enterprises', { name: '湖南甲科技有限公司' });
  await created(api, '/v1/enterprises', { name: '上海乙集团', socialCreditCode: '91350100M000100Y43' });
});
afterAll(() => api.close());

/** The input in a column, and the resulting value of the project. */
interface Filled {
  zh: string;
  en: string;
  /** A value for exceljs; one per language if words differ. */
  typed: ExcelJs.CellValue | { zh: string; en: string };
  becomes: Record<string, unknown>;
}

const day = (text: string) => new Date(`${text}T00:00:00Z`);

const FILLED: Filled[] = [
  { zh: '项目名称', en: 'Name', typed: ' 瑶华半导体 ', becomes: { name: '瑶华半导体' } },
  { zh: '英文名称', en: 'English name', typed: 'Yaohua', becomes: { nameEn: 'Yaohua' } },
  { zh: '建设内容', en: 'Description', typed: '产线\n研发中心', becomes: { description: '产线\n研发中心' } },
  {
    zh: '经贸活动',
    en: 'Event',
    typed: { zh: 'hyrd-2020 2020年沪洽周', en: 'hyrd-2020 HYRD 2020' },
    becomes: { event: 'hyrd-2020' },
  },
  { zh: '项目级别', en: 'Level', typed: { zh: '市级', en: 'municipal' }, becomes: { level: 'municipal' } },
  {
    zh: '行政区划',
    en: 'Region',
    typed: { zh: '430100 长沙市', en: '430100 Changsha' },
    becomes: { region: '430100' },
  },
  { zh: '园区', en: 'Zone', typed: 'first offered', becomes: { zone: 'first offered' } },
  { zh: '行业', en: 'Industry', typed: 'first offered', becomes: { industry: 'first offered' } },
  {
    zh: '投资方',
    en: 'Investors',
    typed: '上海乙集团\n湖南甲科技有限公司',
    becomes: {
      investors: [
        expect.objectContaining({ name: '上海乙集团' }),
        expect.objectContaining({ name: '湖南甲科技有限公司' }),
      ],
    },
  },
  {
    zh: '投资方统一社会信用代码',
    en: 'Social credit codes of the investors',
    typed: '91350100M000100Y43\n',
    becomes: {},
  },
  { zh: '责任单位', en: 'Responsible unit', typed: '商务局', becomes: { owner: '商务局' } },
  { zh: '合同金额', en: 'Contract amount', typed: '1200.50', becomes: { contractAmount: '1200.50' } },
  { zh: '合同币种', en: 'Contract currency', typed: 'USD', becomes: { contractCurrency: 'USD' } },
  { zh: '投资总额', en: 'Investment', typed: 29.788, becomes: { investmentYuan: 2_978_800_000 } },
  {
    zh: '投资额为估算',
    en: 'Investment estimated',
    typed: { zh: '是', en: 'yes' },
    becomes: { investmentEstimated: true },
  },
  { zh: '合同引资额', en: 'Contracted funds', typed: 0.1, becomes: { contractedFundsYuan: 10_000_000 } },
  { zh: '签约日期', en: 'Signed', typed: day('2020-06-29'), becomes: { signedOn: '2020-06-29' } },
  { zh: '注册日期', en: 'Registered', typed: '2020-7-1', becomes: { registeredOn: '2020-07-01' } },
  { zh: '开工日期', en: 'Started', typed: '2020年9月1日', becomes: { startedOn: '2020-09-01' } },
  { zh: '竣工日期', en: 'Completed', typed: '2020/12/1', becomes: { completedOn: '2020-12-01' } },
  { zh: '投产日期', en: 'In production', typed: day('2020-12-31'), becomes: { productionOn: '2020-12-31' } },
  { zh: '停工日期', en: 'Suspended', typed: day('2021-02-01'), becomes: { suspendedOn: '2021-02-01' } },
  { zh: '复工日期', en: 'Resumed', typed: day('2021-03-01'), becomes: { resumedOn: '2021-03-01' } },
  { zh: '终止日期', en: 'Terminated', typed: day('2025-01-01'), becomes: { terminatedOn: '2025-01-01' } },
  {
    zh: '约定开工日期',
    en: 'Agreed start',
    typed: day('2020-08-01'),
    becomes: { agreedStartOn: '2020-08-01' },
  },
  {
    zh: '约定投产日期',
    en: 'Agreed production',
    typed: day('2099-12-31'),
    becomes: { agreedProductionOn: '2099-12-31' },
  },
  { zh: '备注', en: 'Note', typed: '=无', becomes: { note: '=无' } },
];

const REQUIRED = ['项目名称', '项目级别', '投资总额', '签约日期'];

describe.each(['zh', 'en'] as const)('the template in %s', (language) => {
  let workbook: ExcelJs.Workbook;
  let sheet: ExcelJs.Worksheet;
  const headings = () => (sheet.getRow(1).values as string[]).map((text) => text?.replace(/ ?\(.*/, ''));
  const cell = (row: number, heading: string) => sheet.getRow(row).getCell(headings().indexOf(heading));
  const codeHeading = { zh: '项目编号', en: 'Code' }[language];

  beforeAll(async () => {
    const answer = await api.get(`/v1/imports/template?lang=${language}&unit=yi`);
    workbook = new ExcelJs.Workbook();
    await workbook.xlsx.load(answer.bytes as never);
    [sheet] = workbook.worksheets as [ExcelJs.Worksheet];
  });

  const offered = (heading: string): string => {
    const column = headings().indexOf(heading);
    const { formulae } = sheet.getRow(3).getCell(column).dataValidation as Body;
    const [, name = '', first = ''] = /^'(.+)'!\$([A-Z]+)\$/.exec(formulae[0]) ?? [];
    return String(workbook.getWorksheet(name)?.getCell(`${first}2`).value);
  };

  function fill(row: number, code: string, columns: readonly Filled[]): Record<string, unknown> {
    cell(row, codeHeading).value = code;
    const becomes: Record<string, unknown> = { code };
    for (const one of columns) {
      const heading = one[language];
      const isOffered = one.typed === 'first offered';
      const typed =
        typeof one.typed === 'object' && one.typed !== null && language in one.typed
          ? (one.typed as { zh: string; en: string })[language]
          : one.typed;
      const value = isOffered ? offered(heading) : (typed as ExcelJs.CellValue);
      cell(row, heading).value = value;
      for (const [field, expected] of Object.entries(one.becomes)) {
        becomes[field] = isOffered ? String(value).split(' ')[0] : expected;
      }
    }
    return becomes;
  }

  it('can be imported when filled in, without faults or extra rows', async () => {
    const required = FILLED.filter(({ zh }) => REQUIRED.includes(zh));
    const rows = [
      fill(3, aCode(), FILLED),
      fill(4, aCode(), required),
      // The last prepared row, below empty ones.
      fill(1_002, aCode(), FILLED),
    ];
    const file = Buffer.from(await workbook.xlsx.writeBuffer());
    const looked = await preview(api, file, { format: 'xlsx' });
    expect(looked.body).toMatchObject({ rows: 3, created: 3, refused: 0, faults: [] });
    expect(looked.body.file).toMatchObject({
      sheet: { zh: '项目', en: 'Projects' }[language],
      otherSheets: [{ zh: '代码表', en: 'Codes' }[language]],
      headingRow: 1,
      ignored: [],
      warnings: [],
    });
    expect(looked.body.file.columns).toHaveLength(FILLED.length + 1);
    const written = await commit(api, file, { format: 'xlsx' });
    expect(written.body).toMatchObject({ status: 'done', created: 3 });
    for (const expected of rows) {
      const { body } = await api.get(`/v1/projects?code=${expected.code}`);
      expect(body.items).toMatchObject([expected]);
    }
  });

  it('without input is a file without rows', async () => {
    const { bytes } = await api.get(`/v1/imports/template?lang=${language}`);
    const { body } = await preview(api, bytes, { format: 'xlsx' });
    expect(body).toMatchObject({ status: 'done', rows: 0, faultCount: 0 });
  });

  it('has its faults reported by row and heading', async () => {
    fill(3, aCode(), FILLED);
    cell(3, { zh: '行政区划', en: 'Region' }[language]).value = '999999 火星';
    const file = Buffer.from(await workbook.xlsx.writeBuffer());
    const { body } = await preview(api, file, { format: 'xlsx' });
    expect(body).toMatchObject({ refused: 1, faultCount: 1 });
    expect(body.faults[0]).toMatchObject({
      row: 3,
      heading: { zh: '行政区划', en: 'Region' }[language],
      value: '999999 火星',
      code: 'unknown_reference',
    });
  });
});
