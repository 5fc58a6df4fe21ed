/** The meaning of columns and empty cells in project files, and the values of NDJSON lines. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { byCode, counts, linesOf, placesOf, type Row, sheetOf, storedIn } from './rows.ts';
import { aCode, commit, preview } from './support.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const full = {
  nameEn: 'Sample',
  description: '一期\n二期',
  region: '430100',
  zone: 'changsha-etdz',
  industry: '39',
  owner: '示例单位',
  contractAmount: '100.50',
  contractCurrency: 'USD',
  investmentEstimated: true,
  contractedFundsYuan: 1,
  registeredOn: '2020-07-01',
  startedOn: '2020-08-01',
  completedOn: '2020-09-01',
  productionOn: '2020-10-01',
  suspendedOn: '2020-11-01',
  resumedOn: '2020-12-01',
  terminatedOn: '2021-01-01',
  agreedStartOn: '2020-08-01',
  agreedProductionOn: '2021-08-01',
  note: '备注',
} as const;

/** The headings of these fields, and of the others that can be cleared. */
const CLEARABLE = {
  英文名称: 'nameEn',
  建设内容: 'description',
  行政区划: 'region',
  园区: 'zone',
  行业: 'industry',
  责任单位: 'owner',
  合同金额: 'contractAmount',
  合同币种: 'contractCurrency',
  投资额为估算: 'investmentEstimated',
  '合同引资额(元)': 'contractedFundsYuan',
  注册日期: 'registeredOn',
  开工日期: 'startedOn',
  竣工日期: 'completedOn',
  投产日期: 'productionOn',
  停工日期: 'suspendedOn',
  复工日期: 'resumedOn',
  终止日期: 'terminatedOn',
  约定开工日期: 'agreedStartOn',
  约定投产日期: 'agreedProductionOn',
  备注: 'note',
} as const;

const emptyCells: Row = Object.fromEntries([...Object.keys(CLEARABLE), '投资方'].map((name) => [name, '']));

/** A project with a value in every field. */
async function aFullProject(): Promise<Body> {
  const { id } = await created(api, '/v1/enterprises', { name: `投资企业 ${aCode()}` });
  return created(api, '/v1/projects', aProject({ code: aCode(), ...full, investorIds: [id] }));
}

describe('a column', () => {
  it('that is unknown or computed is ignored; both are listed', async () => {
    const { code } = await created(api, '/v1/projects', aProject());
    const file = sheetOf([
      { 项目编号: code, 天气: '晴', 项目状态: '已投产', 备注: '新', 录入时间: 'x', 系统编号: 'y' },
    ]);
    const { body } = await commit(api, file);
    expect(body).toMatchObject(counts({ changed: 1 }));
    expect(body.file.ignored).toEqual([
      { column: 'B', heading: '天气' },
      { column: 'C', heading: '项目状态' },
      { column: 'E', heading: '录入时间' },
      { column: 'F', heading: '系统编号' },
    ]);
    expect(body.changes[0].fields).toEqual({ note: { before: null, after: '新' } });
  });

  it('that is required may be missing for existing projects, but not for new ones', async () => {
    const { code } = await created(api, '/v1/projects', aProject());
    const fresh = aCode();
    const { body } = await preview(
      api,
      sheetOf([
        { 项目编号: code, 备注: '新' },
        { 项目编号: fresh, 备注: '新' },
      ]),
    );
    expect(body).toMatchObject(counts({ changed: 1, refused: 1 }));
    expect(body.faults).toEqual(
      ['name', 'level', 'signedOn', 'investmentYuan'].map((field) =>
        expect.objectContaining({
          row: 3,
          column: null,
          heading: null,
          value: null,
          field,
          code: 'missing_column',
        }),
      ),
    );
  });

  it('that is required may be empty for existing projects', async () => {
    const { code } = await created(api, '/v1/projects', aProject({ name: '原名' }));
    const file = sheetOf([{ 项目编号: code, 项目名称: '', 签约日期: ' ', '投资总额(元)': '', 备注: '新' }]);
    expect((await commit(api, file)).body).toMatchObject(counts({ changed: 1 }));
    expect(await byCode(api, code)).toMatchObject({ name: '原名', note: '新', version: 2 });
  });

  it('of codes is sufficient', async () => {
    const { code } = await created(api, '/v1/projects', aProject());
    expect((await commit(api, sheetOf([{ 项目编号: code }]))).body).toMatchObject(counts({ unchanged: 1 }));
  });
});

