import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { say } from '../../../src/core/languages.ts';
import { problems } from '../../../src/http/messages.ts';
import { aFile, aPath, readingApart, refusalApart } from '../../support/reading.ts';
import { row, workbook, workbookEntries } from '../../support/workbooks.ts';
import { type ZipEntry, zip } from '../../support/zip.ts';

const rows = row(1, ['项目编号']) + row(2, ['A-1']);

/** A part that repeats a piece many times, compressed without ever being in memory as a whole. */
async function repeated(
  name: string,
  start: string,
  piece: string,
  times: number,
  end: string,
): Promise<ZipEntry> {
  let size = 0;
  let crc = 0;
  const many = Buffer.from(piece.repeat(1_000));
  function* content() {
    for (const part of [
      Buffer.from(start),
      ...Array.from({ length: times / 1_000 }, () => many),
      Buffer.from(end),
    ]) {
      size += part.length;
      crc = crc32(part, crc);
      yield part;
    }
  }
  const packed = await Readable.from(content()).pipe(createDeflateRaw()).toArray();
  return { name, content: '', packed: { bytes: Buffer.concat(packed), size, crc } };
}

const SHEET = 'xl/worksheets/sheet1.xml';
const SHEET_START = `<?xml version="1.0"?><worksheet><sheetData>${rows}`;
const SHEET_END = '</sheetData></worksheet>';

const withSheet = (sheet: ZipEntry): Buffer =>
  zip([...workbookEntries({ sheets: [{ rows }] }).filter(({ name }) => name !== SHEET), sheet]);

/** Refused with a clear message in both languages, by a process that was not killed. */
async function expectRefusal(content: Buffer | string, kind: string) {
  const problem = await refusalApart(aFile(content));
  expect(problem.code).toBe(kind);
  for (const language of ['en', 'zh'] as const) {
    expect(say(problems[problem.kind], language, problem.details.values)).not.toMatch(/\{\w+\}/);
  }
  expect(problem.status).toBeLessThan(500);
  return problem;
}

describe('a zip bomb', () => {
  it('is refused by size before anything is unpacked', async () => {
    const content = `${SHEET_START}${SHEET_END}`;
    const bomb = { name: SHEET, content, said: { size: 1.1 * 2 ** 30 } };
    const problem = await expectRefusal(withSheet(bomb), 'imports.zip_too_large');
    expect(problem.status).toBe(413);
  });

  it('is refused by ratio', async () => {
    const bomb = await repeated(SHEET, SHEET_START, ' '.repeat(1_000), 100_000, SHEET_END);
    await expectRefusal(withSheet(bomb), 'imports.zip_too_large');
  });

  it('is refused by the total of its parts', async () => {
    const part = await repeated('xl/media/1', '', 'x'.repeat(1_000), 60_000, '');
    const parts = Array.from({ length: 20 }, (_, i) => ({ ...part, name: `xl/media/${i}` }));
    await expectRefusal(workbook({ sheets: [{ rows }], more: parts }), 'imports.zip_too_large');
  });

  it('is refused by its number of parts', async () => {
    const more = Array.from({ length: 10_001 }, (_, i) => ({ name: `xl/media/${i}.png`, content: '' }));
    await expectRefusal(workbook({ sheets: [{ rows }], more }), 'imports.zip_too_large');
  });

  it('that declares a small size is refused as soon as it is larger', async () => {
    const bomb = await repeated(SHEET, SHEET_START, ' '.repeat(1_000), 100_000, SHEET_END);
    const lying = { ...bomb, said: { size: 1_000 } };
    await expectRefusal(withSheet(lying), 'imports.damaged_workbook');
  });

  it('with a nested zip is not unpacked further', async () => {
    const inner = workbook({ sheets: [{ rows }] });
    const { rows: read } = await readingApart(
      aFile(workbook({ sheets: [{ rows }], more: [{ name: 'xl/embeddings/1.xlsx', content: inner }] })),
    );
    expect(read).toHaveLength(1);
  });
});

