/** What the settings of a mapping make of a file's columns, and how they are refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportInWords } from '../../src/commands/import-report.ts';
import { MappedSource } from '../../src/sheets/reading/mapping.ts';
import { type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { documentAt, examplesIn } from '../support/documents.ts';
import { changesNothing } from '../support/state.ts';
import { row as bookRow, workbook } from '../support/workbooks.ts';
import { byCode } from './rows.ts';
import { commit, preview } from './support.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const fileOf = (...lines: string[]) => lines.join('\r\n');

const base = {
  code: { from: '项目编号' },
  name: { from: '项目名称' },
  level: { constant: 'provincial' },
  signedOn: { from: '签约日期' },
  investmentYuan: { from: '总投资' },
};
type Fields = Record<string, Body>;

let made = 0;
const stored = async (fields: Fields, rest: Body = {}): Promise<string> =>
  (
    await created(api, '/v1/mappings', {
      code: `source-${++made}`,
      name: '测试',
      definition: { ...rest, fields },
    })
  ).code;

type Options = Parameters<typeof preview>[2] & { rest?: Body };

/** What previews say in Chinese and in English of a file that is read with a mapping. */
async function said(
  file: string | Buffer,
  fields: Fields,
  { rest, query, ...options }: Options = {},
): Promise<[Body, Body]> {
  const mapping = await stored(fields, rest);
  const answers = await Promise.all(
    ['zh-CN', 'en'].map((language) =>
      preview(api, file, {
        ...options,
        query: { ...query, mapping },
        headers: { 'accept-language': language },
      }),
    ),
  );
  return answers.map(({ body }) => body) as [Body, Body];
}

/** Values of a field in the projects that a file would create. */
const values = (body: Body, field: string) => body.changes.map(({ fields }: Body) => fields[field]?.after);

const messages = (body: Body) => body.faults.map(({ message }: Body) => message);
const codes = (body: Body) => body.faults.map(({ code }: Body) => code);

/** A file of one project per amount. */
const amounts = (heading: string, ...cells: string[]) =>
  fileOf(
    `项目编号,项目名称,签约日期,${heading}`,
    ...cells.map((cell, i) => `T-${i + 1},甲示例项目,2023-05-01,"${cell}"`),
  );

