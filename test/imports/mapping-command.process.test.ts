/** `luodi mapping`: proposes a mapping, and says what is unsure. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Mapping } from '../../src/features/imports/importable.ts';
import { endAll, luodi, projectFolder } from '../support/process.ts';
import { row, workbook } from '../support/workbooks.ts';
import { importCommand } from './import-command.ts';
import { reportsIn } from './support.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'luodi-mapping-'));
});
afterEach(async () => {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
});

const lines = (...rows: string[]) => rows.join('\r\n');

/** The mapping proposed for a file, and the remarks. */
async function proposed(content: string | Buffer, args: string[] = [], name = 'list.csv') {
  writeFileSync(join(folder, name), content);
  const { code, stdout, stderr } = await luodi(['mapping', name, ...args], { cwd: folder }).ended;
  expect(code, stderr).toBe(0);
  const mapping = JSON.parse(stdout);
  expect(Mapping.parse(mapping)).toEqual(mapping);
  return { mapping, remarks: stderr.trimEnd().split('\n') };
}

const LIST = lines(
  '2023年重点签约项目表,,,,,,,',
  '单位：万元,,,,,,,',
  '序号,项目名称,项目级别,签约日期,总投资,合同引资额（万美元）,所在地,颜色',
  '1,甲示例项目,省级,5/13/2023,12,3,长沙市,红',
  '2,乙示例项目,省重点,6/1/2023,约12,3,430100,红',
  '3,丙示例项目,省重点,2023年5月,12,3,430100,红',
);