describe('an empty cell', () => {
  it('leaves everything unchanged', async () => {
    const project = await aFullProject();
    const { body } = await commit(api, sheetOf([{ 项目编号: project.code, ...emptyCells }]));
    expect(body).toMatchObject(counts({ unchanged: 1 }));
    expect(await byCode(api, project.code)).toEqual(project);
  });

  it('clears every optional field, if requested', async () => {
    const project = await aFullProject();
    const query = { empty: 'clear' };
    const { body } = await commit(api, sheetOf([{ 项目编号: project.code, ...emptyCells }]), { query });
    expect(body).toMatchObject(counts({ changed: 1 }));
    const cleared = Object.fromEntries(Object.values(CLEARABLE).map((field) => [field, null]));
    expect(await byCode(api, project.code)).toMatchObject({
      ...cleared,
      investmentEstimated: false,
      investors: [],
      version: 2,
    });
    // The second time there is nothing to clear.
    const again = await commit(api, sheetOf([{ 项目编号: project.code, ...emptyCells }]), { query });
    expect(again.body).toMatchObject(counts({ unchanged: 1 }));
  });

  it('creates a project with only the required fields', async () => {
    const code = aCode();
    const needed = {
      项目编号: code,
      项目名称: '新',
      项目级别: '县级',
      签约日期: '2020-06-29',
      '投资总额(元)': '1',
    };
    const { body } = await commit(api, sheetOf([{ ...needed, ...emptyCells }]), {
      query: { empty: 'clear' },
    });
    expect(body).toMatchObject(counts({ created: 1 }));
    const cleared = Object.fromEntries(Object.values(CLEARABLE).map((field) => [field, null]));
    expect(await byCode(api, code)).toMatchObject({ ...cleared, investmentEstimated: false, investors: [] });
  });

  it('cannot clear a required field', async () => {
    const needed = {
      项目名称: 'name',
      项目级别: 'level',
      '投资总额(元)': 'investmentYuan',
      签约日期: 'signedOn',
    };
    const { code } = await created(api, '/v1/projects', aProject());
    const empty = Object.fromEntries(Object.keys(needed).map((heading) => [heading, '']));
    const query = { empty: 'clear' };
    const { body } = await preview(api, sheetOf([{ 项目编号: code, ...empty }]), { query });
    expect(body.faults).toMatchObject(
      Object.entries(needed).map(([heading, field]) => ({ heading, field, value: null, code: 'required' })),
    );
  });
});

describe('an amount', () => {
  type Amounts = [heading: string, unit: string | undefined, cells: Readonly<Record<string, number>>];
  const amounts: Amounts[] = [
    ['投资总额', undefined, { 350000000: 350_000_000, '1,234,567': 1_234_567, '3.5万元': 35_000 }],
    // None of these is an exact binary fraction.
    [
      '投资总额',
      'yi',
      {
        '3.5': 350_000_000,
        '1.1': 110_000_000,
        '0.00000001': 1,
        '1234.56789012': 123_456_789_012,
        10000: 1_000_000_000_000,
      },
    ],
    ['投资总额', 'wan', { 35000: 350_000_000, '99999999.9999': 999_999_999_999, '0.0007': 7 }],
    // A unit in the heading overrides the parameter, and one in the cell overrides both.
    ['投资总额(亿元)', 'wan', { '3.5': 350_000_000, '3.5万元': 35_000 }],
    ['总投资（万元）', 'yuan', { '3.5': 35_000, '3.5亿元': 350_000_000 }],
    ['Investment (100 million yuan)', undefined, { '3.5': 350_000_000 }],
  ];
  it.each(amounts)('under %s with unit %s is exact', async (heading, unit, cells) => {
    const needed = { 项目名称: '新', 项目级别: '省级', 签约日期: '2020-06-29' };
    const rows = Object.keys(cells).map((cell) => ({ 项目编号: aCode(), ...needed, [heading]: cell }));
    const { body } = await preview(api, sheetOf(rows), { query: { ...(unit && { unit }) } });
    expect(body).toMatchObject(counts({ created: rows.length }));
    const yuan = body.changes.map(({ fields }: Body) => fields.investmentYuan.after);
    expect(Object.fromEntries(Object.keys(cells).map((cell, i) => [cell, yuan[i]]))).toEqual(cells);
  });
});