describe('an amount in another currency', () => {
  const inDollars = { currency: 'USD', rate: '7.1', rateOn: '2023-05-01' };
  const investment = (heading: string, more: Body = {}) => ({
    ...base,
    investmentYuan: { from: heading, ...inDollars, ...more },
  });

  it('is converted at its rate, and kept as it is', async () => {
    const [, en] = await said(amounts('总投资（万美元）', '1200.5', '1,000'), investment('总投资（万美元）'));
    expect(en).toMatchObject({ created: 2, refused: 0 });
    expect(values(en, 'investmentYuan')).toEqual([85_235_500, 71_000_000]);
    expect(values(en, 'contractAmount')).toEqual(['12005000', '10000000']);
    expect(values(en, 'contractCurrency')).toEqual(['USD', 'USD']);
    expect(en.file.columns.slice(-3)).toEqual([
      {
        column: 'D',
        heading: '总投资（万美元）',
        field: 'investmentYuan',
        unit: 'wan',
        unitFrom: 'heading',
        ...inDollars,
      },
      { column: 'D', heading: '总投资（万美元）', field: 'contractAmount' },
      { column: 'D', heading: '总投资（万美元）', field: 'contractCurrency' },
    ]);
  });

  it('is one column in the report, with its rate', async () => {
    const file = amounts('总投资（万美元）', '12');
    const report = async (more: Body, language: 'zh' | 'en') => {
      const [zh, en] = await said(file, investment('总投资（万美元）', more));
      const body = { zh, en }[language] as never;
      return reportInWords(body, { name: 'a.csv', report: undefined, language });
    };
    expect(await report({}, 'zh')).toContain('读取 4 列');
    expect(await report({}, 'zh')).toContain('（万 USD，2023-05-01 汇率 7.1，据表头）');
    expect(await report({ rateOn: undefined }, 'zh')).toContain('（万 USD，汇率 7.1，据表头）');
    expect(await report({}, 'en')).toContain('(10 thousand USD at 7.1 yuan on 2023-05-01, from the heading)');
    expect(await report({ rateOn: undefined }, 'en')).toContain(
      '(10 thousand USD at 7.1 yuan, from the heading)',
    );
  });

  it('that cannot be read is one fault', async () => {
    const error = '<c r="D2" t="e"><v>#N/A</v></c>';
    const book = workbook({
      sheets: [
        {
          rows:
            bookRow(1, ['项目编号', '项目名称', '签约日期', '总投资']) +
            bookRow(2, ['T-1', '甲', '2023-05-01', error]) +
            bookRow(3, ['T-2', '甲', '2023-05-01', '-5']),
        },
      ],
    });
    const [, en] = await said(book, investment('总投资', { rounding: 'down' }), { format: 'xlsx' });
    expect(en.faults.map(({ row, field, code }: Body) => [row, field, code])).toEqual([
      [2, 'investmentYuan', 'error_value'],
      [3, 'investmentYuan', 'too_small'],
    ]);
  });

  it('is written as computed', async () => {
    const mapping = await stored(investment('总投资', { rounding: 'half_up' }));
    const file = amounts('总投资', '100.50').replace('T-1', 'USD-1');
    expect((await commit(api, file, { query: { mapping } })).body).toMatchObject({ created: 1 });
    expect(await byCode(api, 'USD-1')).toMatchObject({
      investmentYuan: 714,
      contractAmount: '100.5',
      contractCurrency: 'USD',
    });
  });

  it.each([
    ['$1,000', 7_100],
    ['US$1,000', 7_100],
    ['USD 1000', 7_100],
    ['1000 usd', 7_100],
    ['＄1000', 7_100],
    ['1000美元', 7_100],
    ['1000 US dollars', 7_100],
    ['10万美元', 710_000],
    ['10万', 710_000],
    ['0.1亿美金', 71_000_000],
  ])('may be written as %s', async (cell, yuan) => {
    const [, en] = await said(amounts('总投资', cell), investment('总投资'));
    expect(en.faults).toEqual([]);
    expect(values(en, 'investmentYuan')).toEqual([yuan]);
  });

  it.each([
    ['$20', 1_420_000, '200000'],
    ['20 $', 1_420_000, '200000'],
    // A name counts single units, as 元 does.
    ['20美元', 142, '20'],
  ])('written as %s in a column of ten thousands', async (cell, yuan, own) => {
    const [, en] = await said(amounts('总投资（万美元）', cell), investment('总投资（万美元）'));
    expect([values(en, 'investmentYuan'), values(en, 'contractAmount')]).toEqual([[yuan], [own]]);
  });

  it.each(['€1000', 'HK$1000', '¥1000', '1000元', '10万元', 'RMB 1000', '1000 EUR', '约1000', '100港元'])(
    'written as %s is refused',
    async (cell) => {
      const [zh, en] = await said(amounts('总投资', cell), investment('总投资'));
      expect(en.faults).toEqual([
        expect.objectContaining({
          column: 'D',
          heading: '总投资',
          field: 'investmentYuan',
          value: cell,
          code: 'not_in_currency',
          message: 'must be an amount in USD, like 1234.5 or USD 1,234.5, without any other currency',
        }),
      ]);
      expect(messages(zh)).toEqual(['应为 USD 金额，如 1234.5 或 USD 1,234.5，不得注明其他币种']);
    },
  );

  it('may be shown by a number format, unless of another currency', async () => {
    const formats = ['[$$-409]#,##0', '[$€-2]\\ #,##0', '#,##0"万美元"', '#,##0\\ [$USD]'];
    const styles = `<numFmts count="4">${formats
      .map((code, i) => `<numFmt numFmtId="${200 + i}" formatCode="${code.replaceAll('"', '&quot;')}"/>`)
      .join(
        '',
      )}</numFmts><cellXfs>${formats.map((_, i) => `<xf numFmtId="${200 + i}"/>`).join('')}</cellXfs>`;
    const rows = formats.map((_, i) =>
      bookRow(i + 2, [`T-${i}`, '甲示例项目', '2023-05-01', `<c r="D${i + 2}" s="${i}"><v>15000</v></c>`]),
    );
    const book = workbook({
      styles,
      sheets: [{ rows: bookRow(1, ['项目编号', '项目名称', '签约日期', '总投资']) + rows.join('') }],
    });
    const [, en] = await said(book, investment('总投资'), { format: 'xlsx' });
    expect(en.faults).toEqual([
      expect.objectContaining({ row: 3, code: 'not_in_currency', value: '€15000' }),
    ]);
    expect(values(en, 'investmentYuan')).toEqual([106_500, 1_065_000_000, 106_500]);
    // Without a mapping the sign is refused, as before.
    const plain = await preview(api, book, { format: 'xlsx' });
    expect(codes(plain.body)).toContain('not_money');
  });

  it('that is no whole yuan needs a rounding', async () => {
    const [zh, en] = await said(amounts('总投资', '100.5'), investment('总投资'));
    expect(messages(en)).toEqual([
      'is 713.55 yuan at the rate of 7.1; say with `rounding` in the mapping how to make it whole yuan',
    ]);
    expect(messages(zh)).toEqual(['按汇率 7.1 折合 713.55 元，不是整数；请在映射中用 rounding 指明取整方式']);
    const rounded = async (rounding: string) =>
      values(
        (await said(amounts('总投资', '100.5'), investment('总投资', { rounding })))[1],
        'investmentYuan',
      );
    expect(await Promise.all(['down', 'up', 'half_up'].map(rounded))).toEqual([[713], [714], [714]]);
  });

  it('is exact, however small the rate', async () => {
    const yen = { from: '总投资', unit: 'yi', currency: 'JPY', rate: '0.048213', factor: '1.1' };
    const [, en] = await said(amounts('总投资', '3.3'), { ...base, investmentYuan: yen });
    expect(values(en, 'investmentYuan')).toEqual([17_501_319]);
    expect(values(en, 'contractAmount')).toEqual(['363000000']);
  });

  it('leaves the contract alone where the mapping fills it', async () => {
    const fields = { ...investment('总投资'), contractAmount: { constant: '5' } };
    const [, en] = await said(amounts('总投资', '100'), fields);
    expect([values(en, 'contractAmount'), values(en, 'contractCurrency')]).toEqual([['5'], [undefined]]);
    const funds = { ...base, contractedFundsYuan: { from: '引资额', ...inDollars } };
    const [, other] = await said(amounts('总投资,引资额', '710","100'), funds);
    expect(values(other, 'contractedFundsYuan')).toEqual([710]);
    expect(values(other, 'contractCurrency')).toEqual([undefined]);
  });

  it('has its unit in the heading, a line above, or the mapping; never one of yuan', async () => {
    const unitOf = async (line: string, heading: string, more: Body = {}) => {
      const file = fileOf(line, amounts(heading, '1'));
      const [, en] = await said(file, investment(heading, more), { rest: { headingRow: 2 } });
      return en.file?.columns.find(({ field }: Body) => field === 'investmentYuan')?.unit ?? en.detail;
    };
    expect(await unitOf('名单', 'Total (million USD)')).toBe('baiwan');
    expect(await unitOf('名单', 'Amount in USD')).toBe('yuan');
    expect(await unitOf('单位：万美元', '总投资')).toBe('wan');
    expect(await unitOf('名单', '总投资')).toBe('yuan');
    expect(await unitOf('单位：万元', '总投资', { unit: 'yi' })).toBe('yi');
    for (const [line, heading, text] of [
      ['名单', '总投资（万元）', '总投资（万元）'],
      ['名单', '总投资（万港元）', '总投资（万港元）'],
      ['名单', '总投资（千万美元）', '总投资（千万美元）'],
      ['单位：万元', '总投资', '万元'],
      ['单位：万欧元', '总投资', '万欧元'],
    ] as const) {
      expect(await unitOf(line, heading)).toBe(
        `The mapping reads “${heading}” as USD, but the file says “${text}”. Correct the currency, or say with \`unit\` in the mapping what the amounts are in.`,
      );
    }
  });
});