describe('a workbook', () => {
  it('with a cell in the last column of the last row is read', async () => {
    const far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>';
    const { rows: read } = await readingApart(aFile(workbook({ sheets: [{ rows: rows + far }] })));
    expect(read.map(({ fields }) => fields)).toEqual([{ code: 'A-1' }]);
  });

  it('with a cell in the last column of every row is read', async () => {
    const wide = Array.from(
      { length: 50_000 },
      (_, i) =>
        `<row r="${i + 3}"><c r="A${i + 3}" t="str"><v>B-${i}</v></c><c r="XFD${i + 3}"><v>1</v></c></row>`,
    );
    const { rows: read } = await readingApart(aFile(workbook({ sheets: [{ rows: rows + wide.join('') }] })));
    expect(read).toHaveLength(50_001);
  });

  it('with ten thousand columns is refused', async () => {
    const cells = '<c><v>1</v></c>'.repeat(10_000);
    const problem = await expectRefusal(
      workbook({ sheets: [{ rows: `${rows}<row r="3">${cells}</row>` }] }),
      'imports.too_many_columns',
    );
    expect(problem.details.values).toEqual({ row: 3, max: 200 });
  });

  it('with millions of shared texts is refused or read, in bounded memory', async () => {
    const texts = (times: number) =>
      repeated(
        'xl/sharedStrings.xml',
        '<?xml version="1.0"?><sst>',
        '<si><t>0123456789</t></si>',
        times,
        '</sst>',
      );
    const book = (part: ZipEntry) => {
      const entries = workbookEntries({
        sheets: [{ rows: `${rows}<row r="3"><c r="A3" t="s"><v>1999999</v></c></row>` }],
        texts: '',
      });
      return zip(entries.map((entry) => (entry.name === part.name ? part : entry)));
    };
    const { rows: read } = await readingApart(aFile(book(await texts(2_000_000))));
    expect(read.at(-1)?.fields.code).toBe('0123456789');
    await expectRefusal(book(await texts(4_001_000)), 'imports.zip_too_large');
  });

  it('with one huge cell is refused', async () => {
    const cell = await repeated(
      SHEET,
      `${SHEET_START}<row r="3"><c r="A3" t="str"><v>`,
      Array.from({ length: 1_000 }, (_, i) => String((i * 7919) % 100_003)).join(''),
      20_000,
      `</v></c></row>${SHEET_END}`,
    );
    const problem = await expectRefusal(withSheet(cell), 'imports.record_too_large');
    expect(problem.details.values).toMatchObject({ row: 3 });
  });

  it('with one huge shared text is refused', async () => {
    const text = '<?xml version="1.0"?><sst><si><t>'.concat('x'.repeat(40_000_000), '</t></si></sst>');
    await expectRefusal(workbook({ sheets: [{ rows }], texts: text }), 'imports.zip_too_large');
  });

  it.each([
    ['a part with macros', { more: [{ name: 'xl/vbaProject.bin', content: 'x' }] }],
    ['sheets of Excel 4', { more: [{ name: 'xl/macrosheets/sheet1.xml', content: 'x' }] }],
    ['the type of one with macros', { workbookType: 'application/vnd.ms-excel.sheet.macroEnabled.main+xml' }],
    ['the type of a binary one', { workbookType: 'application/vnd.ms-excel.sheet.binary.macroEnabled.main' }],
  ])('with %s is refused', async (_, parts) => {
    await expectRefusal(workbook({ sheets: [{ rows }], ...parts }), 'imports.macro_workbook');
  });

  it('that is truncated anywhere is refused', async () => {
    const whole = workbook({ sheets: [{ rows }] });
    for (const part of [0.1, 0.5, 0.9, 0.99]) {
      await expectRefusal(whole.subarray(0, Math.floor(whole.length * part)), 'imports.damaged_workbook');
    }
  });

  it.each<[string, ZipEntry['said'] | 'broken', string]>([
    ['a check sum that is wrong', { crc: 1 }, 'imports.damaged_workbook'],
    ['a size that is too large', { size: 100_000 }, 'imports.damaged_workbook'],
    ['a password on a part', { flags: 0x801 }, 'imports.old_or_locked_workbook'],
    ['a packing that nobody uses', { method: 12 }, 'imports.damaged_workbook'],
    ['bytes that do not unpack', 'broken', 'imports.damaged_workbook'],
  ])('with %s is refused', async (_, said, kind) => {
    const entries = workbookEntries({ sheets: [{ rows }] }).map((entry): ZipEntry => {
      if (entry.name !== SHEET) return entry;
      if (said !== 'broken') return { ...entry, ...(said && { said }) };
      return { ...entry, packed: { bytes: Buffer.alloc(50, 0xff), size: 100, crc: 1 } };
    });
    await expectRefusal(zip(entries), kind);
  });

  it('with a duplicate part, or one outside, is refused', async () => {
    const twice = [{ name: SHEET, content: '<worksheet/>' }];
    await expectRefusal(workbook({ sheets: [{ rows }], more: twice }), 'imports.damaged_workbook');
    const outside = [{ name: '../../etc/passwd', content: 'x' }];
    await expectRefusal(workbook({ sheets: [{ rows }], more: outside }), 'imports.damaged_workbook');
  });

  const LAUGHS = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>';
  it.each([
    [
      'a worksheet',
      {
        sheets: [
          { xml: `<?xml version="1.0"?>${LAUGHS}<worksheet><sheetData>${rows}</sheetData></worksheet>` },
        ],
      },
    ],
    [
      'the shared texts',
      { sheets: [{ rows }], texts: `<?xml version="1.0"?>${LAUGHS}<sst><si><t>&b;</t></si></sst>` },
    ],
    ['the styles', { sheets: [{ rows }], styles: `</styleSheet>${LAUGHS}<styleSheet>` }],
  ])('that declares entities in %s is refused', async (_, parts) => {
    await expectRefusal(workbook(parts), 'imports.not_a_workbook');
  });

  it('above the size limit is refused unread', async () => {
    const large = Buffer.concat([workbook({ sheets: [{ rows }] }), Buffer.alloc(50 * 2 ** 20)]);
    const problem = await expectRefusal(large, 'imports.too_large');
    expect(problem.details.values).toEqual({ max: 50, format: 'xlsx' });
    expect(problem.status).toBe(413);
  });
});

