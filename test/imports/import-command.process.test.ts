/** `luodi import` as a process. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { Import } from '../../src/features/imports/schema.ts';
import { aProject, created } from '../support/app.ts';
import { HEADINGS, importCommand, row } from './import-command.ts';
import { aCode, csv, luodiImport, reportsIn } from './support.ts';

const { folder, write, begin, run, ask, project } = importCommand();

const faulty = (code: string): string[] => [code, '示例', '省级', '2020-13-01', '三百'];

describe('luodi import', () => {
  it('imports all files, even if its output is not read to the end', async () => {
    const codes = [aCode(), aCode()];
    for (const [i, code] of codes.entries()) write(`${i}.csv`, csv(HEADINGS, row(code)));
    const running = begin(['0.csv', '1.csv']);
    running.stopReading();
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
    for (const code of codes) expect(await project(code)).toMatchObject({ code });
  });

  it('writes all rows of a file and reports how it read them', async () => {
    const code = aCode();
    write('项目.csv', csv([...HEADINGS, '颜色'], row(code, '红')));
    const { code: exit, stdout, stderr } = await run('项目.csv');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toBe(
      [
        '项目.csv: Of 1 row 1 is created, 0 changed, 0 unchanged, 0 left out as faulty.',
        '  csv, utf-8, headings in row 1, 5 columns read',
        '  Columns not read: F 颜色',
        '',
      ].join('\n'),
    );
    const { id, ...found } = await project(code);
    expect(found).toMatchObject({ name: '示例', investmentYuan: 350_000_000 });
    const [history, imports] = await ask(async (client) => [
      (await client.get(`/v1/projects/${id}/history`)).body.items,
      (await client.get('/v1/imports')).body.items,
    ]);
    expect(history).toMatchObject([{ actor: 'luodi import', action: 'create' }]);
    expect(imports[0]).toMatchObject({ actor: 'luodi import', status: 'done', file: { name: '项目.csv' } });
    expect(readdirSync(folder())).toEqual(['项目.csv']);
  });

  it('refuses a file with a faulty row as a whole, and shows each cell, aligned in any script', async () => {
    const [good, bad] = [aCode(), aCode()];
    const rows = [row(good), faulty(bad), [aCode(), '\u001b[2J红\u202e色', '省级', '2020-06-29', '3.5']];
    write('faulty.csv', csv(HEADINGS, ...rows));
    const { code, stdout, stderr } = await run('faulty.csv');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'faulty.csv: Nothing is written: of 3 rows 2 are faulty. Correct them, or write the others with --partial.',
      expect.stringContaining('headings in row 1'),
      '  3 faults:',
      '    Row  Column            Value       Problem',
      '    3    D 签约日期        2020-13-01  must be a valid date, like 2020-06-29',
      '    3    E 投资总额(亿元)  三百        must be an amount, like 1234.5 or 1,234.5',
      expect.stringMatching(
        /^ {4}4 {4}B 项目名称 {9}\[2J红 色 {3}contains U\+001B \(control character\) at position 1; remove it$/,
      ),
      '',
    ]);
    expect(await project(good)).toBeUndefined();
  });

  it('leaves out faulty rows with --partial, with an exit code of its own', async () => {
    const [good, bad] = [aCode(), aCode()];
    write('mixed.csv', csv(HEADINGS, row(good), faulty(bad)));
    const { code, stdout } = await run('mixed.csv', '--partial', '--lang', 'zh');
    expect(code).toBe(2);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('mixed.csv: 共 2 行：已新建 1，已修改 0，无变化 0，因有误未导入 1。');
    expect(lines.slice(2, 6)).toEqual([
      '  2 处错误：',
      '    行  列                内容        问题',
      '    3   D 签约日期        2020-13-01  应为真实存在的日期，如 2020-06-29',
      '    3   E 投资总额(亿元)  三百        应为金额，如 1234.5 或 1,234.5',
    ]);
    expect(await project(good)).toBeDefined();
    expect(await project(bad)).toBeUndefined();
  });

  it('shows the changes with --preview, and writes nothing', async () => {
    const [fresh, other, same] = [aCode(), aCode(), aCode()];
    await ask(async (client) => {
      await created(
        client,
        '/v1/projects',
        aProject({ code: other, name: '旧', investmentYuan: 350_000_000 }),
      );
      await created(
        client,
        '/v1/projects',
        aProject({ code: same, name: '示例', investmentYuan: 350_000_000 }),
      );
    });
    write('sheet.csv', csv(HEADINGS, row(fresh), row(other), row(same)));
    const { code, stdout } = await run('sheet.csv', '--preview');
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe(
      'sheet.csv: Preview, nothing is written. Of 3 rows 1 would be created, 1 changed, 1 is unchanged, 0 faulty.',
    );
    expect(lines.slice(2)).toEqual([
      '  Columns read: A 项目编号 → code, B 项目名称 → name, C 项目级别 → level, D 签约日期 → signedOn, E 投资总额(亿元) → investmentYuan (100 million yuan, from the heading)',
      '  The first 2 changes:',
      expect.stringMatching(
        new RegExp(`^ {4}Row 2 {2}new {5}${fresh} {2}name 示例, level provincial, signedOn 2020-06-29, inv`),
      ),
      `    Row 3  change  ${other}  name 旧 → 示例`,
      '',
    ]);
    expect(await project(fresh)).toBeUndefined();
    expect(await project(other)).toMatchObject({ name: '旧' });
  });

  it('handles every file despite failures of others, and prints a JSON line for each', async () => {
    const [first, last] = [aCode(), aCode()];
    write('first.csv', csv(HEADINGS, row(first)));
    write('empty.csv', '');
    write('faulty.csv', csv(HEADINGS, faulty(aCode())));
    write('none.csv', 'nothing,here\r\n1,2\r\n');
    const files = ['first.csv', 'empty.csv', 'faulty.csv', 'none.csv', '-'];
    const { code, stdout, stderr } = await begin([...files, '--json'], csv(HEADINGS, row(last))).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const reports = reportsIn(stdout);
    expect(reports).toMatchObject([
      { status: 'done', file: { name: 'first.csv' }, created: 1 },
      { status: 'refused', file: { name: 'empty.csv' }, problem: { code: 'imports.empty_file' } },
      { status: 'refused', file: { name: 'faulty.csv' }, problem: { code: 'imports.faulty_rows' } },
      { status: 'refused', file: { name: 'none.csv' }, problem: { code: 'imports.no_headings' } },
      { status: 'done', file: { name: null }, created: 1 },
    ]);
    for (const report of reports.filter(({ id }) => id !== undefined)) {
      expect(Import.safeParse(report).error).toBeUndefined();
    }
    expect([await project(first), await project(last)]).toEqual([
      expect.objectContaining({ code: first }),
      expect.objectContaining({ code: last }),
    ]);
  });

  it('reports why a file cannot be read, in the requested language', async () => {
    write('none.csv', 'nothing,here\r\n1,2\r\n');
    write('empty.csv', '');
    const { code, stdout } = await run('none.csv', 'empty.csv', '--lang', 'zh');
    expect(code).toBe(1);
    expect(stdout).toBe(
      'none.csv: 前 20 行中未找到表头。其中的内容为：“nothing”, “here”\nempty.csv: 文件为空。\n',
    );
  });

  it('writes the faults of all files to one sheet, and replaces an existing one only if told to', async () => {
    const many = Array.from({ length: 60 }, (_, i) => [`M-${i}`, '示例', '省级', '2020-13-01', '3.5']);
    write('many.csv', csv(HEADINGS, ...many));
    write('other.csv', csv(HEADINGS, faulty('X')));
    const { code, stdout } = await run('many.csv', 'other.csv', '--faults', 'faults.csv');
    expect(code).toBe(1);
    expect(stdout).toContain('\n  The first 50 of 60 faults; all of them are written to faults.csv:\n');
    const sheet = readFileSync(join(folder(), 'faults.csv'), 'utf8').trimEnd().split('\r\n');
    expect(sheet).toHaveLength(1 + 60 + 2);
    expect([sheet[0], sheet[60], sheet[62]]).toEqual([
      '\uFEFFFile,Sheet,Row,Column,Heading,Value,Problem,Code',
      'many.csv,,61,D,签约日期,2020-13-01,"must be a valid date, like 2020-06-29",not_a_day',
      'other.csv,,2,E,投资总额(亿元),三百,"must be an amount, like 1234.5 or 1,234.5",not_money',
    ]);
    const again = await run('other.csv', '--faults', 'faults.csv');
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toBe('luodi: faults.csv already exists; --force replaces it\n');
    write('faults.xlsx', 'old');
    const forced = await run('many.csv', '--preview', '--faults', 'faults.xlsx', '--force');
    expect(forced.code).toBe(1);
    expect(readFileSync(join(folder(), 'faults.xlsx')).subarray(0, 2).toString()).toBe('PK');
    const lines = (await run('many.csv')).stdout.trimEnd().split('\n');
    expect(lines[2]).toBe('  The first 50 of 60 faults; --faults FILE.csv or FILE.xlsx writes all of them:');
    expect(lines.slice(4)).toHaveLength(50);
  });
});

const MAPPING = {
  entity: 'projects',
  fields: {
    code: { from: 'No.' },
    name: { from: 'Title' },
    level: { constant: 'county' },
    signedOn: { from: 'Day', dates: ['MM/DD/YYYY'] },
    investmentYuan: { from: 'Millions', factor: '1000000' },
  },
};

describe('an option', () => {
  it('--create-enterprises: the output names those that are new', async () => {
    const code = aCode();
    write('file.csv', csv([...HEADINGS, '投资方'], row(code, `${code}甲、${code}乙`)));
    const { stdout } = await run('file.csv', '--create-enterprises', '--lang', 'zh');
    expect(stdout).toContain(`  新建企业 2 家：${code}甲, ${code}乙\n`);
  });

  it.each<[string, string[], (code: string) => string | Buffer, Record<string, unknown>]>([
    [
      '--unit, --encoding and --create-enterprises',
      ['--unit', 'wan', '--encoding', 'gb18030', '--create-enterprises'],
      (code) => {
        const headings = [...HEADINGS.slice(0, 4), '投资总额', '投资方'];
        return iconv.encode(csv(headings, row(code, `${code}公司`)), 'gb18030');
      },
      {
        name: '示例',
        investmentYuan: 35_000,
        investors: [expect.objectContaining({ name: expect.stringMatching(/公司$/) })],
      },
    ],
    [
      '--mapping with a file',
      ['--mapping', 'mapping.json'],
      (code) => csv(['No.', 'Title', 'Day', 'Millions'], [code, 'n', '06/29/2020', '2.5']),
      { level: 'county', signedOn: '2020-06-29', investmentYuan: 2_500_000 },
    ],
    [
      '--mapping with a code',
      ['--mapping', 'kept'],
      (code) => csv(['No.', 'Title', 'Day', 'Millions'], [code, 'n', '06/29/2020', '2.5']),
      { investmentYuan: 2_500_000 },
    ],
  ])('%s: has its effect', async (_, options, file, expected) => {
    const code = aCode();
    write('file.csv', file(code));
    write('mapping.json', JSON.stringify(MAPPING));
    if (options.includes('kept')) {
      const kept = { code: 'kept', name: 'Kept', definition: MAPPING };
      await ask((client) => created(client, '/v1/mappings', kept));
    }
    const { code: exit, stdout } = await run('file.csv', ...options);
    expect({ exit, stdout }).toMatchObject({ exit: 0 });
    expect(await project(code)).toMatchObject(expected);
  });

  it('--entity and --empty have theirs', async () => {
    const code = aCode();
    await ask((client) => created(client, '/v1/projects', aProject({ code, note: 'goes' })));
    write('funds.csv', csv(['项目编号', '到位日期', '到位资金'], [code, '2021-01-01', '5']));
    write('empty.csv', csv(['项目编号', '备注'], [code, '']));
    expect((await run('funds.csv', '--entity', 'funds')).code).toBe(0);
    expect((await run('empty.csv')).code).toBe(0);
    expect(await project(code)).toMatchObject({ fundsInPlaceYuan: 5, note: 'goes' });
    expect((await run('empty.csv', '--empty', 'clear')).code).toBe(0);
    expect(await project(code)).toMatchObject({ note: null });
  });

  it('that is invalid is named, together with all others', async () => {
    write('file.csv', csv(HEADINGS, row(aCode())));
    const wrong = ['--entity', 'x', '--lang', 'de', '--unit', 'k', '--encoding', 'latin1', '--empty', 'x'];
    const { code, stdout, stderr } = await run('file.csv', ...wrong);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const named = [...stderr.matchAll(/^ {2}(--[a-z-]+):/gm)].map(([, option]) => option);
    expect(named.sort()).toEqual(['--empty', '--encoding', '--entity', '--lang', '--unit']);
  });

  it.each<[string, string[], string]>([
    ['no file', [], "missing required argument 'file'"],
    ['a file that is not there', ['good.csv', 'missing.csv'], 'missing.csv cannot be read: ENOENT'],
    ['a folder', ['good.csv', 'folder'], 'folder is a folder; name the files'],
    [
      'a report of another kind',
      ['good.csv', '--faults', 'a.pdf'],
      '--faults takes a file that ends with .csv',
    ],
    [
      'a mapping that is no JSON',
      ['good.csv', '--mapping', 'bad.json'],
      '--mapping bad.json cannot be read:',
    ],
    [
      'a faulty mapping',
      ['good.csv', '--mapping', 'wrong.json'],
      '/fields/colour: must be one of code, name',
    ],
    ['a mapping that is not stored', ['good.csv', '--mapping', 'unknown'], 'There is no mapping “unknown”'],
    [
      'a mapping of something else',
      ['good.csv', '--mapping', 'mapping.json', '--entity', 'zones'],
      'The mapping is for projects, not for zones',
    ],
  ])('cannot be %s, and nothing is read', async (_, args, message) => {
    write('good.csv', csv(HEADINGS, row(aCode())));
    write('bad.json', '{');
    write('wrong.json', JSON.stringify({ fields: { colour: { from: 'Colour' } } }));
    write('mapping.json', JSON.stringify(MAPPING));
    mkdirSync(join(folder(), 'folder'));
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('creates no database if there is none', async () => {
    write('good.csv', csv(HEADINGS, row(aCode())));
    const { code, stderr } = await luodiImport(['good.csv'], { url: 'file:./nothing.db', folder: folder() })
      .ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'luodi: There is no database at ./nothing.db\n' });
    expect(readdirSync(folder())).toEqual(['good.csv']);
  });
});