describe('a list with separators', () => {
  const list = (separator: unknown) => ({ ...base, investors: { from: '投资方', separator } });
  const read = async (cell: string, separator: unknown) => {
    const file = amounts('总投资,投资方', `1","${cell.replaceAll('"', '""')}`);
    const [, en] = await said(file, list(separator), { query: { createEnterprises: true } });
    expect(en.faults).toEqual([]);
    return values(en, 'investors')[0];
  };

  it.each([
    ['Alpha, Beta', ',', ['Alpha', 'Beta']],
    ['Alpha / Beta, Gamma', [',', ' / '], ['Alpha', 'Beta', 'Gamma']],
    ['Alpha Co., Ltd., Beta Inc', ',', ['Alpha Co., Ltd.', 'Beta Inc']],
    ['Alpha, LLC, Beta, S.A.', ',', ['Alpha, LLC', 'Beta, S.A.']],
    ['甲、乙, 丙', ',', ['甲', '乙', '丙']],
    ['甲\n乙, 丙', ',', ['甲', '乙', '丙']],
    ['甲+乙', '+', ['甲', '乙']],
  ])('%j by %j', async (cell, separator, expected) => {
    expect(await read(cell, separator)).toEqual(expected);
  });

  it('is one name without them', async () => {
    expect(await read('Alpha, Beta', ';')).toEqual(['Alpha, Beta']);
  });
});