describe('a text file', () => {
  it('of 100 MB with an unclosed quotation mark is refused with its row', async () => {
    const file = aPath();
    const line = Buffer.from(`A-1,${'x'.repeat(995)}\n`.repeat(1_000));
    function* content() {
      yield Buffer.from('项目编号,备注\nA-0,\nA-1,"open');
      for (let i = 0; i < 99; i++) yield line;
    }
    await pipeline(content(), createWriteStream(file));
    const problem = await refusalApart(file);
    expect(problem.code).toBe('imports.unclosed_quote');
    expect(problem.details.values).toEqual({ row: 3 });
  });

  it.each([
    ['csv', 'x'.repeat(100 * 2 ** 20 + 1)],
    ['ndjson', `{${'x'.repeat(100 * 2 ** 20)}`],
  ])('of %s above the size limit is refused unread', async (format, content) => {
    const problem = await expectRefusal(content, 'imports.too_large');
    expect(problem.details.values).toEqual({ max: 100, format });
  });

  it('of ten thousand columns is refused', async () => {
    await expectRefusal(`项目编号\n${'x,'.repeat(10_000)}\n`, 'imports.too_many_columns');
    await expectRefusal(`项目编号,${'x,'.repeat(10_000)}\nA-1\n`, 'imports.too_many_columns');
  });

  it('of one line is refused', async () => {
    await expectRefusal(`{"code":"${'x'.repeat(50_000_000)}`, 'imports.record_too_large');
    await expectRefusal('x'.repeat(50_000_000), 'imports.record_too_large');
  });

  it('of more than a million rows is refused', async () => {
    await expectRefusal(`项目编号\n${'A\n'.repeat(1_000_001)}`, 'imports.too_many_rows');
  });

  it('with only line breaks has no headings', async () => {
    await expectRefusal('\n'.repeat(20_000_000), 'imports.no_headings');
  });

  it('with deeply nested JSON has a faulty line', async () => {
    const { rows: read } = await readingApart(aFile(`{"code":${'['.repeat(1_000_000)}\n{"code":"A-1"}\n`));
    expect(read.map(({ faults }) => faults.map(({ code }) => code))).toEqual([['not_json'], []]);
  });
});
