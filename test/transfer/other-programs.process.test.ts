/** Workbooks opened in other programs: each shows the same as the CSV of the same query. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import ExcelJs from 'exceljs';
import { readXlsx } from 'hucre/xlsx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, created, type TestApp, testApp } from '../support/app.ts';
import { mustRun } from '../support/programs.ts';

type Rows = string[][];

/** A cell in the form of CSV. */
const asText = (cell: unknown): string =>
  cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell ?? '');

async function inExcelJs(workbook: Buffer): Promise<Rows> {
  const { worksheets } = await new ExcelJs.Workbook().xlsx.load(workbook as never);
  const rows: Rows = [];
  worksheets[0]?.eachRow((row) => {
    // The array is sparse for empty cells.
    rows.push(Array.from((row.values as unknown[]).slice(1), asText));
  });
  return rows;
}

async function inHucre(workbook: Buffer): Promise<Rows> {
  const { sheets } = await readXlsx(workbook);
  return (sheets[0]?.rows ?? []).map((row) => row.map(asText));
}

/** Comma, quote, UTF-8, from the first line, cells as displayed, the first sheet. */
const AS_CSV = 'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1';

async function inLibreOffice(workbook: Buffer): Promise<Rows> {
  const folder = mkdtempSync(join(tmpdir(), 'luodi-office-'));
  try {
    writeFileSync(join(folder, 'book.xlsx'), workbook);
    const profile = `-env:UserInstallation=file://${folder}/profile`;
    const args = [
      profile,
      '--headless',
      '--convert-to',
      AS_CSV,
      '--outdir',
      folder,
      join(folder, 'book.xlsx'),
    ];
    await promisify(execFile)('soffice', args, { timeout: 60_000 });
    const [first = ''] = readdirSync(folder).filter((name) => name.endsWith('.csv'));
    return parse(readFileSync(join(folder, first)), { bom: true, relax_column_count: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const programs: [string, (workbook: Buffer) => Promise<Rows>][] = [
  ['exceljs', inExcelJs],
  ['the reader of hucre', inHucre],
];
if (mustRun('soffice')) programs.push(['LibreOffice', inLibreOffice]);
else it.skip('in LibreOffice, which is not installed (soffice): left to CI');

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
  const days = { startsOn: '2020-06-29', endsOn: '2020-06-30' };
  await created(api, '/v1/events', { code: 'hyrd-2020', name: '2020年沪洽周', ...days });
  const { id } = await created(api, '/v1/enterprises', {
    name: '瑶华<&"半导体"',
    socialCreditCode: '91350100M000100Y43',
  });
  const fields = { event: 'hyrd-2020', region: '430100', description: '第一行\n=第二行', investorIds: [id] };
  await created(api, '/v1/projects', aProject({ code: '0070', ...fields, startedOn: '2020-07-01' }));
  await created(api, '/v1/projects', aProject({ code: 'B', name: '=1+1', investmentYuan: 297_880_000_000 }));
});
afterAll(() => api.close());

/** Without trailing empty cells and empty rows. */
const trimmed = (rows: Rows): Rows =>
  rows
    .map((row) => row.slice(0, row.findLastIndex((cell) => cell !== '') + 1))
    .filter((row) => row.length > 0);

const bytesOf = async (url: string): Promise<Buffer> => {
  const { status, bytes } = await api.get(url);
  expect(status).toBe(200);
  return bytes;
};

describe.each(programs)('in %s', (_, open) => {
  it.each([
    ['a list', 'projects?sort=code&lang=zh&unit=yi'],
    ['a breakdown', 'statistics/breakdown?by=region&lang=zh&unit=yi'],
    ['cohorts', 'statistics/cohorts?measure=fundsInPlaceRate&lang=zh&unit=yi&asOf=2020-12-31'],
    ['a timeline', 'statistics/timeline?lang=en&unit=wan&asOf=2020-12-31'],
  ])('%s has the same cells as its CSV', async (_, url) => {
    const csv: Rows = parse(await bytesOf(`/v1/${url}&format=csv`), { bom: true });
    // Workbooks do not need the apostrophe that neutralises formulas in CSV.
    const expected = csv.map((row) => row.map((cell) => cell.replace(/^'(?==)/, '')));
    expect(trimmed(await open(await bytesOf(`/v1/${url}&format=xlsx`)))).toEqual(trimmed(expected));
  });

  it('the template has headings, explanations and nothing else', async () => {
    const [headings = []]: Rows = parse(await bytesOf('/v1/projects?lang=zh&unit=yi&format=csv'), {
      bom: true,
    });
    const rows = trimmed(await open(await bytesOf('/v1/imports/template?lang=zh&unit=yi')));
    expect(rows).toHaveLength(2);
    expect(rows[0]).toEqual(headings.slice(0, headings.indexOf('备注') + 1));
    expect(rows[1]?.[0]).toMatch(/^※/);
    expect(rows[1]).toHaveLength(rows[0]?.length as number);
  });
});