describe('several columns', () => {
  const file = (...days: string[]) =>
    fileOf('项目编号,项目名称,总投资,年,月,日', ...days.map((day, i) => `T-${i + 1},甲示例项目,1,${day}`));
  const signed = (from: string[], more: Body = {}) => ({ ...base, signedOn: { from, ...more } });

  it('are a day', async () => {
    const [, en] = await said(file('2023,5,1', '2023,12,31'), signed(['年', '月', '日']));
    expect(values(en, 'signedOn')).toEqual(['2023-05-01', '2023-12-31']);
    expect(en.file.columns.find(({ field }: Body) => field === 'signedOn')).toEqual({
      column: 'D',
      heading: '年 + 月 + 日',
      field: 'signedOn',
    });
    expect(en.file.ignored).toEqual([]);
    const [, marked] = await said(file('2023年,5月,1日'), signed(['年', '月', '日'], { join: '' }));
    expect(values(marked, 'signedOn')).toEqual(['2023-05-01']);
    const [, american] = await said(
      file('2023,5,1'),
      signed(['月', '日', '年'], { join: '/', dates: ['MM/DD/YYYY'] }),
    );
    expect(values(american, 'signedOn')).toEqual(['2023-05-01']);
  });

  it('are a month, on the day that is said', async () => {
    const [, en] = await said(file('2023,5,'), signed(['年', '月'], { days: 'last' }));
    expect(values(en, 'signedOn')).toEqual(['2023-05-31']);
    const [, open] = await said(file('2023,5,', '2023,,'), signed(['年', '月', '日']));
    expect(codes(open)).toEqual(['only_a_month', 'only_a_year']);
  });

  it('with a gap are refused, because the rest would be another value', async () => {
    const [zh, en] = await said(file('2023,,5'), signed(['年', '月', '日']));
    expect(en.faults).toEqual([
      expect.objectContaining({
        column: 'D',
        heading: '年 + 月 + 日',
        value: '2023--5',
        code: 'missing_part',
        message: 'lacks “月”; fill in all columns that this value is put together from',
      }),
    ]);
    expect(messages(zh)).toEqual(['缺少“月”一列的内容；该值由多列合成，各列均应填写']);
    const [, keyed] = await said(file('2023,,5'), {
      ...base,
      code: { from: ['年', '月'] },
      signedOn: { constant: '2023-05-01' },
    });
    expect(codes(keyed)).toContain('missing_part');
  });

  it('are a text, a code or a list', async () => {
    const fields = {
      ...base,
      code: { from: ['年', '项目编号'] },
      name: { from: ['项目名称', '月', '日'] },
      note: { from: ['项目名称', '日'], join: '：' },
      investors: { from: ['甲方', '乙方'] },
      signedOn: { constant: '2023-05-01' },
    };
    const lines = fileOf(
      '项目编号,项目名称,总投资,年,月,日,甲方,乙方',
      'T-1,甲,1,2023,,5,丙,丁',
      'T-2,乙,1,2024,6,7,,戊',
    );
    const [, en] = await said(lines, fields, { query: { createEnterprises: true } });
    expect(values(en, 'code')).toEqual(['2023-T-1', '2024-T-2']);
    expect(values(en, 'name')).toEqual(['甲 5', '乙 6 7']);
    expect(values(en, 'note')).toEqual(['甲：5', '乙：7']);
    expect(values(en, 'investors')).toEqual([['丙', '丁'], ['戊']]);
  });

  it('of which one is missing refuse the file', async () => {
    const mapping = await stored(signed(['年', '季度']));
    const answer = await preview(api, file('2023,5,1'), { query: { mapping } });
    expectProblem(answer, 422, 'imports.missing_headings');
    expect(answer.body.detail).toContain('“季度”');
  });
});

