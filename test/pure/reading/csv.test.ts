import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { CsvRecords } from '../../../src/sheets/reading/csv.ts';
import { Refusal } from '../../../src/sheets/reading/refusal.ts';
import { reading, refusal } from '../../support/reading.ts';
import { runs } from '../../support/runs.ts';

/** All records, from text split at the given positions. */
function records(text: string, delimiter = ',', cuts: readonly number[] = []): string[][] {
  const csv = new CsvRecords(delimiter);
  const places = [0, ...cuts.filter((cut) => cut < text.length).toSorted((a, b) => a - b), text.length];
  const pieces = places.slice(1).map((end, i) => text.slice(places[i], end));
  const rows = [...pieces.flatMap((piece) => csv.take(piece, false)), ...csv.take('', true)];
  return rows.map(({ cells }) => [...(cells as string[])]);
}

describe('a record', () => {
  it.each([
    [
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\rc,d\r',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\r\nc,d\ne,f\rg,h',
      [
        ['a', 'b'],
        ['c', 'd'],
        ['e', 'f'],
        ['g', 'h'],
      ],
    ],
    ['"a,1","b ""c""",', [['a,1', 'b "c"', '']]],
    ['"a\r\nb\nc\rd",e', [['a\r\nb\nc\rd', 'e']]],
    ['"",""\n', [['', '']]],
    ['""""\n', [['"']]],
    ['5" pipe,x\n', [['5" pipe', 'x']]],
    [' "a" ,b\n', [[' "a" ', 'b']]],
    [',\n', [['', '']]],
    ['\n\r\n\na\n', [['a']]],
    [
      'a,\n,b',
      [
        ['a', ''],
        ['', 'b'],
      ],
    ],
    ['a,', [['a', '']]],
    ['', []],
  ])('of %j is %j', (text, expected) => {
    expect(records(text)).toEqual(expected);
  });

  const pieceOfCsv = fc.constantFrom('"', '""', ',', ';', '\n', '\r\n', '\r', 'a', '中', '😀', ' ', "'");

  it('equals that of csv-parse, wherever the pieces end', () => {
    const cells = fc.string({ unit: pieceOfCsv, maxLength: 6 });
    const table = fc.array(fc.array(cells, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    const breaks = fc.constantFrom('\n', '\r\n', '\r');
    const cuts = fc.array(fc.nat(80), { maxLength: 8 });
    fc.assert(
      fc.property(
        table,
        breaks,
        cuts,
        fc.constantFrom(',', ';', '\t'),
        fc.boolean(),
        (rows, end, at, delimiter, last) => {
          const quoted = (cell: string) =>
            /["\r\n,;\t]/.test(cell) || cell.startsWith('"') ? `"${cell.replaceAll('"', '""')}"` : cell;
          const text = rows.map((row) => row.map(quoted).join(delimiter)).join(end) + (last ? end : '');
          const oracle: string[][] = parse(text, {
            delimiter,
            record_delimiter: ['\r\n', '\n', '\r'],
            relax_column_count: true,
          });
          expect(records(text, delimiter, at)).toEqual(oracle);
          expect(oracle).toEqual(rows);
        },
      ),
      { numRuns: runs(500) },
    );
  });

  it('of any text is the same in one piece and in many, or refused in both', () => {
    const outcome = (work: () => unknown) => {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return { kind: error.kind, values: error.values };
      }
    };
    fc.assert(
      fc.property(
        fc.string({ unit: pieceOfCsv, maxLength: 40 }),
        fc.array(fc.nat(60), { maxLength: 10 }),
        (text, cuts) => {
          expect(outcome(() => records(text, ',', cuts))).toEqual(outcome(() => records(text)));
        },
      ),
      { numRuns: runs(500) },
    );
  });

  it('counts like a spreadsheet: a cell with line breaks is one row, a blank line is one', async () => {
    const { rows } = await reading('项目编号,备注\nA-1,"1\n2\n3"\n\nA-2,\n');
    expect(rows.map(({ row, fields }) => [row, fields.code, fields.note])).toEqual([
      [2, 'A-1', '1\n2\n3'],
      [4, 'A-2', undefined],
    ]);
  });

  it.each([
    ['without a closing mark', '项目编号,备注\nA-1,x\nA-2,"open\nA-3,y\n', 'imports.unclosed_quote', 3],
    ['with text behind a closing mark', '项目编号,备注\nA-1,"a" b\n', 'imports.misplaced_quote', 2],
    ['with marks that are not doubled', '项目编号,备注\nA-1,"a "quoted" b"\n', 'imports.misplaced_quote', 2],
    ['of a megabyte', `项目编号,备注\nA-1,${'x'.repeat(2 ** 20)}\n`, 'imports.record_too_large', 2],
    ['of 201 columns', `项目编号\nA-1${',x'.repeat(200)}\n`, 'imports.too_many_columns', 2],
  ] as const)('%s is refused', async (_, text, kind, row) => {
    const { kind: found, values, en, zh } = await refusal(text);
    expect(found).toBe(kind);
    expect(values.row).toBe(row);
    expect(en).toMatch(/row \d|Row \d/);
    expect(zh).toContain(`第 ${row} 行`);
  });

  it('may have many empty columns', async () => {
    expect((await reading(`项目编号${','.repeat(16_000)}\nA-1${','.repeat(16_000)}\n`)).rows).toHaveLength(1);
  });
});

describe('the delimiter', () => {
  it.each([
    ['项目编号;项目名称;备注\nA-1;甲;a,b,c,d,e\n', '甲'],
    ['项目编号\t项目名称\t备注\nA-1\t甲\ta,b;c\n', '甲'],
    ['签约项目表（省级，市级），共2项\n项目编号;项目名称;备注\nA-1;甲;x\n', '甲'],
    ['sep=;\r\n项目编号;项目名称\r\nA-1;甲\r\n', '甲'],
    ['sep=|\r\n项目编号|项目名称\r\nA-1|甲\r\n', '甲'],
    ['项目编号,项目名称\nA-1,"a;b;c;d;e"\n', 'a;b;c;d;e'],
  ])('of %j is detected', async (text, name) => {
    expect((await reading(text)).rows[0]?.fields).toMatchObject({ code: 'A-1', name });
  });
});

describe('the encoding', () => {
  const text = '项目编号,项目名称\nA-1,长沙𠮷野家€\n';
  const utf16be = (given: string) => Buffer.from(given, 'utf16le').swap16();

  it.each([
    ['utf-8', Buffer.from(text)],
    ['utf-8', Buffer.from(`\uFEFF${text}`)],
    ['gb18030', iconv.encode(text, 'gb18030')],
    ['utf-16le', Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['utf-16be', utf16be(`\uFEFF${text}`)],
  ])('%s is detected', async (encoding, bytes) => {
    const { head, rows } = await reading(bytes);
    expect(head.encoding).toBe(encoding);
    expect(rows[0]?.fields).toEqual({ code: 'A-1', name: '长沙𠮷野家€' });
  });

  it('GBK as written by Excel is read, including the single-byte euro', async () => {
    const bytes = Buffer.concat([
      iconv.encode('项目编号,项目名称\nA-1,长沙', 'gbk'),
      Buffer.from([0x80, 0x0a]),
    ]);
    expect((await reading(bytes)).rows[0]?.fields.name).toBe('长沙€');
  });

  it('is detected at the very end of a file, and across the boundary of two pieces', async () => {
    for (const pad of [0, 1, 2, 3]) {
      const start = Buffer.from(`项目编号,备注\nA-1,${'x'.repeat(pad)}\n`);
      const line = Buffer.from('B-1,长长长长长长长长长长长长长长长长\n');
      const many = Buffer.concat([start, ...Array.from({ length: 30_000 }, () => line)]);
      const { head, rows } = await reading(many);
      expect(head.encoding).toBe('utf-8');
      expect(rows.slice(1).every(({ fields }) => fields.note === '长'.repeat(16))).toBe(true);
      const late = Buffer.concat([many, iconv.encode('A-2,长沙\n', 'gb18030')]);
      await expect(reading(late)).rejects.toMatchObject({ kind: 'imports.wrong_encoding' });
    }
  });

  it('can be set by the client', async () => {
    const bytes = iconv.encode('项目编号,项目名称\nA-1,甲\n', 'gb18030');
    expect((await refusal(bytes, { encoding: 'utf-8' })).kind).toBe('imports.wrong_encoding');
    expect((await reading(bytes, { encoding: 'gb18030' })).rows).toHaveLength(1);
    // UTF-8 text that is also valid GB18030.
    expect((await reading('Code,Name\nA-1,中文\n', { encoding: 'gb18030' })).rows[0]?.fields.name).not.toBe(
      '中文',
    );
  });

  it.each([
    ['no text in any', Buffer.from('项目编号,备注\nA-1,\xff\xff\n', 'latin1')],
    ['UTF-8 by its mark only', Buffer.concat([Buffer.from('\uFEFFCode\n'), Buffer.from([0xff, 0xfe, 0x0a])])],
    ['UTF-16 cut in the middle', Buffer.from('\uFEFFCode\nA', 'utf16le').subarray(0, -1)],
  ])('of %s is refused', async (_, bytes) => {
    const { kind, en, zh } = await refusal(bytes);
    expect(kind).toBe('imports.wrong_encoding');
    expect(en).toMatch(/is not text in (utf-8|gb18030|utf-16le)/);
    expect(zh).toMatch(/(utf-8|gb18030|utf-16le)/);
  });
});

describe('a text that a spreadsheet would evaluate', () => {
  it.each([
    ["'=1+1", '=1+1'],
    ["''=1", "'=1"],
    ["'＋1", '＋1'],
    ["'quoted'", "'quoted'"],
    ['=1+1', '=1+1'],
  ])('%j is read as %j', async (cell, name) => {
    expect((await reading(`Code,Name\nA-1,${cell}\n`)).rows[0]?.fields.name).toBe(name);
  });
});

describe('the format', () => {
  const csv = '项目编号,项目名称\nA-1,甲\n';

  it.each([
    ['a PDF', Buffer.from('%PDF-1.7\n'), 'imports.unknown_format'],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]), 'imports.unknown_format'],
    ['a gzip', Buffer.from([0x1f, 0x8b, 8, 0]), 'imports.unknown_format'],
    ['HTML that is called .xls', '<html><table><tr><td>项目编号', 'imports.unknown_format'],
    ['XML', '<?xml version="1.0"?><Workbook/>', 'imports.unknown_format'],
    ['a list in JSON', '[{"code":"A-1"}]', 'imports.unknown_format'],
    ['bytes', Buffer.alloc(100), 'imports.unknown_format'],
    [
      '.xls or a workbook with a password',
      Buffer.from('d0cf11e0a1b11ae100', 'hex'),
      'imports.old_or_locked_workbook',
    ],
    ['nothing', '', 'imports.empty_file'],
    ['a mark and nothing else', '\uFEFF', 'imports.no_headings'],
  ])('of %s is refused', async (_, content, kind) => {
    expect((await refusal(content)).kind).toBe(kind);
  });

  it('is detected by content, not by name', async () => {
    expect((await reading(csv, { name: '项目.xlsx' })).head.format).toBe('csv');
    expect((await reading('{"code":"A-1"}\n', { name: 'projects.json' })).head.format).toBe('ndjson');
    expect((await reading('{a},Code\nx,A-1\n', { name: 'projects.csv' })).head.format).toBe('csv');
  });

  it('that is declared wrongly is refused, with the detected one', async () => {
    const { kind, en, zh } = await refusal(csv, { format: 'xlsx' });
    expect(kind).toBe('imports.wrong_format');
    expect([en, zh]).toEqual(['Declared as xlsx, but the content is csv.', '文件声明为 xlsx，实际为 csv。']);
    expect((await refusal(csv, { format: 'ndjson' })).kind).toBe('imports.wrong_format');
    expect((await refusal('PK\x05\x06', { format: 'csv' })).kind).toBe('imports.wrong_format');
  });
});