describe('luodi mapping', () => {
  it('proposes the fields of the headings that it knows, and names all others', async () => {
    const { mapping, remarks } = await proposed(LIST);
    expect(mapping).toEqual({
      entity: 'projects',
      headingRow: 3,
      fields: {
        name: { from: '项目名称' },
        level: { from: '项目级别' },
        signedOn: { from: '签约日期', dates: ['MM/DD/YYYY'] },
        investmentYuan: { from: '总投资', unit: 'wan' },
        region: { from: '所在地' },
      },
    });
    expect(remarks).toEqual([
      'A “序号”: is not known; name its field, or leave it out',
      'F “合同引资额（万美元）”: is in USD and is left out; add it with the rate: "contractedFundsYuan": {"from":"合同引资额（万美元）","currency":"USD","unit":"wan","rate":"…","rateOn":"…"}',
      'H “颜色”: is not known; name its field, or leave it out',
      'D “签约日期”: has days that only MM/DD/YYYY reads; check the proposed `dates`',
      'C “项目级别”: row 5 must be one of provincial, municipal, county (2 cells: “省重点”)',
      'E “总投资”: row 5 must be an amount, like 1234.5 or 1,234.5 (1 cell: “约12”)',
      'D “签约日期”: row 6 names a month; give the day, or say with days=first or days=last which one counts (1 cell: “2023年5月”)',
      '“Code” (code) is required, and no column is recognised as it; name one with `from`, or give a `constant`',
    ]);
  });

  it('says so in Chinese', async () => {
    const { remarks } = await proposed(LIST, ['--lang', 'zh']);
    expect(remarks).toEqual([
      'A “序号”：无法识别；请指明所对应的字段，否则不读取',
      'F “合同引资额（万美元）”：币种为 USD，未列入；请连同汇率列入："contractedFundsYuan": {"from":"合同引资额（万美元）","currency":"USD","unit":"wan","rate":"…","rateOn":"…"}',
      'H “颜色”：无法识别；请指明所对应的字段，否则不读取',
      'D “签约日期”：其中日期只有按 MM/DD/YYYY 才能读取；请核对所列的 dates',
      'C “项目级别”：第 5 行应为以下之一：省级、市级、县级（共 2 个单元格：“省重点”）',
      'E “总投资”：第 5 行应为金额，如 1234.5 或 1,234.5（共 1 个单元格：“约12”）',
      'D “签约日期”：第 6 行只有年月；请填写具体日期，或用 days=first、days=last 指明取月初或月末（共 1 个单元格：“2023年5月”）',
      '“项目编号”（code）为必填项，未识别到对应的列；请用 from 指明，或用 constant 给出',
    ]);
  });

  it('says what it cannot decide', async () => {
    const { mapping, remarks } = await proposed(
      lines(
        '项目编号,项目名称,签约日期,总投资,总投资额,合同引资额（万石）',
        'T-1,甲,5/1/2023,1,2,3',
        'T-2,乙,5/2/2023,1,2,3',
      ),
    );
    expect(mapping.fields).toEqual({
      code: { from: '项目编号' },
      name: { from: '项目名称' },
      signedOn: { from: '签约日期' },
      investmentYuan: { from: '总投资' },
    });
    expect(remarks).toEqual([
      'E “总投资额”: is a second column for a field, and is left out',
      'F “合同引资额（万石）”: has an unknown unit and is left out; add it with `unit`, `factor` or `currency`',
      'D “总投资”: does not say its unit, and is read as yuan; add `unit` if it is another',
      'C “签约日期”: has days that both MM/DD/YYYY and DD/MM/YYYY read; add the right one as `dates`',
      '“Level” (level) is required, and no column is recognised as it; name one with `from`, or give a `constant`',
    ]);
  });

  it('leaves amounts out whose currency is in a line above', async () => {
    const rows = ['项目编号,项目名称,项目级别,签约日期,总投资', 'T-1,甲,省级,2023-05-01,1'];
    const { mapping, remarks } = await proposed(lines('单位：万美元', ...rows));
    expect(Object.keys(mapping.fields)).toEqual(['code', 'name', 'level', 'signedOn']);
    expect(remarks).toEqual([
      'E “总投资”: is in USD and is left out; add it with the rate: "investmentYuan": {"from":"总投资","currency":"USD","unit":"wan","rate":"…","rateOn":"…"}',
    ]);
    const unknown = await proposed(lines('单位：万比特币', ...rows));
    expect(unknown.remarks).toEqual([
      'E “总投资”: is in “万比特币” according to a line above, which is not understood; add `unit` or `factor`',
    ]);
  });

  it('reads worksheets, other entities and lists without a known heading', async () => {
    const book = workbook({
      sheets: [
        { name: '说明', rows: row(1, ['仅供参考']) },
        { name: '地区', rows: row(2, ['代码', '名称']) + row(3, ['990000', '甲']) },
      ],
    });
    const { mapping } = await proposed(book, ['--entity', 'regions', '--format', 'xlsx'], 'book.xlsx');
    expect(mapping).toEqual({
      entity: 'regions',
      sheet: '地区',
      headingRow: 2,
      fields: { code: { from: '代码' }, name: { from: '名称' } },
    });
    const unknown = await proposed(lines('甲,,', '乙,丙,丁', '1,2,3'));
    expect(unknown.mapping).toEqual({ entity: 'projects', headingRow: 2, fields: {} });
    expect(unknown.remarks.slice(0, 3)).toEqual(
      ['A “乙”', 'B “丙”', 'C “丁”'].map(
        (place) => `${place}: is not known; name its field, or leave it out`,
      ),
    );
  });

  it('finds something in a list of the World Bank', async () => {
    const file = readFileSync(join(projectFolder, 'test/fixtures/world-bank/fy2015.xlsx'));
    const { mapping, remarks } = await proposed(file, [], 'fy2015.xlsx');
    expect(mapping).toMatchObject({ headingRow: 2, fields: { name: { from: 'Project Name' } } });
    expect(remarks).toContain('A “Project Id”: is not known; name its field, or leave it out');
    expect(remarks.at(-1)).toContain('“Signed” (signedOn) is required');
  });

  it.each<[string, string, string[], string]>([
    ['an option', 'a', ['--entity', 'cars'], '--entity: must be one of projects,'],
    ['NDJSON', '{"code":"A"}\n', [], 'A mapping is proposed for tables with headings only'],
    ['an empty file', '', [], 'The file is empty.'],
  ])('refuses %s in a line', async (_, content, args, message) => {
    writeFileSync(join(folder, 'file'), content);
    const { code, stdout, stderr } = await luodi(['mapping', 'file', ...args], { cwd: folder }).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^luodi: /);
  });

  it('refuses a file that does not exist', async () => {
    const { code, stderr } = await luodi(['mapping', 'nowhere.csv'], { cwd: folder }).ended;
    expect([code, stderr]).toEqual([
      1,
      "luodi: nowhere.csv cannot be read: ENOENT: no such file or directory, stat 'nowhere.csv'\n",
    ]);
  });
});

describe('a proposed mapping', () => {
  const { folder: importing, write, run } = importCommand();

  it('reads the file that it was proposed for', async () => {
    write(
      'list.csv',
      lines('名单', '单位：亿元', '项目编号,项目名称,项目级别,签约日期,总投资', 'P-1,甲,省级,12/31/2020,1.5'),
    );
    const { stdout } = await luodi(['mapping', 'list.csv'], { cwd: importing() }).ended;
    write('mapping.json', stdout);
    const imported = await run('list.csv', '--mapping', 'mapping.json', '--preview', '--json');
    const [report] = reportsIn(imported.stdout);
    expect(report).toMatchObject({ created: 1, refused: 0 });
    expect(report?.changes[0].fields).toMatchObject({
      signedOn: { after: '2020-12-31' },
      investmentYuan: { after: 150_000_000 },
    });
  });
});