describe('text around an amount', () => {
  const read = async (cells: string[], strip: unknown) => {
    const [, en] = await said(amounts('总投资', ...cells), {
      ...base,
      investmentYuan: { from: '总投资', strip },
    });
    return [values(en, 'investmentYuan'), codes(en)];
  };

  it('is removed from both ends', async () => {
    expect(
      await read(['约100万元', '100 左右', '约 1,000元左右', 'Approx. 5', '7'], ['约', '左右', 'approx.']),
    ).toEqual([[1_000_000, 100, 1_000, 5, 7], []]);
    expect(await read(['（估）100', '估（100）'], ['(估)'])).toEqual([[100], ['not_money']]);
  });

  it('that the mapping does not name is refused, and so is one that is nothing else', async () => {
    expect(await read(['约100', '大约100', '约'], ['约'])).toEqual([[100], ['not_money', 'not_money']]);
  });
});

describe('a code', () => {
  const read = async (cells: string[], field: string, source: Body) => {
    const fields = { ...base, [field]: { from: '代码', ...source } };
    const [, en] = await said(amounts('代码,总投资', ...cells.map((cell) => `${cell}","1`)), fields);
    return [values(en, field), codes(en)];
  };

  it('is padded', async () => {
    expect(await read(['43', '4301'], 'region', { pad: { to: 6, side: 'right' } })).toEqual([
      ['430000', '430100'],
      [],
    ]);
    expect(await read(['7', '1234', 'A'], 'code', { pad: { to: 3, side: 'left' } })).toEqual([
      ['007', '1234', 'A'],
      [],
    ]);
  });

  it('is cut', async () => {
    expect(await read(['430100 长沙', '430100201000'], 'region', { cut: 6 })).toEqual([
      ['430100', '430100'],
      [],
    ]);
    expect(await read(['4301000'], 'region', { cut: 4, pad: { to: 6, side: 'right' } })).toEqual([
      ['430100'],
      [],
    ]);
  });

  it('is translated after that', async () => {
    const source = { cut: 2, prefix: 'x', codes: { x长沙: '430100' } };
    expect(await read(['长沙市', '株洲市'], 'region', source)).toEqual([['430100'], ['not_translated']]);
  });

  it('has a prefix', async () => {
    const serial = fileOf(
      '序号,项目名称,项目级别,签约日期,总投资（万元）',
      '1,甲示例项目,省级,2023-05-01,1',
      '合计,,,,1',
    );
    const fields = {
      ...base,
      code: { from: '序号', prefix: '2024-' },
      investmentYuan: { from: '总投资（万元）' },
    };
    const [, en] = await said(serial, fields, { query: { partial: true } });
    expect(values(en, 'code')).toEqual(['2024-1']);
    expect(en).toMatchObject({ created: 1, refused: 1 });
    const book = workbook({
      sheets: [
        {
          rows:
            bookRow(1, ['序号', '项目名称', '签约日期', '总投资']) +
            bookRow(2, ['<c r="A2"><v>12</v></c>', '甲示例项目', '2023-05-01', '1']),
        },
      ],
    });
    const numbered = { ...base, code: { from: '序号', prefix: '2024-', pad: { to: 3, side: 'left' } } };
    const [, read] = await said(book, numbered, { format: 'xlsx' });
    expect(values(read, 'code')).toEqual(['2024-012']);
  });
});