describe('a line of NDJSON', () => {
  const ndjson = { format: 'ndjson' } as const;

  it('has the values of the API, and can be re-imported as exported', async () => {
    const project = await aFullProject();
    const lines = (await api.get(`/v1/projects?format=ndjson&code=${project.code}`)).text;
    expect((await preview(api, lines, ndjson)).body).toMatchObject(counts({ unchanged: 1 }));
    const changed = linesOf([{ ...project, note: null, investmentYuan: 7 }]);
    const { body } = await commit(api, changed, ndjson);
    expect(body).toMatchObject(counts({ changed: 1 }));
    expect(body.changes[0].fields).toEqual({
      investmentYuan: { before: project.investmentYuan, after: 7 },
      note: { before: '备注', after: null },
    });
    expect(body.file.ignored).toContainEqual({ column: null, heading: 'operatingStatus' });
  });

  // Any value in a line results in a fault of its row, never in anything worse.
  const odd = [5, true, [], ['x', 5], { a: 1 }, '\u0000', '', ' ', '\ud800', 1e300, [null], [[]], -0.5];
  const fields = [
    ...['code', 'name', 'level', 'signedOn', 'investmentYuan', 'investors', 'investorCodes', 'investorIds'],
    ...['version', ...Object.values(CLEARABLE)],
  ];
  it('with an unexpected value is refused with that field', async () => {
    const base = { name: '新', level: 'county', signedOn: '2020-06-29', investmentYuan: 5 };
    const before = await storedIn(api);
    const cases = fields.flatMap((field) => odd.map((value) => [field, value] as const));
    const lines = cases.map(([field, value]) => ({ code: aCode(), ...base, [field]: value }));
    const { body } = await preview(api, linesOf(lines), ndjson);
    expect(body).toMatchObject({ status: 'done', rows: cases.length, faultCount: body.faults.length });
    const refused = new Map<string, Set<number>>(fields.map((field) => [field, new Set()]));
    for (const { row, field } of body.faults) {
      const [given = ''] = cases[row - 1] ?? [];
      // When investors are looked up by name, an odd id is among them.
      expect([row, field === 'investorIds' ? given : field]).toEqual([row, given]);
      refused.get(given)?.add(row);
    }
    for (const field of fields)
      expect([field, (refused.get(field)?.size ?? 0) >= odd.length - 3]).toEqual([field, true]);
    expect(new Set(body.faults.map(({ row }: Body) => row)).size).toBe(body.refused);
    expect(await storedIn(api)).toEqual(before);
  });

  it('that is not an object is a fault of its row', async () => {
    const answer = await commit(api, `{"code":"${aCode()}"\n[1]\n`, ndjson);
    expectProblem(answer, 422, 'imports.faulty_rows');
    expect(answer.body.errors.map(({ row, code }: Body) => [row, code])).toContainEqual([1, 'not_json']);
    expect(answer.body.errors.map(({ row, code }: Body) => [row, code])).toContainEqual([2, 'not_json']);
  });

  it('can contain ids of investors, unknown ones of which are faulty', async () => {
    const { id } = await created(api, '/v1/enterprises', { name: aCode() });
    const line = { code: aCode(), name: '新', level: 'county', signedOn: '2020-06-29', investmentYuan: 5 };
    const dead = '0190a1b2-0000-7000-8000-00000000dead';
    const good = await commit(api, linesOf([{ ...line, investorIds: [id.toUpperCase()] }]), ndjson);
    expect(good.body).toMatchObject(counts({ created: 1 }));
    expect((await byCode(api, line.code)).investors).toMatchObject([{ id }]);
    const { body } = await preview(api, linesOf([{ ...line, investorIds: [id, dead] }]), ndjson);
    expect(placesOf(body.faults)).toEqual([[1, 'investorIds', 'unknown_reference']]);
  });
});