describe('a worksheet by its position', () => {
  const rows = (code: string) =>
    bookRow(1, ['项目编号', '项目名称', '签约日期', '总投资']) + bookRow(2, [code, '甲', '2023-05-01', '1']);
  const book = workbook({
    sheets: [
      { name: '甲', rows: rows('T-1') },
      { name: '乙', state: 'hidden', rows: rows('T-2') },
      { name: '丙', rows: rows('T-3') },
    ],
  });

  it('is counted among the visible ones', async () => {
    const [, en] = await said(book, base, { format: 'xlsx', rest: { sheet: 2 } });
    expect(en.file).toMatchObject({ sheet: '丙', otherSheets: ['甲'] });
    expect(values(en, 'code')).toEqual(['T-3']);
  });

  it('that there is not refuses the file', async () => {
    const [zh, en] = await said(book, base, { format: 'xlsx', rest: { sheet: 3 } });
    expect([en.code, en.detail]).toEqual([
      'imports.no_sheet_at',
      'There is no visible worksheet 3; there are 2: 甲, 丙. Correct `sheet` in the mapping.',
    ]);
    expect(zh.detail).toBe('没有第 3 个可见的工作表；共有 2 个：甲, 丙。请更正映射中的 sheet。');
  });
});

describe('files of others', () => {
  it('months in three notations', async () => {
    const file = fileOf(
      '项目编号,项目名称,项目级别,签约日期,总投资（万元）',
      'T-1,甲示例项目,省级,2023年5月,1',
      'T-2,乙示例项目,省级,2023.05,1',
      'T-3,丙示例项目,省级,2023-05,1',
    );
    const fields = {
      ...base,
      signedOn: { from: '签约日期', days: 'first' },
      investmentYuan: { from: '总投资（万元）' },
    };
    const [, en] = await said(file, fields);
    expect(values(en, 'signedOn')).toEqual(['2023-05-01', '2023-05-01', '2023-05-01']);
  });

  it('investors with several commas', async () => {
    const file = fileOf(
      '项目编号,项目名称,项目级别,签约日期,总投资（万元）,投资方',
      'T-1,甲示例项目,省级,2023-05-01,1,乙示例有限公司、丙示例有限公司',
      'T-2,丁示例项目,省级,2023-05-01,1,"乙示例有限公司，丙示例有限公司"',
      'T-3,戊示例项目,省级,2023-05-01,1,/',
      'T-4,己示例项目,省级,2023-05-01,1,待定',
      'T-5,庚示例项目,省级,2023-05-01,1,"乙示例有限公司, 丙示例有限公司"',
    );
    const fields = {
      ...base,
      investmentYuan: { from: '总投资（万元）' },
      investors: { from: '投资方', separator: ',' },
    };
    const [, en] = await said(file, fields, { query: { createEnterprises: true } });
    const two = ['乙示例有限公司', '丙示例有限公司'];
    expect(values(en, 'investors')).toEqual([two, two, [], [], two]);
  });
});

describe('the page about mappings', () => {
  it('has an example that reads its list', async () => {
    const example = examplesIn(documentAt('docs/mappings.md')).find(({ language }) => language === 'json');
    const { fields, ...rest } = JSON.parse(example?.text ?? '');
    const file = fileOf(
      '序号,Project,区划,Investors,Investment (million USD),年,月,日',
      '7,甲示例项目,430100,"Alpha Co., Ltd., Beta",about $1.5,2024,5,1',
    );
    const [, en] = await said(file, fields, { rest, query: { createEnterprises: true } });
    expect(en.faults).toEqual([]);
    const read = Object.entries(en.changes[0].fields).map(([field, { after }]: [string, Body]) => [
      field,
      after,
    ]);
    expect(Object.fromEntries(read)).toMatchObject({
      code: '2024-007',
      region: '430100',
      investors: ['Alpha Co., Ltd.', 'Beta'],
      investmentYuan: 10_650_000,
      contractAmount: '1500000',
      contractCurrency: 'USD',
      signedOn: '2024-05-01',
    });
  });

  it('names every setting, and the schema no other', () => {
    const rows = documentAt('docs/mappings.md').matchAll(/^\| (`.*?) \|/gm);
    const named = [...rows].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );
    expect(named.sort()).toEqual(Object.keys(MappedSource.shape).sort());
  });
});

describe('an amount below a heading with money that is no unit', () => {
  const heading = '总投资（万美元）';
  const file = fileOf(`项目编号,项目名称,签约日期,${heading}`, 'T-1,甲,2023-05-01,2');
  const sent = async (more: Body, query: Body = {}) => {
    const mapping = await stored({ ...base, investmentYuan: { from: heading, ...more } });
    return preview(api, file, { query: { ...query, mapping } });
  };

  it('refuses the file', async () => {
    const answer = await sent({});
    expectProblem(answer, 422, 'imports.unknown_unit');
    expect(answer.body.detail).toContain('Row 1 gives an unknown unit of amounts: “万美元”');
  });

  it.each<[string, Body, Body, number]>([
    ['a unit', { unit: 'wan' }, {}, 20_000],
    ['a factor', { factor: '71000' }, {}, 142_000],
    ['a currency', { currency: 'USD', rate: '7.1' }, {}, 142_000],
    ['the unit of the request', {}, { unit: 'wan' }, 20_000],
  ])('is read with %s', async (_, more, query, yuan) => {
    const { body } = await sent(more, query);
    expect(body.changes[0].fields.investmentYuan).toEqual({ after: yuan });
  });
});

describe('a definition', () => {
  changesNothing(() => api);
  const refusals: [
    what: string,
    field: string,
    source: Body,
    ...faults: [string, string, string, string][],
  ][] = [
    [
      'currency without rate',
      'investmentYuan',
      { from: 'x', currency: 'USD' },
      ['currency', 'needs_setting', 'has no effect without `rate`', '须与 rate 一并给出'],
    ],
    [
      'rate without currency',
      'investmentYuan',
      { from: 'x', rate: '7.1' },
      ['rate', 'needs_setting', 'has no effect without `currency`', '须与 currency 一并给出'],
    ],
    [
      'day without rate',
      'investmentYuan',
      { from: 'x', rateOn: '2023-05-01' },
      ['rateOn', 'needs_setting', 'has no effect without `rate`', '须与 rate 一并给出'],
    ],
    [
      'yuan as another currency',
      'investmentYuan',
      { from: 'x', currency: 'CNY', rate: '1' },
      [
        'currency',
        'own_currency',
        'is the currency of all amounts; leave out currency and rate',
        '金额本以人民币计，无需折算；请去掉 currency 和 rate',
      ],
    ],
    [
      'no currency, rate and day',
      'investmentYuan',
      { from: 'x', currency: 'usd', rate: '0', rateOn: '2023-02-30' },
      [
        'currency',
        'not_a_currency',
        'must be a currency code of ISO 4217, like USD',
        '应为 ISO 4217 货币代码，如 USD',
      ],
      [
        'rate',
        'not_a_factor',
        'must be a positive decimal number as text, like "7.1"',
        '应为文本形式的正十进制数，如 "7.1"',
      ],
      ['rateOn', 'not_a_day', 'must be a valid date, like 2020-06-29', '应为真实存在的日期，如 2020-06-29'],
    ],
    [
      'digits to strip',
      'investmentYuan',
      { from: 'x', strip: '1' },
      [
        'strip',
        'changes_amounts',
        'must not contain digits, signs, currencies or units, which change the amount; use unit, factor or currency',
        '不得含有数字、正负号、币种或单位，以免改变金额；请改用 unit、factor 或 currency',
      ],
    ],
    ...(
      [
        ['name', { from: 'x', currency: 'USD', rate: '7' }, 'currency', 'rate'],
        ['name', { from: 'x', strip: '约' }, 'strip'],
        ['name', { from: 'x', separator: ',' }, 'separator'],
        ['name', { from: 'x', cut: 2, pad: { to: 3, side: 'left' }, prefix: 'a' }, 'cut', 'pad', 'prefix'],
        ['contractAmount', { from: 'x', prefix: '1' }, 'prefix'],
        ['investmentYuan', { from: ['x', 'y'] }, 'from'],
        ['investmentYuan', { from: ['x', 'y'], join: '-' }, 'join', 'from'],
      ] as const
    ).map(([field, source, ...settings]): (typeof refusals)[number] => [
      `${settings.join(', ')} in ${field}`,
      field,
      source,
      ...settings.map((setting): [string, string, string, string] => [
        setting,
        'not_for_this_field',
        'does not apply to this field',
        '不适用于该字段',
      ]),
    ]),
    [
      'a text between the values of one column',
      'name',
      { from: ['x'], join: '-' },
      ['join', 'needs_setting', 'has no effect without `from: […, …]`', '须与 from: […, …] 一并给出'],
    ],
    [
      'a prefix of a constant',
      'code',
      { constant: 'x', prefix: 'y' },
      ['prefix', 'needs_setting', 'has no effect without `from`', '须与 from 一并给出'],
    ],
    [
      'sizes beyond all bounds',
      'code',
      { from: 'x', cut: 0, pad: { to: 65, side: 'left' }, prefix: 'x'.repeat(65) },
      ['cut', 'too_small', 'must be at least 1', '不能小于 1'],
      ['pad/to', 'too_large', 'must be at most 64', '不能大于 64'],
      ['prefix', 'too_long', 'must have at most 64 characters', '最多 64 个字符'],
    ],
    [
      'padding on no side',
      'code',
      { from: 'x', pad: { to: 6, side: 'both' } },
      ['pad/side', 'not_a_choice', 'must be one of left, right', '应为以下之一：left, right'],
    ],
  ];

  it.each(refusals)('with %s is refused', async (_, field, source, ...faults) => {
    const body = { code: 'faulty', name: '测试', definition: { fields: { [field]: source } } };
    for (const language of ['en', 'zh-CN'] as const) {
      const answer = await api.post('/v1/mappings', body, { 'accept-language': language });
      expect(answer.status).toBe(422);
      expect(answer.body.errors.map(({ pointer, code, message }: Body) => [pointer, code, message])).toEqual(
        faults.map(([setting, code, en, zh]) => [
          `/definition/fields/${field}/${setting}`,
          code,
          language === 'en' ? en : zh,
        ]),
      );
    }
  });

  it.each(['$', '万元', '%', '-', '.', 'RMB', 'million', '¥', '亿', '３'])(
    'that strips %s is refused',
    async (strip) => {
      const definition = { fields: { investmentYuan: { from: 'x', strip: ['约', strip] } } };
      const answer = await api.post('/v1/mappings', { code: 'faulty', name: '测试', definition });
      expectProblem(answer, 422, 'request.invalid', [
        ['/definition/fields/investmentYuan/strip/1', 'changes_amounts'],
      ]);
    },
  );

  it('names all types that a setting may have', async () => {
    const messagesOf = async (language: string) =>
      (
        await api.post(
          '/v1/mappings',
          { code: 'faulty', name: '测试', definition: { sheet: 1.5, fields: { name: { from: 5 } } } },
          { 'accept-language': language },
        )
      ).body.errors.map(({ pointer, message }: Body) => [pointer, message]);
    expect(await messagesOf('en')).toEqual([
      ['/definition/sheet', 'must be text or a whole number'],
      ['/definition/fields/name/from', 'must be text or a list'],
    ]);
    expect(await messagesOf('zh-CN')).toEqual([
      ['/definition/sheet', '应为 文本或整数'],
      ['/definition/fields/name/from', '应为 文本或列表'],
    ]);
  });

  it.each([
    [{ sheet: 0, fields: {} }, '/definition/sheet', 'too_small'],
    [{ fields: { name: { from: ['x', 5] } } }, '/definition/fields/name/from/1', 'wrong_type'],
    [{ fields: { name: { from: [] } } }, '/definition/fields/name/from', 'too_few'],
    [{ fields: { name: { from: Array(11).fill('x') } } }, '/definition/fields/name/from', 'too_many'],
  ])('%j is refused', async (definition, pointer, code) => {
    const answer = await api.post('/v1/mappings', { code: 'faulty', name: '测试', definition });
    expectProblem(answer, 422, 'request.invalid', [[pointer, code]]);
  });
});
